"""Thanks of a lead to an agent: on the agent's page at once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from monitor.instants import to_instant, to_microseconds
from monitor.journal import Database
from monitor.people.page import Thank
from monitor.people.rows import new_id
from monitor.people.tables import thanks


class Thanks:
    """The thanks in the database. Raises PeerUnreachable while it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def give(self, agent: str, given_by: str, words: str, now: datetime) -> None:
        """From now on the agent sees it."""
        row = {"thanks": new_id(), "agent": agent, "at": to_microseconds(now), "given_by": given_by, "words": words}
        await self._database.write(thanks.insert().values(row))

    async def of(self, agent: str) -> tuple[Thank, ...]:
        """The newest first."""
        wanted = sa.select(thanks).where(thanks.c.agent == agent).order_by(thanks.c.at.desc())
        return tuple(
            Thank(at=to_instant(row.at), given_by=row.given_by, words=row.words)
            for row in await self._database.rows(wanted)
        )
