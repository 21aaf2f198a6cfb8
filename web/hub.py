"""The live hub: one for the process. A board is computed only while somebody looks at it, and encoded once a
change for all its viewers. What a viewer gets is a snapshot and then numbered deltas.

Bounds: `max_viewers` viewers in all, beyond which `subscribe` refuses; one pending message a viewer. When a
second change comes before a viewer has taken the first, both are dropped for that viewer and it gets a fresh
snapshot as soon as it is ready: a slow viewer costs the others nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Container, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import msgspec

from monitor.board import Board, Delta, DeltaMessage, SnapshotMessage, diff
from monitor.errors import Refused
from monitor.feed import Feed
from monitor.figures import SiteFigures

HEARTBEAT_SECONDS = 1.0
"""A viewer hears something at least this often."""

_encoder = msgspec.json.Encoder()


class Viewer:
    """One connection's pending slot."""

    __slots__ = ("_behind", "_channel", "_pending", "_waiter", "closing")

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._pending: str | None = None
        self._behind = True
        # Set while the viewer waits; a bare future costs half of what an Event does, for each message of each viewer.
        self._waiter: asyncio.Future[None] | None = None
        self.closing = False

    def offer(self, message: str) -> None:
        """A delta for the slot; when the slot is taken, the viewer is behind and will get a snapshot."""
        if self._pending is not None:
            self._pending = None
            self._behind = True
            self._channel.counts.overtaken += 1
        elif not self._behind:
            self._pending = message
        self.wake()

    def resynchronise(self) -> None:
        """The viewer saw a gap: a snapshot instead of what is pending."""
        self._pending = None
        self._behind = True
        self._channel.counts.resynchronised += 1
        self.wake()

    def wake(self) -> None:
        """Look whether there is something to send."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def close(self) -> None:
        """The board has stopped."""
        self.closing = True
        self.wake()

    def due(self) -> bool:
        """Is there something to send?"""
        return self._pending is not None or (self._behind and self._channel.snapshot() is not None)

    async def next(self) -> str | None:
        """The next message for this viewer, waiting until there is one; None when the board has stopped."""
        while not (self.closing or self.due()):
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return None if self.closing else self.take()

    def take(self) -> str | None:
        """Empty the slot: what is due now, if anything."""
        if self._behind:
            snapshot = self._channel.snapshot()
            self._behind = snapshot is None
            return snapshot
        message, self._pending = self._pending, None
        return message


@dataclass(slots=True)
class Counts:
    """What the hub has done since it started."""

    computed: int = 0
    """Boards computed."""
    encoded: int = 0
    """Messages encoded."""
    overtaken: int = 0
    """Times a slow viewer lost its deltas and was due a snapshot."""
    resynchronised: int = 0
    """Times a viewer asked for a snapshot."""
    refused: int = 0
    """Viewers beyond the bound."""


class Channel:
    """One board while it has viewers."""

    def __init__(self, make: Callable[[SiteFigures], Board], feed: Feed, counts: Counts) -> None:
        self.viewers: set[Viewer] = set()
        self.counts = counts
        self._make = make
        self._feed = feed
        self._board: Board | None = None
        self._sequence = 0
        self._snapshot: str | None = None
        self._said_at = 0.0
        self.task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Follow the feed until cancelled; whatever ends it, the viewers are told."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._beat(), name="board/heartbeat")
                async for figures in self._feed.pictures():
                    self.take(figures)
        finally:
            for viewer in self.viewers:
                viewer.close()

    def take(self, figures: SiteFigures) -> None:
        """The board of new figures: to all viewers what changed, if anything did."""
        after = self._make(figures)
        self.counts.computed += 1
        before, self._board = self._board, after
        if before is None:
            for viewer in self.viewers:
                viewer.wake()
            return
        delta = diff(before, after)
        if delta.parts or delta.removed or delta.order is not None:
            self._say(delta)
        # Otherwise only the time went on: the snapshot keeps its instant and the next heartbeat tells.

    def redraw(self) -> None:
        """The board is defined anew: make it again of the newest figures."""
        if self._feed.latest is not None:
            self.take(self._feed.latest)

    def snapshot(self) -> str | None:
        """The whole board at the present number, encoded at most once a number; None before the first figures."""
        if self._snapshot is None and self._board is not None:
            self._snapshot = self._encode(SnapshotMessage(sequence=self._sequence, board=self._board))
        return self._snapshot

    def beat(self) -> None:
        """Say "still alive" when nothing was said for a while. It carries the instant of the figures, not the
        present: figures that stand still show as such."""
        if self._board is not None and _now() - self._said_at >= HEARTBEAT_SECONDS:
            self._say(Delta(at=self._board.at))

    async def _beat(self) -> None:
        while True:
            due = self._said_at + HEARTBEAT_SECONDS - _now()
            await asyncio.sleep(due if due > 0 else HEARTBEAT_SECONDS)
            self.beat()

    def _say(self, delta: Delta) -> None:
        self._sequence += 1
        self._snapshot = None
        self._said_at = _now()
        message = self._encode(DeltaMessage(sequence=self._sequence, delta=delta))
        for viewer in self.viewers:
            viewer.offer(message)

    def _encode(self, message: SnapshotMessage | DeltaMessage) -> str:
        self.counts.encoded += 1
        return _encoder.encode(message).decode()


class Hub:
    """Who looks at which board. Use it inside `running()`."""

    def __init__(self, make: Callable[[str, SiteFigures], Board], feed: Feed, max_viewers: int) -> None:
        self._make = make
        self._feed = feed
        self._max_viewers = max_viewers
        self._channels: dict[str, Channel] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self.counts = Counts()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The boards' tasks live in here; on leaving, all viewers are told and all tasks have ended."""
        async with asyncio.TaskGroup() as self._tasks:
            try:
                yield
            finally:
                for channel in self._channels.values():
                    assert channel.task is not None
                    channel.task.cancel()

    def viewers(self) -> dict[str, int]:
        """How many look at each board that somebody looks at."""
        # The copy lets a scrape in another thread look while boards come and go.
        return {board: len(channel.viewers) for board, channel in list(self._channels.items())}

    @contextmanager
    def subscribe(self, board: str) -> Iterator[Viewer]:
        """A viewer of the board for as long as the body runs. Raises Refused when there are too many."""
        if sum(self.viewers().values()) >= self._max_viewers:
            self.counts.refused += 1
            raise Refused(f"{self._max_viewers} viewers look already; try again later.", "too_many_viewers")
        channel = self._channels.get(board) or self._open(board)
        viewer = Viewer(channel)
        channel.viewers.add(viewer)
        viewer.wake()
        try:
            yield viewer
        finally:
            channel.viewers.discard(viewer)
            if not channel.viewers:
                self._shut(board, channel)

    def redraw(self, boards: Container[str]) -> None:
        """Boards are defined anew: those that somebody looks at are made again, and who looks at one that is not among
        `boards` any more is told."""
        for board, channel in list(self._channels.items()):
            if board in boards:
                channel.redraw()
            else:
                self._shut(board, channel)

    def _open(self, board: str) -> Channel:
        if self._tasks is None:
            raise RuntimeError("the hub is not running")
        channel = Channel(lambda figures: self._make(board, figures), self._feed, self.counts)
        channel.task = self._tasks.create_task(channel.run(), name=f"board/{board}")
        self._channels[board] = channel
        return channel

    def _shut(self, board: str, channel: Channel) -> None:
        # A channel that failed is no longer the board's when a new viewer has opened another.
        if self._channels.get(board) is channel:
            del self._channels[board]
        assert channel.task is not None
        channel.task.cancel()


def _now() -> float:
    return asyncio.get_running_loop().time()
