"""Moments: snapshots of the engine that are kept, so that a question about the past reads little of the journal.

One is kept every `EVENTS_APART` events, at most one in `SECONDS_APART`, and every `QUIET_SECONDS` while less
happens. Bound on disk: `bound_bytes`, beyond which they stand wider apart the older they are. What the journal has
let go of they leave as well. Those of another version or configuration are of no use and removed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from monitor.instants import SECOND, to_microseconds
from monitor.snapshot import Aside, Snapshot, SnapshotFile, Unusable

FOLDER = "moments"
EVENTS_APART = 5_000
SECONDS_APART = 60.0
QUIET_SECONDS = 900.0
BOUND_BYTES = 4096 * 1024**2

log = logging.getLogger(__name__)


class Kept(NamedTuple):
    """One moment, as the name of its file tells."""

    position: int
    taken_at: int
    """In microseconds since 1970."""
    path: Path


class Moments:
    """A folder of them. `fingerprint` names all that a state depends on beside its events."""

    def __init__(self, folder: Path, fingerprint: str, bound_bytes: int = BOUND_BYTES) -> None:
        self._folder, self._fingerprint, self._bound_bytes = folder, fingerprint, bound_bytes
        self._events = 0
        self._taken_at: int | None = None

    def remove_foreign(self) -> int:
        """Remove what another version or configuration left; how many those were. Raises OSError."""
        for half in self._folder.glob("*.new"):
            half.unlink(missing_ok=True)
        foreign = [kept for kept in self.kept() if not self._file(kept).is_ours()]
        for kept in foreign:
            kept.path.unlink(missing_ok=True)
        if foreign:
            log.warning(
                "%d kept moments of another version or another configuration are removed; questions about those days "
                "read the journal alone and take longer.",
                len(foreign),
            )
        return len(foreign)

    def kept(self) -> list[Kept]:
        """All, the first position first."""
        return sorted(self._found())

    def _found(self) -> Iterator[Kept]:
        for path in self._folder.glob("*-*.moment"):
            position, _, taken_at = path.stem.partition("-")
            if position.isdecimal() and taken_at.isdecimal():
                yield Kept(int(position), int(taken_at), path)

    def before(self, position: int, instant: datetime) -> Iterator[Snapshot]:
        """The moments that tell of nothing after `position` and `instant`, the nearest first. One that cannot be used
        is left out."""
        at = to_microseconds(instant)
        for kept in reversed(self.kept()):
            if kept.position <= position and kept.taken_at <= at:
                try:
                    yield self._file(kept).load()
                except (FileNotFoundError, Unusable):
                    continue

    def count_between(self, position: int, end: int, instant: datetime) -> int:
        """How many moments tell of something after `position`, and of nothing after `end` and `instant`."""
        at = to_microseconds(instant)
        return sum(position < kept.position <= end and kept.taken_at <= at for kept in self._found())

    def is_due(self, events: int, now: datetime) -> bool:
        """Whether one should be taken, after so many events in this process."""
        if self._taken_at is None:
            self._taken_at = to_microseconds(now)
        since = (to_microseconds(now) - self._taken_at) / SECOND
        news = events - self._events
        return (news >= EVENTS_APART and since >= SECONDS_APART) or (news > 0 and since >= QUIET_SECONDS)

    def write_aside(self, snapshot: Snapshot, events: int) -> Aside:
        """Keep this engine in a child process; `events` is what `is_due` counts on from."""
        self._note(snapshot, events)
        return Aside(lambda: self._write(snapshot))

    def write(self, snapshot: Snapshot, events: int) -> None:
        """Keep this engine, which forgets the identities of its events. Raises OSError."""
        self._note(snapshot, events)
        self._write(snapshot)

    def _note(self, snapshot: Snapshot, events: int) -> None:
        self._events, self._taken_at = events, to_microseconds(snapshot.taken_at)

    def _write(self, snapshot: Snapshot) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        # What figures are made of is kept with it, and need not be summed again by whoever asks.
        snapshot.state.figures()
        snapshot.state.forget_identities()
        kept = Kept(snapshot.position, to_microseconds(snapshot.taken_at), self._folder)
        name = f"{kept.position:016d}-{kept.taken_at}.moment"
        SnapshotFile(self._folder / name, self._fingerprint).write(snapshot)

    def thin(self, now: datetime) -> None:
        """Back below the bound: what goes is what leaves the smallest gap for its age."""
        kept, at = self.kept(), to_microseconds(now)
        sizes = {one.path: _size(one.path) for one in kept}
        total = sum(sizes.values())
        while total > self._bound_bytes and len(kept) > 1:
            index = min(range(len(kept) - 1), key=lambda number: _worth(kept, number, at))
            gone = kept.pop(index)
            gone.path.unlink(missing_ok=True)
            total -= sizes[gone.path]

    def prune(self, before: datetime) -> None:
        """Let go of what was taken before."""
        for kept in self.kept():
            if kept.taken_at < to_microseconds(before):
                kept.path.unlink(missing_ok=True)

    def _file(self, kept: Kept) -> SnapshotFile:
        return SnapshotFile(kept.path, self._fingerprint)


def _worth(kept: list[Kept], index: int, now: int) -> float:
    """How much of the journal would have to be read without it. A day that is four times as old may take twice as
    long, not four times: somebody waits for it all the same."""
    begin = kept[index - 1].position if index else 0
    gap = kept[index + 1].position - begin
    return float(gap / max(SECOND, now - kept[index].taken_at) ** 0.5)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
