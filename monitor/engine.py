"""The engine: a pure function of events and time. No I/O, no wall clock, no randomness.

`apply(event)` books one event and never raises: what cannot be is counted by reason. `advance(now)` moves the
clock. `figures()` gives the picture at that instant, `whole()` everything ever applied. The same set of events
gives the same figures, in any order within the lateness allowed, one by one or in batches, live or replayed.

Bounds: the last 2 x `IDENTITIES_KEPT` event ids (older duplicates are met as contradictions or orphans), visits
in progress and those that ended within the lateness allowed, where the answered ones of `CREDITS_KEPT` names
(monitor/credits.py) are booked, `VISITS_MAX` visits of `TOLD_MAX` events, `VISITS_OF_CONTACT` visits of a contact,
`QUEUES_MAX` queues, `AGENTS_MAX` agents, `TEAMS_MAX` teams, `GROUPS_MAX` groups, `SOURCES_MAX` sources and
`KINDS_MAX` kinds of work.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

from monitor import events as ev
from monitor.contacts import Contacts
from monitor.credits import Credits
from monitor.customers import Customers
from monitor.figures import Behind, SiteFigures, Thanks, Whole, keeps_up
from monitor.instants import DAY, EARLIEST, HOUR, LATEST, MINUTE, SECOND, SiteDays, to_instant, to_microseconds
from monitor.lane import Lanes
from monitor.life import OVER, Key, Lives, Reconciled, Told, Visit, credited_visit
from monitor.picture import Picture, Plan
from monitor.roster import Mark, Roster
from monitor.settings import BoardDefinition, Queue, Site, Team
from monitor.sources import Sources
from monitor.tally import COMPLIMENTS, add

_AFTERWARDS = (ev.FeedbackAsked, ev.FeedbackGiven, ev.ContactReviewed)
_LIFE_ORDER = ev.LIFE_ORDER
IDENTITIES_KEPT = 500_000
LONG_KEPT = 35 * DAY
"""A small centre never reaches these numbers, and yet must not grow for ever: neither is kept for longer than twice
this, nor a customer who does not come back."""
VISITS_MAX = 500_000
QUEUES_MAX = 5_000
AGENTS_MAX = 100_000
TEAMS_MAX = 1_000
"""Told by events, beside those of the configuration; an agent of one more stays in the team it was in."""
SOURCES_MAX = 1_000
TOLD_MAX = 1_000
"""Events of one visit."""
_DAYS_KEPT = 2
_THANKS_KEPT = 50
_TIDY_EVERY = 2_000


class Engine:
    """The state of one centre. `teams` says which agents belong together, `boards` which queues a board pools."""

    def __init__(
        self,
        site: Site,
        queues: Mapping[str, Queue] | None = None,
        teams: Mapping[str, Team] | None = None,
        boards: Mapping[str, BoardDefinition] | None = None,
        *,
        keep_all: bool = False,
    ) -> None:
        """`keep_all` keeps every day, for reports over a long period."""
        self.lateness = round(site.lateness_seconds * SECOND)
        self.keep_all = keep_all
        self.has_history = False
        """Whether somebody keeps what is booked, and settles it (monitor/history)."""
        self.days = SiteDays(site.time_zone)
        self.lanes = Lanes(dict(queues or {}), self.days)
        of_agent = {agent: name for name, team in (teams or {}).items() for agent in team.agents}
        self.roster = Roster(of_agent, self.days)
        self._contacts = Contacts()
        self.customers = Customers()
        self.lives = Lives(self.days, self.lanes, self.roster, self._contacts, self.customers)
        self.sources = Sources()
        self.thanks: deque[Thanks] = deque(maxlen=_THANKS_KEPT)
        self.now = 0
        self.newest = 0
        self.oldest: int | None = None
        self.read = 0
        self.applied = 0
        self.rejected: Counter[str] = Counter()
        self.late = 0
        self.out_of_order = 0
        self.behind = 0
        self._roster_tidied = 0
        self._visits: dict[str, Visit] = {}
        self._credits = Credits()
        self._closing: deque[tuple[int, str]] = deque()
        self._identities: set[bytes] = set()
        self._older_identities: set[bytes] = set()
        self._identities_since = 0
        self._apart: dict[type[ev.Happening], Callable[[Any, int], str]] = {
            ev.AgentStateChanged: self._agent,
            ev.SourceStatus: self._status,
            ev.QueueSnapshot: self._snapshot,
            ev.ComplimentGiven: self._compliment,
        }
        self._picture = Picture(self, teams or {}, boards or {})

    def apply(self, event: ev.Event) -> None:
        """Book one event, or count why not."""
        self.read += 1
        identity = _identity(event)
        if identity in self._identities or identity in self._older_identities:
            self.rejected["duplicate"] += 1
            return
        at = to_microseconds(event.at)
        refusal = self._out_of_time(at) or self._one_source_too_many(event.source)
        if refusal:
            self.rejected[refusal] += 1
            return
        self._identities.add(identity)
        self._observe(event, at)
        if isinstance(event, ev.OfContact):
            self._contact(event, at)
        else:
            self._count(self._apart[type(event)](event, at))
        if self.read % _TIDY_EVERY == 0:
            self._tidy()

    def _out_of_time(self, at: int) -> str:
        """Why an instant cannot be booked."""
        if at < EARLIEST:
            return "past"
        ahead = self.now + max(self.lateness, 5 * MINUTE) if self.now else LATEST
        return "future" if at > min(ahead, LATEST) else ""

    def _one_source_too_many(self, source: str) -> str:
        known = source in self.sources.sources or len(self.sources.sources) < SOURCES_MAX
        return "" if known else "too_many_sources"

    def knows(self, event: ev.Event) -> bool:
        """Whether `apply` would meet it as a duplicate."""
        identity = _identity(event)
        return identity in self._identities or identity in self._older_identities

    def forget_identities(self) -> None:
        """For a copy that is told only what this one took in: that has no duplicates of what was before."""
        self._identities, self._older_identities = set(), set()

    def advance(self, now: datetime) -> None:
        """Move the clock to `now`; it never goes back. Sources that are silent too long lose their agents."""
        self.now = max(self.now, to_microseconds(now))
        for source, since in self.sources.gone_silent(self.now):
            self.roster.silence(source, since, f"silent since {since}")
        self._tidy()

    def figures(self, behind: Behind = keeps_up, *, anew: bool = False) -> SiteFigures:
        """The picture at the time of the clock, or of the newest event where that is later. `behind` tells of a source
        whose news is old, although it is heard, of when it is. `anew`: its curves too, which otherwise may be ten
        seconds old."""
        return self._picture.figures(max(self.now, self.newest), behind, anew)

    def measure_boards(self, boards: Mapping[str, BoardDefinition]) -> bool:
        """From now on these are the boards that queues are pooled for; whether that changes a figure."""
        return self._picture.measure(boards)

    def plans(self) -> list[Plan]:
        """Every scope, and what it sums."""
        return self._picture.laid_out()

    def whole(self) -> Whole:
        """Figures over everything applied (with `keep_all`, hours too)."""
        return self._picture.whole(self.oldest, max(self.now, self.newest))

    def _observe(self, event: ev.Event, at: int) -> None:
        """What every event tells apart from its meaning: its source lives, and how old the news is."""
        alive_at = max(at, self.now)
        newest, again = self.sources.hear(event.source, at, alive_at, isinstance(event, ev.SourceStatus))
        if again:
            self.roster.heard(event.source, alive_at, f"heard {alive_at}")
        if at < newest:
            self.out_of_order += 1
            if at < newest - self.lateness:
                self.late += 1
        if type(event) is not ev.SourceStatus:
            self.newest = max(self.newest, at)
            if self.oldest is None or at < self.oldest:
                self.oldest = at
        self.behind = max(0, self.now - at)

    def _count(self, refusal: str, sign: int = 1) -> None:
        if refusal:
            self.rejected[refusal] += sign
        else:
            self.applied += sign

    def _contact(self, event: ev.OfContact, at: int) -> None:
        if isinstance(event, ev.ContactRepeated):
            later = [self._visits[name] for name in self._contacts.visits(event.contact)]
            customer = next((visit.customer for visit in later if visit.customer), "")
            self.customers.same_matter(event.earlier_contact, event.contact, customer)
            self.applied += 1
            return
        visit = self._visit_of(event)
        if visit is None:
            return
        refusal = "too_many_events" if len(visit.told) >= TOLD_MAX else ""
        if visit.told and visit.lane is None:
            refusal = refusal or self._one_queue_too_many(event)
        if refusal:
            self.rejected[refusal] += 1
            return
        if isinstance(event, ev.ContactAnswered) and self._is_one_agent_too_many(event.agent):
            self.rejected["too_many_agents"] += 1
            return
        key = (at, _LIFE_ORDER[type(event)], event.id)
        if not visit.told or key > visit.told[-1].key:
            self._tell(visit, key, event)
        else:
            self._tell_anew(visit, key, event)
        if visit.phase in OVER or visit.phase == "unseen":
            self._closing.append((max(at, self.newest), visit.key))

    def _tell(self, visit: Visit, key: Key, event: ev.OfContact) -> None:
        refusal = self.lives.step(visit, event, key[0], 1)
        visit.told.append(Told(key, event, refusal))
        if type(event) is not Reconciled:
            self._count(refusal)

    def _tell_anew(self, visit: Visit, key: Key, event: ev.OfContact) -> None:
        """An event that belongs before others already told: take the visit back and tell it in order."""
        self.lives.take_back(visit)
        told, visit.told = visit.told, []
        for earlier in told:
            if type(earlier.event) is not Reconciled:
                self._count(earlier.refusal, -1)
        for each in sorted([*told, Told(key, event, "")], key=lambda told: told.key):
            self._tell(visit, each.key, each.event)

    def _visit_of(self, event: ev.OfContact) -> Visit | None:
        """The visit the event speaks of, new when it is the first to do so. A mark or review that names only the
        contact is for its latest answered visit. None when there are too many queues."""
        name = _name(event)
        visit = self._visits.get(name)
        if visit is not None:
            return visit
        if isinstance(event, _AFTERWARDS):
            if not event.visit:
                for earlier in self._contacts.visits(event.contact):
                    if self._visits[earlier].answered_at:
                        return self._visits[earlier]
            credited = self._credits.get(name)
            if credited is not None:
                return credited_visit(name, event.contact, credited)
        refusal = self._too_many(event)
        if refusal:
            self.rejected[refusal] += 1
            return None
        visit = self._visits[name] = Visit(name, event.contact)
        return visit

    def _too_many(self, event: ev.OfContact) -> str:
        """Why a new visit would go beyond a bound."""
        if len(self._visits) >= VISITS_MAX or self._contacts.is_full(event.contact):
            return "too_many_visits"
        return self._one_queue_too_many(event)

    def _one_queue_too_many(self, event: ev.Happening) -> str:
        queue = getattr(event, "queue", None)
        full = bool(queue) and self.lanes.count >= QUEUES_MAX and not self.lanes.has(str(queue))
        return "too_many_queues" if full else ""

    def _agent(self, event: ev.AgentStateChanged, at: int) -> str:
        if self._is_one_agent_too_many(event.agent):
            return "too_many_agents"
        agent = self.roster.agent(event.agent)
        agent.source = event.source
        if event.team and event.team != agent.team and not self._is_one_team_too_many(event.team):
            self.roster.move(agent, event.team, at)
        told = event.queues is not None
        mark = Mark(at, 0, event.id, "state", state=event.state, tells_queues=told, queues=event.queues or ())
        self.roster.put(agent, mark)
        return ""

    def _is_one_team_too_many(self, team: str) -> bool:
        return len(self.roster.teams_told) >= TEAMS_MAX and team not in self.roster.teams_told

    def _status(self, event: ev.SourceStatus, at: int) -> str:
        before = self.sources.status(event, at)
        if event.state != "up" and before == "up":
            self.roster.silence(event.source, at, event.id)
        elif event.state == "up" and before != "up":
            self.roster.heard(event.source, at, event.id)
        return ""

    def _is_one_agent_too_many(self, agent: str) -> bool:
        return len(self.roster.agents) >= AGENTS_MAX and bool(agent) and agent not in self.roster.agents

    def _snapshot(self, event: ev.QueueSnapshot, at: int) -> str:
        """Visits of this source that the snapshot does not name have gone; those it names were offered, at the latest
        when it was taken."""
        waiting = {_name(visit) for visit in event.waiting}
        serving = None if event.serving is None else {_name(visit) for visit in event.serving}
        for lane in self.lanes.of_queue(event.queue):
            gone = [visit for visit in lane.waiting.values() if visit.offered_at < at and visit.key not in waiting]
            if serving is not None:
                answered = (visit for visit in lane.serving.values() if visit.answered_at < at)
                gone += [visit for visit in answered if visit.key not in serving]
            for visit in gone:
                if visit.told[0].event.source == event.source:
                    self._reconcile(visit, event, at)
        for known in event.waiting:
            offered_at = min(known.offered_at, event.at)
            if _name(known) not in self._visits and not self._out_of_time(to_microseconds(offered_at)):
                self.lives.reconciled += 1
                self._contact(
                    ev.ContactOffered(
                        id=f"{event.id} {_name(known)}",
                        source=event.source,
                        at=offered_at,
                        contact=known.contact,
                        visit=known.visit,
                        queue=event.queue,
                        channel=event.channel,
                    ),
                    to_microseconds(offered_at),
                )
                self.read += 1
        return ""

    def _reconcile(self, visit: Visit, event: ev.QueueSnapshot, at: int) -> None:
        gone = Reconciled(
            id=f"{event.id} {visit.key}",
            source=event.source,
            at=event.at,
            contact=visit.contact,
            queue=event.queue,
            reason="unknown",
        )
        key = (at, _LIFE_ORDER[ev.QueueSnapshot], gone.id)
        if key > visit.told[-1].key:
            self._tell(visit, key, gone)
            self._closing.append((max(at, self.newest), visit.key))

    def _compliment(self, event: ev.ComplimentGiven, at: int) -> str:
        visits = [self._visits[name] for name in self._contacts.visits(event.contact)]
        visit = next((visit for visit in visits if visit.cell is not None), None)
        if visit is not None and visit.cell is not None:
            cell, queue = visit.cell, visit.lane.queue if visit.lane else event.queue
        elif event.queue:
            refusal = self._one_queue_too_many(event)
            if refusal:
                return refusal
            cell, queue = self.lanes.of(event.queue).cell(""), event.queue
        else:
            return "orphan"
        add(cell.at(at), COMPLIMENTS, 1)
        if event.text:
            self.thanks.appendleft(Thanks(given_at=to_instant(at), queue=queue, text=event.text))
        return ""

    def _tidy(self) -> None:
        """Let go of what no event within the lateness allowed can touch any more."""
        if len(self._identities) > IDENTITIES_KEPT or self.newest - self._identities_since > LONG_KEPT:
            self._older_identities, self._identities = self._identities, set()
            self._identities_since = self.newest
        horizon = self.newest - max(self.lateness, MINUTE) - MINUTE
        while self._closing and self._closing[0][0] < horizon:
            _, name = self._closing.popleft()
            visit = self._visits.get(name)
            if (
                visit is not None
                and (visit.phase in OVER or visit.phase == "unseen")
                and visit.told[-1].key[0] < horizon
            ):
                self._contacts.forget(visit.contact, name)
                del self._visits[name]
                if visit.answered_at and visit.cell is not None:
                    # By its own name and its contact's: a mark may name either.
                    self._credits.keep({visit.key, visit.contact}, visit.answered_at, visit.cell)
        if not self.keep_all:
            self._picture.fold(horizon)
            self.customers.forget(horizon - LONG_KEPT)
            self._credits.forget(horizon - 2 * LONG_KEPT)
            if horizon > self._roster_tidied + HOUR:
                self._roster_tidied = horizon
                self.roster.forget_absent(horizon - DAY)


def _identity(event: ev.Event) -> bytes:
    """The same in every process, unlike `hash`: a snapshot is read by another one. 64 bits: among a million events
    two share one once in 37 million days."""
    return blake2b(f"{event.source}\0{event.id}".encode(), digest_size=8).digest()


def _name(of: ev.OfContact | ev.WaitingVisit | ev.ServedVisit) -> str:
    """A visit's own name: ids of visits are unique within their contact."""
    return of.contact + "\0" + of.visit if of.visit else of.contact
