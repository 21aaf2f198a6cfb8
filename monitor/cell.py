"""A cell: the smallest thing that is counted, over time. Scopes (queue, channel, line, team, site, board) are
sums of cells, so that no figure is ever added to another by hand.

What happens is booked in its minute, its quarter of an hour and its day of the site; minutes are kept for a
while, quarters and days for the days kept, older days only as their sum.
"""

from __future__ import annotations

from monitor.instants import MINUTE, QUARTER, SiteDays
from monitor.tally import Tally, pool

MINUTES_KEPT = 90


class Cell:
    """Tallies of one cell."""

    __slots__ = (
        "_at",
        "_closed",
        "_days",
        "_minute",
        "_older",
        "days",
        "fresh",
        "looked",
        "minutes",
        "quarters",
        "reopened",
        "touched",
    )

    def __init__(self, days: SiteDays) -> None:
        self._days = days
        self.minutes: dict[int, Tally] = {}
        self.quarters: dict[int, Tally] = {}
        self.fresh: dict[int, Tally] = {}
        """What was booked since the last `settle`, by quarter: what the history has not kept yet."""
        self.days: dict[int, Tally] = {}
        self.reopened = 0
        """Grows when a minute before the newest one is booked in again."""
        self.touched = 0
        self.looked: dict[str, tuple[tuple[int, int], Tally]] = {}
        """By window: what the last look saw, and when that was."""
        self._minute = -1
        self._at: tuple[Tally, Tally, Tally] = ({}, {}, {})
        self._closed: dict[int, tuple[tuple[int, int, int], Tally]] = {}
        self._older: Tally = {}

    def at(self, microseconds: int) -> tuple[Tally, Tally, Tally]:
        """The three tallies to book in for something that happened at this instant."""
        self.touched += 1
        minute = microseconds // MINUTE
        if minute == self._minute:
            return self._at
        if minute < self._minute:
            self.reopened += 1
        self._minute = minute
        self._at = (
            self.minutes.setdefault(minute, {}),
            self.fresh.setdefault(microseconds // QUARTER, {}),
            self.days.setdefault(self._days.begin(microseconds), {}),
        )
        return self._at

    def last(self, minutes: int, now_minute: int) -> Tally:
        """The last `minutes` minutes, the running one included. Closed minutes are summed once and kept."""
        state = (now_minute, self.reopened, self.touched if self._minute < now_minute else -1)
        kept = self._closed.get(minutes)
        if kept is None or kept[0] != state:
            first = now_minute - minutes + 1
            closed = pool(tally for minute, tally in self.minutes.items() if first <= minute < now_minute)
            kept = self._closed[minutes] = (state, closed)
        running = self.minutes.get(now_minute)
        return kept[1] if running is None else pool((kept[1], running))

    def settle(self) -> None:
        """What is fresh has been kept."""
        if not self.fresh:
            return
        for number, tally in self.fresh.items():
            self.quarters[number] = pool((self.quarters.get(number, {}), tally))
        self.fresh = {}
        if self._minute >= 0:
            minute, _, day = self._at
            self._at = (minute, self.fresh.setdefault(self._minute * MINUTE // QUARTER, {}), day)

    def day(self, begin: int) -> Tally:
        """The day that began at this instant."""
        return self.days.get(begin, {})

    def whole(self) -> Tally:
        """Everything ever booked here."""
        return pool((*self.days.values(), self._older))

    def forget(self, minute: int, first_day: int) -> None:
        """Let go of minutes before this one and of days before this one; `whole` still counts them."""
        self.minutes = {key: tally for key, tally in self.minutes.items() if key >= minute}
        gone = [begin for begin in self.days if begin < first_day]
        if gone:
            self._older = pool((self._older, *(self.days.pop(begin) for begin in gone)))
            self.quarters = {key: tally for key, tally in self.quarters.items() if key * QUARTER >= first_day}
        self._minute = -1
        self.reopened += 1
