"""The live collector of tables: imports what is there, then looks for new files and appended rows."""

from __future__ import annotations

import asyncio
import glob
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from collectors.call_table.columns import Settings
from collectors.call_table.replay import calls_of, in_order
from collectors.call_table.rows import Row, positions, read, table
from collectors.source import Outlet, Surroundings
from monitor.errors import ConfigurationError
from monitor.events import Event, SourceStatus

log = logging.getLogger(__name__)

CANNOT_TELL = ("agent_states", "hold", "transfers", "who_ended")
BATCH = 500
SETTLED_SECONDS = 60
"""A last line without a line end is taken for whole when its file has not changed for so long."""


async def check(settings: Settings) -> str:
    """What the collector would find, for a person. Raises ConfigurationError for files that cannot be used."""
    return await asyncio.to_thread(_found, settings)


def _found(settings: Settings) -> str:
    paths = sorted(Path(found) for found in glob.glob(settings.files))
    if not paths:
        raise ConfigurationError(f"There is no file {settings.files or '(files is not set)'}.")
    for path in paths:
        header = next(read(path, settings, Counter()), None)
        if header is None:
            raise ConfigurationError(f"{path.name} has no header line.")
        positions(header, settings, path.name)
    return f"{len(paths)} table{'s' if len(paths) > 1 else ''}, with all columns of the map"


@dataclass(slots=True)
class Seen:
    """How far a file has been read: its size at the last look, and the offset behind what has been taken."""

    size: int = -1
    offset: int = 0
    header: Row | None = None


class CallTable:
    """Watches `settings.files`. A gzip file is read once it has stopped growing, a plain one line by line as it
    grows; one that shrinks is read anew. After a restart everything is read again: an event seen twice has the
    same id. Holds the events of one file's news at a time."""

    def __init__(self, name: str, settings: Settings, surroundings: Surroundings) -> None:
        if not settings.files:
            raise ConfigurationError(f"collectors.{name}.files is missing: which tables are to be watched?")
        self.name = name
        self.rejected: Counter[str] = Counter()
        self._settings = settings
        self._surroundings = surroundings
        self._seen: dict[Path, Seen] = {}

    async def run(self, outlet: Outlet) -> None:
        """Import, say that the source is up, then poll until cancelled."""
        await self._look(outlet)
        if not self._seen:
            log.warning("%s: there is no file %s yet", self.name, self._settings.files)
        await outlet.put([self._status()])
        while True:
            await asyncio.sleep(self._settings.poll_seconds)
            await self._look(outlet)

    async def _look(self, outlet: Outlet) -> None:
        """Each file's news, read in a thread because a month of calls takes a second."""
        for found in sorted(await asyncio.to_thread(glob.glob, self._settings.files)):
            events = await asyncio.to_thread(self._news, Path(found))
            for start in range(0, len(events), BATCH):
                await outlet.put(events[start : start + BATCH])

    def _status(self) -> SourceStatus:
        now = self._surroundings.clock()
        return SourceStatus(
            id=f"status/{now.isoformat()}", source=self.name, at=now, state="up", cannot_tell=CANNOT_TELL
        )

    def _news(self, path: Path) -> list[Event]:
        """The events of what a file has gained. A file that cannot be used is named each time it changes."""
        try:
            rows = self._new_rows(path)
            if rows is None:
                return []
            calls = calls_of(rows, self._settings, self._surroundings, self.rejected, path.name)
            return list(in_order(calls, self.name, self._surroundings.queues))
        except ConfigurationError as error:
            log.warning("%s: %s", self.name, error)
        except OSError as error:
            log.warning("%s: cannot read %s: %s", self.name, path.name, error.strerror)
        return []

    def _new_rows(self, path: Path) -> Iterator[Row] | None:
        """Rows since the last look, header first; None while there is nothing new."""
        seen = self._seen.setdefault(path, Seen())
        state = path.stat()
        if state.st_size < seen.size:
            seen.offset, seen.header = 0, None
        grown, seen.size = state.st_size != seen.size, state.st_size
        if seen.offset == seen.size:
            return None
        with path.open("rb") as file:
            if file.read(2) == b"\x1f\x8b":
                return None if grown else self._packed(path, seen)
            file.seek(seen.offset)
            raw = file.read(seen.size - seen.offset)
        quiet = self._surroundings.clock() - datetime.fromtimestamp(state.st_mtime, UTC)
        whole = raw if quiet.total_seconds() > SETTLED_SECONDS else raw[: raw.rfind(b"\n") + 1]
        return self._plain(whole, seen) if whole else None

    def _plain(self, whole: bytes, seen: Seen) -> Iterator[Row]:
        seen.offset += len(whole)
        lines = whole.decode(self._settings.encoding, "replace").splitlines(keepends=True)
        rows = table(lines, self._settings, self.rejected)
        if seen.header is None:
            seen.header = next(rows, [])
        return iter([seen.header, *rows])

    def _packed(self, path: Path, seen: Seen) -> Iterator[Row]:
        seen.offset = seen.size
        return read(path, self._settings, self.rejected)
