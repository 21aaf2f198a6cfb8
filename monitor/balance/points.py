"""From deviations to points, the balance, its range and reliability. Deterministic: 256 fixed Halton points.

70 is as expected; 15 points are one step: 5 percentage points helped, 8 satisfied, 15 % pace beyond the plateau.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from monitor.balance.context import Array
from monitor.balance.outcomes import CAME_BACK, OUTCOMES, PACE, SATISFIED, TRANSFERRED

PAR_POINTS = 70.0
STEP_POINTS = 15.0
PLATEAU = 0.10
"""Up to 10 % slower costs nothing; faster earns nothing."""
HELPED_STEP, SATISFIED_STEP, PACE_STEP = 0.05, 0.08, 0.15
INDICATORS = ("helped", "satisfied", "pace")
WEIGHTS: Array = np.array([0.50, 0.20, 0.30])
POINTS_OF_RANGE = 256
_TOGETHER = 0.30
"""What is uncertain about Helped and about Satisfied partly comes from the same contacts."""


def _halton(base: int) -> list[float]:
    values = []
    for number in range(1, POINTS_OF_RANGE + 1):
        value, part = 0.0, 1.0
        while number:
            part /= base
            number, digit = divmod(number, base)
            value += part * digit
        values.append(value)
    return values


def _normals() -> Array:
    """3 x 256: z of helped, satisfied, pace."""
    normal = NormalDist()
    z = np.array([[normal.inv_cdf(value) for value in _halton(base)] for base in (2, 3, 5)])
    z[1] = _TOGETHER * z[0] + np.sqrt(1.0 - _TOGETHER**2) * z[1]
    return z


NORMALS: Array = _normals()


@dataclass(frozen=True, slots=True)
class Assessment:
    """Of all agents at once: `deviation` and `variance` 3 x agents (helped, satisfied, pace), the same for `points`
    and its bounds `lowest` and `highest` (90 %), then one number an agent. Chances are shares of the 256 points."""

    deviation: Array
    variance: Array
    points: Array
    lowest: Array
    highest: Array
    balance: Array
    low: Array
    high: Array
    reliability: Array
    chance_below_65: Array
    chance_below_68_without_marks: Array
    chance_above_75: Array


def deviation(n: Array, s: Array, par: Array, k: Array | float) -> Array:
    """d = (s - n par) / (n + k)."""
    return (s - n * par) / (n + k)


def variance(outcome: int, n: Array, k: Array | float) -> Array:
    """v = sigma^2/(n+k) + phi^2 n/(n+k): what is not known yet, and what may have drifted since."""
    one = OUTCOMES[outcome]
    return one.sigma**2 / (n + k) + one.phi**2 * n / (n + k)


def indicators(four: Array) -> Array:
    """Helped, satisfied, pace from the four outcomes (of deviations, and of their variances)."""
    return np.stack((four[TRANSFERRED] + four[CAME_BACK], four[SATISFIED], four[PACE]))


def points(d: Array) -> Array:
    """Points of helped, satisfied and pace; the first axis is the indicator."""
    return np.stack(
        (
            np.clip(PAR_POINTS + STEP_POINTS * d[0] / HELPED_STEP, 5.0, 100.0),
            np.clip(PAR_POINTS + STEP_POINTS * d[1] / SATISFIED_STEP, 50.0, 85.0),
            np.clip(PAR_POINTS - STEP_POINTS * np.maximum(0.0, d[2] - PLATEAU) / PACE_STEP, 5.0, PAR_POINTS),
        )
    )


def balance(p: Array) -> Array:
    """B = exp(0.50 ln p_helped + 0.20 ln p_satisfied + 0.30 ln p_pace)."""
    return np.asarray(np.exp(np.einsum("i,i...->...", WEIGHTS, np.log(p))), dtype=np.float64)


def assess(d: Array, v: Array, tau: Array) -> Assessment:
    """`d` and `v` are 4 x agents, by outcome; `tau` 4."""
    three, spread = indicators(d), indicators(v)
    drawn = points(three[:, :, None] + np.sqrt(spread)[:, :, None] * NORMALS[:, None, :])
    drawn_balance = balance(drawn)
    unmarked = drawn.copy()
    unmarked[1] = PAR_POINTS
    unknown = np.sqrt(indicators(tau[:, None] ** 2)) * NORMALS
    low, high = np.quantile(drawn_balance, (0.05, 0.95), axis=1)
    lowest, highest = np.quantile(drawn, (0.05, 0.95), axis=2)
    return Assessment(
        deviation=three,
        variance=spread,
        points=points(three),
        lowest=lowest,
        highest=highest,
        balance=balance(points(three)),
        low=low,
        high=high,
        reliability=1.0 - np.var(drawn_balance, axis=1) / np.var(balance(points(unknown))),
        chance_below_65=np.mean(drawn_balance < 65.0, axis=1),
        chance_below_68_without_marks=np.mean(balance(unmarked) < 68.0, axis=1),
        chance_above_75=np.mean(drawn_balance > 75.0, axis=1),
    )
