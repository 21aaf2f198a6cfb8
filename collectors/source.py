"""What every collector is: settings, a pure parser, and `run`, which puts events into an outlet.

A collector never talks to MQTT itself. Lost peers are its own business: `supervise` runs one attempt
after another with jittered back-off and says once that the peer went and once that it came back.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn, Protocol

from monitor.errors import Retry
from monitor.events import Event
from monitor.pseudonym import Pseudonyms
from monitor.settings import Queue, Site

log = logging.getLogger(__name__)

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0


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
    state_directory: Path | None = None
    """Where a collector may remember what its source will not say again; None: nowhere."""


async def supervise(
    name: str,
    attempt: Callable[[Callable[[], None]], Awaitable[None]],
    *,
    first_seconds: float = FIRST_WAIT_SECONDS,
    longest_seconds: float = LONGEST_WAIT_SECONDS,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    jitter: Callable[[float, float], float] = random.uniform,
) -> NoReturn:
    """Run `attempt` again and again: one attempt is one connection to the peer, which ends by raising Retry.

    `attempt` gets a function and calls it when the peer is there and works. Waits between attempts double from
    `first_seconds` to `longest_seconds`, each between half and all of that, and begin anew after the peer was there.
    Logs one line when the peer goes (or is not there at the start) and one when it comes back. Whatever else
    `attempt` raises, AskAPerson above all, ends the supervision.
    """
    wait, lost = first_seconds, False

    def there() -> None:
        nonlocal wait, lost
        wait = first_seconds
        if lost:
            log.info("%s: the peer is back", name)
            lost = False

    while True:
        try:
            await attempt(there)
        except Retry as error:
            if not lost:
                log.warning("%s: %s I keep trying.", name, error)
                lost = True
        await sleep(jitter(wait / 2, wait))
        wait = min(wait * 2, longest_seconds)
