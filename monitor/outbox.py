"""What a collector has said and the monitor has not journalled yet: numbered, batched, in order, on disk, bounded.

No network: whoever has a connection asks for messages, sends them, and brings the monitor's watermarks. What was
sent and is not journalled goes again after a lost connection, when the monitor asks for it, and when the watermark
stands still for long; so nothing is lost whatever the broker does. Parcels of earlier processes go first.

At the bound, and while the disk takes nothing, `put` waits and with it the source: every source that Balans has
can then be asked again (files, a sender that gets no 202) or takes stock afterwards (snapshots). Nothing is dropped
but an event that is too large for any message, which is counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

import msgspec

from monitor.batch import MESSAGE_BYTES, WIRE_BYTES, Parcel, encode_parcel
from monitor.events import Event, encode
from monitor.parcels import ParcelFile, StoredParcel

PENDING_EVENTS = 50_000
"""Bound of what is not on disk yet, in events; at the bound `put` waits."""
OUTBOX_BYTES = 1024**3
"""Bound of what is on disk, in bytes of events; at the bound `put` waits. About five days of a million events."""
BATCH_EVENTS = 500
WRITE_PARCELS = 20
"""Written in one transaction."""
LINGER_SECONDS = 0.05
"""How long a batch that is not full waits for more before it is written."""
IN_FLIGHT_MESSAGES = 16
"""Messages that are sent without waiting for the broker's acknowledgement of the first."""
AHEAD_MESSAGES = 64
"""Messages that are sent without waiting for the monitor to journal the first; the rest waits on this disk and not
at the broker, so that a monitor that is away costs the broker no more than this, times each repetition."""
DISK_AGAIN_SECONDS = 1.0
REPEAT_SECONDS = (10.0, 600.0)
"""The first and the longest wait for a watermark before what was sent goes again: a broker may lose in silence."""
_ENVELOPE_BYTES = 2_048
"""More than all of a message but its events."""

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send, and where it stands in the outbox."""

    raw: bytes
    position: int


class Outbox:
    """The events of one collector: those of this epoch, after those that earlier processes left in the same file.
    `write` has to run beside it. Use as an async context manager, which closes the file."""

    def __init__(
        self,
        file: ParcelFile,
        collector: str,
        epoch: str,
        clock: Callable[[], datetime],
        *,
        pending_bound: int = PENDING_EVENTS,
        bound_bytes: int = OUTBOX_BYTES,
        linger_seconds: float = LINGER_SECONDS,
    ) -> None:
        self.too_large = 0
        """Events that fit in no message and were dropped."""
        self.journalled_events = 0
        """Events that were let go since the start."""
        self.stopping = False
        self._file, self._collector, self._epoch, self._clock = file, collector, epoch, clock
        self._pending_bound, self._bound_bytes, self._linger_seconds = pending_bound, bound_bytes, linger_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"outbox {collector}")
        self._changed = asyncio.Condition()
        self._pending: deque[bytes] = deque()
        held = file.held()
        self._stored_events, self._stored_bytes = held.events, held.octets
        self._stored_position = file.last_position
        # The numbers of the last event put and stored, and of the last that somebody waits for.
        self._put = self._stored = self._awaited = self._numbered = 0
        self._cursor = 0 if held.events else self._stored_position
        self._behind_cursor = held.events
        self._in_flight = 0
        self._ahead: OrderedDict[int, tuple[str, int]] = OrderedDict()
        self._full = False

    async def __aenter__(self) -> Outbox:
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._in_thread(self._file.close)
        self._thread.shutdown()

    @property
    def buffered(self) -> int:
        """Events that the monitor has not journalled, as far as is known here."""
        return len(self._pending) + self._stored_events

    @property
    def ahead(self) -> bool:
        """Something was sent that is not journalled."""
        return bool(self._ahead)

    @property
    def sent(self) -> bool:
        """All that may be sent now was, and the broker has it."""
        everything = self._cursor >= self._stored_position and not self._pending
        return self._in_flight == 0 and (everything or len(self._ahead) >= AHEAD_MESSAGES)

    async def put(self, events: Sequence[Event]) -> None:
        """Take the events, in order; waits while the outbox is full."""
        encoded = deque(self._fitting(events))
        async with self._changed:
            while encoded:
                if self._is_full():
                    await self._changed.wait_for(lambda: not self._is_full())
                room = min(len(encoded), self._pending_bound - len(self._pending))
                self._pending.extend(encoded.popleft() for _ in range(room))
                self._put += room
                self._changed.notify_all()

    async def flush(self) -> None:
        """Return when all that was put until now is on disk; what waits for more company goes at once."""
        async with self._changed:
            number = self._awaited = self._put
            self._changed.notify_all()
            await self._changed.wait_for(lambda: self._stored >= number)

    async def stop(self) -> None:
        """Hand out no more."""
        async with self._changed:
            self.stopping = True
            self._changed.notify_all()

    async def write(self) -> None:
        """Bring what is put to disk, for ever. A disk that takes nothing is tried again."""
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: bool(self._pending))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._linger_seconds):
                        await self._changed.wait_for(self._need_not_linger)
                parcels, taken = self._parcels()
            await self._until_done(partial(self._file.append, parcels))
            async with self._changed:
                for _ in range(taken):
                    self._pending.popleft()
                self._stored += taken
                self._stored_events += taken
                self._behind_cursor += taken
                self._stored_bytes += sum(len(parcel.events) for parcel in parcels)
                self._stored_position = parcels[-1].position
                self._changed.notify_all()

    async def next_messages(self) -> Sequence[Message]:
        """The next messages, once there are some and room in flight; none when stopping, or when those behind have been
        let go of. One caller at a time."""
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self.stopping or self._may_send())
            if self.stopping:
                return ()
            cursor, stored_position = self._cursor, self._stored_position
            room = min(IN_FLIGHT_MESSAGES - self._in_flight, AHEAD_MESSAGES - len(self._ahead))
            read = await self._in_thread(partial(self._read, cursor, room))
            if self._cursor != cursor:
                continue  # Rewound meanwhile.
            if not read:
                async with self._changed:
                    self._cursor = max(cursor, stored_position)
                    self._changed.notify_all()
                return ()
            for stored, _ in read:
                self._ahead[stored.position] = (stored.epoch, stored.last)
                self._behind_cursor -= stored.events_held
            self._cursor = read[-1][0].position
            self._behind_cursor = max(0, self._behind_cursor) if self._cursor < self._stored_position else 0
            self._in_flight += len(read)
            return [Message(raw, stored.position) for stored, raw in read]

    async def acknowledged(self) -> None:
        """The broker has one more of the messages, or will never say so: there is room for another."""
        async with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()

    async def rewind(self) -> None:
        """What is not journalled goes again, from the oldest on."""
        async with self._changed:
            self._ahead.clear()
            self._cursor, self._behind_cursor = (
                (0 if self._stored_events else self._stored_position),
                self._stored_events,
            )
            self._changed.notify_all()

    async def repeat(self, first_seconds: float, longest_seconds: float) -> None:
        """While there is a connection: what was sent and is not journalled goes again after a while, each time after
        a longer one. From the second time on that is no lost message any more, and said once."""
        wait, told = first_seconds, False
        while True:
            before = self.journalled_events
            await asyncio.sleep(wait)
            if self.journalled_events != before or not self.ahead:
                if told:
                    log.info("Collector %s: the monitor takes in its events again.", self._collector)
                wait, told = first_seconds, False
                continue
            if wait > first_seconds and not told:
                told = True
                log.error(
                    "Collector %s: the broker is there, but no monitor tells that it has its events; %d wait here. "
                    "Does the monitor run, and may this collector's account at the broker publish them?",
                    self._collector,
                    self.buffered,
                )
            wait = min(longest_seconds, 2 * wait)
            await self.rewind()

    async def journalled(self, epochs: Mapping[str, int]) -> None:
        """The monitor keeps everything up to these numbers: let go of it."""
        gone = await self._until_done(partial(self._file.forget, epochs))
        async with self._changed:
            for position, (epoch, last) in list(self._ahead.items()):
                if last <= epochs.get(epoch, 0):
                    del self._ahead[position]
            self._stored_events -= gone.events
            self._stored_bytes -= gone.octets
            self.journalled_events += gone.events
            self._behind_cursor = min(self._behind_cursor, self._stored_events)
            if not self._stored_events:
                self._cursor = self._stored_position
            self._changed.notify_all()

    async def until_sent(self) -> None:
        """Return when the broker has all that may be sent now."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.sent)

    async def until_journalled(self) -> None:
        """Return when the monitor has everything."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self.buffered)

    def _fitting(self, events: Sequence[Event]) -> Iterator[bytes]:
        for event in events:
            raw = encode(event)
            if len(raw) > MESSAGE_BYTES - _ENVELOPE_BYTES:
                self.too_large += 1
                log.warning("Collector %s drops an event of %d bytes.", self._collector, len(raw))
            else:
                yield raw

    def _is_full(self) -> bool:
        full = self._stored_bytes >= self._bound_bytes
        if full != self._full:
            self._full = full
            if full:
                log.warning(
                    "Collector %s: the outbox is full with %d events; its source waits.",
                    self._collector,
                    self.buffered,
                )
            else:
                log.info("Collector %s: the outbox has room again.", self._collector)
        return full or len(self._pending) >= self._pending_bound

    def _need_not_linger(self) -> bool:
        return self.stopping or self._awaited > self._stored or len(self._pending) >= BATCH_EVENTS

    def _may_send(self) -> bool:
        room = self._in_flight < IN_FLIGHT_MESSAGES and len(self._ahead) < AHEAD_MESSAGES
        return room and self._cursor < self._stored_position

    def _parcels(self) -> tuple[list[StoredParcel], int]:
        """What is pending as parcels, in numbers that are used once: should this writing fail, the same parcels go."""
        parcels: list[StoredParcel] = []
        some: list[bytes] = []
        size = taken = 0
        for raw in self._pending:
            if some and (len(some) == BATCH_EVENTS or size + len(raw) > WIRE_BYTES - _ENVELOPE_BYTES):
                parcels.append(self._parcel(some, len(parcels)))
                some, size = [], 0
                if len(parcels) == WRITE_PARCELS:
                    break
            some.append(raw)
            size += len(raw) + 1
            taken += 1
        if some:
            parcels.append(self._parcel(some, len(parcels)))
        return parcels, taken

    def _parcel(self, events: Sequence[bytes], place: int) -> StoredParcel:
        first = self._numbered + 1
        self._numbered += len(events)
        position = self._stored_position + 1 + place
        return StoredParcel(position, self._epoch, first, self._numbered, b"[" + b",".join(events) + b"]")

    def _read(self, cursor: int, limit: int) -> list[tuple[StoredParcel, bytes]]:
        stored = self._file.after(cursor, limit)
        oldest = {epoch: self._file.oldest(epoch) for epoch in {one.epoch for one in stored}}
        waiting = self._behind_cursor + len(self._pending)
        made = []
        for one in stored:
            waiting = max(0, waiting - one.events_held)
            parcel = Parcel(
                collector=self._collector,
                epoch=one.epoch,
                first_sequence=one.first,
                oldest_sequence=oldest[one.epoch] or one.first,
                waiting=waiting,
                sent_at=self._clock(),
                events=msgspec.Raw(one.events),
            )
            made.append((one, encode_parcel(parcel)))
        return made

    async def _until_done(self, work: Callable[[], T]) -> T:
        """What the file does, tried again while the disk refuses."""
        told = False
        while True:
            try:
                done = await self._in_thread(work)
            except sqlite3.Error as error:
                if not told:
                    log.error("Collector %s: its outbox cannot be written: %s. Trying again.", self._collector, error)
                told = True
                await asyncio.sleep(DISK_AGAIN_SECONDS)
            else:
                if told:
                    log.info("Collector %s: its outbox is written again.", self._collector)
                return done

    def _in_thread(self, work: Callable[[], T]) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work)
