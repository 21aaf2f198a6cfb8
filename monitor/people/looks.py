"""The access log: every look at an agent's figures by somebody else, with the reason. The agent reads all of it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from monitor.instants import to_instant, to_microseconds
from monitor.journal import Database
from monitor.people.page import Look, LookAt
from monitor.people.rows import new_id
from monitor.people.tables import looks


class Looks:
    """The log in the database; rows are only added. Raises PeerUnreachable while it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, agent: str, account: str, name: str, what: str, reason: str, now: datetime) -> None:
        """Written before anything is shown."""
        row = {
            "look": new_id(),
            "at": to_microseconds(now),
            "agent": agent,
            "account": account,
            "name": name,
            "what": what,
            "reason": reason,
        }
        await self._database.write(looks.insert().values(row))

    async def of(self, agent: str) -> tuple[Look, ...]:
        """The newest first."""
        wanted = sa.select(looks).where(looks.c.agent == agent).order_by(looks.c.at.desc())
        return tuple(
            Look(at=to_instant(row.at), name=row.name, what=row.what, reason=row.reason)
            for row in await self._database.rows(wanted)
        )

    async def newest(self, most: int) -> tuple[LookAt, ...]:
        """The newest looks at anybody."""
        wanted = sa.select(looks).order_by(looks.c.at.desc()).limit(most)
        return tuple(
            LookAt(at=to_instant(row.at), name=row.name, agent=row.agent, what=row.what, reason=row.reason)
            for row in await self._database.rows(wanted)
        )
