"""Made-up contacts for the tests of the score, from a seed or by hand."""

from __future__ import annotations

from random import Random
from typing import Any

from monitor.balance import Contact, Score, Topics

DAY = 86_400.0
TOPICS = Topics(names=("order", "claim"), hard=frozenset({"claim"}), complaint=frozenset({"claim"}))
Heard = tuple[str, tuple[Any, ...]]


def contact(number: int = 0, **facts: Any) -> Contact:
    """An ordinary contact of six minutes at ten in the morning of day 1."""
    usual: dict[str, Any] = {
        "id": f"c{number:05d}",
        "agent": "anna",
        "customer": f"k{number:05d}",
        "topic": "order",
        "closed_at": DAY + 36_000.0 + number,
        "handle_seconds": 360.0,
    }
    usual |= facts
    usual.setdefault("day", int(usual["closed_at"] // DAY))
    return Contact(**usual)


def story(seed: int, days: int = 4, agents: int = 6, a_day: int = 12) -> list[Heard]:
    """What a score hears of a few days, in order of time."""
    random = Random(seed)
    heard: list[tuple[float, Heard]] = []
    number = 0
    for day in range(1, days + 1):
        for agent in range(agents):
            for _ in range(random.randint(0, a_day)):
                number += 1
                at = day * DAY + random.uniform(8, 20) * 3600
                made = contact(
                    number,
                    agent=f"a{agent}",
                    team=f"t{agent % 2}",
                    line=2 if agent == 5 else 1,
                    topic=random.choice(("order", "claim", "other")),
                    channel=random.choice(("voice", "mail", "chat")),
                    customer=f"k{random.randint(1, 40)}",
                    closed_at=at,
                    handle_seconds=random.lognormvariate(5.8, 0.6),
                    waited_seconds=random.expovariate(1 / 90),
                    transferred=random.random() < 0.1,
                )
                heard.append((at, ("add", (made,))))
                if random.random() < 0.3:
                    later = at + random.expovariate(1 / (DAY / 3))
                    heard.append((later, ("marked", (made.id, later, random.random() < 0.7))))
                if random.random() < 0.25:
                    later = at + random.expovariate(1 / (2 * DAY))
                    heard.append((later, ("came_back", (made.id, later))))
    return [one for _, one in sorted(heard, key=lambda pair: pair[0])]


def tell(score: Score, heard: Heard) -> None:
    """One thing heard."""
    method, arguments = heard
    getattr(score, method)(*arguments)


def after(heard: list[Heard], days: int = 4) -> Score:
    """A score that heard everything in order and fell asleep each midnight."""
    score = Score(TOPICS)
    waiting = list(heard)
    for day in range(1, days + 1):
        night = (day + 1) * DAY
        while waiting and instant(waiting[0]) <= night:
            tell(score, waiting.pop(0))
        score.close(night)
    return score


def instant(heard: Heard) -> float:
    """When it happened."""
    method, arguments = heard
    return float(arguments[0].closed_at if method == "add" else arguments[1])
