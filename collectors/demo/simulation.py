"""The customers of one day: a discrete-event simulation, a pure function of the seed and the date.

They come, wait on the floor, give up, overflow, ask to be called back, are passed on and come back when it was
not solved; once a day the chat fails. `simulate` gives the records of all contacts of that day, those that end
after midnight included; mail and social of after the cut-off are the next day's.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from random import Random

from collectors.demo.agenda import Agenda
from collectors.demo.arrivals import WRITTEN_CUTOFF, Arrival, arrivals, is_late_written, stream
from collectors.demo.centre import FIRST_LINE, QUEUES
from collectors.demo.conversation import Traits, opinions, outcome, patience
from collectors.demo.floor import PULLED, Floor
from collectors.demo.records import Records, Visit
from collectors.demo.roster import roster
from collectors.demo.siteday import MINUTE, SiteDay
from monitor.events import LeftReason

OVERFLOW_AFTER = 150_000
OVERFLOWING = ("bestellingen", "facturen")
CALLBACK_AFTER = 60_000
CALLBACK_SHARE = 0.3
CALLBACK_HOURS = (8.0, 20.0)
CHAT_TIMEOUT = 12 * MINUTE
LAST_RETURN = 22.5
"""Who would come back later than this hour does not come back on the same day."""
IN_THE_MENU = 0.012
"""Share of the callers who hang up before they have chosen."""


def visit_of(arrival: Arrival) -> Visit:
    """The first visit of a contact."""
    channel = QUEUES[arrival.queue].channel
    return Visit(arrival.contact, 1, arrival.queue, channel, arrival.topic, arrival.customer, arrival.at)


@lru_cache(maxsize=4)
def simulate(seed: int, day: SiteDay) -> Records:
    """The records of one day; the same for the same seed and day. Not to be changed by the caller."""
    return Simulation(seed, day).run()


class Simulation:
    """One day in the making."""

    def __init__(self, seed: int, day: SiteDay) -> None:
        self._seed, self._day = seed, day
        self._records = Records()
        self._agenda = Agenda(day.begins)
        self._floor = Floor(seed, self._agenda, self._records, self._random_of, self._after_conversation)
        self._random: dict[str, Random] = {}
        self._visits_of: dict[str, int] = {}
        self._returned = 0

    def run(self) -> Records:
        self._plan_outage()
        for duty in roster(self._seed, self._day):
            self._agenda.at(duty.begins, partial(self._floor.sign_in, duty))
        yesterday = self._day.before()
        for arrival in arrivals(self._seed, yesterday):
            if is_late_written(arrival, yesterday):
                self._agenda.at(self._day.begins, partial(self._offer, visit_of(arrival)))
        for arrival in arrivals(self._seed, self._day):
            if not is_late_written(arrival, self._day):
                self._agenda.at(arrival.at, partial(self._arrive, visit_of(arrival)))
        for queue, definition in QUEUES.items():
            if definition.line == 2:
                self._agenda.at(self._day.at(definition.closes + 0.75), partial(self._send_home, queue))
        self._agenda.run()
        return self._records

    def _random_of(self, contact: str) -> Random:
        """The contact's own random numbers: what happens to one changes nothing in another's luck."""
        if contact not in self._random:
            self._random[contact] = stream(self._seed, self._day, "contact", contact)
        return self._random[contact]

    def _is_open(self, queue: str, at: int) -> bool:
        return QUEUES[queue].opens <= self._day.hour(at) < QUEUES[queue].closes

    def _arrive(self, visit: Visit) -> None:
        random = self._random_of(visit.contact)
        if visit.queue == "chat" and self._chat_is_out():
            visit = _instead_of_chat(visit, random)
        elif visit.queue in FIRST_LINE and random.random() < IN_THE_MENU:
            visit.left_at, visit.left_reason = visit.offered_at, "before_queue"
            self._records.visits.append(visit)
            return
        self._offer(visit)
        if not self._is_open(visit.queue, visit.offered_at):
            self._plan_leaving(visit, random.randint(8_000, 25_000), "voicemail")

    def _offer(self, visit: Visit) -> None:
        self._visits_of[visit.contact] = visit.number
        self._records.visits.append(visit)
        self._plan_impatience(visit)
        self._floor.join(visit)

    def _plan_impatience(self, visit: Visit) -> None:
        random, now = self._random_of(visit.contact), self._agenda.now
        gives_up = patience(random, visit.channel)
        if gives_up is not None:
            self._plan_leaving(visit, gives_up, "abandoned")
        if visit.channel == "chat":
            self._plan_leaving(visit, CHAT_TIMEOUT, "timeout")
        if visit.queue in OVERFLOWING:
            self._agenda.at(now + OVERFLOW_AFTER, lambda: self._move_on(visit, "overflow", "klantenservice"))
        first_line = visit.channel == "voice" and QUEUES[visit.queue].line == 1
        if first_line and random.random() < CALLBACK_SHARE:
            self._agenda.at(now + CALLBACK_AFTER + random.randint(0, 60_000), lambda: self._ask_callback(visit))

    def _plan_leaving(self, visit: Visit, after: int, reason: LeftReason) -> None:
        self._agenda.at(self._agenda.now + after, lambda: self._floor.leave(visit, reason))

    def _move_on(self, visit: Visit, reason: LeftReason, queue: str) -> None:
        if self._floor.leave(visit, reason):
            self._offer(self._next_visit(visit, queue))

    def _ask_callback(self, visit: Visit) -> None:
        opens, closes = CALLBACK_HOURS
        if opens <= self._day.hour(self._agenda.now) < closes:
            self._move_on(visit, "callback", "terugbellen")

    def _send_home(self, queue: str) -> None:
        for visit in list(self._floor.waiting[queue]):
            self._floor.leave(visit, "empty")

    def _next_visit(self, visit: Visit, queue: str, *, transferred_in: bool = False) -> Visit:
        """The same contact in another queue, from now on."""
        return replace(
            visit_like(visit, queue, self._agenda.now),
            contact=visit.contact,
            number=self._visits_of[visit.contact] + 1,
            transferred_in=transferred_in,
        )

    def _come_back(self, visit: Visit, after: int, queue: str) -> None:
        """A new contact of the same customer about the same, later on the day."""
        at = self._agenda.now + after
        late = self._day.at(WRITTEN_CUTOFF if QUEUES[queue].channel in PULLED else LAST_RETURN)
        if at >= late or not self._is_open(queue, at):
            return
        self._returned += 1
        again = replace(visit_like(visit, queue, at), contact=f"{self._day.date:%y%m%d}-r{self._returned}")
        if visit.channel == again.channel == "mail":
            again.repeats = visit.contact
        self._agenda.at(at, lambda: self._arrive(again))

    def _after_conversation(self, visit: Visit, traits: Traits, *, cut_off: bool) -> int:
        random = self._random_of(visit.contact)
        ending = outcome(random, visit, traits, may_pass_on=self._second_line_is_open() and not cut_off)
        visit.ended_by = "system" if cut_off else ending.ended_by
        if cut_off:
            self._come_back(visit, random.randint(40, 240) * 1000, "klantenservice")
        elif ending.to:
            visit.transferred_to = ending.to
            self._offer(self._next_visit(visit, ending.to, transferred_in=True))
        elif ending.back_after is not None:
            self._come_back(visit, ending.back_after, ending.back_on)
        self._records.opinions += opinions(random, visit, traits, ending.solved and not cut_off, self._day)
        return ending.wrap_up

    def _second_line_is_open(self) -> bool:
        return 8.25 <= self._day.hour(self._agenda.now) < 19.75

    def _plan_outage(self) -> None:
        random = stream(self._seed, self._day, "outage")
        begins = self._day.at(13) + random.randint(0, 45 * MINUTE)
        self._records.outage = (begins, begins + random.randint(24 * MINUTE, 36 * MINUTE))
        self._agenda.at(begins, self._begin_outage)

    def _chat_is_out(self) -> bool:
        begins, ends = self._records.outage
        return begins <= self._agenda.now < ends

    def _begin_outage(self) -> None:
        """Those who wait are turned away and those in a chat cut off; most of them call."""
        for visit in list(self._floor.waiting["chat"]):
            if self._floor.leave(visit, "closed"):
                self._come_back(visit, self._random_of(visit.contact).randint(1, 5) * MINUTE, "klantenservice")
        self._floor.cut_off("chat")


def visit_like(visit: Visit, queue: str, at: int) -> Visit:
    """A first visit of the same customer about the same, in another queue."""
    return Visit(visit.contact, 1, queue, QUEUES[queue].channel, visit.topic, visit.customer, at)


def _instead_of_chat(visit: Visit, random: Random) -> Visit:
    queue = random.choices(("bestellingen", "klantenservice", "whatsapp"), (3, 2, 3))[0]
    return visit_like(visit, queue, visit.offered_at)
