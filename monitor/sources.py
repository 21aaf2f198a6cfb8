"""The collectors as the engine hears them: when last, in what state, and who has gone silent."""

from __future__ import annotations

from typing import Literal

from monitor.events import SourceStatus
from monitor.figures import SourceHealth
from monitor.instants import SECOND, to_instant

SourceState = Literal["up", "lost", "stopped", "silent"]


class Source:
    """One collector."""

    __slots__ = ("cannot_tell", "events", "heard_at", "heartbeat", "since", "state", "status_at")

    def __init__(self) -> None:
        self.state: SourceState = "up"
        self.heard_at = 0
        self.since = 0
        self.status_at = 0
        self.heartbeat: int | None = None
        self.events = 0
        self.cannot_tell: tuple[str, ...] = ()


class Sources:
    """All collectors. Silence is a matter of the clock, not of events: only `gone_silent` declares it."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}

    def hear(self, name: str, at: int) -> None:
        """Anything from the source proves that it lives."""
        source = self.sources.get(name)
        if source is None:
            source = self.sources[name] = Source()
            source.since = at
        source.events += 1
        if at > source.heard_at:
            source.heard_at = at
            if source.state == "silent":
                source.state, source.since = "up", at

    def latest(self, event: SourceStatus, at: int) -> bool:
        """Whether nothing later was said of the source's state."""
        return at >= self.sources[event.source].status_at

    def status(self, event: SourceStatus, at: int) -> None:
        """The source speaks of its own peer; older words than the last are of no use."""
        source = self.sources[event.source]
        if at < source.status_at:
            return
        if event.state != source.state:
            source.since = at
        source.state, source.status_at = event.state, at
        if event.heartbeat_seconds is not None:
            source.heartbeat = round(event.heartbeat_seconds * SECOND)
        if event.state == "up":
            source.cannot_tell = event.cannot_tell

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
