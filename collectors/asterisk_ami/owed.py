"""Ends of wrap-up that are still to be told, kept on disk: no message of Asterisk will ever say them again.

The file is written before the conversation's end is told, and keeps a wrap-up for a minute after it was over: one
that is told twice is known by its id.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec

from collectors.asterisk_ami.switchboard import Switchboard
from collectors.source import Clock, Outlet
from monitor.events import ContactEnded, ContactWrappedUp, Event

TOLD_FOR_SURE = timedelta(minutes=1)

log = logging.getLogger(__name__)


class Owing:
    """An outlet before another one, which remembers in `path` what the switchboard owes."""

    def __init__(self, outlet: Outlet, switchboard: Switchboard, clock: Clock, path: Path) -> None:
        self._outlet, self._switchboard, self._clock, self._path = outlet, switchboard, clock, path
        self._owed: dict[str, ContactWrappedUp] = {}
        self._refused = False

    def begin(self) -> None:
        """What the last process owed is owed by the switchboard now."""
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=list[ContactWrappedUp])
        except FileNotFoundError:
            return
        except (OSError, msgspec.DecodeError):
            log.warning("%s cannot be read; wrap-ups that were under way are not told of.", self._path)
            return
        self._owed = {one.id: one for one in kept}
        self._switchboard.owe(kept)

    async def put(self, events: Sequence[Event]) -> None:
        """As the other one does."""
        self._remember(events)
        await self._outlet.put(events)

    async def put_safely(self, events: Sequence[Event]) -> None:
        """As the other one does."""
        self._remember(events)
        await self._outlet.put_safely(events)

    def _remember(self, events: Iterable[Event]) -> None:
        if not any(isinstance(event, ContactEnded) for event in events):
            return
        told_before = self._clock() - TOLD_FOR_SURE
        self._owed = {id: one for id, one in self._owed.items() if one.at > told_before}
        self._owed |= {one.id: one for one in self._switchboard.owed}
        part = self._path.with_suffix(".part")
        try:
            part.write_bytes(msgspec.json.encode(list(self._owed.values())))
            part.replace(self._path)
        except OSError as error:
            # It stops nobody: it only matters when this process is killed as well.
            if not self._refused:
                log.error("%s cannot be written: %s. Trying again.", self._path, error.strerror)
            self._refused = True
        else:
            self._refused = False
