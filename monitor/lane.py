"""A lane: one queue on one channel, how it is measured, who waits in it and who is being helped.

Outside its opening hours visits are counted apart: in a lane of their own that belongs to no scope.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cell import Cell
from monitor.events import Channel
from monitor.instants import SECOND, SiteDays
from monitor.levels import Level
from monitor.settings import Queue

if TYPE_CHECKING:
    from monitor.life import Visit

DIGITAL: frozenset[str] = frozenset({"mail", "chat", "whatsapp", "social"})
WRITTEN: frozenset[str] = frozenset({"mail", "social"})
"""Work that may wait for hours: counted as backlog."""


class Lane:
    """Cells, levels and the people in a lane. `within` (T) and `short` (S) are microseconds."""

    __slots__ = (
        "apart",
        "cells",
        "channel",
        "days",
        "queue",
        "served",
        "serving",
        "settings",
        "short",
        "source",
        "waited",
        "waiting",
        "within",
    )

    def __init__(self, queue: str, channel: Channel, settings: Queue, days: SiteDays, apart: bool = False) -> None:
        self.queue = queue
        self.channel = channel
        self.source = ""
        self.settings = settings
        self.within = round(settings.within_seconds * SECOND)
        self.short = round(settings.short_abandon_seconds * SECOND)
        self.days = days
        self.cells: dict[str, Cell] = {"": Cell(days)}
        self.waiting: dict[str, Visit] = {}
        self.serving: dict[str, Visit] = {}
        self.waited = Level()
        self.served = Level()
        self.apart = None if apart else Lane(queue, channel, settings, days, apart=True)

    def cell(self, team: str) -> Cell:
        """The cell of a team's work in this lane; the empty team has the queue's own side."""
        cell = self.cells.get(team)
        if cell is None:
            cell = self.cells[team] = Cell(self.days)
        return cell


class Lanes:
    """All lanes. A queue that is configured has its configured channel; others appear with their first visit."""

    def __init__(self, queues: dict[str, Queue], days: SiteDays) -> None:
        self._queues = queues
        self._days = days
        self.lanes: dict[tuple[str, str], Lane] = {}
        self._seen: set[str] = set()
        for queue, settings in queues.items():
            self.of(queue, settings.channel)

    def of(self, queue: str, channel: Channel | None = None) -> Lane:
        """The lane of a queue and channel; without a channel the configured one, or any the queue has, or voice."""
        settings = self._queues.get(queue)
        if settings is not None:
            place = settings.channel
        elif channel is not None:
            place = channel
        else:
            place = next((lane.channel for lane in self.lanes.values() if lane.queue == queue), "voice")
        lane = self.lanes.get((queue, place))
        if lane is None:
            self._seen.add(queue)
            lane = self.lanes[queue, place] = Lane(queue, place, settings or Queue(channel=place), self._days)
        return lane

    def has(self, queue: str) -> bool:
        """Whether the queue is configured or has been seen."""
        return queue in self._seen

    @property
    def count(self) -> int:
        """How many queues there are."""
        return len(self._seen)

    def of_queue(self, queue: str) -> list[Lane]:
        """The lanes of one queue, visits outside opening hours included."""
        lanes = [lane for lane in self.lanes.values() if lane.queue == queue]
        return lanes + [lane.apart for lane in lanes if lane.apart is not None]
