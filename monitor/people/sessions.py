"""Sessions: who is signed in, by the hash of a secret that only the browser holds."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from monitor.instants import to_instant, to_microseconds
from monitor.journal.database import Database
from monitor.people.accounts import Account, account_in
from monitor.people.tables import accounts, sessions


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One browser of one account, from `begun_at` until `ends_at` at the latest."""

    token_hash: str
    account: str
    csrf: str
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime


class Sessions:
    """The table of sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: Session) -> None:
        """A session begins; those that are over by then are let go of."""
        row = {name: _plain(getattr(session, name)) for name in session.__struct_fields__}
        over = sessions.delete().where(sessions.c.ends_at <= row["begun_at"])
        await self._database.write(over, sessions.insert().values(row))

    async def find(self, token_hash: str) -> tuple[Session, Account] | None:
        """The session and its account as it is now."""
        both = sa.select(sessions, *(column for column in accounts.c if column.name != "account"))
        joined = both.join(accounts, accounts.c.account == sessions.c.account)
        row = await self._database.row(joined.where(sessions.c.token_hash == token_hash))
        if row is None:
            return None
        session = Session(
            token_hash=row.token_hash,
            account=row.account,
            csrf=row.csrf,
            begun_at=to_instant(row.begun_at),
            seen_at=to_instant(row.seen_at),
            ends_at=to_instant(row.ends_at),
        )
        return session, account_in(row)

    async def seen(self, token_hash: str, at: datetime) -> None:
        """The browser was here."""
        written = sessions.update().where(sessions.c.token_hash == token_hash)
        await self._database.write(written.values(seen_at=to_microseconds(at)))

    async def end(self, token_hash: str) -> None:
        """Sign out one browser."""
        await self._database.write(sessions.delete().where(sessions.c.token_hash == token_hash))

    async def end_all(self, account: str) -> None:
        """Sign out every browser of an account."""
        await self._database.write(sessions.delete().where(sessions.c.account == account))


def _plain(value: str | datetime) -> str | int:
    return to_microseconds(value) if isinstance(value, datetime) else value
