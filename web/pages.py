"""The pages: the built front end in `web/static`, with headers that let it load nothing from elsewhere.

Hashed assets may be kept for ever; everything else is asked for again each time.
"""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.measures import Text
from monitor.settings import BoardDefinition
from web.answers import said
from web.language import Language, language_of, say

STATIC = Path(__file__).parent / "static"
PAGES = {
    "/sign-in": "sign-in.html",
    "/me": "me.html",
    "/team": "team.html",
    "/outages": "outages.html",
    "/privacy": "privacy.html",
    "/admin": "admin.html",
    "/tv": "tv.html",
}
"""Address and file of the build; who may open it is in web/access.py."""

NO_BOARD = Text(en="There is no board called {board} here.", nl="Er is hier geen bord met de naam {board}.")
NOT_BUILT = Text(
    en="The pages are not built yet: run `make ui`.", nl="De pagina's zijn nog niet gebouwd: draai `make ui`."
)
BOARDS = Text(en="Boards", nl="Borden")
NO_BOARDS = Text(
    en="No board is configured: add a table [boards.main] to the configuration.",
    nl="Er is geen bord ingesteld: voeg een tabel [boards.main] toe aan de configuratie.",
)

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # A wall keeps its screen awake; nothing else is needed.
    "permissions-policy": "camera=(), microphone=(), geolocation=(), screen-wake-lock=(self)",
}
KEEP_FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class SecurityHeaders:
    """Puts the security headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self._app(scope, receive, secured)


class Assets(StaticFiles):
    """Files of the build. Those under `assets/` carry their hash in their name."""

    async def check_config(self) -> None:
        """A build that is not there yet is a file that is not there: 404, until `make ui` has made it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        hashed = answer.status_code < 300 and path.startswith("assets/")
        answer.headers["cache-control"] = KEEP_FOR_EVER if hashed else ASK_AGAIN
        return answer


def add_pages(app: FastAPI, boards: Mapping[str, BoardDefinition], static: Path = STATIC) -> None:
    """The pages and, last of all addresses, the files of the build."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def start(request: Request) -> Response:
        if len(boards) == 1:
            return RedirectResponse(f"/wall/{next(iter(boards))}", 307, headers={"cache-control": ASK_AGAIN})
        return _list(boards, language_of(request.headers.get("accept-language", "")))

    @router.get("/wall/{board}")
    async def wall(board: str, request: Request) -> Response:
        if board not in boards:
            return PlainTextResponse(said(NO_BOARD, request).format(board=board), 404)
        return _built(static / "index.html", request)

    for address, file in PAGES.items():
        router.add_api_route(address, _page(static / file), methods=["GET"])
    app.include_router(router)
    app.mount("/", Assets(directory=static, check_dir=False), name="static")


def _built(page: Path, request: Request) -> Response:
    """A page of the build, or how to make it."""
    if not page.is_file():
        return PlainTextResponse(said(NOT_BUILT, request), 503)
    return FileResponse(page, headers={"cache-control": ASK_AGAIN})


def _page(file: Path) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        return _built(file, request)

    return page


def _list(boards: Mapping[str, BoardDefinition], language: Language) -> Response:
    if not boards:
        return PlainTextResponse(say(NO_BOARDS, language), 404)
    items = "".join(
        f'<li><a href="/wall/{html.escape(id)}">{html.escape(board.title or id)}</a></li>'
        for id, board in boards.items()
    )
    title = say(BOARDS, language)
    return HTMLResponse(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{title} · Balans</title></head><body><main><h1>{title}</h1><ul>{items}</ul></main></body></html>",
        headers={"cache-control": ASK_AGAIN},
    )
