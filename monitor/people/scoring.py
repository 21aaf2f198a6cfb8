"""The score in a process of its own, so that no wall waits for it: what runs there, and how it is called.

One child at a time holds one `Scorer`. It saves it in a file of its own now and then; after a fall a new child goes
on from there and is told the journal's tail again. The child ends with its parent.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ParamSpec, TypeVar

from monitor.batch import read_batch
from monitor.errors import Malformed
from monitor.events import Event
from monitor.journal import Recorded
from monitor.people.desk import Desk, Papers
from monitor.people.plan import Known, Plan
from monitor.snapshot import Snapshot, SnapshotFile, fingerprint

FILE = "score.snapshot"
NICENESS = 10

Past = Callable[[], Iterator[tuple[Sequence[Event], datetime]]]
"""Days that were over before the journal began, each with the instant at which it ended: the demo's."""

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Child:
    """All that the child process holds."""

    desk: Desk
    snapshots: SnapshotFile | None
    past: Iterator[tuple[Sequence[Event], datetime]] | None
    position: int = 0


_child: _Child | None = None


def _mine() -> _Child:
    assert _child is not None
    return _child


def set_out(plan: Plan, state_directory: Path | None, past: Past | None) -> int | None:
    """Take up the work where it was left: the journal's position behind which to go on; None: from its beginning."""
    global _child
    snapshots = None
    if state_directory is not None and past is None:
        snapshots = SnapshotFile(state_directory / FILE, fingerprint(repr(plan), Desk.__module__))
    kept = snapshots.read() if snapshots else None
    if kept is not None:
        _child = _Child(kept.state, snapshots, None, kept.position)
        return kept.position
    _child = _Child(Desk(plan), snapshots, past() if past else None)
    return None


def hear(entries: Sequence[Recorded]) -> None:
    """What the journal has next."""
    child = _mine()
    for entry in entries:
        try:
            received = read_batch(entry.raw)
        except Malformed:
            continue  # The monitor has said so.
        if received.batch is not None:
            child.desk.hear(received.batch.events, entry.arrived_at, live=child.past is None)
        child.position = entry.position


def live_a_day() -> bool:
    """One more day of the past; whether there was one."""
    child = _mine()
    if child.past is None:
        return False
    day = next(child.past, None)
    if day is None:
        child.past = None
        child.desk.begin()
        return False
    child.desk.past(*day)
    return True


def told(known: Known, now: datetime) -> None:
    """What people have decided by now."""
    _mine().desk.told(known, now)


def look(now: datetime) -> Papers:
    """What is to be written now."""
    child = _mine()
    return child.desk.look(now, live=child.past is None)


def save(now: datetime) -> bool:
    """Put a snapshot in the place of the last one; whether that could be done."""
    child = _mine()
    if child.snapshots is None:
        return True
    try:
        child.snapshots.write(Snapshot(child.desk, child.position, now))
    except OSError as error:
        log.error("The snapshot of the score could not be written: %s.", error.strerror)
        return False
    return True


class Fallen(Exception):
    """The child has ended, or what it was asked for ended in an error, which is the cause."""


class ScoringProcess:
    """Calls functions of this module in the child, one after the other. Raises Fallen."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    async def call(self, work: Callable[P, T], *arguments: P.args, **words: P.kwargs) -> T:
        """What the function gives."""
        assert not words
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
        except Exception as error:  # Whatever the score meets, walls go on.
            raise Fallen(f"{type(error).__name__}: {error}") from error


@contextmanager
def scoring_process() -> Iterator[ScoringProcess]:
    """A child process, of low priority. It ends with the body, whatever it is doing then."""
    spawning = multiprocessing.get_context("spawn")
    ending, held = spawning.Pipe(duplex=False)
    pool = ProcessPoolExecutor(1, spawning, initializer=_settle_in, initargs=(ending,))
    try:
        yield ScoringProcess(pool)
    finally:
        held.close()
        pool.shutdown(cancel_futures=True)
        ending.close()


def _settle_in(ending: Connection) -> None:
    os.nice(NICENESS)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end, args=(ending,), daemon=True).start()


def _end(ending: Connection) -> None:
    """With the parent, or when it lets go."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    multiprocessing.connection.wait([parent.sentinel, ending])
    os._exit(1)
