"""Each agent's own day, and who is here now, straight from the events.

Pure. In any order and any number of times the same: it only keeps what was said, by its identity. Bound: today's
visits and those not over, at most `VISITS_KEPT`; the first heard go first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from monitor import events as ev
from monitor.people.sheet import Floor, OwnDay, Present

VISITS_KEPT = 200_000
VISITS_KEPT_FOR = timedelta(days=8)
_RESTING = frozenset({"offline", "unknown"})


class Change(NamedTuple):
    """An agent's own state from `at` on; ordered by instant, then by id."""

    at: datetime
    id: str
    state: ev.AgentState


class Thanks(NamedTuple):
    """A compliment; of which agent follows from the contact."""

    at: datetime
    id: str
    contact: str
    text: str


class Visit:
    """What was said of one visit, so far."""

    __slots__ = ("agent", "answered_at", "channel", "ended", "heard_at", "holds", "over_at", "transferred")

    def __init__(self, heard_at: datetime) -> None:
        self.heard_at = heard_at
        self.agent, self.channel = "", "voice"
        self.answered_at: datetime | None = None
        self.over_at: datetime | None = None
        self.ended = self.transferred = False
        self.holds: dict[datetime, bool] = {}

    @property
    def doing(self) -> ev.AgentState | None:
        """What it makes of its agent now; None when it is over or not begun."""
        if self.over_at is not None or not self.agent:
            return None
        if self.ended:
            return "wrap_up"
        return "on_hold" if self.holds and self.holds[max(self.holds)] else "on_contact"


class DayBook:
    """Everybody's day. `teams` is by agent and may change meanwhile."""

    def __init__(self, zone: ZoneInfo, teams: Mapping[str, str]) -> None:
        self._zone, self._teams = zone, teams
        self._visits: OrderedDict[tuple[str, str], Visit] = OrderedDict()
        self._of_contact: defaultdict[str, set[str]] = defaultdict(set)
        self._of_agent: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._busy: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._changes: defaultdict[str, list[Change]] = defaultdict(list)
        self._queues: dict[str, tuple[datetime, tuple[str, ...]]] = {}
        self._source: dict[str, str] = {}
        self._thanks: dict[str, Thanks] = {}
        self._status: dict[str, tuple[datetime, str, float | None]] = {}
        self._heard: dict[str, datetime] = {}
        self._day: date | None = None

    @property
    def agents(self) -> Collection[str]:
        """Everybody of whom something is known."""
        return self._changes.keys() | self._of_agent.keys()

    def hear(self, event: ev.Event) -> None:
        """One event, at once."""
        self._heard[event.source] = max(event.at, self._heard.get(event.source, event.at))
        if isinstance(event, ev.AgentStateChanged):
            self._state(event)
        elif isinstance(event, ev.SourceStatus):
            told = (event.at, event.state, event.heartbeat_seconds)
            self._status[event.source] = max(told, self._status.get(event.source, told), key=lambda one: one[0])
        elif isinstance(event, ev.ComplimentGiven):
            self._thanks[event.id] = Thanks(event.at, event.id, event.contact, event.text)
        elif isinstance(event, ev.OfContact):
            self._contact(event)

    def _state(self, event: ev.AgentStateChanged) -> None:
        self._source[event.agent] = event.source
        change, changes = Change(event.at, event.id, event.state), self._changes[event.agent]
        place = bisect_left(changes, change)
        if changes[place : place + 1] != [change]:
            changes.insert(place, change)
        known = self._queues.get(event.agent)
        if event.queues is not None and (known is None or event.at >= known[0]):
            self._queues[event.agent] = event.at, tuple(event.queues)

    def _contact(self, event: ev.OfContact) -> None:
        key = event.contact, event.visit
        visit = self._visits.get(key)
        if visit is None:
            if isinstance(event, ev.FeedbackGiven | ev.FeedbackAsked | ev.ContactReviewed):
                return
            visit = self._visits[key] = Visit(event.at)
            self._of_contact[event.contact].add(event.visit)
            if len(self._visits) > VISITS_KEPT:
                self._drop(next(iter(self._visits)))
        if isinstance(event, ev.ContactOffered):
            visit.channel = event.channel
        elif isinstance(event, ev.ContactAnswered):
            visit.agent, visit.answered_at = event.agent, event.at
            if event.agent:
                self._of_agent[event.agent].add(key)
                self._source.setdefault(event.agent, event.source)
        elif isinstance(event, ev.ContactHeld | ev.ContactResumed):
            visit.holds[event.at] = isinstance(event, ev.ContactHeld)
        elif isinstance(event, ev.ContactTransferred):
            visit.transferred = True
        elif isinstance(event, ev.ContactEnded):
            visit.ended = True
        elif isinstance(event, ev.ContactWrappedUp | ev.ContactLeft):
            visit.over_at = event.at
        if visit.agent and visit.doing is not None:
            self._busy[visit.agent].add(key)
        elif visit.agent:
            self._busy[visit.agent].discard(key)

    def _drop(self, key: tuple[str, str]) -> None:
        visit = self._visits.pop(key)
        contact, name = key
        self._of_contact[contact].discard(name)
        if not self._of_contact[contact]:
            del self._of_contact[contact]
        if visit.agent:
            self._of_agent[visit.agent].discard(key)
            self._busy[visit.agent].discard(key)

    def forget(self, agent: str) -> None:
        """Of this agent nothing is known; the visits were nobody's."""
        for key in self._of_agent.pop(agent, ()):
            self._visits[key].agent = ""
        for kept in (self._busy, self._changes, self._queues, self._source):
            kept.pop(agent, None)

    def tidy(self, now: datetime) -> None:
        """Once a day: what is over and not of today goes."""
        today = self._local(now)
        if today == self._day:
            return
        self._day = today
        for key, visit in list(self._visits.items()):
            over = visit.over_at is not None and now - visit.over_at > timedelta(days=2)
            if over or now - visit.heard_at > VISITS_KEPT_FOR:
                self._drop(key)
        for id, one in list(self._thanks.items()):
            if self._local(one.at) != today:
                del self._thanks[id]
        for changes in self._changes.values():
            before = [place for place, change in enumerate(changes) if self._local(change.at) < today]
            del changes[: max(0, len(before) - 1)]

    def _local(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def days(self, now: datetime, came_back: Collection[str], agents: Iterable[str] | None = None) -> dict[str, OwnDay]:
        """The day of each agent as of `now`. `came_back`: the pieces of work whose customer came back."""
        compliments = self._compliments(self._local(now))
        wanted = sorted(self.agents if agents is None else agents)
        return {agent: self._own(agent, now, came_back, compliments.get(agent, ())) for agent in wanted}

    def _own(self, agent: str, now: datetime, came_back: Collection[str], compliments: tuple[str, ...]) -> OwnDay:
        today = self._local(now)
        contacts: Counter[str] = Counter()
        helped = 0
        for key in self._of_agent.get(agent, ()):
            visit = self._visits[key]
            if visit.over_at is None or visit.over_at > now or self._local(visit.over_at) != today:
                continue
            contacts[visit.channel] += 1
            helped += not visit.transferred and _id(key) not in came_back
        breaks, seconds, last, signed_in = self._rests(agent, now, today)
        return OwnDay(
            day=today,
            contacts=dict(sorted(contacts.items())),
            helped=helped,
            compliments=compliments,
            breaks=breaks,
            break_seconds=seconds,
            last_break_ended_at=last,
            signed_in_at=signed_in,
        )

    def _rests(self, agent: str, now: datetime, today: date) -> tuple[int, float, datetime | None, datetime | None]:
        """Breaks of today: how many, how long together, when the last was over; and when the agent signed in."""
        count, seconds = 0, 0.0
        last = signed_in = begun = None
        state: ev.AgentState = "offline"
        for change in self._changes.get(agent, ()):
            if change.at > now:
                break
            of_today = self._local(change.at) == today
            if state in _RESTING and change.state not in _RESTING:
                signed_in = change.at if of_today else None
            if state == "break" and change.state != "break" and begun is not None:
                seconds += (change.at - begun).total_seconds()
                begun, last = None, change.at
            if state != "break" and change.state == "break" and of_today:
                count, begun = count + 1, change.at
            state = change.state
        if begun is not None:
            seconds += (now - begun).total_seconds()
        return count, seconds, last, signed_in

    def thanked(self, now: datetime) -> dict[str, tuple[str, ...]]:
        """Today's compliments by agent."""
        return self._compliments(self._local(now))

    def _compliments(self, today: date) -> dict[str, tuple[str, ...]]:
        """By the agent who answered then: the last answer of the contact before the thanks."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for one in sorted(self._thanks.values(), reverse=True):
            if self._local(one.at) != today:
                continue
            answers = [self._visits[one.contact, name] for name in self._of_contact.get(one.contact, ())]
            before = [(v.answered_at, v.agent) for v in answers if v.answered_at and v.answered_at <= one.at]
            if before and (agent := max(before)[1]):
                found[agent].append(one.text)
        return {agent: tuple(texts) for agent, texts in found.items()}

    def floor(self, now: datetime) -> Floor:
        """Who is on duty, by id: the state, and no clock."""
        people = []
        for agent in sorted(self.agents):
            state = self._now(agent, now)
            if state not in _RESTING:
                queues = self._queues.get(agent, (now, ()))[1]
                people.append(Present(agent=agent, state=state, team=self._teams.get(agent, ""), queues=queues))
        return Floor(at=now, people=tuple(people))

    def _now(self, agent: str, now: datetime) -> ev.AgentState:
        changes = self._changes.get(agent)
        own: ev.AgentState = changes[-1].state if changes else "unknown"
        if self._silent(self._source.get(agent, ""), now):
            return own if own == "offline" else "unknown"
        doing = {self._visits[key].doing for key in self._busy.get(agent, ())}
        over: tuple[ev.AgentState, ...] = ("on_contact", "on_hold", "wrap_up")
        return next((state for state in over if state in doing), own)

    def _silent(self, source: str, now: datetime) -> bool:
        at, state, heartbeat = self._status.get(source, (now, "up", None))
        if state != "up":
            return True
        return heartbeat is not None and (now - self._heard.get(source, at)).total_seconds() > heartbeat


def _id(key: tuple[str, str]) -> str:
    contact, visit = key
    return f"{contact}/{visit}" if visit else contact
