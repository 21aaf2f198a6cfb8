"""Team figures: what is hidden cannot be found by taking the shown from the total."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from monitor.balance.cells import TOTAL, CellFigure, Sums, showable, shown_cells


def people(*contacts: int, first: int = 0) -> dict[str, Sums]:
    return {f"a{first + number}": Sums(count, count * 0.8, count * 0.7) for number, count in enumerate(contacts)}


def test_five_people_thirty_contacts_none_more_than_two_fifths() -> None:
    assert showable(people(6, 6, 6, 6, 6))
    assert not showable(people(10, 10, 10, 10)), "four people"
    assert not showable(people(6, 6, 6, 6, 5)), "29 contacts"
    assert showable(people(20, 10, 10, 5, 5))
    assert not showable(people(21, 10, 10, 5, 5)), "more than 40 %"
    assert not showable(people(30, 30, 30, 30, 0)), "who did nothing is not there"


def test_a_figure_is_pooled() -> None:
    shown = shown_cells({"north": people(10, 10, 10, 10, 10)})
    assert shown["north"].contacts == 50
    assert abs(shown["north"].observed - 0.8) < 1e-12
    assert abs(shown["north"].expected - 0.7) < 1e-12


def test_one_small_team_takes_the_next_with_it() -> None:
    cells = {
        "big": people(20, 20, 20, 20, 20),
        "middle": people(10, 10, 10, 10, 10, first=10),
        "small": people(9, 9, first=20),
    }
    assert set(shown_cells(cells)) == {"big", TOTAL}


def test_two_small_teams_hide_each_other() -> None:
    cells = {"big": people(9, 9, 9, 9, 9), "x": people(9, 9, 9, first=10), "y": people(9, 9, 9, first=20)}
    assert set(shown_cells(cells)) == {"big", TOTAL}


def test_no_type_that_is_shown_has_a_field_for_a_person() -> None:
    assert [field.name for field in msgspec.structs.fields(CellFigure)] == ["contacts", "observed", "expected"]


MEMBERS = st.dictionaries(
    st.sampled_from([f"a{number}" for number in range(14)]),
    st.integers(0, 25).map(lambda count: Sums(count, count * 0.8, count * 0.7)),
    max_size=9,
)


@given(st.dictionaries(st.sampled_from("pqrstu"), MEMBERS, max_size=6))
def test_a_hidden_cell_can_never_be_subtracted_out(cells: dict[str, dict[str, Sums]]) -> None:
    """Total minus everything shown is nobody, or a crowd that might have been shown itself."""
    shown = shown_cells(cells)
    for group in set(shown) - {TOTAL}:
        assert showable(cells[group])
    if TOTAL not in shown:
        return
    rest: dict[str, Sums] = {}
    for group, cell in cells.items():
        if group not in shown:
            for agent, one in cell.items():
                before = rest.get(agent, Sums(0, 0.0, 0.0))
                rest[agent] = Sums(before.contacts + one.contacts, 0.0, 0.0)
    left = shown[TOTAL].contacts - sum(figure.contacts for group, figure in shown.items() if group != TOTAL)
    assert left == sum(one.contacts for one in rest.values())
    assert left == 0 or showable(rest)


@given(st.dictionaries(st.sampled_from("pqrs"), MEMBERS, max_size=4))
def test_the_order_of_groups_and_people_does_not_matter(cells: dict[str, dict[str, Sums]]) -> None:
    turned = {group: dict(reversed(cell.items())) for group, cell in reversed(cells.items())}
    assert set(shown_cells(turned)) == set(shown_cells(cells))
