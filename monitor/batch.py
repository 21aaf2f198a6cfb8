"""The wire format: batches of events and the status of collectors as JSON, and the topics they travel on.

Pure. A producer numbers its events from 1 within an epoch (one start of its process) and may send a batch
twice; the monitor answers with watermarks, up to which number it has journalled what. Reading is lenient event
by event: one that is no event is counted by reason, its neighbours live on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from monitor.errors import Malformed
from monitor.events import EVENT_TYPES, SCHEMA_VERSION, UNREADABLE, Event, Instant, decode

WIRE_BYTES = 256 * 1024
"""What Balans' own collectors stay below, unless one event alone is larger."""
MESSAGE_BYTES = 1024 * 1024
"""What is read at all; a larger message is refused as `too_large`."""


Sequence1 = Annotated[int, msgspec.Meta(ge=1, le=2**62)]
"""A number of an event, from 1; with a message's events added it still fits a database's integer."""
Count = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}\Z")]
"""A collector's name: settings.Identifier."""
Epoch = Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]{1,160}\Z")]
"""Visible ASCII: a database's text may hold no NUL."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Consecutive events of one collector, the first of them numbered `first_sequence`. `oldest_sequence` is the
    first number of this epoch that the sender still holds: what lies before it will not come any more. Without it
    the sender promises nothing, and a gap in its numbers is no reason to wait. `waiting` is how many events the
    sender holds behind these."""

    schema: int = SCHEMA_VERSION
    collector: Name
    epoch: Epoch
    first_sequence: Sequence1
    oldest_sequence: Sequence1 | None = None
    waiting: Count = 0
    sent_at: Instant
    events: tuple[Event, ...]


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How a collector's own process is, retained on its status topic. `connected_at` is when this connection to
    the broker was begun: a later one goes before an earlier one, in whatever order they arrive. `lost` is the
    broker's own word, as a last will, and has no `at`."""

    schema: int = SCHEMA_VERSION
    collector: Name
    epoch: Epoch
    connected_at: Instant
    state: Literal["up", "lost", "stopped"]
    at: Instant | None = None


class Watermark(msgspec.Struct, frozen=True, kw_only=True):
    """What the monitor has journalled of a collector, retained on its topic: per epoch all numbers up to and
    including this one. `again`: something did not arrive; send again from there."""

    schema: int = SCHEMA_VERSION
    collector: Name
    epochs: dict[Epoch, Count]
    again: bool = False


class SwitchPosition(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the monitor allows person-level processing, retained on the topic of the switch. It only takes away: a
    collector whose own configuration says no drops agents' ids whatever this says. `since`: the officer's decision,
    None where nobody has ever decided."""

    schema: int = SCHEMA_VERSION
    on: bool
    since: Instant | None = None


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics under one prefix. Names hold no dots and no spaces: settings.Identifier."""

    prefix: str

    def events(self, collector: str) -> str:
        return f"{self.prefix}/events/{collector}"

    def status(self, collector: str) -> str:
        return f"{self.prefix}/status/{collector}"

    def journalled(self, collector: str) -> str:
        return f"{self.prefix}/journalled/{collector}"

    @property
    def figures(self) -> str:
        return f"{self.prefix}/figures"

    @property
    def switch(self) -> str:
        return f"{self.prefix}/switch"

    @property
    def from_collectors(self) -> str:
        """The filter of all events and all status, as one subscription, so that their order is kept."""
        return f"{self.prefix}/+/+"


@dataclass(frozen=True, slots=True)
class Received:
    """What one message held: a batch (perhaps without its unusable events), or a status, or neither.
    `rejected` counts by reason what had to be left out; `events_read` counts all that were in the message.
    `raw` is the message of a batch as it came. `retained`: the broker told it to a newcomer."""

    batch: Batch | None = None
    status: Status | None = None
    events_read: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    raw: bytes = b""
    retained: bool = False


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A batch whose events are not looked at yet."""

    schema: int = SCHEMA_VERSION
    collector: Name
    epoch: Epoch
    first_sequence: Sequence1
    oldest_sequence: Sequence1 | None = None
    waiting: Count = 0
    sent_at: Instant
    events: tuple[msgspec.Raw, ...]


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A batch on its way out, whose events are JSON already."""

    schema: int = SCHEMA_VERSION
    collector: str
    epoch: str
    first_sequence: int
    oldest_sequence: int
    waiting: int
    sent_at: datetime
    events: msgspec.Raw


class _Tagged(msgspec.Struct, frozen=True):
    type: str


_encoder = msgspec.json.Encoder()
_batches = msgspec.json.Decoder(Batch)
_envelopes = msgspec.json.Decoder(_Envelope)
_tags = msgspec.json.Decoder(_Tagged)
_statuses = msgspec.json.Decoder(Status)
_watermarks = msgspec.json.Decoder(Watermark)
_switch_positions = msgspec.json.Decoder(SwitchPosition)


def encode_status(status: Status) -> bytes:
    """A status as JSON."""
    return _encoder.encode(status)


def encode_batch(batch: Batch) -> bytes:
    """A batch as JSON, of whatever size."""
    return _encoder.encode(batch)


def encode_parcel(parcel: Parcel) -> bytes:
    """A batch as JSON, from events that are JSON already."""
    return _encoder.encode(parcel)


def encode_watermark(watermark: Watermark) -> bytes:
    """A watermark as JSON."""
    return _encoder.encode(watermark)


def read_watermark(raw: bytes) -> Watermark:
    """A watermark from JSON. Raises Malformed."""
    if len(raw) > WIRE_BYTES:
        raise Malformed(f"This is no watermark: it is larger than {WIRE_BYTES} bytes.")
    try:
        return _watermarks.decode(raw)
    except UNREADABLE as error:
        raise Malformed(f"This is no watermark: {error}.") from error


def encode_switch(position: SwitchPosition) -> bytes:
    """The position of the switch as JSON."""
    return _encoder.encode(position)


def read_switch(raw: bytes) -> SwitchPosition:
    """The position of the switch from JSON. Raises Malformed."""
    try:
        return _switch_positions.decode(raw[:WIRE_BYTES])
    except UNREADABLE as error:
        raise Malformed(f"This is no position of the switch: {error}.") from error


def read_message(topics: Topics, topic: str, raw: bytes, retained: bool = False) -> Received:
    """What a message on one of the collectors' topics holds. Never raises: what cannot be used is counted."""
    kind, _, collector = topic.removeprefix(topics.prefix + "/").partition("/")
    if kind == "journalled":
        return Received()  # The monitor's own words, which come back to it with the collectors'.
    if kind not in ("events", "status"):
        return _nothing("unknown_topic")
    if len(raw) > MESSAGE_BYTES:
        return _nothing("too_large")
    try:
        received = read_batch(raw) if kind == "events" else Received(status=_statuses.decode(raw), retained=retained)
    except (*UNREADABLE, Malformed):
        return _nothing(Malformed.reason)
    sender = received.batch or received.status
    if sender is None or sender.collector != collector:
        return _nothing("wrong_topic")
    return received


def read_batch(raw: bytes) -> Received:
    """A batch from JSON, all at once when it is sound, else event by event. Raises Malformed when it is no batch."""
    try:
        batch = _batches.decode(raw)
        return Received(batch=batch, events_read=len(batch.events), raw=raw)
    except UNREADABLE:
        return _read_each(raw)


def _read_each(raw: bytes) -> Received:
    try:
        envelope = _envelopes.decode(raw)
    except UNREADABLE as error:
        raise Malformed(f"This is no batch of events: {error}.") from error
    rejected: Counter[str] = Counter()
    batch = Batch(
        schema=envelope.schema,
        collector=envelope.collector,
        epoch=envelope.epoch,
        first_sequence=envelope.first_sequence,
        oldest_sequence=envelope.oldest_sequence,
        waiting=envelope.waiting,
        sent_at=envelope.sent_at,
        events=tuple(_usable(envelope.events, rejected)),
    )
    return Received(batch=batch, events_read=len(envelope.events), rejected=rejected, raw=raw)


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
    except UNREADABLE:
        return error.reason


def _nothing(reason: str) -> Received:
    return Received(events_read=1, rejected=Counter({reason: 1}))
