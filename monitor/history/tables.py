"""The tables of the history, in the journal's database. monitor/journal/migrations makes them.

Rows hold sums of scopes only; there is no column for a person. Instants in microseconds since 1970, times in
microseconds; `sums` is the JSON of monitor/history/sums.py.
"""

from __future__ import annotations

import sqlalchemy as sa

from monitor.journal.tables import metadata


def _number(name: str, *, empty: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=empty)


def _levels() -> list[sa.Column[int]]:
    """The fields of monitor.history.rows.Levels."""
    return [
        _number(name)
        for name in (
            "carried_in",
            "max_waiting",
            "waited",
            "max_in_service",
            "served",
            "handling",
            "available",
            "side_by_side",
            "at_least_one",
            "on_duty",
        )
    ]


quarters = sa.Table(
    "history_quarters",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("began_at", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("sums", sa.Text, nullable=False),
    *_levels(),
    sa.Column("hidden", sa.Boolean, nullable=False),
    _number("corrections"),
    _number("corrected_at", empty=True),
)
"""One row a scope and quarter of an hour in which anything was. `hidden`: too few people to show how they worked."""
sa.Index("ix_history_quarters_began_at", quarters.c.began_at)

days = sa.Table(
    "history_days",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("began_at", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("sums", sa.Text, nullable=False),
    sa.Column("shown", sa.Text, nullable=False),
    *_levels(),
    sa.Column("hidden", sa.Boolean, nullable=False),
    _number("corrections"),
    _number("corrected_at", empty=True),
)
"""One row a scope and day of the site, once its quarters have gone. `sums` say nothing of how people worked, `shown`
only of the quarters in which that could be shown."""
sa.Index("ix_history_days_began_at", days.c.began_at)

marks = sa.Table(
    "history_marks",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _number("position"),
    _number("at"),
    _number("quarters_from"),
)
"""One row: the journal's entry up to which everything is booked here, the engine's clock then, and where the days end
and the quarters begin."""
