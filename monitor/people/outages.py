"""Known outages: told by a lead or by operations, closed when they are over, taken back when told wrongly.

Rows are kept whatever becomes of them, each with who said what and when; retention lets go of them.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor.errors import Refused
from monitor.instants import to_instant, to_microseconds
from monitor.journal import Database
from monitor.people.page import ToldOutage
from monitor.people.rows import instant_or_none, new_id
from monitor.people.tables import outages

MOST_AT_ONCE = 20
"""Outages that stand at once; a wall could not show more."""
LONGEST_AGO = timedelta(hours=12)
"""How far back an outage may have begun when it is told."""
SHOWN = 20


class Outages:
    """The outages in the database. Raises PeerUnreachable while it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tell(
        self, words: str, queues: Collection[str], began_at: datetime, ended_at: datetime | None, by: str, now: datetime
    ) -> str:
        """Its id. No queues: all of them. Raises Refused for times that cannot be, and when too many stand."""
        if not now - LONGEST_AGO <= began_at <= now:
            raise Refused("An outage begins at most twelve hours ago, and not in the future.", "began")
        if ended_at is not None and ended_at <= began_at:
            raise Refused("An outage ends after it began.", "ended")
        if len(await self.standing(now)) >= MOST_AT_ONCE:
            raise Refused(f"{MOST_AT_ONCE} outages stand already.", "too_many")
        row = {
            "outage": new_id(),
            "words": words,
            "queues": json.dumps(sorted(set(queues))),
            "began_at": to_microseconds(began_at),
            "ended_at": None if ended_at is None else to_microseconds(ended_at),
            "told_by": by,
            "told_at": to_microseconds(now),
        }
        await self._database.write(outages.insert().values(row))
        return str(row["outage"])

    async def close(self, outage: str, ended_at: datetime, by: str, now: datetime) -> None:
        """It was over at `ended_at`. Raises Refused when it does not stand any more, and for a time before it began
        or in the future."""
        if ended_at > now:
            raise Refused("What is over was over before now.", "ended")
        closed = (
            outages.update()
            .where(outages.c.outage == outage, _stands(now), outages.c.began_at < to_microseconds(ended_at))
            .values(ended_at=to_microseconds(ended_at), closed_at=to_microseconds(now), closed_by=by)
        )
        if not await self._database.write(closed):
            raise Refused("This outage does not stand any more, or began later.", "decided")

    async def take_back(self, outage: str, by: str, now: datetime) -> None:
        """There was none: what it excused is charged again. Raises Refused when it is taken back already."""
        gone = (
            outages.update()
            .where(outages.c.outage == outage, outages.c.taken_back_at.is_(None))
            .values(taken_back_at=to_microseconds(now), taken_back_by=by)
        )
        if not await self._database.write(gone):
            raise Refused("This outage has been taken back already, or does not exist.", "decided")

    async def newest(self) -> tuple[ToldOutage, ...]:
        """The last that were told, the newest first."""
        wanted = sa.select(outages).order_by(outages.c.told_at.desc(), outages.c.outage).limit(SHOWN)
        return tuple(_told(row) for row in await self._database.rows(wanted))

    async def standing(self, now: datetime) -> tuple[ToldOutage, ...]:
        """Those that are not over, the oldest first."""
        wanted = sa.select(outages).where(_stands(now)).order_by(outages.c.began_at, outages.c.outage)
        return tuple(_told(row) for row in await self._database.rows(wanted))


def _stands(now: datetime) -> sa.ColumnElement[bool]:
    is_open = sa.or_(outages.c.ended_at.is_(None), outages.c.ended_at > to_microseconds(now))
    return sa.and_(is_open, outages.c.taken_back_at.is_(None))


def _told(row: sa.Row[Any]) -> ToldOutage:
    return ToldOutage(
        outage=row.outage,
        words=row.words,
        queues=tuple(json.loads(row.queues)),
        began_at=to_instant(row.began_at),
        ended_at=instant_or_none(row.ended_at),
        told_by=row.told_by,
        told_at=to_instant(row.told_at),
        closed_by=row.closed_by,
        closed_at=instant_or_none(row.closed_at),
        taken_back_by=row.taken_back_by,
        taken_back_at=instant_or_none(row.taken_back_at),
    )
