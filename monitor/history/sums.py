"""What a row of the history sums: the engine's tallies under names that outlive a version.

JSON: {"counts": {name: whole number}, "spreads": {name: {"total": microseconds, "n": ..., "bins": {bin: count}}}}, bins
of monitor/histogram.py. What is zero is left out. Kinds of work are not kept.
"""

from __future__ import annotations

import msgspec

from monitor import tally as t
from monitor.tally import LEFT, Tally, duration, of_duration, place, spread

COUNTS: dict[int, str] = {
    t.OFFERED: "offered",
    t.CONTACTS: "contacts",
    t.ANSWERED: "answered",
    t.WITHIN: "answered_in_time",
    t.ABANDONED: "abandoned",
    t.SHORT: "short_abandoned",
    t.ABANDONED_WITHIN: "abandoned_in_time",
    t.ABANDONED_WAIT: "abandoned_wait_microseconds",
    t.BEFORE_QUEUE: "left_before_queue",
    t.OUTSIDE_HOURS: "outside_hours",
    **{key: f"left_{reason}" for reason, key in LEFT.items()},
    t.HANDLED: "handled",
    t.COMPLIMENTS: "compliments",
    t.TRANSFERRED: "transferred",
    t.BOUNCED: "transfers_bounced",
    t.KNOWN: "customers_known",
    t.BACK_10M: "came_straight_back",
    t.BACK_7D: "came_back",
    t.ASKED: "surveys_asked",
    t.MARKS: "marks",
    t.POSITIVE: "marks_positive",
    t.RESPONSES: "first_responses",
    t.RESPONSES_IN_TIME: "first_responses_in_time",
    t.CRITICAL: "review_critical_errors",
    t.POINTS: "review_points",
    t.APPLICABLE: "review_points_applicable",
}
"""Points of reviews are thousandths."""
SPREADS: dict[int, str] = {
    t.WAIT: "wait",
    t.HANDLE: "handle",
    t.OUTBOUND_HANDLE: "outbound_handle",
    t.TALK: "talk",
    t.HOLD: "hold",
    t.RESPONSE: "first_response",
    t.OPEN_RESPONSE: "first_response_open",
}
PERSONAL_COUNTS: frozenset[int] = frozenset(
    {
        t.TRANSFERRED,
        t.BOUNCED,
        t.KNOWN,
        t.BACK_10M,
        t.BACK_7D,
        t.ASKED,
        t.MARKS,
        t.POSITIVE,
        t.RESPONSES,
        t.RESPONSES_IN_TIME,
        t.CRITICAL,
        t.POINTS,
        t.APPLICABLE,
    }
)
"""How people work: with every duration but the wait, what monitor/small_groups.py hides."""
RIPENING: frozenset[int] = frozenset(
    {t.KNOWN, t.BACK_10M, t.BACK_7D, t.ASKED, t.MARKS, t.POSITIVE, t.CRITICAL, t.POINTS, t.APPLICABLE}
)
"""Booked where the visit was answered, hours or days after it by their nature: no correction."""

_KEYS = {name: key for key, name in COUNTS.items()}
_KINDS = {name: kind for kind, name in SPREADS.items()}


class Spread(msgspec.Struct, frozen=True):
    """Durations of one kind: their sum in microseconds, how many, and their histogram."""

    total: int
    n: int
    bins: dict[int, int]


class Sums(msgspec.Struct, frozen=True):
    """A row's tally by name."""

    counts: dict[str, int]
    spreads: dict[str, Spread]


def encoded(tally: Tally) -> str:
    """The JSON of a tally; the same tally gives the same text."""
    counts = {name: amount for key, name in COUNTS.items() if (amount := tally.get(key, 0))}
    spreads = {}
    for kind, name in SPREADS.items():
        total, n = duration(tally, kind)
        bins = spread(tally, kind)
        if total or n or bins:
            spreads[name] = Spread(total, n, dict(sorted(bins.items())))
    return msgspec.json.encode(Sums(counts, spreads)).decode()


def decoded(sums: str) -> Tally:
    """Back to a tally."""
    read = msgspec.json.decode(sums, type=Sums)
    tally = {_KEYS[name]: amount for name, amount in read.counts.items()}
    for name, one in read.spreads.items():
        tally |= of_duration(_KINDS[name], one.total, one.n, one.bins)
    return kept(tally)


EMPTY = encoded({})


def kept(tally: Tally) -> Tally:
    """The part that a row keeps: without zeros and without kinds of work."""
    return {key: amount for key, amount in tally.items() if amount and place(key)[0] != t.DURATION_KINDS}


def impersonal(tally: Tally) -> Tally:
    """Without how people worked."""
    work = {key for kind in SPREADS if kind != t.WAIT for key in _of_kind(tally, kind)} | PERSONAL_COUNTS
    return {key: amount for key, amount in tally.items() if key not in work}


def only_ripens(tally: Tally) -> bool:
    """Whether all of it comes after its time by its nature."""
    return tally.keys() <= RIPENING


def _of_kind(tally: Tally, kind: int) -> set[int]:
    total, n = duration(tally, kind)
    return set(of_duration(kind, total, n, spread(tally, kind)))
