"""All that a night hands to the next: what is known of the work, of the agents and of the par, as of `cut`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from monitor.balance import points
from monitor.balance.context import Array, Indices, Topics
from monitor.balance.ledger import Ledger
from monitor.balance.norm import Norm, par_of_agents
from monitor.balance.outcomes import CAME_BACK, OUTCOMES
from monitor.balance.par import LINES, strength
from monitor.balance.regression import Regression
from monitor.balance.ripening import WINDOW_KNOWN, WINDOW_UNKNOWN, Ripening
from monitor.balance.rows import Rows
from monitor.balance.states import State


@dataclass(slots=True)
class Standing:
    """As of `cut` (seconds). `ledger` holds what is final; `unripe_n` and `unripe_s` what is still ripening of coming
    back, by agent. `total_x`, `total_pace`, `total_n` are sums by line over everything seen."""

    cut: float
    norm: Norm | None
    ledger: Ledger
    regressions: tuple[Regression, ...]
    ripenings: tuple[Ripening, ...]
    unripe_n: Array
    unripe_s: Array
    par: Array
    team_share: tuple[Mapping[str, float], ...]
    tau: Array
    states: list[State]
    total_x: Array
    total_pace: Array
    total_n: Array

    @property
    def b(self) -> tuple[Array, ...]:
        """What is expected by: the norm in force, else what has been learnt so far."""
        return self.norm.b if self.norm else tuple(one.b for one in self.regressions)

    @property
    def k(self) -> Array:
        """k of each outcome."""
        return np.array([strength(outcome, tau) for outcome, tau in zip(OUTCOMES, self.tau, strict=True)])

    def sums(self) -> tuple[Array, Array]:
        """n and s, outcomes x agents, with what is ripening."""
        n, s = self.ledger.n.copy(), self.ledger.s.copy()
        n[CAME_BACK] += self.unripe_n
        s[CAME_BACK] += self.unripe_s
        return n, s

    def ripened(self, rows: Rows, some: Indices) -> Array:
        """F of each contact: the share of the comings-back that has arrived by now."""
        ages, window = self.cut - rows.closed[some], rows.window[some]
        return np.where(window == self.ripenings[0].window, *(one.arrived(ages) for one in self.ripenings))

    def agents_par(self) -> Array:
        """The par of each agent, outcomes x agents: the norm's, else as learnt so far."""
        ledger = self.ledger
        of = self.norm or self
        return par_of_agents(of.par, of.team_share, ledger.line.tolist(), ledger.team)

    def assess(self, n: Array, s: Array) -> points.Assessment:
        """All agents, from sums that may leave disputed contacts out."""
        return points.assess(self.deviations(n, s), self.variances(n), self.tau)

    def deviations(self, n: Array, s: Array) -> Array:
        """d, outcomes x agents."""
        return points.deviation(n, s, self.agents_par(), self.k[:, None])

    def variances(self, n: Array) -> Array:
        """v, outcomes x agents."""
        k = self.k
        return np.stack([points.variance(number, n[number], k[number]) for number in range(len(OUTCOMES))])


def beginning(topics: Topics) -> Standing:
    """Nothing seen yet: all is as the priors say."""
    width = len(topics.factors())
    return Standing(
        cut=-np.inf,
        norm=None,
        ledger=Ledger(),
        regressions=tuple(Regression(outcome, width) for outcome in OUTCOMES),
        ripenings=(Ripening(WINDOW_KNOWN), Ripening(WINDOW_UNKNOWN)),
        unripe_n=np.zeros(0),
        unripe_s=np.zeros(0),
        par=np.zeros((len(OUTCOMES), LINES)),
        team_share=({}, {}, {}, {}),
        tau=np.array([outcome.tau for outcome in OUTCOMES]),
        states=[],
        total_x=np.zeros((LINES, width)),
        total_pace=np.zeros(LINES),
        total_n=np.zeros(LINES),
    )
