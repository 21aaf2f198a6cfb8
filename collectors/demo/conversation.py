"""How one customer waits, is helped and looks back: the drawings of chance for a single visit.

Handle times are lognormal by topic, channel and line, longer after a long wait (letting off steam) and beside
other chats. Agents differ in pace, in how often they solve it at once and in warmth. Times in milliseconds.
"""

from __future__ import annotations

import math
from functools import lru_cache
from random import Random
from typing import Literal, NamedTuple

from collectors.demo.centre import QUEUES, TOPICS, Agent
from collectors.demo.records import Opinion, Visit
from collectors.demo.siteday import HOUR, MINUTE, SiteDay
from collectors.demo.thanks import THANKS
from monitor.events import Channel, EndedBy

_TALK = {"voice": 1.0, "callback": 1.0, "video": 1.15, "chat": 1.5, "whatsapp": 1.35, "mail": 1.25, "social": 0.9}
_WRAP_UP = {"voice": 26.0, "callback": 24.0, "video": 60.0, "chat": 12.0, "whatsapp": 10.0, "mail": 8.0, "social": 5.0}
_PATIENCE = {"voice": 330.0, "chat": 270.0, "whatsapp": 2400.0, "video": 240.0}
"""Mean seconds a customer is willing to wait; mail, social and callback do not give up."""
_ASKED = {"voice": 0.35, "callback": 0.35, "chat": 0.6, "whatsapp": 0.5, "mail": 0.4, "social": 0.0, "video": 0.8}
_MARK: dict[str, Literal["csat", "nps", "thumb"]] = {"chat": "thumb", "whatsapp": "thumb", "mail": "nps"}
_STEAM = 0.11
"""Growth of log talk time per log1p(minutes waited)."""


class Traits(NamedTuple):
    """How an agent differs from the average, on log and logit scales."""

    pace: float
    quality: float
    warmth: float


class Course(NamedTuple):
    """The length of a conversation and the stretches on hold in it, from its beginning."""

    talk: int
    holds: list[tuple[int, int]]


class Outcome(NamedTuple):
    """How it ended. `to` is the queue the customer is passed on to; `back_after` None: does not come back."""

    ended_by: EndedBy
    wrap_up: int
    solved: bool
    to: str = ""
    back_after: int | None = None
    back_on: str = "klantenservice"


@lru_cache(maxsize=512)
def traits(seed: int, agent: Agent) -> Traits:
    """Fixed for an agent: who is careful is a little slower and solves more."""
    random = Random(f"{seed}/traits/{agent.number}")
    careful = random.gauss(0, 1)
    return Traits(
        pace=0.13 * (0.3 * careful + 0.95 * random.gauss(0, 1)),
        quality=0.42 * careful,
        warmth=0.42 * (0.5 * careful + 0.87 * random.gauss(0, 1)),
    )


def patience(random: Random, channel: Channel) -> int | None:
    """When the customer gives up; some hang up at once. None: never."""
    mean = _PATIENCE.get(channel)
    if mean is None:
        return None
    if channel == "voice" and random.random() < 0.008:
        return random.randint(800, 5_000)
    return int(random.expovariate(1 / mean) * 1000) + 3_000


def ring(random: Random, channel: Channel) -> tuple[int, bool]:
    """How long it rings and whether it is heard."""
    if channel not in ("voice", "video"):
        return random.randint(800, 4_000), True
    if random.random() < 0.008:
        return 18_000, False
    return random.randint(1_500, 6_500), True


def _waited_minutes(visit: Visit) -> float:
    assert visit.answered_at is not None
    return (visit.answered_at - visit.offered_at) / MINUTE


def _logit(chance: float) -> float:
    return math.log(chance / (1 - chance))


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def conversation(random: Random, visit: Visit, traits: Traits, beside: int) -> Course:
    """`beside`: how many other customers the agent helps at the same time."""
    topic = TOPICS[visit.topic]
    live = visit.channel not in ("mail", "social")
    steam = _STEAM * math.log1p(_waited_minutes(visit)) if live else 0.0
    second = 0.12 if QUEUES[visit.queue].line == 2 else 0.0
    centre = math.log(topic.talk_seconds * _TALK[visit.channel]) + steam + second + traits.pace + 0.16 * beside
    seconds = min(math.exp(centre + random.gauss(0, 0.45)), 3600)
    if random.random() < 0.012:
        seconds = random.uniform(12, 40)
    talk = int(seconds * 1000)
    return Course(talk, _holds(random, visit, talk))


def _holds(random: Random, visit: Visit, talk: int) -> list[tuple[int, int]]:
    chance = 0.24 if QUEUES[visit.queue].line == 2 else 0.12
    if visit.channel != "voice" or talk < MINUTE or random.random() > chance:
        return []
    begins = int(talk * random.uniform(0.25, 0.6))
    lasts = min(int(random.lognormvariate(math.log(32), 0.6) * 1000), talk - begins - 5_000)
    return [(begins, begins + lasts)]


def outcome(random: Random, visit: Visit, traits: Traits, *, may_pass_on: bool) -> Outcome:
    """Drawn when the conversation ends."""
    topic = TOPICS[visit.topic]
    wrap_up = int(random.lognormvariate(math.log(_WRAP_UP[visit.channel]), 0.6) * 1000)
    first_line = QUEUES[visit.queue].line == 1
    passes_on = random.random() < topic.passed_on and first_line and visit.channel in ("voice", "callback")
    if passes_on and may_pass_on:
        return Outcome("transfer", wrap_up // 2, solved=False, to=topic.to)
    hurry = -0.10 * math.log1p(_waited_minutes(visit)) if visit.channel not in ("mail", "social") else 0.0
    second = 0.0 if first_line else 0.5
    solved = random.random() < _chance(_logit(topic.solved) + traits.quality + hurry + second)
    by: EndedBy = "customer" if random.random() < 0.62 else "agent"
    if solved or random.random() > 0.55:
        return Outcome(by, wrap_up, solved)
    soon = random.random() < 0.35
    after = random.uniform(1, 9.5) * MINUTE if soon else random.lognormvariate(math.log(1.8), 0.7) * HOUR
    same = visit.channel == "voice" or (visit.channel != "callback" and random.random() < 0.45)
    return Outcome(by, wrap_up, solved, back_after=int(after), back_on=visit.queue if same else "klantenservice")


def opinions(random: Random, visit: Visit, traits: Traits, solved: bool, day: SiteDay) -> list[Opinion]:
    """What is asked, given, reviewed and thanked afterwards, as far as it falls on the visit's own day."""
    assert visit.ended_at is not None
    wait = 0.25 * math.log1p(_waited_minutes(visit)) if visit.channel not in ("mail", "social") else 0.0
    pleased = random.random() < _chance(0.2 + (1.9 if solved else 0.0) + traits.warmth - wait)
    said = [
        *_feedback(random, visit, pleased),
        *_review(random, visit, traits, solved),
        *_thanks(random, visit, pleased),
    ]
    return [opinion for opinion in said if opinion.at < day.ends]


def _feedback(random: Random, visit: Visit, pleased: bool) -> list[Opinion]:
    assert visit.ended_at is not None
    if random.random() > _ASKED[visit.channel]:
        return []
    asked_at = visit.ended_at + random.randint(5_000, 90_000)
    asked = Opinion(asked_at, visit, "asked")
    if random.random() > (0.22 if pleased else 0.30):
        return [asked]
    kind = _MARK.get(visit.channel, "csat")
    good, bad = {"csat": ((4, 5, 5), (1, 2, 3)), "thumb": ((1,), (0,)), "nps": ((9, 10, 10, 8), (2, 5, 6, 7))}[kind]
    given_at = asked_at + int(random.expovariate(1 / (6 * MINUTE))) + 4_000
    return [asked, Opinion(given_at, visit, kind, score=random.choice(good if pleased else bad))]


def _review(random: Random, visit: Visit, traits: Traits, solved: bool) -> list[Opinion]:
    assert visit.ended_at is not None
    if random.random() > 0.02:
        return []
    at = visit.ended_at + int(random.uniform(20, 150) * MINUTE)
    applicable = float(random.choice((16, 18, 20)))
    reached = _chance(1.2 + (0.5 if solved else 0) + traits.quality + 0.5 * random.gauss(0, 1))
    critical = random.random() < (0.02 if solved else 0.07)
    return [
        Opinion(
            at, visit, "review", score=int(applicable), points=float(round(reached * applicable)), critical=critical
        )
    ]


def _thanks(random: Random, visit: Visit, pleased: bool) -> list[Opinion]:
    assert visit.ended_at is not None
    if not pleased or random.random() > 0.007:
        return []
    text = random.choice(THANKS) if random.random() < 0.6 else ""
    return [Opinion(visit.ended_at + random.randint(1, 40) * MINUTE, visit, "compliment", text=text)]
