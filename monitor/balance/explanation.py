"""Why a figure is what it is, exactly: contributions that sum to it, down to the contact.

Points: the parts of helped, satisfied and pace sum to B - 70. Deviations: the groups of contacts, what is older than
the rows kept, and the par sum to d. The context sentence tells the mix from the agent's own part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.balance.context import Array, Topics, wait_class
from monitor.balance.outcomes import OUTCOMES, PACE
from monitor.balance.parts import parts
from monitor.balance.points import INDICATORS, PAR_POINTS, WEIGHTS, balance
from monitor.balance.rows import Rows
from monitor.balance.state import Standing

Group = tuple[str, str, str]
"""Topic, channel, wait class."""


def point_parts(points: Array) -> dict[str, float]:
    """What each indicator adds to B - 70: L(B, 70) W ln(p/70), L the logarithmic mean. Sums to B - 70."""
    whole = float(balance(points))
    mean = PAR_POINTS if abs(whole - PAR_POINTS) < 1e-9 else (whole - PAR_POINTS) / float(np.log(whole / PAR_POINTS))
    return {
        name: mean * float(weight) * float(np.log(value / PAR_POINTS))
        for name, weight, value in zip(INDICATORS, WEIGHTS, points, strict=True)
    }


@dataclass(frozen=True, slots=True)
class ContactPart:
    """One contact's part of d: `deviations` by outcome, in the outcome's units. What was expected stands beside it."""

    contact: str
    group: Group
    expected: tuple[float, ...]
    deviations: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Unfolded:
    """An agent's four deviations taken apart. `groups` (in each: contacts, deviations by outcome) + `earlier` + `par`
    = `deviation`, to rounding."""

    deviation: Array
    contacts: tuple[ContactPart, ...]
    groups: dict[Group, tuple[int, Array]]
    earlier: Array
    """Contacts older than the rows that are kept."""
    par: Array
    """What everybody of the line, and of the team, has in common."""


def unfold(
    standing: Standing, n: Array, s: Array, agent: int, batches: Iterable[Rows], leave_out: Iterable[str] = ()
) -> Unfolded:
    """Take the deviations of one agent (a row of the ledger) apart. `n` and `s` are the sums without the contacts
    of `leave_out`, which are under dispute."""
    below = n[:, agent] + standing.k
    hidden = set(leave_out)
    found: list[ContactPart] = []
    totals = np.zeros(len(OUTCOMES))
    sums: dict[Group, Array] = defaultdict(lambda: np.zeros(len(OUTCOMES)))
    counts: dict[Group, int] = defaultdict(int)
    for rows in batches:
        some = np.flatnonzero(rows.agent == agent)
        some = np.array([row for row in some if rows.contacts[row].id not in hidden], dtype=np.intp)
        if not len(some):
            continue
        deviations = parts(rows, some, standing)[1] / below[:, None]
        for column, row in enumerate(some):
            contact, one = rows.contacts[row], deviations[:, column]
            group = (contact.topic, contact.channel, wait_class(contact))
            counts[group] += 1
            sums[group] += one
            totals += one
            found.append(ContactPart(contact.id, group, tuple(rows.e[:, row].tolist()), tuple(one.tolist())))
    par = -n[:, agent] * standing.agents_par()[:, agent] / below
    return Unfolded(
        deviation=standing.deviations(n, s)[:, agent],
        contacts=tuple(found),
        groups={group: (counts[group], sums[group]) for group in sorted(sums)},
        earlier=s[:, agent] / below - totals,
        par=par,
    )


@dataclass(frozen=True, slots=True)
class Context:
    """ "Your contacts took 12 % longer than those of your line; 9 % follows from the topics, ...". All as ratios:
    0.12 is 12 % longer. `factors` by name, only those that matter."""

    raw: float
    factors: dict[str, float]
    own: float


SMALLEST_FACTOR = 0.005


def context(standing: Standing, agent: int, batches: Sequence[Rows], topics: Topics) -> Context | None:
    """What the mix of an agent's kept contacts explains of their handle time; None without contacts."""
    some = [(rows, np.flatnonzero((rows.agent == agent) & (rows.weight_pace > 0.0))) for rows in batches]
    count = sum(len(place) for _, place in some)
    line = standing.ledger.line[agent]
    if not count or not standing.total_n[line]:
        return None
    x = np.sum([rows.x[place].sum(axis=0) for rows, place in some], axis=0) / count
    pace = sum(float(rows.pace[place].sum()) for rows, place in some) / count
    usual_x = standing.total_x[line] / standing.total_n[line]
    usual_pace = standing.total_pace[line] / standing.total_n[line]
    effects = np.exp(standing.b[PACE] * (x - usual_x)) - 1.0
    n, s = standing.sums()
    return Context(
        raw=float(np.exp(pace - usual_pace) - 1.0),
        factors={
            name: float(effect)
            for name, effect in zip(topics.factors(), effects, strict=True)
            if abs(effect) >= SMALLEST_FACTOR
        },
        own=float(np.exp(standing.deviations(n, s)[PACE, agent]) - 1.0),
    )
