"""The wire format: batches of events and the status of collectors as JSON, and the topics they travel on.

Pure. A producer numbers its events from 1 within an epoch (one start of its process) and may send a batch
twice. Reading is lenient event by event: one that is no event is counted by reason, its neighbours live on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec

from monitor.errors import Malformed
from monitor.events import EVENT_TYPES, SCHEMA_VERSION, Event, Id, Instant, decode

WIRE_BYTES = 256 * 1024
"""What Balans' own collectors stay below, unless one event alone is larger."""
MESSAGE_BYTES = 1024 * 1024
"""What is read at all; a larger message is refused as `too_large`."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Consecutive events of one collector, the first of them numbered `first_sequence`."""

    schema: int = SCHEMA_VERSION
    collector: Id
    epoch: Id
    first_sequence: Annotated[int, msgspec.Meta(ge=1)]
    sent_at: Instant
    events: tuple[Event, ...]


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How a collector's own process is, retained on its status topic. `connected_at` is when this connection to
    the broker was begun: a later one goes before an earlier one, in whatever order they arrive. `lost` is the
    broker's own word, as a last will, and has no `at`."""

    schema: int = SCHEMA_VERSION
    collector: Id
    epoch: Id
    connected_at: Instant
    state: Literal["up", "lost", "stopped"]
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics under one prefix. Names hold no dots and no spaces: settings.Identifier."""

    prefix: str

    def events(self, collector: str) -> str:
        return f"{self.prefix}/events/{collector}"

    def status(self, collector: str) -> str:
        return f"{self.prefix}/status/{collector}"

    @property
    def figures(self) -> str:
        return f"{self.prefix}/figures"

    @property
    def from_collectors(self) -> str:
        """The filter of all events and all status, as one subscription, so that their order is kept."""
        return f"{self.prefix}/+/+"


@dataclass(frozen=True, slots=True)
class Received:
    """What one message held: a batch (perhaps without its unusable events), or a status, or neither.
    `rejected` counts by reason what had to be left out; `events_read` counts all that were in the message."""

    batch: Batch | None = None
    status: Status | None = None
    events_read: int = 0
    rejected: Counter[str] = field(default_factory=Counter)


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A batch whose events are not looked at yet."""

    schema: int = SCHEMA_VERSION
    collector: Id
    epoch: Id
    first_sequence: Annotated[int, msgspec.Meta(ge=1)]
    sent_at: Instant
    events: tuple[msgspec.Raw, ...]


class _Tagged(msgspec.Struct, frozen=True):
    type: str


_encoder = msgspec.json.Encoder()
_batches = msgspec.json.Decoder(Batch)
_envelopes = msgspec.json.Decoder(_Envelope)
_tags = msgspec.json.Decoder(_Tagged)
_statuses = msgspec.json.Decoder(Status)


def encode_status(status: Status) -> bytes:
    """A status as JSON."""
    return _encoder.encode(status)


def encode_batch(batch: Batch) -> bytes:
    """A batch as JSON, of whatever size."""
    return _encoder.encode(batch)


def messages(batch: Batch, limit: int = WIRE_BYTES) -> Iterator[tuple[int, bytes]]:
    """The batch as messages of at most `limit` bytes, in order, each with the number of its last event. Only a
    message of one event may be larger."""
    raw = encode_batch(batch)
    if len(raw) <= limit or len(batch.events) == 1:
        yield batch.first_sequence + len(batch.events) - 1, raw
        return
    middle = len(batch.events) // 2
    yield from messages(_part(batch, 0, middle), limit)
    yield from messages(_part(batch, middle, len(batch.events)), limit)


def read_message(topics: Topics, topic: str, raw: bytes) -> Received:
    """What a message on one of the collectors' topics holds. Never raises: what cannot be used is counted."""
    kind, _, collector = topic.removeprefix(topics.prefix + "/").partition("/")
    if kind not in ("events", "status"):
        return _nothing("unknown_topic")
    if len(raw) > MESSAGE_BYTES:
        return _nothing("too_large")
    try:
        received = read_batch(raw) if kind == "events" else Received(status=_statuses.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, Malformed):
        return _nothing(Malformed.reason)
    sender = received.batch or received.status
    if sender is None or sender.collector != collector:
        return _nothing("wrong_topic")
    return received


def read_batch(raw: bytes) -> Received:
    """A batch from JSON, all at once when it is sound, else event by event. Raises Malformed when it is no batch."""
    try:
        batch = _batches.decode(raw)
        return Received(batch=batch, events_read=len(batch.events))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _read_each(raw)


def _read_each(raw: bytes) -> Received:
    try:
        envelope = _envelopes.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"This is no batch of events: {error}.") from error
    rejected: Counter[str] = Counter()
    batch = Batch(
        schema=envelope.schema,
        collector=envelope.collector,
        epoch=envelope.epoch,
        first_sequence=envelope.first_sequence,
        sent_at=envelope.sent_at,
        events=tuple(_usable(envelope.events, rejected)),
    )
    return Received(batch=batch, events_read=len(envelope.events), rejected=rejected)


def _usable(events: Sequence[msgspec.Raw], rejected: Counter[str]) -> Iterator[Event]:
    for raw in events:
        try:
            yield decode(raw)
        except Malformed as error:
            rejected[_reason(raw, error)] += 1


def _reason(raw: msgspec.Raw, error: Malformed) -> str:
    """A type of a newer Balans is told apart from a broken event."""
    try:
        return error.reason if _tags.decode(raw).type in EVENT_TYPES else "unknown_type"
    except (msgspec.DecodeError, UnicodeDecodeError):
        return error.reason


def _part(batch: Batch, start: int, end: int) -> Batch:
    return msgspec.structs.replace(batch, first_sequence=batch.first_sequence + start, events=batch.events[start:end])


def _nothing(reason: str) -> Received:
    return Received(events_read=1, rejected=Counter({reason: 1}))
