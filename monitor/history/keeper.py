"""Keeps the history beside the engine: writes what has changed every minute and at the end of each quarter of an hour.

The engine's cells hold what is not written yet (`fresh`), so that it is in the snapshot too; the history's mark says
up to which entry of the journal all is written. Together they make a restart exact: what is read again from the
journal up to the mark is settled without writing. Whoever applies events must not do so while `write` works.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Protocol

from monitor.errors import PeerUnreachable
from monitor.history.quarters import Measured, booked, clock_of, first_quarter_kept, late_steps, levels, settle
from monitor.history.store import HistoryStore, Mark, Writing
from monitor.instants import DAY, MINUTE, QUARTER, SECOND, to_instant, to_microseconds
from monitor.settings import Retention, Site

WRITE_EVERY = MINUTE
REPLAY_EVERY = 4 * QUARTER
"""Reading the journal, a writing each hour of it is enough."""
LEVELS_SETTLE = 10 * QUARTER
"""The engine folds levels by quarter within so long; what comes later than that is counted (`late_steps`)."""
AGAIN_SECONDS = 1.0

log = logging.getLogger(__name__)


class Advancing(Measured, Protocol):
    """An engine whose clock can be moved."""

    def advance(self, now: datetime) -> object:
        """Let time pass."""


class Keeper:
    """Writes in `store`: the history of `site`, kept as `retention` says."""

    def __init__(self, store: HistoryStore, site: Site, retention: Retention) -> None:
        self._store = store
        self._lateness = round(site.lateness_seconds * SECOND)
        self._quarter_days, self._day_days = round(retention.quarter_days * DAY), round(retention.day_days * DAY)
        self._mark = Mark()
        self._passed = False
        self._written_at = 0
        self._settled_at = 0
        self._late_steps = -1

    async def open(self, engine: Measured, position: int) -> None:
        """Read how far the history has come; the engine has been told up to the entry `position`. Raises
        PeerUnreachable."""
        self._mark = await self._store.mark()
        self._passed = position > self._mark.position
        engine.has_history = True

    async def before(self, engine: Advancing, position: int, arrived_at: datetime) -> None:
        """To be called before the journal's entry `position` is applied again."""
        at = to_microseconds(arrived_at)
        if not self._passed:
            if position > self._mark.position or at - self._settled_at >= QUARTER:
                settle(engine)
                self._settled_at = at
            self._passed = position > self._mark.position
        if self._passed:
            await self._write_until(engine, position - 1, at)

    async def caught_up(self, engine: Measured, position: int) -> None:
        """The journal is read, or the snapshot was enough; from now on `write_when_due`."""
        if not self._passed:
            settle(engine)
            self._passed = True
        await self.write(engine, position)

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to write."""
        at = to_microseconds(now)
        return at - self._written_at >= WRITE_EVERY or at // QUARTER > self._written_at // QUARTER

    async def write(self, engine: Measured, position: int) -> None:
        """Keep all that has changed up to the entry `position`. A database that is away is tried until it is back:
        until then nobody knows whether the last attempt was done."""
        at = clock_of(engine)
        late = late_steps(engine)
        begin = self._levels_from(engine, at, late)
        writing = Writing(
            position,
            at,
            at - self._lateness,
            booked(engine),
            frozenset(plan.scope for plan in engine.plans()),
            begin,
            levels(engine, begin, at),
        )
        away = False
        while True:
            try:
                await self._store.write(writing)
            except PeerUnreachable as error:
                if not away:
                    log.error("%s The history waits for it.", error)
                away = True
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                break
        if away:
            log.info("The history is written again.")
        settle(engine)
        self._written_at, self._late_steps = at, late

    async def prune(self, now: datetime) -> None:
        """Old quarters become days, old days go. Raises PeerUnreachable."""
        at = to_microseconds(now)
        await self._store.roll_up(at - self._quarter_days)
        await self._store.forget_days(at - self._day_days)

    async def _write_until(self, engine: Advancing, position: int, at: int) -> None:
        """Write at each hour that passed before an entry arrived: a quiet weekend has its hours too."""
        if not self._written_at:
            self._written_at = clock_of(engine) or at
        while at - self._written_at >= REPLAY_EVERY:
            engine.advance(to_instant(max(engine.now, self._written_at + REPLAY_EVERY)))
            await self.write(engine, position)

    def _levels_from(self, engine: Measured, at: int, late: int) -> int:
        """From which quarter on levels may have changed since the last writing."""
        first = first_quarter_kept(engine)
        if self._late_steps < 0:
            return max(first, (self._mark.at - LEVELS_SETTLE) // QUARTER * QUARTER)
        if at // QUARTER == self._written_at // QUARTER:
            return max(first, (at - self._lateness - MINUTE) // QUARTER * QUARTER)
        if late != self._late_steps:
            return first
        return max(first, (self._written_at - LEVELS_SETTLE) // QUARTER * QUARTER)
