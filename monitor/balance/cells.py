"""Figures of groups that cannot hold a person: observed beside expected, under the cell rules.

A cell is a group of people in one fixed window of time. It is shown when at least 5 people made it, with at least 30
contacts, none of them more than 40 %. What is hidden must not follow from a total minus the others: all that is
hidden together obeys the same rules, or more is hidden.
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
    while hidden and shown and not showable(together([filled[group] for group in hidden])):
        next_one = min(shown, key=lambda group: (contacts_of(filled[group]), group))
        shown.remove(next_one)
        hidden.add(next_one)
    figures = {group: figure(filled[group]) for group in sorted(shown)}
    total = together(list(filled.values()))
    if filled and showable(total):
        figures[TOTAL] = figure(total)
    return figures


def contacts_of(cell: Members) -> int:
    """How many contacts of all together."""
    return sum(one.contacts for one in cell.values())


def together(cells: Sequence[Members]) -> dict[str, Sums]:
    """Cells as one, each person once."""
    people: dict[str, Sums] = {}
    for cell in cells:
        for agent, one in cell.items():
            before = people.get(agent, Sums(0, 0.0, 0.0))
            people[agent] = Sums(
                before.contacts + one.contacts, before.observed + one.observed, before.expected + one.expected
            )
    return people


def figure(cell: Members) -> CellFigure:
    """What is shown of it."""
    contacts = contacts_of(cell)
    return CellFigure(
        contacts,
        sum(one.observed for one in cell.values()) / contacts,
        sum(one.expected for one in cell.values()) / contacts,
    )
