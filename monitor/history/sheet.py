"""The history as flat rows for an export: one a scope and step, sums and numbers only, no field for a person. Pure.

How people worked is null where it may not be shown; ratios are left to the reader, who divides sums. A histogram is
the text `seconds:count` of its bins, parted by spaces; two are merged by adding counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from monitor.figures import Scope
from monitor.histogram import STANDING
from monitor.history.rows import WORKED_FIELDS, Stretch
from monitor.history.sums import COUNTS, PERSONAL_COUNTS, SPREADS
from monitor.instants import SiteDays, seconds, to_instant
from monitor.tally import ABANDONED_WAIT, ANSWERED, WAIT, Tally, duration, spread

Value = str | int | float | bool | datetime | None

_LEVELS = {"carried_in": "waiting_before", "max_waiting": "max_waiting", "max_in_service": "max_in_service"}
_AREAS = {"waited": "waiting_seconds", "served": "in_service_seconds"}
_WORKED = {field: f"{field}_seconds" for field in WORKED_FIELDS}
Kind = Literal["text", "instant", "flag", "number", "count"]
_KINDS: dict[str, Kind] = {
    "kind": "text",
    "id": "text",
    "day": "text",
    "partly_hidden": "flag",
    "review_points": "number",
    "review_points_applicable": "number",
}
_ENDINGS: dict[str, Kind] = {"_histogram": "text", "_at": "instant", "_seconds": "number"}
_THOUSANDTHS = ("review_points", "review_points_applicable")


def columns() -> list[str]:
    """The names of all columns, in order."""
    nothing = Stretch(scope=Scope(kind="site", id="site"), began_at=0, ended_at=0, tally={}, shown={})
    return list(sheet_row(nothing, SiteDays("UTC")))


def column_kind(name: str) -> Kind:
    """What a column holds."""
    if name in _KINDS:
        return _KINDS[name]
    return next((kind for end, kind in _ENDINGS.items() if name.endswith(end)), "count")


def sheet_row(stretch: Stretch, days: SiteDays) -> dict[str, Value]:
    """One row, its columns always the same and in the same order."""
    began_at = to_instant(stretch.began_at)
    row: dict[str, Value] = {
        "kind": stretch.scope.kind,
        "id": stretch.scope.id,
        "began_at": began_at,
        "ended_at": to_instant(stretch.ended_at),
        "day": days.local_date(stretch.began_at).isoformat(),
    }
    shown = stretch.shown if stretch.shown or not stretch.hidden else None
    for key, name in COUNTS.items():
        tally = shown if key in PERSONAL_COUNTS else stretch.tally
        row |= {} if key == ABANDONED_WAIT else {name: None if tally is None else _count(name, tally.get(key, 0))}
    row["abandoned_wait_seconds"] = seconds(stretch.tally.get(ABANDONED_WAIT, 0))
    # The denominator of the shares of how people worked.
    row["answered_shown"] = None if shown is None else shown.get(ANSWERED, 0)
    for kind, name in SPREADS.items():
        row |= _durations(name, kind, stretch.tally if kind == WAIT else shown)
    row |= {name: getattr(stretch.levels, field) for field, name in _LEVELS.items()}
    row |= {name: seconds(getattr(stretch.levels, field)) for field, name in _AREAS.items()}
    row |= {name: None if shown is None else seconds(getattr(stretch.levels, field)) for field, name in _WORKED.items()}
    row["partly_hidden"] = stretch.hidden
    row["corrections"] = stretch.corrections
    row["corrected_at"] = None if stretch.corrected_at is None else to_instant(stretch.corrected_at)
    return row


def _count(name: str, amount: int) -> int | float:
    return amount / 1000 if name in _THOUSANDTHS else amount


def _durations(name: str, kind: int, tally: Tally | None) -> dict[str, Value]:
    if tally is None:
        return {f"{name}_seconds": None, f"{name}_n": None, f"{name}_histogram": None}
    total, n = duration(tally, kind)
    bins = " ".join(f"{STANDING[index]:g}:{count}" for index, count in sorted(spread(tally, kind).items()))
    return {f"{name}_seconds": seconds(total), f"{name}_n": n, f"{name}_histogram": bins}
