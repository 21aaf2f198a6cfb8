"""The monitor role: events from the bus into the engine, pictures of the figures into the feed.

Everything runs on one event loop: a large message is applied in slices, so that nobody waits long.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime
from typing import Protocol

import msgspec

from monitor.batch import Batch, Received
from monitor.bus import Subscriber
from monitor.events import Event, SourceStatus
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.presence import GRACE_SECONDS, Presence
from monitor.tasks import task_group

SLICE_EVENTS = 500
"""Events applied before other tasks have their turn."""
TICK_SECONDS = 1.0
"""Without events there is a new picture this often: time moves figures too."""


class Engine(Protocol):
    """The pure heart: see monitor/engine.py."""

    def apply(self, event: Event) -> object:
        """Book one event. Never raises."""

    def advance(self, now: datetime) -> object:
        """Let time pass."""

    def figures(self) -> SiteFigures:
        """Everything at this instant."""


class Live:
    """Applies what the bus brings and publishes a picture at most each `refresh_seconds`. A collector whose
    connection is lost for `grace_seconds` is told to the engine as lost."""

    def __init__(
        self,
        engine: Engine,
        bus: Subscriber,
        feed: Feed,
        clock: Callable[[], datetime],
        refresh_seconds: float,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._engine, self._bus, self._feed, self._clock = engine, bus, feed, clock
        self._refresh_seconds = refresh_seconds
        self._presence = Presence(grace_seconds)
        self._rejected: Counter[str] = Counter()
        self._changed = True

    async def run(self) -> None:
        """Until cancelled. Raises CredentialsRefused and ConfigurationError."""
        async with task_group() as group:
            group.create_task(self._take_in(), name="events into the engine")
            group.create_task(self._show(), name="figures into the feed")

    async def _take_in(self) -> None:
        async with aclosing(self._bus.received()) as messages:
            async for received in messages:
                await self._take(received)

    async def _take(self, received: Received) -> None:
        self._rejected.update(received.rejected)
        if received.batch:
            await self._apply(received.batch)
        if received.status:
            for event in self._presence.heard(received.status, self._clock()):
                self._engine.apply(event)
        self._changed = True

    async def _apply(self, batch: Batch) -> None:
        for start in range(0, len(batch.events), SLICE_EVENTS):
            if start:
                await asyncio.sleep(0)
            for event in batch.events[start : start + SLICE_EVENTS]:
                if type(event) is SourceStatus:
                    self._presence.said(batch.epoch, event)
                self._engine.apply(event)

    async def _show(self) -> None:
        loop = asyncio.get_running_loop()
        shown = -TICK_SECONDS
        while True:
            for event in self._presence.overdue(self._clock()):
                self._engine.apply(event)
                self._changed = True
            if self._changed or loop.time() - shown >= TICK_SECONDS:
                self._changed, shown = False, loop.time()
                self._engine.advance(self._clock())
                await self._feed.publish(self._with_rejected(self._engine.figures()))
            await asyncio.sleep(self._refresh_seconds)

    def _with_rejected(self, figures: SiteFigures) -> SiteFigures:
        """What never reached the engine is counted with what the engine refused."""
        if not self._rejected:
            return figures
        pipeline = msgspec.structs.replace(
            figures.pipeline,
            read=figures.pipeline.read + self._rejected.total(),
            rejected=dict(self._rejected + Counter(figures.pipeline.rejected)),
        )
        return msgspec.structs.replace(figures, pipeline=pipeline)
