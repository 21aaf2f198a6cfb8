"""The collectors as the engine hears them: when last, in what state, and who has gone silent."""

from __future__ import annotations

from typing import Literal

from monitor.events import SourceStatus
from monitor.figures import SourceHealth
from monitor.instants import SECOND, to_instant

SourceState = Literal["up", "lost", "stopped", "silent"]


class Source:
    """One collector."""

    __slots__ = ("cannot_tell", "events", "heard_at", "heartbeat", "newest", "since", "state", "status_at")

    def __init__(self) -> None:
        self.state: SourceState = "up"
        self.heard_at = 0
        self.newest = 0
        self.since = 0
        self.status_at = 0
        self.heartbeat: int | None = None
        self.events = 0
        self.cannot_tell: tuple[str, ...] = ()


class Sources:
    """All collectors. Silence is a matter of the clock, not of events: only `gone_silent` declares it."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}

    def hear(self, name: str, at: int, now: int, only_alive: bool) -> tuple[int, bool]:
        """Anything from the source proves that it lives `now`. Gives the newest instant it told of before (a sign of
        life alone, `only_alive`, tells of none) and whether this ended a silence."""
        source = self.sources.get(name)
        if source is None:
            source = self.sources[name] = Source()
            source.since = now
        source.events += 1
        again = now > source.heard_at and source.state == "silent"
        source.heard_at = max(now, source.heard_at)
        if again:
            source.state, source.since = "up", now
        newest = source.newest
        if at > newest and not only_alive:
            source.newest = at
        return newest, again

    def status(self, event: SourceStatus, at: int) -> SourceState:
        """The source speaks of its own peer; older words than the last are of no use. Gives the state before, or
        for such old words the state they would have told."""
        source = self.sources[event.source]
        before = source.state
        if at < source.status_at:
            return event.state
        if event.state != source.state:
            source.since = at
        source.state, source.status_at = event.state, at
        if event.heartbeat_seconds is not None:
            source.heartbeat = round(event.heartbeat_seconds * SECOND)
        if event.state == "up":
            source.cannot_tell = event.cannot_tell
        return before

    def gone_silent(self, now: int) -> list[tuple[str, int]]:
        """Sources that have just been silent for longer than their heartbeat, and since when nothing is known."""
        gone = []
        for name, source in self.sources.items():
            if source.state == "up" and source.heartbeat is not None and now - source.heard_at > source.heartbeat:
                source.state, source.since = "silent", source.heard_at
                gone.append((name, source.heard_at + source.heartbeat))
        return gone

    def health(self) -> tuple[SourceHealth, ...]:
        """For screens and metrics."""
        return tuple(
            SourceHealth(
                source=name,
                state=source.state,
                last_heard_at=to_instant(source.heard_at),
                since=to_instant(source.since),
                events=source.events,
                cannot_tell=source.cannot_tell,
            )
            for name, source in sorted(self.sources.items())
        )
