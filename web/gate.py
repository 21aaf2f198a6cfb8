"""The gate before every address: asks the access table, finds out who asks, and refuses in words.

Pure ASGI, so that it stands before HTTP and WebSockets alike. `request.state.identity` and `request.state.person` say
who was let in. A WebSocket of a person or a display is closed with 4401 when that one is let in no more.
"""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.errors import BalansError
from monitor.measures import Text
from web.access import ANYONE, BOARD, Found, find, known_methods, may
from web.answers import NO_SUCH_METHOD, NOTHING_HERE, STORE_AWAY, problem
from web.identity import ANYBODY, Identity
from web.language import language_of, say
from web.sessions import Doorkeeper
from web.tickets import Tickets

SAFE_METHODS = frozenset({"GET", "HEAD"})
CSRF_HEADER = "x-balans-csrf"
NO_LONGER_LET_IN = 4401
LOOK_AGAIN_SECONDS = 60.0
"""How often it is looked up whether an open WebSocket's owner may stay; a sign-out here closes it at once."""

NOT_SIGNED_IN = Text(en="Sign in first.", nl="Meld je eerst aan.")
NOT_YOURS = Text(en="This is not for your role.", nl="Dit is niet voor jouw rol.")
STOPPED = Text(
    en="The privacy officer has stopped the processing of persons; the privacy page tells why.",
    nl="De functionaris voor privacy heeft de verwerking van personen gestopt; op de privacypagina staat waarom.",
)
STRANGE_PAGE = Text(
    en="This came from another page: reload this one and try again.",
    nl="Dit kwam van een andere pagina: laad deze opnieuw en probeer het nog eens.",
)


@dataclass(slots=True)
class Rules:
    """What the gate goes by. Without `doorkeeper` nobody can sign in. `open_figures`: boards are open to anyone.
    `switched_off`: why nothing about persons may be shown, if so."""

    doorkeeper: Doorkeeper | None = None
    tickets: Tickets | None = None
    open_figures: bool = True
    switched_off: Text | None = None
    stopped: bool = False
    """The privacy officer has stopped it, whatever the configuration allows."""
    sockets: OpenSockets = field(default_factory=lambda: OpenSockets())

    def persons_shown(self) -> bool:
        """Whether anything about persons may be shown now."""
        return self.switched_off is None and not self.stopped

    def stop_people(self, stopped: bool) -> None:
        """Nothing about persons is shown from now on, or is again."""
        self.stopped = stopped


class OpenSockets:
    """Open WebSockets of persons and displays, to close them when their owner is sent away."""

    def __init__(self) -> None:
        self._leave: dict[asyncio.Event, Identity] = {}

    def opened(self, who: Identity) -> asyncio.Event:
        """Set when the owner has to go."""
        event = asyncio.Event()
        self._leave[event] = who
        return event

    def closed(self, event: asyncio.Event) -> None:
        """The WebSocket is no more."""
        del self._leave[event]

    def send_away(self, *, account: str = "", display: str = "", token_hash: str = "") -> None:
        """Close those of an account, a display or one session."""
        for event, who in self._leave.items():
            mine = (
                (who.person is not None and who.person.account == account)
                or (who.screen is not None and who.screen.display == display)
                or who.token_hash == token_hash
            )
            if mine:
                event.set()


class Gate:
    """Lets through what the access table allows."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        connection.state.identity, connection.state.person = ANYBODY, None
        method = "WS" if scope["type"] == "websocket" else scope["method"]
        found = find(method, scope["path"])
        refusal = await self._refusal(found, method, connection)
        if refusal is not None:
            await _refuse(refusal, scope, receive, send)
        elif method == "WS" and connection.state.identity is not ANYBODY:
            await self._watched(scope, receive, send, connection.state.identity)
        else:
            await self._app(scope, receive, send)

    async def _refusal(self, found: Found | None, method: str, connection: HTTPConnection) -> Response | None:
        language = language_of(connection.headers.get("accept-language", ""))
        if found is None:
            methods = known_methods(connection.scope["path"])
            allow = {"allow": ", ".join(methods)}
            return problem(NO_SUCH_METHOD, 405, allow) if methods and method != "WS" else problem(NOTHING_HERE, 404)
        store_away = False
        if self._rules.doorkeeper is not None and connection.cookies:
            try:
                who = await self._rules.doorkeeper.identify(connection)
            except BalansError:
                store_away = True
            else:
                connection.state.identity, connection.state.person = who, who.person
        who = connection.state.identity
        if not may(found, who, open_figures=self._rules.open_figures):
            return problem(say(STORE_AWAY, language), 503) if store_away else self._not_let_in(found, connection)
        why_not = STOPPED if self._rules.stopped else self._rules.switched_off
        if found.row.of_persons and why_not is not None:
            return _told(found, say(why_not, language), 403)
        if method not in SAFE_METHODS and not self._meant(found, method, connection, who):
            return problem(say(STRANGE_PAGE, language), 403)
        return None

    def _meant(self, found: Found, method: str, connection: HTTPConnection, who: Identity) -> bool:
        """Whether a page of ours, and not another site's, asks for it. The live boards say themselves which sites may
        open them; any other WebSocket needs a ticket."""
        if method == "WS" and found.row.grant == BOARD:
            return True
        if not same_origin(connection.headers):
            return False
        if method == "WS":
            ticket = connection.query_params.get("ticket", "")
            return self._rules.tickets is not None and self._rules.tickets.take(ticket, who)
        token = connection.headers.get(CSRF_HEADER, "")
        return found.row.grant == ANYONE or (who.csrf != "" and hmac.compare_digest(token.encode(), who.csrf.encode()))

    def _not_let_in(self, found: Found, connection: HTTPConnection) -> Response:
        language = language_of(connection.headers.get("accept-language", ""))
        if connection.state.person is not None or connection.state.identity.screen is not None:
            return _told(found, say(NOT_YOURS, language), 403)
        if found.row.page:
            path = connection.scope["path"]
            return RedirectResponse(f"/sign-in?next={quote(path)}", 303, headers={"cache-control": "no-store"})
        return problem(say(NOT_SIGNED_IN, language), 401)

    async def _watched(self, scope: Scope, receive: Receive, send: Send, who: Identity) -> None:
        """A WebSocket whose owner may be sent away: the application hears of it as of any parting."""
        leave = self._rules.sockets.opened(who)
        watching = asyncio.create_task(self._owner_gone(leave, who), name="owner of a WebSocket")
        try:
            await self._app(scope, _until(watching, receive, send), send)
        finally:
            watching.cancel()
            self._rules.sockets.closed(leave)

    async def _owner_gone(self, leave: asyncio.Event, who: Identity) -> None:
        assert self._rules.doorkeeper is not None
        while True:
            try:
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await leave.wait()
            except TimeoutError:
                pass
            else:
                return
            try:
                if not await self._rules.doorkeeper.still(who):
                    return
            except BalansError:
                continue  # The store is away: it cannot have been taken back there either.


def _until(gone: asyncio.Task[None], receive: Receive, send: Send) -> Receive:
    """`receive`, until the owner has to go."""

    async def receive_while_let_in() -> Message:
        message = asyncio.ensure_future(receive())
        try:
            await asyncio.wait((message, gone), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            message.cancel()
            raise
        if message.done():
            return message.result()
        message.cancel()
        await send({"type": "websocket.close", "code": NO_LONGER_LET_IN, "reason": "No longer let in."})
        return {"type": "websocket.disconnect", "code": NO_LONGER_LET_IN}

    return receive_while_let_in


def same_origin(headers: Headers) -> bool:
    """Whether the browser says that a page of this very site asks, or it is no browser."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == headers.get("host", "") != ""
    except ValueError:
        return False


def _told(found: Found, sentence: str, status: int) -> Response:
    if found.row.page:
        return PlainTextResponse(sentence, status, headers={"cache-control": "no-store"})
    return problem(sentence, status)


async def _refuse(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """A WebSocket is refused before it opens: its client hears HTTP 403."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        await refusal(scope, receive, send)
