"""A meter: time that runs for as long as something is so, such as agents handling contacts.

Kept as steps up and down, like levels: the time of a window is the time up to its end less that up to its begin. Sums
are kept for the instants that are asked for, so that asking again costs what is new. Steps before `fold` are kept as
the time they make of each day of the site.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from monitor.instants import QUARTER, SiteDays
from monitor.levels import Level, Steps, signs

_SUMS_KEPT = 32
_NO_STEPS: Steps = np.zeros(0, dtype=np.int64)


class Meter:
    """Person-time of one kind, in microseconds."""

    __slots__ = (
        "_ahead",
        "_days",
        "_first_day",
        "_folded_until",
        "_passed",
        "_sums",
        "late",
        "level",
        "of_days",
        "of_quarters",
        "older",
    )

    def __init__(self, days: SiteDays) -> None:
        self._days = days
        self._folded_until = 0
        self._first_day = 0
        self.level = Level()
        self._passed = 0
        self._ahead: Steps = _NO_STEPS
        """Steps from `_passed` on, the latest instant asked for."""
        self._sums: dict[int, tuple[int, int]] = {0: (0, 0)}
        """By instant: the level that the steps before it make, and their time until then."""
        self.of_days: dict[int, int] = {}
        self.of_quarters: dict[int, int] = {}
        self.older = 0
        self.late = 0
        """Steps that came after what they belong to was folded."""

    def step(self, microseconds: int, direction: int, sign: int) -> None:
        """One more (`direction` 1) or one less (-1) from this instant on; `sign` -1 takes such a step back."""
        if microseconds < self._folded_until:
            self._book(microseconds, self._folded_until, lambda edges: edges * (direction * sign))
            self.level.base += direction * sign
            self.late += 1
            return
        if direction > 0:
            self.level.up(microseconds, sign)
        else:
            self.level.down(microseconds, sign)

    def between(self, begin: int, end: int) -> int:
        """The time in [begin, end); a `begin` before the last fold must be the midnight of a day that is kept."""
        if begin >= self._folded_until:
            return self._area(begin, end)
        return self.of_days.get(begin, 0) + self._area(self._folded_until, end)

    def quarter(self, begin: int, end: int) -> int:
        """The time in the quarter of an hour that began at `begin`, up to `end`."""
        if begin + QUARTER <= self._folded_until:
            return self.of_quarters.get(begin, 0)
        return self._area(begin, min(end, begin + QUARTER))

    def whole(self, end: int) -> int:
        """All time up to an instant."""
        return self.older + sum(self.of_days.values()) + self._area(self._folded_until, end)

    def fold(self, until: int, first_day: int) -> None:
        """Keep what is before `until` by day, and what is before `first_day` as one sum."""
        self._first_day = max(first_day, self._first_day)
        if self.level.base or self.level.steps:
            self._book(self._folded_until or self._first(until), until, self._at_each)
        self.level.fold(until, until)
        self._passed, self._ahead, self._sums = 0, np.array(self.level.steps, dtype=np.int64), {0: (0, 0)}
        self._folded_until = max(until, self._folded_until)
        for day in [day for day in self.of_days if day < first_day]:
            self.older += self.of_days.pop(day)
        self.of_quarters = {at: lasted for at, lasted in self.of_quarters.items() if at >= first_day}

    def _book(self, begin: int, end: int, time: Callable[[Steps], Steps]) -> None:
        """Divide a stretch over quarters of an hour and the days of the site; what is before the days kept is one sum,
        however long ago it began. `time` is that up to each of some instants."""
        kept_from = min(end, max(begin, self._first_day))
        edges = [kept_from, *range((kept_from // QUARTER + 1) * QUARTER, end, QUARTER), end]
        older, *lasted = np.diff(time(np.array([begin, *edges], dtype=np.int64))).tolist()
        self.older += older
        for at, time_there in zip(edges, lasted, strict=False):
            quarter, day = at // QUARTER * QUARTER, self._days.begin(at)
            self.of_quarters[quarter] = self.of_quarters.get(quarter, 0) + time_there
            self.of_days[day] = self.of_days.get(day, 0) + time_there

    def _at_each(self, instants: Steps) -> Steps:
        """The time from the first of some instants, in order, up to each."""
        origin = instants[0]
        steps = np.sort(np.array(self.level.steps, dtype=np.int64))
        when, change = (steps >> 2) - origin, signs(steps)
        before = when.searchsorted(instants - origin)
        level = self.level.base + np.concatenate(([0], np.cumsum(change)))[before]
        moment = np.concatenate(([0], np.cumsum(change * when)))[before]
        time: Steps = level * (instants - origin) - moment
        return time

    def _first(self, until: int) -> int:
        steps = self.level.steps
        return min(until, min(steps) >> 2) if steps else until

    def _area(self, begin: int, end: int) -> int:
        if begin >= end:
            return 0
        return self.level.base * (end - begin) + self._grown(end) - self._grown(begin)

    def _grown(self, at: int) -> int:
        """What the steps before an instant come to by then."""
        self._take_in()
        if at not in self._sums:
            if len(self._sums) >= _SUMS_KEPT:
                self._sums = {self._passed: self._sums[self._passed]}
            if at > self._passed:
                self._pass(at)
            else:
                self._sums[at] = _sums_before(np.array(self.level.steps, dtype=np.int64), at)
        return self._sums[at][1]

    def _pass(self, at: int) -> None:
        level, time = self._sums[self._passed]
        time += level * (at - self._passed)
        if len(self._ahead):
            more, more_time = _sums_before(self._ahead, at)
            level, time = level + more, time + more_time
            self._ahead = self._ahead[self._ahead >> 2 >= at]
        self._sums[at] = level, time
        self._passed = at

    def _take_in(self) -> None:
        """Forget the sums that new steps change, but for those of the latest instant, which take them in."""
        news = self.level.news()
        if news is None:
            return
        level, time = self._sums[self._passed]
        more, more_time = _sums_before(news, self._passed)
        first = int(news.min()) >> 2
        self._sums = {at: sums for at, sums in self._sums.items() if at <= first}
        self._sums[self._passed] = level + more, time + more_time
        self._ahead = np.concatenate((self._ahead, news[news >> 2 >= self._passed]))


def _sums_before(steps: Steps, at: int) -> tuple[int, int]:
    """The level that the steps before an instant make, and their time until then."""
    before = steps[steps >> 2 < at]
    change = signs(before)
    return int(change.sum()), int((change * (at - (before >> 2))).sum())
