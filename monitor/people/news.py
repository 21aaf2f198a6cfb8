"""Whether there is something new for an agent to read: a mark of what there is, to compare with the one before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from monitor.journal import Database
from monitor.people.tables import disputes, looks, objections, sheets, thanks

Mark = tuple[tuple[str, int, int], ...]
"""Of each kind how many there are, and when the newest was made or decided; equal as long as nothing is new."""


async def marks(database: Database, agents: Collection[str]) -> Mapping[str, Mark]:
    """By agent; for who has nothing, nothing. Raises PeerUnreachable while the database is away."""
    kinds = [
        _kind(sheets, sheets.c.made_at),
        _kind(thanks, thanks.c.at),
        _kind(looks, looks.c.at),
        _kind(disputes, disputes.c.opened_at),
        _kind(disputes, disputes.c.decided_at),
        _kind(objections, objections.c.made_at),
        _kind(objections, objections.c.decided_at),
    ]
    found: defaultdict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for kind in kinds:
        for row in await database.rows(kind.where(kind.selected_columns.agent.in_(agents))):
            found[row.agent].append((row.kind, row.many, row.newest or 0))
    return {agent: tuple(kept) for agent, kept in found.items()}


def _kind(table: sa.Table, at: sa.Column[int]) -> sa.Select[tuple[str, str, int, int]]:
    columns = (
        table.c.agent,
        sa.literal(f"{table.name}.{at.name}").label("kind"),
        sa.func.count(at).label("many"),
        sa.func.max(at).label("newest"),
    )
    return sa.select(*columns).group_by(table.c.agent)
