"""A cell: the smallest thing that is counted, over time. Scopes (queue, channel, line, team, site, board) are
sums of cells, so that no figure is ever added to another by hand.

A lane's cells hold visits of one queue and channel, one cell for each team that works in it; a group's cell
holds the working time of the agents of one team who serve the same queues.
"""

from __future__ import annotations

from monitor.instants import MINUTE, QUARTER, SiteDays
from monitor.tally import Pooled, Tally, pool

MINUTES_KEPT = 90


class Cell:
    """Tallies by minute (the last 90), by quarter of an hour and by day of the site."""

    __slots__ = ("_at", "_closed", "_days", "_minute", "_older", "changes", "days", "minutes", "quarters", "reopened")

    def __init__(self, days: SiteDays) -> None:
        self._days = days
        self.minutes: dict[int, Tally] = {}
        self.quarters: dict[int, Tally] = {}
        self.days: dict[int, Tally] = {}
        self.changes = 0
        self.reopened = 0
        self._minute = -1
        self._at: tuple[Tally, Tally, Tally] | None = None
        self._closed: dict[int, tuple[int, int, Pooled]] = {}
        self._older: Tally | Pooled | None = None

    def at(self, microseconds: int) -> tuple[Tally, Tally, Tally]:
        """The three tallies to book in for something that happened at this instant."""
        self.changes += 1
        minute = microseconds // MINUTE
        if minute == self._minute and self._at is not None:
            return self._at
        if minute < self._minute:
            self.reopened += 1
        self._minute = minute
        self._at = (
            _of(self.minutes, minute),
            _of(self.quarters, microseconds // QUARTER),
            _of(self.days, self._days.begin(microseconds)),
        )
        return self._at

    def last(self, minutes: int, now_minute: int) -> Pooled:
        """The last `minutes` minutes, the running one included. Closed minutes are summed once and kept."""
        kept = self._closed.get(minutes)
        if kept is None or kept[:2] != (now_minute, self.reopened):
            first = now_minute - minutes + 1
            closed = pool(tally for minute, tally in self.minutes.items() if first <= minute < now_minute)
            kept = self._closed[minutes] = (now_minute, self.reopened, closed)
        running = self.minutes.get(now_minute)
        return kept[2] if running is None else pool((kept[2], running))

    def day(self, begin: int) -> Tally | None:
        """The tally of the day that began at this instant."""
        return self.days.get(begin)

    def whole(self) -> Pooled:
        """Everything ever booked here."""
        tallies: list[Tally | Pooled] = list(self.days.values())
        return pool(tallies if self._older is None else [*tallies, self._older])

    def forget(self, minute: int, first_day: int) -> None:
        """Let go of minutes before this one and of days before this one; `whole` still counts them."""
        self.minutes = {key: tally for key, tally in self.minutes.items() if key >= minute}
        gone = [begin for begin in self.days if begin < first_day]
        if gone:
            older: list[Tally | Pooled] = [self.days.pop(begin) for begin in gone]
            self._older = pool(older if self._older is None else [*older, self._older])
            self.quarters = {key: tally for key, tally in self.quarters.items() if key * QUARTER >= first_day}
        self._at = None


def _of(tallies: dict[int, Tally], key: int) -> Tally:
    tally = tallies.get(key)
    if tally is None:
        tally = tallies[key] = Tally()
    return tally
