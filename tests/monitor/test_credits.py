"""Where answered visits that are long over are booked, for the marks that come weeks later."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import credits as bounds
from monitor.cell import Cell
from monitor.credits import Credit, Credits
from monitor.instants import DAY, SECOND, SiteDays

DAYS = SiteDays("Europe/Amsterdam")
CELLS = [Cell(DAYS) for _ in range(3)]
visits = st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 20), st.integers(0, 2))


@given(st.lists(visits, max_size=60), st.integers(1, 8))
def test_a_name_has_the_visit_that_was_answered_last_however_full_the_sheaves_are(
    told: list[tuple[str, int, int]], names: int
) -> None:
    credits, expected = Credits(), dict[str, int]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "SHEAF_NAMES", names)
        for name, answered_at, cell in told:
            credits.keep([name], answered_at, CELLS[cell])
            expected[name] = max(answered_at, expected.get(name, 0))
    for name in "abcdefgh":
        found = credits.get(name)
        assert (None if found is None else found.answered_at) == expected.get(name)
        if found is not None:
            assert (name, found.answered_at, CELLS.index(found.cell)) in told


def test_a_copy_credits_its_own_cells() -> None:
    """As a snapshot does: the cells of the copy are those of its lanes."""
    credits = Credits()
    for number in range(bounds.SHEAF_NAMES + 1):
        credits.keep([f"visit {number}"], number, CELLS[number % 3])
    cells, copy = pickle.loads(pickle.dumps((CELLS, credits)))
    for number in (0, 1, bounds.SHEAF_NAMES):
        assert copy.get(f"visit {number}") == Credit(number, cells[number % 3])
    assert copy.get("nobody") is None


def test_the_oldest_sheaf_goes_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SHEAF_NAMES", 10)
    monkeypatch.setattr(bounds, "CREDITS_KEPT", 50)
    credits = Credits()
    for number in range(200):
        credits.keep([str(number)], number * SECOND, CELLS[0])
        assert len(credits) <= 50
    assert credits.get("149") is None
    assert credits.get("160") is not None
    assert credits.get("199") is not None


def test_what_is_long_ago_is_let_go_of() -> None:
    credits = Credits()
    for day in range(10):
        credits.keep([str(day)], day * DAY, CELLS[0])
    credits.forget(5 * DAY)
    assert [credits.get(str(day)) is not None for day in range(10)] == [False] * 5 + [True] * 5
