"""When what is written: sheets at most hourly, thanks and decisions at once, the floor when it has changed.

Pure: a `Scorer`, and what has been written from it. Bodies are JSON of the types in monitor/people/sheet.py.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import msgspec

from monitor.balance.steady import steady_instant
from monitor.events import Event
from monitor.figures import BalanceTrail
from monitor.people.plan import Known, Plan
from monitor.people.scorer import Scorer
from monitor.people.sheet import Floor, Sheet

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Papers:
    """What is new. `sheets` by agent, `weeks` by agent and Monday, `papers` by name; `trails` None: as before."""

    at: datetime
    sheets: dict[str, bytes] = field(default_factory=dict)
    weeks: dict[tuple[str, date], bytes] = field(default_factory=dict)
    papers: dict[str, bytes] = field(default_factory=dict)
    trails: tuple[BalanceTrail, ...] | None = None


class Desk:
    """The scorer's writing desk."""

    def __init__(self, plan: Plan) -> None:
        self.scorer = Scorer(plan)
        self._every = timedelta(seconds=plan.every_seconds)
        self._sheets: dict[str, Sheet] = {}
        self._written_at: datetime | None = None
        self._night_at: datetime | None = None
        self._papers_of: datetime | None = None
        self._floor: Floor | None = None
        self._weeks: dict[tuple[str, date], bytes] = {}
        self._urgent: set[str] = set()
        self._erased: set[str] = set()

    def hear(self, events: Iterable[Event], arrived_at: datetime, *, live: bool = True) -> None:
        """Events as they arrived. While the past is not yet over they wait to be scored."""
        if live:
            self.scorer.advance(arrived_at)
            self._gather_weeks()
        for event in events:
            self.scorer.hear(event)

    def past(self, events: Sequence[Event], until: datetime) -> None:
        """A day that was over before anything was heard."""
        self.scorer.past(events, until)
        self._gather_weeks()

    def begin(self) -> None:
        """The past is over: what it has taught becomes the norm."""
        self.scorer.freeze()

    def told(self, known: Known, now: datetime) -> None:
        """What people have decided; whom it concerns gets a new sheet at once."""
        self._urgent |= self.scorer.told(known, now)
        for agent in known.erased.keys() - self._erased:
            self._sheets.pop(agent, None)
            self._weeks = {key: body for key, body in self._weeks.items() if key[0] != agent}
        self._erased = set(known.erased)

    def look(self, now: datetime, *, live: bool = True) -> Papers:
        """What has to be written by now."""
        if live:
            self.scorer.advance(now)
        papers = {}
        floor = self.scorer.floor(now)
        if self._floor is None or floor.people != self._floor.people:
            self._floor = floor
            papers["floor"] = _encode(floor)
        if not live:
            return Papers(now, papers=papers)
        self._gather_weeks()
        weeks, self._weeks = self._weeks, {}
        new_sheets = self._new_sheets(now)
        if self._night_at != self._papers_of:
            self._papers_of = self._night_at
            papers |= self._of_the_night(now)
        return Papers(now, new_sheets, weeks, papers, self.scorer.trails(now))

    def _of_the_night(self, now: datetime) -> dict[str, bytes]:
        made = {
            "process": self.scorer.process(now),
            "calibration": self.scorer.calibration(),
            "learnt": self.scorer.learnt(),
            "standing": self.scorer.standing(now),
        }
        return {name: _encode(paper) for name, paper in made.items() if paper is not None}

    def _gather_weeks(self) -> None:
        if self.scorer.night_at != self._night_at:
            self._night_at = self.scorer.night_at
            self._weeks.update(((agent, week.monday), _encode(week)) for agent, week in self.scorer.weeks())

    def _new_sheets(self, now: datetime) -> dict[str, bytes]:
        if self._written_at is None or now - self._written_at >= self._every:
            self._written_at = now
            made = [self._steady(sheet, now) for sheet in self.scorer.sheets(now)]
        else:
            made = self.scorer.sheets(now, self._urgent) if self._urgent else []
            made += self._thanked(now, {sheet.agent for sheet in made})
        self._urgent = set()
        fresh = [sheet for sheet in made if not _same(sheet, self._sheets.get(sheet.agent))]
        self._sheets.update((sheet.agent, sheet) for sheet in fresh)
        return {sheet.agent: _encode(sheet) for sheet in fresh}

    def _steady(self, sheet: Sheet, now: datetime) -> Sheet:
        """The sheet, or the one of a little earlier where the balance would move too far within the hour."""
        before = self._sheets.get(sheet.agent)
        if before is None or before.balance is None or sheet.balance is None:
            return sheet
        shown, made = before.balance.points, {now.timestamp(): sheet}

        def moved(instant: float) -> float:
            if instant not in made:
                made[instant] = self.scorer.sheets(datetime.fromtimestamp(instant, UTC), [sheet.agent])[0]
            balance = made[instant].balance
            return math.inf if balance is None else abs(balance.points - shown)

        since = before.made_at if self._night_at is None else max(before.made_at, self._night_at)
        found = made[steady_instant(now.timestamp(), since.timestamp(), moved)]
        return msgspec.structs.replace(found, today=sheet.today)

    def _thanked(self, now: datetime, done: Collection[str]) -> list[Sheet]:
        """Thanks are shown at once, on the sheet as it was."""
        found = self.scorer.day_book.thanked(now)
        news = {
            agent
            for agent, compliments in found.items()
            if agent in self._sheets and agent not in done and not _has(self._sheets[agent], compliments)
        }
        days = self.scorer.days(now, news) if news else {}
        return [msgspec.structs.replace(self._sheets[agent], today=day) for agent, day in days.items()]


def _has(sheet: Sheet, compliments: tuple[str, ...]) -> bool:
    return sheet.today is not None and sheet.today.compliments == compliments


def _same(sheet: Sheet, before: Sheet | None) -> bool:
    """Whether nothing is new but the time."""
    return before is not None and msgspec.structs.replace(sheet, made_at=before.made_at) == before
