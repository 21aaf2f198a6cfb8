"""The live collector: follows the file through growth, rotation and truncation."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from contextlib import closing

from collectors.asterisk_queue_log.log import QueueLog, since
from collectors.asterisk_queue_log.settings import Settings
from collectors.asterisk_queue_log.tail import Position, Tail
from collectors.source import Outlet, Surroundings
from monitor.errors import ConfigurationError
from monitor.events import Event, SourceStatus

log = logging.getLogger(__name__)

CANNOT_TELL = ("agent_states", "hold", "before_queue")
HEARTBEAT_SECONDS = 30.0
POSITIONS_MAX = 10_000
"""That wait for a wrap-up; beyond that the oldest is forgotten, and a restart may read more lines again."""


class AsteriskQueueLog:
    """One queue_log. `rejected` counts lines that could not be used, by reason."""

    def __init__(self, name: str, settings: Settings, surroundings: Surroundings) -> None:
        self.name = name
        self._settings = settings
        self._surroundings = surroundings
        self._log = QueueLog(name, settings, surroundings)
        self.rejected: Counter[str] = self._log.rejected
        self._read: deque[tuple[float, Position | None]] = deque()
        self._position_lost = False

    async def run(self, outlet: Outlet) -> None:
        """Follow until cancelled. A file that is not there is waited for, and said once to be missing."""
        with closing(Tail(self._settings.file, self._settings.position_file)) as tail:
            await self._follow(tail, outlet)

    async def _follow(self, tail: Tail, outlet: Outlet) -> None:
        there: bool | None = None
        said_at = 0.0
        oldest = self._surroundings.clock().timestamp() - self._settings.history_hours * 3600
        while True:
            now = self._surroundings.clock().timestamp()
            lines = await asyncio.to_thread(tail.read)
            events: list[Event] = []
            for raw in since(lines or (), oldest):
                oldest = 0.0
                events += self._log.apply(raw)
            events += self._log.advance(now)
            if there != (lines is not None) or now - said_at > HEARTBEAT_SECONDS / 2:
                if there != (lines is not None):
                    self._say_once(lines is not None, first=there is None)
                there, said_at = lines is not None, now
                events.append(self._status(there))
            if events:
                await outlet.put_safely(events)
            self._keep(tail)
            if not lines:
                await asyncio.sleep(self._settings.poll_seconds)

    def _keep(self, tail: Tail) -> None:
        """Write down how far everything is told: not yet what lies behind a call whose wrap-up is still to be over. A
        restart reads those lines again, and the same events are known by their ids."""
        next_owed_at, last_owed_at = self._log.owes
        position = tail.position()
        if self._read and self._read[-1][1] == position:
            self._read.pop()
        self._read.append((last_owed_at, position))
        while len(self._read) > 1 and (self._read[1][0] < next_owed_at or len(self._read) > POSITIONS_MAX):
            self._read.popleft()
        told_until, position = self._read[0]
        if told_until >= next_owed_at:
            return
        try:
            tail.keep(position)
        except OSError as error:
            # It stops nobody: lines that are read again are known again.
            if not self._position_lost:
                log.error("%s: the position cannot be written: %s. Trying again.", self.name, error.strerror)
            self._position_lost = True
        else:
            self._position_lost = False

    def _say_once(self, there: bool, *, first: bool) -> None:
        if not there:
            log.warning("%s: there is no file %s; I keep looking", self.name, self._settings.file)
        elif not first:
            log.info("%s: the file is back", self.name)

    def _status(self, there: bool) -> SourceStatus:
        at = self._surroundings.clock()
        return SourceStatus(
            id=f"{'up' if there else 'lost'}/{at.timestamp():.6f}",
            source=self.name,
            at=at,
            state="up" if there else "lost",
            heartbeat_seconds=HEARTBEAT_SECONDS,
            cannot_tell=CANNOT_TELL,
        )


async def check(settings: Settings) -> str:
    """Look at the file, for a person. Raises ConfigurationError."""
    try:
        size = await asyncio.to_thread(lambda: settings.file.stat().st_size)
        await asyncio.to_thread(lambda: settings.file.open("rb").close())
    except OSError as error:
        raise ConfigurationError(f"file: {settings.file} cannot be read: {error.strerror}.") from error
    return f"{settings.file} is there and can be read ({size} bytes)"
