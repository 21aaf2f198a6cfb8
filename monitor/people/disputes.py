"""Disputes: an agent says that a contact is not right. It weighs nothing until a lead has decided, within a working
week."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from monitor.errors import Refused
from monitor.instants import to_instant, to_microseconds
from monitor.journal import Database
from monitor.people.page import Dispute, DisputeKind, DisputeOutcome
from monitor.people.rows import instant_or_none, new_id
from monitor.people.tables import disputes

WORKING_DAYS = 5


def due_on(opened_on: date) -> date:
    """Five working days later; Monday to Friday are working days."""
    day, left = opened_on, WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


class Disputes:
    """The disputes in the database. Raises PeerUnreachable while it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, agents: Collection[str]) -> tuple[Dispute, ...]:
        """Of these agents, the newest first."""
        wanted = sa.select(disputes).where(disputes.c.agent.in_(agents)).order_by(disputes.c.opened_at.desc())
        return tuple(_dispute(row) for row in await self._database.rows(wanted))

    async def open(self, agent: str, contact: str, kind: DisputeKind, words: str, now: datetime) -> Dispute:
        """The contact weighs nothing from now on. Raises Refused when it has been disputed before."""
        if any(one.contact == contact for one in await self.of([agent])):
            raise Refused("This contact has been disputed already.", "double")
        id = new_id()
        row = {
            "dispute": id,
            "agent": agent,
            "contact": contact,
            "kind": kind,
            "words": words,
            "opened_at": to_microseconds(now),
        }
        await self._database.write(disputes.insert().values(row))
        return Dispute(
            dispute=id,
            agent=agent,
            contact=contact,
            kind=kind,
            words=words,
            opened_at=now,
            due_on=due_on(now.date()),
        )

    async def decide(self, dispute: str, outcome: DisputeOutcome, answer: str, by: str, now: datetime) -> None:
        """Once and for all. Raises Refused when it was decided before, or is not there."""
        decided = (
            disputes.update()
            .where(disputes.c.dispute == dispute, disputes.c.decided_at.is_(None))
            .values(decided_at=to_microseconds(now), decided_by=by, outcome=outcome, answer=answer)
        )
        if not await self._database.write(decided):
            raise Refused("This dispute has been decided already, or does not exist.", "decided")

    async def withdraw(self, dispute: str, agent: str) -> None:
        """The agent takes it back: the contact weighs again. Raises Refused when it was decided before."""
        gone = disputes.delete().where(
            disputes.c.dispute == dispute, disputes.c.agent == agent, disputes.c.decided_at.is_(None)
        )
        if not await self._database.write(gone):
            raise Refused("This dispute has been decided already, or does not exist.", "decided")


def _dispute(row: sa.Row[tuple[object, ...]]) -> Dispute:
    held = row._mapping
    opened_at = to_instant(held["opened_at"])
    return Dispute(
        dispute=held["dispute"],
        agent=held["agent"],
        contact=held["contact"],
        kind=held["kind"],
        words=held["words"],
        opened_at=opened_at,
        due_on=due_on(opened_at.date()),
        decided_at=instant_or_none(held["decided_at"]),
        decided_by=held["decided_by"],
        outcome=held["outcome"],
        answer=held["answer"],
    )
