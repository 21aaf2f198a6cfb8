"""Helped, Satisfied and Pace of teams, observed beside expected, for the wallboard: sums, never a person."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from monitor.balance.cells import CellFigure, Members, Sums, shown_cells
from monitor.balance.context import Array, Mask
from monitor.balance.outcomes import CAME_BACK, PACE, SATISFIED, TRANSFERRED
from monitor.balance.points import INDICATORS
from monitor.balance.rows import Rows
from monitor.balance.state import Standing


def team_figures(
    batches: Sequence[Rows], standing: Standing, begin: float, end: float
) -> dict[str, dict[str, CellFigure]]:
    """By indicator, then by team ("" is all together), of the contacts closed in the window [begin, end): a fixed one,
    that is over. Helped and satisfied are shares; a contact whose coming back still ripens is expected to have come
    back no more than it should by now. Pace is the geometric mean of minutes. What may not be shown is not there."""
    cells: dict[str, dict[str, dict[str, Sums]]] = {name: {} for name in INDICATORS}
    for rows in batches:
        within = (rows.closed >= begin) & (rows.closed < end)
        for name, weight, observed, expected in _indicators(rows, standing):
            for row in np.flatnonzero(within & weight):
                contact = rows.contacts[row]
                team = cells[name].setdefault(contact.team, {})
                before = team.get(contact.agent, Sums(0, 0.0, 0.0))
                team[contact.agent] = Sums(
                    before.contacts + 1, before.observed + float(observed[row]), before.expected + float(expected[row])
                )
    shown = {name: shown_cells(_named(of_team)) for name, of_team in cells.items()}
    return shown | {"pace": {team: _in_minutes(figure) for team, figure in shown["pace"].items()}}


def _named(cells: dict[str, dict[str, Sums]]) -> dict[str, Members]:
    """Who is in no team is in a cell of its own kind, which keeps the total from giving them away."""
    return {team or "(none)": members for team, members in cells.items()}


def _indicators(rows: Rows, standing: Standing) -> list[tuple[str, Mask, Array, Array]]:
    counted = rows.weight > 0.0
    marked = counted & (rows.mark_at <= standing.cut)
    ripe = standing.ripened(rows, np.arange(len(rows.contacts)))
    helped = 1.0 - rows.transferred - rows.came_back(standing.cut)
    return [
        ("helped", rows.weight_back > 0.0, helped, 1.0 - rows.e[TRANSFERRED] - ripe * rows.e[CAME_BACK]),
        ("satisfied", marked, rows.mark, rows.e[SATISFIED]),
        ("pace", rows.weight_pace > 0.0, rows.pace, rows.e[PACE]),
    ]


def _in_minutes(figure: CellFigure) -> CellFigure:
    return msgspec.structs.replace(
        figure, observed=float(np.exp(figure.observed)), expected=float(np.exp(figure.expected))
    )
