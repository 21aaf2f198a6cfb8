"""Alerts in the journal's database: what must outlive the monitor, and what the web says to it. Raises PeerUnreachable.

The web acknowledges in the row of an alert; the monitor reads that and takes it into its state. So no message can be
lost between them, and who may acknowledge is decided by the web alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlalchemy as sa

from monitor.alerts.lifecycle import Standing
from monitor.alerts.tables import alerts
from monitor.instants import to_instant, to_microseconds
from monitor.journal import Database

_BODY = msgspec.json.Decoder(Standing)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who has seen which alert. `account` is an opaque id."""

    key: str
    fired_at: datetime
    account: str
    at: datetime


async def kept(database: Database) -> dict[str, Standing]:
    """What the last monitor left; a row that another version wrote is left aside."""
    found = {}
    for row in await database.rows(sa.select(alerts.c.key, alerts.c.body)):
        try:
            found[row.key] = _BODY.decode(row.body)
        except msgspec.DecodeError:
            continue
    return found


Row = tuple[str, int]
"""A key, and when it fired in microseconds since 1970 (0: it cools down)."""


def row_of(key: str, standing: Standing) -> Row:
    """Where a condition is kept."""
    return key, to_microseconds(standing.fired_at) if standing.fired_at else 0


async def keep(database: Database, changed: Mapping[Row, Standing], gone: Collection[Row]) -> None:
    """Write what changed and remove what is gone: all of it or nothing."""
    statements: list[sa.Executable] = []
    if gone:
        statements.append(alerts.delete().where(sa.tuple_(alerts.c.key, alerts.c.fired_at).in_(list(gone))))
    if changed:
        rows = [
            {"key": key, "fired_at": fired, "body": msgspec.json.encode(standing)}
            for (key, fired), standing in changed.items()
        ]
        statements.append(database.put(alerts, rows))
    if statements:
        await database.write(*statements)


async def acknowledge(database: Database, key: str, fired_at: datetime, account: str, at: datetime) -> bool:
    """Somebody has seen this alert. False when it does not stand any more; the first to acknowledge stays."""
    row = (alerts.c.key == key) & (alerts.c.fired_at == to_microseconds(fired_at))
    written = await database.write(
        alerts.update()
        .where(row & alerts.c.acknowledged_at.is_(None))
        .values(acknowledged_at=to_microseconds(at), acknowledged_by=account)
    )
    return bool(written) or await database.row(sa.select(alerts.c.key).where(row)) is not None


async def acknowledged(database: Database) -> list[Acknowledgement]:
    """All that stand and somebody has seen."""
    wanted = sa.select(alerts.c.key, alerts.c.fired_at, alerts.c.acknowledged_by, alerts.c.acknowledged_at)
    rows = await database.rows(wanted.where(alerts.c.acknowledged_at.is_not(None)))
    return [
        Acknowledgement(row.key, to_instant(row.fired_at), row.acknowledged_by, to_instant(row.acknowledged_at))
        for row in rows
    ]
