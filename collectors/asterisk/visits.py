"""Who is in which queue: identities and the open visits.

A contact is named by the Uniqueid of the first channel that joined a queue for its Linkedid, so that an
overflow or transfer (same Uniqueid) and an attended transfer (new channel, same Linkedid) are new visits of
the same contact, and so that `queue_log` and lists, which know no Linkedid, give the same names. A visit is named by
Uniqueid, queue and, from the second time on, the how-manieth join. Remembered names are bounded: the
oldest are forgotten.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED = 20_000
"""Contacts and joins remembered by name; the least recently used goes first."""
OPEN_MAX = 100_000
"""Visits that are open at once; beyond it the oldest is forgotten, for its end was surely missed."""
_NUMBER = re.compile(r"\+?[0-9]{5,15}")


def telephone_number(text: str) -> str:
    """The text when it is a real number; empty for a name, an extension or nothing."""
    return text if _NUMBER.fullmatch(text) else ""


def short(text: str) -> str:
    """An identifier of the source, kept when short, hashed when a hostile peer makes it long."""
    return text if len(text) <= 60 else hashlib.sha256(text.encode()).hexdigest()[:32]


class Bounded(Generic[K, V]):
    """A mapping that forgets what was least recently used."""

    def __init__(self, bound: int = REMEMBERED) -> None:
        self._bound = bound
        self._held: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        if key in self._held:
            self._held.move_to_end(key)
        return self._held.get(key)

    def put(self, key: K, value: V) -> None:
        self._held[key] = value
        self._held.move_to_end(key)
        if len(self._held) > self._bound:
            self._held.popitem(last=False)

    def __len__(self) -> int:
        return len(self._held)


@dataclass(slots=True, eq=False)
class Contact:
    """One customer's matter. `answered` is whether an agent has taken any visit of it."""

    id: str
    customer: str = ""
    answered: bool = False
    open: list[Visit] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Visit:
    """A stay in one queue, from join to the end of the conversation. Times are epoch seconds."""

    contact: Contact
    id: str
    uniqueid: str
    queue: str
    offered_at: float
    touched_at: float
    """When a message last said something about it (arrival)."""
    answered_at: float | None = None
    agent: str = ""
    interface: str = ""
    agent_channel: str = ""
    held: bool = False
    holds: int = 0
    transfer: Literal["", "blind", "attended"] = ""
    transfer_to: str = ""
    left_at: float | None = None
    waited: float | None = None
    abandoned: bool = False
    """QueueCallerAbandon has been seen; it does not say why."""
    hung_up_by: str = ""
    """`customer` or `system`, from the request that hung up the waiting channel."""
    missed: bool = False
    """The last list that should have named it did not."""
    said_offered: bool = False
    said_answered: bool = False
    """False with `talks`: the conversation was found in a list; when it began is said at its end."""

    @property
    def waits(self) -> bool:
        return self.answered_at is None and self.left_at is None

    @property
    def talks(self) -> bool:
        return self.answered_at is not None


@dataclass(slots=True)
class Visits:
    """The open visits, found by Uniqueid, and the names of contacts. `source` begins every id."""

    source: str
    _open: dict[str, list[Visit]] = field(default_factory=dict)
    _contact_of_channel: Bounded[str, Contact] = field(default_factory=Bounded)
    _contact_of_link: Bounded[str, Contact] = field(default_factory=Bounded)
    _joins: Bounded[tuple[str, str], int] = field(default_factory=Bounded)
    _nameless: int = 0

    def all(self) -> list[Visit]:
        """Every open visit, in the order of joining."""
        return [visit for visits in self._open.values() for visit in visits]

    def contact(self, uniqueid: str, linkedid: str) -> Contact:
        """The contact of a caller's channel, known or new."""
        contact = self._contact_of_channel.get(uniqueid)
        if contact is None and linkedid:
            contact = self._contact_of_link.get(linkedid)
        if contact is None:
            contact = Contact(f"{self.source}:{short(uniqueid)}")
        self._contact_of_channel.put(uniqueid, contact)
        if linkedid and self._contact_of_link.get(linkedid) is None:
            self._contact_of_link.put(linkedid, contact)
        return contact

    def joined(self, uniqueid: str, linkedid: str, queue: str, at: float, now: float) -> Visit:
        """A new visit: the caller joins the queue (again)."""
        key = (uniqueid, queue)
        self._joins.put(key, (self._joins.get(key) or 0) + 1)
        return self.resumed(uniqueid, linkedid, queue, at, now)

    def resumed(self, uniqueid: str, linkedid: str, queue: str, at: float, now: float) -> Visit:
        """A visit whose join was not seen on this connection: its name is the one that join would have given."""
        if not uniqueid:
            self._nameless += 1
            uniqueid = f"nameless-{at:.0f}-{self._nameless}"
        if len(self._open) >= OPEN_MAX:
            self.close(next(iter(self._open.values()))[0])
        visit = Visit(
            contact=self.contact(uniqueid, linkedid),
            id=self._name(uniqueid, queue),
            uniqueid=uniqueid,
            queue=queue,
            offered_at=at,
            touched_at=now,
        )
        self._open.setdefault(uniqueid, []).append(visit)
        visit.contact.open.append(visit)
        return visit

    def _name(self, uniqueid: str, queue: str) -> str:
        join = self._joins.get((uniqueid, queue)) or 1
        name = f"{short(uniqueid)}/{short(queue)}"
        return name if join == 1 else f"{name}/{join}"

    def close(self, visit: Visit) -> None:
        """The visit is over."""
        visits = self._open.get(visit.uniqueid, [])
        if visit in visits:
            visits.remove(visit)
            visit.contact.open.remove(visit)
        if not visits:
            self._open.pop(visit.uniqueid, None)

    def waiting(self, uniqueid: str, queue: str) -> Visit | None:
        """The visit without an answer; the latest, for a channel waits in a queue once at a time."""
        return next((v for v in reversed(self.of_channel(uniqueid)) if v.queue == queue and not v.talks), None)

    def talking(self, uniqueid: str, queue: str) -> Visit | None:
        """The visit that is in conversation; the earliest."""
        return next((v for v in self.of_channel(uniqueid) if v.queue == queue and v.talks), None)

    def of_channel(self, uniqueid: str) -> list[Visit]:
        """All open visits of a caller's channel."""
        return self._open.get(uniqueid, [])

    def of_link(self, linkedid: str) -> list[Visit]:
        """All open visits of the contact behind a Linkedid."""
        contact = self._contact_of_link.get(linkedid)
        return [] if contact is None else contact.open
