"""What the history keeps of a scope: sums, levels and person-time of a quarter of an hour; and how quarters make
hours and days of the site. Pure.

How people worked is shown where 5 or more were on duty (the mean of the quarter), and where what is shown of others
gives nothing away. What may not be shown in a quarter is in no hour or day either, so that nothing follows from the
difference of two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, get_args

import msgspec

from monitor.figures import Figures, Scope, ScopeKind
from monitor.history.sums import impersonal
from monitor.instants import DAY, QUARTER, SiteDays
from monitor.pooled import Pooled
from monitor.small_groups import PERSONAL, small_together
from monitor.summary import counted, present
from monitor.tally import Tally, pool

Step = Literal["15m", "1h", "1d"]
STEPS: tuple[Step, ...] = get_args(Step)
KINDS: tuple[ScopeKind, ...] = ("site", "line", "channel", "queue", "team")
"""The kinds of scope that are kept; a board is a choice of queues."""
_HOUR = 4 * QUARTER


class Levels(msgspec.Struct, frozen=True):
    """Customers who waited when it began, at most, and the integral of their number over time; the same of those in
    service; and person-time: handling, available, sum and union of written contacts, on duty. In microseconds."""

    carried_in: int = 0
    max_waiting: int = 0
    waited: int = 0
    max_in_service: int = 0
    served: int = 0
    handling: int = 0
    available: int = 0
    side_by_side: int = 0
    at_least_one: int = 0
    on_duty: int = 0


NO_LEVELS = Levels()
FIELDS = Levels.__struct_fields__
WORKED_FIELDS = ("handling", "available", "side_by_side", "at_least_one")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A quarter of an hour of a scope. `corrections` counts the writings that changed it after the lateness allowed,
    `corrected_at` is the last of them."""

    scope: Scope
    began_at: int
    tally: Tally
    levels: Levels = NO_LEVELS
    hidden: bool = True
    corrections: int = 0
    corrected_at: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether what was booked has been taken back."""
        return not self.tally and self.levels == NO_LEVELS


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the history. `tally` without how people worked; `shown` all of the quarters in which that may be
    shown, `levels` with their person-time only. `hidden`: there are quarters in which it may not."""

    scope: Scope
    began_at: int
    ended_at: int
    tally: Tally
    shown: Tally
    levels: Levels = NO_LEVELS
    hidden: bool = False
    corrections: int = 0
    corrected_at: int | None = None

    def figures(self) -> Figures:
        """Its figures. `waiting` is the number at its end, by conservation."""
        levels = self.levels
        everything = counted(_pooled(self.tally), (), levels.carried_in)
        of_work = counted(_pooled(self.shown), (), 0)
        gone = everything.answered + everything.abandoned + sum(everything.left.values())
        worked = present(
            of_work,
            expected=None,
            waiting=0,
            longest_wait=0.0,
            max_waiting=0,
            max_in_service=0,
            worked=(levels.handling, levels.available, levels.side_by_side, levels.at_least_one),
        )
        return msgspec.structs.replace(
            everything,
            waiting=levels.carried_in + everything.offered - gone,
            max_waiting=levels.max_waiting,
            max_in_service=levels.max_in_service,
            transferred=of_work.transferred,
            **{field: getattr(worked, field) for field in PERSONAL},
        )


def hidden_together(rows: Sequence[Row]) -> set[int]:
    """Which rows of one kind and quarter may not show how people worked, by their place."""
    return set(small_together([row.levels.on_duty // QUARTER for row in rows]))


def stretches(rows: Iterable[Row], step: Step, days: SiteDays) -> list[Stretch]:
    """The rows of one scope, in order of time, as steps of the site's clock; steps without rows are left out."""
    found: list[Stretch] = []
    gathered: list[Row] = []
    bounds = (0, 0)
    for row in rows:
        if not bounds[0] <= row.began_at < bounds[1]:
            found += _rolled_up(gathered, bounds)
            gathered, bounds = [], bounds_of(row.began_at, step, days)
        gathered.append(row)
    return found + _rolled_up(gathered, bounds)


def bounds_of(at: int, step: Step, days: SiteDays) -> tuple[int, int]:
    """Begin and end of the step that holds an instant. Hours count from the site's midnight."""
    midnight = days.begin(at)
    if step == "1d":
        return midnight, day_after(midnight, days)
    width = QUARTER if step == "15m" else _HOUR
    begin = midnight + (at - midnight) // width * width
    return begin, begin + width


def day_after(midnight: int, days: SiteDays) -> int:
    """The next midnight: 23, 24 or 25 hours later."""
    return days.begin(midnight + DAY + _HOUR + QUARTER)


def midnights(begin: int, end: int, days: SiteDays) -> Iterator[int]:
    """The midnights of the days that begin in [begin, end)."""
    midnight = days.begin(begin)
    while midnight < end:
        if midnight >= begin:
            yield midnight
        midnight = day_after(midnight, days)


def _rolled_up(rows: Sequence[Row], bounds: tuple[int, int]) -> list[Stretch]:
    if not rows:
        return []
    shown = [row for row in rows if not row.hidden]
    first = rows[0]
    levels = Levels(
        carried_in=first.levels.carried_in if first.began_at == bounds[0] else 0,
        max_waiting=max(row.levels.max_waiting for row in rows),
        waited=sum(row.levels.waited for row in rows),
        max_in_service=max(row.levels.max_in_service for row in rows),
        served=sum(row.levels.served for row in rows),
        **{field: sum(getattr(row.levels, field) for row in shown) for field in WORKED_FIELDS},
    )
    return [
        Stretch(
            scope=first.scope,
            began_at=bounds[0],
            ended_at=bounds[1],
            tally=impersonal(pool(row.tally for row in rows)),
            shown=pool(row.tally for row in shown),
            levels=levels,
            hidden=len(shown) < len(rows),
            corrections=sum(row.corrections for row in rows),
            corrected_at=max((row.corrected_at for row in rows if row.corrected_at is not None), default=None),
        )
    ]


def _pooled(tally: Tally) -> Pooled:
    pooled = Pooled()
    pooled.add(tally)
    return pooled
