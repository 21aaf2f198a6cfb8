"""The switch: with person-level processing off, agents' ids are replaced before anything leaves the collector.

The new names mean nothing. They hold from one quiet hour of the night to the next, so that states and occupancy still
count and no two days can be joined. Whenever names change, at night or because the switch is turned, everybody signs
off by the old one, and comes back with the same state by the new one; who is helping somebody comes back when that is
over, lest one person counts as two. The team is filled in from the configuration before, because nobody can look it
up by the new name. Bound: the agents of a day, or all agents while ids go as they are.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import NoReturn
from zoneinfo import ZoneInfo

import msgspec

from collectors.names import Kept, KeptNames
from collectors.source import Clock, Outlet
from monitor.batch import SwitchPosition
from monitor.events import (
    AgentState,
    AgentStateChanged,
    ContactAnswered,
    ContactFirstResponse,
    ContactLeft,
    ContactWrappedUp,
    Event,
    QueueSnapshot,
    ServedVisit,
)

QUIET_HOUR = 4
PATIENCE = timedelta(hours=2)
"""Who is still helping somebody comes back by the new name after so long at the latest."""
INSTANT = timedelta(microseconds=1)
"""Between two changes of one name: what happens at the same instant has no order."""
Visit = tuple[str, str]
"""A contact and its visit."""

_ON, _OFF = "goes on; agents' ids go out as they are.", "is stopped; agents' ids are dropped here."

log = logging.getLogger(__name__)


class _Person:
    """One agent: the name now, and the state last said by the source."""

    __slots__ = ("come_at", "earlier", "helping", "name", "said", "told", "unnamed")

    def __init__(self, name: str) -> None:
        self.name = name
        self.said: AgentStateChanged | None = None
        self.told = False
        """Whether others have heard of a state by this name."""
        self.come_at: datetime | None = None
        """When others were told of the name, in the place of another."""
        self.helping: set[Visit] = set()
        """Answered by this name."""
        self.earlier: set[Visit] = set()
        """Answered by an earlier name, which stands for the person until they are over."""
        self.unnamed: set[Visit] = set()
        """Answered meanwhile, by nobody as far as others are told."""


class Anonymous:
    """An outlet before another one. `teams` is by agent; `allowed`: ids may go as they are while the switch is on.
    `kept` outlives a restart; the day after, its secret is gone for good. `obey` has to run beside it."""

    def __init__(
        self,
        outlet: Outlet,
        source: str,
        teams: Mapping[str, str],
        zone: ZoneInfo,
        clock: Clock,
        kept: KeptNames,
        draw: Callable[[], str] = lambda: secrets.token_hex(32),
        *,
        allowed: bool = False,
    ) -> None:
        self._outlet, self._source, self._teams = outlet, source, teams
        self._zone, self._clock, self._kept, self._draw = zone, clock, kept, draw
        self._allowed = allowed
        self._in_order = asyncio.Lock()
        self._people: dict[str, _Person] = {}
        self._helped_by: dict[Visit, tuple[str, date]] = {}
        self._newest: datetime | None = None
        self._owed: list[Event] = []
        self._changed = True
        self._turned_at: datetime | None = None
        self._patient_until: datetime | None = None
        self._begin(self._kept.read())

    def _begin(self, kept: Kept | None) -> None:
        """Go on with the last run's names if they are today's, else they sign off."""
        self._day = self._quiet_day(self._clock())
        self._stopped = kept is not None and kept.stopped
        self._plain = self._allowed and not self._stopped
        same = kept is not None and kept.plain == self._plain and (self._plain or kept.day == self._day)
        self._secret = kept.secret if kept is not None and kept.day == self._day else self._draw()
        self._leftover = list(kept.names) if kept is not None and not same else []
        self._inherited = set(kept.names) if kept is not None and same else set()

    async def put(self, events: Sequence[Event]) -> None:
        """Take the events by the names that hold, in order; waits while the buffer is full."""
        async with self._in_order:
            await self._put_owed()
            self._owed = self._told(events)
            await self._put_owed()

    async def _put_owed(self) -> None:
        """What is told once only goes again where a put was given up half-way; its ids are known then."""
        if self._owed:
            await self._outlet.put(self._owed)
            self._owed = []

    async def put_safely(self, events: Sequence[Event]) -> None:
        """The same, and return when they are safe."""
        await self.put(events)
        await self._outlet.put_safely(())

    async def obey(self, positions: asyncio.Queue[SwitchPosition]) -> NoReturn:
        """Turn with the monitor's switch, as far as the configuration allows. Who waits for room in the buffer was
        taken in before."""
        while True:
            position = await positions.get()
            if position.on != self._stopped:
                continue
            if self._allowed:
                log.warning("%s: person-level processing %s", self._source, _ON if position.on else _OFF)
            self._stopped, self._changed = not position.on, True
            await self.put(())

    def _told(self, events: Sequence[Event]) -> list[Event]:
        now = self._clock()
        told = list(self._renewed(now))
        for event in events:
            self._newest = event.at if self._newest is None else max(self._newest, event.at)
            told += self._as_named(event)
        if self._changed:
            self._changed = not self._kept.write(self._to_keep())
        return told

    def _to_keep(self) -> Kept:
        names = {person.name for person in self._people.values() if not person.earlier} | self._inherited
        return Kept(
            day=self._day,
            secret=self._secret,
            names=tuple(sorted(names)),
            plain=self._plain,
            stopped=self._stopped,
        )

    # New names

    def _quiet_day(self, now: datetime) -> date:
        return (now.astimezone(self._zone) - timedelta(hours=QUIET_HOUR)).date()

    def _renewed(self, now: datetime) -> Iterator[Event]:
        """What has to be told before anything else: at the night's quiet hour, when the switch has been turned, and
        of who has been helping somebody for very long."""
        today, plain, at = self._quiet_day(now), self._allowed and not self._stopped, self._newest or now
        at = max(at, self._turned_at or at) + INSTANT
        if today != self._day:
            self._forget_lost(self._day)
            self._forget_absent()
            self._day, self._secret, self._changed = today, self._draw(), True
            renewed = not plain or not self._plain
        else:
            renewed = plain != self._plain
        if renewed:
            yield from self._all_renewed(plain, at)
            self._turned_at, self._patient_until = at, now + PATIENCE
        elif self._leftover:
            yield from self._gone(self._leftover, at)
        if self._patient_until is not None and now >= self._patient_until:
            self._patient_until = None
            for person in [one for one in self._people.values() if one.earlier or one.unnamed]:
                person.earlier.clear()
                person.unnamed.clear()
                yield from self._introduced(person, at)

    def _all_renewed(self, plain: bool, at: datetime) -> Iterator[Event]:
        """Everybody at one instant, and the new names in an order of their own, so that none shows whose it is."""
        here = [person.name for person in self._people.values() if not person.earlier]
        helping = {person.name for person in self._people.values() if person.helping}
        self._secret = self._draw()
        self._plain = plain
        yield from self._gone([*self._leftover, *(self._inherited - set(here)), *here], at, helping)
        self._inherited = set()
        for agent, person in self._people.items():
            person.earlier |= person.helping
            person.helping.clear()
            person.name, person.told = self._name(agent), False
        for person in sorted(self._people.values(), key=lambda person: person.name):
            if not person.earlier:
                yield from self._introduced(person, at)

    def _gone(self, names: Sequence[str], at: datetime, helping: Collection[str] = ()) -> Iterator[Event]:
        """They sign off; who is helping somebody, in the eyes of the engine, when that is over."""
        self._leftover, self._changed = [], True
        for name in sorted(set(names)):
            yield AgentStateChanged(
                id=f"{name}/gone/{self._hashed(f'gone {name}')}",
                source=self._source,
                at=at,
                agent=name,
                state="offline",
                queues=None if name in helping else (),
            )

    def _introduced(self, person: _Person, at: datetime) -> Iterator[Event]:
        """The state last said, by the new name; helping somebody, where others were told of that without a name."""
        if person.said is None:
            return
        state: AgentState = "on_contact" if person.unnamed else person.said.state
        if state != "offline" or person.told:
            person.come_at = max(at, person.said.at)
            yield self._named(person, person.said, state, person.come_at)

    def _forget_lost(self, day: date) -> None:
        """Visits of before `day` whose end nobody has heard."""
        for visit in [visit for visit, (_, answered_on) in self._helped_by.items() if answered_on < day]:
            self._over(visit)

    def _forget_absent(self) -> None:
        """Whoever has signed out at the end of the day, or of whom nobody has told any state."""
        for agent, person in list(self._people.items()):
            absent = person.said is None or person.said.state == "offline"
            if absent and not person.helping | person.earlier | person.unnamed:
                del self._people[agent]

    # One event

    def _name(self, agent: str) -> str:
        return agent if self._plain else f"x-{self._hashed(agent)}"

    def _person(self, agent: str) -> _Person:
        person = self._people.get(agent)
        if person is None:
            person = self._people[agent] = _Person(self._name(agent))
            self._changed |= person.name not in self._inherited
        return person

    def _hashed(self, text: str) -> str:
        return hmac.new(self._secret.encode(), text.encode(), sha256).hexdigest()[:20]

    def _as_named(self, event: Event) -> Iterator[Event]:
        if isinstance(event, AgentStateChanged):
            yield from self._state(event)
        elif isinstance(event, ContactAnswered) and event.agent:
            yield from self._answered(event)
        elif isinstance(event, ContactFirstResponse) and event.agent:
            yield msgspec.structs.replace(event, agent=self._name_of(event.agent))
        elif isinstance(event, QueueSnapshot) and event.serving:
            yield msgspec.structs.replace(event, serving=tuple(map(self._served, event.serving)))
        else:
            yield event
            if isinstance(event, ContactWrappedUp | ContactLeft):
                yield from self._after((event.contact, event.visit), event.at)

    def _name_of(self, agent: str) -> str:
        """Empty while an earlier name stands for the person."""
        person = self._person(agent)
        return "" if person.earlier else person.name

    def _state(self, event: AgentStateChanged) -> Iterator[Event]:
        """Said later, where an earlier name stands for the person."""
        person = self._person(event.agent)
        before = person.said
        if person.come_at is not None and before is not None and before.at <= event.at <= person.come_at:
            person.come_at += INSTANT  # A source that tells whole seconds.
            event = msgspec.structs.replace(event, at=person.come_at)
        queues = event.queues if event.queues is not None or before is None else before.queues
        team = event.team or (before.team if before is not None else "")
        person.said = msgspec.structs.replace(event, queues=queues, team=team)
        if not (person.earlier or person.unnamed):
            person.told = True
            yield event if self._plain else self._named(person, msgspec.structs.replace(event, team=team))

    def _named(
        self, person: _Person, said: AgentStateChanged, state: AgentState | None = None, at: datetime | None = None
    ) -> AgentStateChanged:
        """By the name that holds. The event's own id may hold the agent's, so it is replaced as well."""
        team = said.team if self._plain else said.team or self._teams.get(said.agent, "")
        at, person.told = at or said.at, True
        return msgspec.structs.replace(
            said,
            id=f"{person.name}/{self._hashed(f'{said.id} {at.isoformat()} {state}')}",
            at=at,
            agent=person.name,
            state=state or said.state,
            team=team,
        )

    def _answered(self, event: ContactAnswered) -> Iterator[Event]:
        """Who has only been seen to answer is in a team all the same."""
        person, visit = self._person(event.agent), (event.contact, event.visit)
        if person.said is None and self._teams.get(event.agent):
            person.said = AgentStateChanged(
                id=f"{event.agent}/seen", source=event.source, at=event.at, agent=event.agent, state="unknown"
            )
            person.told = self._plain  # Who says nothing of himself is unknown already.
        if person.said is not None and not (person.told or person.earlier):
            yield self._named(person, person.said, at=max(event.at, person.said.at))
        (person.unnamed if person.earlier else person.helping).add(visit)
        self._helped_by[visit] = event.agent, self._day
        name = self._name_of(event.agent)
        yield event if name == event.agent else msgspec.structs.replace(event, agent=name)

    def _served(self, visit: ServedVisit) -> ServedVisit:
        """Also tells who was helping whom before this process began."""
        if not visit.agent:
            return visit
        known = visit.contact, visit.visit
        if known not in self._helped_by:
            self._person(visit.agent).helping.add(known)
            self._helped_by[known] = visit.agent, self._day
        return msgspec.structs.replace(visit, agent=self._name_of(visit.agent))

    def _over(self, visit: Visit) -> tuple[_Person, bool] | None:
        """Who was helping, where that is known, and whether there is something to tell of that person now."""
        agent, _ = self._helped_by.pop(visit, ("", None))
        person = self._people.get(agent)
        if person is None:
            return None
        hidden, unnamed = bool(person.earlier), bool(person.unnamed)
        for visits in (person.helping, person.earlier, person.unnamed):
            visits.discard(visit)
        return person, not person.earlier and (hidden or unnamed > bool(person.unnamed))

    def _after(self, visit: Visit, at: datetime) -> Iterator[Event]:
        """A visit is over: who was helping under an earlier name, or under none, is told of by the new one."""
        match self._over(visit):
            case person, True:
                yield from self._introduced(person, at)
