"""The table of boards, in the journal's database. monitor/journal/migrations makes it."""

from __future__ import annotations

import sqlalchemy as sa

from monitor.journal.tables import metadata

boards = sa.Table(
    "boards",
    metadata,
    sa.Column("board", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("definition", sa.Text, nullable=True),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
)
"""One row a board that was ever kept. `definition` is the JSON of `monitor.settings.BoardDefinition`; null: the
configuration's counts again, and without one the board is gone. The row stays, so that its `version` only goes up and
nobody who looks at an old page can write over a newer one. `changed_by` is a name as people read it."""
