"""How the database is reached: SQLite or PostgreSQL, by one URL. Raises PeerUnreachable while it is away or its disk
is full, CredentialsRefused when it does not let Balans in, ConfigurationError for a damaged file, and AskAPerson when
somebody else writes what only one may write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import asyncpg  # type: ignore[import-untyped]
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from monitor.errors import AskAPerson, ConfigurationError, CredentialsRefused, PeerUnreachable

REFUSALS = {
    "28P01": "it does not take the password",
    "28000": "it does not let this user in",
    "3D000": "it has no such database",
    "42501": "this user may not do that there",
}
"""What PostgreSQL says when nothing will change by itself, by SQLSTATE. One that is starting up says others."""

DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
"""What SQLite says of a file that will not get better by itself."""


class Database:
    """A database for short reads and writes; every call is one transaction of its own. Before `is_ready` has once
    said so, a call raises PeerUnreachable."""

    def __init__(
        self, engine: AsyncEngine, backend: str, is_ready: Callable[[], Awaitable[bool]] | None = None
    ) -> None:
        self._engine = engine
        self._insert = inserting(backend)
        self._is_ready = is_ready

    async def ready(self) -> bool:
        """Whether its tables are there."""
        if self._is_ready is not None and await self._is_ready():
            self._is_ready = None
        return self._is_ready is None

    async def rows(self, wanted: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """All rows of a SELECT."""
        await self._must_be_ready()
        with translated("read"):
            async with self._engine.connect() as connection:
                found: Sequence[sa.Row[Any]] = (await connection.execute(wanted)).all()
        return found

    async def row(self, wanted: sa.Select[Any]) -> sa.Row[Any] | None:
        """The first row of a SELECT."""
        await self._must_be_ready()
        with translated("read"):
            async with self._engine.connect() as connection:
                found: sa.Row[Any] | None = (await connection.execute(wanted)).first()
        return found

    async def write(self, *statements: sa.Executable) -> int:
        """All of them, or none; how many rows the last one touched."""
        await self._must_be_ready()
        touched = 0
        with translated("written"):
            async with self._engine.begin() as connection:
                for statement in statements:
                    touched = (await connection.execute(statement)).rowcount
        return touched

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Reads and writes that belong together: all of them, or none."""
        await self._must_be_ready()
        with translated("written"):
            async with self._engine.begin() as connection:
                yield connection

    def put(self, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, over: bool = True) -> sa.Executable:
        """The statement that inserts rows, or writes them `over` those with the same primary key."""
        insert = self._insert(table).values([dict(row) for row in rows])
        keys = [column.name for column in table.primary_key]
        if not over:
            return cast(sa.Executable, insert.on_conflict_do_nothing(index_elements=keys))
        return cast(
            sa.Executable,
            insert.on_conflict_do_update(
                index_elements=keys, set_={name: insert.excluded[name] for name in rows[0] if name not in keys}
            ),
        )

    async def _must_be_ready(self) -> None:
        if not await self.ready():
            raise PeerUnreachable("The journal is not there yet.")


def database_at(url: sa.URL) -> AsyncEngine:
    """Connections to it, opened when they are needed; `dispose` closes them."""
    if url.get_backend_name() == "postgresql":
        return create_async_engine(url, pool_size=2, pool_pre_ping=True)
    database = create_async_engine(url, connect_args={"timeout": 5})
    sa.event.listen(database.sync_engine, "connect", _set_up_sqlite)
    return database


def inserting(backend: str) -> Callable[[sa.Table], Any]:
    """The INSERT of this backend that knows what to do on a conflict."""
    return postgresql.insert if backend == "postgresql" else sqlite.insert


def _set_up_sqlite(connection: sa.engine.interfaces.DBAPIConnection, record: object) -> None:
    """FULL: collectors let go of what is committed here, so it must outlive the machine's power."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "journal_size_limit=67108864"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """What goes wrong inside, as the tree of errors says it; `doing` completes "The journal cannot be"."""
    try:
        yield
    except IntegrityError as error:
        raise AskAPerson("The journal is written by another monitor as well: one journal, one monitor.") from error
    except (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        refusal = REFUSALS.get(getattr(cause, "sqlstate", None) or "")
        # Only at the start: while Balans runs, a database may refuse for as long as it is looked after.
        starting = doing in ("opened", "copied")
        if starting and getattr(cause, "sqlite_errorname", None) in DAMAGED:
            raise ConfigurationError(
                f"The journal cannot be {doing}: {_words(cause)}. Put a backup in its place."
            ) from error
        if refusal and starting:
            raise CredentialsRefused(f"The journal's database refuses Balans: {refusal} ({_words(cause)}).") from error
        raise PeerUnreachable(f"The journal cannot be {doing}: {_words(cause)}.") from error


def _words(cause: BaseException | None) -> str:
    """The database's own, without what SQLAlchemy puts before them."""
    return str(cause).rpartition(">: ")[2].rstrip(".")
