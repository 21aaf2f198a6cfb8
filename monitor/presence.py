"""From the status of collectors on the bus to the SourceStatus events that the engine understands. Pure.

A collector's peer (the telephone exchange) and the collector's own connection to the broker fail apart: while
the connection is away the source is lost, and when it is back the source is what the collector last said.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from monitor.batch import Status
from monitor.events import SourceStatus


class Presence:
    """Remembers, per collector, the newest status of its process and its own last word about its peer."""

    def __init__(self) -> None:
        self._newest: dict[str, Status] = {}
        self._own: dict[str, tuple[str, SourceStatus]] = {}

    def said(self, epoch: str, event: SourceStatus) -> None:
        """The collector itself said this of its peer."""
        self._own[event.source] = (epoch, event)

    def heard(self, status: Status, now: datetime) -> SourceStatus | None:
        """What the engine is to be told; None when the status is old or the collector will tell by itself."""
        known = self._newest.get(status.collector)
        if known and _age(status) <= _age(known):
            return None
        self._newest[status.collector] = status
        at, id = status.at or now, f"bus/{status.epoch}/{status.connected_at.isoformat()}/{status.state}"
        if status.state != "up":
            return SourceStatus(id=id, source=status.collector, at=at, state=status.state)
        epoch, own = self._own.get(status.collector, ("", None))
        if own is None:
            return SourceStatus(id=id, source=status.collector, at=at, state="up")
        return msgspec.structs.replace(own, id=id, at=at) if epoch == status.epoch else None


def _age(status: Status) -> tuple[datetime, bool]:
    """Within one connection `up` comes first."""
    return status.connected_at, status.state != "up"
