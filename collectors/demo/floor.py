"""The floor: who waits, who is on duty, and who takes whom.

A visit goes to the free agent with the skill who has been idle longest, an agent to the visit that has used
most of its time. Chat and WhatsApp are served side by side; mail and social are taken up when there is time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from collectors.demo.agenda import Agenda
from collectors.demo.centre import QUEUES, Agent
from collectors.demo.conversation import Traits, conversation, ring, traits
from collectors.demo.records import Records, StateChange, Visit
from collectors.demo.roster import Duty, Pause
from collectors.demo.siteday import MINUTE
from monitor.events import AgentState, LeftReason

SIDE_BY_SIDE = ("chat", "whatsapp")
"""Channels of which an agent serves several customers at once."""
AT_ONCE = 3
PULLED = ("mail", "social")
"""Work an agent takes up after a breather, when nobody is waiting on the line."""
SPARE = 3
"""Those whose own queue is live take up written work only while so many of them are free."""


@dataclass(slots=True)
class Desk:
    """An agent on duty."""

    duty: Duty
    traits: Traits
    idle_since: int
    pauses: list[Pause]
    state: AgentState = "available"
    load: list[Visit] = field(default_factory=list)
    leaving: bool = False
    breather_until: int = 0

    @property
    def agent(self) -> Agent:
        return self.duty.agent

    def wants_rest(self, now: int) -> bool:
        return bool(self.pauses) and self.pauses[0].at <= now and not self.leaving


class AfterConversation(Protocol):
    """What the end of a conversation sets going."""

    def __call__(self, visit: Visit, traits: Traits, *, cut_off: bool) -> int:
        """Fill in how it ended and return the milliseconds of wrap-up."""


class Floor:
    """Everybody on duty and everybody waiting. `random_of` gives a contact's own random numbers."""

    def __init__(
        self,
        seed: int,
        agenda: Agenda,
        records: Records,
        random_of: Callable[[str], Random],
        after_conversation: AfterConversation,
    ) -> None:
        self.waiting: dict[str, list[Visit]] = {queue: [] for queue in QUEUES}
        self._desks: dict[str, list[Desk]] = {queue: [] for queue in QUEUES}
        self._seed, self._agenda, self._records = seed, agenda, records
        self._random_of, self._after_conversation = random_of, after_conversation

    def join(self, visit: Visit) -> None:
        """A customer joins a queue."""
        self.waiting[visit.queue].append(visit)
        self._seek_desk(visit)

    def leave(self, visit: Visit, reason: LeftReason) -> bool:
        """The visit ends without an answer, if it still waits; it may be ringing at a desk."""
        if visit.answered_at is not None or visit.left_at is not None:
            return False
        visit.left_at, visit.left_reason = self._agenda.now, reason
        if visit in self.waiting[visit.queue]:
            self.waiting[visit.queue].remove(visit)
        return True

    def cut_off(self, channel: str) -> None:
        """Every conversation on a channel breaks off."""
        for desk in {desk.agent.id: desk for desks in self._desks.values() for desk in desks}.values():
            for visit in list(desk.load):
                if visit.channel == channel and visit.answered_at is not None and visit.ended_at is None:
                    self._end(desk, visit, cut_off=True)

    def sign_in(self, duty: Duty) -> None:
        """An agent's working day begins, and with it what is planned for that day."""
        now = self._agenda.now
        desk = Desk(duty, traits(self._seed, duty.agent), now, list(duty.pauses))
        for skill in duty.agent.skills:
            self._desks[skill].append(desk)
        self._set_state(desk, "available")
        for pause in duty.pauses:
            self._agenda.at(pause.at, lambda: self._free(desk))
        self._agenda.at(duty.ends, lambda: self._end_duty(desk))
        self._free(desk)

    def _set_state(self, desk: Desk, state: AgentState, reason: str = "") -> None:
        desk.state = state
        self._records.states.append(StateChange(self._agenda.now, desk.agent.id, state, reason))

    def _end_duty(self, desk: Desk) -> None:
        desk.leaving = True
        self._free(desk)

    def _may_go(self, desk: Desk) -> bool:
        """The closing crew stays until nobody waits."""
        return desk.agent.crew != "closing" or not any(self.waiting[skill] for skill in desk.agent.skills)

    def _free(self, desk: Desk) -> None:
        """Decide what an agent does next: go home, rest, or take the next customers."""
        now = self._agenda.now
        if desk.state != "available":
            return
        if not desk.load and desk.leaving and self._may_go(desk):
            self._sign_out(desk)
            return
        if not desk.load and desk.wants_rest(now):
            self._rest(desk, desk.pauses.pop(0))
            return
        while desk.state == "available" and (visit := self._next_for(desk)) is not None:
            self._assign(desk, visit)
        if desk.leaving and not desk.load:
            self._agenda.at(now + MINUTE, lambda: self._free(desk))

    def _sign_out(self, desk: Desk) -> None:
        for skill in desk.agent.skills:
            self._desks[skill].remove(desk)
        self._set_state(desk, "offline")

    def _rest(self, desk: Desk, pause: Pause) -> None:
        self._set_state(desk, pause.state, pause.reason)
        self._agenda.at(self._agenda.now + pause.lasts, lambda: self._return(desk))

    def _return(self, desk: Desk) -> None:
        self._set_state(desk, "available")
        desk.idle_since = self._agenda.now
        self._free(desk)

    def _can_take(self, desk: Desk, visit: Visit) -> bool:
        if desk.state != "available" or (desk.leaving and desk.agent.crew != "closing"):
            return False
        if not desk.load:
            return visit.channel not in PULLED or self._has_time_to_write(desk)
        if desk.wants_rest(self._agenda.now):
            return False
        together = visit.channel in SIDE_BY_SIDE and all(other.channel in SIDE_BY_SIDE for other in desk.load)
        return together and len(desk.load) < AT_ONCE

    def _has_time_to_write(self, desk: Desk) -> bool:
        own = desk.agent.skills[0]
        rested = self._agenda.now >= desk.breather_until
        if desk.leaving or QUEUES[own].channel in PULLED:
            return rested
        free = sum(other.state == "available" and not other.load for other in self._desks[own])
        return rested and free >= SPARE

    def _seek_desk(self, visit: Visit) -> None:
        able = [desk for desk in self._desks[visit.queue] if self._can_take(desk, visit)]
        if able:
            own = visit.queue
            self._assign(
                min(able, key=lambda desk: (len(desk.load), desk.agent.skills[0] != own, desk.idle_since)), visit
            )

    def _next_for(self, desk: Desk) -> Visit | None:
        """The visit that has used most of its time, an agent's own queue before others."""
        best: tuple[float, Visit] | None = None
        for place, skill in enumerate(desk.agent.skills):
            if not self.waiting[skill] or not self._can_take(desk, first := self.waiting[skill][0]):
                continue
            used = (self._agenda.now - first.offered_at + 1000) / QUEUES[skill].within_seconds
            urgency = used if place == 0 else used / 1.6
            if best is None or urgency > best[0]:
                best = (urgency, first)
        return best[1] if best else None

    def _assign(self, desk: Desk, visit: Visit) -> None:
        self.waiting[visit.queue].remove(visit)
        desk.load.append(visit)
        rings, hears = ring(self._random_of(visit.contact), visit.channel)
        if visit.channel not in SIDE_BY_SIDE and visit.channel not in PULLED:
            self._set_state(desk, "ringing")
        answer = self._answer if hears else self._miss
        self._agenda.at(self._agenda.now + rings, lambda: answer(desk, visit))

    def _miss(self, desk: Desk, visit: Visit) -> None:
        """It rang and nobody took it: the customer keeps the place in the queue, the agent is set aside."""
        desk.load.remove(visit)
        self._set_state(desk, "other_work", "niet opgenomen")
        self._agenda.at(self._agenda.now + MINUTE, lambda: self._return(desk))
        if visit.left_at is None:
            self.waiting[visit.queue].insert(0, visit)
            self._seek_desk(visit)

    def _answer(self, desk: Desk, visit: Visit) -> None:
        now = self._agenda.now
        if desk.state == "ringing":
            self._set_state(desk, "available")
        if visit.left_at is not None:
            desk.load.remove(visit)
            self._free(desk)
            return
        visit.answered_at, visit.agent = now, desk.agent.id
        beside = sum(other.ended_at is None for other in desk.load) - 1
        course = conversation(self._random_of(visit.contact), visit, desk.traits, beside)
        visit.holds = [(now + begins, now + ends) for begins, ends in course.holds]
        if visit.channel in PULLED:
            visit.first_response_at = now + course.talk
        self._agenda.at(now + course.talk, lambda: self._end(desk, visit))

    def _end(self, desk: Desk, visit: Visit, *, cut_off: bool = False) -> None:
        if visit.ended_at is not None:
            return
        visit.ended_at = self._agenda.now
        wrap_up = self._after_conversation(visit, desk.traits, cut_off=cut_off)
        self._agenda.at(visit.ended_at + wrap_up, lambda: self._wrap_up(desk, visit))

    def _wrap_up(self, desk: Desk, visit: Visit) -> None:
        now = self._agenda.now
        visit.wrapped_at = desk.idle_since = now
        desk.load.remove(visit)
        if visit.channel in PULLED:
            breather = min(self._random_of(visit.contact).expovariate(1 / 45_000), 4 * MINUTE)
            desk.breather_until = now + int(breather)
            self._agenda.at(desk.breather_until, lambda: self._free(desk))
        self._free(desk)
