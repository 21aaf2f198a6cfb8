"""What somebody chose for the own page."""

from __future__ import annotations

import sqlalchemy as sa

from monitor.journal import Database
from monitor.people.page import Preference
from monitor.people.tables import preferences


class Preferences:
    """By account. Raises PeerUnreachable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, account: str) -> frozenset[Preference]:
        """Those that are switched on."""
        wanted = sa.select(preferences).where(preferences.c.account == account, preferences.c.value == "on")
        return frozenset(row.name for row in await self._database.rows(wanted))

    async def put(self, account: str, name: Preference, on: bool) -> None:
        """Switch one."""
        row = {"account": account, "name": name, "value": "on" if on else "off"}
        await self._database.write(self._database.put(preferences, [row]))
