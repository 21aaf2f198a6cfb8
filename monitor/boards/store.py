"""The boards that people keep, in the journal's database. Raises PeerUnreachable."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from monitor.boards.tables import boards
from monitor.instants import to_instant, to_microseconds
from monitor.journal.database import Database
from monitor.settings import BoardDefinition

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptBoard:
    """What was last kept of a board. Without a definition nothing is kept over the configuration's. `version` is 1 at
    the first change."""

    board: str
    version: int
    definition: BoardDefinition | None
    changed_by: str
    changed_at: datetime


class BoardStore:
    """The table of boards."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: dict[tuple[str, int], KeptBoard] = {}

    async def all(self) -> dict[str, KeptBoard]:
        """Every board that was ever kept. What another version of Balans wrote and this one cannot read counts as not
        kept, and is told once in the log."""
        rows = await self._database.rows(sa.select(boards).order_by(boards.c.board))
        self._read = {(row.board, row.version): self._read.get((row.board, row.version)) or _kept(row) for row in rows}
        return {kept.board: kept for kept in self._read.values()}

    async def keep(
        self, board: str, definition: BoardDefinition | None, after: int, changed_by: str, changed_at: datetime
    ) -> bool:
        """Write the version that follows on `after` (0: the first). False, and nothing is written, when another one
        has come meanwhile."""
        row = {
            "version": after + 1,
            "definition": None if definition is None else definition.model_dump_json(exclude_defaults=True),
            "changed_by": changed_by,
            "changed_at": to_microseconds(changed_at),
        }
        if after == 0:
            first = self._database.put(boards, [{"board": board, **row}], over=False)
            return bool(await self._database.write(first))
        same = boards.update().where(boards.c.board == board, boards.c.version == after)
        return bool(await self._database.write(same.values(row)))


def _kept(row: sa.Row[Any]) -> KeptBoard:
    definition = None
    if row.definition is not None:
        try:
            definition = BoardDefinition.model_validate_json(row.definition)
        except ValidationError:
            log.warning("What is kept of the board %s is of another version and is left aside.", row.board)
    return KeptBoard(row.board, row.version, definition, row.changed_by, to_instant(row.changed_at))
