"""Signing in and out, and telling from a request's cookies who asks.

A session's secret is in the browser alone; the store has its SHA-256. It ends `idle_hours` after it was last used,
`session_hours` after it began, or when somebody ends it. Raises PeerUnreachable while the store is away.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from monitor.journal import Database
from monitor.people.accounts import Account
from monitor.people.displays import Displays
from monitor.people.sessions import Session, Sessions
from monitor.settings import SignIn
from web.identity import ANYBODY, Identity, Person, Screen

SESSION_COOKIE = "balans_session"
DISPLAY_COOKIE = "balans_display"
DISPLAY_DAYS = 400
"""As long as a browser keeps a cookie at all; each visit renews it."""
NOTE_EVERY = timedelta(minutes=1)
"""How often it is written down that somebody is still there."""


class Doorkeeper:
    """Knows who asks, and lets people in and out."""

    def __init__(self, database: Database, rules: SignIn, clock: Callable[[], datetime], *, https: bool) -> None:
        self._sessions = Sessions(database)
        self._displays = Displays(database)
        self._clock = clock
        self._https = https
        self._lasts = timedelta(hours=rules.session_hours)
        self._idle = timedelta(hours=rules.idle_hours)

    async def identify(self, connection: HTTPConnection) -> Identity:
        """Who asks: a session goes before a display."""
        who = await self._person(self.cookie(connection, SESSION_COOKIE))
        return who if who.person is not None else await self._screen(self.cookie(connection, DISPLAY_COOKIE))

    async def still(self, who: Identity) -> bool:
        """Whether who was let in may stay, as far as the store knows; being idle does not count."""
        if who.person is not None:
            found = await self._sessions.find(who.token_hash)
            return found is not None and found[0].ends_at > self._clock() and person_in(found[1]) == who.person
        return who.screen is None or (await self._screen_of_hash(who.token_hash)).screen == who.screen

    async def begin(self, account: Account, connection: HTTPConnection, answer: Response) -> Identity:
        """A new session of the account; the browser's old one ends. The cookie goes with the answer."""
        if old := self.cookie(connection, SESSION_COOKIE):
            await self._sessions.end(hashed(old))
        now, token = self._clock(), secrets.token_urlsafe(32)
        session = Session(
            token_hash=hashed(token),
            account=account.account,
            csrf=secrets.token_urlsafe(24),
            begun_at=now,
            seen_at=now,
            ends_at=now + self._lasts,
        )
        await self._sessions.add(session)
        self.set_cookie(connection, answer, SESSION_COOKIE, token, None)
        return Identity(person=person_in(account), csrf=session.csrf, token_hash=session.token_hash)

    async def end(self, who: Identity, connection: HTTPConnection, answer: Response, *, everywhere: bool) -> None:
        """Sign out this browser, or all of the person's."""
        if who.person is not None and everywhere:
            await self._sessions.end_all(who.person.account)
        await self._sessions.end(who.token_hash)
        self.drop_cookie(connection, answer, SESSION_COOKIE)

    async def end_all_of(self, account: str) -> None:
        """What the account may has changed: whoever uses it signs in again."""
        await self._sessions.end_all(account)

    def keep_display(self, token: str, connection: HTTPConnection, answer: Response) -> None:
        """The display's cookie goes with the answer."""
        self.set_cookie(connection, answer, DISPLAY_COOKIE, token, DISPLAY_DAYS * 86400)

    def renew_display(self, connection: HTTPConnection, answer: Response) -> None:
        """Once more as long."""
        if token := self.cookie(connection, DISPLAY_COOKIE):
            self.keep_display(token, connection, answer)

    def cookie(self, connection: HTTPConnection, name: str) -> str | None:
        """A cookie of ours; behind https only one that came by https."""
        return connection.cookies.get(self._name(connection, name))

    def set_cookie(
        self, connection: HTTPConnection, answer: Response, name: str, value: str, max_age_seconds: int | None
    ) -> None:
        """Out of reach of scripts and of other sites."""
        answer.set_cookie(
            self._name(connection, name),
            value,
            max_age=max_age_seconds,
            secure=self._secure(connection),
            httponly=True,
            samesite="lax",
        )

    def drop_cookie(self, connection: HTTPConnection, answer: Response, name: str) -> None:
        """The browser shall forget it."""
        answer.delete_cookie(
            self._name(connection, name), secure=self._secure(connection), httponly=True, samesite="lax"
        )

    async def _person(self, token: str | None) -> Identity:
        found = await self._sessions.find(hashed(token)) if token else None
        if found is None:
            return ANYBODY
        (session, account), now = found, self._clock()
        idle = now - session.seen_at
        if now >= session.ends_at or idle >= self._idle or account.closed_at is not None:
            await self._sessions.end(session.token_hash)
            return ANYBODY
        if idle >= NOTE_EVERY:
            await self._sessions.seen(session.token_hash, now)
        return Identity(person=person_in(account), csrf=session.csrf, token_hash=session.token_hash)

    async def _screen(self, token: str | None) -> Identity:
        return await self._screen_of_hash(hashed(token)) if token else ANYBODY

    async def _screen_of_hash(self, token_hash: str) -> Identity:
        display = await self._displays.find(token_hash)
        if display is None:
            return ANYBODY
        now = self._clock()
        if display.seen_at is None or now - display.seen_at >= NOTE_EVERY:
            await self._displays.seen(display.display, now)
        return Identity(screen=Screen(display=display.display, boards=display.boards), token_hash=token_hash)

    def _secure(self, connection: HTTPConnection) -> bool:
        """The server has put into the scheme what a trusted proxy said."""
        return self._https or connection.scope["scheme"] in ("https", "wss")

    def _name(self, connection: HTTPConnection, name: str) -> str:
        return f"__Host-{name}" if self._secure(connection) else name


def hashed(token: str) -> str:
    """What the store keeps of a secret that was drawn at random: it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def person_in(account: Account) -> Person:
    """What the rest of Balans knows of one who signed in."""
    return Person(
        account=account.account,
        name=account.name,
        roles=frozenset(account.roles),
        teams=frozenset(account.teams),
        agent=account.agent,
    )
