"""Signing in and out: with a password, or in the demo with a click for each role. `web/oidc.py` does OpenID Connect."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from fastapi import APIRouter, HTTPException, Request, Response

from monitor.errors import ConfigurationError, Retry
from monitor.journal import Database
from monitor.measures import Text
from monitor.people.accounts import Account, Accounts
from monitor.people.enrolment import kept_password
from monitor.people.passwords import LONGEST, is_password, once_until
from monitor.settings import PersonRole, Settings
from web.answers import body_as, json_answer, said
from web.gate import Rules
from web.identity import PERSON_ROLES, Identity, identity_of
from web.limits import Attempts, network_of

WITHIN = timedelta(minutes=15)
OF_ACCOUNT = 10
OF_ADDRESS = 50
HASHED_AT_ONCE = 2
"""A check takes 64 MiB and most of a core for a moment."""

WRONG = Text(
    en="This name and password do not belong together.", nl="Deze naam en dit wachtwoord horen niet bij elkaar."
)
CHOOSE = Text(
    en="This code opens your account once: choose a password of your own now.",
    nl="Deze code opent je account één keer: kies nu een eigen wachtwoord.",
)
TOO_OFTEN = Text(
    en="Too many attempts: try again in {minutes} min.", nl="Te veel pogingen: probeer het over {minutes} min opnieuw."
)
NO_SIGN_IN = Text(en="Nobody can sign in this way here.", nl="Op deze manier kan niemand zich hier aanmelden.")
NOT_READY = Text(
    en="Balans is still starting; try again in a moment.", nl="Balans is nog aan het starten; probeer het zo opnieuw."
)


class Credentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name and a password; `new` is chosen with a code that opens the account once."""

    login: str
    password: str
    new: str | None = None


class DemoRole(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to play in the demo."""

    role: PersonRole


class Leave(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to sign out: this browser, or everywhere."""

    everywhere: bool = False


class PersonSaid(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, as a page may show it. `home` is where that person begins."""

    account: str
    name: str
    roles: tuple[PersonRole, ...]
    teams: tuple[str, ...]
    agent: str | None
    home: str


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """How one can sign in here. `oidc` is what the button says; `demo` the roles that can be played."""

    local: bool = False
    oidc: str | None = None
    demo: tuple[PersonRole, ...] = ()


class SessionSaid(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and what a page needs to know of this place. `csrf` goes in the header X-Balans-CSRF of whatever
    changes something. `display` the id of the paired display that asks."""

    person: PersonSaid | None
    display: str | None
    csrf: str | None
    demo: bool
    processing: bool
    site: str
    time_zone: str
    languages: tuple[str, ...]
    ways: Ways


_HOMES: dict[PersonRole, str] = {
    "lead": "/team",
    "agent": "/me",
    "privacy": "/privacy",
    "admin": "/admin",
    "operations": "/outages",
}


def home_of(roles: frozenset[PersonRole], *, processing: bool) -> str:
    """Where a person begins: the first of the own pages, else the walls."""
    pages = (page for role, page in _HOMES.items() if role in roles and (processing or role != "agent"))
    return next(pages, "/")


class Desk:
    """What signing in needs, and the answer to "who am I?"."""

    def __init__(
        self, settings: Settings, database: Database, rules: Rules, clock: Callable[[], datetime], *, demo: bool
    ) -> None:
        assert rules.doorkeeper is not None
        self.settings, self.rules, self.clock, self.demo = settings, rules, clock, demo
        self.doorkeeper = rules.doorkeeper
        self.accounts = Accounts(database)
        self.of_account = Attempts(OF_ACCOUNT, WITHIN)
        self.of_address = Attempts(OF_ADDRESS, WITHIN)
        self._hashing = asyncio.Semaphore(HASHED_AT_ONCE)

    async def checked(self, login: str, password: str) -> Account | None:
        """The open account of this name and password, or of a code that still opens it."""
        account = await self.accounts.of_login(login)
        kept = None if account is None or account.closed_at is not None else account.password
        until = once_until(kept)
        kept = None if until is not None and until <= self.clock() else kept
        async with self._hashing:
            right = await asyncio.to_thread(is_password, password, kept)
        return account if right else None

    async def chosen(self, account: Account, code: str, new: str | None, request: Request) -> Account:
        """The account with the password that its owner chooses. Raises HTTPException 409 while none is."""
        if new is None or new == code:
            raise HTTPException(409, said(CHOOSE, request))
        try:
            kept = await asyncio.to_thread(kept_password, new)
        except ConfigurationError as error:
            raise HTTPException(400, str(error)) from error
        after = msgspec.structs.replace(account, password=kept)
        await self.accounts.put(after)
        return after

    async def let_in(self, account: Account, request: Request) -> Response:
        """Begin a session; the answer says who it is."""
        answer = Response(media_type="application/json", headers={"cache-control": "no-store"})
        who = await self.doorkeeper.begin(account, request, answer)
        answer.body = msgspec.json.encode(session_said(self.settings, who, demo=self.demo))
        answer.headers["content-length"] = str(len(answer.body))
        return answer


def session_said(settings: Settings, who: Identity, *, demo: bool, can_sign_in: bool = True) -> SessionSaid:
    """Who asks, in words a page can use."""
    person, processing, rules = who.person, demo or settings.people.processing, settings.sign_in
    oidc = rules.oidc if rules and can_sign_in else None
    return SessionSaid(
        person=None
        if person is None
        else PersonSaid(
            account=person.account,
            name=person.name,
            roles=tuple(role for role in PERSON_ROLES if role in person.roles),
            teams=tuple(sorted(person.teams)),
            agent=person.agent,
            home=home_of(person.roles, processing=processing),
        ),
        display=who.screen.display if who.screen else None,
        csrf=who.csrf or None,
        demo=demo,
        processing=processing,
        site=settings.site.name,
        time_zone=settings.site.time_zone,
        languages=settings.site.languages,
        ways=Ways(
            local=can_sign_in and rules is not None and rules.local,
            oidc=(oidc.name or oidc.issuer) if oidc else None,
            demo=PERSON_ROLES if demo and can_sign_in else (),
        ),
    )


def session_router(settings: Settings, rules: Rules, *, demo: bool) -> APIRouter:
    """Who am I?"""
    router = APIRouter(prefix="/api/v1", include_in_schema=False)

    @router.get("/session", summary="Who is signed in, and what this place is")
    async def session(request: Request) -> Response:
        """For every page: the person, the token against forged requests, and whether this is the demo. A display's
        cookie is renewed."""
        who, doorkeeper = identity_of(request), rules.doorkeeper
        answer = json_answer(session_said(settings, who, demo=demo, can_sign_in=doorkeeper is not None))
        if doorkeeper is not None and who.screen is not None:
            doorkeeper.renew_display(request, answer)
        return answer

    return router


def sign_in_router(desk: Desk) -> APIRouter:
    """Signing in and out."""
    router = APIRouter(prefix="/api/v1", include_in_schema=False)

    @router.post("/sign-in", summary="Sign in with a name and a password")
    async def sign_in(request: Request) -> Response:
        """Sets the session's cookie. 429 after too many attempts of one account or address."""
        given, now = await body_as(request, Credentials), desk.clock()
        if desk.settings.sign_in is None or not desk.settings.sign_in.local:
            raise HTTPException(403, said(NO_SIGN_IN, request))
        login, address = given.login.casefold().strip()[:200], network_of(request.client.host if request.client else "")
        wait = max(desk.of_account.wait_seconds(login, now), desk.of_address.wait_seconds(address, now))
        if wait > 0:
            raise too_often(wait, request)
        desk.of_account.count(login, now)
        desk.of_address.count(address, now)
        account = await desk.checked(login, given.password) if len(given.password) <= LONGEST else None
        if account is None:
            raise HTTPException(401, said(WRONG, request))
        desk.of_account.forget(login)
        if once_until(account.password) is not None:
            account = await desk.chosen(account, given.password, given.new, request)
        return await desk.let_in(account, request)

    @router.post("/sign-in/demo", summary="Play a role of the simulated centre")
    async def sign_in_demo(request: Request) -> Response:
        """One click; only in the demo."""
        given = await body_as(request, DemoRole)
        if not desk.demo:
            raise HTTPException(403, said(NO_SIGN_IN, request))
        try:
            account = await desk.accounts.of_id(demo_account(given.role))
        except Retry:
            account = None
        if account is None:
            raise HTTPException(503, said(NOT_READY, request))
        return await desk.let_in(account, request)

    @router.post("/sign-out", summary="Sign out")
    async def sign_out(request: Request) -> Response:
        """This browser, or with `everywhere` all of the person's."""
        wish, who = await body_as(request, Leave), identity_of(request)
        answer = Response(status_code=204, headers={"cache-control": "no-store"})
        await desk.doorkeeper.end(who, request, answer, everywhere=wish.everywhere)
        account = who.person.account if who.person and wish.everywhere else ""
        desk.rules.sockets.send_away(account=account, token_hash=who.token_hash)
        return answer

    return router


def too_often(wait_seconds: float, request: Request) -> HTTPException:
    """Says how long to wait."""
    sentence = said(TOO_OFTEN, request).format(minutes=math.ceil(wait_seconds / 60))
    return HTTPException(429, sentence, {"retry-after": str(math.ceil(wait_seconds))})


def demo_account(role: PersonRole) -> str:
    """The account of a role in the demo."""
    return f"demo-{role}"
