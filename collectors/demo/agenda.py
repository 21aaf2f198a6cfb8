"""What is still to happen: actions at instants, taken in order; at the same instant in the order of planning."""

from __future__ import annotations

import heapq
from collections.abc import Callable


class Agenda:
    """A heap of actions. `now` is the instant of the action under way, in milliseconds since 1970."""

    def __init__(self, now: int) -> None:
        self.now = now
        self._planned: list[tuple[int, int, Callable[[], object]]] = []
        self._serial = 0

    def at(self, instant: int, act: Callable[[], object]) -> None:
        """Plan an action; its result is not used."""
        self._serial += 1
        heapq.heappush(self._planned, (instant, self._serial, act))

    def run(self) -> None:
        """Until nothing is planned."""
        while self._planned:
            self.now, _, act = heapq.heappop(self._planned)
            act()
