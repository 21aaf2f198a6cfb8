"""A history in an empty database, on SQLite or on a real PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor import events as ev
from monitor.engine import Engine
from monitor.figures import Scope
from monitor.history import HistoryStore, Keeper
from monitor.history.rows import Row
from monitor.history.tables import days, marks, quarters
from monitor.journal import Database, journal_url, opened_journal
from monitor.settings import Retention, Site
from tests.parts import running_postgresql

ZONE = "Europe/Amsterdam"
SITE = Scope(kind="site", id="site")
SALES = Scope(kind="queue", id="sales")


@asynccontextmanager
async def a_database() -> AsyncIterator[Database]:
    """SQLite, in a directory that goes with it."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened_journal(journal_url(None, Path(folder))) as journal:
            yield journal.beside


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        async with opened_journal(journal_url(None, tmp_path)) as journal:
            yield journal.beside
        return
    async with (
        running_postgresql() as address,
        opened_journal(journal_url(address, tmp_path)) as journal,
    ):
        yield journal.beside


async def emptied(database: Database) -> HistoryStore:
    """The same database with nothing in its history."""
    await database.write(*(table.delete() for table in (quarters, days, marks)))
    return HistoryStore(database, ZONE)


def keeper(store: HistoryStore, site: Site | None = None) -> Keeper:
    return Keeper(store, site or Site(), Retention())


async def written(store: HistoryStore, engine: Engine, events: Sequence[ev.Event], often: int = 0) -> Keeper:
    """The history of an engine that is told these events, one an entry of the journal; written after every `often`
    of them (0: only at the end)."""
    writes = keeper(store)
    await writes.open(engine, 0)
    await writes.caught_up(engine, 0)
    for position, event in enumerate(events, 1):
        engine.apply(event)
        if often and position % often == 0:
            await writes.write(engine, position)
    return writes


async def all_rows(store: HistoryStore) -> dict[tuple[Scope, int], Row]:
    """Every quarter that is kept, without what tells of the road it came by."""
    begun = await store.begun(0, 1 << 60)
    rows = await store.rows_at(begun)
    return {place: without_corrections(row) for place, row in rows.items() if not row.is_empty}


def without_corrections(row: Row) -> Row:
    return Row(scope=row.scope, began_at=row.began_at, tally=row.tally, levels=row.levels, hidden=row.hidden)


async def tamper(database: Database, scope: Scope, began_at: int) -> None:
    """Somebody writes in a row."""
    one = (quarters.c.kind == scope.kind) & (quarters.c.id == scope.id) & (quarters.c.began_at == began_at)
    await database.write(sa.update(quarters).where(one).values(sums='{"counts":{"offered":99},"spreads":{}}'))
