"""From sums to figures: the formulas of the table of measures, each written once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

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
    BACK_7D,
    BACK_10M,
    BEFORE_QUEUE,
    BOUNCED,
    COMPLIMENTS,
    CONTACTS,
    CRITICAL,
    HANDLE,
    HANDLED,
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
    Tally,
    duration,
    mix,
    spreads,
)


def share(numerator: float, denominator: float) -> Share:
    """A ratio that keeps its sums; null for an empty denominator."""
    return Share(
        numerator=numerator,
        denominator=denominator,
        ratio=numerator / denominator if denominator > 0 else None,
    )


def durations(tally: Tally, spread: dict[int, int], kind: int) -> Durations:
    """Mean of all, median and P90."""
    total, n = duration(tally, kind)
    if n <= 0:
        return Durations()
    median, p90 = quantiles(spread, (0.5, 0.9))
    return Durations(mean=seconds(total) / n, median=median, p90=p90, n=n)


def service_level(tally: Tally, within: float | None, carried_in: int = 0) -> ServiceLevel:
    """Answered within T / (answered + abandoned - short abandons), and the variants A, B, C, D of the
    specification for comparing. Who waited already when the window began may answer or leave in it, so that D counts
    them with the offered."""
    answered, in_time, abandoned = tally.get(ANSWERED, 0), tally.get(WITHIN, 0), tally.get(ABANDONED, 0)
    early, settled = tally.get(ABANDONED_WITHIN, 0), answered + abandoned - tally.get(SHORT, 0)
    return ServiceLevel(
        within_seconds=within,
        numerator=in_time,
        denominator=settled,
        ratio=share(in_time, settled).ratio,
        variants=ServiceLevelVariants(
            answered=share(in_time, answered).ratio,
            offered=share(in_time, answered + abandoned).ratio,
            late_abandons=share(in_time, answered + abandoned - early).ratio,
            left_in_time=share(in_time + early, carried_in + tally.get(OFFERED, 0)).ratio,
        ),
    )


class Counted(NamedTuple):
    """What only changes when something is booked: the figures as far as they go, and the work by kind."""

    figures: Figures
    mix: dict[int, int]


def counted(tally: Tally, within: Iterable[float], carried_in: int) -> Counted:
    """The figures of a scope in a window from its pooled sums. `within` are the T of its queues. Abandonment is a share
    of all who could abandon in the window: those offered in it and those who waited when it began."""
    by_kind = spreads(tally)

    def count(key: int) -> int:
        return tally.get(key, 0)

    def lasted(kind: int) -> Durations:
        return durations(tally, by_kind[kind], kind)

    different = set(within)
    figures = Figures(
        offered=count(OFFERED),
        answered=count(ANSWERED),
        abandoned=count(ABANDONED),
        short_abandoned=count(SHORT),
        left={reason: count(row) for reason, row in LEFT.items()},
        left_before_queue=count(BEFORE_QUEUE),
        handled=count(HANDLED),
        carried_in=carried_in,
        contacts=count(CONTACTS),
        outside_hours=count(OUTSIDE_HOURS),
        service_level=service_level(tally, different.pop() if len(different) == 1 else None, carried_in),
        speed_of_answer_seconds=lasted(WAIT),
        handle_time_seconds=lasted(HANDLE),
        outbound_handle_time_seconds=lasted(OUTBOUND_HANDLE),
        talk_seconds=lasted(TALK),
        hold_seconds=lasted(HOLD),
        transferred=count(TRANSFERRED),
        abandoned_ratio=share(count(ABANDONED) - count(SHORT), carried_in + count(OFFERED) - count(SHORT)),
        transfer=share(count(TRANSFERRED), count(ANSWERED)),
        bounced=share(count(BOUNCED), count(TRANSFERRED)),
        repeat_10m=share(count(BACK_10M), count(KNOWN)),
        repeat_7d=share(count(BACK_7D), count(KNOWN)),
        repeat_coverage=share(count(KNOWN), count(ANSWERED)),
        repeat_ripening=count(KNOWN),
        satisfaction=share(count(POSITIVE), count(MARKS)),
        response_rate=share(count(MARKS), count(ASKED)),
        review=share(count(POINTS) / 1000, count(APPLICABLE) / 1000),
        critical_errors=count(CRITICAL),
        compliments=count(COMPLIMENTS),
        first_response_seconds=lasted(RESPONSE),
        first_response_in_time=share(count(RESPONSES_IN_TIME), count(RESPONSES)),
    )
    return Counted(figures, mix(tally))


def present(
    counted: Counted,
    *,
    mixes: Mixes,
    waiting: int,
    longest_wait: float,
    max_waiting: int,
    max_in_service: int,
    worked: tuple[int, int, int, int],
) -> Figures:
    """The same with what changes while nothing happens. `worked` is handling and available time, and the sum and union
    of written contacts, in microseconds."""
    handling, available, side_by_side, at_least_one = worked
    return msgspec.structs.replace(
        counted.figures,
        waiting=waiting,
        longest_wait_seconds=longest_wait,
        max_waiting=max_waiting,
        max_in_service=max_in_service,
        expected_handle_time_seconds=mixes.expected(counted.mix),
        occupancy=share(seconds(handling), seconds(handling + available)),
        concurrency=share(seconds(side_by_side), seconds(at_least_one)),
    )


def conserved(figures: Figures) -> bool:
    """carried in + offered = answered + abandoned + left otherwise + waiting."""
    gone = figures.answered + figures.abandoned + sum(figures.left.values())
    return figures.carried_in + figures.offered == gone + figures.waiting
