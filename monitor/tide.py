"""A scope's waiting and in-service levels over the day: the steps of its lanes for the last while, before that
the peak, the area and the opening level of each quarter of an hour."""

from __future__ import annotations

from monitor.instants import QUARTER
from monitor.levels import Course, Level, by_quarter, course, level_before, old_course, peak, seen_at


class Tide:
    """One kind of level of one scope. `levels` are those of its lanes now, `beside` the other kind's, at whose
    changes this one is looked at too; both may grow in number."""

    __slots__ = ("_course", "_folded", "_folded_from", "_heard", "beside", "folded_until", "levels")

    def __init__(self) -> None:
        self.levels: list[Level] = []
        self.beside: list[Level] = []
        self.folded_until = 0
        self._folded: dict[int, tuple[int, int, int]] = {}
        """By begin of the quarter: peak, area (level x microseconds), level at the begin."""
        self._folded_from = (0, 0, 0)
        self._heard = -1
        self._course = course(())

    def peak(self, begin: int, end: int) -> int:
        """The highest level in [begin, end)."""
        old = [quarter[0] for at, quarter in self._quarters().items() if begin <= at < end]
        return max([*old, peak(self._now(), max(begin, self.folded_until), end)])

    def before(self, begin: int) -> int:
        """The level just before an instant; for one before the last fold it must begin a quarter."""
        if begin < self.folded_until:
            quarters = self._quarters()
            return quarters[begin][2] if begin in quarters else sum(level.opening for level in self.levels)
        return level_before(self._now(), begin)

    def intervals(self, begin: int, end: int, width: int = QUARTER) -> list[tuple[int, int]]:
        """Peak and area of each stretch of `width` from `begin`; stretches other than quarters only without folds."""
        quarters = self._quarters()
        old = [quarters.get(at, (0, 0, 0))[:2] for at in range(begin, min(self.folded_until, end), QUARTER)]
        return [*old, *by_quarter(self._now(), max(begin, self.folded_until), end, width)]

    def fold(self, until: int) -> None:
        """From now on what is before `until` (the begin of a quarter) is kept by quarter. The caller folds the lanes'
        own steps, after all scopes."""
        self.folded_until = max(until, self.folded_until)

    def _quarters(self) -> dict[int, tuple[int, int, int]]:
        """The quarters before the last fold, made again when lanes have folded, come or been told something late."""
        state = (
            self.folded_until,
            sum(level.late for level in self.levels) + sum(level.late for level in self.beside),
            len(self.levels),
        )
        if state != self._folded_from:
            self._folded_from = state
            old = seen_at(old_course(self.levels), old_course(self.beside))
            self._folded = {}
            if len(old.instants):
                begin = int(old.instants[0]) // QUARTER * QUARTER
                for number, (high, area) in enumerate(by_quarter(old, begin, self.folded_until)):
                    at = begin + number * QUARTER
                    self._folded[at] = (high, area, level_before(old, at))
        return self._folded

    def _now(self) -> Course:
        heard = sum(len(level.steps) for level in self.levels) + sum(len(level.steps) for level in self.beside)
        heard += sum(level.late for level in self.levels) + self.folded_until
        if heard != self._heard:
            self._course, self._heard = seen_at(course(self.levels), course(self.beside)), heard
        return self._course
