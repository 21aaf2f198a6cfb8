"""The table of alerts, in the journal's database. monitor/journal/migrations makes it."""

from __future__ import annotations

import sqlalchemy as sa

from monitor.journal.tables import metadata

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fired_at", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("acknowledged_at", sa.BigInteger, nullable=True),
    sa.Column("acknowledged_by", sa.Text, nullable=True),
)
"""One row an alert that stands, or cools down: then `fired_at` (microseconds since 1970) is 0. The monitor makes,
writes and removes rows, the web writes the last two columns: as an alert that fires again is another row, neither can
undo what the other said."""
