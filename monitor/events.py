"""The vocabulary: what can happen in a contact centre, as Balans says it.

One frozen struct an event, one tagged union (`type`), one schema version. Ids are opaque; a customer
is only ever a keyed hash; an agent is an opaque id whose name lives in the directory. An event has no
place for a telephone number, an address, a message text, a keystroke, an emotion or a location.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, get_args

import msgspec

from monitor.errors import Malformed

SCHEMA_VERSION = 1

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=160)]
"""An opaque identifier."""
Word = Annotated[str, msgspec.Meta(max_length=160)]
"""A short free word such as a pause reason; empty when there is none."""
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware instant; UTC by convention."""
LONGEST_SECONDS = 1e8
Seconds = Annotated[float, msgspec.Meta(ge=0, le=LONGEST_SECONDS)]
"""A duration, of three years at most: sums of whole microseconds stay exact."""
QUEUES_OF_AGENT = 1_000
WORDS_OF_SOURCE = 32

Channel = Literal["voice", "mail", "chat", "whatsapp", "social", "video", "callback"]
Direction = Literal["inbound", "outbound"]
AgentState = Literal[
    "available", "ringing", "on_contact", "on_hold", "wrap_up", "other_work", "break", "offline", "unknown"
]
LeftReason = Literal[
    "abandoned",  # the customer gave up
    "timeout",
    "key",  # the customer pressed a key to go elsewhere
    "empty",  # nobody was on duty any more
    "full",
    "overflow",
    "voicemail",
    "callback",
    "withdrawn",
    "closed",  # by the system
    "before_queue",  # never offered: left in the menu, or was not let in
    "unknown",  # the source cannot tell
]
EndedBy = Literal["agent", "customer", "transfer", "system", "unknown"]
Cause = Literal["", "back_office"]
"""A customer who comes back through the back office's doing is no colleague's."""

CHANNELS: tuple[str, ...] = get_args(Channel)
AGENT_STATES: tuple[str, ...] = get_args(AgentState)
HELPING: tuple[AgentState, ...] = ("available", "ringing", "on_contact", "on_hold", "wrap_up")
"""States of people who take customers, now or next."""
LEFT_REASONS: tuple[str, ...] = get_args(LeftReason)


class Happening(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True, gc=False):
    """What every event says: its id (unique within `source`; the same id twice is the same event),
    the collector that saw it, and when it happened. `received_at` is when the collector got it."""

    id: Id
    source: Id
    at: Instant
    received_at: Instant | None = None


class OfContact(Happening, frozen=True, kw_only=True, gc=False):
    """Something in the life of a contact. `contact` is unique within the site. `visit` is the contact's stay in
    one queue, unique within the contact; empty where a contact has only one."""

    contact: Id
    visit: Word = ""


class ContactOffered(OfContact, frozen=True, kw_only=True, tag="contact.offered", gc=False):
    """A visit begins: the customer joins a queue (or, outbound, is dialled)."""

    queue: Id
    channel: Channel = "voice"
    direction: Direction = "inbound"
    customer: Word = ""
    """Keyed hash; empty when unknown."""
    topic: Word = ""
    transferred_in: bool = False


class ContactAnswered(OfContact, frozen=True, kw_only=True, tag="contact.answered", gc=False):
    """An agent takes the visit. `waited_seconds` is the source's own measurement and, when given, goes
    before the difference of the instants. `agent` is empty when the source does not say who."""

    queue: Id
    agent: Word = ""
    waited_seconds: Seconds | None = None


class ContactHeld(OfContact, frozen=True, kw_only=True, tag="contact.held", gc=False):
    """The customer is put on hold."""


class ContactResumed(OfContact, frozen=True, kw_only=True, tag="contact.resumed", gc=False):
    """The customer is taken off hold."""


class ContactTransferred(OfContact, frozen=True, kw_only=True, tag="contact.transferred", gc=False):
    """The agent passes the customer on; `to` is a queue or empty when it is a person or outside."""

    to: Word = ""
    kind: Literal["blind", "attended", "unknown"] = "unknown"


class ContactLeft(OfContact, frozen=True, kw_only=True, tag="contact.left", gc=False):
    """The visit ends without an answer. For `before_queue` there was no offer."""

    queue: Id
    reason: LeftReason
    waited_seconds: Seconds | None = None


class ContactEnded(OfContact, frozen=True, kw_only=True, tag="contact.ended", gc=False):
    """The conversation is over. `talk_seconds` is the source's own measurement of the conversation,
    hold included, and goes before the difference of the instants."""

    by: EndedBy = "unknown"
    talk_seconds: Seconds | None = None


class ContactWrappedUp(OfContact, frozen=True, kw_only=True, tag="contact.wrapped_up", gc=False):
    """The work after the conversation is over: the visit is handled. A source without wrap-up says this
    at the instant of `ContactEnded`. `wrap_up_seconds` goes before the difference of the instants. `cause`: why the
    customer had to come, where whoever took the contact says so."""

    wrap_up_seconds: Seconds | None = None
    cause: Cause = ""


class ContactFirstResponse(OfContact, frozen=True, kw_only=True, tag="contact.first_response", gc=False):
    """Mail, social, tickets: an agent's first human reply."""

    agent: Word = ""


class AgentStateChanged(Happening, frozen=True, kw_only=True, tag="agent.state", gc=False):
    """An agent's own state as the source says it, apart from contacts: the engine derives `on_contact`,
    `on_hold` and `wrap_up` from contacts and lays them over it. `queues` are those the agent serves now;
    None means unchanged. `reason` is a word chosen by the centre (a pause code)."""

    agent: Id
    state: AgentState
    reason: Word = ""
    queues: Annotated[tuple[Id, ...], msgspec.Meta(max_length=QUEUES_OF_AGENT)] | None = None
    team: Word = ""
    """Empty means unchanged or as the directory says."""


class WaitingVisit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One who waits, in a snapshot."""

    contact: Id
    offered_at: Instant
    visit: Word = ""


class ServedVisit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One who is being helped, in a snapshot."""

    contact: Id
    visit: Word = ""
    agent: Word = ""
    answered_at: Instant | None = None


class QueueSnapshot(Happening, frozen=True, kw_only=True, tag="queue.snapshot", gc=False):
    """At `at`, exactly these visits wait in `queue` according to `source`; visits it does not name have
    left for a reason nobody saw. `serving` None means the source cannot list conversations."""

    queue: Id
    waiting: tuple[WaitingVisit, ...]
    serving: tuple[ServedVisit, ...] | None = None
    channel: Channel = "voice"


class SourceStatus(Happening, frozen=True, kw_only=True, tag="source.status", gc=False):
    """How the collector's own peer is. Silent for longer than `heartbeat_seconds` means stale: its agents
    become unknown. `cannot_tell` names what this account or interface does not let us know."""

    state: Literal["up", "lost", "stopped"]
    heartbeat_seconds: Seconds | None = None
    detail: Word = ""
    cannot_tell: Annotated[tuple[Word, ...], msgspec.Meta(max_length=WORDS_OF_SOURCE)] = ()


class FeedbackGiven(OfContact, frozen=True, kw_only=True, tag="feedback.given", gc=False):
    """A customer's mark, credited to who answered, at the time of answering."""

    kind: Literal["csat", "nps", "thumb"]
    score: Annotated[int, msgspec.Meta(ge=0, le=10)]
    asked: bool = True


class FeedbackAsked(OfContact, frozen=True, kw_only=True, tag="feedback.asked", gc=False):
    """A survey went out: the denominator of the response rate."""


class ContactReviewed(OfContact, frozen=True, kw_only=True, tag="contact.reviewed", gc=False):
    """A quality review by a person: weighted points of those that applied; a critical error apart."""

    points: Seconds
    applicable: Seconds
    critical_error: bool = False


class ComplimentGiven(Happening, frozen=True, kw_only=True, tag="compliment.given", gc=False):
    """Thanks. `text` only with the customer's consent."""

    contact: Word = ""
    queue: Word = ""
    text: Annotated[str, msgspec.Meta(max_length=400)] = ""


class ContactRepeated(OfContact, frozen=True, kw_only=True, tag="contact.repeated", gc=False):
    """A source that knows it says so: this contact is the same matter as an earlier one (a reopened ticket)."""

    earlier_contact: Id


Event = (
    ContactOffered
    | ContactAnswered
    | ContactHeld
    | ContactResumed
    | ContactTransferred
    | ContactLeft
    | ContactEnded
    | ContactWrappedUp
    | ContactFirstResponse
    | AgentStateChanged
    | QueueSnapshot
    | SourceStatus
    | FeedbackGiven
    | FeedbackAsked
    | ContactReviewed
    | ComplimentGiven
    | ContactRepeated
)

_CLASSES: tuple[type[Happening], ...] = get_args(Event)
EVENT_TYPES: dict[str, type[Happening]] = {str(cls.__struct_config__.tag): cls for cls in _CLASSES}

_LIFE: tuple[type[Happening], ...] = (
    SourceStatus,
    AgentStateChanged,
    ContactOffered,
    ContactAnswered,
    ContactFirstResponse,
    ContactHeld,
    ContactResumed,
    ContactTransferred,
    ContactLeft,
    ContactEnded,
    ContactWrappedUp,
    QueueSnapshot,
    FeedbackAsked,
    FeedbackGiven,
    ContactReviewed,
    ContactRepeated,
    ComplimentGiven,
)
LIFE_ORDER: dict[type[Happening], int] = {cls: rank for rank, cls in enumerate(_LIFE)}
"""At equal instants events are ordered by the life of a contact."""

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading JSON raises, however hostile it is: a depth of thousands is a RecursionError."""
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode(event: Event) -> bytes:
    """One event as JSON."""
    return _encoder.encode(event)


def decode(raw: bytes | bytearray | memoryview | str) -> Event:
    """One event from JSON. Raises Malformed with a sentence that names the field."""
    try:
        return _decoder.decode(raw)
    except UNREADABLE as error:
        raise Malformed(f"This is no event Balans knows: {error}.") from error


def in_order_of_life(events: Iterable[Event]) -> list[Event]:
    """Sorted by instant, then by the life of a contact, then by id: the same list for every input order."""
    return sorted(events, key=lambda event: (event.at, LIFE_ORDER[type(event)], event.source, event.id))
