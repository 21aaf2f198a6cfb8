"""The switch: with person-level processing off, agents' ids are replaced before anything leaves the collector.

The new ids mean nothing. They hold from one quiet hour of the night to the next, so that states and occupancy still
count and no two days can be joined; then who is free goes offline by the old one and comes back with the same state
by a new one. The team is filled in from the configuration before, because nobody can look it up by the new id.
Bound: the agents of a day.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from collectors.source import Clock, Outlet
from monitor.events import (
    AgentStateChanged,
    ContactAnswered,
    ContactFirstResponse,
    ContactLeft,
    ContactWrappedUp,
    Event,
    QueueSnapshot,
)

QUIET_HOUR = 4
PATIENCE = timedelta(hours=2)
"""Who is still helping somebody keeps the old id for so long, lest one person counts as two."""

log = logging.getLogger(__name__)


class _Person:
    """One agent of today: the new id, the state last said, and who is being helped."""

    __slots__ = ("alias", "day", "helping", "said")

    def __init__(self, alias: str, day: date) -> None:
        self.alias, self.day = alias, day
        self.said: AgentStateChanged | None = None
        self.helping: set[tuple[str, str]] = set()


class Anonymous:
    """An outlet before another one. `teams` is by agent. `kept_in` holds the day's secret and the new ids in use, so
    that a restart goes on with the same ones; the day after both are gone for good."""

    def __init__(
        self,
        outlet: Outlet,
        source: str,
        teams: Mapping[str, str],
        zone: ZoneInfo,
        clock: Clock,
        kept_in: Path,
        draw: Callable[[], str] = lambda: secrets.token_hex(32),
    ) -> None:
        self._outlet, self._source, self._teams = outlet, source, teams
        self._zone, self._clock, self._kept_in, self._draw = zone, clock, kept_in, draw
        self._people: dict[str, _Person] = {}
        self._helped_by: dict[tuple[str, str], str] = {}
        self._newest: datetime | None = None
        self._leftover: list[str] = []
        self._changed, self._refused = True, False
        self._day, self._secret = self._begun()

    async def put(self, events: Sequence[Event]) -> None:
        """Take the events without their agents' ids, in order; waits while the buffer is full."""
        await self._outlet.put(self._all_without(events))

    async def put_safely(self, events: Sequence[Event]) -> None:
        """The same, and return when they are safe."""
        await self._outlet.put_safely(self._all_without(events))

    def _all_without(self, events: Sequence[Event]) -> list[Event]:
        told = list(self._renewed(self._clock()))
        for event in events:
            self._newest = event.at if self._newest is None else max(self._newest, event.at)
            told += self._without(event)
        if self._changed:
            self._changed = not self._is_kept()
        return told

    # A new day

    def _quiet_day(self, now: datetime) -> date:
        return (now.astimezone(self._zone) - timedelta(hours=QUIET_HOUR)).date()

    def _begun(self) -> tuple[date, str]:
        """Today's secret: that of the last run if it was today's, else a new one."""
        today = self._quiet_day(self._clock())
        try:
            kept = json.loads(self._kept_in.read_text())
            if kept["day"] == today.isoformat():
                return today, str(kept["secret"])
            self._leftover = [str(alias) for alias in kept["aliases"]]
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError):
            log.warning("%s cannot be read; agents count anew.", self._kept_in)
        return today, self._draw()

    def _is_kept(self) -> bool:
        """Write it down; a full disk stops nobody, and it is tried again with the next events."""
        aliases = sorted(person.alias for person in self._people.values())
        text = json.dumps({"day": self._day.isoformat(), "secret": self._secret, "aliases": aliases})
        new = self._kept_in.with_suffix(".new")
        try:
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
            new.replace(self._kept_in)
        except OSError as error:
            if not self._refused:
                log.error("%s cannot be written: %s. Trying again.", self._kept_in, error.strerror)
            self._refused = True
            return False
        self._refused = False
        return True

    def _renewed(self, now: datetime) -> Iterator[Event]:
        """What has to be told before anything else, once the night's quiet hour has come."""
        today, at = self._quiet_day(now), self._newest or now
        self._changed |= bool(self._leftover)
        for alias in self._leftover:
            yield self._gone(alias, at)
        self._leftover = []
        if today != self._day:
            self._day, self._secret, self._changed = today, self._draw(), True
        for agent, person in list(self._people.items()):
            if person.day == self._day or (person.helping and not self._is_late(now)):
                continue
            self._changed = True
            yield self._gone(person.alias, at)
            del self._people[agent]
            if person.said is not None and person.said.state != "offline":
                yield self._state(msgspec.structs.replace(person.said, at=at))

    def _is_late(self, now: datetime) -> bool:
        local = now.astimezone(self._zone)
        return local >= local.replace(hour=QUIET_HOUR, minute=0, second=0, microsecond=0) + PATIENCE

    def _gone(self, alias: str, at: datetime) -> AgentStateChanged:
        return AgentStateChanged(
            id=f"{alias}/gone", source=self._source, at=at, agent=alias, state="offline", queues=()
        )

    # One event

    def _person(self, agent: str) -> _Person:
        person = self._people.get(agent)
        if person is None:
            person = self._people[agent] = _Person(f"x-{self._hashed(agent)}", self._day)
            self._changed = True
        return person

    def _hashed(self, text: str) -> str:
        return hmac.new(self._secret.encode(), text.encode(), sha256).hexdigest()[:20]

    def _without(self, event: Event) -> Iterator[Event]:
        if isinstance(event, AgentStateChanged):
            yield self._state(event)
        elif isinstance(event, ContactAnswered) and event.agent:
            if event.agent not in self._people and self._teams.get(event.agent):
                yield self._introduced(event)
            person, visit = self._person(event.agent), (event.contact, event.visit)
            person.helping.add(visit)
            self._helped_by[visit] = event.agent
            yield msgspec.structs.replace(event, agent=person.alias)
        elif isinstance(event, ContactFirstResponse) and event.agent:
            yield msgspec.structs.replace(event, agent=self._person(event.agent).alias)
        elif isinstance(event, QueueSnapshot) and event.serving:
            serving = tuple(
                msgspec.structs.replace(one, agent=self._person(one.agent).alias) if one.agent else one
                for one in event.serving
            )
            yield msgspec.structs.replace(event, serving=serving)
        else:
            if isinstance(event, ContactWrappedUp | ContactLeft):
                self._over((event.contact, event.visit))
            yield event

    def _over(self, visit: tuple[str, str]) -> None:
        person = self._people.get(self._helped_by.pop(visit, ""))
        if person is not None:
            person.helping.discard(visit)

    def _state(self, event: AgentStateChanged) -> AgentStateChanged:
        """The event's own id may hold the agent's, so it is replaced as well."""
        person = self._person(event.agent)
        before = person.said
        queues = event.queues if event.queues is not None or before is None else before.queues
        team = event.team or self._teams.get(event.agent, "") or (before.team if before is not None else "")
        person.said = msgspec.structs.replace(event, queues=queues, team=team)
        return msgspec.structs.replace(
            event,
            id=f"{person.alias}/{self._hashed(f'{event.id} {event.at.isoformat()}')}",
            agent=person.alias,
            team=team,
            queues=event.queues,
        )

    def _introduced(self, event: ContactAnswered) -> AgentStateChanged:
        """Who has only been seen to answer is in a team all the same."""
        return self._state(
            AgentStateChanged(
                id=f"{event.agent}/seen",
                source=event.source,
                at=event.at,
                agent=event.agent,
                state="unknown",
            )
        )
