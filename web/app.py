"""The web application: pages, live connection, REST, health and metrics over one feed of figures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from starlette.routing import WebSocketRoute

from monitor import __version__
from monitor.board import Board
from monitor.errors import PeerUnreachable
from monitor.events import Event
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.journal import Database
from monitor.settings import Settings, SignIn
from monitor.wallboard import wallboard
from web.access import needs_processing
from web.accounts import accounts_router
from web.alerts import acknowledging_router, alerts_router
from web.answers import say_errors_in_words
from web.api import api_router, publish_schema
from web.displays import Televisions, displays_router
from web.gate import Gate, Rules
from web.health import health_router
from web.history import history_router
from web.hub import Hub
from web.live import LiveBoards
from web.me import me_router
from web.metrics import metrics_router
from web.moments import Past, moments_router
from web.news import OwnNews
from web.outages import outages_router
from web.pages import SecurityHeaders, add_pages
from web.privacy import hearing_switch, privacy_router, rights_router
from web.sessions import Doorkeeper
from web.sign_in import Desk, session_router, sign_in_router
from web.team import TeamDesk, Tell, team_router
from web.tickets import Tickets, tickets_router


def _present() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    feed: Feed,
    *,
    demo: bool = False,
    clock: Callable[[], datetime] = _present,
    database: Database | None = None,
    wall_clock: Callable[[], datetime] | None = None,
    agent_id: Callable[[str], str] = str,
    tell: Tell | None = None,
    past: Past | None = None,
) -> FastAPI:
    """The application; its live boards run in its lifespan. `clock` says the present of the figures, which may run
    faster in the demo; `wall_clock` that of sessions and codes (the same one, if not given). `agent_id` makes the
    opaque id of what a source calls an agent. Without a database nobody can sign in; without `tell` the desk puts
    nothing on the bus; `past` tells of it where the monitor is."""

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

    news = OwnNews(database) if database is not None else None
    hub = Hub(make, feed, settings.web.max_viewers)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            hub.running(),
            hearing_switch(database, rules.stop_people),
            news.running() if news else nullcontext(),
        ):
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
    rules = Rules(open_figures=demo or settings.sign_in is None, switched_off=needs_processing(settings, demo=demo))
    app.add_middleware(Gate, rules=rules)
    app.add_middleware(SecurityHeaders)
    say_errors_in_words(app)
    app.include_router(session_router(settings, rules, demo=demo))
    if database is not None and news is not None:
        app.router.routes.append(WebSocketRoute("/ws/me", news))
        _let_people_in(app, settings, database, rules, wall_clock or clock, agent_id, demo=demo)
        desk = TeamDesk(settings, feed, database, clock, tell or _nobody_hears, rules.persons_shown, past)
        app.include_router(team_router(desk))
        app.include_router(acknowledging_router(feed, database, clock))
        app.include_router(outages_router(settings, feed, database, clock))
    app.include_router(api_router(settings, feed, make))
    app.include_router(moments_router(settings, past, make))
    app.include_router(history_router(settings.site.time_zone, database))
    app.include_router(alerts_router(feed))
    app.include_router(health_router(feed, clock))
    app.include_router(metrics_router(settings, feed, hub, clock))

    app.router.routes.append(
        WebSocketRoute("/ws/board/{board}", LiveBoards(hub, settings.boards, settings.web.origins))
    )
    add_pages(app, settings.boards)
    publish_schema(app)
    return app


async def _nobody_hears(event: Event) -> None:
    raise PeerUnreachable("Nothing can be put on the bus from here.")


def _let_people_in(
    app: FastAPI,
    settings: Settings,
    database: Database,
    rules: Rules,
    clock: Callable[[], datetime],
    agent_id: Callable[[str], str],
    *,
    demo: bool,
) -> None:
    ways = settings.sign_in or SignIn()
    rules.doorkeeper = Doorkeeper(database, ways, clock, https=settings.web.https)
    rules.tickets = Tickets(clock)
    desk = Desk(settings, database, rules, clock, demo=demo)
    app.include_router(tickets_router(rules.tickets))
    app.include_router(sign_in_router(desk))
    app.include_router(displays_router(Televisions(desk, database, settings.boards)))
    app.include_router(accounts_router(desk, database))
    if ways.oidc is not None:
        from web.oidc_routes import oidc_router  # what it needs takes its time to load

        app.include_router(oidc_router(desk, ways.oidc, agent_id))
    app.include_router(me_router(database, clock, settings.site.time_zone, demo=demo))
    app.include_router(rights_router(database, clock, ZoneInfo(settings.site.time_zone)))
    app.include_router(privacy_router(settings, database, clock, rules.stop_people, demo=demo))
