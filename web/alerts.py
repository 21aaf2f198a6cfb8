"""`/api/v1/alerts`: the alerts that stand, for everybody; and for a signed-in lead, to acknowledge one.

What is sent has no field for a person: who acknowledged is kept in the database and told to nobody here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from fastapi import APIRouter, Depends, HTTPException, Response

from monitor.feed import Feed
from web.answers import json_answer
from web.api import PREFIX, AlertsAnswer, described, newest

Lead = Callable[..., Awaitable[str]]
"""A dependency of FastAPI: the opaque id of the account of a lead who is signed in, or it refuses."""
Acknowledge = Callable[[str, datetime, str, datetime], Awaitable[bool]]
"""Of an alert's key, when it fired, the account and the instant; False when that alert does not stand any more."""


def alerts_router(feed: Feed) -> APIRouter:
    """Read only."""
    router = APIRouter(prefix=PREFIX, tags=["figures"])

    @router.get("/alerts", summary="The alerts that stand", responses=described(AlertsAnswer, 503))
    async def alerts() -> Response:
        """About queues, teams, sources and Balans itself, never about a person; the most severe first."""
        figures = newest(feed)
        return json_answer(AlertsAnswer(at=figures.at, alerts=figures.alerts))

    return router


def acknowledging_router(feed: Feed, lead: Lead, acknowledge: Acknowledge, clock: Callable[[], datetime]) -> APIRouter:
    """For leads: mounted where there is sign-in."""
    router = APIRouter(prefix=PREFIX, tags=["team"])

    @router.post("/alerts/{key:path}/acknowledge", status_code=204, summary="Say that somebody looks after it")
    async def acknowledged(key: str, account: str = Depends(lead)) -> Response:
        """The alert stands on until it ends; within a second every screen says that somebody has seen it. Who that
        was is kept as long as the alert stands. 404 when it does not stand."""
        alert = next((alert for alert in newest(feed).alerts if alert.key == key), None)
        if alert is None or not await acknowledge(key, alert.fired_at, account, clock()):
            raise HTTPException(404, f"There is no alert {key} now.")
        return Response(status_code=204)

    return router
