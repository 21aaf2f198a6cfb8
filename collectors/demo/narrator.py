"""The records in Balans' vocabulary: `events(day, seed)` tells one day of the site in order of life.

With `carry_over` the story begins with what is alive at midnight: written work of the evening before,
conversations that run past midnight and the state of those on duty.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from collectors.demo.centre import AGENTS, QUEUES
from collectors.demo.chronicle import Chronicle, chronicle
from collectors.demo.records import Opinion, StateChange, Visit
from collectors.demo.siteday import SiteDay, instant
from monitor.events import (
    AgentStateChanged,
    ComplimentGiven,
    ContactAnswered,
    ContactEnded,
    ContactFirstResponse,
    ContactHeld,
    ContactLeft,
    ContactOffered,
    ContactRepeated,
    ContactResumed,
    ContactReviewed,
    ContactTransferred,
    ContactWrappedUp,
    Event,
    FeedbackAsked,
    FeedbackGiven,
    QueueSnapshot,
    ServedVisit,
    SourceStatus,
    WaitingVisit,
    in_order_of_life,
)

HEARTBEAT_SECONDS = 60.0
"""Said with every status: silent for longer means stale."""
STATUS_EVERY = 20_000
_AGENTS = {agent.id: agent for agent in AGENTS}


def events(
    day: date, seed: int = 7, *, source: str = "demo", zone: str = "Europe/Amsterdam", carry_over: bool = True
) -> Iterator[Event]:
    """Everything that happens on a day of the site; pure. The days in a row, each after the first without
    `carry_over`, make one story without a gap."""
    story = chronicle(seed, SiteDay(day, zone))
    yield from tell(story, source, carry_over=carry_over)


def tell(story: Chronicle, source: str, *, carry_over: bool) -> list[Event]:
    """The day's events in order."""
    told: list[Event] = []
    for visit in story.visits:
        told += of_visit(visit, source)
    told += (_of_state(change, source) for change in story.states)
    told += (_of_opinion(opinion, source) for opinion in story.opinions)
    begins, ends = instant(story.day.begins), instant(story.day.ends)
    told = [event for event in told if (carry_over or event.at >= begins) and event.at < ends]
    told += (status(at, source, story) for at in range(story.day.begins, story.day.ends, STATUS_EVERY))
    return in_order_of_life(told)


def status(at: int, source: str, story: Chronicle) -> SourceStatus:
    """The sign of life at an instant; during the outage it says so."""
    out = story.outage[0] <= at < story.outage[1]
    return SourceStatus(
        id=f"status.{at}",
        source=source,
        at=instant(at),
        state="up",
        heartbeat_seconds=HEARTBEAT_SECONDS,
        detail="storing chat" if out else "",
    )


def of_visit(visit: Visit, source: str) -> Iterator[Event]:
    """The life of one visit."""
    offered_at = instant(visit.offered_at)
    if visit.left_reason != "before_queue":
        yield ContactOffered(
            id=f"{visit.id}.offered",
            source=source,
            at=offered_at,
            contact=visit.contact,
            visit=str(visit.number),
            queue=visit.queue,
            channel=visit.channel,
            customer=visit.customer,
            topic=visit.topic,
            transferred_in=visit.transferred_in,
        )
    if visit.repeats:
        yield ContactRepeated(
            id=f"{visit.id}.repeated",
            source=source,
            at=offered_at,
            contact=visit.contact,
            visit=str(visit.number),
            earlier_contact=visit.repeats,
        )
    if visit.left_at is not None and visit.left_reason is not None:
        yield ContactLeft(
            id=f"{visit.id}.left",
            source=source,
            at=instant(visit.left_at),
            contact=visit.contact,
            visit=str(visit.number),
            queue=visit.queue,
            reason=visit.left_reason,
            waited_seconds=(visit.left_at - visit.offered_at) / 1000,
        )
    if visit.answered_at is not None:
        yield from _of_conversation(visit, source, visit.answered_at)


def _of_conversation(visit: Visit, source: str, answered_at: int) -> Iterator[Event]:
    contact, number = visit.contact, str(visit.number)
    yield ContactAnswered(
        id=f"{visit.id}.answered",
        source=source,
        at=instant(answered_at),
        contact=contact,
        visit=number,
        queue=visit.queue,
        agent=visit.agent,
        waited_seconds=(answered_at - visit.offered_at) / 1000,
    )
    for place, (begins, ends) in enumerate(visit.holds):
        of_hold = f"{visit.id}.hold{place}"
        yield ContactHeld(id=of_hold, source=source, at=instant(begins), contact=contact, visit=number)
        yield ContactResumed(id=f"{of_hold}.resumed", source=source, at=instant(ends), contact=contact, visit=number)
    if visit.first_response_at is not None:
        at = instant(visit.first_response_at)
        yield ContactFirstResponse(
            id=f"{visit.id}.response", source=source, at=at, contact=contact, visit=number, agent=visit.agent
        )
    if visit.ended_at is None or visit.wrapped_at is None:
        return
    ended_at = instant(visit.ended_at)
    if visit.transferred_to is not None:
        yield ContactTransferred(
            id=f"{visit.id}.transferred",
            source=source,
            at=ended_at,
            contact=contact,
            visit=number,
            to=visit.transferred_to,
            kind="blind",
        )
    yield ContactEnded(
        id=f"{visit.id}.ended",
        source=source,
        at=ended_at,
        contact=contact,
        visit=number,
        by=visit.ended_by,
        talk_seconds=(visit.ended_at - answered_at) / 1000,
    )
    yield ContactWrappedUp(
        id=f"{visit.id}.wrapped",
        source=source,
        at=instant(visit.wrapped_at),
        contact=contact,
        visit=number,
        wrap_up_seconds=(visit.wrapped_at - visit.ended_at) / 1000,
    )


def _of_state(change: StateChange, source: str) -> AgentStateChanged:
    agent = _AGENTS[change.agent]
    return AgentStateChanged(
        id=f"{change.agent}.{change.at}.{change.state}",
        source=source,
        at=instant(change.at),
        agent=change.agent,
        state=change.state,
        reason=change.reason,
        queues=agent.skills if change.state != "offline" else (),
        team=agent.team,
    )


def _of_opinion(opinion: Opinion, source: str) -> Event:
    visit, at = opinion.visit, instant(opinion.at)
    id, contact, number = f"{visit.id}.{opinion.kind}", visit.contact, str(visit.number)
    if opinion.kind == "asked":
        return FeedbackAsked(id=id, source=source, at=at, contact=contact, visit=number)
    if opinion.kind == "review":
        return ContactReviewed(
            id=id,
            source=source,
            at=at,
            contact=contact,
            visit=number,
            points=opinion.points,
            applicable=float(opinion.score),
            critical_error=opinion.critical,
        )
    if opinion.kind == "compliment":
        return ComplimentGiven(id=id, source=source, at=at, contact=contact, queue=visit.queue, text=opinion.text)
    return FeedbackGiven(
        id=id, source=source, at=at, contact=contact, visit=number, kind=opinion.kind, score=opinion.score
    )


def snapshots(story: Chronicle, at: int, *, source: str = "demo") -> list[Event]:
    """What waits and who is helped in each queue at an instant, everything of that instant included."""
    waiting: dict[str, list[WaitingVisit]] = {queue: [] for queue in QUEUES}
    serving: dict[str, list[ServedVisit]] = {queue: [] for queue in QUEUES}
    for visit in story.visits:
        if visit.offered_at > at or (visit.left_at is not None and visit.left_at <= at):
            continue
        contact, number = visit.contact, str(visit.number)
        if visit.answered_at is None or visit.answered_at > at:
            offered_at = instant(visit.offered_at)
            waiting[visit.queue].append(WaitingVisit(contact=contact, visit=number, offered_at=offered_at))
        elif visit.ended_at is None or visit.ended_at > at:
            answered_at = instant(visit.answered_at)
            serving[visit.queue].append(
                ServedVisit(contact=contact, visit=number, agent=visit.agent, answered_at=answered_at)
            )
    return [
        QueueSnapshot(
            id=f"snapshot.{queue}.{at}",
            source=source,
            at=instant(at),
            queue=queue,
            waiting=tuple(waiting[queue]),
            serving=tuple(serving[queue]),
            channel=definition.channel,
        )
        for queue, definition in QUEUES.items()
    ]
