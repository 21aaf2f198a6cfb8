"""The engine's figures: for every scope and window, summed from cells, levels and the roster.

A scope is a plan: which lanes it sees, which cells it adds up, which groups of agents serve it. A team's plan
takes the queue's side from the queues the team owns and the working side from what its people did anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from monitor import summary
from monitor.cell import MINUTES_KEPT, Cell
from monitor.figures import (
    WINDOW_MINUTES,
    Behind,
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
from monitor.pooled import Pooled, change
from monitor.roster import Group, GroupName
from monitor.settings import BoardDefinition, Team
from monitor.small_numbers import PEOPLE_NEEDED
from monitor.tally import (
    ABANDONED,
    ANSWERED,
    HANDLE,
    KNOWN,
    OFFERED,
    SHORT,
    WITHIN,
    duration,
    is_of_queue,
    pool,
)
from monitor.tide import Tide, coded

if TYPE_CHECKING:
    from monitor.engine import Engine

_WINDOWS = (*WINDOW_MINUTES, "today")
_HOUR = 60 * MINUTE
_KINDS: tuple[ScopeKind, ...] = ("site", "board", "line", "channel", "queue", "team")
_DAYS_KEPT = 2
_LOADED = ("site", "board", "team")
OCCUPANCY_ACT = 0.90
_ON_DUTY_NOT = ("offline", "unknown")


class Plan:
    """One scope: its lanes, the cells of both sides (for a team: apart), its groups, and its levels."""

    def __init__(self, scope: Scope, late: int) -> None:
        """`late` is how late events are expected to come, in microseconds."""
        self.scope = scope
        self.lanes: list[Lane] = []
        self.cells: list[tuple[Cell, bool | None]] = []
        """The cells it adds up, and of which side of them: True the queue's, False the work's, None both."""
        self.groups: list[tuple[GroupName, Group]] = []
        self.tide = Tide(late + 2 * MINUTE)
        self.pooled = {window: Pooled(spread=window == "today") for window in _WINDOWS}
        self.counted: dict[str, tuple[tuple[int, int], Figures]] = {}
        """By window: what it was made of, so that it is made again only when something was booked."""

    def within(self) -> list[float]:
        """T of the service level of each lane."""
        return [lane.settings.within_seconds for lane in self.lanes]


class Picture:
    """Figures of one engine."""

    def __init__(self, engine: Engine, teams: Mapping[str, Team], boards: Mapping[str, BoardDefinition]) -> None:
        self._engine = engine
        self._teams = teams
        self._boards = boards
        self._plans: dict[Scope, Plan] = {}
        self._places: list[tuple[Cell, list[tuple[Plan, bool | None]]]] = []
        self._seen_by: list[tuple[Lane, list[Plan]]] = []
        self._shape = (-1, -1, -1)
        self._curves: dict[str, tuple[Interval, ...]] = {}
        self._curves_at = self._pictured_at = -1
        self._folded_until = 0

    def figures(self, now: int, behind: Behind, anew: bool = False) -> SiteFigures:
        """Everything at one instant."""
        engine = self._engine
        day = engine.days.begin(now)
        states, since_break = engine.roster.states(), engine.roster.since_break(now)
        for name in states:
            engine.roster.group(*name)
        plans = self.laid_out()
        stale = {
            health.source: behind(health.source) if health.state == "up" else health.since
            for health in engine.sources.health()
        }
        begins = {window: (now // MINUTE - minutes + 1) * MINUTE for window, minutes in WINDOW_MINUTES.items()}
        begins["today"] = day
        worked = self._worked(begins, now)
        self._look(begins, now)
        scopes = []
        for plan in plans:
            live = self._live(plan, states, since_break, stale, now)
            windows = {
                window: self._window(plan, window, begin, now, worked[window]) for window, begin in begins.items()
            }
            scopes.append(ScopeFigures(scope=plan.scope, live=live, windows=windows))
        # A clock that was put back stands still until it is where it was: then each picture has a curve of its own.
        if anew or now // (10 * SECOND) != self._curves_at // (10 * SECOND) or now == self._pictured_at:
            self._curves_at = now
            self._curves = {name: self._curve(("board", name), day, now) for name in self._boards}
        self._pictured_at = now
        return SiteFigures(
            at=to_instant(now),
            day=engine.days.local_date(now),
            time_zone=engine.days.zone.key,
            scopes=tuple(scopes),
            curves=self._curves,
            sources=engine.sources.health(),
            pipeline=self._pipeline(),
            thanks=tuple(said for said in engine.thanks if said.given_at >= to_instant(day)),
            conservation=all(summary.conserved(figures) for scope in scopes for figures in scope.windows.values()),
        )

    def whole(self, began: int | None, ended: int) -> Whole:
        """Everything applied, as one period."""
        engine = self._engine
        scopes = []
        ripening = engine.customers.ripening(ended)
        for plan in self.laid_out():
            if plan.scope.kind == "board":
                continue
            pooled = Pooled()
            for cell, of_queue in plan.cells:
                pooled.add(cell.whole(), of_queue)
            times = [[meter.whole(ended) for meter in group.meters] for _, group in plan.groups]
            unripe = sum(ripening[id(cell)] for cell, of_queue in plan.cells if of_queue in (None, is_of_queue(KNOWN)))
            counted = msgspec.structs.replace(summary.counted(pooled, plan.within(), 0), repeat_ripening=unripe)
            figures = self._present(plan, counted, pooled, ended, began or 0, _sums(times))
            scopes.append(WholeScope(scope=plan.scope, figures=figures))
        hours: tuple[Interval, ...] = ()
        if began is not None:
            hours = self._hours(engine.days.begin(began), -(-ended // _HOUR) * _HOUR)
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
        """Let go of detail that no window needs: called often, works once an hour."""
        until = (horizon - MINUTES_KEPT * MINUTE) // _HOUR * _HOUR
        if until <= self._folded_until:
            return
        self._folded_until = until
        engine = self._engine
        first_day = engine.days.begin(engine.days.begin(horizon) - (_DAYS_KEPT - 1) * DAY + _HOUR)
        for plan in self.laid_out():
            plan.tide.fold(until, first_day)
        minute = (horizon - MINUTES_KEPT * MINUTE) // MINUTE
        for lane in engine.lanes.lanes.values():
            lane.waited.fold(until, first_day)
            lane.served.fold(until, first_day)
            for cell in (*lane.cells.values(), *(lane.apart.cells.values() if lane.apart else ())):
                if not engine.has_history:
                    cell.settle()
                cell.forget(minute, first_day)
        for group in engine.roster.groups.values():
            for meter in group.all_meters:
                meter.fold(until, first_day)

    def laid_out(self) -> list[Plan]:
        """All scopes, laid out again when lanes, their cells or groups have come."""
        engine = self._engine
        lanes = list(engine.lanes.lanes.values())
        shape = (len(lanes), sum(len(lane.cells) for lane in lanes), len(engine.roster.groups))
        if shape != self._shape:
            self._shape = shape
            for plan in self._plans.values():
                plan.lanes, plan.cells, plan.groups = [], [], []
                plan.pooled = {window: Pooled(spread=window == "today") for window in _WINDOWS}
                plan.counted = {}
            for lane in lanes:
                self._place_lane(lane)
            for name, group in engine.roster.groups.items():
                self._place_group(name, group)
            self._plans = dict(sorted(self._plans.items(), key=lambda item: (_KINDS.index(item[0].kind), item[0].id)))
            for plan in self._plans.values():
                plan.tide.lanes = plan.lanes
            places: dict[int, tuple[Cell, list[tuple[Plan, bool | None]]]] = {}
            for plan in self._plans.values():
                for cell, of_queue in plan.cells:
                    cell.looked = {}
                    places.setdefault(id(cell), (cell, []))[1].append((plan, of_queue))
            self._places = list(places.values())
            seen_by: dict[tuple[str, str], list[Plan]] = {}
            for plan in self._plans.values():
                for lane in plan.lanes:
                    seen_by.setdefault((lane.queue, lane.channel), []).append(plan)
            self._seen_by = [(lane, seen_by[name]) for name, lane in engine.lanes.lanes.items()]
        self._hear()
        return list(self._plans.values())

    def _hear(self) -> None:
        """Tell every scope how the levels of its lanes went on."""
        for lane, plans in self._seen_by:
            for level, served in ((lane.waited, False), (lane.served, True)):
                news = level.news()
                if news is not None:
                    steps = coded(lane, news, served=served)
                    for plan in plans:
                        plan.tide.hear(steps)

    def _plan(self, kind: ScopeKind, id: str) -> Plan:
        scope = Scope(kind=kind, id=id)
        plan = self._plans.get(scope)
        if plan is None:
            plan = self._plans[scope] = Plan(scope, self._engine.lateness)
        return plan

    def _place_lane(self, lane: Lane) -> None:
        for plan in self._seeing((lane.queue,), lane.channel, str(lane.settings.line)):
            plan.lanes.append(lane)
            plan.cells.extend((cell, None) for cell in lane.cells.values())
        if lane.settings.team:
            owner = self._plan("team", lane.settings.team)
            owner.lanes.append(lane)
            owner.cells.extend((cell, True) for cell in lane.cells.values())
        for team, cell in lane.cells.items():
            if team:
                self._plan("team", team).cells.append((cell, False))

    def _place_group(self, name: GroupName, group: Group) -> None:
        team, queues = name
        plans: dict[Scope, Plan] = {plan.scope: plan for plan in self._seeing(sorted(queues), None, None)}
        for lane in self._engine.lanes.lanes.values():
            if lane.queue in queues:
                for plan in self._seeing((), lane.channel, str(lane.settings.line)):
                    plans[plan.scope] = plan
        if team:
            plan = self._plan("team", team)
            plans[plan.scope] = plan
        for plan in plans.values():
            plan.groups.append((name, group))

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

    def _worked(self, begins: Mapping[str, int], now: int) -> dict[str, dict[GroupName, list[int]]]:
        """Working time of each group in each window, up to the last whole second."""
        groups = self._engine.roster.groups.items()
        end = now - now % SECOND
        return {
            window: {name: [meter.between(begin, end) for meter in group.meters] for name, group in groups}
            for window, begin in begins.items()
        }

    def _look(self, begins: Mapping[str, int], now: int) -> None:
        """Bring every scope's sums up to now, by what has changed in each cell since the last look."""
        for cell, places in self._places:
            for window, begin in begins.items():
                state = (begin, cell.touched)
                seen = cell.looked.get(window)
                if seen is not None and seen[0] == state:
                    continue
                if window == "today":
                    tally = cell.day(begin).copy()
                else:
                    tally = cell.last(WINDOW_MINUTES[window], now // MINUTE).copy()
                changed = change({} if seen is None else seen[1], tally)
                cell.looked[window] = (state, tally)
                if changed:
                    for plan, of_queue in places:
                        plan.pooled[window].add(changed, of_queue)

    def _window(self, plan: Plan, window: str, begin: int, now: int, worked: Mapping[GroupName, list[int]]) -> Figures:
        carried, pooled = plan.tide.since(begin).carried_in, plan.pooled[window]
        kept = plan.counted.get(window)
        if kept is None or kept[0] != (pooled.version, carried):
            counted = summary.counted(pooled, plan.within(), carried)
            kept = plan.counted[window] = ((pooled.version, carried), counted)
        times = _sums([worked[name] for name, _ in plan.groups])
        return self._present(plan, kept[1], pooled, now, begin, times)

    def _present(
        self, plan: Plan, counted: Figures, pooled: Pooled, now: int, begin: int, worked: tuple[int, int, int, int]
    ) -> Figures:
        begun = [visit.offered_at for lane in plan.lanes for visit in lane.waiting.values() if not visit.outbound]
        return summary.present(
            counted,
            expected=self._engine.lives.mixes.expected(pooled.mix),
            waiting=len(begun),
            longest_wait=max(0.0, seconds(now - min(begun))) if begun else 0.0,
            max_waiting=plan.tide.since(begin).max_waiting,
            max_in_service=plan.tide.since(begin).max_in_service,
            worked=worked,
        )

    def _live(
        self,
        plan: Plan,
        states: Mapping[GroupName, Counter[str]],
        since_break: Mapping[GroupName, list[int]],
        stale: Mapping[str, datetime | None],
        now: int,
    ) -> Live:
        lanes = [*plan.lanes, *(lane.apart for lane in plan.lanes if lane.apart is not None)]
        waiting = [(visit, lane) for lane in lanes for visit in lane.waiting.values() if not visit.outbound]
        backlog = [(visit.offered_at, lane) for visit, lane in waiting if lane.channel in WRITTEN]
        oldest = min(backlog, key=lambda written: written[0], default=None)
        in_line = [visit.offered_at for visit, lane in waiting if lane.channel not in WRITTEN]
        agents: Counter[str] = Counter()
        for name, _ in plan.groups:
            agents.update(states.get(name, Counter()))
        on_duty = sum(count for state, count in agents.items() if state not in _ON_DUTY_NOT)
        silent = [since for lane in plan.lanes if (since := stale.get(lane.source)) is not None]
        return Live(
            waiting=len(waiting),
            longest_wait_began_at=to_instant(min(in_line)) if in_line else None,
            in_service=sum(len(lane.serving) for lane in lanes),
            backlog=len(backlog),
            oldest_backlog_began_at=to_instant(oldest[0]) if oldest else None,
            oldest_backlog_open_seconds=self._open_seconds(*oldest, now) if oldest else None,
            agents=dict(agents),
            on_duty=on_duty,
            waiting_per_agent=len(waiting) / on_duty if on_duty else None,
            minutes_since_break=_minutes_since_break(plan, since_break),
            minutes_above_occupancy=self._minutes_above_occupancy(plan, now) if plan.scope.kind in _LOADED else None,
            stale_since=min(silent) if silent else None,
        )

    def _open_seconds(self, begin: int, lane: Lane, now: int) -> float:
        return seconds(self._engine.days.open_between(lane.settings.opening_hours, begin, now))

    def _minutes_above_occupancy(self, plan: Plan, now: int) -> int | None:
        """Load, in whole minutes of the quarters of an hour that were above it; null where nobody was on duty."""
        total, known = 0, False
        for begin in range(self._engine.days.begin(now), now, QUARTER):
            handling = sum(group.handling.quarter(begin, now) for _, group in plan.groups)
            available = sum(group.available.quarter(begin, now) for _, group in plan.groups)
            known = known or handling + available > 0
            if handling > OCCUPANCY_ACT * (handling + available):
                total += min(QUARTER, now - begin) // MINUTE
        return total if known else None

    def _curve(self, key: tuple[ScopeKind, str], begin: int, end: int, width: int = QUARTER) -> tuple[Interval, ...]:
        plan = self._plan(*key)
        intervals = []
        for number, (waiting, serving, line) in enumerate(plan.tide.intervals(begin, end, width)):
            at = begin + number * width
            lasted = min(width, end - at)
            quarters = range(at // QUARTER, (at + width) // QUARTER)
            counts = pool(
                tally
                for cell, _ in plan.cells
                for booked in (cell.quarters, cell.fresh)
                for quarter in quarters
                if (tally := booked.get(quarter))
            )
            total, n = duration(counts, HANDLE)
            answered, abandoned = counts.get(ANSWERED, 0), counts.get(ABANDONED, 0)
            intervals.append(
                Interval(
                    began_at=to_instant(at),
                    offered=counts.get(OFFERED, 0),
                    answered=answered,
                    abandoned=abandoned,
                    service_level=summary.share(counts.get(WITHIN, 0), answered + abandoned - counts.get(SHORT, 0)),
                    handle_time_mean_seconds=seconds(total) / n if n else None,
                    max_waiting=waiting.peak,
                    mean_waiting=waiting.area / lasted,
                    mean_on_the_line=line.area / lasted,
                    max_in_service=serving.peak,
                    mean_in_service=serving.area / lasted,
                )
            )
        return tuple(intervals)

    def _hours(self, begin: int, end: int) -> tuple[Interval, ...]:
        """Hours need every step of the period, so only an engine that keeps all has them."""
        return self._curve(("site", "site"), begin, end, _HOUR) if self._engine.keep_all else ()

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


def _minutes_since_break(plan: Plan, since_break: Mapping[GroupName, list[int]]) -> float | None:
    times = [time for name, _ in plan.groups for time in since_break.get(name, ())]
    return round(median(times) / MINUTE, 1) if len(times) >= PEOPLE_NEEDED else None


def _sums(times: list[list[int]]) -> tuple[int, int, int, int]:
    if not times:
        return 0, 0, 0, 0
    handling, available, side_by_side, at_least_one = (sum(column) for column in zip(*times, strict=True))
    return handling, available, side_by_side, at_least_one
