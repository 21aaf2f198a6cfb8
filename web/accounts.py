"""Accounts and the directory over REST: for the admin; a lead reads the directory of the own teams."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from fastapi import APIRouter, HTTPException, Request, Response

from monitor.errors import ConfigurationError
from monitor.journal import Database
from monitor.measures import Text
from monitor.people.account_log import AccountLog, Done, done_between
from monitor.people.accounts import Account
from monitor.people.directory import Directory, DirectoryEntry
from monitor.people.enrolment import change, enrol, kept_password, login_of, remove, roles_of
from monitor.people.passwords import LONGEST, once_of, once_until
from web.answers import body_as, json_answer, said
from web.identity import person_of
from web.sign_in import WRONG, Desk, too_often

MOST_DIRECTORY_BYTES = 16 * 1024 * 1024
DEEDS_SHOWN = 100
CODE_LASTS = timedelta(days=3)
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
"""No 0 or o, no 1, i or l."""
OF_PROVIDER = Text(
    en="This account signs in through the organisation's provider; it has no password here.",
    nl="Dit account meldt zich aan via de organisatie; het heeft hier geen wachtwoord.",
)
NO_ACCOUNT = Text(en="There is no such account.", nl="Dat account is er niet.")
TWICE = Text(en="An agent stands in the directory twice.", nl="Een medewerker staat twee keer in de lijst.")


Way = Literal["password", "code", "provider", "nothing"]
"""`code`: a code was given, and no password chosen with it yet."""


class AccountSaid(msgspec.Struct, frozen=True, kw_only=True):
    """An account, without what it signs in with."""

    account: str
    login: str
    name: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    agent: str | None
    by: Way
    made_at: datetime
    closed_at: datetime | None


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account to make. Without a password it waits for a code."""

    login: str
    name: str
    password: str | None = None
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    agent: str | None = None


class AccountChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes of an account; what is left out stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    password: str | msgspec.UnsetType = msgspec.UNSET
    roles: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    teams: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    agent: str | msgspec.UnsetType | None = msgspec.UNSET
    closed: bool | msgspec.UnsetType = msgspec.UNSET


class CodeSaid(msgspec.Struct, frozen=True, kw_only=True):
    """A code to hand to somebody, said once: it opens the account until then, to choose a password."""

    code: str
    until: datetime


class NewPassword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A password, and the one to be from now on."""

    old: str
    new: str


def accounts_router(desk: Desk, database: Database) -> APIRouter:
    """For the admin; and for everybody the own password."""
    router = APIRouter(prefix="/api/v1", include_in_schema=False)
    _accounts(router, desk, AccountLog(database))
    _directory(router, Directory(database))
    _own_password(router, desk)
    return router


def _accounts(router: APIRouter, desk: Desk, log: AccountLog) -> None:
    async def done(what: Done, account: Account, request: Request) -> None:
        """Logged; and whoever uses it signs in again."""
        person = person_of(request)
        await log.add(what, account, (person.account, person.name), desk.clock())
        await desk.doorkeeper.end_all_of(account.account)
        desk.rules.sockets.send_away(account=account.account)

    async def known(account: str, request: Request) -> Account:
        found = await desk.accounts.of_id(account)
        if found is None:
            raise HTTPException(404, said(NO_ACCOUNT, request))
        return found

    @router.get("/accounts")
    async def accounts() -> Response:
        """Every account."""
        return json_answer([_said(account) for account in await desk.accounts.all()])

    @router.get("/accounts/log")
    async def deeds() -> Response:
        """What was done to them lately, and by whom."""
        return json_answer(await log.newest(DEEDS_SHOWN))

    @router.post("/accounts")
    async def add(request: Request) -> Response:
        """A new one, with a password that its owner should change, or without: it then waits for a code."""
        asked = await body_as(request, NewAccount)
        with _refusing():
            secret = asked.password
            account = Account(
                account=secrets.token_hex(8),
                login=login_of(asked.login),
                name=asked.name.strip()[:200],
                made_at=desk.clock(),
                roles=roles_of(asked.roles),
                teams=asked.teams,
                agent=asked.agent,
                password=None if secret is None else await asyncio.to_thread(kept_password, secret),
            )
            await enrol(desk.accounts, account)
        await done("made", account, request)
        return json_answer(_said(account), 201)

    @router.patch("/accounts/{account}")
    async def alter(account: str, request: Request) -> Response:
        """Whoever uses it signs in again."""
        asked, before = await body_as(request, AccountChange), await known(account, request)
        with _refusing():
            after = await asyncio.to_thread(_changed, before, asked, desk.clock())
            await change(desk.accounts, after)
        await done(done_between(before, after), after, request)
        return json_answer(_said(after))

    @router.post("/accounts/{account}/code")
    async def code(account: str, request: Request) -> Response:
        """In place of its password a code that opens it once, to choose another."""
        before = await known(account, request)
        if before.subject is not None:
            raise HTTPException(400, said(OF_PROVIDER, request))
        made, until = new_code(), desk.clock() + CODE_LASTS
        after = msgspec.structs.replace(before, password=await asyncio.to_thread(once_of, made, until))
        await desk.accounts.put(after)
        await done("code", after, request)
        return json_answer(CodeSaid(code=made, until=until), 201)

    @router.delete("/accounts/{account}")
    async def drop(account: str, request: Request) -> Response:
        """It is not there any more; what its owner did stays readable by name."""
        before = await known(account, request)
        with _refusing():
            await remove(desk.accounts, account)
        await done("removed", before, request)
        return Response(status_code=204)


@contextmanager
def _refusing() -> Iterator[None]:
    """An account that cannot be is answered with the sentence that says why."""
    try:
        yield
    except ConfigurationError as error:
        raise HTTPException(400, str(error)) from error


def new_code() -> str:
    """Three times four signs that nobody takes for others: 60 bits."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(3))


def _directory(router: APIRouter, directory: Directory) -> None:
    @router.get("/directory")
    async def read(request: Request) -> Response:
        """All agents for the admin, those of the own teams for a lead."""
        person, everybody = person_of(request), await directory.all()
        whole = "admin" in person.roles
        return json_answer([entry for entry in everybody if whole or entry.team in person.teams])

    @router.put("/directory")
    async def replace(request: Request) -> Response:
        """The directory is this list, and nobody else."""
        entries = await body_as(request, list[DirectoryEntry], MOST_DIRECTORY_BYTES)
        if len({entry.agent for entry in entries}) < len(entries):
            raise HTTPException(400, said(TWICE, request))
        await directory.replace(entries)
        return Response(status_code=204)


def _own_password(router: APIRouter, desk: Desk) -> None:
    @router.put("/password")
    async def password(request: Request) -> Response:
        """Another password for oneself; every other browser is signed out, this one goes on with a new session."""
        asked, person, now = await body_as(request, NewPassword), person_of(request), desk.clock()
        if wait := desk.of_account.wait_seconds(person.account, now):
            raise too_often(wait, request)
        desk.of_account.count(person.account, now)
        account = await desk.accounts.of_id(person.account)
        if account is None or await desk.checked(account.login, asked.old[: LONGEST + 1]) is None:
            raise HTTPException(403, said(WRONG, request))
        with _refusing():
            kept = await asyncio.to_thread(kept_password, asked.new)
        await desk.accounts.put(msgspec.structs.replace(account, password=kept))
        await desk.doorkeeper.end_all_of(account.account)
        desk.rules.sockets.send_away(account=account.account)
        return await desk.let_in(account, request)


def _changed(before: Account, asked: AccountChange, now: datetime) -> Account:
    given = {name: value for name in ("name", "teams", "agent") if (value := getattr(asked, name)) is not msgspec.UNSET}
    after = msgspec.structs.replace(before, **given)
    if asked.roles is not msgspec.UNSET:
        after = msgspec.structs.replace(after, roles=roles_of(asked.roles))
    if asked.password is not msgspec.UNSET:
        after = msgspec.structs.replace(after, password=kept_password(asked.password))
    if asked.closed is not msgspec.UNSET:
        after = msgspec.structs.replace(after, closed_at=now if asked.closed else None)
    return after


def _said(account: Account) -> AccountSaid:
    return AccountSaid(
        account=account.account,
        login=account.login,
        name=account.name,
        roles=account.roles,
        teams=account.teams,
        agent=account.agent,
        by=_way_of(account),
        made_at=account.made_at,
        closed_at=account.closed_at,
    )


def _way_of(account: Account) -> Way:
    if account.subject:
        return "provider"
    if account.password is None:
        return "nothing"
    return "code" if once_until(account.password) else "password"
