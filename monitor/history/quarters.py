"""From the engine's quarters of an hour to what the history keeps of them. Pure; nothing is changed but by `settle`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from monitor.cell import Cell
from monitor.figures import Scope
from monitor.history.rows import KINDS, NO_LEVELS, Levels
from monitor.history.sums import kept
from monitor.instants import DAY, QUARTER, SiteDays
from monitor.lane import Lanes
from monitor.roster import Roster
from monitor.tally import Tally, is_of_queue

if TYPE_CHECKING:
    from monitor.picture import Plan

Place = tuple[Scope, int]
"""A scope, and when the quarter began."""


class Measured(Protocol):
    """What the history needs of an engine (monitor/engine.py)."""

    has_history: bool
    now: int
    newest: int
    days: SiteDays
    lanes: Lanes
    roster: Roster

    def plans(self) -> list[Plan]:
        """Every scope, and what it sums."""


def clock_of(engine: Measured) -> int:
    """The engine's present."""
    return max(engine.now, engine.newest)


def booked(engine: Measured) -> dict[Place, Tally]:
    """What was booked in each scope and quarter since the last `settle`."""
    found: dict[Place, Tally] = {}
    for plan in _plans(engine):
        for cell, of_queue in plan.cells:
            for number, tally in cell.fresh.items():
                _pool_into(found, (plan.scope, number * QUARTER), tally, of_queue)
    return {place: change for place, tally in found.items() if (change := kept(tally))}


def _pool_into(found: dict[Place, Tally], place: Place, tally: Tally, of_queue: bool | None) -> None:
    into = found.setdefault(place, {})
    for key, amount in tally.items():
        if of_queue is None or is_of_queue(key) == of_queue:
            into[key] = into.get(key, 0) + amount


def settle(engine: Measured) -> None:
    """What was booked so far is in the history."""
    for cell in _cells(engine):
        cell.settle()


def levels(engine: Measured, begin: int, end: int) -> dict[Place, Levels]:
    """The levels of each scope in the quarters from `begin` (one begins there) up to `end`, where there were any."""
    found = {}
    quarters = range(begin, end, QUARTER)
    people = {
        name: [[meter.quarter(at, end) for at in quarters] for meter in group.all_meters]
        for name, group in engine.roster.groups.items()
    }
    for plan in _plans(engine):
        courses = plan.tide.intervals(begin, end)
        groups = [people[name] for name, _ in plan.groups]
        for number, at in enumerate(quarters):
            worked = [sum(group[meter][number] for group in groups) for meter in range(5)]
            waited, served, _ = courses[number]
            there = Levels(*waited, served.peak, served.area, *worked)
            if there != NO_LEVELS:
                found[plan.scope, at] = there
    return found


def first_quarter_kept(engine: Measured) -> int:
    """Levels are known since the midnight before last."""
    days = engine.days
    return days.begin(days.begin(clock_of(engine)) - DAY // 2)


def late_steps(engine: Measured) -> int:
    """Grows when a level before the last fold is told anew."""
    lanes = sum(lane.waited.late + lane.served.late for lane in engine.lanes.lanes.values())
    return lanes + sum(meter.late for group in engine.roster.groups.values() for meter in group.all_meters)


def _plans(engine: Measured) -> Iterator[Plan]:
    return (plan for plan in engine.plans() if plan.scope.kind in KINDS)


def _cells(engine: Measured) -> Iterator[Cell]:
    for lane in engine.lanes.lanes.values():
        yield from lane.cells.values()
        if lane.apart is not None:
            yield from lane.apart.cells.values()
