"""History: sums of scopes by quarter of an hour and by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """The tables of monitor/history/tables.py."""
    _sums("history_quarters")
    _sums("history_days", sa.Column("shown", sa.Text, nullable=False))
    op.create_table(
        "history_marks",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("quarters_from", sa.BigInteger, nullable=False),
    )


def _sums(name: str, *more: sa.Column[str]) -> None:
    op.create_table(
        name,
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("began_at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sums", sa.Text, nullable=False),
        *more,
        sa.Column("carried_in", sa.BigInteger, nullable=False),
        sa.Column("max_waiting", sa.BigInteger, nullable=False),
        sa.Column("waited", sa.BigInteger, nullable=False),
        sa.Column("max_in_service", sa.BigInteger, nullable=False),
        sa.Column("served", sa.BigInteger, nullable=False),
        sa.Column("handling", sa.BigInteger, nullable=False),
        sa.Column("available", sa.BigInteger, nullable=False),
        sa.Column("side_by_side", sa.BigInteger, nullable=False),
        sa.Column("at_least_one", sa.BigInteger, nullable=False),
        sa.Column("on_duty", sa.BigInteger, nullable=False),
        sa.Column("hidden", sa.Boolean, nullable=False),
        sa.Column("corrections", sa.BigInteger, nullable=False),
        sa.Column("corrected_at", sa.BigInteger, nullable=True),
    )
    op.create_index(f"ix_{name}_began_at", name, ["began_at"])
