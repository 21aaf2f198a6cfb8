"""What is counted: one mapping from key to whole number, for one cell in one stretch of time.

A key is a count, the sum or number of a kind of duration, a bin of its histogram, or a kind of work. Most cells
see few of them, so absent means zero. Everything can be taken back and is exact, so that late and out-of-order
events end in the same figures as events in order. Ratios are never stored, only their sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.events import LEFT_REASONS
from monitor.histogram import BINS, bin_of

Tally = dict[int, int]

# Counted for the queue. What those who abandoned had waited is a sum in microseconds.
(
    OFFERED,
    CONTACTS,
    ANSWERED,
    WITHIN,
    ABANDONED,
    SHORT,
    ABANDONED_WITHIN,
    BEFORE_QUEUE,
    OUTSIDE_HOURS,
    ABANDONED_WAIT,
) = range(10)
LEFT = {
    reason: 10 + position
    for position, reason in enumerate(reason for reason in LEFT_REASONS if reason not in ("abandoned", "before_queue"))
}
_WORK = 10 + len(LEFT)
# Counted for whoever does the work. Points of reviews are thousandths.
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
    POINTS,
    APPLICABLE,
) = range(_WORK, _WORK + 15)
# Durations: for each kind a sum in microseconds, a number and a histogram.
WAIT, HANDLE, OUTBOUND_HANDLE, TALK, HOLD, RESPONSE, OPEN_RESPONSE = range(7)
DURATION_KINDS = 7
_SUMS = _WORK + 15
_NUMBERS = _SUMS + DURATION_KINDS
_SPREADS = 1_000
_MIXES = _SPREADS + DURATION_KINDS * BINS


def add(tallies: Iterable[Tally], key: int, amount: int) -> None:
    """Add to one key of each tally."""
    for tally in tallies:
        tally[key] = tally.get(key, 0) + amount


def add_duration(tallies: Iterable[Tally], kind: int, microseconds: int, sign: int) -> None:
    """Book one duration in each tally, or take it back."""
    total, number = _SUMS + kind, _NUMBERS + kind
    spread = _SPREADS + kind * BINS + bin_of(microseconds)
    for tally in tallies:
        tally[total] = tally.get(total, 0) + microseconds * sign
        tally[number] = tally.get(number, 0) + sign
        tally[spread] = tally.get(spread, 0) + sign


def add_work(tallies: Iterable[Tally], mix: int, sign: int) -> None:
    """Count one more piece of work of a kind (a number of `monitor.mixes`)."""
    add(tallies, _MIXES + mix, sign)


def pool(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies. Pooling sums, never averages."""
    total: Tally = {}
    for tally in tallies:
        if not total:
            total = tally.copy()
            continue
        for key, amount in tally.items():
            total[key] = total.get(key, 0) + amount
    return total


def duration(tally: Tally, kind: int) -> tuple[int, int]:
    """Sum in microseconds, and number."""
    return tally.get(_SUMS + kind, 0), tally.get(_NUMBERS + kind, 0)


def spread(tally: Tally, kind: int) -> dict[int, int]:
    """The histogram of a kind of duration: its bins that are not empty."""
    first = _SPREADS + kind * BINS
    return {key - first: count for key, count in tally.items() if first <= key < first + BINS and count}


def of_duration(kind: int, total: int, number: int, bins: Mapping[int, int]) -> Tally:
    """The tally of durations of one kind: sum in microseconds, number and histogram."""
    counted = {_SPREADS + kind * BINS + index: count for index, count in bins.items()}
    return {_SUMS + kind: total, _NUMBERS + kind: number, **counted}


def place(key: int) -> tuple[int | None, int]:
    """Where a key belongs: (None, key) for a count, (kind of duration, bin) for a histogram, (DURATION_KINDS, number)
    for a kind of work."""
    if key < _SPREADS:
        return None, key
    if key < _MIXES:
        return divmod(key - _SPREADS, BINS)
    return DURATION_KINDS, key - _MIXES


def is_of_queue(key: int) -> bool:
    """Whether a key is counted for the queue, or else for whoever does the work."""
    if key >= _SPREADS:
        return key < _SPREADS + BINS
    return key < _WORK or key in (_SUMS + WAIT, _NUMBERS + WAIT)
