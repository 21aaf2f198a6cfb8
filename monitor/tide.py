"""How many waited and how many were being helped in a scope, at every moment of the days kept: levels, peaks, areas.

What a stretch of time does to a level, how high that goes above where it began, and the area under it follow from the
steps in the stretch alone. So only the stretches in which something new was told are summed again: however many events
lie within the lateness allowed, a look costs what has changed. Stretches are short for the last while, of whose steps
a copy is kept (`recent`), then minutes, and from `fold` on quarters of an hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from monitor.instants import MINUTE, QUARTER, SECOND
from monitor.lane import WRITTEN, Lane
from monitor.stretches import NONE, Numbers, Stretches, each_instant, joined, summed

_SHORT = 10 * SECOND
_ASKED_KEPT = 16
_LAST = 1 << 62


class Since(NamedTuple):
    """Of a stretch of time up to now: how many waited just before it, and the highest levels in it."""

    carried_in: int
    max_waiting: int
    max_in_service: int


class Course(NamedTuple):
    """A level in a stretch of time: just before it, the highest in it, and its area (level x microseconds)."""

    before: int
    peak: int
    area: int


class Tide:
    """The levels of one scope. `kept` is for how long, in microseconds, a step is expected to come late; one that comes
    later makes its minute be read again from the `lanes`."""

    __slots__ = (
        "_asked",
        "_folded_until",
        "_kept",
        "_new",
        "_opening",
        "_recent",
        "_recent_from",
        "_stretches",
        "lanes",
    )

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self.lanes: list[Lane] = []
        self._new: list[Numbers] = []
        self._recent: Numbers = np.zeros(0, dtype=np.int64)
        self._recent_from = self._folded_until = 0
        self._stretches = Stretches.none()
        self._opening: Numbers = np.zeros(3, dtype=np.int64)
        self._asked: dict[int, Since] = {}

    def hear(self, steps: Numbers) -> None:
        """Steps of one of the lanes, as `coded`."""
        self._new.append(steps)

    def since(self, begin: int) -> Since:
        """From `begin` up to now; `begin` must begin a minute, or for one before the last fold a quarter, unless
        nothing happened before it."""
        self._take_in()
        if begin not in self._asked:
            if len(self._asked) >= _ASKED_KEPT:
                self._asked.clear()
            first = int(self._stretches.begins.searchsorted(begin))
            before = self._before()[first]
            reached = self._reached()[first:].max(axis=0, initial=NONE)
            waiting, serving, _ = np.where(reached == NONE, before, reached).tolist()
            self._asked[begin] = Since(int(before[0]), waiting, serving)
        return self._asked[begin]

    def intervals(self, begin: int, end: int, width: int = QUARTER) -> list[tuple[Course, Course, Course]]:
        """Each quarter of an hour from `begin` (or other `width`, only without folds), the last up to `end`: of those
        who waited, who were helped, and who waited on the line."""
        self._take_in()
        edges = np.arange(begin, end, width, dtype=np.int64)
        stops = np.minimum(edges + width, end)
        all_begins = self._stretches.begins
        first, last = all_begins.searchsorted((begin, end))
        inside = slice(int(first), int(last))
        place = (all_begins[inside] - begin) // width
        quarters = all_begins[inside] // QUARTER * QUARTER
        levels = self._before()[all_begins.searchsorted(edges)]
        areas = levels * (stops - edges)[:, None]
        lasted = (stops[place] - quarters)[:, None]
        np.add.at(areas, place, self._stretches.net[inside] * lasted - self._stretches.moment[inside])
        peaks = np.full_like(areas, NONE)
        np.maximum.at(peaks, place, self._reached()[inside])
        peaks = np.where(peaks == NONE, levels, peaks)
        told = np.stack((levels, peaks, areas), axis=2).tolist()
        return [(Course(*waited), Course(*served), Course(*line)) for waited, served, line in told]

    def fold(self, until: int, first_day: int) -> None:
        """Make what is before `until` quarters of an hour, and let go of what is before `first_day`. The lanes are
        folded after all scopes."""
        self._take_in()
        self._let_go(until)
        self._folded_until = max(until, self._folded_until)
        self._stretches = self._stretches.widened(QUARTER, until)
        gone = int(self._stretches.begins.searchsorted(first_day))
        self._opening = self._opening + self._stretches.net[:gone].sum(axis=0)
        self._stretches = self._stretches.part(gone, None)
        self._asked.clear()

    def _take_in(self) -> None:
        """Sum the stretches again in which something new was told, and those between them."""
        if not self._new:
            return
        new, self._new = np.concatenate(self._new), []
        new.sort()
        self._asked.clear()
        self._read_again(new[: new.searchsorted(self._recent_from << _CODE)])
        new = new[new.searchsorted(self._recent_from << _CODE) :]
        if len(new):
            begin = (int(new[0]) >> _CODE) // _SHORT * _SHORT
            cut = int(self._recent.searchsorted(begin << _CODE))
            touched = np.sort(np.concatenate((self._recent[cut:], new)), kind="stable")
            self._put(begin, _LAST, _summed(touched, _SHORT))
            self._recent = np.concatenate((self._recent[:cut], touched))
            self._let_go(((int(self._recent[-1]) >> _CODE) - self._kept) // MINUTE * MINUTE)

    def _let_go(self, until: int) -> None:
        """From now on the steps before `until` are with the lanes only, and their stretches minutes."""
        if until > self._recent_from:
            self._recent_from = until
            self._recent = self._recent[self._recent.searchsorted(until << _CODE) :].copy()
            self._stretches = self._stretches.widened(MINUTE, until)

    def _read_again(self, late: Numbers) -> None:
        """Steps came of which the neighbours are with the lanes only."""
        for begin, end, width in ((0, self._folded_until, QUARTER), (self._folded_until, self._recent_from, MINUTE)):
            there = late[late.searchsorted(begin << _CODE) : late.searchsorted(end << _CODE)] >> _CODE
            if len(there):
                first, last = int(there[0]) // width * width, (int(there[-1]) // width + 1) * width
                steps = np.concatenate(list(_steps_between(self.lanes, first, last)))
                self._put(first, last, _summed(np.sort(steps), width))

    def _put(self, begin: int, end: int, stretches: Stretches) -> None:
        """What is in [begin, end) is now this."""
        first, last = self._stretches.begins.searchsorted((begin, end))
        self._stretches = joined(
            (self._stretches.part(0, int(first)), stretches, self._stretches.part(int(last), None))
        )

    def _before(self) -> Numbers:
        """The levels before each stretch, and after the last."""
        net = np.concatenate((self._opening[None], self._stretches.net))
        return np.cumsum(net, axis=0)

    def _reached(self) -> Numbers:
        """The highest levels within each stretch; NONE where nobody came, was answered or went."""
        peak = self._stretches.peak
        return np.where(peak == NONE, NONE, self._before()[:-1] + peak)


_CODE = 4
"""Bits of a coded step beside its instant."""


def coded(lane: Lane, steps: Numbers, *, served: bool) -> Numbers:
    """Steps of a lane (`monitor.levels`) that say too which levels they belong to."""
    place = 2 if served else int(lane.channel not in WRITTEN)
    return (steps >> 2 << _CODE) | (place << 2) | (steps & 3)


def _summed(steps: Numbers, width: int) -> Stretches:
    return summed(each_instant(steps >> _CODE, steps & 15), width)


def _steps_between(lanes: Iterable[Lane], begin: int, end: int) -> Iterator[Numbers]:
    for lane in lanes:
        for level, served in ((lane.waited, False), (lane.served, True)):
            for told in (level.old, level.steps):
                steps = np.frombuffer(told, dtype=np.int64)
                yield coded(lane, steps[(steps >= begin << 2) & (steps < end << 2)], served=served)
