"""The norm: what is expected (b of each outcome) and the par, learnt over a reference period, then frozen.

Only people replace it; each contact keeps the version by which it was judged. Being linear in the logarithm, the
expected time prints as a tariff card: basis x factor x factor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.balance.context import Array, Contact, Topics, design
from monitor.balance.outcomes import FORMULA_VERSION, OUTCOMES, PACE

MINIMUM_DAYS, MINIMUM_CONTACTS = 28, 10_000


@dataclass(frozen=True, slots=True)
class Norm:
    """`b` by outcome; `par` outcomes x lines; `team_share` by outcome; `mean_x` and `mean_pace` of the reference
    period by line; `contacts` it was learnt from; in force for what is closed after `since` (seconds)."""

    version: int
    since: float
    contacts: int
    b: tuple[Array, ...]
    par: Array
    team_share: tuple[Mapping[str, float], ...]
    formula: int = FORMULA_VERSION


@dataclass(frozen=True, slots=True)
class TariffLine:
    """One factor of the expected handle time: what it multiplies the time by."""

    factor: str
    times: float


def tariff_card(norm: Norm, contact: Contact, topics: Topics) -> tuple[TariffLine, ...]:
    """The expected handle time of a contact: minutes of the basis first, then factors; their product is exp(e)."""
    x = design([contact], topics)[0]
    b = norm.b[PACE]
    lines = (TariffLine(name, float(np.exp(b[place] * x[place]))) for place, name in enumerate(topics.factors()))
    return tuple(line for place, line in enumerate(lines) if place == 0 or x[place] != 0.0)


@dataclass(frozen=True, slots=True)
class Change:
    """What a new norm does to one factor of one outcome; of pace, `before` and `after` multiply the time."""

    outcome: str
    factor: str
    before: float
    after: float


def compare(old: Norm, new: Norm, topics: Topics) -> tuple[Change, ...]:
    """Every factor of every outcome, in the order of x: shown before people decide on a new norm."""
    changes = []
    for number, outcome in enumerate(OUTCOMES):
        before, after = old.b[number], new.b[number]
        if number == PACE:
            before, after = np.exp(before), np.exp(after)
        changes += [
            Change(outcome.name, factor, float(before[place]), float(after[place]))
            for place, factor in enumerate(topics.factors())
        ]
    return tuple(changes)


def long_enough(days: int, contacts: int) -> bool:
    """Whether a reference period is what the works council may expect: four weeks and 10,000 contacts."""
    return days >= MINIMUM_DAYS and contacts >= MINIMUM_CONTACTS


def par_of_agents(par: Array, share: Sequence[Mapping[str, float]], line: Sequence[int], team: Sequence[str]) -> Array:
    """Outcomes x agents: the par of each agent's line and what the agent's whole team has in common."""
    common = np.array([[of_team.get(name, 0.0) for name in team] for of_team in share]).reshape(len(par), len(team))
    return np.asarray(par[:, np.asarray(line, dtype=np.intp)] + common, dtype=np.float64)
