"""Today's path of Helped, Satisfied and Pace for walls: observed beside expected in fixed windows of 60 minutes.

The site's window moves by 15 minutes, those of lines, channels, queues and teams by 60, so that theirs do not
overlap. Overlapping windows tell the stretches between their bounds: the site's next window is shown only when each
of these stretches might have been shown on its own. What was shown stays as it was shown. Pure.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from monitor.balance.cells import CellFigure, Members, Sums, contacts_of, figure, showable, together
from monitor.balance.context import Array, Mask
from monitor.balance.first_day import FirstDay
from monitor.balance.outcomes import CAME_BACK, PACE, SATISFIED, TRANSFERRED
from monitor.balance.points import INDICATORS
from monitor.balance.rows import Rows
from monitor.balance.scopes import Cells, Place, Work, shown_scopes
from monitor.balance.state import Standing
from monitor.balance.view import View
from monitor.figures import BalanceCell, BalancePoint, BalanceTrail, Scope
from monitor.instants import to_instant

WINDOW_SECONDS = 3600.0
STEP_SECONDS = 900.0
SITE: Place = ("site", "site")


class Paths:
    """The trails of one site's day, which begins at `day_start` (seconds since 1970)."""

    def __init__(self, day_start: float) -> None:
        self.day_start = day_start
        self.reached = day_start
        """The windows that end by here have been judged."""
        self._first_day: FirstDay | None = None
        self._bounds: dict[str, set[float]] = {name: set() for name in INDICATORS}
        self._points: defaultdict[Place, dict[float, dict[str, BalanceCell]]] = defaultdict(dict)

    @property
    def next_end(self) -> float:
        """When the next window is over."""
        return self.reached + STEP_SECONDS

    def judge(self, view: View) -> None:
        """Show what may be shown of the windows that end at `next_end`; `view` is as of that instant."""
        end = self.reached = self.next_end
        begin = end - WINDOW_SECONDS
        if begin < self.day_start:
            return
        if self._first_day is None:
            self._first_day = FirstDay(view.batches, view.standing.cut)
        of_an_hour = (end - self.day_start) % WINDOW_SECONDS == 0
        for name in INDICATORS:
            found = of_view(view, name, self._first_day)
            cells = cells_between(found, begin, end)
            if of_an_hour:
                for place, members in shown_scopes(cells).items():
                    if place != SITE:
                        self._show(place, begin, name, members)
            self._judge_site(found, name, begin, end, cells)
            if of_an_hour:
                for work in cells:
                    for scope in work.scopes():
                        self._points[scope.kind, scope.id].setdefault(begin, {})

    def _judge_site(self, found: Sequence[Outcomes], name: str, begin: float, end: float, cells: Cells) -> None:
        bounds = sorted({bound for bound in self._bounds[name] if bound > begin - WINDOW_SECONDS} | {begin, end})
        whole = together(list(cells.values()))
        if not showable(whole):
            return
        for first, last in pairwise(bounds):
            stretch = together(list(cells_between(found, first, last).values()))
            if contacts_of(stretch) and not showable(stretch):
                return
        self._bounds[name] |= {begin, end}
        self._show(SITE, begin, name, whole)

    def _show(self, place: Place, begin: float, name: str, members: Members) -> None:
        self._points[place].setdefault(begin, {})[name] = _rounded(figure(members), name)

    def trails(self) -> tuple[BalanceTrail, ...]:
        """What is shown so far."""
        return tuple(
            BalanceTrail(
                scope=Scope(kind=kind, id=id),  # type: ignore[arg-type]
                points=tuple(
                    BalancePoint(began_at=to_instant(round(begin * 1e6)), **cells)
                    for begin, cells in sorted(points.items())
                ),
            )
            for (kind, id), points in sorted(self._points.items())
            if id
        )


class Outcomes(NamedTuple):
    """Of each contact of `rows` whether it counts in an indicator, what was observed and what was expected."""

    rows: Rows
    counts: Mask
    observed: Array
    expected: Array


def of_view(view: View, name: str, first_day: FirstDay | None = None) -> list[Outcomes]:
    """All contacts kept. Helped and satisfied as shares; a contact whose coming back still ripens is expected to have
    come back no more than it should by now. Pace in log minutes."""
    return [_outcomes(rows, view.standing, name, first_day) for rows in view.batches]


def cells_between(found: Sequence[Outcomes], begin: float, end: float) -> dict[Work, dict[str, Sums]]:
    """The contacts closed in [begin, end), by work and person."""
    cells: dict[Work, dict[str, Sums]] = {}
    for rows, weight, observed, expected in found:
        for row in np.flatnonzero((rows.closed >= begin) & (rows.closed < end) & weight):
            contact = rows.contacts[row]
            work = Work(contact.queue, contact.channel, contact.line, contact.team)
            add(cells.setdefault(work, {}), contact.agent, float(observed[row]), float(expected[row]))
    return cells


def add(cell: dict[str, Sums], agent: str, observed: float, expected: float) -> None:
    """One more contact of a person."""
    before = cell.get(agent, Sums(0, 0.0, 0.0))
    cell[agent] = Sums(before.contacts + 1, before.observed + observed, before.expected + expected)


def _outcomes(rows: Rows, standing: Standing, name: str, first_day: FirstDay | None) -> Outcomes:
    if name == "pace":
        return Outcomes(rows, rows.weight_pace > 0.0, rows.pace, rows.e[PACE])
    if name == "satisfied":
        return Outcomes(rows, (rows.weight > 0.0) & (rows.mark_at <= standing.cut), rows.mark, rows.e[SATISFIED])
    if first_day is None:
        ripe = standing.ripened(rows, np.arange(len(rows.contacts)))
    else:
        ripe = first_day.ripened(rows, standing)
    helped = 1.0 - rows.transferred - rows.came_back(standing.cut)
    expected = 1.0 - rows.e[TRANSFERRED] - ripe * rows.e[CAME_BACK]
    return Outcomes(rows, rows.weight_back > 0.0, helped, expected)


def _rounded(of: CellFigure, name: str) -> BalanceCell:
    """Whole per cents; pace in seconds, observed in whole per cents of the expected."""
    if name != "pace":
        return BalanceCell(contacts=of.contacts, observed=round(of.observed, 2), expected=round(of.expected, 2))
    expected = round(60.0 * math.exp(of.expected))
    ratio = round(math.exp(of.observed - of.expected), 2)
    return BalanceCell(contacts=of.contacts, observed=float(round(ratio * expected)), expected=float(expected))
