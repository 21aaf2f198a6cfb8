"""Objections (GDPR art. 21): an agent does not want to be scored. Until somebody has decided, and when it is upheld,
nothing is computed of that agent."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from monitor.errors import Refused
from monitor.instants import to_instant, to_microseconds
from monitor.journal.database import Database
from monitor.people.page import DisputeOutcome, Objection
from monitor.people.rows import instant_or_none, new_id
from monitor.people.tables import objections


class Objections:
    """Raises PeerUnreachable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make(self, agent: str, words: str, now: datetime) -> None:
        """From now on nothing is computed. Raises Refused while an earlier one is undecided."""
        if any(one.outcome is None for one in await self.of(agent)):
            raise Refused("There is an objection already that has not been decided.", "double")
        row = {"objection": new_id(), "agent": agent, "words": words, "made_at": to_microseconds(now)}
        await self._database.write(objections.insert().values(row))

    async def withdraw(self, agent: str) -> None:
        """The agent takes back what has not been decided, or what was upheld: scoring begins again."""
        stands = sa.or_(objections.c.outcome.is_(None), objections.c.outcome == "upheld")
        await self._database.write(objections.delete().where(objections.c.agent == agent, stands))

    async def decide(self, objection: str, outcome: DisputeOutcome, answer: str, by: str, now: datetime) -> None:
        """Raises Refused when it was decided before, or is not there."""
        told = (
            objections.update()
            .where(objections.c.objection == objection, objections.c.outcome.is_(None))
            .values(decided_at=to_microseconds(now), decided_by=by, outcome=outcome, answer=answer)
        )
        if not await self._database.write(told):
            raise Refused("This objection has been decided already, or does not exist.", "decided")

    async def of(self, agent: str) -> tuple[Objection, ...]:
        """An agent's, the newest first."""
        return await self._found(objections.c.agent == agent)

    async def undecided(self) -> tuple[Objection, ...]:
        """Everybody's that nobody has decided yet."""
        return await self._found(objections.c.outcome.is_(None))

    async def standing(self) -> frozenset[str]:
        """The agents of whom nothing is computed."""
        stands = sa.or_(objections.c.outcome.is_(None), objections.c.outcome == "upheld")
        return frozenset(one.agent for one in await self._found(stands))

    async def _found(self, condition: sa.ColumnElement[bool]) -> tuple[Objection, ...]:
        rows = await self._database.rows(sa.select(objections).where(condition).order_by(objections.c.made_at.desc()))
        return tuple(
            Objection(
                objection=row.objection,
                agent=row.agent,
                words=row.words,
                made_at=to_instant(row.made_at),
                decided_at=instant_or_none(row.decided_at),
                decided_by=row.decided_by,
                outcome=row.outcome,
                answer=row.answer,
            )
            for row in rows
        )
