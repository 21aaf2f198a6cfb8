"""Who works when: a pure function of the seed and the date.

Staffing follows the expected arrivals and is slightly too thin in the morning peak. The night crew begins at
midnight, the closing crew stays past midnight until nobody of its day waits, so that each day stands by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from collectors.demo.arrivals import stream
from collectors.demo.centre import AGENTS, TEAMS, Agent, Crew
from collectors.demo.siteday import MINUTE, SiteDay
from monitor.events import AgentState

STAFFED = (1.0, 1.0, 0.97, 0.95, 0.93, 0.58, 0.42)
"""Share of the day people at work, Monday first."""

# In the order in which they are filled: with few people the whole day is still covered.

_VOICE = (
    (7, 15.5),
    (12.75, 21),
    (9, 17.5),
    (8, 12.5),
    (12, 20.5),
    (8.25, 16.75),
    (13.75, 22.5),
    (9.25, 14),
    (8.5, 12.75),
)
_DIGITAL = ((7, 15.5), (12.5, 21), (9, 17.5), (14, 22), (8, 14), (11, 19), (8.5, 15))
_WRITTEN = ((7.5, 16), (12, 20.5), (8, 16.5), (7.5, 13), (9, 17.5), (8.5, 15), (12.5, 20.5), (8, 14), (9, 16))
_SECOND = ((8, 16.5), (12, 20.25), (9, 17.5), (9, 17), (12, 20.25), (8.5, 15), (9, 14), (11.5, 19), (8, 12.5))
SHIFTS: dict[str, tuple[tuple[float, float], ...]] = {
    "amstel": _VOICE,
    "berkel": _VOICE,
    "dommel": _VOICE,
    "eems": _DIGITAL,
    "linge": _WRITTEN,
    "vecht": _SECOND,
}
CLOSING_SHIFT = (16.25, 24.0)
NIGHT_SHIFT = (0.0, 8.25)
OTHER_WORK = ("training", "coaching", "kennisbank", "teamoverleg")


@dataclass(frozen=True, slots=True)
class Pause:
    """Time away from customers, from `at` for `lasts` milliseconds; it begins when the agent is free."""

    at: int
    lasts: int
    state: AgentState
    reason: str


@dataclass(frozen=True, slots=True)
class Duty:
    """One agent's working day."""

    agent: Agent
    begins: int
    ends: int
    pauses: tuple[Pause, ...]


def roster(seed: int, day: SiteDay) -> list[Duty]:
    """Everybody who works on a day, in the order of the agents."""
    duties = [_duty(seed, day, agent, hours) for agent, hours in _hours(seed, day)]
    return sorted(duties, key=lambda duty: duty.agent.number)


def _hours(seed: int, day: SiteDay) -> list[tuple[Agent, tuple[float, float]]]:
    planned: list[tuple[Agent, tuple[float, float]]] = []
    weekend = day.date.weekday() >= 5
    crews: tuple[tuple[Crew, tuple[float, float]], ...] = (("night", NIGHT_SHIFT), ("closing", CLOSING_SHIFT))
    for crew, shift in crews:
        people = [agent for agent in AGENTS if agent.crew == crew]
        chosen = stream(seed, day, "roster", crew).sample(people, len(people) - 2) if weekend else people
        planned += ((agent, shift) for agent in chosen)
    for team in TEAMS:
        people = [agent for agent in AGENTS if agent.team == team and agent.crew == "day"]
        count = max(2, round(len(people) * STAFFED[day.date.weekday()]))
        chosen = stream(seed, day, "roster", team).sample(people, count)
        chosen.sort(key=lambda agent: agent.number)
        planned += zip(chosen, SHIFTS[team], strict=False)
    return planned


def _duty(seed: int, day: SiteDay, agent: Agent, hours: tuple[float, float]) -> Duty:
    random = stream(seed, day, "duty", agent.number)
    opens, closes = hours
    begins = day.at(opens) + int(random.uniform(0, 90_000 if opens == 0 else 6 * MINUTE))
    ends = day.at(closes) + (0 if closes == 24 else int(random.uniform(-2, 5) * MINUTE))
    return Duty(agent, begins, ends, tuple(_pauses(random, day, opens, closes)))


def _pauses(random: Random, day: SiteDay, opens: float, closes: float) -> list[Pause]:
    """A rest every two hours or so, a meal in a long shift, and now and then other work; none of it in the peak."""
    length = closes - opens
    plan: list[tuple[float, float, AgentState, str]] = []
    if length > 6:
        meal = _meal(random, opens, length)
        rest = (2.7, 3.8) if closes == 24 else (1.3, 3.0)
        plan.append((meal, 30, "break", "lunch" if 0 < opens < 11 else "maaltijd"))
        plan.append((max(closes - random.uniform(*rest), meal + 1.2), 15, "break", "pauze"))
    first = opens + random.uniform(1.4, 2.1)
    if closes < 24 and (not 9.4 <= first <= 11.2 or length <= 6):
        plan.append((first if not 9.4 <= first <= 11.2 else 11.25 + random.uniform(0, 0.8), 15, "break", "pauze"))
    if random.random() < 0.16 and opens > 0 and length > 6:
        plan.append((random.uniform(14.5, 16.2), random.choice((30, 45, 60)), "other_work", random.choice(OTHER_WORK)))
    return [
        Pause(day.at(hour), int(minutes * random.uniform(0.85, 1.15) * MINUTE), state, reason)
        for hour, minutes, state, reason in sorted(plan)
        if opens < hour < closes - 0.5
    ]


def _meal(random: Random, opens: float, length: float) -> float:
    """At noon for the early, before the evening shoulder for the closing crew, halfway for the others."""
    if 0 < opens < 11:
        return random.uniform(11.9, 13.4)
    if opens > 15:
        return opens + random.uniform(1.0, 2.3)
    return opens + length * random.uniform(0.3, 0.6)
