"""Entries and marks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """The first journal."""
    op.create_table(
        "entries",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("arrived_at", sa.BigInteger, nullable=False),
        sa.Column("collector", sa.Text, nullable=False),
        sa.Column("epoch", sa.Text, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("batch", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("collector", "epoch", "last", name="entries_once"),
    )
    op.create_index("ix_entries_arrived_at", "entries", ["arrived_at"])
    op.create_table(
        "marks",
        sa.Column("collector", sa.Text, primary_key=True),
        sa.Column("epoch", sa.Text, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("heard_at", sa.BigInteger, nullable=False),
    )
