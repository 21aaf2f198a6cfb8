"""Who was erased, by the opaque id alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0005"


def upgrade() -> None:
    """The table `erased` of monitor/people/tables.py."""
    op.create_table(
        "erased",
        sa.Column("agent", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
