"""A shown balance moves by at most 3 points within an hour, and follows after."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.balance.steady import LARGEST_MOVE_POINTS, STEP_SECONDS, steady_instant

NOW = 36_000.0


def test_what_moves_little_is_shown_at_once() -> None:
    assert steady_instant(NOW, NOW - 3600, lambda at: 3.0) == NOW


def test_what_moves_far_is_shown_as_it_was_a_little_earlier() -> None:
    four_at_the_end = {NOW: 4.0, NOW - STEP_SECONDS: 3.2, NOW - 2 * STEP_SECONDS: 2.9, NOW - 3 * STEP_SECONDS: 1.0}
    assert steady_instant(NOW, NOW - 3600, four_at_the_end.__getitem__) == NOW - 2 * STEP_SECONDS


def test_a_night_is_not_shown_by_halves() -> None:
    assert steady_instant(NOW, NOW - 60, lambda at: 7.0) == NOW
    assert steady_instant(NOW, NOW - 3600, lambda at: 7.0) == NOW


@given(st.floats(0.5, 6.0), st.integers(1, 40))
def test_a_balance_that_goes_on_moving_is_followed_without_a_jump(points_an_hour: float, hours: int) -> None:
    """Up to 3 points in 10 minutes, whatever the hour brings."""

    def balance(at: float) -> float:
        return points_an_hour * at / 3600

    shown_at = 0.0
    for hour in range(1, hours + 1):
        now = hour * 3600.0
        shown = balance(shown_at)
        shown_at = steady_instant(now, shown_at, lambda at, shown=shown: abs(balance(at) - shown))  # type: ignore[misc]
        if points_an_hour <= 3.0:
            assert shown_at == now
        else:
            assert shown_at <= now
            assert abs(balance(shown_at) - shown) <= LARGEST_MOVE_POINTS or shown_at == now
