"""Paired displays: screens on a wall that show certain boards and nothing else, until somebody takes that back."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from monitor.instants import to_instant, to_microseconds
from monitor.journal.database import Database
from monitor.people.tables import displays


class Display(msgspec.Struct, frozen=True, kw_only=True):
    """A screen, who let it in, and the only boards it may show."""

    display: str
    label: str
    boards: tuple[str, ...]
    approved_by: str
    approved_at: datetime
    seen_at: datetime | None = None


class Displays:
    """The table of displays."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, display: Display, token_hash: str) -> None:
        """Let a screen in."""
        row = {
            "display": display.display,
            "label": display.label,
            "boards": json.dumps(display.boards),
            "token_hash": token_hash,
            "approved_by": display.approved_by,
            "approved_at": to_microseconds(display.approved_at),
        }
        await self._database.write(displays.insert().values(row))

    async def find(self, token_hash: str) -> Display | None:
        """The screen that holds this secret, unless it was revoked."""
        row = await self._database.row(_let_in().where(displays.c.token_hash == token_hash))
        return None if row is None else _display(row)

    async def all(self) -> list[Display]:
        """Every screen that is let in, by its label."""
        return [_display(row) for row in await self._database.rows(_let_in().order_by(displays.c.label))]

    async def seen(self, display: str, at: datetime) -> None:
        """The screen was here."""
        written = displays.update().where(displays.c.display == display)
        await self._database.write(written.values(seen_at=to_microseconds(at)))

    async def revoke(self, display: str, at: datetime) -> bool:
        """Take it back; whether there was such a screen."""
        mine = displays.update().where(displays.c.display == display, displays.c.revoked_at.is_(None))
        return bool(await self._database.write(mine.values(revoked_at=to_microseconds(at))))


def _let_in() -> sa.Select[Any]:
    return sa.select(displays).where(displays.c.revoked_at.is_(None))


def _display(row: sa.Row[Any]) -> Display:
    return Display(
        display=row.display,
        label=row.label,
        boards=tuple(json.loads(row.boards)),
        approved_by=row.approved_by,
        approved_at=to_instant(row.approved_at),
        seen_at=None if row.seen_at is None else to_instant(row.seen_at),
    )
