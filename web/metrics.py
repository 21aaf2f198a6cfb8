"""`/metrics` for Prometheus."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Response

from monitor.feed import Feed
from web.hub import Hub


def metrics_router(feed: Feed, hub: Hub, clock: Callable[[], datetime]) -> APIRouter:
    router = APIRouter()

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response("", media_type="text/plain")

    return router
