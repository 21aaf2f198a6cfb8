"""The boards as they are now: the configuration's, and over them what people keep in the store.

One object a process, read like a mapping. `follow` looks into the store every LOOK_SECONDS, so that a change that was
made in another process, or before this one began, is known here within a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime

from monitor.boards.store import BoardStore, KeptBoard
from monitor.errors import PeerUnreachable
from monitor.journal.database import Database
from monitor.settings import BoardDefinition

LOOK_SECONDS = 0.4
MOST_BOARDS = 50
"""Of configured and kept boards together; each is a set of sums that the engine brings up to date."""


class Boards(Mapping[str, BoardDefinition]):
    """Boards by their id, in the order of the configuration and then of the id. `heard` is called after each change,
    with nothing between the change and the call."""

    def __init__(self, given: Mapping[str, BoardDefinition]) -> None:
        self.given = given
        self.kept: Mapping[str, KeptBoard] = {}
        self.heard: list[Callable[[], None]] = []
        self._now = dict(given)
        self._reading = asyncio.Lock()

    def __getitem__(self, board: str) -> BoardDefinition:
        return self._now[board]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)

    def take(self, kept: Mapping[str, KeptBoard]) -> None:
        """What is in the store now."""
        if kept == self.kept:
            return
        self.kept = kept
        over = {id: one.definition for id, one in kept.items() if one.definition is not None}
        self._now = {**self.given, **over}
        for hear in self.heard:
            hear()

    async def look(self, store: BoardStore) -> None:
        """Take what is in the store now. Raises PeerUnreachable."""
        async with self._reading:
            self.take(await store.all())

    async def keep(
        self,
        store: BoardStore,
        board: str,
        definition: BoardDefinition | None,
        *,
        after: int,
        changed_by: str,
        changed_at: datetime,
    ) -> bool:
        """Keep what follows on the version `after`, or nothing (None) over the configuration's. False when another
        change came before it; then that one is known here. Raises PeerUnreachable."""
        written = await store.keep(board, definition, after, changed_by, changed_at)
        await self.look(store)
        return written

    async def follow(self, database: Database) -> None:
        """Until cancelled. While the store is away the boards stay as they were."""
        store = BoardStore(database)
        while True:
            with suppress(PeerUnreachable):
                await self.look(store)
            await asyncio.sleep(LOOK_SECONDS)
