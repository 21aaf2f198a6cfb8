"""What was done to accounts: by whom, to which, what it was from then on. Rows are only added, and go after two years.

They stand beside the decisions, as a kind of their own. Of whose account it was only the opaque id is kept, so that
nothing has to be erased here when somebody is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
import sqlalchemy as sa

from monitor.instants import to_instant, to_microseconds
from monitor.journal import Database
from monitor.people.accounts import Account
from monitor.people.rows import new_id
from monitor.people.tables import accounts, decisions
from monitor.settings import PersonRole

KIND = "account"
Done = Literal["made", "changed", "closed", "opened", "code", "password", "removed"]
BY_COMMAND = ("", "")
"""Account and name of whoever typed `balans account` on the machine itself."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    account: str
    done: Done
    roles: tuple[PersonRole, ...]
    teams: tuple[str, ...]


class AccountDeed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log. `by` empty: the command. `name` empty: the account is no longer there."""

    at: datetime
    by: str
    account: str
    name: str
    done: Done
    roles: tuple[PersonRole, ...]
    teams: tuple[str, ...]


class AccountLog:
    """The log in the database. Raises PeerUnreachable while it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, done: Done, account: Account, by: tuple[str, str], now: datetime) -> None:
        """Log one, by the account and name of whoever did it."""
        kept = _Kept(account=account.account, done=done, roles=account.roles, teams=account.teams)
        row = {
            "decision": new_id(),
            "at": to_microseconds(now),
            "account": by[0],
            "name": by[1],
            "kind": KIND,
            "words": msgspec.json.encode(kept).decode(),
        }
        await self._database.write(decisions.insert().values(row))

    async def newest(self, most: int) -> tuple[AccountDeed, ...]:
        """The newest first."""
        wanted = sa.select(decisions).where(decisions.c.kind == KIND).order_by(decisions.c.at.desc()).limit(most)
        names = {row.account: row.name for row in await self._database.rows(sa.select(accounts))}
        found = []
        for row in await self._database.rows(wanted):
            kept = msgspec.json.decode(row.words, type=_Kept)
            found.append(
                AccountDeed(
                    at=to_instant(row.at),
                    by=row.name,
                    account=kept.account,
                    name=names.get(kept.account, ""),
                    done=kept.done,
                    roles=kept.roles,
                    teams=kept.teams,
                )
            )
        return tuple(found)


def done_between(before: Account, after: Account) -> Done:
    """What a change comes down to."""
    if (before.closed_at is None) != (after.closed_at is None):
        return "closed" if after.closed_at else "opened"
    return "password" if before.password != after.password else "changed"
