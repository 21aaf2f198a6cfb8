"""The life of a visit: offered, answered, held, ended, wrapped up - or left. One step an event.

A step books what the event means, or says why it cannot be so. The same step with `sign` -1 takes back exactly
what it booked: a visit whose events come out of order is taken back whole, and told again in order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from monitor import events as ev
from monitor.cell import Cell
from monitor.contacts import Contacts
from monitor.credits import Credit
from monitor.customers import Customers
from monitor.instants import SECOND, SiteDays
from monitor.lane import DIGITAL, Lane, Lanes
from monitor.levels import Level
from monitor.mixes import Mixes
from monitor.roster import Doing, Mark, Roster
from monitor.tally import (
    ABANDONED,
    ABANDONED_WAIT,
    ABANDONED_WITHIN,
    ANSWERED,
    APPLICABLE,
    ASKED,
    BEFORE_QUEUE,
    CRITICAL,
    HANDLE,
    HANDLED,
    HOLD,
    LEFT,
    MARKS,
    OFFERED,
    OPEN_RESPONSE,
    OUTBOUND_HANDLE,
    OUTSIDE_HOURS,
    POINTS,
    POSITIVE,
    RESPONSE,
    RESPONSES,
    RESPONSES_IN_TIME,
    SHORT,
    TALK,
    TRANSFERRED,
    WAIT,
    WITHIN,
    Tally,
    add,
    add_duration,
    add_work,
)

Phase = Literal["unseen", "waiting", "serving", "wrapping", "done", "left", "lost"]
Refusal = Literal["", "orphan", "contradicting"]
Key = tuple[int, int, str]
OVER: frozenset[Phase] = frozenset({"done", "left", "lost"})
_POSITIVE_FROM = {"csat": 4, "nps": 9, "thumb": 1}


class Told(NamedTuple):
    """An event that was told, and what it came to: booked (empty) or why not."""

    key: Key
    event: ev.OfContact
    refusal: Refusal


class Visit:
    """One stay in one queue. `told` are its events in order; the rest follows from them."""

    __slots__ = (
        "agent",
        "answered_at",
        "cell",
        "contact",
        "customer",
        "ended_at",
        "held",
        "held_at",
        "key",
        "lane",
        "offered_at",
        "outbound",
        "phase",
        "responded",
        "talk",
        "team",
        "told",
        "topic",
    )

    def __init__(self, key: str, contact: str) -> None:
        self.key = key
        self.contact = contact
        self.told: list[Told] = []
        self.team: str | None = None
        self.begin()

    def begin(self) -> None:
        """Back to before anything happened."""
        self.phase: Phase = "unseen"
        self.lane: Lane | None = None
        self.cell: Cell | None = None
        self.offered_at = self.answered_at = self.ended_at = 0
        self.agent = self.customer = self.topic = ""
        self.outbound = self.responded = False
        self.held_at: int | None = None
        self.held = self.talk = 0


def credited_visit(key: str, contact: str, credit: Credit) -> Visit:
    """A visit that is long over, as far as marks and reviews need it."""
    visit = Visit(key, contact)
    visit.phase, visit.answered_at, visit.cell = "done", credit.answered_at, credit.cell
    return visit


class Reconciled(ev.ContactLeft, frozen=True, kw_only=True, gc=False):
    """The engine's own: a snapshot no longer names this visit. Nothing when its end was heard of after all."""


class Lives:
    """The steps. `mixes` learns how long each kind of work takes."""

    def __init__(self, days: SiteDays, lanes: Lanes, roster: Roster, contacts: Contacts, customers: Customers) -> None:
        self._days = days
        self._lanes = lanes
        self._roster = roster
        self._contacts = contacts
        self._customers = customers
        self.mixes = Mixes()
        self.reconciled = 0
        self._steps: dict[type[Any], Callable[[Visit, Any, int, int], Refusal]] = {
            ev.ContactOffered: self._offered,
            ev.ContactAnswered: self._answered,
            ev.ContactHeld: self._held,
            ev.ContactResumed: self._resumed,
            ev.ContactTransferred: self._transferred,
            ev.ContactLeft: self._left,
            ev.ContactEnded: self._ended,
            ev.ContactWrappedUp: self._wrapped_up,
            ev.ContactFirstResponse: self._first_response,
            ev.FeedbackAsked: self._asked,
            ev.FeedbackGiven: self._feedback,
            ev.ContactReviewed: self._reviewed,
            Reconciled: self._reconciled,
        }

    def step(self, visit: Visit, event: ev.OfContact, at: int, sign: int) -> Refusal:
        """One event in the life of a visit, or with `sign` -1 the taking back of it."""
        return self._steps[type(event)](visit, event, at, sign)

    def take_back(self, visit: Visit) -> None:
        """Undo everything that was booked for the visit; its events stay told."""
        if visit.lane is not None:
            visit.lane.waiting.pop(visit.key, None)
            visit.lane.serving.pop(visit.key, None)
        if visit.customer:
            self._customers.withdrawn(visit.customer, visit.key)
        transfers = [told.event.id for told in visit.told if isinstance(told.event, ev.ContactTransferred)]
        self._contacts.withdrawn(visit.contact, visit.key, transfers)
        visit.begin()
        for told in visit.told:
            self.step(visit, told.event, told.key[0], -1)
        visit.begin()

    def _offered(self, visit: Visit, event: ev.ContactOffered, at: int, sign: int) -> Refusal:
        if visit.phase != "unseen":
            return "contradicting"
        lane = self._lanes.of(event.queue, event.channel)
        lane.source = event.source
        visit.outbound = event.direction == "outbound"
        if lane.apart is not None and not self._days.is_open(lane.settings.opening_hours, at):
            if not visit.outbound:
                add(lane.cell("").at(at), OUTSIDE_HOURS, sign)
            lane = lane.apart
        visit.phase, visit.lane, visit.offered_at = "waiting", lane, at
        visit.topic, visit.customer = event.topic, event.customer
        visit.cell = lane.cell("")
        if visit.outbound:
            return ""
        add(visit.cell.at(at), OFFERED, sign)
        lane.waited.up(at, sign)
        if sign > 0:
            lane.waiting[visit.key] = visit
            self._contacts.offered(visit.contact, visit.key, at, visit.cell)
            if visit.customer:
                self._customers.offered(visit.customer, visit.key, visit.contact, visit.topic, at)
        return ""

    def _answered(self, visit: Visit, event: ev.ContactAnswered, at: int, sign: int) -> Refusal:
        lane = visit.lane
        if visit.phase != "waiting" or lane is None:
            return "orphan" if visit.phase == "unseen" else "contradicting"
        visit.phase, visit.answered_at, visit.agent = "serving", at, event.agent
        if not visit.outbound:
            wait = at - visit.offered_at if event.waited_seconds is None else round(event.waited_seconds * SECOND)
            tallies = lane.cell("").at(at)
            add(tallies, ANSWERED, sign)
            if wait <= lane.within:
                add(tallies, WITHIN, sign)
            add_duration(tallies, WAIT, wait, sign)
            _step_down(lane.waited, visit.offered_at, at, sign)
            lane.waiting.pop(visit.key, None)
        lane.served.up(at, sign)
        if sign > 0:
            lane.serving[visit.key] = visit
        if event.agent:
            if visit.team is None:
                visit.team = self._roster.agent(event.agent).team
            visit.cell = lane.cell(visit.team)
            self._mark(visit, event, at, sign, "begin")
        return ""

    def _held(self, visit: Visit, event: ev.ContactHeld, at: int, sign: int) -> Refusal:
        if visit.phase != "serving" or visit.held_at is not None:
            return "orphan" if visit.phase == "unseen" else "contradicting"
        visit.held_at = at
        self._mark(visit, event, at, sign, "hold")
        return ""

    def _resumed(self, visit: Visit, event: ev.ContactResumed, at: int, sign: int) -> Refusal:
        if visit.phase != "serving" or visit.held_at is None:
            return "orphan" if visit.phase == "unseen" else "contradicting"
        visit.held += at - visit.held_at
        visit.held_at = None
        self._mark(visit, event, at, sign, "resume")
        return ""

    def _transferred(self, visit: Visit, event: ev.ContactTransferred, at: int, sign: int) -> Refusal:
        if visit.phase not in ("serving", "wrapping", "done") or visit.cell is None:
            return "orphan" if visit.phase == "unseen" else "contradicting"
        add(visit.cell.at(at), TRANSFERRED, sign)
        if sign > 0:
            self._contacts.transferred(visit.contact, event.id, at, visit.cell)
        return ""

    def _left(self, visit: Visit, event: ev.ContactLeft, at: int, sign: int) -> Refusal:
        if visit.phase == "unseen" and event.reason == "before_queue":
            add(self._lanes.of(event.queue).cell("").at(at), BEFORE_QUEUE, sign)
            visit.phase = "left"
            return ""
        lane = visit.lane
        if visit.phase != "waiting" or lane is None or event.reason == "before_queue":
            return "orphan" if visit.phase == "unseen" else "contradicting"
        visit.phase = "left"
        lane.waiting.pop(visit.key, None)
        if visit.outbound:
            return ""
        wait = at - visit.offered_at if event.waited_seconds is None else round(event.waited_seconds * SECOND)
        tallies = lane.cell("").at(at)
        if event.reason == "abandoned":
            add(tallies, ABANDONED, sign)
            add(tallies, ABANDONED_WAIT, sign * wait)
            if wait <= lane.short:
                add(tallies, SHORT, sign)
            if wait <= lane.within:
                add(tallies, ABANDONED_WITHIN, sign)
        else:
            add(tallies, LEFT[event.reason], sign)
        _step_down(lane.waited, visit.offered_at, at, sign)
        return ""

    def _ended(self, visit: Visit, event: ev.ContactEnded, at: int, sign: int) -> Refusal:
        if visit.phase != "serving":
            return "orphan" if visit.phase == "unseen" else "contradicting"
        talk = at - visit.answered_at if event.talk_seconds is None else round(event.talk_seconds * SECOND)
        self._end(visit, event, at, talk, sign)
        return ""

    def _wrapped_up(self, visit: Visit, event: ev.ContactWrappedUp, at: int, sign: int) -> Refusal:
        if visit.phase == "serving":
            self._end(visit, event, at, at - visit.answered_at, sign)
        if visit.phase != "wrapping" or visit.cell is None or visit.lane is None:
            return "orphan" if visit.phase == "unseen" else "contradicting"
        wrap = at - visit.ended_at if event.wrap_up_seconds is None else round(event.wrap_up_seconds * SECOND)
        visit.phase = "done"
        tallies = visit.cell.at(at)
        add(tallies, HANDLED, sign)
        handle = visit.talk + wrap
        add_duration(tallies, OUTBOUND_HANDLE if visit.outbound else HANDLE, handle, sign)
        if not visit.outbound:
            self._book_mix(visit, tallies, handle, sign)
        if visit.agent:
            self._mark(visit, event, at, sign, "finish")
        return ""

    def _end(self, visit: Visit, event: ev.OfContact, at: int, talk: int, sign: int) -> None:
        """The conversation is over; what is still on hold is closed with it."""
        lane, cell = visit.lane, visit.cell
        assert lane is not None
        assert cell is not None
        if visit.held_at is not None:
            visit.held += at - visit.held_at
            visit.held_at = None
        visit.phase, visit.ended_at, visit.talk = "wrapping", at, talk
        tallies = cell.at(at)
        add_duration(tallies, TALK, talk, sign)
        if visit.held:
            add_duration(tallies, HOLD, visit.held, sign)
        _step_down(lane.served, visit.answered_at, at, sign)
        lane.serving.pop(visit.key, None)
        if sign > 0 and visit.customer and not visit.outbound:
            self._customers.over(visit.customer, visit.key, visit.answered_at, at, cell)
        if visit.agent:
            self._mark(visit, event, at, sign, "end")

    def _first_response(self, visit: Visit, event: ev.ContactFirstResponse, at: int, sign: int) -> Refusal:
        if visit.phase == "unseen" or visit.responded or visit.cell is None or visit.lane is None:
            return "orphan" if visit.phase == "unseen" else "contradicting"
        visit.responded = True
        tallies = visit.cell.at(at)
        add(tallies, RESPONSES, sign)
        if at - visit.offered_at <= visit.lane.within:
            add(tallies, RESPONSES_IN_TIME, sign)
        add_duration(tallies, RESPONSE, at - visit.offered_at, sign)
        hours = visit.lane.settings.opening_hours
        add_duration(tallies, OPEN_RESPONSE, self._days.open_between(hours, visit.offered_at, at), sign)
        return ""

    def _asked(self, visit: Visit, event: ev.FeedbackAsked, at: int, sign: int) -> Refusal:
        if not visit.answered_at or visit.cell is None:
            return "orphan"
        add(visit.cell.at(visit.answered_at), ASKED, sign)
        return ""

    def _feedback(self, visit: Visit, event: ev.FeedbackGiven, at: int, sign: int) -> Refusal:
        if not visit.answered_at or visit.cell is None:
            return "orphan"
        tallies = visit.cell.at(visit.answered_at)
        add(tallies, MARKS, sign)
        if event.score >= _POSITIVE_FROM[event.kind]:
            add(tallies, POSITIVE, sign)
        return ""

    def _reviewed(self, visit: Visit, event: ev.ContactReviewed, at: int, sign: int) -> Refusal:
        if not visit.answered_at or visit.cell is None:
            return "orphan"
        tallies = visit.cell.at(visit.answered_at)
        add(tallies, POINTS, sign * round(event.points * 1000))
        add(tallies, APPLICABLE, sign * round(event.applicable * 1000))
        if event.critical_error:
            add(tallies, CRITICAL, sign)
        return ""

    def _reconciled(self, visit: Visit, event: Reconciled, at: int, sign: int) -> Refusal:
        lane = visit.lane
        if lane is None or visit.phase not in ("waiting", "serving"):
            return ""
        self.reconciled += sign
        if visit.phase == "waiting":
            if not visit.outbound:
                add(lane.cell("").at(at), LEFT["unknown"], sign)
                _step_down(lane.waited, visit.offered_at, at, sign)
            lane.waiting.pop(visit.key, None)
        else:
            _step_down(lane.served, visit.answered_at, at, sign)
            lane.serving.pop(visit.key, None)
            if visit.agent:
                self._mark(visit, event, at, sign, "finish")
        visit.phase = "lost" if visit.phase == "serving" else "left"
        return ""

    def _book_mix(self, visit: Visit, tallies: tuple[Tally, ...], handle: int, sign: int) -> None:
        assert visit.lane is not None
        mix = self.mixes.number(visit.topic, visit.lane.channel, visit.lane.settings.line)
        add_work(tallies, mix, sign)
        self.mixes.book(mix, handle, sign)

    def _mark(self, visit: Visit, event: ev.OfContact, at: int, sign: int, doing: Doing) -> None:
        if not visit.agent or visit.lane is None:
            return
        agent = self._roster.agent(visit.agent)
        mark = Mark(
            at,
            _RANK[doing],
            event.id + doing,
            doing,
            visit.key,
            visit.lane.channel in DIGITAL,
            visit.lane.queue,
        )
        if sign > 0:
            self._roster.put(agent, mark)
        else:
            self._roster.remove(agent, mark)


def _step_down(level: Level, up_at: int, at: int, sign: int) -> None:
    """One less; who went up in the same instant was never there."""
    if at == up_at:
        level.up(at, -sign)
    else:
        level.down(at, sign)


_RANK: dict[str, int] = {"state": 0, "begin": 1, "hold": 2, "resume": 3, "end": 4, "finish": 5}
