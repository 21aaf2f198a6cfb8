"""The live collector of tables: imports what is there, then looks for new files and appended rows."""

from __future__ import annotations

import asyncio
import glob
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from collectors.call_table.columns import Settings
from collectors.call_table.replay import calls_of, in_order
from collectors.call_table.rows import Row, read, table
from collectors.source import Outlet, Surroundings
from monitor.errors import ConfigurationError
from monitor.events import Event, SourceStatus

log = logging.getLogger(__name__)

CANNOT_TELL = ("agent_states", "hold", "transfers", "who_ended")
_BATCH = 500


@dataclass(slots=True)
class Seen:
    """How far a file has been read: its size when last looked at, and the offset after its last whole line."""

    size: int = -1
    offset: int = 0
    header: Row | None = None


class CallTable:
    """Watches `settings.files`. A file in gzip is read once it has stopped growing; a plain one line by line
    as it grows. After a restart everything is read again: ids are the same, so nothing counts twice."""

    def __init__(self, name: str, settings: Settings, surroundings: Surroundings) -> None:
        if not settings.files:
            raise ConfigurationError(f"collectors.{name}.files is missing: which tables are to be watched?")
        self.name = name
        self.rejected: Counter[str] = Counter()
        self._settings = settings
        self._surroundings = surroundings
        self._seen: dict[Path, Seen] = {}

    async def run(self, outlet: Outlet) -> None:
        """Import, then poll until cancelled."""
        up = False
        while True:
            for path in sorted(Path(found) for found in glob.glob(self._settings.files)):
                events = self._new(path)
                while batch := list(islice(events, _BATCH)):
                    await outlet.put(batch)
            if not up:
                await outlet.put([self._status()])
                up = True
            await asyncio.sleep(self._settings.poll_seconds)

    def _status(self) -> SourceStatus:
        now = self._surroundings.clock()
        return SourceStatus(
            id=f"status/{now.isoformat()}", source=self.name, at=now, state="up", cannot_tell=CANNOT_TELL
        )

    def _new(self, path: Path) -> Iterator[Event]:
        """The events of what a file has gained. A file that cannot be used is named once per change."""
        try:
            rows = self._new_rows(path)
            if rows is None:
                return iter(())
            calls = calls_of(rows, self._settings, self._surroundings, self.rejected, path.name)
            return in_order(calls, self.name, self._surroundings.queues)
        except ConfigurationError as error:
            log.warning("%s: %s", self.name, error)
            return iter(())
        except OSError as error:
            log.warning("%s: cannot read %s: %s", self.name, path.name, error.strerror)
            return iter(())

    def _new_rows(self, path: Path) -> Iterator[Row] | None:
        """Rows since the last look, header first; None while there is nothing new."""
        seen = self._seen.setdefault(path, Seen())
        size = path.stat().st_size
        if size < seen.size:
            seen.offset, seen.header = 0, None
        grown, seen.size = size != seen.size, size
        with path.open("rb") as file:
            if file.read(2) == b"\x1f\x8b":
                return self._packed(path, seen, grown)
            file.seek(seen.offset)
            raw = file.read(max(0, size - seen.offset))
        whole = raw[: raw.rfind(b"\n") + 1]
        if not whole:
            return None
        seen.offset += len(whole)
        rows = table(whole.decode(self._settings.encoding, "replace").splitlines(True), self._settings, self.rejected)
        if seen.header is None:
            seen.header = next(rows, [])
        return iter([seen.header, *rows])

    def _packed(self, path: Path, seen: Seen, grown: bool) -> Iterator[Row] | None:
        if grown or seen.offset == seen.size:
            return None
        seen.offset = seen.size
        return read(path, self._settings, self.rejected)
