"""What people tell at a lead's desk, on the bus like the events of any source; connected with the first of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from monitor.bus import publishing
from monitor.errors import PeerUnreachable
from monitor.events import Event
from monitor.settings import Mqtt

NAME = "desk"
WAITING_MOST = 100
"""Events told and not safe yet; the next is refused, and whoever told it may try again."""


class Desk:
    """`tell` for the web; `run` beside it, until cancelled."""

    def __init__(self, mqtt: Mqtt, clock: Callable[[], datetime], state_directory: Path) -> None:
        self._mqtt, self._clock, self._state_directory = mqtt, clock, state_directory
        self._told: asyncio.Queue[tuple[Event, asyncio.Future[None]]] = asyncio.Queue(WAITING_MOST)

    async def tell(self, event: Event) -> None:
        """Returns when the event is safe. Raises PeerUnreachable when too many wait."""
        safe: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            self._told.put_nowait((event, safe))
        except asyncio.QueueFull:
            raise PeerUnreachable("The desk waits for the broker; try again in a moment.") from None
        await safe

    async def run(self) -> None:
        """Deliver what is told."""
        event, safe = await self._told.get()
        async with publishing(self._mqtt, NAME, self._clock, state_directory=self._state_directory) as publisher:
            while True:
                await publisher.put_safely([event])
                if not safe.done():
                    safe.set_result(None)
                event, safe = await self._told.get()
