"""The time machine: questions about the past, answered by a process of its own, so that neither the monitor nor the
web waits for them.

Bounds: one process with the engines of a few questions (monitor/past.py), `WAITING_MAX` questions at a time, the last
`ANSWERS_KEPT` answers. A question that takes longer than `PATIENCE_SECONDS` is refused for now while the work goes on;
asked again, it finds the answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from monitor.errors import BalansError, BufferFull, NotKept, PeerUnreachable, StillAtWork
from monitor.figures import SiteFigures
from monitor.journal import reading_journal
from monitor.past import Found, Kept, Recall

WAITING_MAX = 8
ANSWERS_KEPT = 32
PATIENCE_SECONDS = 15.0
SETTLED = timedelta(minutes=1)
"""A younger instant is not remembered: something of it may still be on its way into the journal."""
LET_GO_MAX = 4
"""Engines that nobody needs any more and that are still in memory."""
QUIET_SECONDS = 1.0
NICENESS = 5

log = logging.getLogger(__name__)


class Lookback:
    """Figures of any instant of the kept days; `clock` says the present."""

    def __init__(
        self, kept: Kept, days: float, clock: Callable[[], datetime], patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._kept, self._days, self._clock = kept, timedelta(days=days), clock
        self._patience_seconds = patience_seconds
        self._answers: OrderedDict[datetime, Found] = OrderedDict()
        self._asked: dict[datetime, asyncio.Task[Found]] = {}
        self._turn = asyncio.Lock()
        self._worker: tuple[BaseProcess, Connection] | None = None

    async def figures(self, instant: datetime) -> SiteFigures:
        """As they were. Raises NotKept, BufferFull, StillAtWork and PeerUnreachable."""
        now = self._clock()
        if instant > now:
            raise NotKept("That instant is in the future.")
        if instant < now - self._days:
            raise NotKept(f"That instant is longer ago than the {self._days / timedelta(days=1):g} days that are kept.")
        found = self._answers.get(instant)
        if found is not None:
            self._answers.move_to_end(instant)
            return found.figures
        return (await self._patiently(instant)).figures

    async def _patiently(self, instant: datetime) -> Found:
        asked = self._asked.get(instant)
        if asked is None:
            if len(self._asked) >= WAITING_MAX:
                raise BufferFull("Too many questions about the past at a time; ask again in a moment.")
            asked = self._asked[instant] = asyncio.create_task(self._answer(instant), name=f"the past of {instant}")
            # Whoever asked may have gone meanwhile.
            asked.add_done_callback(lambda task: task.cancelled() or task.exception())
        try:
            return await asyncio.wait_for(asyncio.shield(asked), self._patience_seconds)
        except TimeoutError as error:
            raise StillAtWork("Much of the journal is being read for that instant; ask again in a minute.") from error

    async def _answer(self, instant: datetime) -> Found:
        loop = asyncio.get_running_loop()
        try:
            async with self._turn:
                begun = loop.time()
                found = await self._from_worker(instant)
        finally:
            del self._asked[instant]
        if not found.from_moment:
            log.info(
                "The past of %s was read from the journal alone: %d events in %.1f s.",
                *(instant.isoformat(timespec="seconds"), found.events, loop.time() - begun),
            )
        if self._clock() - instant >= SETTLED:
            self._answers[instant] = found
            while len(self._answers) > ANSWERS_KEPT:
                self._answers.popitem(last=False)
        return found

    async def _from_worker(self, instant: datetime) -> Found:
        try:
            if self._worker is None:
                self._worker = await asyncio.to_thread(_started, self._kept)
            pipe = self._worker[1]
            pipe.send(instant)
            answer = await asyncio.to_thread(pipe.recv)
        except (EOFError, OSError) as error:
            self._end()
            raise PeerUnreachable("Reading the past was broken off; ask again.") from error
        if isinstance(answer, BalansError):
            raise answer
        assert isinstance(answer, Found)
        return answer

    def _end(self) -> None:
        if self._worker is not None:
            process, pipe = self._worker
            self._worker = None
            process.kill()
            process.join()
            pipe.close()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While it may be asked; its process ends with it."""
        try:
            yield
        finally:
            self._end()
            for asked in self._asked.values():
                asked.cancel()


def _started(kept: Kept) -> tuple[BaseProcess, Connection]:
    """A fresh process, which shares nothing with this one."""
    context = get_context("spawn")
    pipe, far = context.Pipe()
    process = context.Process(target=_work, args=(kept, far), name="the past", daemon=True)
    process.start()
    far.close()
    return process, pipe


def _work(kept: Kept, pipe: Connection) -> None:
    """Answer until the other side is gone."""
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    with contextlib.suppress(EOFError, OSError):
        asyncio.run(_answering(kept, pipe))


async def _answering(kept: Kept, pipe: Connection) -> None:
    """Nothing else runs in this process, so that it may stand still while nobody asks."""
    async with reading_journal(kept.url) as journal:
        recall, answered = Recall(kept, journal), 0
        while True:
            instant = pipe.recv()
            try:
                answer: Found | BalansError = await recall.at(instant)
            except BalansError as error:
                answer = error
            pipe.send(answer)
            answered += 1
            # Engines that were let go of are looked for while nobody asks, and before they are many.
            if answered % LET_GO_MAX == 0 or not pipe.poll(QUIET_SECONDS):
                gc.collect()
