"""What the pages of people are sent, and what they send. Only types."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from monitor.balance.states import State
from monitor.events import AgentState, Channel, Instant
from monitor.people.sheet import ContextSentence, ProcessRow, Sheet, Week

Words = Annotated[str, msgspec.Meta(max_length=500)]

Preference = Literal["show_number", "paused"]
"""`show_number`: the balance as a number too. `paused`: "let me work", no new figures until it is taken back."""


Reason = Annotated[str, msgspec.Meta(min_length=8, max_length=300)]
"""Typed by who looks; a word is no reason."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """`name` looked at `what` (balance, contacts, export) of an agent."""

    at: datetime
    name: str
    what: str
    reason: str


class Thank(msgspec.Struct, frozen=True, kw_only=True):
    """One word of thanks; `given_by` is the lead's name."""

    at: datetime
    given_by: str
    words: str


DisputeKind = Literal["wrong_topic", "outage", "angry_about_something_else", "helped_a_colleague", "other"]
DisputeOutcome = Literal["upheld", "rejected"]


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """One contact that an agent disputes. `due_on`: the last day on which it is to be decided."""

    dispute: str
    agent: str
    contact: str
    kind: DisputeKind
    words: str
    opened_at: datetime
    due_on: date
    decided_at: datetime | None = None
    decided_by: str | None = None
    outcome: DisputeOutcome | None = None
    answer: str | None = None


class OwnPage(msgspec.Struct, frozen=True, kw_only=True):
    """All of `/me`. `sheet` None: nothing has been made of this agent yet."""

    name: str
    time_zone: str
    demo: bool
    sheet: Sheet | None
    weeks: tuple[Week, ...] = ()
    thanks: tuple[Thank, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    looks: tuple[Look, ...] = ()
    preferences: tuple[Preference, ...] = ()


class NewDispute(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent says that a contact is not right."""

    contact: str
    kind: DisputeKind
    words: Words = ""


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Switch a preference."""

    name: Preference
    on: bool


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """An agent does not want to be scored. Undecided and upheld: nothing is computed."""

    objection: str
    agent: str
    words: str
    made_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    outcome: DisputeOutcome | None = None
    answer: str | None = None


class NewObjection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, in the agent's own words; a reason is not needed."""

    words: Words = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person decides on a dispute or an objection; the answer is read by the agent."""

    outcome: DisputeOutcome
    answer: Words


class SwitchTo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stop person-level processing, or let it go on."""

    processing: bool
    reason: Reason


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Something decided about the processing itself. `name` empty: the configuration says so."""

    at: datetime
    name: str
    kind: str
    words: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """How long a kind of thing is kept. `days` null: until it has been decided."""

    kind: str
    label: str
    days: float | None


class PrivacyPage(msgspec.Struct, frozen=True, kw_only=True):
    """What anybody who is signed in may know of the processing of persons, in one language."""

    processing: bool
    stopped: bool
    """By the privacy officer, while the configuration would allow it."""
    scores: bool
    legal_basis: str
    works_council: str
    works_council_on: date | None
    shadow_days: int
    formula: str
    formula_since: date
    card: tuple[str, ...]
    measured: tuple[str, ...]
    never: tuple[str, ...]
    kept: tuple[Kept, ...]
    decisions: tuple[Decision, ...]
    demo: bool = False


class OfficersPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the privacy officer sees besides: what is to be decided, and every look. No figure of anybody."""

    objections: tuple[Objection, ...]
    looks: tuple[LookAt, ...]


class LookAt(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the access log, with whom it was about."""

    at: datetime
    name: str
    agent: str
    what: str
    reason: str


class ToldOutage(msgspec.Struct, frozen=True, kw_only=True):
    """A known outage, with who said so and when. `queues` empty: all. `ended_at` null: still open; it may lie ahead.
    Taken back: there was none."""

    outage: str
    words: str
    queues: tuple[str, ...]
    began_at: datetime
    ended_at: datetime | None
    told_by: str
    told_at: datetime
    closed_by: str | None = None
    closed_at: datetime | None = None
    taken_back_by: str | None = None
    taken_back_at: datetime | None = None


class OutagesPage(msgspec.Struct, frozen=True, kw_only=True):
    """All of `/outages`: what was told lately, the newest first, and the queues to choose from, by id."""

    at: datetime
    outages: tuple[ToldOutage, ...]
    queues: dict[str, str]


class NewOutage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An outage as it is told. `words` are for the wall. `queues` empty: all. `began_at` null: now; `ended_at` null:
    it goes on."""

    words: Annotated[str, msgspec.Meta(min_length=3, max_length=120)]
    queues: Annotated[tuple[str, ...], msgspec.Meta(max_length=1_000)] = ()
    began_at: Instant | None = None
    ended_at: Instant | None = None


class OutageOver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Since when an outage is over; null: now."""

    ended_at: Instant | None = None


class TeamQueue(msgspec.Struct, frozen=True, kw_only=True):
    """One queue of the team, live. `service_level` of the last half hour, null under 10 contacts."""

    queue: str
    label: str
    channel: Channel
    line: int
    waiting: int
    longest_wait_began_at: datetime | None
    service_level: float | None
    target: float
    agents: dict[str, int]
    stale_since: datetime | None = None


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """One of the team: who, what state, which skills. No clock, and no figure."""

    agent: str
    name: str
    state: AgentState
    skills: tuple[str, ...] = ()


class ReviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion of the review form."""

    key: str
    label: str
    weight: int


class TeamPage(msgspec.Struct, frozen=True, kw_only=True):
    """All of `/team` that is not of one agent. `colleagues` in alphabetical order, always; empty while the switch is
    off (`persons` says so)."""

    at: datetime | None
    teams: dict[str, str]
    boards: dict[str, str]
    queues: tuple[TeamQueue, ...]
    persons: bool
    colleagues: tuple[Colleague, ...] = ()
    process: tuple[ProcessRow, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    names: dict[str, str] = {}
    """By agent, of whom something is to be decided."""
    disputed: dict[str, RecentContact] = {}
    """Which contact each dispute is about, as long as it is kept."""
    review: tuple[ReviewLine, ...] = ()
    critical: str = ""
    acknowledged: dict[str, str] = {}
    """Who looks after which alert, by its key."""


class TeamThen(msgspec.Struct, frozen=True, kw_only=True):
    """The queues of the own teams at an instant of the past."""

    at: datetime
    queues: tuple[TeamQueue, ...]


class Reasoned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a lead wants to look; the agent reads it."""

    reason: Reason


class CoachingReason(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two largest reasons: a group of contacts, and whether it speaks for or against. No number."""

    topic: str
    channel: Channel
    wait: Literal["short", "normal", "long"]
    speaks: Literal["for", "against"]


class RecentContact(msgspec.Struct, frozen=True, kw_only=True):
    """A contact that can be reviewed."""

    contact: str
    ended_at: datetime
    channel: Channel
    topic: str


class Coaching(msgspec.Struct, frozen=True, kw_only=True):
    """One agent, for the agent's lead, once a reason was given. `state` as it stood at the end of the last week, which
    the agent has seen before."""

    agent: str
    name: str
    state: State
    private: str = ""
    week_of: date | None = None
    reasons: tuple[CoachingReason, ...] = ()
    context: ContextSentence | None = None
    contacts: tuple[RecentContact, ...] = ()


class GivenThanks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Thanks of a lead."""

    words: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class Review(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A review of one contact. A criterion that is left out did not apply."""

    contact: str
    answers: dict[str, bool]
    critical_error: bool = False
