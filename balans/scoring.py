"""`balans replay --scores`: the balance of each agent of a recording, for the person entitled to run it offline.

Person-level figures leave Balans here as one object and nowhere else: not in the text report, not on a wall.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from monitor.balance import Contact, Score, Topics
from monitor.balance.intake import CameBack, Elsewhere, Heard, Intake, Marked, midnight_after
from monitor.balance.outcomes import CAME_BACK, PACE, SATISFIED
from monitor.balance.points import INDICATORS
from monitor.balance.view import View
from monitor.events import Event

_COUNTED_BY = {"helped": CAME_BACK, "satisfied": SATISFIED, "pace": PACE}
SHOWN_FROM = 30
"""Contacts an agent has to have had before the plain ranking by handle time names a place."""


class Listener:
    """Hears a recording's events on their way, and scores them when they are over."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._intake = Intake(zone)
        self._heard: list[Heard] = []

    def listening(self, events: Iterable[Event]) -> Iterator[Event]:
        """The same events."""
        for event in events:
            self._heard.extend(self._intake.apply(event))
            yield event

    def scores(self) -> dict[str, dict[str, Any]]:
        """By agent, as docs/balance.md describes it. The topics are those of the recording."""
        contacts = [one for one in self._heard if isinstance(one, Contact)]
        if not contacts:
            return {}
        score = Score(Topics(names=tuple(sorted({contact.topic for contact in contacts}))))
        self._tell(score)
        view = score.view()
        ranks = _handle_time_ranks(contacts)
        return {
            agent: _of_agent(view, row) | {"state": view.standing.states[row], "handle_time_rank": ranks.get(agent)}
            for agent, row in sorted(view.standing.ledger.agents.items())
        }

    def _tell(self, score: Score) -> None:
        midnight = None
        for one in self._heard:
            at = one.closed_at if isinstance(one, Contact) else one.at
            midnight = midnight or midnight_after(at, self._zone)
            while at > midnight:
                score.close(midnight)
                midnight = midnight_after(midnight + 1, self._zone)
            if isinstance(one, Contact):
                score.add(one)
            elif isinstance(one, CameBack):
                score.came_back(one.contact, one.at, one.by)
            elif isinstance(one, Marked):
                score.marked(one.contact, one.at, one.positive)
            elif isinstance(one, Elsewhere):
                score.caused_elsewhere(one.by, one.at, one.agent)
        assert midnight is not None
        score.close(midnight)


def _of_agent(view: View, row: int) -> dict[str, Any]:
    found, n = view.assessment, view.sums[0]
    figures: dict[str, Any] = {}
    for place, name in enumerate(INDICATORS):
        weight = float(n[_COUNTED_BY[name], row])
        figures[name] = None
        if weight > 0.0:
            figures[name] = {
                "points": round(float(found.points[place, row]), 2),
                "low": round(float(found.lowest[place, row]), 2),
                "high": round(float(found.highest[place, row]), 2),
                "deviation": round(float(found.deviation[place, row]), 4),
                "n": round(weight, 1),
            }
    figures["balance"] = {
        "points": round(float(found.balance[row]), 2),
        "low": round(float(found.low[row]), 2),
        "high": round(float(found.high[row]), 2),
    }
    return figures


def _handle_time_ranks(contacts: Iterable[Contact]) -> dict[str, int]:
    """1 is the shortest mean handle time: what a speed board would show."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for contact in contacts:
        sums[contact.agent][0] += contact.handle_seconds
        sums[contact.agent][1] += 1
    means = {agent: total / count for agent, (total, count) in sums.items() if count >= SHOWN_FROM}
    return {agent: rank for rank, agent in enumerate(sorted(means, key=lambda name: (means[name], name)), start=1)}
