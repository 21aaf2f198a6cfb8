"""How the database is reached: SQLite or PostgreSQL, by one URL. Raises PeerUnreachable while it is away or its disk
is full, and AskAPerson when somebody else writes what only one may write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from monitor.errors import AskAPerson, PeerUnreachable


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
    except (DBAPIError, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise PeerUnreachable(f"The journal cannot be {doing}: {cause}.") from error
    except (SQLAlchemyError, NoSuchModuleError) as error:
        raise PeerUnreachable(f"The journal cannot be {doing}: {error}.") from error
