"""From sums to figures: the formulas of the table of measures, each written once."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.figures import Durations, Figures, ServiceLevel, ServiceLevelVariants, Share
from monitor.histogram import quantiles
from monitor.instants import seconds
from monitor.mixes import Mixes
from monitor.tally import (
    ABANDONED,
    ABANDONED_WITHIN,
    ANSWERED,
    APPLICABLE,
    ASKED,
    AVAILABLE,
    BACK_7D,
    BACK_10M,
    BEFORE_QUEUE,
    BOUNCED,
    COMPLIMENTS,
    CONTACTS,
    CRITICAL,
    DIGITAL_SUM,
    DIGITAL_UNION,
    HANDLE,
    HANDLED,
    HANDLING,
    HOLD,
    KNOWN,
    LEFT,
    MARKS,
    OFFERED,
    OUTBOUND_HANDLE,
    OUTSIDE_HOURS,
    POINTS,
    POSITIVE,
    RESPONSE,
    RESPONSES,
    RESPONSES_IN_TIME,
    SHORT,
    TALK,
    TRANSFERRED,
    WAIT,
    WITHIN,
    Pooled,
)


def share(numerator: float, denominator: float) -> Share:
    """A ratio that keeps its sums; null for an empty denominator."""
    return Share(
        numerator=numerator,
        denominator=denominator,
        ratio=numerator / denominator if denominator > 0 else None,
    )


def durations(pooled: Pooled, kind: int) -> Durations:
    """Mean of all, median and P90."""
    total, n = pooled.duration(kind)
    if n <= 0:
        return Durations()
    median, p90 = quantiles(pooled.spreads[kind], (0.5, 0.9))
    return Durations(mean=seconds(total) / n, median=median, p90=p90, n=n)


def service_level(counts: list[int], within: float | None) -> ServiceLevel:
    """Answered within T / (answered + abandoned - short abandons), and the variants A, B, C, D of the
    specification for comparing."""
    answered, in_time, abandoned = counts[ANSWERED], counts[WITHIN], counts[ABANDONED]
    early = counts[ABANDONED_WITHIN]
    ours = share(in_time, answered + abandoned - counts[SHORT])
    return ServiceLevel(
        within_seconds=within,
        numerator=in_time,
        denominator=answered + abandoned - counts[SHORT],
        ratio=ours.ratio,
        variants=ServiceLevelVariants(
            answered=share(in_time, answered).ratio,
            offered=share(in_time, answered + abandoned).ratio,
            late_abandons=share(in_time, answered + abandoned - early).ratio,
            left_in_time=share(in_time + early, counts[OFFERED]).ratio,
        ),
    )


def figures(
    pooled: Pooled,
    *,
    within: Iterable[float],
    mixes: Mixes,
    waiting: int,
    carried_in: int,
    longest_wait: float,
    max_waiting: int,
    max_in_service: int,
) -> Figures:
    """The figures of a scope in a window from its pooled sums; `within` are the T of its queues."""
    counts: list[int] = pooled.counts.tolist()
    different = set(within)
    return Figures(
        offered=counts[OFFERED],
        answered=counts[ANSWERED],
        abandoned=counts[ABANDONED],
        short_abandoned=counts[SHORT],
        left={reason: counts[row] for reason, row in LEFT.items()},
        left_before_queue=counts[BEFORE_QUEUE],
        handled=counts[HANDLED],
        waiting=waiting,
        carried_in=carried_in,
        contacts=counts[CONTACTS],
        outside_hours=counts[OUTSIDE_HOURS],
        service_level=service_level(counts, different.pop() if len(different) == 1 else None),
        speed_of_answer_seconds=durations(pooled, WAIT),
        handle_time_seconds=durations(pooled, HANDLE),
        outbound_handle_time_seconds=durations(pooled, OUTBOUND_HANDLE),
        expected_handle_time_seconds=mixes.expected(pooled.mix),
        talk_seconds=durations(pooled, TALK),
        hold_seconds=durations(pooled, HOLD),
        longest_wait_seconds=longest_wait,
        max_waiting=max_waiting,
        max_in_service=max_in_service,
        transferred=counts[TRANSFERRED],
        abandoned_ratio=share(counts[ABANDONED] - counts[SHORT], counts[OFFERED] - counts[SHORT]),
        occupancy=share(seconds(counts[HANDLING]), seconds(counts[HANDLING] + counts[AVAILABLE])),
        concurrency=share(seconds(counts[DIGITAL_SUM]), seconds(counts[DIGITAL_UNION])),
        transfer=share(counts[TRANSFERRED], counts[ANSWERED]),
        bounced=share(counts[BOUNCED], counts[TRANSFERRED]),
        repeat_10m=share(counts[BACK_10M], counts[KNOWN]),
        repeat_7d=share(counts[BACK_7D], counts[KNOWN]),
        repeat_coverage=share(counts[KNOWN], counts[ANSWERED]),
        repeat_ripening=counts[KNOWN],
        satisfaction=share(counts[POSITIVE], counts[MARKS]),
        response_rate=share(counts[MARKS], counts[ASKED]),
        review=share(counts[POINTS] / 1000, counts[APPLICABLE] / 1000),
        critical_errors=counts[CRITICAL],
        compliments=counts[COMPLIMENTS],
        first_response_seconds=durations(pooled, RESPONSE),
        first_response_in_time=share(counts[RESPONSES_IN_TIME], counts[RESPONSES]),
    )


def conserved(figures: Figures) -> bool:
    """carried in + offered = answered + abandoned + left otherwise + waiting."""
    gone = figures.answered + figures.abandoned + sum(figures.left.values())
    return figures.carried_in + figures.offered == gone + figures.waiting
