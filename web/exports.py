"""Which figures Prometheus gets, and under which names: one row a metric, `balans_` before each name.

Counts are those of the site's day: counters that begin again at its midnight, which Prometheus takes as any
restart of a counter. Numerators and denominators are exported, never ratios, so that every window and every
set of scopes can be pooled. `personal` rows are left out for groups too small to hide one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from monitor.events import AGENT_STATES, LEFT_REASONS
from monitor.figures import Durations, Figures, Live, ScopeFigures
from monitor.settings import Queue
from monitor.small_groups import PERSONAL
from monitor.tiles import in_window

Kind = Literal["gauge", "counter", "summary", "histogram"]
Reading = float | int | Durations | None
"""None: cannot be said, so there is no sample."""

SCOPE_LABELS = ("scope", "id")
SCOPE_KINDS = ("site", "line", "channel", "queue", "team")
"""The kinds that are exported; a board is a choice of queues and adds nothing."""


@dataclass(frozen=True, slots=True)
class Export:
    """One metric. `read` gives its samples of one scope: the value of the extra label (empty without one) and
    what it reads."""

    name: str
    kind: Kind
    help: str
    read: Callable[[ScopeFigures], Iterable[tuple[str, Reading]]]
    label: str = ""
    personal: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of its samples."""
        return (*SCOPE_LABELS, self.label) if self.label else SCOPE_LABELS


def _live(name: str, help: str, read: Callable[[Live], Reading]) -> Export:
    return Export(name, "gauge", help, lambda scope: (("", read(scope.live)),))


def _today(name: str, kind: Kind, help: str, read: Callable[[Figures], Reading], personal: bool = False) -> Export:
    return Export(name, kind, help, lambda scope: (("", read(in_window(scope, "today"))),), personal=personal)


def _count(name: str, help: str, read: Callable[[Figures], Reading], personal: bool = False) -> Export:
    return _today(name, "counter", help, read, personal)


def _share(field: str, parts: str, whole: str, part_help: str, whole_help: str) -> tuple[Export, Export]:
    """The two counters of a Share."""
    personal = field in PERSONAL
    return (
        _count(parts, part_help, lambda figures: getattr(figures, field).numerator, personal),
        _count(whole, whole_help, lambda figures: getattr(figures, field).denominator, personal),
    )


def _durations(field: str, help: str, kind: Kind = "summary") -> Export:
    return _today(field, kind, help, lambda figures: getattr(figures, field), field in PERSONAL)


_LEFT = tuple(reason for reason in LEFT_REASONS if reason not in ("abandoned", "before_queue"))

EXPORTS: tuple[Export, ...] = (
    _live("customers_waiting", "Visits begun and neither answered nor left, now.", lambda live: live.waiting),
    _live(
        "longest_wait_began_timestamp_seconds",
        "When the customer who waits longest began to wait; absent while nobody waits.",
        lambda live: live.longest_wait_began_at.timestamp() if live.longest_wait_began_at else None,
    ),
    _live("in_service", "Visits answered and not yet over, now.", lambda live: live.in_service),
    _live("backlog", "Written work neither answered nor left, now.", lambda live: live.backlog),
    _live(
        "oldest_backlog_began_timestamp_seconds",
        "When the oldest written work that is still open came in; absent without backlog.",
        lambda live: live.oldest_backlog_began_at.timestamp() if live.oldest_backlog_began_at else None,
    ),
    Export(
        "agents",
        "gauge",
        "People by state, now; one who serves several queues counts once in a total.",
        # Only states of the vocabulary: no other word can become a label.
        lambda scope: ((state, scope.live.agents.get(state, 0)) for state in AGENT_STATES),
        label="state",
    ),
    _live("agents_on_duty", "People neither offline nor unknown, now.", lambda live: live.on_duty),
    _live(
        "stale",
        "1 while the source behind these figures is silent, else 0.",
        lambda live: int(live.stale_since is not None),
    ),
    _count("contacts", "Contacts, each counted once.", lambda figures: figures.contacts),
    _count("visits_offered", "Visits begun.", lambda figures: figures.offered),
    _count("visits_answered", "Visits an agent took.", lambda figures: figures.answered),
    _count(
        "visits_abandoned", "Visits whose customer gave up, short ones included.", lambda figures: figures.abandoned
    ),
    _count("visits_short_abandoned", "Visits given up within the queue's S.", lambda figures: figures.short_abandoned),
    Export(
        "visits_left",
        "counter",
        "Visits that ended unanswered for another reason than giving up.",
        lambda scope: ((reason, in_window(scope, "today").left.get(reason, 0)) for reason in _LEFT),
        label="reason",
    ),
    _count("visits_left_before_queue", "Left before they were offered.", lambda figures: figures.left_before_queue),
    _count("visits_handled", "Visits whose wrap-up is over.", lambda figures: figures.handled),
    _count("visits_outside_hours", "Visits begun outside opening hours.", lambda figures: figures.outside_hours),
    _count(
        "service_level_in_time",
        "Visits answered within the queue's T: the numerator of the service level.",
        lambda figures: figures.service_level.numerator,
    ),
    _count(
        "service_level_counted",
        "Answered + abandoned - short abandons: the denominator of the service level.",
        lambda figures: figures.service_level.denominator,
    ),
    _durations("speed_of_answer_seconds", "Waits of those who were answered, ringing included.", "histogram"),
    _durations(
        "handle_time_seconds", "Talk + hold + wrap-up of inbound visits, booked when wrap-up ends.", "histogram"
    ),
    _durations("outbound_handle_time_seconds", "Talk + hold + wrap-up of outbound visits."),
    _durations("talk_seconds", "Conversations, hold included."),
    _durations("hold_seconds", "Time on hold."),
    _durations("first_response_seconds", "Until an agent's first human reply, in calendar time."),
    _today(
        "expected_handle_time_seconds",
        "gauge",
        "Expected mean handle time of today's mix; absent until there is enough to say.",
        lambda figures: figures.expected_handle_time_seconds,
        personal=True,
    ),
    *_share(
        "occupancy",
        "occupancy_handling_seconds",
        "occupancy_staffed_seconds",
        "Time spent handling contacts, side by side counted once.",
        "Time spent handling or available.",
    ),
    *_share(
        "concurrency",
        "concurrency_contact_seconds",
        "concurrency_busy_seconds",
        "Time of digital contacts, each counted in full.",
        "Time with at least one digital contact.",
    ),
    *_share(
        "transfer",
        "visits_transferred",
        "visits_transferable",
        "Visits passed on.",
        "Answered visits, for the share passed on.",
    ),
    *_share("bounced", "transfers_bounced", "transfers", "Transfers sent back or on within a day.", "Transfers."),
    *_share(
        "repeat_10m",
        "came_straight_back",
        "came_straight_back_counted",
        "Answered visits whose customer came back within ten minutes.",
        "Answered visits of known customers, for coming straight back.",
    ),
    *_share(
        "repeat_7d",
        "came_back",
        "came_back_counted",
        "Answered visits whose customer came back within seven days.",
        "Answered visits of known customers, for coming back.",
    ),
    *_share(
        "repeat_coverage",
        "customers_known",
        "customers_counted",
        "Answered visits whose customer is known.",
        "Answered visits, for the coverage of coming back.",
    ),
    _today(
        "came_back_ripening",
        "gauge",
        "Answered visits of known customers whose seven days are not over.",
        lambda figures: figures.repeat_ripening,
        personal=True,
    ),
    *_share("satisfaction", "marks_positive", "marks", "Positive marks of customers.", "Marks of customers."),
    *_share("response_rate", "surveys_answered", "surveys_asked", "Surveys answered.", "Surveys sent."),
    *_share(
        "review",
        "review_points",
        "review_points_applicable",
        "Weighted points reached in quality reviews.",
        "Weighted points that applied in quality reviews.",
    ),
    _count(
        "review_critical_errors", "Critical errors in quality reviews.", lambda figures: figures.critical_errors, True
    ),
    _count("compliments", "Thanks recorded.", lambda figures: figures.compliments),
    *_share(
        "first_response_in_time",
        "first_responses_in_time",
        "first_responses_counted",
        "First responses within the queue's T.",
        "First responses, and those overdue.",
    ),
)

QUEUES: dict[str, tuple[str, tuple[str, ...], Callable[[Queue], float]]] = {
    "queue_info": (
        "Always 1; where the queue belongs: its channel, its line and the team that owns it.",
        ("channel", "line", "team"),
        lambda queue: 1,
    ),
    "queue_within_seconds": ("T of the queue's service level.", (), lambda queue: queue.within_seconds),
    "queue_service_level_target": ("The share to reach within T.", (), lambda queue: queue.target),
}
"""How the queues are measured: help, further labels (fields of Queue) and value by name. All are gauges."""

QUEUE_OPEN = ("queue_open", "1 within the queue's opening hours, else 0.")

HEALTH: dict[str, tuple[Kind, tuple[str, ...], str]] = {
    "build": ("gauge", ("version", "python"), "Always 1; says what runs."),
    "figures_timestamp_seconds": ("gauge", (), "The instant of the newest figures; absent before the first."),
    "figures_age_seconds": ("gauge", (), "Age of the newest figures at the scrape; absent before the first."),
    "conservation": ("gauge", (), "1 while offered = answered + abandoned + left + waiting, else 0."),
    "source_up": ("gauge", ("source",), "1 while the collector's peer is there and heard, else 0."),
    "source_last_heard_timestamp_seconds": ("gauge", ("source",), "When the collector last said a word."),
    "source_events": ("counter", ("source",), "Events from this collector."),
    "events_read": ("counter", (), "Events read: applied and rejected together."),
    "events_applied": ("counter", (), "Events booked."),
    "events_rejected": ("counter", ("reason",), "Events not booked, by reason."),
    "events_late": ("counter", (), "Events booked later than the lateness allowed."),
    "events_out_of_order": ("counter", (), "Events booked after a later one."),
    "events_reconciled": ("counter", (), "Visits that only a snapshot told of, or told had gone."),
    "events_behind_seconds": ("gauge", (), "Age of the newest event when it was booked."),
    "figures_behind_seconds": (
        "gauge",
        (),
        "How far the figures lie behind what collectors know; 0 while nothing waits.",
    ),
    "events_waiting": ("gauge", (), "Events that collectors hold behind the last that were taken in."),
    "journal_delay_seconds": ("gauge", (), "How long the journal took to keep what came last."),
    "alerts": ("gauge", ("kind", "severity"), "Alerts of Balans itself that stand, acknowledged ones included."),
    "alert_deliveries": (
        "counter",
        ("receiver", "outcome"),
        "Notices of alerts: delivered, attempts that failed, and dropped.",
    ),
    "alert_deliveries_waiting": ("gauge", ("receiver",), "Notices of alerts that wait for a webhook."),
    "viewers": ("gauge", ("board",), "Viewers of each board that somebody looks at."),
    "boards_computed": ("counter", (), "Boards computed for viewers."),
    "board_messages_encoded": ("counter", (), "Messages encoded, each once for all viewers."),
    "viewers_overtaken": ("counter", (), "Times a slow viewer was given a snapshot instead of deltas."),
    "viewers_resynchronised": ("counter", (), "Times a viewer asked for a snapshot."),
    "viewers_refused": ("counter", (), "Viewers refused because there were too many."),
}
"""What tells of Balans itself: kind, labels and help by name."""


def series_names() -> dict[str, tuple[Kind, tuple[str, ...], str]]:
    """Every metric as Prometheus shows it: its kind, labels and help by full name (summaries and
    histograms have `_sum` and `_count`, histograms `_bucket` too)."""
    names: dict[str, tuple[Kind, tuple[str, ...], str]] = {}
    for export in EXPORTS:
        names[full_name(export.name, export.kind)] = (export.kind, export.labels, export.help)
    for name, (help, more, _) in QUEUES.items():
        names[full_name(name, "gauge")] = ("gauge", (*SCOPE_LABELS, *more), help)
    names[full_name(QUEUE_OPEN[0], "gauge")] = ("gauge", SCOPE_LABELS, QUEUE_OPEN[1])
    for name, (kind, labels, help) in HEALTH.items():
        names["balans_build_info" if name == "build" else full_name(name, kind)] = (kind, labels, help)
    return names


def full_name(name: str, kind: Kind) -> str:
    """The name on the wire; a summary's samples add `_sum` and `_count`, a histogram's `_bucket` too."""
    return f"balans_{name}_total" if kind == "counter" else f"balans_{name}"
