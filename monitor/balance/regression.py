"""Ridge regression anchored to a prior: the expectation of one outcome from the context x.

b = inv(L0 + A/s2) (L0 b0 + v/s2), A += w x x', v += w x (y - d): d is the agent's own deviation at that moment, so
that good agents on hard queues do not make hard queues look easy. O(width^2) a contact.
"""

from __future__ import annotations

import numpy as np

from monitor.balance.context import Array
from monitor.balance.outcomes import Outcome

SOLVE_EVERY = 150
ROBUST_AFTER = 400
LARGEST_SURPRISE = 1.2
"""Of log handle time, once the regression knows enough to be surprised."""


class Regression:
    """One outcome's sums and solution. `count` is the number of contacts taken in."""

    __slots__ = ("_a", "_anchored", "_v", "b", "count", "outcome", "precision")

    def __init__(self, outcome: Outcome, width: int) -> None:
        self.outcome = outcome
        deviations = np.full(width, outcome.factor_sd)
        deviations[0] = outcome.basis_sd
        self.precision: Array = np.diag(1.0 / deviations**2)
        prior = np.zeros(width)
        prior[0] = outcome.basis
        self._anchored: Array = _times(self.precision, prior)
        self._a: Array = np.zeros((width, width))
        self._v: Array = np.zeros(width)
        self.b: Array = prior
        self.count = 0

    def copy(self) -> Regression:
        """The same, to go on with apart from this one."""
        other = object.__new__(Regression)
        other.outcome, other.precision, other._anchored = self.outcome, self.precision, self._anchored
        other._a, other._v, other.b, other.count = self._a.copy(), self._v.copy(), self.b, self.count
        return other

    def expected(self, x: Array) -> Array:
        """e of each row of x."""
        return expected(self.outcome, self.b, x)

    def fold(self, x: Array, weights: Array, weighted: Array) -> None:
        """Take in contacts; `weighted` is weight times target, the target being without the agent's deviation."""
        self._a += _squares(x, weights)
        self._v += _times(x.T, weighted)
        self.count += int(np.count_nonzero(weights))

    def solve(self) -> None:
        """Bring b up to date."""
        self.b = self._solution(self._a, self._v)

    def solve_with(self, x: Array, weights: Array, weighted: Array) -> None:
        """Bring b up to date with contacts that are taken in for the moment only."""
        self.b = self._solution(self._a + _squares(x, weights), self._v + _times(x.T, weighted))

    def _solution(self, a: Array, v: Array) -> Array:
        variance = self.outcome.sigma**2
        solved = np.linalg.solve(self.precision + a / variance, self._anchored + v / variance)
        return np.asarray(solved, dtype=np.float64)


def expected(outcome: Outcome, b: Array, x: Array) -> Array:
    """e = x.b, within the outcome's bounds."""
    return np.asarray(np.clip(_times(x, b), outcome.lowest, outcome.highest), dtype=np.float64)


# A linear algebra library may split a large product over as many threads as the machine has, and the last bits of
# the sum follow the split. Small blocks and plain loops give the same bits everywhere.
_BLOCK_PRODUCTS = 200_000


def _squares(x: Array, weights: Array) -> Array:
    """sum of w x x'."""
    width = x.shape[1]
    rows = max(1, _BLOCK_PRODUCTS // width**2)
    total = np.zeros((width, width))
    for start in range(0, len(x), rows):
        block = x[start : start + rows]
        total += (block * weights[start : start + rows, None]).T @ block
    return total


def _times(matrix: Array, vector: Array) -> Array:
    return np.asarray(np.einsum("ij,j->i", matrix, vector), dtype=np.float64)


def target(regression: Regression, y: Array, e: Array, deviation: Array) -> Array:
    """y without the agent's deviation; of pace, once enough is known, a surprise counts for no more than 1.2."""
    own = regression.outcome.sign * deviation
    if regression.outcome.name == "pace" and regression.count >= ROBUST_AFTER:
        return e + np.clip(y - e - own, -LARGEST_SURPRISE, LARGEST_SURPRISE)
    return y - own
