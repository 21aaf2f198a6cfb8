"""The centre at work: a discrete-event simulation of one day, a pure function of the seed and the date.

Customers wait, agents with the skill take them, some hang up first. `simulate` gives the records of all
contacts of that day, those that end after midnight included; mail and social of after the cut-off are the
next day's.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from random import Random

from collectors.demo.arrivals import Arrival, arrivals, is_late_written, stream
from collectors.demo.centre import QUEUES, Agent
from collectors.demo.conversation import Traits, conversation, opinions, outcome, patience, ring, traits
from collectors.demo.records import Records, StateChange, Visit
from collectors.demo.roster import Duty, Pause, roster
from collectors.demo.siteday import MINUTE, SiteDay
from monitor.events import AgentState, LeftReason

SIDE_BY_SIDE = ("chat", "whatsapp")
"""Channels of which an agent serves several customers at once."""
AT_ONCE = 3
PULLED = ("mail", "social")
"""Work an agent takes up after a breather, when nobody is waiting on the line."""
OVERFLOW_AFTER = 4 * MINUTE
CALLBACK_AFTER = 75_000
CALLBACK_SHARE = 0.22
CHAT_TIMEOUT = 12 * MINUTE
TEXT_BACK_BEFORE = 20.0


@dataclass(slots=True)
class Desk:
    """An agent on duty."""

    duty: Duty
    traits: Traits
    state: AgentState = "available"
    load: list[Visit] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    leaving: bool = False
    idle_since: int = 0
    breather_until: int = 0

    @property
    def agent(self) -> Agent:
        return self.duty.agent


def visit_of(arrival: Arrival) -> Visit:
    """The first visit of a contact."""
    channel = QUEUES[arrival.queue].channel
    return Visit(arrival.contact, 1, arrival.queue, channel, arrival.topic, arrival.customer, arrival.at)


@lru_cache(maxsize=4)
def simulate(seed: int, day: SiteDay) -> Records:
    """The records of one day; the same for the same seed and day. Not to be changed by the caller."""
    return Simulation(seed, day).run()


class Simulation:
    """One day in the making. Every action is a function on a heap of instants."""

    def __init__(self, seed: int, day: SiteDay) -> None:
        self.seed, self.day = seed, day
        self.now = day.begins
        self.records = Records()
        self._heap: list[tuple[int, int, Callable[[], object]]] = []
        self._serial = 0
        self._waiting: dict[str, list[Visit]] = {queue: [] for queue in QUEUES}
        self._desks: dict[str, list[Desk]] = {queue: [] for queue in QUEUES}
        self._random: dict[str, Random] = {}
        self._visits_of: dict[str, int] = {}
        self._returned = 0

    def run(self) -> Records:
        self._plan_outage()
        for duty in roster(self.seed, self.day):
            self._at(duty.begins, partial(self._sign_in, duty))
        yesterday = self.day.before()
        for arrival in arrivals(self.seed, yesterday):
            if is_late_written(arrival, yesterday):
                self._at(self.day.begins, partial(self._offer, visit_of(arrival)))
        for arrival in arrivals(self.seed, self.day):
            if not is_late_written(arrival, self.day):
                self._at(arrival.at, partial(self._arrive, arrival))
        for queue, definition in QUEUES.items():
            if definition.line == 2:
                self._at(self.day.at(definition.closes + 0.75), partial(self._send_home, queue, "empty"))
        while self._heap:
            self.now, _, act = heapq.heappop(self._heap)
            act()
        return self.records

    def _at(self, at: int, act: Callable[[], object]) -> None:
        self._serial += 1
        heapq.heappush(self._heap, (at, self._serial, act))

    def random_of(self, contact: str) -> Random:
        """The contact's own random numbers."""
        if contact not in self._random:
            self._random[contact] = stream(self.seed, self.day, "contact", contact)
        return self._random[contact]

    # The customer's side.

    def _arrive(self, arrival: Arrival) -> None:
        visit = visit_of(arrival)
        random = self.random_of(arrival.contact)
        definition = QUEUES[visit.queue]
        if self._chat_is_out() and visit.queue == "chat":
            visit = self._instead_of_chat(visit, random)
        elif definition.channel == "voice" and random.random() < 0.012:
            visit.left_at, visit.left_reason = visit.offered_at, "before_queue"
            self.records.visits.append(visit)
            return
        self._offer(visit)
        if not definition.opens <= self.day.hour(visit.offered_at) < definition.closes:
            self._at(self.now + random.randint(8_000, 25_000), lambda: self._leave(visit, "voicemail"))

    def _offer(self, visit: Visit) -> None:
        self._visits_of[visit.contact] = visit.number
        self.records.visits.append(visit)
        self._waiting[visit.queue].append(visit)
        self._plan_leaving(visit)
        self._seek_desk(visit)

    def _plan_leaving(self, visit: Visit) -> None:
        random = self.random_of(visit.contact)
        gives_up = patience(random, visit.channel)
        if gives_up is not None:
            self._at(self.now + gives_up, lambda: self._leave(visit, "abandoned"))
        if visit.queue in ("bestellingen", "facturen"):
            self._at(self.now + OVERFLOW_AFTER, lambda: self._move_on(visit, "overflow", "klantenservice"))
        if visit.channel == "chat":
            self._at(self.now + CHAT_TIMEOUT, lambda: self._leave(visit, "timeout"))
        if visit.channel == "voice" and QUEUES[visit.queue].line == 1 and random.random() < CALLBACK_SHARE:
            self._at(self.now + CALLBACK_AFTER + random.randint(0, 60_000), lambda: self._ask_callback(visit))

    def _leave(self, visit: Visit, reason: LeftReason) -> bool:
        """The visit ends without an answer, if it still waits."""
        if visit.answered_at is not None or visit.left_at is not None:
            return False
        visit.left_at, visit.left_reason = self.now, reason
        if visit in self._waiting[visit.queue]:
            self._waiting[visit.queue].remove(visit)
        return True

    def _move_on(self, visit: Visit, reason: LeftReason, queue: str) -> None:
        if self._leave(visit, reason):
            self._offer(self.next_visit(visit, queue, self.now))

    def _ask_callback(self, visit: Visit) -> None:
        if 8 <= self.day.hour(self.now) < TEXT_BACK_BEFORE and self.now < self.day.ends:
            self._move_on(visit, "callback", "terugbellen")

    def _send_home(self, queue: str, reason: LeftReason) -> None:
        for visit in list(self._waiting[queue]):
            self._leave(visit, reason)

    def next_visit(self, visit: Visit, queue: str, at: int, *, transferred_in: bool = False) -> Visit:
        """The same contact in another queue."""
        return Visit(
            contact=visit.contact,
            number=self._visits_of[visit.contact] + 1,
            queue=queue,
            channel=QUEUES[queue].channel,
            topic=visit.topic,
            customer=visit.customer,
            offered_at=at,
            transferred_in=transferred_in,
        )

    def _come_back(self, visit: Visit, at: int, queue: str) -> None:
        """The customer's question was not solved: a new contact of the same customer, later on the day."""
        definition = QUEUES[queue]
        if at >= self.day.at(22.5) or not definition.opens <= self.day.hour(at) < definition.closes:
            return
        if definition.channel in PULLED and at >= self.day.at(TEXT_BACK_BEFORE):
            return
        self._returned += 1
        contact = f"{self.day.date:%y%m%d}-r{self._returned}"
        again = Visit(contact, 1, queue, definition.channel, visit.topic, visit.customer, at)
        if definition.channel == "mail" and visit.channel == "mail":
            again.repeats = visit.contact
        self._at(at, lambda: self._offer(again))

    # The outage.

    def _plan_outage(self) -> None:
        random = stream(self.seed, self.day, "outage")
        begins = self.day.at(13) + random.randint(0, 45 * MINUTE)
        self.records.outage = (begins, begins + random.randint(24 * MINUTE, 36 * MINUTE))
        self._at(begins, self._begin_outage)

    def _chat_is_out(self) -> bool:
        begins, ends = self.records.outage
        return begins <= self.now < ends

    def _begin_outage(self) -> None:
        for visit in list(self._waiting["chat"]):
            self._leave(visit, "closed")
            self._come_back(visit, self.now + self.random_of(visit.contact).randint(1, 5) * MINUTE, "klantenservice")
        for desk in {id(desk): desk for desk in self._desks["chat"]}.values():
            for visit in [visit for visit in desk.load if visit.channel == "chat" and visit.ended_at is None]:
                if visit.answered_at is not None:
                    self._end(desk, visit, cut_off=True)

    def _instead_of_chat(self, visit: Visit, random: Random) -> Visit:
        queue = random.choices(("bestellingen", "klantenservice", "whatsapp"), (3, 2, 3))[0]
        return replace(visit, queue=queue, channel=QUEUES[queue].channel)

    # The agent's side.

    def _sign_in(self, duty: Duty) -> None:
        desk = Desk(duty, traits(self.seed, duty.agent), pauses=list(duty.pauses), idle_since=self.now)
        for skill in duty.agent.skills:
            self._desks[skill].append(desk)
        self._set_state(desk, "available")
        for pause in duty.pauses:
            self._at(pause.at, lambda: self._free(desk))
        self._at(duty.ends, lambda: self._end_duty(desk))
        self._free(desk)

    def _set_state(self, desk: Desk, state: AgentState, reason: str = "") -> None:
        desk.state = state
        self.records.states.append(StateChange(self.now, desk.agent.id, state, reason))

    def _end_duty(self, desk: Desk) -> None:
        desk.leaving = True
        self._free(desk)

    def _may_go(self, desk: Desk) -> bool:
        stays = desk.agent.crew == "closing"
        return not (stays and any(self._waiting[skill] for skill in desk.agent.skills))

    def _free(self, desk: Desk) -> None:
        """Decide what a desk does next: go home, rest, or take the next customer."""
        if desk.state != "available":
            return
        if not desk.load:
            if desk.leaving and self._may_go(desk):
                self._sign_out(desk)
                return
            if desk.pauses and desk.pauses[0].at <= self.now and not desk.leaving:
                self._rest(desk, desk.pauses.pop(0))
                return
        while (visit := self._next_for(desk)) is not None:
            self._assign(desk, visit)
            if desk.state != "available":
                return
        if desk.leaving and not desk.load:
            self._at(self.now + MINUTE, lambda: self._free(desk))

    def _sign_out(self, desk: Desk) -> None:
        for skill in desk.agent.skills:
            self._desks[skill].remove(desk)
        self._set_state(desk, "offline")

    def _rest(self, desk: Desk, pause: Pause) -> None:
        self._set_state(desk, pause.state, pause.reason)
        self._at(self.now + pause.lasts, lambda: self._return(desk))

    def _return(self, desk: Desk) -> None:
        self._set_state(desk, "available")
        desk.idle_since = self.now
        self._free(desk)

    def _can_take(self, desk: Desk, visit: Visit) -> bool:
        if desk.state != "available" or (desk.leaving and desk.agent.crew != "closing"):
            return False
        if not desk.load:
            return visit.channel not in PULLED or self.now >= desk.breather_until
        if desk.pauses and desk.pauses[0].at <= self.now:
            return False
        together = visit.channel in SIDE_BY_SIDE and all(other.channel in SIDE_BY_SIDE for other in desk.load)
        return together and len(desk.load) < AT_ONCE

    def _seek_desk(self, visit: Visit) -> None:
        able = [desk for desk in self._desks[visit.queue] if self._can_take(desk, visit)]
        if able:
            own = visit.queue
            desk = min(able, key=lambda desk: (len(desk.load), desk.agent.skills[0] != own, desk.idle_since))
            self._assign(desk, visit)

    def _next_for(self, desk: Desk) -> Visit | None:
        """The visit that has used most of its time, an agent's own queue first among equals."""
        best: tuple[float, Visit] | None = None
        for place, skill in enumerate(desk.agent.skills):
            if not self._waiting[skill] or not self._can_take(desk, self._waiting[skill][0]):
                continue
            first = self._waiting[skill][0]
            urgency = (self.now - first.offered_at + 1000) / QUEUES[skill].within_seconds / (1 if place == 0 else 1.6)
            if best is None or urgency > best[0]:
                best = (urgency, first)
        return best[1] if best else None

    def _assign(self, desk: Desk, visit: Visit) -> None:
        self._waiting[visit.queue].remove(visit)
        desk.load.append(visit)
        random = self.random_of(visit.contact)
        rings, hears = ring(random, visit.channel)
        if visit.channel in ("voice", "video"):
            self._set_state(desk, "ringing")
        self._at(self.now + rings, lambda: self._answer(desk, visit) if hears else self._miss(desk, visit))

    def _miss(self, desk: Desk, visit: Visit) -> None:
        """It rang and nobody took it: the customer keeps the place in the queue, the agent is set aside."""
        desk.load.remove(visit)
        self._set_state(desk, "other_work", "niet opgenomen")
        self._at(self.now + MINUTE, lambda: self._return(desk))
        if visit.left_at is None:
            self._waiting[visit.queue].insert(0, visit)
            self._seek_desk(visit)

    def _answer(self, desk: Desk, visit: Visit) -> None:
        if desk.state == "ringing":
            self._set_state(desk, "available")
        if visit.left_at is not None:
            desk.load.remove(visit)
            self._free(desk)
            return
        visit.answered_at, visit.agent = self.now, desk.agent.id
        beside = sum(other.ended_at is None for other in desk.load) - 1
        course = conversation(self.random_of(visit.contact), visit, desk.traits, beside)
        visit.holds = [(self.now + begins, self.now + ends) for begins, ends in course.holds]
        if visit.channel in PULLED:
            visit.first_response_at = self.now + course.talk
        self._at(self.now + course.talk, lambda: self._end(desk, visit))

    def _end(self, desk: Desk, visit: Visit, *, cut_off: bool = False) -> None:
        if visit.ended_at is not None or visit.answered_at is None:
            return
        visit.ended_at = self.now
        random = self.random_of(visit.contact)
        ending = outcome(random, visit, desk.traits, may_pass_on=self._second_line_is_open())
        visit.ended_by = "system" if cut_off else ending.ended_by
        if cut_off:
            self._come_back(visit, self.now + random.randint(40, 240) * 1000, "klantenservice")
        elif ending.to:
            visit.transferred_to = ending.to
            self._offer(self.next_visit(visit, ending.to, self.now, transferred_in=True))
        elif ending.back_after is not None:
            self._come_back(visit, self.now + ending.back_after, ending.back_on)
        self.records.opinions += opinions(random, visit, desk.traits, ending.solved, self.day)
        self._at(self.now + ending.wrap_up, lambda: self._wrap_up(desk, visit))

    def _second_line_is_open(self) -> bool:
        return 8.25 <= self.day.hour(self.now) < 19.75

    def _wrap_up(self, desk: Desk, visit: Visit) -> None:
        visit.wrapped_at = self.now
        desk.load.remove(visit)
        desk.idle_since = self.now
        if visit.channel in PULLED:
            breather = int(min(self.random_of(visit.contact).expovariate(1 / 45_000), 4 * MINUTE))
            desk.breather_until = self.now + breather
            self._at(desk.breather_until, lambda: self._free(desk))
        self._free(desk)
