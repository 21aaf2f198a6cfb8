"""Stretches of time and what happened to levels in each: pure sums over steps up and down.

Three levels side by side: who waits, who is being helped, who waits on the line. A step's kind is its direction
(`monitor.levels`) plus 4 x whom it counts: 0 waits in writing, 1 waits on the line, 2 is being helped. Instants go by
the life of a contact: up before down, so that within one instant the level is highest when all ups are in. The level is
looked at when somebody comes to wait, is answered or goes; a step that was taken back is no such happening.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.instants import QUARTER

Numbers = NDArray[np.int64]
NONE = -(1 << 62)
"""No peak: nothing happened."""
_COUNTS_FOR = ((1, 0, 0), (1, 0, 1), (0, 1, 0), (0, 0, 0))
_UPS, _DOWNS = (
    np.array([[sign * each for each in levels] for levels in _COUNTS_FOR for sign in signs], dtype=np.int64)
    for signs in ((1, 0, -1, 0), (0, 1, 0, -1))
)


class Stretches(NamedTuple):
    """In order of time, only those in which there were steps. For each of the three levels: `net`, what the stretch
    adds; `peak`, its highest above where it began; `moment`, the sum of steps x microseconds since the quarter of an
    hour began."""

    begins: Numbers
    net: Numbers
    peak: Numbers
    moment: Numbers

    @classmethod
    def none(cls) -> Stretches:
        """Nothing happened."""
        three = np.zeros((0, 3), dtype=np.int64)
        return cls(np.zeros(0, dtype=np.int64), three, three, three)

    def part(self, first: int, last: int | None) -> Stretches:
        """Some of them."""
        return Stretches(*(column[first:last] for column in self))

    def widened(self, width: int, until: int) -> Stretches:
        """The same, with those before `until` summed by `width`."""
        cut = int(self.begins.searchsorted(until))
        return joined((summed(self.part(0, cut), width), self.part(cut, None)))


def joined(parts: Iterable[Stretches]) -> Stretches:
    """One after the other."""
    return Stretches(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def each_instant(instants: Numbers, kinds: Numbers) -> Stretches:
    """Steps in order of time, summed by instant."""
    if not len(instants):
        return Stretches.none()
    first = _firsts(instants)
    ups, downs = np.add.reduceat(_UPS[kinds], first), np.add.reduceat(_DOWNS[kinds], first)
    net, at = ups - downs, instants[first]
    looked = ((ups > 0) | (downs != 0)).any(axis=1)
    peak = np.where(looked[:, None], np.where(ups > 0, ups, net), NONE)
    return Stretches(at, net, peak, net * (at % QUARTER)[:, None])


def summed(stretches: Stretches, width: int) -> Stretches:
    """Summed by `width`, which divides a quarter of an hour."""
    if not len(stretches.begins):
        return stretches
    begins = stretches.begins // width * width
    first = _firsts(begins)
    net = np.add.reduceat(stretches.net, first)
    # How far above the begin of the wider stretch each begins: all that came before less what came before that.
    risen = np.cumsum(stretches.net, axis=0) - stretches.net
    risen -= np.repeat(risen[first], np.diff(np.append(first, len(begins))), axis=0)
    peak = np.where(stretches.peak == NONE, NONE, risen + stretches.peak)
    return Stretches(begins[first], net, np.maximum.reduceat(peak, first), np.add.reduceat(stretches.moment, first))


def _firsts(ordered: Numbers) -> NDArray[np.intp]:
    """Where each new value begins."""
    return np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
