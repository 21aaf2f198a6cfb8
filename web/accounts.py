"""Accounts and the directory over REST: for the admin; a lead reads the directory of the own teams."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime
from typing import Literal

import msgspec
from fastapi import APIRouter, HTTPException, Request, Response

from monitor.errors import ConfigurationError
from monitor.journal import Database
from monitor.measures import Text
from monitor.people.accounts import Account
from monitor.people.directory import Directory, DirectoryEntry
from monitor.people.enrolment import change, enrol, kept_password, login_of, roles_of
from monitor.people.passwords import LONGEST
from web.answers import body_as, json_answer, said
from web.identity import person_of
from web.sign_in import WRONG, Desk, too_often

MOST_DIRECTORY_BYTES = 16 * 1024 * 1024
NO_ACCOUNT = Text(en="There is no such account.", nl="Dat account is er niet.")
TWICE = Text(en="An agent stands in the directory twice.", nl="Een medewerker staat twee keer in de lijst.")


class AccountSaid(msgspec.Struct, frozen=True, kw_only=True):
    """An account, without what it signs in with."""

    account: str
    login: str
    name: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    agent: str | None
    by: Literal["password", "provider", "nothing"]
    made_at: datetime
    closed_at: datetime | None


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account to make."""

    login: str
    name: str
    password: str
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


class NewPassword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A password, and the one to be from now on."""

    old: str
    new: str


def accounts_router(desk: Desk, database: Database) -> APIRouter:
    """For the admin; and for everybody the own password."""
    router = APIRouter(prefix="/api/v1", include_in_schema=False)
    _accounts(router, desk)
    _directory(router, Directory(database))
    _own_password(router, desk)
    return router


def _accounts(router: APIRouter, desk: Desk) -> None:
    @router.get("/accounts")
    async def accounts() -> Response:
        """Every account."""
        return json_answer([_said(account) for account in await desk.accounts.all()])

    @router.post("/accounts")
    async def add(request: Request) -> Response:
        """A new one, with a password that its owner should change."""
        asked = await body_as(request, NewAccount)
        try:
            account = Account(
                account=secrets.token_hex(8),
                login=login_of(asked.login),
                name=asked.name.strip()[:200],
                made_at=desk.clock(),
                roles=roles_of(asked.roles),
                teams=asked.teams,
                agent=asked.agent,
                password=await asyncio.to_thread(kept_password, asked.password),
            )
            await enrol(desk.accounts, account)
        except ConfigurationError as error:
            raise HTTPException(400, str(error)) from error
        return json_answer(_said(account), 201)

    @router.patch("/accounts/{account}")
    async def alter(account: str, request: Request) -> Response:
        """Whoever uses it signs in again."""
        asked, before = await body_as(request, AccountChange), await desk.accounts.of_id(account)
        if before is None:
            raise HTTPException(404, said(NO_ACCOUNT, request))
        try:
            after = await asyncio.to_thread(_changed, before, asked, desk.clock())
            await change(desk.accounts, after)
        except ConfigurationError as error:
            raise HTTPException(400, str(error)) from error
        await desk.doorkeeper.end_all_of(account)
        desk.rules.sockets.send_away(account=account)
        return json_answer(_said(after))


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
        try:
            kept = await asyncio.to_thread(kept_password, asked.new)
        except ConfigurationError as error:
            raise HTTPException(400, str(error)) from error
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
    by: Literal["password", "provider", "nothing"] = "password" if account.password else "nothing"
    return AccountSaid(
        account=account.account,
        login=account.login,
        name=account.name,
        roles=account.roles,
        teams=account.teams,
        agent=account.agent,
        by="provider" if account.subject else by,
        made_at=account.made_at,
        closed_at=account.closed_at,
    )
