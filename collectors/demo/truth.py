"""What really happened, counted from the simulation's own records and not from the events told about them.

`truth(day, until)` is what an engine that has heard the day's events must say of "today" at that instant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from collectors.demo.centre import QUEUES
from collectors.demo.chronicle import Chronicle, chronicle
from collectors.demo.records import Visit
from collectors.demo.siteday import SiteDay, milliseconds
from monitor.events import AgentState

SHORT_ABANDON = 5_000


@dataclass(frozen=True, slots=True)
class Tally:
    """Visits of a set of queues from the site's midnight up to and including an instant; sums in seconds.
    Those offered outside a queue's opening hours are in `outside_hours` and nowhere else.

    carried_in + offered = answered + abandoned + sum(left) + waiting.
    """

    carried_in: int
    offered: int
    answered: int
    answered_in_time: int
    abandoned: int
    short_abandoned: int
    left: dict[str, int]
    """By reason, without `abandoned` and `before_queue`."""
    left_before_queue: int
    outside_hours: int
    waiting: int
    in_service: int
    handled: int
    transferred: int
    wait_seconds: float
    """Of the answered."""
    talk_seconds: float
    """Of the handled, hold included."""
    handle_seconds: float


@dataclass(frozen=True, slots=True)
class Truth:
    """The day so far."""

    at: datetime
    total: Tally
    queues: dict[str, Tally]
    agents: dict[AgentState, int]
    """People on duty by state."""


def truth(day: date, until: datetime, seed: int = 7, *, zone: str = "Europe/Amsterdam") -> Truth:
    """The truth of a day up to and including `until`, an aware instant of that day."""
    story, at = chronicle(seed, SiteDay(day, zone)), milliseconds(until)
    by_queue: dict[str, list[Visit]] = {queue: [] for queue in QUEUES}
    for visit in story.visits:
        by_queue[visit.queue].append(visit)
    return Truth(
        at=until,
        total=_tally(story.visits, story.day, at),
        queues={queue: _tally(visits, story.day, at) for queue, visits in by_queue.items()},
        agents=dict(_agents(story, at)),
    )


def _tally(visits: Iterable[Visit], day: SiteDay, at: int) -> Tally:
    midnight = day.begins

    def now(instant: int | None) -> bool:
        return instant is not None and midnight <= instant <= at

    told = [visit for visit in visits if visit.offered_at <= at]
    outside = [visit for visit in told if _is_outside_hours(visit, day)]
    queued = [visit for visit in told if visit.left_reason != "before_queue" and not _is_outside_hours(visit, day)]
    answered = [visit for visit in queued if now(visit.answered_at)]
    abandoned = [visit for visit in queued if visit.left_reason == "abandoned" and now(visit.left_at)]
    handled = [visit for visit in queued if now(visit.wrapped_at)]
    left = Counter(
        visit.left_reason for visit in queued if now(visit.left_at) and visit.left_reason not in (None, "abandoned")
    )
    waits = [(visit.answered_at or 0) - visit.offered_at for visit in answered]
    return Tally(
        carried_in=sum(visit.offered_at < midnight and _waits(visit, midnight - 1) for visit in queued),
        offered=sum(visit.offered_at >= midnight for visit in queued),
        answered=len(answered),
        answered_in_time=sum(
            wait <= QUEUES[visit.queue].within_seconds * 1000 for visit, wait in zip(answered, waits, strict=True)
        ),
        abandoned=len(abandoned),
        short_abandoned=sum((visit.left_at or 0) - visit.offered_at <= SHORT_ABANDON for visit in abandoned),
        left={str(reason): count for reason, count in left.items()},
        left_before_queue=sum(visit.left_reason == "before_queue" and now(visit.left_at) for visit in told),
        outside_hours=sum(visit.offered_at >= midnight for visit in outside),
        waiting=sum(_waits(visit, at) for visit in queued),
        in_service=sum(_is_served(visit, at) for visit in queued),
        handled=len(handled),
        transferred=sum(visit.transferred_to is not None and now(visit.ended_at) for visit in queued),
        wait_seconds=sum(waits) / 1000,
        talk_seconds=sum((visit.ended_at or 0) - (visit.answered_at or 0) for visit in handled) / 1000,
        handle_seconds=sum((visit.wrapped_at or 0) - (visit.answered_at or 0) for visit in handled) / 1000,
    )


def _is_outside_hours(visit: Visit, day: SiteDay) -> bool:
    """Only the second line has opening hours in the settings."""
    queue = QUEUES[visit.queue]
    return queue.line == 2 and not queue.opens <= day.hour(visit.offered_at) < queue.closes


def _waits(visit: Visit, at: int) -> bool:
    over = visit.answered_at if visit.answered_at is not None else visit.left_at
    return visit.offered_at <= at and (over is None or over > at)


def _is_served(visit: Visit, at: int) -> bool:
    begun = visit.answered_at is not None and visit.answered_at <= at
    return begun and (visit.ended_at is None or visit.ended_at > at)


def _agents(story: Chronicle, at: int) -> Counter[AgentState]:
    own: dict[str, AgentState] = {}
    for change in story.states:
        if change.at <= at:
            own[change.agent] = change.state
    busy: dict[str, list[Visit]] = {}
    for visit in story.visits:
        if visit.answered_at is not None and visit.answered_at <= at and (visit.wrapped_at or at) > at:
            busy.setdefault(visit.agent, []).append(visit)
    return Counter(
        _state_of(busy[agent], at) if agent in busy else state for agent, state in own.items() if state != "offline"
    )


def _state_of(visits: list[Visit], at: int) -> AgentState:
    """Talking goes before hold, hold before wrap-up."""
    served = [visit for visit in visits if _is_served(visit, at)]
    if not served:
        return "wrap_up"
    on_hold = all(any(begins <= at < ends for begins, ends in visit.holds) for visit in served)
    return "on_hold" if on_hold else "on_contact"
