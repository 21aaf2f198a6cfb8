"""The file of a collector's outbox: parcels of numbered events in SQLite, in the order in which they were put.

Synchronous; one thread at a time. Write-ahead log with synchronous=FULL: what is committed outlives the process
and the machine's power, because a webhook's sender has been told that it may forget. Held exclusively: a second
process on the same file is refused. Raises sqlite3.Error (a full disk above all), after which nothing has changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import ConfigurationError, PeerUnreachable

_DISK_REFUSES = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})

_TABLES = """
CREATE TABLE IF NOT EXISTS parcels (
    position INTEGER PRIMARY KEY,
    epoch TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    events BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS parcels_by_number ON parcels (epoch, first);
"""


@dataclass(frozen=True, slots=True)
class StoredParcel:
    """The events numbered `first` to `last` of an epoch, as one JSON array. Positions grow in the order of the file."""

    position: int
    epoch: str
    first: int
    last: int
    events: bytes

    @property
    def events_held(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Held:
    """How much a file holds."""

    events: int = 0
    octets: int = 0


class ParcelFile:
    """Opens the file, or makes it. `path` None is memory only. Raises ConfigurationError, and PeerUnreachable while the
    disk refuses."""

    def __init__(self, path: Path | None) -> None:
        try:
            self._database = self._opened(path)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DISK_REFUSES:
                raise PeerUnreachable(f"The outbox {path} cannot be opened: {error}.") from error
            raise ConfigurationError(
                f"The outbox {path} cannot be used ({error}): does another process run the same collector?"
            ) from error
        [(self.last_position,)] = self._database.execute("SELECT COALESCE(MAX(position), 0) FROM parcels")

    @staticmethod
    def _opened(path: Path | None) -> sqlite3.Connection:
        database = sqlite3.connect(path or ":memory:", timeout=1, isolation_level=None, check_same_thread=False)
        try:
            if path is not None:
                path.chmod(0o600)
            database.executescript("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
            database.executescript(_TABLES)
            # A write takes the lock, which is then kept.
            database.execute("DELETE FROM parcels WHERE position < 0")
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        self._database.close()

    def append(self, parcels: Sequence[StoredParcel]) -> None:
        """All of them, or none."""
        rows = [(one.position, one.epoch, one.first, one.last, one.events) for one in parcels]
        with self._transaction():
            self._database.executemany("INSERT INTO parcels VALUES (?, ?, ?, ?, ?)", rows)
        self.last_position = parcels[-1].position

    def after(self, position: int, limit: int) -> list[StoredParcel]:
        """The next so many behind a position."""
        rows = self._database.execute(
            "SELECT position, epoch, first, last, events FROM parcels WHERE position > ? ORDER BY position LIMIT ?",
            (position, limit),
        )
        return [StoredParcel(*row) for row in rows]

    def oldest(self, epoch: str) -> int | None:
        """The first number of an epoch that is still here."""
        [(first,)] = self._database.execute("SELECT MIN(first) FROM parcels WHERE epoch = ?", (epoch,))
        return None if first is None else int(first)

    def held(self) -> Held:
        """All there is; reads the whole file."""
        [row] = self._database.execute(
            "SELECT COALESCE(SUM(last - first + 1), 0), COALESCE(SUM(LENGTH(events)), 0) FROM parcels"
        )
        return Held(*row)

    def forget(self, epochs: Mapping[str, int]) -> Held:
        """Let go of everything up to the numbers; how much that was."""
        events = octets = 0
        with self._transaction():
            for epoch, last in epochs.items():
                where = "FROM parcels WHERE epoch = ? AND first <= ? AND last <= ?"
                [(count, size)] = self._database.execute(
                    f"SELECT COALESCE(SUM(last - first + 1), 0), COALESCE(SUM(LENGTH(events)), 0) {where}",
                    (epoch, last, last),
                )
                if count:
                    self._database.execute(f"DELETE {where}", (epoch, last, last))
                    events, octets = events + count, octets + size
        return Held(events, octets)

    def _transaction(self) -> sqlite3.Connection:
        # As a context manager a connection commits, or rolls back when the body raises.
        self._database.execute("BEGIN IMMEDIATE")
        return self._database
