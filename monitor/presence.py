"""From the status of collectors on the bus to the SourceStatus events that the engine understands. Pure.

A collector's peer (the telephone exchange) and the collector's own connection to the broker fail apart: while
the connection is away the source is lost, and when it is back the source is what the collector last said. A
connection that is back within GRACE_SECONDS was never lost: the collector has kept what happened meanwhile.

Two clocks speak here, the collector's and the monitor's, and the engine goes by instants. So what is told here is
always later than what was known, and a collector's word that came after it with an earlier instant is told again.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

import msgspec

from monitor.batch import Status
from monitor.events import SourceStatus

GRACE_SECONDS = 5.0
COLLECTORS_MAX = 1_000
"""Of others nothing is told: the engine has a bound for sources too, and counts what comes from more."""
BUS = "bus/"
"""Begins the ids of what is told here, so that it is not taken for a collector's own word."""
EPOCHS_KEPT = 64
"""Earlier processes of a collector that are remembered."""


class Presence:
    """Remembers, per collector, the newest status of its process and its own last word about its peer."""

    def __init__(self, grace_seconds: float = GRACE_SECONDS) -> None:
        self._grace = timedelta(seconds=grace_seconds)
        self._newest: dict[str, Status] = {}
        self._own: dict[str, tuple[str, SourceStatus]] = {}
        self._lost: dict[str, tuple[datetime, Status]] = {}
        self._epochs: dict[str, deque[str]] = {}
        self._stands: dict[str, SourceStatus] = {}
        self._overtaken: dict[str, tuple[str, SourceStatus]] = {}

    def said(self, epoch: str, event: SourceStatus) -> None:
        """The engine hears this: the collector's own word of its peer, or what was told here."""
        if event.source not in self._stands and len(self._stands) >= COLLECTORS_MAX:
            return
        stands = self._stands.get(event.source)
        self._overtaken.pop(event.source, None)
        if stands is None or event.at >= stands.at:
            self._stands[event.source] = event
        elif event.state != stands.state and not event.id.startswith(BUS):
            self._overtaken[event.source] = (epoch, event)
        if not event.id.startswith(BUS):
            self._own[event.source] = (epoch, event)

    def heard(self, status: Status, now: datetime) -> list[SourceStatus]:
        """What the engine is to be told at once; old news is none."""
        # A clock that runs ahead must not make old news of all that comes after it is set right.
        status = msgspec.structs.replace(
            status, connected_at=min(status.connected_at, now), at=min(status.at, now) if status.at else None
        )
        if status.collector not in self._newest and len(self._newest) >= COLLECTORS_MAX:
            return []
        if not self._is_news(status):
            return []
        self._newest[status.collector] = status
        _, lost = self._lost.pop(status.collector, (None, None))
        if status.state == "lost":
            self._lost[status.collector] = (now, status)
            return []
        if lost and status.state == "up" and status.epoch == lost.epoch:
            return []
        told = [_plain(lost, status.at or now)] if lost else []
        told += [_plain(status, now)] if status.state == "stopped" else self._up(status, now)
        return [self._later(event) for event in told]

    def _is_news(self, status: Status) -> bool:
        """A process that comes up for the first time is news whatever its clock says; of one that another has
        followed nothing is."""
        known = self._newest.get(status.collector)
        if known is None or known.epoch == status.epoch:
            return known is None or _age(status) > _age(known)
        epochs = self._epochs.setdefault(status.collector, deque(maxlen=EPOCHS_KEPT))
        if status.epoch in epochs or (status.state != "up" and _age(status) <= _age(known)):
            return False
        epochs.append(known.epoch)
        return True

    def overdue(self, now: datetime) -> list[SourceStatus]:
        """The collectors whose connection has been lost for longer than the grace; each is told once. And words of
        those who are there that an earlier instant kept from being heeded."""
        overdue = [status for since, status in self._lost.values() if now - since >= self._grace]
        for status in overdue:
            del self._lost[status.collector]
        told = [_plain(status, now) for status in overdue]
        for epoch, event in self._overtaken.values():
            newest = self._newest.get(event.source)
            if newest and (newest.epoch, newest.state) == (epoch, "up"):
                told.append(msgspec.structs.replace(event, id=f"{_id(newest)}/{event.id}", at=now))
        for event in told:
            self._overtaken.pop(event.source, None)
        return [self._later(event) for event in told]

    def _later(self, event: SourceStatus) -> SourceStatus:
        """The same, not before what stands."""
        stands = self._stands.get(event.source)
        if stands is not None and event.at <= stands.at:
            event = msgspec.structs.replace(event, at=stands.at + timedelta(microseconds=1))
        self._stands[event.source] = event
        return event

    def _up(self, status: Status, now: datetime) -> list[SourceStatus]:
        """After a restart a collector that speaks of its peer does so by itself."""
        epoch, own = self._own.get(status.collector, ("", None))
        if own is None:
            return [_plain(status, now)]
        again = msgspec.structs.replace(own, id=_id(status), at=status.at or now)
        return [again] if epoch == status.epoch else []


def _plain(status: Status, now: datetime) -> SourceStatus:
    return SourceStatus(id=_id(status), source=status.collector, at=status.at or now, state=status.state)


def _id(status: Status) -> str:
    return f"{BUS}{status.epoch}/{status.connected_at.isoformat()}/{status.state}"


def _age(status: Status) -> tuple[datetime, bool]:
    """Within one connection `up` comes first."""
    return status.connected_at, status.state != "up"
