"""The figures of a contact centre at one instant: immutable aggregates, with no field for a person.

`null` means "cannot be said", zero means zero. Durations are seconds, ratios 0-1. Everything a screen,
a metric or an export shows is read from here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal

import msgspec

from monitor.alerts.alert import Alert, Delivery

ScopeKind = Literal["site", "line", "channel", "queue", "team", "board"]
Window = Literal["15m", "30m", "60m", "today"]

WINDOW_MINUTES: dict[str, int] = {"15m": 15, "30m": 30, "60m": 60}


class Durations(msgspec.Struct, frozen=True, kw_only=True):
    """Pooled durations in seconds: mean of all, quantiles from the log-spaced histogram. `up_to`: how many took at most
    so many seconds, by `monitor.histogram.BOUNDS`; only of today's waits and handle times."""

    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    n: int = 0
    up_to: tuple[int, ...] = ()


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A ratio that keeps its sums. `ratio` is null when the denominator is 0."""

    numerator: float = 0
    denominator: float = 0
    ratio: float | None = None


class ServiceLevelVariants(msgspec.Struct, frozen=True, kw_only=True):
    """The definitions other vendors use (spec 03: A, B, C, D), for comparing only."""

    answered: float | None = None
    """A: answered within T / answered."""
    offered: float | None = None
    """B: answered within T / (answered + abandoned)."""
    late_abandons: float | None = None
    """C: answered within T / (answered + abandoned after T)."""
    left_in_time: float | None = None
    """D: (answered within T + abandoned within T) / offered."""


class ServiceLevel(msgspec.Struct, frozen=True, kw_only=True):
    """Answered within T / (answered + abandoned - short abandons). `within_seconds` is null where queues
    with different T are pooled."""

    within_seconds: float | None = None
    numerator: int = 0
    denominator: int = 0
    ratio: float | None = None
    variants: ServiceLevelVariants = ServiceLevelVariants()


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One scope in one window. Counts are of visits, `contacts` counts each contact once.

    Conservation: carried_in + offered = answered + abandoned + sum(left) + waiting, where carried_in
    waited when the window began (0 for a window that begins with the first event).
    """

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    short_abandoned: int = 0
    abandoned_wait_seconds: float = 0
    """What those who abandoned had waited, together."""
    left: dict[str, int] = {}
    left_before_queue: int = 0
    handled: int = 0
    waiting: int = 0
    carried_in: int = 0
    contacts: int = 0
    outside_hours: int = 0
    service_level: ServiceLevel = ServiceLevel()
    speed_of_answer_seconds: Durations = Durations()
    handle_time_seconds: Durations = Durations()
    """Inbound: talk + hold + wrap-up, booked when wrap-up ends."""
    outbound_handle_time_seconds: Durations = Durations()
    expected_handle_time_seconds: float | None = None
    """The mean of the same mix of topic x channel x line, of all seen so far; null until each has n >= 30."""
    talk_seconds: Durations = Durations()
    """The conversation as the source measures it, hold included."""
    hold_seconds: Durations = Durations()
    longest_wait_seconds: float = 0
    max_waiting: int = 0
    max_in_service: int = 0
    transferred: int = 0
    abandoned_ratio: Share = Share()
    occupancy: Share = Share()
    concurrency: Share = Share()
    transfer: Share = Share()
    bounced: Share = Share()
    repeat_10m: Share = Share()
    repeat_7d: Share = Share()
    repeat_coverage: Share = Share()
    repeat_ripening: int = 0
    """Answered visits of known customers whose 7 days are not over."""
    satisfaction: Share = Share()
    response_rate: Share = Share()
    review: Share = Share()
    critical_errors: int = 0
    compliments: int = 0
    first_response_seconds: Durations = Durations()
    """In calendar time."""
    first_response_open_seconds: Durations = Durations()
    """The same counted in opening hours only."""
    first_response_in_time: Share = Share()


Behind = Callable[[str], datetime | None]
"""Of a source by its name: of when its newest news is, if that is long ago although it is heard."""


def keeps_up(source: str) -> None:
    """Nothing is behind."""


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """What is so at this instant."""

    waiting: int = 0
    longest_wait_began_at: datetime | None = None
    in_service: int = 0
    backlog: int = 0
    """Written work (mail, social) neither answered nor left."""
    oldest_backlog_began_at: datetime | None = None
    oldest_backlog_open_seconds: float | None = None
    """How much of the oldest's wait was in opening hours."""
    agents: dict[str, int] = {}
    """Agents by state; one who serves several queues counts once."""
    on_duty: int = 0
    """Agents neither offline nor unknown."""
    waiting_per_agent: float | None = None
    minutes_since_break: float | None = None
    """Median of those on duty and not on break, since their last break or sign-in; null for fewer than 5 people."""
    minutes_above_occupancy: int | None = None
    """Site, boards and teams: today's minutes in quarters of an hour whose occupancy was above 0.90."""
    stale_since: datetime | None = None
    """When the source went silent, or of when its newest news is while it is far behind; null while all is heard."""

    @property
    def on_the_line(self) -> int:
        """Those among the waiting who wait for somebody now; written work can wait its turn."""
        return self.waiting - self.backlog


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """A set of queues or a team. `id` is the queue's, channel's, line's, team's or board's; the site's is "site"."""

    kind: ScopeKind
    id: str


class ScopeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """All there is to say of one scope."""

    scope: Scope
    live: Live
    windows: dict[str, Figures]


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """A quarter of an hour of the site's day."""

    began_at: datetime
    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    service_level: Share = Share()
    handle_time_mean_seconds: float | None = None
    max_waiting: int = 0
    mean_waiting: float = 0
    mean_on_the_line: float = 0
    """Of those who wait for somebody now: without written work."""
    max_in_service: int = 0
    mean_in_service: float = 0


class SourceHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One collector. `state` silent: not a word for longer than its heartbeat."""

    source: str
    state: Literal["up", "lost", "stopped", "silent"]
    last_heard_at: datetime | None = None
    since: datetime | None = None
    events: int = 0
    cannot_tell: tuple[str, ...] = ()


class Pipeline(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to the events: read = applied + sum(rejected)."""

    read: int = 0
    applied: int = 0
    rejected: dict[str, int] = {}
    late: int = 0
    """Applied, but later than the lateness allowed."""
    out_of_order: int = 0
    reconciled: int = 0
    """Visits that only a snapshot told of, or that only a snapshot told had gone."""
    behind_seconds: float = 0
    """Age of the newest event when it was applied."""
    waiting: int = 0
    """Events that collectors hold behind the last that were taken in."""
    lag_seconds: float = 0
    """How far these figures lie behind what collectors know: 0 while nothing waits. See monitor/backlog.py."""
    journal_seconds: float = 0
    """How long the journal took to keep what came last."""


class BalanceCell(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator in one window, pooled over at least 5 people and 30 contacts, nobody with more than 40 % of them:
    what was observed beside what was expected of the same contacts. Helped and satisfied as shares 0-1, pace in
    seconds (geometric mean)."""

    contacts: int
    observed: float
    expected: float


class BalancePoint(msgspec.Struct, frozen=True, kw_only=True):
    """One fixed window of 60 minutes; windows begin every 15. Null: too few people or contacts to be shown."""

    began_at: datetime
    helped: BalanceCell | None = None
    satisfied: BalanceCell | None = None
    pace: BalanceCell | None = None


class BalanceTrail(msgspec.Struct, frozen=True, kw_only=True):
    """Today's path of one scope (site, line, channel, queue or team), oldest first."""

    scope: Scope
    points: tuple[BalancePoint, ...]


class Thanks(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer wrote, with consent."""

    given_at: datetime
    queue: str
    text: str


class KnownOutage(msgspec.Struct, frozen=True, kw_only=True):
    """What a lead has told of an outage, in the centre's own words. `queues` empty: all; `until` null: it goes on."""

    words: str
    began_at: datetime
    until: datetime | None = None
    queues: tuple[str, ...] = ()


class SiteFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at one instant. `curves` holds today's quarters of an hour per board."""

    at: datetime
    day: date
    time_zone: str
    scopes: tuple[ScopeFigures, ...]
    curves: dict[str, tuple[Interval, ...]] = {}
    balance: tuple[BalanceTrail, ...] = ()
    sources: tuple[SourceHealth, ...] = ()
    pipeline: Pipeline = Pipeline()
    thanks: tuple[Thanks, ...] = ()
    """Today's compliments whose text was given with consent, newest first, at most 50."""
    conservation: bool = True
    alerts: tuple[Alert, ...] = ()
    """Those that stand, the most severe first, then the oldest."""
    deliveries: tuple[Delivery, ...] = ()
    """How the webhooks of alerts fare."""
    outages: tuple[KnownOutage, ...] = ()
    """Those that stand, the oldest first."""

    def of(self, kind: ScopeKind, id: str) -> ScopeFigures | None:
        """The figures of one scope, or None when there is no such scope."""
        wanted = Scope(kind=kind, id=id)
        return next((figures for figures in self.scopes if figures.scope == wanted), None)


class WholeScope(msgspec.Struct, frozen=True, kw_only=True):
    """One scope over everything applied."""

    scope: Scope
    figures: Figures


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """Everything applied, as one period: what a replay reports. `hours` are those of the site's clock."""

    began_at: datetime | None
    ended_at: datetime | None
    scopes: tuple[WholeScope, ...]
    hours: tuple[Interval, ...] = ()
    agents_seen: int = 0
    sources: tuple[SourceHealth, ...] = ()
    pipeline: Pipeline = Pipeline()
    conservation: bool = True
