"""What people have said and decided, read from the tables: directory, disputes, objections, outages and norms."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from monitor.balance import Topics
from monitor.instants import to_instant
from monitor.journal import Database
from monitor.people.plan import Disputed, Employed, Known, Objected
from monitor.people.rows import instant_or_none
from monitor.people.tables import agents, disputes, objections


async def read_known(database: Database, topics: Topics) -> Known:
    """All of it. Raises PeerUnreachable."""
    return Known(
        agents={row.agent: _employed(row) for row in await database.rows(sa.select(agents))},
        disputes={row.dispute: _disputed(row) for row in await database.rows(sa.select(disputes))},
        objections=tuple(
            _objected(row) for row in await database.rows(sa.select(objections).order_by(objections.c.made_at))
        ),
    )


def _employed(row: sa.Row[Any]) -> Employed:
    return Employed(team=row.team, started_on=_day(row.started_on), left_on=_day(row.left_on))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _disputed(row: sa.Row[Any]) -> Disputed:
    return Disputed(
        agent=row.agent,
        contact=row.contact,
        opened_at=to_instant(row.opened_at),
        decided_at=instant_or_none(row.decided_at),
        outcome=row.outcome,
    )


def _objected(row: sa.Row[Any]) -> Objected:
    return Objected(
        agent=row.agent,
        made_at=to_instant(row.made_at),
        decided_at=instant_or_none(row.decided_at),
        outcome=row.outcome,
    )
