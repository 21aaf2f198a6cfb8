"""Figures for the pictures: a day of the simulated centre, put through the engine up to an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache

import msgspec

from collectors import demo
from monitor.engine import Engine
from monitor.figures import BalanceCell, BalancePoint, BalanceTrail, Scope, SiteFigures
from monitor.settings import Settings

DAY = date(2026, 3, 10)
"""A Tuesday."""
AFTERNOON = datetime(2026, 3, 10, 14, 45, 0, tzinfo=UTC)
"""15:45 in Amsterdam."""


def settings() -> Settings:
    """Those of the demo."""
    return Settings(**demo.settings_table())


def with_board(**otherwise: object) -> Settings:
    """Those of the demo, with some of its board otherwise."""
    made = settings()
    board = made.boards["demo"].model_copy(update=otherwise)
    return made.model_copy(update={"boards": {"demo": board}})


@cache
def figures_at(instant: datetime) -> SiteFigures:
    """What there is to see at an instant of the day."""
    made = settings()
    engine = Engine(made.site, made.queues, made.teams, made.boards)
    for event in demo.events(DAY):
        if event.at > instant:
            break
        engine.apply(event)
        engine.advance(event.at)
    engine.advance(instant)
    return msgspec.structs.replace(engine.figures(), balance=balance_at(instant))


def balance_at(instant: datetime) -> tuple[BalanceTrail, ...]:
    """Today's path of the whole centre: a good beginning, a rush that costs time and then quality, and back again."""
    first = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)
    told = (
        *((0.83, 0.97), (0.84, 0.98), (0.84, 1.00), (0.85, 1.02), (0.84, 1.05), (0.83, 1.09), (0.82, 1.13)),
        *((0.80, 1.15), (0.78, 1.14), (0.76, 1.10), (0.75, 1.04), (0.76, 0.97), (0.77, 0.92), (0.79, 0.90)),
        *((0.81, 0.91), (0.82, 0.94), (0.84, 0.96), (0.86, 0.99), (0.87, 1.02), (0.87, 1.04), (0.86, 1.05)),
        *((0.85, 1.05), (0.84, 1.03), (0.84, 1.01), (0.85, 1.00), (0.86, 0.99), (0.86, 0.97), (0.85, 0.96)),
    )
    points = tuple(
        BalancePoint(
            began_at=first + timedelta(minutes=15 * place),
            helped=BalanceCell(contacts=212 + place, observed=helped, expected=0.82),
            satisfied=BalanceCell(contacts=48 + place, observed=0.79, expected=0.77),
            pace=BalanceCell(contacts=205 + place, observed=281.0 * pace, expected=281.0),
        )
        for place, (helped, pace) in enumerate(told)
    )
    seen = tuple(point for point in points if point.began_at + timedelta(minutes=60) <= instant)
    return (BalanceTrail(scope=Scope(kind="site", id="site"), points=seen),)
