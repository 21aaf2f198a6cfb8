"""Figures made by hand: a centre with two voice queues on two lines and one of chat, at a quarter past eleven."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from monitor.figures import (
    Durations,
    Figures,
    Interval,
    Live,
    Pipeline,
    Scope,
    ScopeFigures,
    ScopeKind,
    ServiceLevel,
    Share,
    SiteFigures,
    SourceHealth,
)
from monitor.settings import BoardDefinition, Queue

NOW = datetime(2026, 3, 9, 10, 15, tzinfo=UTC)
WINDOWS = ("15m", "30m", "60m", "today")

QUEUES = {
    "sales": Queue(label="Sales", line=2),
    "service": Queue(label="Service"),
    "webchat": Queue(label="Chat", channel="chat", within_seconds=60),
}
BOARD = BoardDefinition(title="The floor")


def ago(**parts: float) -> datetime:
    """An instant before NOW."""
    return NOW - timedelta(**parts)


def share(numerator: float, denominator: float) -> Share:
    """A share with its ratio."""
    return Share(numerator=numerator, denominator=denominator, ratio=numerator / denominator if denominator else None)


def level(numerator: int, denominator: int) -> ServiceLevel:
    """A service level with its ratio."""
    return ServiceLevel(
        numerator=numerator, denominator=denominator, ratio=numerator / denominator if denominator else None
    )


def busy_figures(**changes: Any) -> Figures:
    """An ordinary window: 100 offered, 95 answered."""
    figures = Figures(
        offered=100,
        answered=95,
        abandoned=5,
        short_abandoned=1,
        handled=90,
        contacts=98,
        left={"timeout": 2},
        service_level=level(84, 99),
        speed_of_answer_seconds=Durations(mean=12.34, median=8, p90=30, n=95),
        handle_time_seconds=Durations(mean=402.4, median=380, p90=700, n=90),
        expected_handle_time_seconds=390.2,
        talk_seconds=Durations(mean=300, n=92),
        abandoned_ratio=share(4, 99),
        occupancy=share(8_012, 10_000),
        repeat_10m=share(6, 80),
        satisfaction=share(41, 50),
        compliments=3,
    )
    return msgspec.structs.replace(figures, **changes)


def live(**changes: Any) -> Live:
    """Ten people on duty, two of them free, nobody waiting."""
    return msgspec.structs.replace(
        Live(agents={"available": 2, "on_contact": 7, "break": 1, "offline": 4}, on_duty=10), **changes
    )


def scope(
    kind: ScopeKind, id: str, now: Live | None = None, windows: dict[str, Figures] | None = None, **changes: Any
) -> ScopeFigures:
    """A scope with the same figures in every window, changed as told."""
    return ScopeFigures(
        scope=Scope(kind=kind, id=id),
        live=now or live(),
        windows=dict.fromkeys(WINDOWS, busy_figures(**changes)) if windows is None else windows,
    )


def site(*scopes: ScopeFigures, **changes: Any) -> SiteFigures:
    """The whole centre; scopes that are given take the place of those of the same kind and id."""
    usual = [scope("site", "site"), scope("board", "main")]
    usual += [scope("queue", queue) for queue in ("webchat", "service", "sales")]
    usual += [scope("channel", channel) for channel in ("voice", "chat")]
    given = {figures.scope: figures for figures in scopes}
    together = {figures.scope: figures for figures in usual} | given
    figures = SiteFigures(
        at=NOW,
        day=date(2026, 3, 9),
        time_zone="Europe/Amsterdam",
        scopes=tuple(together.values()),
        curves={"main": quarters(100, 100, 100, 100, 90)},
        sources=(SourceHealth(source="pbx", state="up", last_heard_at=ago(seconds=1), events=40),),
        pipeline=Pipeline(read=42, applied=40, rejected={"duplicate": 2}),
    )
    return msgspec.structs.replace(figures, **changes)


def quarters(*offered: int) -> tuple[Interval, ...]:
    """Today's quarters of an hour from the site's midnight."""
    began = datetime(2026, 3, 8, 23, tzinfo=UTC)
    return tuple(
        Interval(
            began_at=began + timedelta(minutes=15 * place),
            offered=count,
            answered=count,
            service_level=share(count, count),
            mean_waiting=4.26,
            mean_on_the_line=0.26,
        )
        for place, count in enumerate(offered)
    )
