"""Who came back: by customer, matter and window."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from monitor.balance.repeats import Repeat, Repeats, Visit, came_back

DAY = 86_400.0


def visit(name: str, began: float, matter: str = "", *, answered: bool = True) -> Visit:
    return Visit(began, began + 100.0, name, matter, answered)


def test_the_same_matter_within_seven_days() -> None:
    first = visit("one", 0.0, "order")
    assert came_back(first, visit("two", 6.9 * DAY, "order"))
    assert not came_back(first, visit("two", 7.1 * DAY, "order"))
    assert not came_back(first, visit("two", 100.0, "claim"))


def test_an_unknown_matter_within_the_hour() -> None:
    first = visit("one", 0.0)
    assert came_back(first, visit("two", 100.0 + 3600.0))
    assert not came_back(first, visit("two", 101.0 + 3600.0))
    assert not came_back(first, visit("two", 2 * 3600.0, "order"))


def test_who_was_not_answered_can_come_back_but_charges_nobody() -> None:
    gave_up = visit("one", 0.0, answered=False)
    assert not came_back(gave_up, visit("two", 200.0))
    assert came_back(visit("zero", -500.0), gave_up)


def test_a_customer_who_is_not_known_never_came_back() -> None:
    repeats = Repeats()
    assert repeats.heard("", visit("one", 0.0)) == []
    assert repeats.heard("", visit("two", 200.0)) == []


@given(st.lists(st.tuples(st.floats(0, 9 * DAY), st.sampled_from(["", "order", "claim"])), max_size=8), st.integers())
def test_the_order_of_hearing_does_not_matter(visits: list[tuple[float, str]], seed: int) -> None:
    told = [visit(f"v{number}", began, matter) for number, (began, matter) in enumerate(visits)]
    muddled = told + told[:3]
    Random(seed).shuffle(muddled)

    def found(order: list[Visit]) -> set[Repeat]:
        repeats = Repeats()
        return {repeat for one in order for repeat in repeats.heard("k", one)}

    assert found(told) == found(muddled)


def test_only_so_many_visits_are_kept() -> None:
    repeats = Repeats(kept=1)
    repeats.heard("k", visit("one", 0.0))
    repeats.heard("m", visit("two", 10.0))
    assert repeats.heard("k", visit("three", 200.0)) == []
