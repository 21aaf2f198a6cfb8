"""What was decided about the processing itself: the switch, the ground, retention, a norm. Every agent may read it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

import sqlalchemy as sa

from monitor.instants import to_instant, to_microseconds
from monitor.journal.database import Database
from monitor.people.page import Decision
from monitor.people.rows import new_id
from monitor.people.tables import decisions

DecisionKind = Literal["switch", "processing", "ground", "retention", "norm", "formula"]
"""`switch` is the officer's, `processing` what the configuration allows. The table holds monitor/people/account_log.py
besides."""
BY_CONFIGURATION = ""
"""The account of what the configuration says."""


class Decisions:
    """The log in the database; rows are only added. Raises PeerUnreachable while it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, kind: DecisionKind, words: str, account: str, name: str, now: datetime) -> None:
        """Log one."""
        row = {
            "decision": new_id(),
            "at": to_microseconds(now),
            "account": account,
            "name": name,
            "kind": kind,
            "words": words,
        }
        await self._database.write(decisions.insert().values(row))

    async def all(self) -> tuple[Decision, ...]:
        """The newest first."""
        ours = decisions.c.kind.in_(get_args(DecisionKind))
        wanted = sa.select(decisions).where(ours).order_by(decisions.c.at.desc(), decisions.c.decision)
        return tuple(
            Decision(at=to_instant(row.at), name=row.name, kind=row.kind, words=row.words)
            for row in await self._database.rows(wanted)
        )

    async def last(self, kind: DecisionKind) -> Decision | None:
        """The newest of a kind."""
        newest = sa.select(decisions).where(decisions.c.kind == kind).order_by(decisions.c.at.desc()).limit(1)
        row = await self._database.row(newest)
        return None if row is None else Decision(at=to_instant(row.at), name=row.name, kind=row.kind, words=row.words)

    async def note(self, kind: DecisionKind, words: str, now: datetime) -> bool:
        """What the configuration says now; logged when it says something new. Whether it was."""
        before = await self.last(kind)
        if before is not None and before.words == words:
            return False
        await self.add(kind, words, BY_CONFIGURATION, BY_CONFIGURATION, now)
        return True
