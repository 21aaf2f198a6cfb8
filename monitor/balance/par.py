"""What is nobody's own: par per line, what a whole team has in common, and how much agents differ (tau).

par: the mean of agents, not of contacts. Team share: shown to the lead as a matter of process and not charged to
persons. All deviations in the units of the outcome.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.balance.context import Array, Indices, Mask
from monitor.balance.outcomes import Outcome

LINES = 2
TEAM_NEEDS = 4
TAU_PRIOR_AGENTS = 10.0


def strength(outcome: Outcome, tau: float) -> float:
    """k = sigma^2 / tau^2: how many contacts outweigh the prior."""
    return outcome.sigma**2 / tau**2


def line_par(n: Array, s: Array, line: Indices, k: float) -> Array:
    """mu of each line: sum(w s/n) / (sum w + 1), w = n/(n+k)."""
    mu = np.zeros(LINES)
    for number in range(LINES):
        some = (line == number) & (n > 0.0)
        weights = n[some] / (n[some] + k)
        mu[number] = np.sum(weights * s[some] / n[some]) / (np.sum(weights) + 1.0)
    return mu


def between_agents(outcome: Outcome, n: Array, own: Array) -> float:
    """tau from the agents' mean deviations beyond par, `own`: what chance does not explain, held by a prior worth
    10 agents and kept within 0.4 and 2 times that prior.

    An agent of few contacts is not a whole agent. The square of one deviation tells of tau^2 with a variance of
    2 (tau^2 + sigma^2/n)^2, so it tells as much as (n/(n+k))^2 agents who are known exactly: J is the sum of those.
    So the first days move nobody by a guess about all."""
    some = n > 0.0
    prior = outcome.tau**2
    agents = float(np.sum((n[some] / (n[some] + strength(outcome, outcome.tau))) ** 2))
    beyond = 0.0
    if agents > 0.0:
        beyond = float(np.sum(n[some] * (own[some] ** 2 - outcome.sigma**2 / n[some])) / np.sum(n[some]))
    variance = (agents * max(0.0, beyond) + TAU_PRIOR_AGENTS * prior) / (agents + TAU_PRIOR_AGENTS)
    return float(np.clip(np.sqrt(variance), 0.4 * outcome.tau, 2.0 * outcome.tau))


def team_share(outcome: Outcome, n: Array, own: Array, teams: Sequence[str], tau: float) -> dict[str, float]:
    """mu_g of each team with at least 4 people: its mean deviation m, shrunk by h^2 / (h^2 + v)."""
    found: dict[str, tuple[float, float]] = {}
    names = np.array(teams, dtype=object)
    for team in sorted(set(teams) - {""}):
        some: Mask = (names == team) & (n > 0.0)
        if np.count_nonzero(some) >= TEAM_NEEDS:
            weights = 1.0 / (tau**2 + outcome.sigma**2 / n[some])
            found[team] = float(np.sum(weights * own[some]) / np.sum(weights)), float(1.0 / np.sum(weights))
    spread = max(0.0, sum(m * m - v for m, v in found.values()) / (len(found) + 2))
    return {team: m * spread / (spread + v) for team, (m, v) in found.items()}
