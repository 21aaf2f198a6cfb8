"""What a collector has said and the broker has not acknowledged yet: numbered, batched, in order, bounded.

No I/O: whoever has a connection asks for messages, sends them, and says which are settled. After a lost
connection all unsettled messages are sent again, unchanged.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.batch import MESSAGE_BYTES, Batch, messages
from monitor.events import Event

BUFFER_EVENTS = 50_000
"""Bound, in events; at the bound `put` waits."""
BATCH_EVENTS = 500
LINGER_SECONDS = 0.05
"""How long a batch that is not full waits for more."""
IN_FLIGHT_MESSAGES = 16
"""Messages that are sent without waiting for the acknowledgement of the first."""

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Message:
    """A message on its way; `last_sequence` is the number of its last event."""

    raw: bytes
    last_sequence: int
    settled: bool = False
    """Acknowledged, or too large to be sent at all."""


class Outbox:
    """The events of one collector in one epoch."""

    def __init__(
        self,
        collector: str,
        epoch: str,
        clock: Callable[[], datetime],
        *,
        bound: int = BUFFER_EVENTS,
        linger_seconds: float = LINGER_SECONDS,
    ) -> None:
        self.too_large = 0
        """Events that fit in no message and were dropped."""
        self.stopping = False
        self._collector, self._epoch, self._clock = collector, epoch, clock
        self._bound, self._linger_seconds = bound, linger_seconds
        self._changed = asyncio.Condition()
        self._waiting: deque[Event] = deque()
        self._on_the_way: deque[Message] = deque()
        # The numbers of the last event put, batched and settled, and of the last that somebody waits for.
        self._put = self._batched = self._settled = self._awaited = 0

    @property
    def buffered(self) -> int:
        """Events that are not settled."""
        return self._put - self._settled

    @property
    def unsettled(self) -> tuple[Message, ...]:
        """What was handed out and must go again on a new connection, in order."""
        return tuple(message for message in self._on_the_way if not message.settled)

    async def put(self, events: Sequence[Event]) -> None:
        """Take the events, in order; waits while the buffer is full."""
        taken = 0
        async with self._changed:
            while taken < len(events):
                await self._changed.wait_for(lambda: self.buffered < self._bound)
                some = events[taken : taken + self._bound - self.buffered]
                self._waiting.extend(some)
                self._put += len(some)
                taken += len(some)
                self._changed.notify_all()

    async def flush(self) -> None:
        """Return when all that was put until now is settled; what waits for more company goes at once."""
        async with self._changed:
            number = self._awaited = self._put
            self._changed.notify_all()
            await self._changed.wait_for(lambda: self._settled >= number)

    async def stop(self) -> None:
        """Hand out no more."""
        async with self._changed:
            self.stopping = True
            self._changed.notify_all()

    async def next_messages(self) -> Sequence[Message]:
        """The next batch as messages, once there are events and room in flight; none when stopping."""
        async with self._changed:
            await self._changed.wait_for(self._may_send)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._linger_seconds):
                    await self._changed.wait_for(self._need_not_linger)
            made = self._batch_up()
            self._on_the_way.extend(made)
            self._advance()
            return [message for message in made if not message.settled]

    async def settle(self, message: Message) -> None:
        """The broker has it."""
        async with self._changed:
            message.settled = True
            self._advance()

    def _advance(self) -> None:
        while self._on_the_way and self._on_the_way[0].settled:
            self._settled = self._on_the_way.popleft().last_sequence
        self._changed.notify_all()

    def _may_send(self) -> bool:
        return self.stopping or (bool(self._waiting) and len(self._on_the_way) < IN_FLIGHT_MESSAGES)

    def _need_not_linger(self) -> bool:
        return self.stopping or self._awaited > self._batched or len(self._waiting) >= BATCH_EVENTS

    def _batch_up(self) -> list[Message]:
        if self.stopping:
            return []
        events = tuple(self._waiting.popleft() for _ in range(min(BATCH_EVENTS, len(self._waiting))))
        batch = Batch(
            collector=self._collector,
            epoch=self._epoch,
            first_sequence=self._batched + 1,
            sent_at=self._clock(),
            events=events,
        )
        self._batched += len(events)
        return [self._fitting(Message(raw, last)) for last, raw in messages(batch)]

    def _fitting(self, message: Message) -> Message:
        if len(message.raw) > MESSAGE_BYTES:
            self.too_large += 1
            log.warning("Collector %s drops an event of %d bytes.", self._collector, len(message.raw))
            message.settled = True
        return message
