"""The journal's tables. monitor/journal/migrations makes them; a test holds both together."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("arrived_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("collector", sa.Text, nullable=False),
    sa.Column("epoch", sa.Text, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("batch", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("collector", "epoch", "last", name="entries_once"),
)
"""One row a batch as it came, JSON, in the order of arrival. `arrived_at` in microseconds since 1970; `last` is the
number of the last of its `events`."""

marks = sa.Table(
    "marks",
    metadata,
    sa.Column("collector", sa.Text, primary_key=True),
    sa.Column("epoch", sa.Text, primary_key=True),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("heard_at", sa.BigInteger, nullable=False),
)
"""How far each epoch of each collector is journalled: they outlive the entries."""
