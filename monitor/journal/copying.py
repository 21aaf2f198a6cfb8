"""A journal copied whole into an empty database: from SQLite to PostgreSQL, or back.

All rows in one transaction of the target: after whatever goes wrong it is as empty as before. Positions stay the
same, so that the monitor's snapshots fit the copy too. The monitor must not run meanwhile: what it journals would not
be in the copy, and collectors let go of it. One that writes is found out, and nothing is copied.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from monitor.errors import ConfigurationError
from monitor.journal.database import database_at, translated
from monitor.journal.schema import bring_up_to_date, check_schema
from monitor.journal.tables import entries

ROWS_AT_ONCE = 500

Told = Callable[[str, int, int], None]
"""Called with a table, how many of its rows are copied, and how many it has."""


async def copy_journal(source: sa.URL, target: sa.URL, told: Told) -> dict[str, int]:
    """Copy every table; how many rows each had. Raises ConfigurationError, CredentialsRefused and PeerUnreachable."""
    if source == target:
        raise ConfigurationError("The journal is there already: --to names the journal itself.")
    if not _is_there(source):
        raise ConfigurationError(f"There is no journal to copy: {source.database} does not exist.")
    old, new = database_at(source), database_at(target)
    try:
        with translated("copied"):
            async with old.connect() as reading:
                if await reading.run_sync(check_schema):
                    raise ConfigurationError("The journal is of an older Balans: start this one on it once, then copy.")
                async with new.begin() as making:
                    await making.run_sync(bring_up_to_date)
                begun = await _newest(reading)
                async with new.begin() as writing:
                    tables = await writing.run_sync(_tables)
                    await _check_empty(tables, writing)
                    copied = {table.name: await _copy(table, reading, writing, told) for table in tables}
                    if await _newest(reading) != begun:
                        raise ConfigurationError("The monitor has gone on writing meanwhile: stop it, and copy again.")
                    return copied
    finally:
        await old.dispose()
        await new.dispose()


def _is_there(url: sa.URL) -> bool:
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """All that the migrations made, whichever part they belong to; those that others refer to come first."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


async def _newest(connection: AsyncConnection) -> tuple[object, object]:
    """What a monitor that writes moves on: the journal's last entry, and how far the history has come."""
    return (
        await connection.scalar(sa.select(sa.func.max(entries.c.position))),
        await connection.scalar(sa.text("SELECT max(at) FROM history_marks")),
    )


async def _check_empty(tables: list[sa.Table], connection: AsyncConnection) -> None:
    for table in tables:
        if (await connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1))).first():
            raise ConfigurationError(f"The database to copy to is not empty: it has rows in {table.name}.")


async def _copy(table: sa.Table, reading: AsyncConnection, writing: AsyncConnection, told: Told) -> int:
    total = await reading.scalar(sa.select(sa.func.count()).select_from(table)) or 0
    done = 0
    rows = await reading.stream(sa.select(table).order_by(*table.primary_key))
    async for some in rows.partitions(ROWS_AT_ONCE):
        await writing.execute(table.insert(), [dict(row._mapping) for row in some])
        done += len(some)
        told(table.name, done, total)
    return done
