"""Where the newest sheets, weeks and papers are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from monitor.instants import to_microseconds
from monitor.journal import Database
from monitor.people.sheet import Floor, Process, Sheet, Week
from monitor.people.tables import papers, sheets, weeks

Paper = TypeVar("Paper")

_encoder = msgspec.json.Encoder()


class Sheets:
    """Read by the web, written by the monitor. Raises PeerUnreachable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sheet(self, agent: str) -> Sheet | None:
        """The newest sheet of an agent."""
        row = await self._database.row(sa.select(sheets.c.body).where(sheets.c.agent == agent))
        return None if row is None else msgspec.json.decode(row.body, type=Sheet)

    async def weeks(self, agent: str) -> tuple[Week, ...]:
        """An agent's own trend, the oldest first."""
        rows = await self._database.rows(sa.select(weeks.c.body).where(weeks.c.agent == agent).order_by(weeks.c.monday))
        return tuple(msgspec.json.decode(row.body, type=Week) for row in rows)

    async def floor(self) -> Floor | None:
        """Who is here now."""
        return await self._paper("floor", Floor)

    async def process(self) -> Process | None:
        """Where the work makes it hard."""
        return await self._paper("process", Process)

    async def _paper(self, name: str, type: type[Paper]) -> Paper | None:
        row = await self._database.row(sa.select(papers.c.body).where(papers.c.name == name))
        return None if row is None else msgspec.json.decode(row.body, type=type)

    async def put_sheets(self, made: Iterable[Sheet]) -> None:
        """Instead of those before."""
        rows = [
            {"agent": one.agent, "made_at": to_microseconds(one.made_at), "body": _encoder.encode(one)} for one in made
        ]
        await self._put(sheets, rows)

    async def put_week(self, agent: str, week: Week) -> None:
        """Instead of what was said of that week before."""
        await self._put(weeks, [{"agent": agent, "monday": week.monday.isoformat(), "body": _encoder.encode(week)}])

    async def put_paper(self, name: str, paper: object, now: datetime) -> None:
        """Instead of the one before."""
        await self._put(papers, [{"name": name, "made_at": to_microseconds(now), "body": _encoder.encode(paper)}])

    async def forget(self, agent: str) -> None:
        """Erase what is said of an agent."""
        await self._database.write(
            sheets.delete().where(sheets.c.agent == agent), weeks.delete().where(weeks.c.agent == agent)
        )

    async def _put(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            await self._database.write(self._database.put(table, rows))
