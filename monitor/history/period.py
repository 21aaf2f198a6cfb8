"""A period of the past as a person says it: days of the site or instants, made to begin and end a step. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from monitor.history.rows import Step, bounds_of, day_after
from monitor.instants import QUARTER, SiteDays, to_microseconds

_WIDTHS: dict[Step, int] = {"15m": QUARTER, "1h": 4 * QUARTER, "1d": 92 * QUARTER}
"""At least so long is a step."""
_FIRST, _LAST = date(1970, 1, 2), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """[begin, end), in microseconds since 1970; at most so many steps lie in it."""

    begin: int
    end: int
    steps: int


def period(begin: str, end: str, step: Step, time_zone: str) -> Period:
    """From a day (its midnight) or an instant to a day (included) or an instant (excluded), widened to whole steps.
    Raises ValueError with a sentence."""
    days = SiteDays(time_zone)
    first, _ = bounds_of(_begin(begin, days), step, days)
    until = _end(end, days)
    if until <= first:
        raise ValueError(f"{end} is not after {begin}.")
    _, last = bounds_of(until - 1, step, days)
    return Period(first, last, -(-(last - first) // _WIDTHS[step]))


def _begin(text: str, days: SiteDays) -> int:
    found = _read(text)
    return days.midnight(found) if not isinstance(found, datetime) else to_microseconds(found)


def _end(text: str, days: SiteDays) -> int:
    found = _read(text)
    return day_after(days.midnight(found), days) if not isinstance(found, datetime) else to_microseconds(found)


def _read(text: str) -> date | datetime:
    try:
        found: date | datetime = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is neither a day like 2026-03-02 nor an instant.") from error
    if isinstance(found, datetime):
        if found.tzinfo is None:
            raise ValueError(f"{text!r} has no time zone; write 2026-03-02T09:00:00+01:00 or end it with Z.")
        on = found.date()
    else:
        on = found
    if not _FIRST <= on <= _LAST:
        raise ValueError(f"{text!r} is out of all history.")
    return found
