"""How many waited, and how many were being helped, at every moment: peaks and means from steps up and down.

Steps may come in any order and be taken back. Those at one instant go by the life of a contact: up (offered)
before down (answered, left). Somebody who is answered in the instant of the offer never counts as waiting: the
step up is taken back. The peak of a stretch of time is the highest level at any happening in it, whether somebody came
to wait, was answered or went; the level that came in counts only where nothing happens.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.instants import QUARTER

Steps = NDArray[np.int64]
_UP, _DOWN, _UP_BACK, _DOWN_BACK = range(4)
_SIGNS: Steps = np.array((1, -1, -1, 1), dtype=np.int64)


class Level:
    """The steps of one lane: each is 4 x microseconds plus which kind of step it is. Steps before `folded_until`
    lie in `old`; what comes late is put there and counted, so that what was made of them is made again."""

    __slots__ = ("base", "folded_until", "late", "old", "opening", "steps")

    def __init__(self) -> None:
        self.steps = array("q")
        self.old = array("q")
        self.opening = 0
        """The level before the first old step that is kept."""
        self.base = 0
        """The level before the first step that is not old."""
        self.folded_until = 0
        self.late = 0

    def up(self, microseconds: int, sign: int) -> None:
        """One more from this instant on; `sign` -1 takes such a step back."""
        if microseconds >= self.folded_until:
            self.steps.append(microseconds << 2 | (_UP if sign > 0 else _UP_BACK))
        else:
            self._late(microseconds << 2 | (_UP if sign > 0 else _UP_BACK), sign)

    def down(self, microseconds: int, sign: int) -> None:
        """One less from this instant on; `sign` -1 takes such a step back."""
        if microseconds >= self.folded_until:
            self.steps.append(microseconds << 2 | (_DOWN if sign > 0 else _DOWN_BACK))
        else:
            self._late(microseconds << 2 | (_DOWN if sign > 0 else _DOWN_BACK), -sign)

    def _late(self, step: int, change: int) -> None:
        self.old.append(step)
        self.base += change
        self.late += 1


class Course(NamedTuple):
    """The sum of several lanes over time: the level before all, the instants of change, the level after each,
    and the highest level within each instant."""

    base: int
    instants: Steps
    after: Steps
    highest: Steps


def course(levels: Iterable[Level]) -> Course:
    """The course of the sum of several lanes since the last fold."""
    lanes = list(levels)
    return _course(sum(lane.base for lane in lanes), [lane.steps for lane in lanes])


def old_course(levels: Iterable[Level]) -> Course:
    """The course of the sum of several lanes before the last fold, as far back as it is kept."""
    lanes = list(levels)
    return _course(sum(lane.opening for lane in lanes), [lane.old for lane in lanes])


def _course(base: int, of_lanes: Iterable[array[int]]) -> Course:
    parts = [np.frombuffer(steps, dtype=np.int64).copy() for steps in of_lanes if steps]
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return Course(base, nothing, nothing, nothing)
    steps = np.concatenate(parts)
    steps.sort()
    kinds = steps & 3
    when = steps >> 2
    first = np.flatnonzero(np.append(True, when[1:] != when[:-1]))
    instants = when[first]
    ups = np.add.reduceat((kinds == _UP).astype(np.int64) - (kinds == _UP_BACK), first)
    downs = np.add.reduceat((kinds == _DOWN).astype(np.int64) - (kinds == _DOWN_BACK), first)
    after = base + np.cumsum(ups - downs)
    highest = np.where(ups > 0, after + downs, np.where(downs == 0, -1, after))
    return Course(base, instants, after, highest)


def seen_at(of: Course, beside: Course) -> Course:
    """The same course, looked at also when another level of the same lanes changes."""
    others = beside.instants[beside.highest >= 0]
    looked = np.where((of.highest < 0) & np.isin(of.instants, others), of.after, of.highest)
    more = others[~np.isin(others, of.instants, assume_unique=True)]
    cuts = np.searchsorted(of.instants, more, side="left")
    levels = np.where(cuts == 0, of.base, of.after[np.maximum(cuts - 1, 0)] if len(of.after) else of.base)
    instants = np.concatenate((of.instants, more))
    order = np.argsort(instants, kind="stable")
    after, highest = np.concatenate((of.after, levels)), np.concatenate((looked, levels))
    return Course(of.base, instants[order], after[order], highest[order])


def level_before(of: Course, microseconds: int) -> int:
    """The level just before an instant."""
    index = int(np.searchsorted(of.instants, microseconds, side="left"))
    return of.base if index == 0 else int(of.after[index - 1])


def peak(of: Course, begin: int, end: int) -> int:
    """The highest level reached in [begin, end)."""
    first, last = np.searchsorted(of.instants, (begin, end), side="left")
    reached = int(of.highest[first:last].max()) if first < last else -1
    return level_before(of, begin) if reached < 0 else reached


def by_quarter(of: Course, begin: int, end: int, width: int = QUARTER) -> list[tuple[int, int]]:
    """Peak and integral (level x microseconds) of each quarter of an hour (or other `width`) from `begin`; the
    last one ends at `end`."""
    edges = np.arange(begin, end, width, dtype=np.int64)
    if not len(edges):
        return []
    cuts = np.searchsorted(of.instants, edges, side="right")
    at_edges = np.where(cuts == 0, of.base, of.after[np.maximum(cuts - 1, 0)] if len(of.after) else of.base)
    inside = (of.instants >= begin) & (of.instants < end)
    times = np.concatenate((edges, of.instants[inside]))
    values = np.concatenate((at_edges, of.after[inside]))
    order = np.argsort(times, kind="stable")
    lasting = np.diff(np.append(times[order], end))
    starts = np.searchsorted(times[order], edges, side="left")
    integrals = np.add.reduceat(values[order] * lasting, starts)
    return list(zip(_peaks(of, np.append(edges, end), at_edges), integrals.tolist(), strict=True))


def _peaks(of: Course, edges: Steps, at_edges: Steps) -> list[int]:
    """The highest level reached between each edge and the next; where nothing changes, the level at the edge."""
    cuts = np.searchsorted(of.instants, edges, side="left")
    reached = np.append(of.highest[: cuts[-1]], -1)
    highest = np.where(cuts[:-1] < cuts[1:], np.maximum.reduceat(reached, cuts[:-1]), -1)
    peaks: list[int] = np.where(highest < 0, at_edges, highest).tolist()
    return peaks


def signs(steps: Steps) -> Steps:
    """What each step does to the level: 1 or -1."""
    found: Steps = _SIGNS[steps & 3]
    return found


def fold(level: Level, until: int, first_day: int) -> None:
    """Make what is before `until` old, and let go of what is before `first_day`."""
    level.folded_until = max(until, level.folded_until)
    if level.steps:
        steps = np.frombuffer(level.steps, dtype=np.int64).copy()
        old = (steps >> 2) < until
        level.base += int(signs(steps[old]).sum())
        level.old.extend(array("q", steps[old].tobytes()))
        level.steps = array("q", steps[~old].tobytes())
    if level.old:
        steps = np.frombuffer(level.old, dtype=np.int64).copy()
        gone = (steps >> 2) < first_day
        if gone.any():
            level.opening += int(signs(steps[gone]).sum())
            level.old = array("q", steps[~gone].tobytes())
