"""What the score of a site is told beside the events: how it is configured, and what people have decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from monitor.balance import Topics
from monitor.people.kept_norm import KeptNorm
from monitor.settings import Settings

EVERY_SECONDS = 3600.0
LEARNING_DAYS = 42
"""The first six weeks of a new agent are a view for that agent alone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """By configuration. `lines` by queue; `teams` by agent. Without `scores` there is only everybody's own day."""

    time_zone: str
    lateness_seconds: float
    topics: Topics
    lines: dict[str, int]
    teams: dict[str, str]
    scores: bool
    shadow_days: int
    every_seconds: float = EVERY_SECONDS
    """A sheet is made again at most this often; what a person has decided, and thanks, are shown at once."""

    @property
    def zone(self) -> ZoneInfo:
        """The site's zone."""
        return ZoneInfo(self.time_zone)


def plan_of(settings: Settings, every_seconds: float = EVERY_SECONDS) -> Plan:
    """The plan of a configuration. Without topics of its own the queues are told apart."""
    people = settings.people
    return Plan(
        time_zone=settings.site.time_zone,
        lateness_seconds=settings.site.lateness_seconds,
        topics=Topics(
            names=people.topics or tuple(sorted(settings.queues)),
            hard=frozenset(people.hard_topics),
            complaint=frozenset(people.complaint_topics),
        ),
        lines={id: queue.line for id, queue in settings.queues.items()},
        teams={agent: name for name, team in settings.teams.items() for agent in team.agents},
        scores=people.scores,
        shadow_days=people.shadow_days,
        every_seconds=every_seconds,
    )


@dataclass(frozen=True, slots=True)
class Employed:
    """An agent of the directory."""

    team: str = ""
    started_on: date | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Disputed:
    """A contact that an agent disputes."""

    agent: str
    contact: str
    opened_at: datetime
    decided_at: datetime | None = None
    outcome: Literal["upheld", "rejected"] | None = None


@dataclass(frozen=True, slots=True)
class Objected:
    """An agent who objects to being scored."""

    agent: str
    made_at: datetime
    decided_at: datetime | None = None
    outcome: Literal["upheld", "rejected"] | None = None

    def holds(self, at: datetime) -> bool:
        """While undecided, and when upheld, the agent is not scored."""
        rejected = self.outcome == "rejected" and self.decided_at is not None and at >= self.decided_at
        return at >= self.made_at and not rejected


@dataclass(frozen=True, slots=True)
class Outage:
    """A known outage: contacts of these queues (none named: of all) that were answered meanwhile are charged to
    nobody."""

    began_at: datetime
    ended_at: datetime | None = None
    queues: tuple[str, ...] = ()

    def covers(self, queue: str, begun: datetime, over: datetime) -> bool:
        """Whether work on a contact fell in it."""
        ended = self.ended_at is None or begun < self.ended_at
        return ended and over >= self.began_at and (not self.queues or queue in self.queues)


@dataclass(frozen=True, slots=True)
class Known:
    """What people have said and decided, as of now. `disputes` by their own id."""

    agents: dict[str, Employed] = field(default_factory=dict)
    disputes: dict[str, Disputed] = field(default_factory=dict)
    objections: tuple[Objected, ...] = ()
    outages: tuple[Outage, ...] = ()
    norms: tuple[KeptNorm, ...] = ()
    erased: dict[str, datetime] = field(default_factory=dict)
    """By agent: what happened up to then is nobody's."""
