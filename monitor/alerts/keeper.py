"""Keeps a monitor's alerts in the database, and brings it what was acknowledged there. While the database is away the
alerts go on in memory."""

from __future__ import annotations

import asyncio
import logging

import msgspec

from monitor.alerts import store
from monitor.alerts.alarms import Alarms
from monitor.alerts.lifecycle import Standing
from monitor.errors import PeerUnreachable
from monitor.journal import Database

KEEP_SECONDS = 1.0

log = logging.getLogger(__name__)


class Keeper:
    """Between one `Alarms` and one database. What only came near to an alert is not kept."""

    def __init__(self, alarms: Alarms, database: Database) -> None:
        self._alarms, self._database = alarms, database
        self._kept: dict[store.Row, Standing] = {}

    async def restore(self) -> None:
        """Go on from what the last monitor left; waits for the database."""
        while (standing := await self._left()) is None:  # noqa: ASYNC110 -- a database
            await asyncio.sleep(KEEP_SECONDS)
        self._alarms.restore(standing)
        self._kept = {store.row_of(key, each): _plain(each) for key, each in standing.items()}

    async def _left(self) -> dict[str, Standing] | None:
        try:
            return await store.kept(self._database)
        except PeerUnreachable as error:
            log.warning("%s The alerts of before are waited for.", error)
            return None

    async def run(self, every_seconds: float = KEEP_SECONDS) -> None:
        """Until cancelled."""
        away = False
        while True:
            await asyncio.sleep(every_seconds)
            try:
                await self.keep()
            except PeerUnreachable as error:
                if not away:
                    log.warning("%s Alerts are kept in memory until it can.", error)
                away = True
            else:
                away = False

    async def keep(self) -> None:
        """Take in what was acknowledged, and write what changed. Raises PeerUnreachable."""
        await self._hear()
        standing = {
            store.row_of(key, each): each
            for key, each in self._alarms.state.standing.items()
            if each.fired_at or each.resolved_at
        }
        changed = {row: each for row, each in standing.items() if self._kept.get(row) != _plain(each)}
        await store.keep(self._database, changed, self._kept.keys() - standing.keys())
        self._kept = {row: _plain(each) for row, each in standing.items()}

    async def _hear(self) -> None:
        for said in await store.acknowledged(self._database):
            standing = self._alarms.state.standing.get(said.key)
            if standing is not None and standing.fired_at == said.fired_at:
                self._alarms.acknowledge(said.key, said.account, said.at)


def _plain(standing: Standing) -> Standing:
    """Without what changes every second and is known again a second after a restart."""
    return msgspec.structs.replace(standing, value=0.0, number=0.0)
