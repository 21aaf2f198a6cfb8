"""The directory's file: read at the start, and by `balans directory import`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from monitor.errors import Retry
from monitor.journal import Database
from monitor.people.directory import Directory, DirectoryEntry, read_directory
from monitor.pseudonym import Pseudonyms, load_or_make_key
from monitor.settings import Settings

log = logging.getLogger(__name__)

AGAIN_SECONDS = 0.5


def entries_of(path: Path, settings: Settings) -> list[DirectoryEntry]:
    """The agents in a file; numbers and names of sources become this site's opaque ids. Raises ConfigurationError."""
    return read_directory(path, pseudonyms_of(settings).agent)


def pseudonyms_of(settings: Settings) -> Pseudonyms:
    """The site's ids of people. Raises ConfigurationError."""
    return Pseudonyms(load_or_make_key(settings.site.key_file or settings.state_directory / "pseudonyms.key"))


async def take_over(path: Path, settings: Settings, database: Database) -> None:
    """The directory is what the file says. Raises ConfigurationError, and PeerUnreachable while the store is away."""
    entries = await asyncio.to_thread(entries_of, path, settings)
    await Directory(database).replace(entries)
    log.info("The directory holds %d agents of %s", len(entries), path)


async def patiently(write: Callable[[], Awaitable[None]]) -> None:
    """As soon as the store is there."""
    while True:
        try:
            await write()
        except Retry:
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            return
