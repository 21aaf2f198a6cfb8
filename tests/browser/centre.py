"""Figures for the pictures: a day of the simulated centre, put through the engine up to an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

from collectors import demo
from monitor.engine import Engine
from monitor.figures import SiteFigures
from monitor.settings import Settings

DAY = date(2026, 3, 10)
"""A Tuesday."""
AFTERNOON = datetime(2026, 3, 10, 14, 45, 0, tzinfo=UTC)
"""15:45 in Amsterdam."""


def settings() -> Settings:
    """Those of the demo."""
    return Settings(**demo.settings_table())


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
    return engine.figures()
