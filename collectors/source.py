"""What every collector is: settings, a pure parser, and `run`, which puts events into an outlet.

A collector never talks to MQTT itself. Lost peers are its own business: `supervise` runs one attempt
after another with jittered back-off and says once that the peer went and once that it came back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.events import Event
from monitor.pseudonym import Pseudonyms
from monitor.settings import Queue, Site


class Outlet(Protocol):
    """Where a collector's events go. Implementations bound their buffer."""

    async def put(self, events: Sequence[Event]) -> None:
        """Take the events, in order; waits while the buffer is full."""

    async def put_safely(self, events: Sequence[Event]) -> None:
        """Take the events and return when they are safe: the broker has acknowledged them."""


class Clock(Protocol):
    """The present, passed in."""

    def __call__(self) -> datetime:
        """Aware, UTC."""


class Collector(Protocol):
    """One configured source. `name` is its name in the configuration and the `source` of its events."""

    name: str

    async def run(self, outlet: Outlet) -> None:
        """Collect until cancelled. Raises AskAPerson when trying again is useless."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a collector may know of the centre around it."""

    site: Site
    queues: Mapping[str, Queue]
    pseudonyms: Pseudonyms
    clock: Clock
