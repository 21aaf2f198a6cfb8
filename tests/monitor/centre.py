"""A tiny contact centre for the engine's tests: visits told in a few words, times in seconds of one morning."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

from monitor import events as ev
from monitor.engine import Engine
from monitor.figures import Figures, Live, ScopeFigures, ScopeKind
from monitor.settings import BoardDefinition, Queue, Site, Team

NINE = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
"""Nine o'clock in Amsterdam, on an ordinary Tuesday."""


def at(seconds: float) -> datetime:
    """So many seconds after nine."""
    return NINE + timedelta(seconds=seconds)


class Morning:
    """Makes events with ids of their own."""

    def __init__(self, source: str = "pbx") -> None:
        self.source = source
        self._ids = count(1)

    def _said(self, seconds: float) -> dict[str, object]:
        return {"id": f"{self.source}-{next(self._ids)}", "source": self.source, "at": at(seconds)}

    def offered(self, seconds: float, contact: str, queue: str = "sales", **more: object) -> ev.ContactOffered:
        return ev.ContactOffered(contact=contact, queue=queue, **self._said(seconds), **more)  # type: ignore[arg-type]

    def answered(
        self, seconds: float, contact: str, queue: str = "sales", agent: str = "ann", **more: object
    ) -> ev.ContactAnswered:
        return ev.ContactAnswered(contact=contact, queue=queue, agent=agent, **self._said(seconds), **more)  # type: ignore[arg-type]

    def left(
        self, seconds: float, contact: str, reason: ev.LeftReason = "abandoned", queue: str = "sales", **more: object
    ) -> ev.ContactLeft:
        return ev.ContactLeft(contact=contact, queue=queue, reason=reason, **self._said(seconds), **more)  # type: ignore[arg-type]

    def held(self, seconds: float, contact: str, **more: object) -> ev.ContactHeld:
        return ev.ContactHeld(contact=contact, **self._said(seconds), **more)  # type: ignore[arg-type]

    def resumed(self, seconds: float, contact: str, **more: object) -> ev.ContactResumed:
        return ev.ContactResumed(contact=contact, **self._said(seconds), **more)  # type: ignore[arg-type]

    def transferred(self, seconds: float, contact: str, **more: object) -> ev.ContactTransferred:
        return ev.ContactTransferred(contact=contact, **self._said(seconds), **more)  # type: ignore[arg-type]

    def ended(self, seconds: float, contact: str, **more: object) -> ev.ContactEnded:
        return ev.ContactEnded(contact=contact, **self._said(seconds), **more)  # type: ignore[arg-type]

    def wrapped_up(self, seconds: float, contact: str, **more: object) -> ev.ContactWrappedUp:
        return ev.ContactWrappedUp(contact=contact, **self._said(seconds), **more)  # type: ignore[arg-type]

    def responded(self, seconds: float, contact: str, **more: object) -> ev.ContactFirstResponse:
        return ev.ContactFirstResponse(contact=contact, **self._said(seconds), **more)  # type: ignore[arg-type]

    def marked(self, seconds: float, contact: str, score: int, **more: object) -> ev.FeedbackGiven:
        return ev.FeedbackGiven(contact=contact, kind="csat", score=score, **self._said(seconds), **more)  # type: ignore[arg-type]

    def agent(self, seconds: float, agent: str, state: ev.AgentState, **more: object) -> ev.AgentStateChanged:
        return ev.AgentStateChanged(agent=agent, state=state, **self._said(seconds), **more)  # type: ignore[arg-type]

    def source_is(self, seconds: float, state: str, **more: object) -> ev.SourceStatus:
        return ev.SourceStatus(state=state, **self._said(seconds), **more)  # type: ignore[arg-type]

    def snapshot(self, seconds: float, waiting: Iterable[ev.WaitingVisit], queue: str = "sales") -> ev.QueueSnapshot:
        return ev.QueueSnapshot(queue=queue, waiting=tuple(waiting), **self._said(seconds))  # type: ignore[arg-type]

    def call(
        self,
        begin: float,
        contact: str,
        *,
        wait: float = 10,
        talk: float = 60,
        wrap: float = 0,
        agent: str = "ann",
        queue: str = "sales",
        **offer: object,
    ) -> list[ev.Event]:
        """A whole answered call."""
        answered = begin + wait
        return [
            self.offered(begin, contact, queue, **offer),
            self.answered(answered, contact, queue, agent),
            self.ended(answered + talk, contact),
            self.wrapped_up(answered + talk + wrap, contact),
        ]


def centre(
    *,
    queues: dict[str, Queue] | None = None,
    teams: dict[str, Team] | None = None,
    boards: dict[str, BoardDefinition] | None = None,
    lateness: float = 300,
    time_zone: str = "Europe/Amsterdam",
    keep_all: bool = False,
) -> Engine:
    """An engine for one queue called sales, or for the given ones."""
    site = Site(time_zone=time_zone, lateness_seconds=lateness)
    return Engine(site, {"sales": Queue()} if queues is None else queues, teams, boards, keep_all=keep_all)


def told(engine: Engine, events: Iterable[ev.Event], now: float | None = None) -> Engine:
    """The engine after the events, with the clock at `now`."""
    for event in events:
        engine.apply(event)
    if now is not None:
        engine.advance(at(now))
    return engine


def scope(engine: Engine, kind: ScopeKind = "queue", id: str = "sales") -> ScopeFigures:
    """One scope's figures; it must exist."""
    figures = engine.figures().of(kind, id)
    assert figures is not None, f"no figures of {kind} {id}"
    return figures


def today(engine: Engine, kind: ScopeKind = "queue", id: str = "sales") -> Figures:
    """One scope's figures of today."""
    return scope(engine, kind, id).windows["today"]


def live(engine: Engine, kind: ScopeKind = "queue", id: str = "sales") -> Live:
    """What is so at this instant."""
    return scope(engine, kind, id).live
