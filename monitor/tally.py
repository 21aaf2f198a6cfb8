"""What is counted: one row of whole numbers and a few histograms, for one cell in one stretch of time.

Everything can be taken back (`sign` -1) and is exact, so that late and out-of-order events end in the same
figures as events in order. Ratios are never stored, only their sums.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from monitor.events import LEFT_REASONS
from monitor.histogram import bin_of

# Counted for the queue.
OFFERED, CONTACTS, ANSWERED, WITHIN, ABANDONED, SHORT, ABANDONED_WITHIN, BEFORE_QUEUE, OUTSIDE_HOURS = range(9)
LEFT = {
    reason: 9 + position
    for position, reason in enumerate(reason for reason in LEFT_REASONS if reason not in ("abandoned", "before_queue"))
}
QUEUE_SIDE = 9 + len(LEFT)
"""Rows below this belong to the queue, from here on to whoever does the work."""
(
    HANDLED,
    TRANSFERRED,
    BOUNCED,
    KNOWN,
    BACK_10M,
    BACK_7D,
    ASKED,
    MARKS,
    POSITIVE,
    RESPONSES,
    RESPONSES_IN_TIME,
    CRITICAL,
    COMPLIMENTS,
    WORKED_ON,
) = range(QUEUE_SIDE, QUEUE_SIDE + 14)
# Sums: microseconds, except the points of reviews (thousandths).
_SUMS = QUEUE_SIDE + 14
POINTS, APPLICABLE, HANDLING, AVAILABLE, DIGITAL_SUM, DIGITAL_UNION = range(_SUMS, _SUMS + 6)
# Durations: for each a sum and a count here, and a histogram.
_DURATIONS = _SUMS + 6
WAIT, HANDLE, OUTBOUND_HANDLE, TALK, HOLD, RESPONSE = range(6)
DURATIONS = 6
ROWS = _DURATIONS + 2 * DURATIONS
WAIT_ROWS = (_DURATIONS + 2 * WAIT, _DURATIONS + 2 * WAIT + 1)


class Tally:
    """The counts of one cell in one stretch of time; `spreads` are histograms, `mix` counts handled work by
    topic x channel x line (an index of the engine's)."""

    __slots__ = ("counts", "mix", "spreads")

    def __init__(self) -> None:
        self.counts: list[int] = [0] * ROWS
        self.spreads: list[dict[int, int] | None] = [None] * DURATIONS
        self.mix: dict[int, int] = {}


def add(tallies: Iterable[Tally], row: int, amount: int) -> None:
    """Add to one row of each tally."""
    for tally in tallies:
        tally.counts[row] += amount


def add_duration(tallies: Iterable[Tally], kind: int, microseconds: int, sign: int) -> None:
    """Book one duration in each tally, or take it back."""
    row = _DURATIONS + 2 * kind
    index = bin_of(microseconds)
    for tally in tallies:
        counts = tally.counts
        counts[row] += microseconds * sign
        counts[row + 1] += sign
        spread = tally.spreads[kind]
        if spread is None:
            spread = tally.spreads[kind] = {}
        left = spread.get(index, 0) + sign
        if left:
            spread[index] = left
        else:
            del spread[index]


class Pooled:
    """Several tallies added up. Pooling sums, never averages."""

    __slots__ = ("counts", "mix", "spreads")

    def __init__(self, counts: NDArray[np.int64], spreads: list[dict[int, int]], mix: dict[int, int]) -> None:
        self.counts = counts
        self.spreads = spreads
        self.mix = mix

    def duration(self, kind: int) -> tuple[int, int]:
        """Sum in microseconds, and n."""
        row = _DURATIONS + 2 * kind
        return int(self.counts[row]), int(self.counts[row + 1])


def pool(tallies: Iterable[Tally | Pooled]) -> Pooled:
    """The sum of tallies."""
    counts: list[list[int] | NDArray[np.int64]] = []
    spreads: list[dict[int, int]] = [{} for _ in range(DURATIONS)]
    mix: dict[int, int] = {}
    for tally in tallies:
        counts.append(tally.counts)
        for into, spread in zip(spreads, tally.spreads, strict=True):
            if spread:
                for index, count in spread.items():
                    into[index] = into.get(index, 0) + count
        for kind, count in tally.mix.items():
            mix[kind] = mix.get(kind, 0) + count
    total = np.array(counts, dtype=np.int64).sum(axis=0) if counts else np.zeros(ROWS, dtype=np.int64)
    return Pooled(total, spreads, mix)


def side(pooled: Pooled, *, of_queue: bool) -> Pooled:
    """Only what belongs to the queue, or only what belongs to whoever does the work: a team's figures take the
    first from the queues it owns and the second from what its people did."""
    counts = pooled.counts.copy()
    queue_rows = np.zeros(ROWS, dtype=bool)
    queue_rows[:QUEUE_SIDE] = True
    queue_rows[list(WAIT_ROWS)] = True
    counts[~queue_rows if of_queue else queue_rows] = 0
    spreads = [spread if (kind == WAIT) == of_queue else {} for kind, spread in enumerate(pooled.spreads)]
    return Pooled(counts, spreads, {} if of_queue else pooled.mix)
