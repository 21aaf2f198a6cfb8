"""Time that runs: whatever comes late, is taken back or is folded, a window holds exactly its share."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.instants import DAY, HOUR, MINUTE, QUARTER, SECOND, SiteDays
from monitor.meter import Meter

MORNING = 20_000 * DAY + 8 * HOUR
Spells = list[tuple[int, int]]


@st.composite
def spells(draw: st.DrawFn) -> Spells:
    """Begin and length in seconds, told in any order."""
    return draw(st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 4_000)), max_size=20))


def share(told: Spells, begin: int, end: int) -> int:
    return sum(
        max(0, min(MORNING + (at + lasted) * SECOND, end) - max(MORNING + at * SECOND, begin)) for at, lasted in told
    )


def tell(meter: Meter, told: Spells, sign: int = 1) -> None:
    for at, lasted in told:
        meter.step(MORNING + at * SECOND, 1, sign)
        meter.step(MORNING + (at + lasted) * SECOND, -1, sign)


@given(st.lists(spells(), max_size=4), st.lists(st.integers(0, 13_000), min_size=1, max_size=6))
def test_a_window_holds_its_share_whenever_it_is_asked_for(told: list[Spells], asked: list[int]) -> None:
    meter, so_far = Meter(SiteDays("UTC")), []
    for some in told:
        tell(meter, some)
        so_far += some
        for seconds in asked:
            end = MORNING + seconds * SECOND
            for begin in (MORNING, MORNING + 30 * MINUTE):
                assert meter.between(begin, max(begin, end)) == share(so_far, begin, max(begin, end))


@given(spells(), spells())
def test_what_is_taken_back_leaves_nothing(kept: Spells, taken_back: Spells) -> None:
    meter, end = Meter(SiteDays("UTC")), MORNING + 4 * HOUR
    tell(meter, kept + taken_back)
    assert meter.between(MORNING, end) == share(kept + taken_back, MORNING, end)
    tell(meter, taken_back, -1)
    assert meter.between(MORNING, end) == share(kept, MORNING, end)


@given(spells(), spells())
def test_folded_quarters_hold_their_share_also_of_what_comes_late(told: Spells, late: Spells) -> None:
    meter, end = Meter(SiteDays("UTC")), MORNING + 4 * HOUR
    tell(meter, told)
    meter.fold(MORNING + HOUR, MORNING - 8 * HOUR)
    meter.fold(MORNING + 2 * HOUR, MORNING - 8 * HOUR)
    tell(meter, late)
    for begin in range(MORNING, end, QUARTER):
        assert meter.quarter(begin, end) == share(told + late, begin, begin + QUARTER)
    assert meter.between(MORNING - 8 * HOUR, end) == meter.whole(end) == share(told + late, MORNING, end)
