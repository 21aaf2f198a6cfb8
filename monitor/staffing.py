"""What if: how many people a queue needs for the next half hour, and what one more or one fewer would do. Pure.

Arrivals are those of the last half hour, handle time that of the last hour (of today, where that is too few).
Patience is estimated as all waiting of today over those who gave up, which is the likeliest value where patience is
exponential and those who were answered are censored (Brown et al., J. Am. Stat. Assoc. 100, 2005). Work that is done
side by side or in writing is no Erlang queue: its need is its load at a healthy occupancy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from monitor.erlang import Workload, agents_needed, outcome
from monitor.events import HELPING
from monitor.figures import WINDOW_MINUTES, Figures, ScopeFigures, SiteFigures
from monitor.lane import DIGITAL
from monitor.measures import BY_KEY
from monitor.settings import Queue
from monitor.small_groups import too_small
from monitor.small_numbers import CONTACTS_NEEDED
from monitor.tiles import in_window

ABANDONED_NEEDED = 5
"""Fewer who gave up say nothing of patience."""
MOST_AGENTS = 10_000


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """What so many people would come to. Null: it cannot be said, or the queue would grow without end."""

    agents: int
    service_level_ratio: float | None = None
    abandoned_ratio: float | None = None
    mean_wait_seconds: float | None = None
    occupancy_ratio: float | None = None


class Staffing(msgspec.Struct, frozen=True, kw_only=True):
    """The next half hour of one queue. `agents` are those who take its customers now or next; `model` is null with the
    reason why nothing can be said: too few people to show how they work, or too few contacts."""

    at: datetime
    queue: str
    agents: int
    model: Literal["erlang_a", "erlang_c", "load"] | None = None
    reason: Literal["few_people", "few_contacts"] | None = None
    arrivals_per_hour: float | None = None
    handle_time_seconds: float | None = None
    patience_seconds: float | None = None
    within_seconds: float
    target: float
    agents_needed: int | None = None
    scenarios: tuple[Scenario, ...] = ()
    """One fewer, as asked for (or as there are now), and one more."""


def staffing(
    figures: SiteFigures, queue: str, queues: Mapping[str, Queue], agents: int | None = None
) -> Staffing | None:
    """Of one queue, with `agents` people instead of those there are. None when there is no such queue."""
    scope = figures.of("queue", queue)
    if scope is None:
        return None
    measured = queues.get(queue, Queue())
    there = sum(scope.live.agents.get(state, 0) for state in HELPING)
    known = Staffing(
        at=figures.at, queue=queue, agents=there, within_seconds=measured.within_seconds, target=measured.target
    )
    if figures.scopes.index(scope) in too_small(figures.scopes):
        return msgspec.structs.replace(known, reason="few_people")
    workload = _workload(scope, measured, figures.at)
    if workload is None:
        return msgspec.structs.replace(known, reason="few_contacts")
    known = msgspec.structs.replace(
        known,
        arrivals_per_hour=workload.arrivals_per_second * 3600,
        handle_time_seconds=workload.handle_seconds,
        patience_seconds=workload.patience_seconds,
    )
    wanted = there if agents is None else agents
    around = [number for number in (wanted - 1, wanted, wanted + 1) if number > 0]
    if measured.channel in DIGITAL:
        return _by_load(known, workload, _side_by_side(scope), around)
    return msgspec.structs.replace(
        known,
        model="erlang_a" if workload.patience_seconds else "erlang_c",
        agents_needed=agents_needed(workload, min(measured.target, 0.999)),
        scenarios=tuple(_scenario(workload, number) for number in around),
    )


def _workload(scope: ScopeFigures, measured: Queue, at: datetime) -> Workload | None:
    lately, hour, today = (in_window(scope, window) for window in ("30m", "60m", "today"))
    handled = next(
        (each.handle_time_seconds for each in (hour, today) if each.handle_time_seconds.n >= CONTACTS_NEEDED), None
    )
    if handled is None or not handled.mean:
        return None
    # The minute that runs is in the window.
    seconds = (WINDOW_MINUTES["30m"] - 1) * 60 + at.second + at.microsecond / 1e6
    return Workload(
        arrivals_per_second=lately.offered / seconds,
        handle_seconds=handled.mean,
        within_seconds=measured.within_seconds,
        short_abandon_seconds=measured.short_abandon_seconds,
        patience_seconds=patience(today),
    )


def patience(figures: Figures) -> float | None:
    """Mean patience in seconds. None where too few gave up to say."""
    gave_up = figures.abandoned - figures.short_abandoned
    answered = figures.speed_of_answer_seconds
    waited = (answered.mean or 0.0) * answered.n + figures.abandoned_wait_seconds
    return waited / gave_up if gave_up >= ABANDONED_NEEDED and waited > 0 else None


def _scenario(workload: Workload, agents: int) -> Scenario:
    found = outcome(workload, agents) if workload.load > 0 else None
    if found is None:
        return Scenario(agents=agents, occupancy_ratio=min(1.0, workload.load / agents))
    return Scenario(
        agents=agents,
        service_level_ratio=found.service_level_ratio,
        abandoned_ratio=found.abandoned_ratio,
        mean_wait_seconds=found.mean_wait_seconds,
        occupancy_ratio=found.occupancy_ratio,
    )


def _side_by_side(scope: ScopeFigures) -> float:
    return max(1.0, in_window(scope, "60m").concurrency.ratio or 1.0)


def _by_load(known: Staffing, workload: Workload, at_once: float, around: list[int]) -> Staffing:
    healthy = BY_KEY["occupancy_ratio"].thresholds
    assert healthy is not None
    load = workload.load / at_once
    return msgspec.structs.replace(
        known,
        model="load",
        patience_seconds=None,
        agents_needed=math.ceil(load / healthy.good),
        scenarios=tuple(Scenario(agents=number, occupancy_ratio=min(1.0, load / number)) for number in around),
    )
