"""Accounts: who may sign in, with which roles, for which teams. Closing one keeps its row, so that what it did stays
readable."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from monitor.instants import to_instant, to_microseconds
from monitor.journal.database import Database
from monitor.people.tables import accounts, preferences, sessions
from monitor.settings import PersonRole


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One who may sign in: by `password` (as monitor/people/passwords.py keeps it), or as `subject` of an OpenID
    provider. `agent` is whose own page it opens."""

    account: str
    login: str
    name: str
    made_at: datetime
    roles: tuple[PersonRole, ...] = ()
    teams: tuple[str, ...] = ()
    agent: str | None = None
    password: str | None = None
    subject: str | None = None
    closed_at: datetime | None = None


class Accounts:
    """The table of accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_login(self, login: str) -> Account | None:
        """The account with this name to sign in with, closed or not."""
        return await self._one(accounts.c.login == login)

    async def of_subject(self, subject: str) -> Account | None:
        """The account of a person whom an OpenID provider knows."""
        return await self._one(accounts.c.subject == subject)

    async def of_id(self, account: str) -> Account | None:
        """The account by its id."""
        return await self._one(accounts.c.account == account)

    async def all(self) -> list[Account]:
        """Every account, by login."""
        return [account_in(row) for row in await self._database.rows(sa.select(accounts).order_by(accounts.c.login))]

    async def put(self, *written: Account) -> None:
        """Write accounts, new ones or over those with the same id. A login and a subject are used once."""
        await self._database.write(self._database.put(accounts, [_row(account) for account in written]))

    async def remove(self, account: str) -> None:
        """The account, where it is signed in, and what it chose for its own page."""
        await self._database.write(
            sessions.delete().where(sessions.c.account == account),
            preferences.delete().where(preferences.c.account == account),
            accounts.delete().where(accounts.c.account == account),
        )

    async def _one(self, condition: sa.ColumnElement[bool]) -> Account | None:
        row = await self._database.row(sa.select(accounts).where(condition))
        return None if row is None else account_in(row)


def account_in(row: sa.Row[Any]) -> Account:
    """The account in a row with all columns of `accounts`."""
    return Account(
        account=row.account,
        login=row.login,
        name=row.name,
        made_at=to_instant(row.made_at),
        roles=tuple(json.loads(row.roles)),
        teams=tuple(json.loads(row.teams)),
        agent=row.agent,
        password=row.password,
        subject=row.subject,
        closed_at=None if row.closed_at is None else to_instant(row.closed_at),
    )


def _row(account: Account) -> dict[str, Any]:
    return {
        **{name: getattr(account, name) for name in ("account", "login", "name", "agent", "password", "subject")},
        "roles": json.dumps(account.roles),
        "teams": json.dumps(account.teams),
        "made_at": to_microseconds(account.made_at),
        "closed_at": None if account.closed_at is None else to_microseconds(account.closed_at),
    }
