"""What the rules read of the figures: one reading for each kind of alert and each subject it concerns. Pure.

Of groups too small to hide one person, pace and quality are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.alerts.lifecycle import Reading
from monitor.events import HELPING
from monitor.figures import Figures, ScopeFigures, SiteFigures
from monitor.instants import SiteDays, to_microseconds
from monitor.lane import WRITTEN
from monitor.settings import Queue
from monitor.small_groups import too_small
from monitor.small_numbers import CONTACTS_NEEDED, PEOPLE_NEEDED, wilson
from monitor.tiles import in_window


def readings(figures: SiteFigures, queues: Mapping[str, Queue], days: SiteDays) -> Iterator[Reading]:
    """Everything that could be an alert. `days` are the site's: they know its opening hours."""
    small = too_small(figures.scopes)
    for place, scope in enumerate(figures.scopes):
        if scope.scope.kind == "queue":
            yield from _of_queue(scope, queues.get(scope.scope.id, Queue()), figures, days)
        if place not in small:
            yield from _of_group(scope)
    for source in figures.sources:
        yield Reading("source_silent", "source", source.source, float(source.state != "up"))
    # Not the age of events: a file of yesterday's calls is late by itself.
    behind = figures.pipeline.lag_seconds
    yield Reading("monitor_behind", "site", "site", behind, behind)


def _of_queue(scope: ScopeFigures, queue: Queue, figures: SiteFigures, days: SiteDays) -> Iterator[Reading]:
    id, live = scope.scope.id, scope.live
    is_open = days.is_open(queue.opening_hours, to_microseconds(figures.at))
    # Of a silent source nothing can be said but that it is silent.
    heard = live.stale_since is None
    waited = _waited(scope, figures, queue)
    many = live.on_the_line / max(live.on_duty, PEOPLE_NEEDED)
    yield Reading("waiting_many", "queue", id, many if heard else None, live.on_the_line)
    beyond = waited - queue.within_seconds if is_open else 0.0
    yield Reading("waiting_long", "queue", id, beyond if heard else None, waited)
    burn = min(_burn(in_window(scope, window), queue) for window in ("15m", "60m")) if is_open else 0.0
    level = in_window(scope, "60m").service_level.ratio
    yield Reading("service_level", "queue", id, burn if heard else None, level or 0.0)
    if live.agents:
        # Without opening hours a queue is always open, and may well be empty at night.
        wanted = is_open and (bool(queue.opening_hours) or live.on_the_line > 0)
        alone = wanted and not any(live.agents.get(state) for state in HELPING)
        yield Reading("nobody_available", "queue", id, float(alone) if heard else None, live.on_the_line)


def _of_group(scope: ScopeFigures) -> Iterator[Reading]:
    kind, id, heard = scope.scope.kind, scope.scope.id, scope.live.stale_since is None
    if kind in ("site", "team"):
        occupancy = in_window(scope, "30m").occupancy.ratio if heard else None
        yield Reading("occupancy", "team" if kind == "team" else "site", id, occupancy, occupancy or 0.0)
    if kind in ("site", "queue"):
        hour, today = in_window(scope, "60m").repeat_10m, in_window(scope, "today").repeat_10m
        rise = None
        if hour.denominator >= CONTACTS_NEEDED and today.ratio:
            rise = wilson(min(hour.numerator, hour.denominator), hour.denominator)[0] / today.ratio
        yield Reading("repeat_contacts", "queue" if kind == "queue" else "site", id, rise, hour.ratio or 0.0)


def _waited(scope: ScopeFigures, figures: SiteFigures, queue: Queue) -> float:
    """How long the first in line has waited, in seconds; written work in opening hours only."""
    if queue.channel in WRITTEN:
        return scope.live.oldest_backlog_open_seconds or 0.0
    began = scope.live.longest_wait_began_at
    return 0.0 if began is None else (figures.at - began).total_seconds()


def _burn(figures: Figures, queue: Queue) -> float:
    """Share not answered in time over the share that the target allows; 0 for too few to say."""
    level = figures.service_level
    if level.ratio is None or level.denominator < CONTACTS_NEEDED / 3:
        return 0.0
    return (1 - level.ratio) / max(1 - queue.target, 0.01)
