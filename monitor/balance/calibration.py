"""Shadow mode: does what is expected happen? Observed against expected per decile of the expected, for each outcome.

For four weeks nobody sees a figure; people look at this report, and only then is the norm frozen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.balance.context import Array
from monitor.balance.outcomes import CAME_BACK, OUTCOMES, PACE, SATISFIED
from monitor.balance.rows import Rows
from monitor.balance.state import Standing

DECILES = 10
TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class Decile:
    """A tenth of the contacts, by what was expected of them; of pace, minutes (geometric mean)."""

    n: int
    expected: float
    observed: float

    @property
    def ratio(self) -> float | None:
        """Observed / expected; None where nothing was expected."""
        return self.observed / self.expected if self.expected > 0 else None


@dataclass(frozen=True, slots=True)
class Calibration:
    """One outcome's deciles, the lowest expectation first."""

    outcome: str
    deciles: tuple[Decile, ...]

    @property
    def total(self) -> float | None:
        """Observed / expected of all contacts together."""
        expected = sum(one.n * one.expected for one in self.deciles)
        return sum(one.n * one.observed for one in self.deciles) / expected if expected > 0 else None

    @property
    def holds(self) -> bool:
        """Whether every decile is within 5 %."""
        return bool(self.deciles) and all(
            one.ratio is not None and abs(one.ratio - 1.0) <= TOLERANCE for one in self.deciles
        )


def calibration(batches: Sequence[Rows], standing: Standing) -> tuple[Calibration, ...]:
    """The report over the rows given. Of coming back only contacts whose window is over are compared."""
    reports = []
    for number, outcome in enumerate(OUTCOMES):
        pairs = [_pairs(rows, number, standing) for rows in batches]
        e = np.concatenate([pair[0] for pair in pairs]) if pairs else np.zeros(0)
        y = np.concatenate([pair[1] for pair in pairs]) if pairs else np.zeros(0)
        reports.append(Calibration(outcome.name, _deciles(e, y, logarithmic=number == PACE)))
    return tuple(reports)


def _pairs(rows: Rows, outcome: int, standing: Standing) -> tuple[Array, Array]:
    weight = {PACE: rows.weight_pace, CAME_BACK: rows.weight_back}.get(outcome, rows.weight)
    some = weight > 0.0
    observed = rows.pace if outcome == PACE else rows.transferred
    if outcome == CAME_BACK:
        some &= standing.cut - rows.closed >= rows.window
        observed = rows.came_back(standing.cut).astype(np.float64)
    if outcome == SATISFIED:
        some &= rows.mark_at <= standing.cut
        observed = rows.mark
    return rows.e[outcome, some], observed[some]


def _deciles(e: Array, y: Array, *, logarithmic: bool) -> tuple[Decile, ...]:
    def mean(values: Array) -> float:
        return float(np.exp(values.mean())) if logarithmic else float(values.mean())

    order = np.argsort(e, kind="stable")
    return tuple(
        Decile(len(part), mean(e[part]), mean(y[part])) for part in np.array_split(order, DECILES) if len(part)
    )
