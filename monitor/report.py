"""The report of a replayed recording: one JSON object, a contract that scripts rely on.

Made from figures over the whole recording. Durations in seconds, ratios 0-1, `null` where nothing can be said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from monitor.events import LEFT_REASONS
from monitor.figures import Durations, Figures, Pipeline, ScopeKind, Whole

OTHER_REASONS = tuple(reason for reason in LEFT_REASONS if reason not in ("abandoned", "before_queue"))
"""Ways to leave a queue that are not the customer giving up."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The stretch of time that a report covers, on the site's clock."""

    start: datetime | None
    end: datetime | None
    time_zone: str


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """How many waited and how many were being helped in one hour: mean over time, and the most at once."""

    began_at: datetime
    mean_waiting: float
    max_waiting: int
    mean_in_service: float
    max_in_service: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay says. `total`, `queues` and `channels` hold the objects of `figures_object`."""

    period: Period
    total: dict[str, Any]
    queues: dict[str, dict[str, Any]]
    channels: dict[str, dict[str, Any]]
    agents_seen: int
    events: dict[str, Any]
    conservation: bool
    cannot_tell: tuple[str, ...] = ()
    hours: tuple[Hour, ...] = ()
    scores: dict[str, dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET
    """By agent: only when it was asked for offline, by a person entitled to it."""

    def json(self) -> str:
        """The report as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode()


def report(
    whole: Whole,
    time_zone: str,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    unreadable: Mapping[str, int] | None = None,
) -> Report:
    """The report of everything applied. `start` and `end` are given where the period is more than the stretch
    between the first and the last event; `unreadable` counts by reason input that did not become an event."""
    zone = ZoneInfo(time_zone)
    start, end = start or whole.began_at, end or whole.ended_at
    return Report(
        period=Period(start=_local(start, zone), end=_local(end, zone), time_zone=time_zone),
        total=_of_kind(whole, "site").get("site", figures_object(Figures())),
        queues=_of_kind(whole, "queue"),
        channels=_of_kind(whole, "channel"),
        agents_seen=whole.agents_seen,
        events=_events(whole.pipeline, unreadable or {}),
        conservation=whole.conservation,
        cannot_tell=tuple(sorted({word for source in whole.sources for word in source.cannot_tell})),
        hours=tuple(
            Hour(
                began_at=hour.began_at.astimezone(zone),
                mean_waiting=hour.mean_waiting,
                max_waiting=hour.max_waiting,
                mean_in_service=hour.mean_in_service,
                max_in_service=hour.max_in_service,
            )
            for hour in whole.hours
        ),
    )


def _local(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if instant is None else instant.astimezone(zone)


def _of_kind(whole: Whole, kind: ScopeKind) -> dict[str, dict[str, Any]]:
    found = {one.scope.id: figures_object(one.figures) for one in whole.scopes if one.scope.kind == kind}
    return dict(sorted(found.items()))


def _events(pipeline: Pipeline, unreadable: Mapping[str, int]) -> dict[str, Any]:
    """What could not be read counts as read and rejected: read = applied + sum(rejected)."""
    rejected = Counter(pipeline.rejected) + Counter(unreadable)
    return {
        "read": pipeline.read + sum(unreadable.values()),
        "applied": pipeline.applied,
        "rejected": dict(sorted(rejected.items())),
    }


def figures_object(figures: Figures) -> dict[str, Any]:
    """FIGURES of the contract. Every reason to leave is named, also those that nobody left for."""
    return {
        "offered": figures.offered,
        "contacts": figures.contacts,
        "answered": figures.answered,
        "abandoned": figures.abandoned,
        "short_abandoned": figures.short_abandoned,
        "left": {reason: figures.left.get(reason, 0) for reason in OTHER_REASONS},
        "left_before_queue": figures.left_before_queue,
        "handled": figures.handled,
        "waiting": figures.waiting,
        "service_level": msgspec.to_builtins(figures.service_level),
        "speed_of_answer_seconds": _durations(figures.speed_of_answer_seconds),
        "handle_time_seconds": _durations(figures.handle_time_seconds),
        "talk_seconds": _durations(figures.talk_seconds),
        "hold_seconds": _durations(figures.hold_seconds),
        "longest_wait_seconds": figures.longest_wait_seconds,
        "max_waiting": figures.max_waiting,
        "max_in_service": figures.max_in_service,
        "transferred": figures.transferred,
    }


def _durations(durations: Durations) -> dict[str, float | int | None]:
    return {"mean": durations.mean, "median": durations.median, "p90": durations.p90, "n": durations.n}
