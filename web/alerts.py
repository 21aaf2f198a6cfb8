"""`/api/v1/alerts`: the alerts that stand; and for a lead, to acknowledge one.

What is sent has no field for a person: who acknowledged is kept in the database for as long as the alert stands.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, HTTPException, Request, Response

from monitor.alerts.store import acknowledge
from monitor.feed import Feed
from monitor.journal import Database
from monitor.measures import Text
from web.answers import json_answer, said
from web.api import PREFIX, AlertsAnswer, described, newest
from web.identity import person_of

OVER = Text(en="This alert does not stand any more.", nl="Deze melding is al voorbij.")


def alerts_router(feed: Feed) -> APIRouter:
    """Read only."""
    router = APIRouter(prefix=PREFIX, tags=["figures"])

    @router.get("/alerts", summary="The alerts that stand", responses=described(AlertsAnswer, 503))
    async def alerts() -> Response:
        """About queues, teams, sources and Balans itself, never about a person; the most severe first."""
        figures = newest(feed)
        return json_answer(AlertsAnswer(at=figures.at, alerts=figures.alerts))

    return router


def acknowledging_router(feed: Feed, database: Database, clock: Callable[[], datetime]) -> APIRouter:
    """For leads; raises PeerUnreachable while the database is away. `clock` is that of the figures."""
    router = APIRouter(prefix=PREFIX, tags=["team"])

    @router.post("/alerts/{key:path}/acknowledge", status_code=204, summary="Say that somebody looks after it")
    async def acknowledged(key: str, request: Request) -> Response:
        """The alert stands on until it ends; within a second every screen says that somebody has seen it. The first
        who says so stays. 404 when it does not stand."""
        alert = next((alert for alert in newest(feed).alerts if alert.key == key), None)
        account = person_of(request).account
        if alert is None or not await acknowledge(database, key, alert.fired_at, account, clock()):
            raise HTTPException(404, said(OVER, request))
        return Response(status_code=204)

    return router
