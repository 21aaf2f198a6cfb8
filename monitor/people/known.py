"""What people have said and decided, read from the tables: directory, disputes, objections, outages, norms and
who was erased."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from monitor.balance import Topics
from monitor.instants import to_instant
from monitor.journal import Database
from monitor.people.decisions import Decisions
from monitor.people.norms import Norms
from monitor.people.plan import Disputed, Employed, Known, Objected, Outage
from monitor.people.rows import instant_or_none
from monitor.people.tables import agents, disputes, erased, objections, outages


async def read_known(database: Database, topics: Topics) -> Known:
    """All of it; norms of other topics than the configured ones are left out. Raises PeerUnreachable."""
    in_order = sa.select(objections).order_by(objections.c.made_at, objections.c.objection)
    stand = sa.select(outages).where(outages.c.taken_back_at.is_(None)).order_by(outages.c.began_at, outages.c.outage)
    adopted = await Norms(database).adopted()
    return Known(
        agents={row.agent: _employed(row) for row in await database.rows(sa.select(agents))},
        disputes={row.dispute: _disputed(row) for row in await database.rows(sa.select(disputes))},
        objections=tuple(_objected(row) for row in await database.rows(in_order)),
        outages=tuple(_outage(row) for row in await database.rows(stand)),
        norms=tuple(one for one in adopted if one.factors == topics.factors()),
        erased={row.agent: to_instant(row.at) for row in await database.rows(sa.select(erased))},
    )


STOPPED = "stopped"
"""How a decision about the switch begins that stops the processing until a later one."""


async def newest_switch(database: Database) -> tuple[bool, datetime | None]:
    """Whether person-level processing has been stopped, and when that was last decided (None: never)."""
    last = await Decisions(database).last("switch")
    return (False, None) if last is None else (last.words.startswith(STOPPED), last.at)


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


def _outage(row: sa.Row[Any]) -> Outage:
    return Outage(
        began_at=to_instant(row.began_at),
        ended_at=instant_or_none(row.ended_at),
        queues=tuple(json.loads(row.queues)),
    )
