"""The four outcomes and their constants: pace, transferred, came back, satisfied.

A change of any of these is a new version of the formula. `sign` turns observed minus expected into a deviation:
a positive deviation of pace is slower, of the other three better.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FORMULA_VERSION = 1
PACE, TRANSFERRED, CAME_BACK, SATISFIED = range(4)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Prior mean of the basis, prior sd of the basis and of the others, residual sd, bounds of the expectation,
    prior sd between agents, and the sd by which an agent drifts."""

    name: str
    sign: float
    basis: float
    basis_sd: float
    factor_sd: float
    sigma: float
    lowest: float
    highest: float
    tau: float
    phi: float


OUTCOMES: tuple[Outcome, ...] = (
    Outcome("pace", 1.0, math.log(6.0), 1.0, 0.8, 0.50, -math.inf, math.inf, 0.14, 0.020),
    Outcome("transferred", -1.0, 0.10, 0.10, 0.15, 0.28, 0.0, 0.9, 0.035, 0.006),
    Outcome("came_back", -1.0, 0.16, 0.10, 0.12, 0.36, 0.005, 0.8, 0.042, 0.008),
    Outcome("satisfied", 1.0, 0.65, 0.20, 0.20, 0.46, 0.05, 0.98, 0.09, 0.012),
)
