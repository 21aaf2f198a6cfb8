"""Who told, closed and took back a known outage, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Columns of the table `outages` of monitor/people/tables.py. Until now only a person with SQL wrote it: then an
    outage counts as told when it began."""
    op.add_column("outages", sa.Column("told_at", sa.BigInteger, nullable=True))
    op.execute("UPDATE outages SET told_at = began_at")
    for word in ("closed", "taken_back"):
        op.add_column("outages", sa.Column(f"{word}_at", sa.BigInteger, nullable=True))
        op.add_column("outages", sa.Column(f"{word}_by", sa.Text, nullable=True))
