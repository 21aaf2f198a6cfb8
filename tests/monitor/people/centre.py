"""A small made-up centre: some days of contacts as events, from a seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from monitor.balance import Topics
from monitor.events import (
    AgentStateChanged,
    Cause,
    ContactAnswered,
    ContactEnded,
    ContactOffered,
    ContactTransferred,
    ContactWrappedUp,
    Event,
    FeedbackGiven,
    in_order_of_life,
)
from monitor.people.plan import Plan

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
AGENTS = tuple(f"a{number:02}" for number in range(12))
TEAM_OF = {agent: ("north" if number % 2 else "south") for number, agent in enumerate(AGENTS)}
PLAN = Plan(
    time_zone="UTC",
    lateness_seconds=300,
    topics=Topics(names=("order", "claim"), hard=frozenset({"claim"}), complaint=frozenset({"claim"})),
    lines={"desk": 1, "chat": 1, "experts": 2},
    teams=TEAM_OF,
    scores=True,
    shadow_days=0,
)
UNSCORED = replace(PLAN, scores=False)


def at(day: int, hour: float = 0) -> datetime:
    """An instant, days counted from a Monday."""
    return MONDAY + timedelta(days=day, hours=hour)


def call(
    contact: str,
    agent: str,
    begins: datetime,
    *,
    talk_seconds: float = 300.0,
    waited_seconds: float = 30,
    queue: str = "desk",
    topic: str = "order",
    customer: str = "",
    passed_on: bool = False,
    channel: str = "voice",
    cause: Cause = "",
) -> list[Event]:
    """One visit from its beginning to its end."""
    of = {"source": "pbx", "contact": contact, "visit": "1"}
    answered = begins + timedelta(seconds=waited_seconds)
    ended = answered + timedelta(seconds=talk_seconds)
    events: list[Event] = [
        ContactOffered(
            id=f"{contact}.o",
            at=begins,
            queue=queue,
            channel=channel,  # type: ignore[arg-type]
            customer=customer or f"k-{contact}",
            topic=topic,
            **of,
        ),
        ContactAnswered(id=f"{contact}.a", at=answered, queue=queue, agent=agent, **of),
        ContactEnded(id=f"{contact}.e", at=ended, talk_seconds=talk_seconds, **of),
        ContactWrappedUp(id=f"{contact}.w", at=ended, wrap_up_seconds=0, cause=cause, **of),
    ]
    if passed_on:
        events.append(ContactTransferred(id=f"{contact}.t", at=ended, to="experts", **of))
    return events


def state(agent: str, word: str, when: datetime, queues: tuple[str, ...] | None = ("desk", "chat")) -> Event:
    """An agent's own state."""
    id = f"{agent}.{word}.{when.isoformat()}"
    return AgentStateChanged(id=id, source="pbx", at=when, agent=agent, state=word, queues=queues)  # type: ignore[arg-type]


def story(seed: int, days: int = 3, a_day: int = 10) -> list[Event]:
    """Some days of all agents, in order of life: the first three agents are slow, passing on, and left again."""
    random = Random(seed)
    events: list[Event] = []
    number = 0
    for day in range(days):
        for place, agent in enumerate(AGENTS):
            events.append(state(agent, "available", at(day, 8)))
            for turn in range(a_day):
                number += 1
                contact = f"c{number:05}"
                begins = at(day, 8.1 + turn * 8 / a_day + random.random() * 0.2)
                seconds = random.lognormvariate(5.6, 0.4) * (1.6 if place == 0 else 1.0)
                topic = random.choice(("order", "claim"))
                customer = f"k{random.randint(1, 400)}"
                passed_on = random.random() < (0.4 if place == 1 else 0.05)
                events += call(
                    contact,
                    agent,
                    begins,
                    talk_seconds=seconds,
                    queue="chat" if place % 4 == 3 else "desk",
                    channel="chat" if place % 4 == 3 else "voice",
                    topic=topic,
                    customer=customer,
                    passed_on=passed_on,
                )
                if random.random() < 0.3:
                    mark = FeedbackGiven(
                        id=f"{contact}.f",
                        source="survey",
                        at=begins + timedelta(hours=1),
                        contact=contact,
                        visit="1",
                        kind="csat",
                        score=random.randint(1, 5),
                    )
                    events.append(mark)
                back = 0.5 if place == 2 else 0.1
                if random.random() < back:
                    again = begins + timedelta(hours=random.uniform(0.2, 30))
                    events += call(f"{contact}b", random.choice(AGENTS), again, topic=topic, customer=customer)
            events.append(state(agent, "offline", at(day, 17)))
    return in_order_of_life(events)
