"""The interval of a proportion, against values of the literature and against its own definition."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.small_numbers import wilson


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        (0, 20, 0.0000, 0.1611),  # Newcombe, Stat. Med. 17 (1998), table I, method 3
        (1, 29, 0.0061, 0.1718),
        (15, 148, 0.0624, 0.1605),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_the_interval_is_that_of_the_literature(numerator: int, denominator: int, low: float, high: float) -> None:
    assert wilson(numerator, denominator) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_within_0_and_1(case: tuple[int, int]) -> None:
    numerator, denominator = case
    low, high = wilson(numerator, denominator)
    assert 0 <= low <= numerator / denominator <= high <= 1


@given(st.integers(1, 1_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_each_bound_is_the_share_from_which_the_sample_is_1_96_deviations_away(case: tuple[int, int]) -> None:
    numerator, denominator = case
    for bound in wilson(numerator, denominator):
        if 0 < bound < 1:
            deviation = math.sqrt(bound * (1 - bound) / denominator)
            assert abs(numerator / denominator - bound) == pytest.approx(1.959964 * deviation, rel=1e-5)


@pytest.mark.parametrize(("numerator", "denominator"), [(1, 0), (-1, 5), (6, 5)])
def test_what_is_no_proportion_is_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson(numerator, denominator)
