"""The known outages that stand, for every picture of the figures: so they reach each wall, wherever its web is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

import msgspec

from monitor.errors import PeerUnreachable
from monitor.figures import KnownOutage, SiteFigures
from monitor.journal import Database
from monitor.people.outages import Outages

LOOK_SECONDS = 1.0

log = logging.getLogger(__name__)


class StandingOutages:
    """What the database says, at most a second old; while it is away, what it said last. `clock` is that of the
    figures."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._outages, self._clock = Outages(database), clock
        self._known: tuple[KnownOutage, ...] = ()

    async def run(self, every_seconds: float = LOOK_SECONDS) -> None:
        """Until cancelled."""
        away = False
        while True:
            try:
                await self.look()
            except PeerUnreachable as error:
                if not away:
                    log.warning("%s Walls show the outages that were known.", error)
                away = True
            else:
                away = False
            await asyncio.sleep(every_seconds)

    async def look(self) -> None:
        """Read them. Raises PeerUnreachable."""
        self._known = tuple(
            KnownOutage(words=one.words, queues=one.queues, began_at=one.began_at, until=one.ended_at)
            for one in await self._outages.standing(self._clock())
        )

    def seen(self, figures: SiteFigures) -> SiteFigures:
        """The same picture with the outages that stand at its instant."""
        standing = tuple(one for one in self._known if one.until is None or figures.at < one.until)
        return msgspec.structs.replace(figures, outages=standing)
