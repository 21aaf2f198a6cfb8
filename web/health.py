"""`/healthz`: the process answers. `/readyz`: the figures are fresh, and if not, why, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from fastapi import APIRouter, Response

from monitor.feed import Feed
from monitor.figures import SiteFigures
from web.answers import json_answer

FRESH_SECONDS = 10
"""Figures older than this are no longer live."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """`ok` with `problems`: what hinders. `remarks` are worth knowing and hinder nothing."""

    ok: bool
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def readiness(figures: SiteFigures | None, now: datetime) -> Health:
    """Whether a wall would show the present."""
    if figures is None:
        return Health(ok=False, problems=("The monitor has given no figures yet.",))
    problems = []
    age = (now - figures.at).total_seconds()
    if age > FRESH_SECONDS:
        problems.append(f"The figures are {age:.0f} s old: the monitor stands still or has lost the broker.")
    if not figures.conservation:
        problems.append("The figures do not add up: offered is not answered, abandoned, left and waiting together.")
    remarks = tuple(
        f"Source {source.source} is {source.state}"
        + (f" since {source.since:%Y-%m-%d %H:%M:%S} UTC." if source.since else ".")
        for source in figures.sources
        if source.state != "up"
    )
    return Health(ok=not problems, problems=tuple(problems), remarks=remarks)


def health_router(feed: Feed, clock: Callable[[], datetime]) -> APIRouter:
    """Both addresses: 200 when all is well, 503 when not ready."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="Is the process alive?")
    async def healthz() -> Response:
        """Answers as long as the process serves requests."""
        return json_answer(Health(ok=True))

    @router.get("/readyz", summary="Are the figures fresh?")
    async def readyz() -> Response:
        """503 with the reasons while a wall would not show the present."""
        health = readiness(feed.latest, clock())
        return json_answer(health, 200 if health.ok else 503)

    return router
