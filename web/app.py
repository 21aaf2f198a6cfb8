"""The web application: pages, live connection, REST, health and metrics over one feed of figures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI
from starlette.routing import WebSocketRoute

from monitor import __version__
from monitor.board import Board
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.settings import Settings
from monitor.wallboard import wallboard
from web.answers import say_errors_in_words
from web.api import api_router, publish_schema
from web.health import health_router
from web.hub import Hub
from web.live import LiveBoards
from web.metrics import metrics_router
from web.pages import SecurityHeaders, add_pages


def _present() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings, feed: Feed, *, demo: bool = False, clock: Callable[[], datetime] = _present
) -> FastAPI:
    """The application; its live boards run in its lifespan. `clock` says the present, for freshness only."""

    def make(id: str, figures: SiteFigures) -> Board:
        return wallboard(
            id,
            settings.boards[id],
            settings.queues,
            figures,
            site_name=settings.site.name,
            teams=settings.teams,
            demo=demo,
        )

    hub = Hub(make, feed, settings.web.max_viewers)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with hub.running():
            yield

    app = FastAPI(
        title="Balans",
        version=__version__,
        summary="A live contact-centre wallboard that balances quality and speed",
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(SecurityHeaders)
    say_errors_in_words(app)
    app.include_router(api_router(settings, feed, make))
    app.include_router(health_router(feed, clock))
    app.include_router(metrics_router(settings, feed, hub, clock))

    app.router.routes.append(
        WebSocketRoute("/ws/board/{board}", LiveBoards(hub, settings.boards, settings.web.origins))
    )
    add_pages(app, settings.boards)
    publish_schema(app)
    return app
