"""How far the figures lie behind what the collectors know. Pure; the clock is an argument.

Two things make them lag: events that a collector holds behind the last that were taken in, and a stop of the intake
itself (no broker, no journal), during which nobody can say what waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.batch import Batch

BEHIND_SECONDS = 10.0
"""From here on a screen says that its figures lag. Below it is the time that any message takes."""
BEHIND_EVENTS = 10_000
"""The same by number, for a collector whose clock is so wrong that ages say nothing."""


@dataclass(slots=True)
class _Held:
    events: int
    newest_at: datetime


class Backlog:
    """Per collector what it holds and the newest event that it told; per obstacle since when nothing is taken in."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._halted: dict[str, datetime] = {}

    def took(self, batch: Batch, now: datetime) -> None:
        """A batch was taken in. An event of the future is no newer than now."""
        known = self._held.get(batch.collector)
        told = [min(event.at, now) for event in batch.events]
        newest_at = max([*told, *([known.newest_at] if known else [])], default=now)
        self._held[batch.collector] = _Held(batch.waiting, newest_at)

    def gone(self, collector: str) -> None:
        """The collector is away: what it holds is not on its way, and the screen tells that its source is lost."""
        if collector in self._held:
            self._held[collector].events = 0

    def halted(self, obstacle: str, now: datetime) -> None:
        """Nothing is taken in from now on; told again it changes nothing."""
        self._halted.setdefault(obstacle, now)

    def resumed(self, obstacle: str) -> None:
        self._halted.pop(obstacle, None)

    @property
    def waiting(self) -> int:
        """Events that collectors hold behind the last that were taken in."""
        return sum(held.events for held in self._held.values())

    def since(self, collector: str, now: datetime) -> datetime | None:
        """Of when the newest truth of one collector is, where that is worth saying; None while it keeps up."""
        held = self._held.get(collector)
        found = [at for at in self._halted.values() if is_behind((now - at).total_seconds(), 0)]
        if held is not None and held.events and is_behind((now - held.newest_at).total_seconds(), held.events):
            found.append(held.newest_at)
        return min(found, default=None)

    def lag_seconds(self, now: datetime) -> float:
        """Age of the oldest truth on which figures stand while there is newer; 0 while nothing waits."""
        since = [held.newest_at for held in self._held.values() if held.events] + list(self._halted.values())
        return max(0.0, (now - min(since)).total_seconds()) if since else 0.0


def is_behind(lag_seconds: float, waiting: int) -> bool:
    """Whether it is worth saying."""
    return lag_seconds >= BEHIND_SECONDS or waiting >= BEHIND_EVENTS
