"""Log-spaced histograms of durations: mergeable by adding counts, quantiles within 0.5 % of the value.

Bin 0 holds what is under 10 ms; bin i holds 10 ms x GROWTH^(i-1) up to 10 ms x GROWTH^i. A bin that holds a
whole number of seconds stands for it, so that sources that measure in whole seconds get exact quantiles
up to 200 s. A histogram is a mapping from bin to count: contact centres fill few of the bins.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from monitor.instants import DAY, SECOND

GROWTH = 1.005
_LOWEST = 10_000
_PER_LOG = 1 / math.log(GROWTH)
_LOG_LOWEST = math.log(_LOWEST)
BOUNDS: tuple[int, ...] = (10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
"""Seconds, in which durations are counted for others: from a usual time to answer within to an hour's conversation."""
LONGEST = 3660 * DAY
"""Anything longer is counted as this long."""


def bin_of(microseconds: int) -> int:
    """The bin of a duration in microseconds."""
    if microseconds < _LOWEST:
        return 0
    return 1 + int((math.log(min(microseconds, LONGEST)) - _LOG_LOWEST) * _PER_LOG)


BINS = bin_of(LONGEST) + 2


def _standing() -> NDArray[np.float64]:
    """What each bin stands for, in seconds: the geometric middle, or the whole second nearest to it inside the bin."""
    bins = np.arange(BINS, dtype=np.float64)
    middles: NDArray[np.float64] = _LOWEST / SECOND * GROWTH ** (bins - 0.5)
    middles[0] = 0.0
    for whole in range(1000, 0, -1):
        index = bin_of(whole * SECOND)
        if bin_of(round(middles[index]) * SECOND) == index:
            middles[index] = round(middles[index])
        else:
            middles[index] = whole
    return middles


STANDING = _standing()


def quantiles(histogram: Mapping[int, int], wanted: tuple[float, ...]) -> tuple[float | None, ...]:
    """Quantiles in seconds, interpolated between the two neighbouring ranks; None for an empty histogram."""
    if not histogram:
        return (None,) * len(wanted)
    bins = np.fromiter(histogram.keys(), dtype=np.int64, count=len(histogram))
    counts = np.fromiter(histogram.values(), dtype=np.int64, count=len(histogram))
    order = np.argsort(bins)
    values, ranks = STANDING[bins[order]], np.cumsum(counts[order])
    n = int(ranks[-1])
    if n <= 0:
        return (None,) * len(wanted)
    positions = np.asarray(wanted) * (n - 1)
    below = np.floor(positions)
    lower = values[np.searchsorted(ranks, below, side="right")]
    upper = values[np.searchsorted(ranks, np.ceil(positions), side="right")]
    return tuple(float(value) for value in lower + (upper - lower) * (positions - below))


def up_to(histogram: Mapping[int, int]) -> tuple[int, ...]:
    """How many are at most as long as each of BOUNDS."""
    bins = np.fromiter(histogram.keys(), dtype=np.int64, count=len(histogram))
    counts = np.fromiter(histogram.values(), dtype=np.int64, count=len(histogram))
    values = STANDING[bins]
    return tuple(int(counts[values <= bound].sum()) for bound in BOUNDS)
