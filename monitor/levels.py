"""How many wait in a lane, or are being helped, as steps up and down.

Steps may come in any order and be taken back. Somebody who is answered in the instant of the offer never counts as
waiting: the step up is taken back. What they make of a scope's peaks and means is told in `monitor.tide`.
"""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]
_UP, _DOWN, _UP_BACK, _DOWN_BACK = range(4)
_SIGNS: Steps = np.array((1, -1, -1, 1), dtype=np.int64)


class Level:
    """The steps of one lane: each is 4 x microseconds plus which kind of step it is. Steps before `folded_until`
    lie in `old`; what comes late is put there and counted."""

    __slots__ = ("_late_told", "_told", "base", "folded_until", "late", "old", "steps")

    def __init__(self) -> None:
        self.steps = array("q")
        self.old = array("q")
        self.base = 0
        """The level before the first step that is not old."""
        self.folded_until = 0
        self.late = 0
        self._told = self._late_told = 0

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

    def news(self) -> Steps | None:
        """The steps since the last time it was asked; None when there are none."""
        fresh, late = len(self.steps) - self._told, self.late - self._late_told
        if not fresh and not late:
            return None
        self._told, self._late_told = len(self.steps), self.late
        return np.concatenate(
            (
                np.frombuffer(self.old, dtype=np.int64)[len(self.old) - late :],
                np.frombuffer(self.steps, dtype=np.int64)[self._told - fresh :],
            )
        )

    def fold(self, until: int, first_day: int) -> None:
        """Make what is before `until` old, and let go of what is before `first_day`; whoever asks for news must have
        asked."""
        self.folded_until = max(until, self.folded_until)
        if self.steps:
            steps = np.frombuffer(self.steps, dtype=np.int64)
            old = (steps >> 2) < until
            self.base += int(signs(steps[old]).sum())
            self.old.frombytes(steps[old].tobytes())
            self.steps = array("q", steps[~old].tobytes())
            self._told = len(self.steps)
        if self.old:
            steps = np.frombuffer(self.old, dtype=np.int64)
            gone = (steps >> 2) < first_day
            if gone.any():
                self.old = array("q", steps[~gone].tobytes())


def signs(steps: Steps) -> Steps:
    """What each step does to the level: 1 or -1."""
    found: Steps = _SIGNS[steps & 3]
    return found
