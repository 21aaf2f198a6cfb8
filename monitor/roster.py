"""Who is doing what: each agent's own state with contacts laid over it, and the time that makes of it.

An agent's life is a list of marks in order of time. Each mark steps the meters of the agent's group (same team, same
queues) up or down. A mark that comes late is put where it belongs and what followed is stepped again, so that any
order of arrival gives the same time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Literal

import msgspec

from monitor.events import AgentState
from monitor.instants import SiteDays
from monitor.meter import Meter

Doing = Literal["begin", "hold", "resume", "end", "finish", "state", "silent", "heard"]
_MARKS_KEPT = 64
Rates = tuple[int, int, int, int, int]
_NOTHING: Rates = (0, 0, 0, 0, 0)
_AT_REST = frozenset({"break", "offline", "unknown"})
_AVAILABLE_STATES = frozenset({"available", "ringing"})
_OFF_DUTY = frozenset({"offline", "unknown"})
_HANDLING_STATES = frozenset({"on_contact", "on_hold", "wrap_up"})


class Mark(msgspec.Struct, frozen=True, order=True, gc=False):
    """One change in an agent's life; ordered by instant, life, id and the rest, for two sources may use one id.
    `queues` count only where it `tells_queues`."""

    at: int
    rank: int
    id: str
    doing: Doing
    visit: str = ""
    digital: bool = False
    queue: str = ""
    state: AgentState = "unknown"
    tells_queues: bool = False
    queues: tuple[str, ...] = ()


class Standing:
    """What an agent is doing between two marks. `talking` maps a visit to whether it is on hold; `digital` are
    the visits of written channels among those open; while the source is `silent` nobody knows."""

    __slots__ = ("digital", "own", "queues", "rates", "rested_at", "silent", "talking", "told", "wrapping")

    def __init__(self) -> None:
        self.own: AgentState = "unknown"
        self.talking: dict[str, bool] = {}
        self.wrapping: set[str] = set()
        self.digital: set[str] = set()
        self.queues: frozenset[str] = frozenset()
        self.told = False
        self.silent = False
        self.rates = _NOTHING
        self.rested_at: int | None = None
        """Since when the agent works without a break; None during a break and off duty."""

    def copy(self) -> Standing:
        """An independent copy."""
        other = Standing()
        other.own, other.queues, other.told, other.silent = self.own, self.queues, self.told, self.silent
        other.talking, other.wrapping, other.digital = dict(self.talking), set(self.wrapping), set(self.digital)
        other.rates, other.rested_at = self.rates, self.rested_at
        return other

    def take(self, mark: Mark) -> None:
        """Go on to what comes after the mark."""
        if mark.doing == "state":
            if mark.state in _AT_REST:
                self.rested_at = None
            elif self.own in _AT_REST:
                self.rested_at = mark.at
            self.own = mark.state
            if mark.tells_queues:
                self.queues, self.told = frozenset(mark.queues), True
        elif mark.doing == "begin":
            self.talking[mark.visit] = False
            if mark.digital:
                self.digital.add(mark.visit)
            if not self.told and mark.queue not in self.queues:
                self.queues |= {mark.queue}
        elif mark.doing in ("silent", "heard"):
            self.silent = mark.doing == "silent"
        elif mark.doing in ("hold", "resume"):
            if mark.visit in self.talking:
                self.talking[mark.visit] = mark.doing == "hold"
        elif mark.doing == "end":
            if self.talking.pop(mark.visit, None) is not None:
                self.wrapping.add(mark.visit)
        else:
            self.talking.pop(mark.visit, None)
            self.wrapping.discard(mark.visit)
            self.digital.discard(mark.visit)
        self.rates = self._rates()

    @property
    def state(self) -> AgentState:
        """The agent's own state with contacts laid over it. Who has signed out stays so in silence."""
        if self.silent and self.own != "offline":
            return "unknown"
        if self.talking:
            return "on_hold" if all(self.talking.values()) else "on_contact"
        return "wrap_up" if self.wrapping else self.own

    def _rates(self) -> Rates:
        """Handling, available, sum and union of digital contact, and being on duty: how fast each grows. Time of an
        agent whose own state nobody has told is neither handling nor available: whether it was spent waiting cannot be
        known."""
        if self.silent:
            return _NOTHING
        digital = len(self.digital)
        union = 1 if digital else 0
        busy = bool(self.talking or self.wrapping)
        on_duty = int(busy or self.own not in _OFF_DUTY)
        if self.own == "unknown":
            return 0, 0, digital, union, on_duty
        if busy or self.own in _HANDLING_STATES:
            return 1, 0, digital, union, on_duty
        return 0, 1 if self.own in _AVAILABLE_STATES else 0, digital, union, on_duty


class Agent:
    """One agent's marks of the last while, the standing before them and the standing now."""

    __slots__ = ("before", "marks", "now", "since", "source", "start", "team")

    def __init__(self, team: str) -> None:
        self.team = team
        self.source = ""
        self.marks: list[Mark] = []
        self.before = Standing()
        self.start: int | None = None
        self.now = Standing()
        self.since: int | None = None


class Group:
    """The meters of the agents of one team who serve the same queues: handling, available, contacts of written
    channels side by side, and at least one of those; and, apart from these `meters`, time on duty."""

    __slots__ = ("all_meters", "available", "digital", "digital_union", "handling", "meters", "on_duty")

    def __init__(self, days: SiteDays) -> None:
        self.handling = Meter(days)
        self.available = Meter(days)
        self.digital = Meter(days)
        self.digital_union = Meter(days)
        self.on_duty = Meter(days)
        self.meters = (self.handling, self.available, self.digital, self.digital_union)
        self.all_meters = (*self.meters, self.on_duty)

    def step(self, at: int, before: Rates, after: Rates, sign: int) -> None:
        """What the group does changes from one rate to the other."""
        for meter, old, new in zip(self.all_meters, before, after, strict=True):
            if new != old:
                for _ in range(abs(new - old)):
                    meter.step(at, 1 if new > old else -1, sign)


GroupName = tuple[str, frozenset[str]]
GROUPS_MAX = 20_000
"""Sets of queues that the agents of a team serve together; agents with one more count for their team alone."""


class Roster:
    """All agents. `teams` maps an agent to the team of the directory."""

    def __init__(self, teams: dict[str, str], days: SiteDays) -> None:
        self._teams = teams
        self._days = days
        self.groups: dict[GroupName, Group] = {}
        self.agents: dict[str, Agent] = {}
        self.teams_told: set[str] = set()
        """Teams that events told of."""

    def agent(self, id: str) -> Agent:
        """The agent of this id, new or known."""
        agent = self.agents.get(id)
        if agent is None:
            agent = self.agents[id] = Agent(self._teams.get(id, ""))
        return agent

    def put(self, agent: Agent, mark: Mark) -> None:
        """A mark in the agent's life, in any order."""
        if agent.marks and (mark < agent.marks[-1] or mark.at < (agent.since or mark.at)):
            self._rebook(agent, lambda: _insert(agent, mark))
            return
        self._take(agent, agent.now, mark, mark.at, 1)
        agent.since = mark.at
        agent.marks.append(mark)
        if len(agent.marks) > _MARKS_KEPT:
            _fold(agent)

    def remove(self, agent: Agent, mark: Mark) -> None:
        """Take a mark back; one that is no longer kept stays."""
        if mark in agent.marks:
            self._rebook(agent, lambda: agent.marks.remove(mark))

    def move(self, agent: Agent, team: str, at: int) -> None:
        """The source says which team the agent is in; time so far stays with the team it was spent in."""
        rates, since = agent.now.rates, max(at, agent.since or at)
        self.teams_told.add(team)
        self.group(agent.team, agent.now.queues).step(since, rates, _NOTHING, 1)
        self.group(team, agent.now.queues).step(since, _NOTHING, rates, 1)
        agent.team = team
        agent.before, agent.start, agent.since = agent.now.copy(), since, since
        agent.marks.clear()

    def silence(self, source: str, at: int, id: str) -> None:
        """Nothing is known any more of the agents of this source from this instant on."""
        for agent in self.agents.values():
            if agent.source == source and not agent.now.silent:
                self.put(agent, Mark(at, 0, id, "silent"))

    def heard(self, source: str, at: int, id: str) -> None:
        """The source speaks again: what was known of its agents holds until it says otherwise."""
        for agent in self.agents.values():
            if agent.source == source and agent.now.silent:
                self.put(agent, Mark(at, 0, id, "heard"))

    def forget_absent(self, before: int) -> None:
        """Who signed out before this instant, and has not been heard of since, is not counted any more."""
        for id, agent in list(self.agents.items()):
            now = agent.now
            if (
                now.own == "offline"
                and not (now.talking or now.wrapping or now.digital)
                and (agent.since or 0) < before
            ):
                del self.agents[id]

    def states(self) -> dict[GroupName, Counter[str]]:
        """People by state for each group; everybody counts once."""
        groups: dict[GroupName, Counter[str]] = {}
        for agent in self.agents.values():
            groups.setdefault(self._name(agent.team, agent.now.queues), Counter())[agent.now.state] += 1
        return groups

    def since_break(self, now: int) -> dict[GroupName, list[int]]:
        """For each group, how long each of its people on duty has worked without a break, in microseconds."""
        groups: dict[GroupName, list[int]] = {}
        for agent in self.agents.values():
            if agent.now.rested_at is not None and not agent.now.silent:
                groups.setdefault(self._name(agent.team, agent.now.queues), []).append(
                    max(0, now - agent.now.rested_at)
                )
        return groups

    def group(self, team: str, queues: frozenset[str]) -> Group:
        """The group of a team and a set of queues, new or known."""
        name = self._name(team, queues)
        group = self.groups.get(name)
        if group is None:
            group = self.groups[name] = Group(self._days)
        return group

    def _name(self, team: str, queues: frozenset[str]) -> GroupName:
        """Groups never go, so a name that is over the bound stays so, and what is stepped up is stepped down again."""
        name = (team, queues)
        return name if name in self.groups or len(self.groups) < GROUPS_MAX else (team, frozenset())

    def _rebook(self, agent: Agent, change: Callable[[], None]) -> None:
        self._walk(agent, -1)
        change()
        self._walk(agent, 1)

    def _walk(self, agent: Agent, sign: int) -> None:
        standing, since = agent.before.copy(), agent.start
        for mark in agent.marks:
            since = mark.at if since is None else max(mark.at, since)
            self._take(agent, standing, mark, since, sign)
        agent.now, agent.since = standing, since

    def _take(self, agent: Agent, standing: Standing, mark: Mark, at: int, sign: int) -> None:
        before, queues = standing.rates, standing.queues
        standing.take(mark)
        after = standing.rates
        if queues == standing.queues:
            if before != after:
                self.group(agent.team, queues).step(at, before, after, sign)
            return
        if before != _NOTHING:
            self.group(agent.team, queues).step(at, before, _NOTHING, sign)
        self.group(agent.team, standing.queues).step(at, _NOTHING, after, sign)


def _insert(agent: Agent, mark: Mark) -> None:
    position = next((index for index, other in enumerate(agent.marks) if mark < other), len(agent.marks))
    agent.marks.insert(position, mark)


def _fold(agent: Agent) -> None:
    """Keep the newer half of the marks; the older ones become the standing before them."""
    half = len(agent.marks) // 2
    for mark in agent.marks[:half]:
        agent.before.take(mark)
        agent.start = mark.at if agent.start is None else max(mark.at, agent.start)
    del agent.marks[:half]
