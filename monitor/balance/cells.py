"""Team figures that cannot hold a person: Helped, Satisfied, Pace observed beside expected, under the cell rules.

A cell is a group of people in one fixed window of time. It is shown when at least 5 people made it, with at least 30
contacts, none of them more than 40 %. What is hidden must not follow from a total minus the others: all that is
hidden together obeys the same rules, or more is hidden. Windows do not overlap, so that no figure is the difference
of two others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from monitor.small_numbers import CONTACTS_NEEDED, PEOPLE_NEEDED

LARGEST_SHARE = 0.40
TOTAL = ""
"""The name of the cell that is all groups together."""


class Sums(msgspec.Struct, frozen=True):
    """One person's contacts in a cell, of one indicator. Never leaves this module but pooled."""

    contacts: int
    observed: float
    expected: float


class CellFigure(msgspec.Struct, frozen=True):
    """What may be shown of a group: counts and means, and no field for a person."""

    contacts: int
    observed: float
    expected: float


Members = Mapping[str, Sums]
"""By agent."""


def showable(cell: Members) -> bool:
    """Whether these people together may be shown."""
    counts = [one.contacts for one in cell.values() if one.contacts > 0]
    total = sum(counts)
    return len(counts) >= PEOPLE_NEEDED and total >= CONTACTS_NEEDED and max(counts) <= LARGEST_SHARE * total


def shown_cells(cells: Mapping[str, Members]) -> dict[str, CellFigure]:
    """The figures of one indicator in one window that may be shown: of the groups, and of all together (`TOTAL`).

    `cells` is by group; who works in two groups counts as one person in what is hidden together. Deterministic: the
    smallest cells are hidden first, then by name.
    """
    filled = {group: cell for group, cell in cells.items() if any(one.contacts for one in cell.values())}
    shown = {group for group, cell in filled.items() if showable(cell)}
    hidden = set(filled) - shown
    while hidden and shown and not showable(_together([filled[group] for group in hidden])):
        next_one = min(shown, key=lambda group: (_contacts(filled[group]), group))
        shown.remove(next_one)
        hidden.add(next_one)
    figures = {group: _figure(filled[group]) for group in sorted(shown)}
    total = _together(list(filled.values()))
    if filled and showable(total):
        figures[TOTAL] = _figure(total)
    return figures


def window_start(at: float, seconds: float, day_start: float) -> float:
    """The beginning of the fixed window that holds `at`: windows of `seconds`, counted from the start of the site's
    day. A window is shown when it is over, and stays as it was shown."""
    return day_start + (at - day_start) // seconds * seconds


def _contacts(cell: Members) -> int:
    return sum(one.contacts for one in cell.values())


def _together(cells: Sequence[Members]) -> dict[str, Sums]:
    people: dict[str, Sums] = {}
    for cell in cells:
        for agent, one in cell.items():
            before = people.get(agent, Sums(0, 0.0, 0.0))
            people[agent] = Sums(
                before.contacts + one.contacts, before.observed + one.observed, before.expected + one.expected
            )
    return people


def _figure(cell: Members) -> CellFigure:
    contacts = _contacts(cell)
    return CellFigure(
        contacts,
        sum(one.observed for one in cell.values()) / contacts,
        sum(one.expected for one in cell.values()) / contacts,
    )
