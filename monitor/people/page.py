"""What the pages of people are sent, and what they send. Only types."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from monitor.people.sheet import Sheet, Week

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
