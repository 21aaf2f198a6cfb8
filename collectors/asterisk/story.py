"""The events that tell of a visit. The same visit gives the same ids, whichever source and connection tells of it."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from math import inf
from typing import Any

from collectors.asterisk.instants import instant
from collectors.asterisk.visits import Visit
from monitor.events import (
    ContactAnswered,
    ContactEnded,
    ContactHeld,
    ContactLeft,
    ContactOffered,
    ContactResumed,
    ContactTransferred,
    ContactWrappedUp,
    EndedBy,
    Event,
    LeftReason,
)
from monitor.settings import Queue


class Story:
    """Makes events of `source` and keeps them until `taken`; wrap-ups wait for their end until `advance`."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._events: list[Event] = []
        self._wrapping: list[tuple[float, int, ContactWrappedUp]] = []
        self._order = 0

    def taken(self) -> list[Event]:
        """What has been told since the last time."""
        events, self._events = self._events, []
        return events

    def add(self, event: Event) -> None:
        """Tell of something that is no visit's."""
        self._events.append(event)

    def advance(self, now: float) -> None:
        """Tell of the wrap-ups that are over."""
        while self._wrapping and self._wrapping[0][0] <= now:
            self._events.append(heapq.heappop(self._wrapping)[2])

    @property
    def owed(self) -> list[ContactWrappedUp]:
        """The wrap-ups that are not over yet."""
        return [over for _, _, over in self._wrapping]

    def owe(self, over: ContactWrappedUp) -> None:
        """Tell of this one too, when it is over."""
        self._order += 1
        heapq.heappush(self._wrapping, (over.at.timestamp(), self._order, over))

    @property
    def next_wrap_up_at(self) -> float:
        """When the first of the wrap-ups that are not told yet is over, in epoch seconds; infinite without any."""
        return self._wrapping[0][0] if self._wrapping else inf

    @property
    def last_wrap_up_at(self) -> float:
        """The same of the last one; minus infinity without any."""
        return max((at for at, _, _ in self._wrapping), default=-inf)

    def offered(self, visit: Visit) -> None:
        """The visit begins."""
        visit.said_offered = True
        contact = visit.contact
        self._events.append(
            ContactOffered(
                **self._of(visit, "offered", visit.offered_at),
                queue=visit.queue,
                customer=contact.customer,
                transferred_in=contact.answered,
            )
        )

    def answered(self, visit: Visit, at: float) -> None:
        """The agent of the visit takes it."""
        visit.answered_at = at
        visit.contact.answered = visit.said_answered = True
        self._events.append(
            ContactAnswered(
                **self._of(visit, "answered", at), queue=visit.queue, agent=visit.agent, waited_seconds=visit.waited
            )
        )

    def left(self, visit: Visit, reason: LeftReason) -> None:
        """The visit ends without an answer, at `left_at`."""
        at = visit.offered_at if visit.left_at is None else visit.left_at
        waited = max(0.0, at - visit.offered_at) if visit.waited is None else visit.waited
        self._events.append(
            ContactLeft(**self._of(visit, "left", at), queue=visit.queue, reason=reason, waited_seconds=waited)
        )

    def held(self, visit: Visit, at: float) -> None:
        """The customer is put on hold; nothing when he is already."""
        if not visit.held:
            visit.held = True
            visit.holds += 1
            self._events.append(ContactHeld(**self._of(visit, f"held/{visit.holds}", at)))

    def resumed(self, visit: Visit, at: float) -> None:
        """The customer is taken off hold; nothing when he is not on hold."""
        if visit.held:
            visit.held = False
            self._events.append(ContactResumed(**self._of(visit, f"resumed/{visit.holds}", at)))

    def transferred(self, visit: Visit, at: float, to: str) -> None:
        """The agent passes the customer on."""
        kind = visit.transfer or "unknown"
        self._events.append(ContactTransferred(**self._of(visit, "transferred", at), to=to, kind=kind))

    def ended(self, visit: Visit, at: float, by: EndedBy, talk_seconds: float | None, wrap_up_seconds: float) -> None:
        """The conversation is over, and in `wrap_up_seconds` the wrap-up will be: of that Asterisk says nothing."""
        self.resumed(visit, at)
        self._events.append(ContactEnded(**self._of(visit, "ended", at), by=by, talk_seconds=talk_seconds))
        over_at = at + wrap_up_seconds
        over = ContactWrappedUp(**self._of(visit, "wrapped_up", over_at), wrap_up_seconds=wrap_up_seconds)
        self.owe(over)

    def _of(self, visit: Visit, what: str, at: float) -> dict[str, Any]:
        return {
            "id": f"{visit.id}/{what}",
            "source": self._source,
            "at": instant(at),
            "contact": visit.contact.id,
            "visit": visit.id,
        }


def wrap_up_seconds(queues: Mapping[str, Queue], queue: str, default: float) -> float:
    """The configured wrap-up of a queue: its own where it is set, else the collector's."""
    own = queues.get(queue)
    if own is not None and "wrap_up_seconds" in own.model_fields_set:
        return own.wrap_up_seconds
    return default
