"""What the score knows of one agent, as the sheet that agent reads. Pure.

Points are taken apart as docs/balance.md says: an indicator's part of B - 70 is shared out over contacts, what is
older, and the par in proportion to their parts of its deviation, so that all of them sum to B - 70.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal, cast

import numpy as np

from monitor.balance import points
from monitor.balance.context import LEARNER, Array, wait_class
from monitor.balance.explanation import ContactPart
from monitor.balance.outcomes import CAME_BACK, OUTCOMES, PACE, SATISFIED, TRANSFERRED
from monitor.balance.rows import Rows
from monitor.balance.states import SAYS_SOMETHING
from monitor.balance.view import View
from monitor.people.sheet import ContactLine, ContextSentence, Count, GroupPart, Indicator, IndicatorName, Range

LINES_KEPT = 300
_OF = {"helped": (TRANSFERRED, CAME_BACK), "satisfied": (SATISFIED,), "pace": (PACE,)}
_MARKED_SHARE, _KNOWN_SHARE = 0.1, 0.9
_MOST_NEEDED, _STEP = 400, 5
_NEAR_PAR = 1e-9
_AT_PAR = {
    "helped": 0.50 * points.STEP_POINTS / points.HELPED_STEP,
    "satisfied": 0.20 * points.STEP_POINTS / points.SATISFIED_STEP,
    "pace": 0.0,
}
"""Points of B - 70 for a unit of deviation, at par: the limit of part / deviation."""

Decision = Literal["", "open", "upheld", "rejected"]
WaitClass = Literal["short", "normal", "long"]


@dataclass(frozen=True, slots=True)
class Written:
    """What the score adds to a sheet; `ready` False: too early to say."""

    ready: bool
    balance: Range
    contacts: int
    needed: int
    ripening: int
    indicators: tuple[Indicator, ...]
    context: ContextSentence | None
    groups: tuple[GroupPart, ...]
    earlier_part: float
    par_part: float
    lines: tuple[ContactLine, ...]
    excused: dict[str, int]


class Writer:
    """Writes from one view. `decided` is what became of disputed contacts, by contact."""

    def __init__(self, view: View, decided: Mapping[str, Decision]) -> None:
        self._view, self._decided = view, decided
        self._par = view.standing.agents_par()

    @cached_property
    def needed(self) -> int:
        """About how many contacts it takes before something can be said: of somebody at par, one contact in ten
        marked and nine customers in ten known."""
        share = np.array([1.0, 1.0, _KNOWN_SHARE, _MARKED_SHARE])
        counts = np.arange(_STEP, _MOST_NEEDED + 1, _STEP, dtype=np.float64)
        n = share[:, None] * counts
        standing = self._view.standing
        found = points.assess(np.zeros_like(n), standing.variances(n), standing.tau)
        enough = np.flatnonzero(found.reliability >= SAYS_SOMETHING)
        return int(counts[enough[0]]) if len(enough) else _MOST_NEEDED

    def _needed_by(self, kept: int, n: float) -> int:
        """The same in contacts as this agent has them, of which the older ones weigh less."""
        return round(self.needed * max(1.0, kept / n)) if n > 0.0 else self.needed

    def _ready(self, seat: str) -> bool:
        """Figures are shown from the night on that says something, and not by the hour. Of a learner no night does."""
        if seat.endswith(LEARNER):
            return bool(self._view.assessment.reliability[self._view.row(seat)] >= SAYS_SOMETHING)
        return self._view.state(seat) != "too_early"

    def written(self, seat: str) -> Written | None:
        """All of one agent; None when nothing is known. Raises KeyError for a seat that does not exist."""
        view = self._view
        row, found = view.row(seat), view.assessment
        unfolded = view.unfolded(seat)
        parts = view.points_parts(seat)
        scale = _scales(parts, unfolded.deviation)
        mine = _Contacts(view, row, self._decided)
        context = view.context(seat)
        return Written(
            ready=self._ready(seat),
            balance=Range(points=float(found.balance[row]), low=float(found.low[row]), high=float(found.high[row])),
            contacts=mine.count,
            needed=self._needed_by(mine.count, float(view.sums[0][PACE, row])),
            ripening=mine.ripening,
            indicators=tuple(self._indicator(name, place, row, parts[name], mine) for place, name in enumerate(_OF)),
            context=ContextSentence(raw=context.raw, factors=context.factors, own=context.own) if context else None,
            groups=tuple(
                GroupPart(
                    topic=group[0],
                    channel=group[1],  # type: ignore[arg-type]
                    wait=group[2],  # type: ignore[arg-type]
                    contacts=count,
                    part=float(scale @ deviations),
                )
                for group, (count, deviations) in unfolded.groups.items()
            ),
            earlier_part=float(scale @ unfolded.earlier),
            par_part=float(scale @ unfolded.par),
            lines=mine.lines(unfolded.contacts, scale, self._par[:, row]),
            excused=mine.excused,
        )

    def _indicator(self, name: str, place: int, row: int, part: float, mine: _Contacts) -> Indicator:
        found, par = self._view.assessment, self._par[:, row]
        n = self._view.sums[0]
        return Indicator(
            name=cast(IndicatorName, name),
            n=float(n[_OF[name][-1], row]),
            range=Range(
                points=float(found.points[place, row]),
                low=float(found.lowest[place, row]),
                high=float(found.highest[place, row]),
            ),
            part=part,
            came_back=mine.came_back(par) if name == "helped" else None,
            transferred=mine.transferred(par) if name == "helped" else None,
            positive=mine.positive(par) if name == "satisfied" else None,
            handle=mine.handle(par) if name == "pace" else None,
        )


def _scales(parts: Mapping[str, float], deviation: Array) -> Array:
    """Points of B - 70 for a unit of deviation, by outcome."""
    scale = np.zeros(len(OUTCOMES))
    for name, outcomes in _OF.items():
        whole = float(sum(deviation[outcome] for outcome in outcomes))
        for outcome in outcomes:
            scale[outcome] = parts[name] / whole if abs(whole) > _NEAR_PAR else _AT_PAR[name]
    return scale


class _Contacts:
    """The contacts kept of one agent, disputed ones left out of the counts; what is counted is undecayed.

    Expectations include what the line and the team have in common, so that they say what colleagues would have."""

    def __init__(self, view: View, row: int, decided: Mapping[str, Decision]) -> None:
        self._standing, self._decided = view.standing, decided
        self._hidden = {rows.contacts[place].id for rows, place in view.disputed}
        self._found = [(rows, np.flatnonzero(rows.agent == row)) for rows in view.batches]
        self._found = [(rows, some) for rows, some in self._found if len(some)]
        self._came_back = {id(rows): rows.came_back(view.standing.cut) for rows, _ in self._found}
        self.count = sum(len(some) for _, some in self._found)
        self._kept = [
            (rows, np.array([one for one in some if rows.contacts[one].id not in self._hidden], dtype=np.intp))
            for rows, some in self._found
        ]

    @property
    def ripening(self) -> int:
        """Contacts whose customer may still come back."""
        cut = self._standing.cut
        return sum(
            int(np.count_nonzero((cut - rows.closed[some] < rows.window[some]) & (rows.weight_back[some] > 0)))
            for rows, some in self._kept
        )

    @property
    def excused(self) -> dict[str, int]:
        """Contacts that are charged to nobody, by why."""
        found = Counter(rows.contacts[one].excused for rows, some in self._kept for one in some)
        return {why: found[why] for why in sorted(found) if why}

    def came_back(self, par: Array) -> Count:
        """Of contacts of known customers, how many came back, and how many should have by now."""
        counted = observed = expected = 0.0
        for rows, some in self._kept:
            some = some[rows.weight_back[some] > 0.0]
            ripe = self._standing.ripened(rows, some)
            counted += len(some)
            observed += float(np.count_nonzero(self._came_back[id(rows)][some]))
            expected += float(np.sum(ripe * (rows.e[CAME_BACK, some] - par[CAME_BACK])))
        return Count(counted=int(counted), observed=observed, expected=max(0.0, expected))

    def transferred(self, par: Array) -> Count:
        """How many were passed on."""
        counted = observed = expected = 0.0
        for rows, some in self._kept:
            some = some[rows.weight[some] > 0.0]
            counted += len(some)
            observed += float(rows.transferred[some].sum())
            expected += float(np.sum(rows.e[TRANSFERRED, some] - par[TRANSFERRED]))
        return Count(counted=int(counted), observed=observed, expected=max(0.0, expected))

    def positive(self, par: Array) -> Count:
        """Of the marks, how many were positive."""
        counted = observed = expected = 0.0
        for rows, some in self._kept:
            some = some[(rows.weight[some] > 0.0) & (rows.mark_at[some] <= self._standing.cut)]
            counted += len(some)
            observed += float(rows.mark[some].sum())
            expected += float(np.sum(rows.e[SATISFIED, some] + par[SATISFIED]))
        return Count(counted=int(counted), observed=observed, expected=expected)

    def handle(self, par: Array) -> Count | None:
        """Geometric mean seconds; None without any."""
        pairs = [(rows, some[rows.weight_pace[some] > 0.0]) for rows, some in self._kept]
        counted = sum(len(some) for _, some in pairs)
        if not counted:
            return None
        observed = sum(float(rows.pace[some].sum()) for rows, some in pairs) / counted
        expected = sum(float(rows.e[PACE, some].sum()) for rows, some in pairs) / counted + par[PACE]
        return Count(counted=counted, observed=60.0 * math.exp(observed), expected=60.0 * math.exp(expected))

    def lines(self, parts: tuple[ContactPart, ...], scale: Array, par: Array) -> tuple[ContactLine, ...]:
        """The newest contacts, with what each adds."""
        part_of = {one.contact: float(scale @ np.array(one.deviations)) for one in parts}
        places = [
            (rows.closed[one], rows.contacts[one].id, rows, int(one)) for rows, some in self._found for one in some
        ]
        places.sort(key=lambda place: place[:2], reverse=True)
        return tuple(self._line(rows, one, part_of.get(id, 0.0), par) for _, id, rows, one in places[:LINES_KEPT])

    def _line(self, rows: Rows, place: int, part: float, par: Array) -> ContactLine:
        contact, cut = rows.contacts[place], self._standing.cut
        back = bool(self._came_back[id(rows)][place])
        ripe = cut - rows.closed[place] >= rows.window[place]
        marked = rows.mark_at[place] <= cut
        back_expected = float(rows.e[CAME_BACK, place] - par[CAME_BACK])
        return ContactLine(
            contact=contact.id,
            ended_at=datetime.fromtimestamp(contact.closed_at, UTC),
            channel=contact.channel,
            topic=contact.topic,
            wait=cast(WaitClass, wait_class(contact)),
            handle_seconds=round(contact.handle_seconds, 1),
            expected_seconds=round(60.0 * math.exp(float(rows.e[PACE, place] + par[PACE])), 1),
            expected_coming_back=round(min(1.0, max(0.0, back_expected)), 4),
            came_back=True if back else False if ripe else None,
            transferred=contact.transferred,
            positive=bool(rows.mark[place]) if marked else None,
            part=round(part, 4),
            disputed=self._decided.get(contact.id, ""),
            visit=contact.visit,
            excused=contact.excused,
            elsewhere=bool(rows.elsewhere_at[place] <= cut),
        )
