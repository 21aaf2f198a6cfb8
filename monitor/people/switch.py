"""The switch at run time: a privacy officer may stop person-level processing at once, and let it go on again.

It can only take away: what the configuration does not allow stays off.
"""

from __future__ import annotations

from datetime import datetime

from monitor.journal.database import Database
from monitor.people.decisions import Decisions
from monitor.people.tables import papers, sheets, weeks

STOPPED, GOES_ON = "stopped", "goes on"


class Switch:
    """Raises PeerUnreachable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database, self._decisions = database, Decisions(database)

    async def is_stopped(self) -> bool:
        """Whether somebody has stopped it."""
        last = await self._decisions.last("switch")
        return last is not None and last.words.startswith(STOPPED)

    async def stop(self, reason: str, account: str, name: str, now: datetime) -> None:
        """From now on nothing about a person is shown, written or computed; what was computed goes."""
        await self._decisions.add("switch", f"{STOPPED}: {reason}", account, name, now)
        await self._database.write(*(table.delete() for table in (sheets, weeks, papers)))

    async def go_on(self, reason: str, account: str, name: str, now: datetime) -> None:
        """Processing begins anew, as far as the configuration allows."""
        await self._decisions.add("switch", f"{GOES_ON}: {reason}", account, name, now)
