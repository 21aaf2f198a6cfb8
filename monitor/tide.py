"""A scope's waiting and in-service levels over the day: the steps of its lanes for the last while, before that
the peak, the area and the opening level of each quarter of an hour."""

from __future__ import annotations

from monitor.instants import QUARTER
from monitor.levels import Course, Level, by_quarter, course, level_before, peak, seen_at


class Tide:
    """One kind of level of one scope. `levels` are those of its lanes now, `beside` the other kind's, at whose
    changes this one is looked at too; both may grow in number."""

    __slots__ = ("_course", "_steps", "beside", "folded", "folded_until", "levels")

    def __init__(self) -> None:
        self.levels: list[Level] = []
        self.beside: list[Level] = []
        self.folded: dict[int, tuple[int, int, int]] = {}
        """By begin of the quarter: peak, area (level x microseconds), level at the begin."""
        self.folded_until: int | None = None
        self._steps = -1
        self._course = course(())

    def peak(self, begin: int, end: int) -> int:
        """The highest level in [begin, end)."""
        old = [quarter[0] for at, quarter in self.folded.items() if begin <= at < end]
        recent = peak(self._now(), max(begin, self.folded_until or begin), end)
        return max([*old, recent])

    def before(self, begin: int) -> int:
        """The level just before an instant; for one that is long ago it must begin a quarter."""
        if self.folded_until is not None and begin < self.folded_until:
            return self.folded[begin][2] if begin in self.folded else 0
        return level_before(self._now(), begin)

    def intervals(self, begin: int, end: int, width: int = QUARTER) -> list[tuple[int, int]]:
        """Peak and area of each stretch of `width` from `begin`."""
        known = self.folded_until
        if known is None or width != QUARTER:
            return by_quarter(self._now(), begin, end, width)
        old = [self.folded.get(at, (0, 0, 0))[:2] for at in range(begin, min(known, end), QUARTER)]
        return [*old, *by_quarter(self._now(), max(begin, known), end)]

    def fold(self, until: int, first_day: int) -> None:
        """Keep only quarters of what was before `until` (the begin of a quarter), and of days from `first_day` on.
        The lanes' own steps are folded by the caller, after all scopes."""
        now = self._now()
        begin = self.folded_until
        if begin is None:
            begin = int(now.instants[0]) // QUARTER * QUARTER if len(now.instants) else until
        for number, (high, area) in enumerate(by_quarter(now, begin, until)):
            at = begin + number * QUARTER
            self.folded[at] = (high, area, level_before(now, at))
        self.folded_until = max(begin, until)
        self.folded = {at: quarter for at, quarter in self.folded.items() if at >= first_day}
        self._steps = -1

    def _now(self) -> Course:
        steps = sum(len(level.steps) for level in self.levels) + sum(len(level.steps) for level in self.beside)
        if steps != self._steps:
            self._course, self._steps = seen_at(course(self.levels), course(self.beside)), steps
        return self._course
