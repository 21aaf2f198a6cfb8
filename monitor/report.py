"""The report of a replayed recording: one JSON object, a contract that scripts rely on.

Made from figures over the whole recording. Durations in seconds, ratios 0-1, `null` where nothing can be said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from monitor.events import LEFT_REASONS
from monitor.figures import Durations, Figures, Interval, Pipeline, Scope, ScopeKind

OTHER_REASONS = tuple(reason for reason in LEFT_REASONS if reason not in ("abandoned", "before_queue"))
"""Ways to leave a queue that are not the customer giving up."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The stretch of time that a report covers."""

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

    def json(self) -> str:
        """The report as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode()


def report(
    period: Period,
    figures: Mapping[Scope, Figures],
    pipeline: Pipeline,
    *,
    agents_seen: int,
    conservation: bool,
    cannot_tell: Iterable[str] = (),
    hours: Sequence[Hour] = (),
) -> Report:
    """The report of `period` from the figures of every scope over the whole of it."""
    return Report(
        period=period,
        total=figures_object(figures.get(Scope(kind="site", id="site"), Figures())),
        queues=_of_kind(figures, "queue"),
        channels=_of_kind(figures, "channel"),
        agents_seen=agents_seen,
        events={
            "read": pipeline.read,
            "applied": pipeline.applied,
            "rejected": dict(sorted(pipeline.rejected.items())),
        },
        conservation=conservation,
        cannot_tell=tuple(sorted(set(cannot_tell))),
        hours=tuple(hours),
    )


def _of_kind(figures: Mapping[Scope, Figures], kind: ScopeKind) -> dict[str, dict[str, Any]]:
    found = {scope.id: figures_object(one) for scope, one in figures.items() if scope.kind == kind}
    return dict(sorted(found.items()))


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


def hours(intervals: Iterable[Interval], zone: ZoneInfo) -> list[Hour]:
    """Quarters of an hour, in order, joined into hours of the site's clock. The hour that the clock runs
    through twice in autumn is two hours. An hour of which only a part is known gives the mean of that part."""

    def clock_hour(interval: Interval) -> datetime:
        local = interval.began_at.astimezone(zone)
        return local.replace(minute=0, second=0, microsecond=0)

    joined = []
    for (began_at, _), group in groupby(intervals, key=lambda quarter: (clock_hour(quarter), clock_hour(quarter).fold)):
        quarters = list(group)
        joined.append(
            Hour(
                began_at=began_at,
                mean_waiting=sum(quarter.mean_waiting for quarter in quarters) / len(quarters),
                max_waiting=max(quarter.max_waiting for quarter in quarters),
                mean_in_service=sum(quarter.mean_in_service for quarter in quarters) / len(quarters),
                max_in_service=max(quarter.max_in_service for quarter in quarters),
            )
        )
    return joined
