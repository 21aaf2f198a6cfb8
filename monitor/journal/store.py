"""The journal in SQL: SQLite by default, PostgreSQL by URL. The only user of SQLAlchemy beside its migrations.

Appending is one transaction with the marks it advances, durable when it returns. One monitor writes in a journal;
positions are its own count, so a second writer meets the first one's and is refused. Raises PeerUnreachable while
the database is away or its disk is full: then nobody knows whether the last transaction was done, and `recover`
has to be called before anything else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from monitor.errors import AskAPerson, ConfigurationError, PeerUnreachable
from monitor.instants import to_instant, to_microseconds
from monitor.journal.database import Database, database_at, inserting, translated
from monitor.journal.marks import Marks
from monitor.journal.schema import bring_up_to_date, check_schema
from monitor.journal.tables import entries, marks

READ_ENTRIES = 200
"""Read from the database at a time; each is at most one message."""
PRUNED_ENTRIES = 1000
"""Let go of in one transaction: whoever appends waits for it."""
FILE = "journal.db"
AGAIN_SECONDS = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A batch to append: as JSON, and how many events it holds. `counts`: its numbers advance the collector's mark
    to `last`, else they are the monitor's own. Without `raw` the mark advances and there is nothing to keep."""

    collector: str
    epoch: str
    last: int
    events: int
    raw: bytes
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Recorded:
    """A batch that was appended."""

    position: int
    arrived_at: datetime
    raw: bytes
    mark: str
    """No entry of another journal has the same at this position."""


def journal_url(
    url: str | None, state_directory: Path, password_file: Path | None = None, key: str = "journal.url"
) -> sa.URL:
    """Where the journal is; the password from a file goes before the one in the URL. Raises ConfigurationError, which
    names the `key`."""
    if url is None:
        return sa.URL.create("sqlite+aiosqlite", database=str(state_directory / FILE))
    try:
        made = sa.make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(f"{key} is no URL; write postgresql://user:password@host/database.") from error
    drivers = {"postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}
    if made.drivername not in drivers:
        raise ConfigurationError(f"{key}: the journal is kept in sqlite:///file or postgresql://host/database.")
    made = made.set(drivername=drivers[made.drivername])
    if password_file is None:
        return made
    try:
        return made.set(password=password_file.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"journal.password_file: cannot read {password_file}.") from error


@asynccontextmanager
async def opened_journal(url: sa.URL) -> AsyncIterator[Journal]:
    """The journal, with the newest schema. Raises ConfigurationError and PeerUnreachable."""
    database = database_at(url)
    journal = Journal(database, url.get_backend_name())
    try:
        with translated("opened"):
            async with database.begin() as connection:
                await connection.run_sync(bring_up_to_date)
            await journal.recover()
        yield journal
    finally:
        await database.dispose()


@asynccontextmanager
async def database_of(url: sa.URL, *, wait: bool = True) -> AsyncIterator[Database]:
    """The journal's database for the other things that are kept in it, once the monitor has made its tables: waits
    until it is there and its schema is this program's, or lets every call before then raise PeerUnreachable.
    Raises ConfigurationError for a newer one."""
    engine = database_at(url)
    database = Database(engine, url.get_backend_name(), partial(_is_ready, url, engine))
    try:
        while wait and not await database.ready():  # noqa: ASYNC110 -- another process makes it
            await asyncio.sleep(AGAIN_SECONDS)
        yield database
    finally:
        await engine.dispose()


async def _is_ready(url: sa.URL, engine: AsyncEngine) -> bool:
    if not journal_there(url):
        return False
    try:
        with translated("opened"):
            async with engine.connect() as connection:
                return not await connection.run_sync(check_schema)
    except PeerUnreachable:
        return False


@asynccontextmanager
async def reading_journal(url: sa.URL) -> AsyncIterator[Journal]:
    """The journal as it is, for reading only, beside the monitor that writes it: its `marks` and its `position` are not
    read, which go on. Whatever is asked of it raises PeerUnreachable."""
    database = database_at(url)
    try:
        yield Journal(database, url.get_backend_name())
    finally:
        await database.dispose()


async def check_journal(url: sa.URL) -> None:
    """Reach the database and go; a SQLite file is not made. Raises ConfigurationError and PeerUnreachable."""
    if not journal_there(url):
        return
    database = database_at(url)
    try:
        with translated("opened"):
            async with database.connect() as connection:
                await connection.run_sync(check_schema)
    finally:
        await database.dispose()


@asynccontextmanager
async def patiently_opened_journal(url: sa.URL) -> AsyncIterator[Journal]:
    """The same, tried until the database is there. Raises ConfigurationError."""
    async with AsyncExitStack() as stack:
        told = False
        while True:
            try:
                journal = await stack.enter_async_context(opened_journal(url))
            except PeerUnreachable as error:
                if not told:
                    log.warning("%s Trying again.", error)
                told = True
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                break
        yield journal


class Journal:
    """An open journal: see `opened_journal`."""

    def __init__(self, database: AsyncEngine, backend: str) -> None:
        self.marks = Marks()
        self.position = 0
        """Of the last entry."""
        self.mark = ""
        """The last entry's: see `Recorded`."""
        self.beside = Database(database, backend)
        """For what else is kept in the same database."""
        self._database = database
        self._insert = inserting(backend)
        self._doubtful = True

    async def recover(self) -> None:
        """Read again what is known of the database. What a connection that was lost, or a monitor that was killed, had
        under way may still be done after that: the next append then meets it and raises PeerUnreachable as well."""
        self._doubtful = True
        with translated("read"):
            async with self._database.connect() as connection:
                rows = await connection.execute(
                    sa.select(marks.c.collector, marks.c.epoch, marks.c.last).order_by(marks.c.heard_at)
                )
                self.marks = Marks(tuple(row) for row in rows)
                last = await connection.scalar(sa.select(sa.func.max(entries.c.position)))
                self.position = last or 0
                self.mark = await self._mark_at(connection, self.position)

    async def append(self, batches: Sequence[Entry], now: datetime) -> None:
        """Keep all of them, durably, or none; `marks` have been advanced by whoever judged them."""
        if not batches:
            return
        at = to_microseconds(now)
        kept = [batch for batch in batches if batch.raw]
        try:
            with translated("written"):
                async with self._database.begin() as connection:
                    if kept:
                        await connection.execute(entries.insert(), [*self._rows(kept, at)])
                    await self._advance(connection, batches, at)
        except AskAPerson as error:
            if self._doubtful and isinstance(error.__cause__, IntegrityError):
                raise PeerUnreachable("The journal was written meanwhile by what was still under way.") from error
            raise
        if kept:
            self._doubtful = False
            self.position += len(kept)
            self.mark = _mark(at, kept[-1].collector, kept[-1].epoch, kept[-1].last)

    def _rows(self, batches: Sequence[Entry], at: int) -> Iterator[dict[str, object]]:
        for position, batch in enumerate(batches, self.position + 1):
            yield {
                "position": position,
                "arrived_at": at,
                "collector": batch.collector,
                "epoch": batch.epoch,
                "last": batch.last,
                "events": batch.events,
                "batch": batch.raw,
            }

    async def _advance(self, connection: AsyncConnection, batches: Sequence[Entry], at: int) -> None:
        newest = {(batch.collector, batch.epoch): batch.last for batch in batches if batch.counts}
        if not newest:
            return
        insert = self._insert(marks)
        statement = insert.on_conflict_do_update(
            index_elements=["collector", "epoch"],
            set_={"last": insert.excluded.last, "heard_at": insert.excluded.heard_at},
        )
        rows = [
            {"collector": collector, "epoch": epoch, "last": last, "heard_at": at}
            for (collector, epoch), last in newest.items()
        ]
        await connection.execute(statement, rows)

    async def first_since(self, since: datetime) -> int:
        """The position before the first entry that arrived at `since` or later."""
        with translated("read"):
            async with self._database.connect() as connection:
                first = await connection.scalar(
                    sa.select(sa.func.min(entries.c.position)).where(entries.c.arrived_at >= to_microseconds(since))
                )
                last = sa.select(sa.func.max(entries.c.position))
                return (await connection.scalar(last) or 0) if first is None else int(first) - 1

    async def mark_at(self, position: int) -> str:
        """The mark of the entry there; empty where there is none."""
        with translated("read"):
            async with self._database.connect() as connection:
                return await self._mark_at(connection, position)

    async def _mark_at(self, connection: AsyncConnection, position: int) -> str:
        row = (await connection.execute(sa.select(*_MARK).where(entries.c.position == position))).first()
        return _mark(*row) if row else ""

    async def oldest(self) -> tuple[int, datetime] | None:
        """Where the journal begins: the position of its first entry, and when it arrived."""
        with translated("read"):
            async with self._database.connect() as connection:
                columns = sa.select(entries.c.position, entries.c.arrived_at)
                row = (await connection.execute(columns.order_by(entries.c.position).limit(1))).first()
                return (row[0], to_instant(row[1])) if row else None

    async def last_until(self, until: datetime) -> int:
        """The position of the last entry that had arrived by then; 0 for none."""
        newest_first = sa.select(entries.c.position).order_by(entries.c.arrived_at.desc(), entries.c.position.desc())
        with translated("read"):
            async with self._database.connect() as connection:
                last = newest_first.where(entries.c.arrived_at <= to_microseconds(until)).limit(1)
                return await connection.scalar(last) or 0

    async def is_followed(self, position: int) -> bool:
        """Whether another entry came after."""
        with translated("read"):
            async with self._database.connect() as connection:
                return (await connection.scalar(sa.select(sa.func.max(entries.c.position))) or 0) > position

    async def recorded(self, after: int, until: int | None = None) -> AsyncGenerator[list[Recorded], None]:
        """All entries behind a position, up to another one, in the order of arrival, some at a time."""
        columns = sa.select(entries.c.position, entries.c.batch, *_MARK).order_by(entries.c.position)
        if until is not None:
            columns = columns.where(entries.c.position <= until)
        with translated("read"):
            async with self._database.connect() as connection:
                while True:
                    found = await connection.execute(columns.where(entries.c.position > after).limit(READ_ENTRIES))
                    rows = found.all()
                    if not rows:
                        return
                    yield [Recorded(row[0], to_instant(row[2]), row[1], _mark(*row[2:])) for row in rows]
                    after = rows[-1][0]

    async def prune(self, before: datetime) -> int:
        """Let go of what arrived before, little by little, so that appending never waits for long; how many entries
        that were."""
        at, total = to_microseconds(before), 0
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            gone = await self._prune_some(at)
            total += gone
            if gone < PRUNED_ENTRIES:
                return total
            await asyncio.sleep(loop.time() - begun)

    async def _prune_some(self, at: int) -> int:
        # The last entry stays: positions are counted on from it.
        old = sa.select(entries.c.position).where(entries.c.arrived_at < at, entries.c.position < self.position)
        with translated("written"):
            async with self._database.begin() as connection:
                some = entries.c.position.in_(old.limit(PRUNED_ENTRIES).scalar_subquery())
                gone = await connection.execute(entries.delete().where(some))
                await connection.execute(marks.delete().where(marks.c.heard_at < at))
                return gone.rowcount


_MARK = (entries.c.arrived_at, entries.c.collector, entries.c.epoch, entries.c.last)


def _mark(arrived_at: int, collector: str, epoch: str, last: int) -> str:
    return f"{arrived_at}/{collector}/{epoch}/{last}"


def journal_there(url: sa.URL) -> bool:
    """Whether there may be one: a SQLite file that is not there is none."""
    try:
        return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()
    except OSError:  # Nobody may look there just now.
        return True
