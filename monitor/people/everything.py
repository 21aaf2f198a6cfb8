"""Everything that is kept of one agent: to hand out (GDPR art. 15), and to erase (art. 17)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from monitor.instants import to_microseconds
from monitor.journal.database import Database
from monitor.journal.tables import metadata
from monitor.people import tables
from monitor.people.directory import Directory, DirectoryEntry
from monitor.people.disputes import Disputes
from monitor.people.looks import Looks
from monitor.people.objections import Objections
from monitor.people.page import Dispute, Look, Objection, Thank
from monitor.people.preferences import Preferences
from monitor.people.sheet import Sheet, Week
from monitor.people.sheets import Sheets
from monitor.people.thanks import Thanks

_APART = frozenset({tables.accounts.name, tables.erased.name})
OF_AN_AGENT: tuple[sa.Table, ...] = tuple(
    table for table in metadata.sorted_tables if "agent" in table.c and table.name not in _APART
)
"""Every table with a row about an agent; a test compares it with what an export holds."""


class Everything(msgspec.Struct, frozen=True, kw_only=True):
    """All of one agent. Contacts are in the sheet, as long as they are kept."""

    agent: str
    directory: DirectoryEntry | None
    accounts: tuple[dict[str, Any], ...]
    """Without their passwords."""
    preferences: tuple[str, ...]
    sheet: Sheet | None
    weeks: tuple[Week, ...]
    disputes: tuple[Dispute, ...]
    objections: tuple[Objection, ...]
    thanks: tuple[Thank, ...]
    looks: tuple[Look, ...]


async def everything_of(agent: str, database: Database) -> Everything:
    """Gather it. Raises PeerUnreachable while the database is away."""
    held = tables.accounts
    told = (held.c.account, held.c.login, held.c.name, held.c.roles, held.c.teams)
    rows = await database.rows(sa.select(*told).where(held.c.agent == agent))
    accounts = [{**row._asdict(), "roles": json.loads(row.roles), "teams": json.loads(row.teams)} for row in rows]
    chosen = [await Preferences(database).of(account["account"]) for account in accounts]
    sheets = Sheets(database)
    return Everything(
        agent=agent,
        directory=await Directory(database).of_agent(agent),
        accounts=tuple(accounts),
        preferences=tuple(sorted(set[str]().union(*chosen))),
        sheet=await sheets.sheet(agent),
        weeks=await sheets.weeks(agent),
        disputes=await Disputes(database).of([agent]),
        objections=await Objections(database).of(agent),
        thanks=await Thanks(database).of(agent),
        looks=await Looks(database).of(agent),
    )


async def kept_in(agent: str, database: Database) -> tuple[str, ...]:
    """The tables in which something is kept of an agent."""
    found = []
    for table in (*OF_AN_AGENT, tables.accounts):
        if await database.row(sa.select(table.c.agent).where(table.c.agent == agent).limit(1)) is not None:
            found.append(table.name)
    return tuple(found)


async def erase(agent: str, database: Database, now: datetime) -> tuple[str, ...]:
    """Erase it, in one transaction; the tables in which something was kept.

    The score forgets the agent when it next looks (monitor/people/scorer.py). What stays are events with the opaque
    id, which nothing joins with a name or a score any more, until the journal's own retention lets go of them."""
    accounts, kept = tables.accounts, await kept_in(agent, database)
    theirs = sa.select(accounts.c.account).where(accounts.c.agent == agent)
    await database.write(
        tables.sessions.delete().where(tables.sessions.c.account.in_(theirs)),
        tables.preferences.delete().where(tables.preferences.c.account.in_(theirs)),
        accounts.delete().where(accounts.c.agent == agent),
        *(table.delete().where(table.c.agent == agent) for table in OF_AN_AGENT),
        database.put(tables.erased, [{"agent": agent, "at": to_microseconds(now)}]),
    )
    return kept
