"""What is kept of people: reads the journal behind its own position, has it scored in a process of its own, and
writes sheets, weeks and papers.

It reads the journal and not the live stream, so that no wall waits for it, and tries again for ever: while the
database is away, or when the child has fallen. Retention is kept here too.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.errors import PeerUnreachable
from monitor.figures import BalanceTrail
from monitor.instants import to_microseconds
from monitor.journal import Database, Journal
from monitor.people import scoring
from monitor.people.desk import Papers
from monitor.people.known import newest_switch, read_known
from monitor.people.plan import Known, Plan
from monitor.people.scoring import Fallen, Past, ScoringProcess, scoring_process
from monitor.people.sheets import Sheets
from monitor.people.tables import papers, sheets, weeks

LOOK_SECONDS = 1.0
KNOWN_SECONDS = 3.0
SAVE_SECONDS = 900.0
SAVE_AT_THE_END_SECONDS = 20.0
RETENTION_SECONDS = 3600.0
AGAIN_SECONDS = 2.0
LONGEST_SECONDS = 300.0
"""A child that falls again and again is started this seldom."""
ROWS_AT_ONCE = 4
"""Sheets in one transaction: the journal's own writing waits for it."""

log = logging.getLogger(__name__)


class _Stopped(Exception):
    """Somebody has turned the switch."""


class Trails:
    """Today's paths of the balance, the newest; written here and read for the walls' figures."""

    def __init__(self) -> None:
        self.newest: tuple[BalanceTrail, ...] = ()


class Keeping:
    """The task of the monitor. `past` is played before the journal: the demo's made-up days."""

    def __init__(
        self,
        plan: Plan,
        journal: Journal,
        database: Database,
        trails: Trails,
        clock: Callable[[], datetime],
        state_directory: Path | None,
        past: Past | None = None,
    ) -> None:
        self._plan, self._journal, self._database, self._trails = plan, journal, database, trails
        self._clock, self._state_directory, self._past = clock, state_directory, past
        self._position = 0
        self._known = Known()
        self._unwritten: Papers | None = None
        """What the score has made and the database has not taken yet."""
        self._known_at = self._saved_at = self._retained_at = -math.inf
        self._away = False
        self._patience_seconds = AGAIN_SECONDS

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._while_allowed()
            except Fallen as error:
                cause = None if isinstance(error.__cause__, BrokenProcessPool) else error.__cause__
                log.error("The process of the score has fallen and is started again: %s", error, exc_info=cause)
                self._patience_seconds = min(2 * self._patience_seconds, LONGEST_SECONDS)
            except PeerUnreachable as error:
                self._waits(error)
            await asyncio.sleep(self._patience_seconds)

    def _waits(self, error: PeerUnreachable) -> None:
        """One line until the database is back."""
        if not self._away:
            log.warning("%s What is kept of people waits.", error)
        self._away = True

    async def _while_allowed(self) -> None:
        """While the officer's switch is off nothing is kept; after that it begins anew from then."""
        stopped, decided_at = await newest_switch(self._database)
        if stopped:
            self._trails.newest = ()
            if self._state_directory is not None:
                await forget_everybody(self._database, self._state_directory)
            return
        begin = 0 if decided_at is None else await self._journal.first_since(decided_at)
        with scoring_process() as child, contextlib.suppress(_Stopped):
            await self._keep(child, begin)

    async def _keep(self, child: ScoringProcess, begin: int) -> None:
        position = await child.call(scoring.set_out, self._plan, self._state_directory, self._past)
        self._position = begin if position is None or position > self._journal.position else position
        self._known, self._known_at, self._unwritten = Known(), 0.0, None
        past = self._past is not None
        try:
            while True:
                try:
                    await self._round(child)
                except PeerUnreachable as error:
                    self._waits(error)
                    await asyncio.sleep(AGAIN_SECONDS)
                else:
                    self._away, self._patience_seconds = False, AGAIN_SECONDS
                past = past and await child.call(scoring.live_a_day)
                if not past:
                    await asyncio.sleep(LOOK_SECONDS)
        except asyncio.CancelledError:
            if self._past is None:
                with contextlib.suppress(Fallen, TimeoutError):
                    await asyncio.wait_for(child.call(scoring.save, self._clock()), SAVE_AT_THE_END_SECONDS)
            raise

    async def _round(self, child: ScoringProcess) -> None:
        """Once: what people decided, what the journal has, what is to be written, what is to go."""
        now = asyncio.get_running_loop().time()
        if now - self._known_at >= KNOWN_SECONDS:
            self._known_at = now
            if (await newest_switch(self._database))[0]:
                raise _Stopped
            known = await read_known(self._database, self._plan.topics)
            if known != self._known:
                if known.erased.keys() - self._known.erased.keys():
                    self._saved_at = -math.inf  # The file is to forget them too.
                self._known = known
                await child.call(scoring.told, known, self._clock())
        async with aclosing(self._journal.recorded(self._position)) as found:
            async for some in found:
                await child.call(scoring.hear, some)
                self._position = some[-1].position
        if self._unwritten is None:
            self._unwritten = await child.call(scoring.look, self._clock())
        await self._write(self._unwritten)
        self._unwritten = None
        if now - self._saved_at >= SAVE_SECONDS:
            self._saved_at = now
            await child.call(scoring.save, self._clock())
        if now - self._retained_at >= RETENTION_SECONDS:
            self._retained_at = now
            await self._retain()

    async def _write(self, made: Papers) -> None:
        if made.trails is not None:
            self._trails.newest = made.trails
        at = to_microseconds(made.at)
        rows = [{"agent": agent, "made_at": at, "body": body} for agent, body in made.sheets.items()]
        for first in range(0, len(rows), ROWS_AT_ONCE):
            await self._database.write(self._database.put(sheets, rows[first : first + ROWS_AT_ONCE]))
        of_weeks = [
            {"agent": agent, "monday": monday.isoformat(), "body": body} for (agent, monday), body in made.weeks.items()
        ]
        if of_weeks:
            await self._database.write(self._database.put(weeks, of_weeks))
        of_papers = [{"name": name, "made_at": at, "body": body} for name, body in made.papers.items()]
        if of_papers:
            await self._database.write(self._database.put(papers, of_papers))

    async def _retain(self) -> None:
        """All that is said of an agent goes once that agent has left."""
        today = self._clock().astimezone(ZoneInfo(self._plan.time_zone)).date()
        kept = Sheets(self._database)
        for agent, employed in self._known.agents.items():
            if employed.left_on is not None and employed.left_on < today:
                await kept.forget(agent)


async def forget_everybody(database: Database, state_directory: Path) -> None:
    """The switch is off: nothing of a person is kept. Raises PeerUnreachable when something cannot be removed yet."""
    try:
        (state_directory / scoring.FILE).unlink(missing_ok=True)
    except OSError as error:
        raise PeerUnreachable(f"{state_directory / scoring.FILE} cannot be removed: {error.strerror}.") from error
    of_people = papers.c.name.in_(("floor", "process", "calibration", "standing", "learnt"))
    await database.write(sheets.delete(), weeks.delete(), papers.delete().where(of_people))
