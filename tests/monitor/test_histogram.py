"""Durations counted for others: how many took at most so long."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from monitor.histogram import BOUNDS, bin_of, up_to
from monitor.instants import SECOND
from tests.monitor.centre import Morning, centre, scope, told


@given(st.lists(st.integers(0, 100_000), max_size=60))
def test_every_duration_is_counted_from_its_bound_up(milliseconds: list[int]) -> None:
    histogram = Counter(bin_of(each * 1000) for each in milliseconds)
    counted = up_to(histogram)
    assert list(counted) == sorted(counted)
    for bound, count in zip(BOUNDS, counted, strict=True):
        # A bin is half a per cent wide: what is nearer to the bound than that may fall on either side.
        surely = sum(each < 995 * bound for each in milliseconds)
        perhaps = sum(each < 1006 * bound for each in milliseconds)
        assert surely <= count <= perhaps


def test_whole_seconds_fall_exactly() -> None:
    for bound in BOUNDS:
        if bound <= 200:
            at, beyond = up_to({bin_of(bound * SECOND): 1}), up_to({bin_of((bound + 1) * SECOND): 1})
            assert (at[BOUNDS.index(bound)], beyond[BOUNDS.index(bound)]) == (1, 0)


def test_only_today_is_told_by_bounds() -> None:
    morning = Morning()
    events = [
        morning.offered(0, "c1"),
        morning.answered(25, "c1"),
        morning.offered(5, "c2"),
        morning.answered(15, "c2"),
    ]
    windows = scope(told(centre(), events, 60)).windows
    assert windows["today"].speed_of_answer_seconds.up_to == (1, 1, *[2] * 8)
    assert windows["60m"].speed_of_answer_seconds.up_to == ()
    assert windows["today"].talk_seconds.up_to == ()
