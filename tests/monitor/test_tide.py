"""Levels of a scope: peaks, areas and what was carried in, whatever the order in which they are told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.instants import DAY, HOUR, MINUTE, QUARTER, SECOND, SiteDays
from monitor.lane import Lane
from monitor.settings import Queue
from monitor.tide import Tide, coded

MORNING = 20_000 * DAY + 8 * HOUR
LATENESS = 5 * MINUTE
Waits = list[tuple[int, int]]


def waits() -> st.SearchStrategy[Waits]:
    """Begin and length in seconds of those who waited, in the order in which they are told."""
    return st.lists(st.tuples(st.integers(0, 9_000), st.integers(1, 2_000)), max_size=15)


class Harbour:
    """One lane and the tide in it."""

    def __init__(self) -> None:
        self.lane = Lane("sales", "voice", Queue(), SiteDays("UTC"))
        self.tide = Tide(LATENESS)
        self.tide.lanes = [self.lane]

    def tell(self, waited: Waits, sign: int = 1) -> None:
        for at, lasted in waited:
            self.lane.waited.up(MORNING + at * SECOND, sign)
            self.lane.waited.down(MORNING + (at + lasted) * SECOND, sign)
        self.hear()

    def hear(self) -> None:
        news = self.lane.waited.news()
        if news is not None:
            self.tide.hear(coded(self.lane, news, served=False))

    def fold(self, until: int) -> None:
        self.tide.fold(until, MORNING - 8 * HOUR)
        self.lane.waited.fold(until, MORNING - 8 * HOUR)


def level(waited: Waits, at: float) -> int:
    return sum(begin <= at < begin + lasted for begin, lasted in waited)


def highest(waited: Waits, begin: int, end: int) -> int:
    """At any happening in [begin, end): whoever comes is in line before whoever goes in the same second."""
    happenings = {at for begun, lasted in waited for at in (begun, begun + lasted) if begin <= at < end}
    came = {at for at, _ in waited}
    peaks = [
        sum(begun <= at <= begun + lasted for begun, lasted in waited) if at in came else level(waited, at)
        for at in happenings
    ]
    return max(peaks, default=level(waited, begin - 0.5))


def area(waited: Waits, begin: int, end: int) -> int:
    return SECOND * sum(max(0, min(at + lasted, end) - max(at, begin)) for at, lasted in waited)


def holds(harbour: Harbour, waited: Waits) -> None:
    seconds, end = QUARTER // SECOND, 12_600
    quarters = harbour.tide.intervals(MORNING, MORNING + end * SECOND)
    for number, (course, _, line) in enumerate(quarters):
        begin = number * seconds
        expected = (level(waited, begin - 0.5), highest(waited, begin, begin + seconds))
        assert (course.before, course.peak) == expected
        assert course.area == line.area == area(waited, begin, begin + seconds)
        since = harbour.tide.since(MORNING + begin * SECOND)
        assert (since.carried_in, since.max_waiting) == (expected[0], highest(waited, begin, 1 << 40))


@given(st.lists(waits(), min_size=1, max_size=4))
def test_any_order_and_any_lateness_gives_the_same_course(told: list[Waits]) -> None:
    harbour, so_far = Harbour(), []
    for some in told:
        harbour.tell(some)
        so_far += some
        holds(harbour, so_far)


@given(waits(), waits())
def test_what_is_taken_back_leaves_nothing(kept: Waits, taken_back: Waits) -> None:
    harbour = Harbour()
    harbour.tell(kept + taken_back)
    holds(harbour, kept + taken_back)
    harbour.tell(taken_back, -1)
    holds(harbour, kept)


@given(waits(), waits(), st.integers(1, 3))
def test_a_fold_changes_nothing_also_for_what_comes_after_it(told: Waits, late: Waits, hours: int) -> None:
    harbour = Harbour()
    harbour.tell(told)
    for hour in range(1, hours + 1):
        harbour.fold(MORNING + hour * HOUR)
    holds(harbour, told)
    harbour.tell(late)
    holds(harbour, told + late)
