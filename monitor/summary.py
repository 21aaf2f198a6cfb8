"""From sums to figures: the formulas of the table of measures, each written once."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from monitor.figures import Figures, ServiceLevel, ServiceLevelVariants, Share
from monitor.instants import seconds
from monitor.pooled import Pooled
from monitor.tally import (
    ABANDONED,
    ABANDONED_WAIT,
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
    OPEN_RESPONSE,
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
)


def share(numerator: float, denominator: float) -> Share:
    """A ratio that keeps its sums; null for an empty denominator."""
    return Share(
        numerator=numerator,
        denominator=denominator,
        ratio=numerator / denominator if denominator > 0 else None,
    )


def service_level(pooled: Pooled, within: float | None, carried_in: int = 0) -> ServiceLevel:
    """Answered within T / (answered + abandoned - short abandons), and the variants A, B, C, D of the
    specification for comparing. Who waited already when the window began may answer or leave in it, so that D counts
    them with the offered."""
    answered, in_time, abandoned = pooled.count(ANSWERED), pooled.count(WITHIN), pooled.count(ABANDONED)
    early, settled = pooled.count(ABANDONED_WITHIN), answered + abandoned - pooled.count(SHORT)
    return ServiceLevel(
        within_seconds=within,
        numerator=in_time,
        denominator=settled,
        ratio=share(in_time, settled).ratio,
        variants=ServiceLevelVariants(
            answered=share(in_time, answered).ratio,
            offered=share(in_time, answered + abandoned).ratio,
            late_abandons=share(in_time, answered + abandoned - early).ratio,
            left_in_time=share(in_time + early, carried_in + pooled.count(OFFERED)).ratio,
        ),
    )


def counted(pooled: Pooled, within: Iterable[float], carried_in: int) -> Figures:
    """The figures of a scope in a window as far as they only change when something is booked. `within` are the T of
    its queues. Abandonment is a share of all who could abandon in the window: those offered in it and those who
    waited when it began. No window of the figures is longer than that of coming back, so all of it is ripening."""
    count, lasted = pooled.count, pooled.lasted
    different = set(within)
    return Figures(
        offered=count(OFFERED),
        answered=count(ANSWERED),
        abandoned=count(ABANDONED),
        short_abandoned=count(SHORT),
        abandoned_wait_seconds=seconds(count(ABANDONED_WAIT)),
        left={reason: count(row) for reason, row in LEFT.items()},
        left_before_queue=count(BEFORE_QUEUE),
        handled=count(HANDLED),
        carried_in=carried_in,
        contacts=count(CONTACTS),
        outside_hours=count(OUTSIDE_HOURS),
        service_level=service_level(pooled, different.pop() if len(different) == 1 else None, carried_in),
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
        first_response_open_seconds=lasted(OPEN_RESPONSE),
        first_response_in_time=share(count(RESPONSES_IN_TIME), count(RESPONSES)),
    )


def present(
    counted: Figures,
    *,
    expected: float | None,
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
        counted,
        waiting=waiting,
        longest_wait_seconds=longest_wait,
        max_waiting=max_waiting,
        max_in_service=max_in_service,
        expected_handle_time_seconds=expected,
        occupancy=share(seconds(handling), seconds(handling + available)),
        concurrency=share(seconds(side_by_side), seconds(at_least_one)),
    )


def conserved(figures: Figures) -> bool:
    """carried in + offered = answered + abandoned + left otherwise + waiting."""
    gone = figures.answered + figures.abandoned + sum(figures.left.values())
    return figures.carried_in + figures.offered == gone + figures.waiting
