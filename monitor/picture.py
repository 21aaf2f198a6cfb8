"""The engine's figures: for every scope and window, summed from cells, levels and the roster.

A scope is a plan: which lanes it sees, which cells it adds up, which groups of agents serve it. A team's plan
takes the queue's side from the queues the team owns and the working side from what its people did anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from monitor import summary
from monitor.cell import MINUTES_KEPT, Cell
from monitor.figures import (
    WINDOW_MINUTES,
    Figures,
    Interval,
    Live,
    Pipeline,
    Scope,
    ScopeFigures,
    ScopeKind,
    SiteFigures,
    Whole,
    WholeScope,
)
from monitor.instants import DAY, MINUTE, QUARTER, SECOND, seconds, to_instant
from monitor.lane import WRITTEN, Lane
from monitor.levels import fold
from monitor.settings import BoardDefinition, Team
from monitor.tally import (
    ABANDONED,
    ANSWERED,
    AVAILABLE,
    DIGITAL_SUM,
    DIGITAL_UNION,
    HANDLE,
    HANDLING,
    OFFERED,
    SHORT,
    WITHIN,
    Pooled,
    Tally,
    pool,
    side,
)
from monitor.tide import Tide

if TYPE_CHECKING:
    from monitor.engine import Engine

Group = tuple[str, frozenset[str]]
_HOUR = 60 * MINUTE
_KINDS: tuple[ScopeKind, ...] = ("site", "board", "line", "channel", "queue", "team")
_DAYS_KEPT = 2
_ON_DUTY_NOT = ("offline", "unknown")
_RATE_ROWS = (HANDLING, AVAILABLE, DIGITAL_SUM, DIGITAL_UNION)


class Plan:
    """One scope: its lanes, the cells of both sides (for a team: apart), its groups, and its levels."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.lanes: list[Lane] = []
        self.cells: list[Cell] = []
        self.work: list[Cell] | None = None
        self.groups: list[Group] = []
        self.waited = Tide()
        self.served = Tide()


class Picture:
    """Figures of one engine."""

    def __init__(self, engine: Engine, teams: Mapping[str, Team], boards: Mapping[str, BoardDefinition]) -> None:
        self._engine = engine
        self._teams = teams
        self._boards = boards
        self._plans: dict[Scope, Plan] = {}
        self._shape = (-1, -1, -1)
        self._curves: dict[str, tuple[Interval, ...]] = {}
        self._curves_at = -1
        self._folded_until = 0

    def figures(self, now: int) -> SiteFigures:
        """Everything at one instant."""
        engine = self._engine
        day = engine.days.begin(now)
        states = engine.roster.states()
        for group in states:
            engine.group(*group)
        plans = self._laid_out()
        stale = {health.source: health.since for health in engine.sources.health() if health.state != "up"}
        begins = {window: (now // MINUTE - minutes + 1) * MINUTE for window, minutes in WINDOW_MINUTES.items()}
        begins["today"] = day
        running = self._running(begins, now)
        scopes = []
        for plan in plans:
            live = self._live(plan, states, stale)
            windows = {
                window: self._window(plan, window, begin, now, running[window]) for window, begin in begins.items()
            }
            scopes.append(ScopeFigures(scope=plan.scope, live=live, windows=windows))
        if now // (10 * SECOND) != self._curves_at:
            self._curves_at = now // (10 * SECOND)
            self._curves = {name: self._curve(("board", name), day, now) for name in self._boards}
        return SiteFigures(
            at=to_instant(now),
            day=engine.days.local_date(now),
            time_zone=engine.days.zone.key,
            scopes=tuple(scopes),
            curves=self._curves,
            sources=engine.sources.health(),
            pipeline=self._pipeline(),
            thanks=tuple(engine.thanks),
            conservation=all(summary.conserved(figures) for scope in scopes for figures in scope.windows.values()),
        )

    def whole(self, began: int | None, ended: int) -> Whole:
        """Everything applied, as one period."""
        engine = self._engine
        scopes = []
        for plan in self._laid_out():
            if plan.scope.kind == "board":
                continue
            pooled = self._pooled(plan, lambda cell: cell.whole())
            figures = self._summary(plan, pooled, ended, 0, began or 0, ended + 1)
            scopes.append(WholeScope(scope=plan.scope, figures=figures))
        hours: tuple[Interval, ...] = ()
        if began is not None:
            hours = self._curve(("site", "site"), engine.days.begin(began), -(-ended // _HOUR) * _HOUR, _HOUR)
        return Whole(
            began_at=None if began is None else to_instant(began),
            ended_at=to_instant(ended) if began is not None else None,
            scopes=tuple(scopes),
            hours=hours,
            agents_seen=len(engine.roster.agents),
            sources=engine.sources.health(),
            pipeline=self._pipeline(),
            conservation=all(summary.conserved(scope.figures) for scope in scopes if scope.scope.kind != "team"),
        )

    def fold(self, horizon: int) -> None:
        """Let go of detail that no window needs: called often, works once a quarter of an hour."""
        until = (horizon - MINUTES_KEPT * MINUTE) // QUARTER * QUARTER
        if until <= self._folded_until:
            return
        self._folded_until = until
        engine = self._engine
        first_day = engine.days.begin(engine.days.begin(horizon) - (_DAYS_KEPT - 1) * DAY + _HOUR)
        for plan in self._laid_out():
            plan.waited.fold(until, first_day)
            plan.served.fold(until, first_day)
        minute = (horizon - MINUTES_KEPT * MINUTE) // MINUTE
        for lane in engine.lanes.lanes.values():
            fold(lane.waited, until)
            fold(lane.served, until)
            for cell in (*lane.cells.values(), *(lane.apart.cells.values() if lane.apart else ())):
                cell.forget(minute, first_day)
        for cell in engine.groups.values():
            cell.forget(minute, first_day)

    def _laid_out(self) -> list[Plan]:
        """The plans, laid out again when lanes, their cells or groups have come."""
        engine = self._engine
        lanes = list(engine.lanes.lanes.values())
        shape = (len(lanes), sum(len(lane.cells) for lane in lanes), len(engine.groups))
        if shape != self._shape:
            self._shape = shape
            for plan in self._plans.values():
                plan.lanes, plan.cells, plan.groups = [], [], []
                plan.work = [] if plan.scope.kind == "team" else None
            for lane in lanes:
                self._place_lane(lane)
            for group in engine.groups:
                self._place_group(group)
            self._plans = dict(sorted(self._plans.items(), key=lambda item: (_KINDS.index(item[0].kind), item[0].id)))
            for plan in self._plans.values():
                plan.waited.levels = [lane.waited for lane in plan.lanes]
                plan.served.levels = [lane.served for lane in plan.lanes]
        return list(self._plans.values())

    def _plan(self, kind: ScopeKind, id: str) -> Plan:
        scope = Scope(kind=kind, id=id)
        plan = self._plans.get(scope)
        if plan is None:
            plan = self._plans[scope] = Plan(scope)
            plan.work = [] if kind == "team" else None
        return plan

    def _place_lane(self, lane: Lane) -> None:
        for plan in self._seeing((lane.queue,), lane.channel, str(lane.settings.line)):
            plan.lanes.append(lane)
            plan.cells.extend(lane.cells.values())
        if lane.settings.team:
            owner = self._plan("team", lane.settings.team)
            owner.lanes.append(lane)
            owner.cells.extend(lane.cells.values())
        for team, cell in lane.cells.items():
            work = self._plan("team", team).work if team else None
            if work is not None:
                work.append(cell)

    def _place_group(self, group: Group) -> None:
        team, queues = group
        plans: dict[Scope, Plan] = {plan.scope: plan for plan in self._seeing(sorted(queues), None, None)}
        for lane in self._engine.lanes.lanes.values():
            if lane.queue in queues:
                for plan in self._seeing((), lane.channel, str(lane.settings.line)):
                    plans[plan.scope] = plan
        if team:
            plan = self._plan("team", team)
            plans[plan.scope] = plan
        for plan in plans.values():
            plan.groups.append(group)

    def _seeing(self, queues: Iterable[str], channel: str | None, line: str | None) -> list[Plan]:
        """The scopes, teams apart, that these queues belong to."""
        plans = [self._plan("site", "site")]
        if line is not None:
            plans.append(self._plan("line", line))
        if channel is not None:
            plans.append(self._plan("channel", channel))
        plans.extend(self._plan("queue", queue) for queue in queues)
        for name, board in self._boards.items():
            if not board.queues or any(queue in board.queues for queue in queues):
                plans.append(self._plan("board", name))
        return plans

    def _running(self, begins: Mapping[str, int], now: int) -> dict[str, dict[Group, list[int]]]:
        """Working time that is still running, by window and group, to the last whole second."""
        now -= now % SECOND
        sums: dict[str, dict[Group, list[int]]] = {window: {} for window in begins}
        for team, queues, since, rates in self._engine.roster.running():
            for window, begin in begins.items():
                lasted = now - max(since, begin)
                if lasted > 0:
                    total = sums[window].setdefault((team, queues), [0, 0, 0, 0])
                    for index, rate in enumerate(rates):
                        total[index] += rate * lasted
        return sums

    def _window(self, plan: Plan, window: str, begin: int, now: int, running: Mapping[Group, list[int]]) -> Figures:
        if window == "today":
            pooled = self._pooled(plan, lambda cell: cell.day(begin))
        else:
            pooled = self._pooled(plan, lambda cell: cell.last(WINDOW_MINUTES[window], now // MINUTE))
        for group in plan.groups:
            for row, lasted in zip(_RATE_ROWS, running.get(group, ()), strict=False):
                pooled.counts[row] += lasted
        return self._summary(plan, pooled, now, plan.waited.before(begin), begin, now + 1)

    def _pooled(self, plan: Plan, of: Callable[[Cell], Tally | Pooled | None]) -> Pooled:
        groups = [self._engine.groups[group] for group in plan.groups if group in self._engine.groups]
        if plan.work is None:
            return pool(_some(of, [*plan.cells, *groups]))
        owned = side(pool(_some(of, plan.cells)), of_queue=True)
        done = side(pool(_some(of, [*plan.work, *groups])), of_queue=False)
        return pool((owned, done))

    def _summary(self, plan: Plan, pooled: Pooled, now: int, carried: int, begin: int, end: int) -> Figures:
        begun = [visit.offered_at for lane in plan.lanes for visit in lane.waiting.values() if not visit.outbound]
        return summary.figures(
            pooled,
            within=(lane.settings.within_seconds for lane in plan.lanes),
            mixes=self._engine.lives.mixes,
            waiting=len(begun),
            carried_in=carried,
            longest_wait=max(0.0, seconds(now - min(begun))) if begun else 0.0,
            max_waiting=plan.waited.peak(begin, end),
            max_in_service=plan.served.peak(begin, end),
        )

    def _live(self, plan: Plan, states: Mapping[Group, Counter[str]], stale: Mapping[str, datetime | None]) -> Live:
        lanes = [*plan.lanes, *(lane.apart for lane in plan.lanes if lane.apart is not None)]
        waiting = [(visit, lane) for lane in lanes for visit in lane.waiting.values() if not visit.outbound]
        backlog = [visit.offered_at for visit, lane in waiting if lane.channel in WRITTEN]
        in_line = [visit.offered_at for visit, lane in waiting if lane.channel not in WRITTEN]
        agents: Counter[str] = Counter()
        for group in plan.groups:
            agents.update(states.get(group, Counter()))
        on_duty = sum(count for state, count in agents.items() if state not in _ON_DUTY_NOT)
        silent = [since for lane in plan.lanes if (since := stale.get(lane.source)) is not None]
        return Live(
            waiting=len(waiting),
            longest_wait_began_at=to_instant(min(in_line)) if in_line else None,
            in_service=sum(len(lane.serving) for lane in lanes),
            backlog=len(backlog),
            oldest_backlog_began_at=to_instant(min(backlog)) if backlog else None,
            agents=dict(agents),
            on_duty=on_duty,
            waiting_per_agent=len(waiting) / on_duty if on_duty else None,
            stale_since=min(silent) if silent else None,
        )

    def _curve(self, key: tuple[ScopeKind, str], begin: int, end: int, width: int = QUARTER) -> tuple[Interval, ...]:
        plan = self._plan(*key)
        waited = plan.waited.intervals(begin, end, width)
        served = plan.served.intervals(begin, end, width)
        intervals = []
        for number, (waiting, serving) in enumerate(zip(waited, served, strict=True)):
            at = begin + number * width
            lasted = min(width, end - at)
            quarters = range(at // QUARTER, (at + width) // QUARTER)
            counts = pool(tally for cell in plan.cells for quarter in quarters if (tally := cell.quarters.get(quarter)))
            total, n = counts.duration(HANDLE)
            answered, abandoned = int(counts.counts[ANSWERED]), int(counts.counts[ABANDONED])
            intervals.append(
                Interval(
                    began_at=to_instant(at),
                    offered=int(counts.counts[OFFERED]),
                    answered=answered,
                    abandoned=abandoned,
                    service_level=summary.share(
                        int(counts.counts[WITHIN]), answered + abandoned - int(counts.counts[SHORT])
                    ),
                    handle_time_mean_seconds=seconds(total) / n if n else None,
                    max_waiting=waiting[0],
                    mean_waiting=waiting[1] / lasted,
                    max_in_service=serving[0],
                    mean_in_service=serving[1] / lasted,
                )
            )
        return tuple(intervals)

    def _pipeline(self) -> Pipeline:
        engine = self._engine
        return Pipeline(
            read=engine.read,
            applied=engine.applied,
            rejected={reason: count for reason, count in sorted(engine.rejected.items()) if count},
            late=engine.late,
            out_of_order=engine.out_of_order,
            reconciled=engine.lives.reconciled,
            behind_seconds=seconds(engine.behind),
        )


def _some(of: Callable[[Cell], Tally | Pooled | None], cells: Iterable[Cell]) -> list[Tally | Pooled]:
    return [tally for cell in cells if (tally := of(cell)) is not None]
