"""Where the work makes it hard: observed beside expected by topic, channel, hour and team, over the days kept.

Under the rules of a cell on the wall (monitor/balance/cells.py), twice for a row of a team: among the rows of that
team, and among the teams' rows of the same name, so that neither gives away what the other hides. Pure.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from monitor.balance.cells import TOTAL, CellFigure, Sums, shown_cells
from monitor.balance.context import Contact
from monitor.balance.trails import add, of_view
from monitor.balance.view import View
from monitor.people.sheet import Process, ProcessRow

By = Literal["topic", "channel", "hour", "team"]
KINDS: tuple[By, ...] = ("topic", "channel", "hour", "team")
SITE = ""

_Named = dict[str, dict[str, Sums]]
_Cells = dict[tuple[str, By], _Named]
"""By team (or the site) and kind of row; then by name and person."""


def process(view: View, zone: ZoneInfo, at: datetime) -> Process:
    """The rows of the site and of each team. A name without a row may not be shown."""
    handle, helped = _cells(view, zone, "pace"), _cells(view, zone, "helped")
    shown_handle, shown_helped = _shown(handle), _shown(helped)
    rows: defaultdict[str, list[ProcessRow]] = defaultdict(list)
    for (team, by), names in sorted(shown_handle.items()):
        for name, pace in names.items():
            solved = shown_helped.get((team, by), {}).get(name)
            if solved is not None:
                rows[team].append(_row(by, name, pace, solved))
    return Process(at=at, rows={team: tuple(found) for team, found in rows.items()})


def _row(by: By, name: str, pace: CellFigure, helped: CellFigure) -> ProcessRow:
    return ProcessRow(
        by=by,
        name=name,
        contacts=pace.contacts,
        handle_observed_seconds=float(round(60.0 * math.exp(pace.observed))),
        handle_expected_seconds=float(round(60.0 * math.exp(pace.expected))),
        helped_observed=round(helped.observed, 2),
        helped_expected=round(helped.expected, 2),
    )


def _cells(view: View, zone: ZoneInfo, indicator: str) -> _Cells:
    cells: defaultdict[tuple[str, By], _Named] = defaultdict(dict)
    for rows, weight, observed, expected in of_view(view, indicator):
        for row in np.flatnonzero(weight):
            contact = rows.contacts[row]
            for by, name in _names(contact, zone):
                for team in {SITE, contact.team} if by != "team" else {SITE}:
                    cell = cells[team, by].setdefault(name, {})
                    add(cell, contact.agent, float(observed[row]), float(expected[row]))
    return dict(cells)


def _names(contact: Contact, zone: ZoneInfo) -> Iterator[tuple[By, str]]:
    yield "topic", contact.topic
    yield "channel", contact.channel
    yield "hour", f"{datetime.fromtimestamp(contact.closed_at - contact.handle_seconds, UTC).astimezone(zone):%H}"
    if contact.team:
        yield "team", contact.team


def _shown(cells: _Cells) -> dict[tuple[str, By], dict[str, CellFigure]]:
    within = {place: shown_cells(names) for place, names in cells.items()}
    among: dict[tuple[By, str], set[str]] = {}
    by_name: defaultdict[tuple[By, str], _Named] = defaultdict(dict)
    for (team, by), names in cells.items():
        if team != SITE:
            for name, cell in names.items():
                by_name[by, name][team] = cell
    for key, teams in by_name.items():
        among[key] = set(shown_cells(teams))
    return {
        (team, by): {
            name: found for name, found in names.items() if name != TOTAL and (team == SITE or team in among[by, name])
        }
        for (team, by), names in within.items()
    }
