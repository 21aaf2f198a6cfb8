"""Norms as they are kept: learnt by the score, adopted by people, each in force from its date until the next."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from monitor.balance.norm import MINIMUM_CONTACTS, MINIMUM_DAYS, long_enough
from monitor.errors import ConfigurationError
from monitor.instants import to_microseconds
from monitor.journal import Database
from monitor.people.kept_norm import KeptNorm
from monitor.people.rows import new_id
from monitor.people.tables import decisions, norms, papers


class Norms:
    """The norms in the database. Raises PeerUnreachable while it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def adopted(self) -> tuple[KeptNorm, ...]:
        """All, the oldest first."""
        rows = await self._database.rows(sa.select(norms.c.body).order_by(norms.c.version))
        return tuple(msgspec.json.decode(row.body, type=KeptNorm) for row in rows)

    async def learnt(self) -> KeptNorm | None:
        """What would be the next; None before the first night."""
        row = await self._database.row(sa.select(papers.c.body).where(papers.c.name == "learnt"))
        return None if row is None else msgspec.json.decode(row.body, type=KeptNorm)

    async def adopt(self, since: datetime, account: str, name: str, now: datetime) -> KeptNorm:
        """What has been learnt is the norm of what closes after `since`; logged among the decisions. Raises
        ConfigurationError when too little was learnt, or for a date that has passed."""
        learnt, before = await self.learnt(), await self.adopted()
        if learnt is None or not long_enough(learnt.days, learnt.contacts):
            had = f"{learnt.days} days and {learnt.contacts} contacts" if learnt else "nothing yet"
            raise ConfigurationError(
                f"A norm is learnt from at least {MINIMUM_DAYS} days and {MINIMUM_CONTACTS} contacts; there is {had}."
            )
        if since < now:
            raise ConfigurationError("A norm takes effect from a date to come: what has been said is not rewritten.")
        version = before[-1].version + 1 if before else 1
        made = msgspec.structs.replace(learnt, version=version, since=since)
        at = to_microseconds(now)
        row = {
            "version": version,
            "since_at": to_microseconds(since),
            "adopted_at": at,
            "adopted_by": account,
            "body": msgspec.json.encode(made),
        }
        words = (
            f"Norm {version}, learnt from {made.contacts} contacts in {made.days} days, holds from {since:%Y-%m-%d}."
        )
        logged = {"decision": new_id(), "at": at, "account": account, "name": name, "kind": "norm", "words": words}
        await self._database.write(norms.insert().values(row), decisions.insert().values(logged))
        return made
