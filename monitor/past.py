"""The figures as they were: the nearest kept moment before an instant, and the journal's entries behind it.

What counts is what had arrived by that instant. An entry that was being written in that very moment is taken as
arrived; a picture that was published a few milliseconds before its commit did not have it yet.
"""

from __future__ import annotations

from collections import deque
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from monitor.batch import read_batch
from monitor.engine import Engine
from monitor.errors import Malformed, NotKept
from monitor.figures import SiteFigures
from monitor.instants import SiteDays, to_microseconds
from monitor.journal import URL, Journal, Recorded, reading_journal
from monitor.moments import Moments
from monitor.settings import BoardDefinition, Queue, Site, Team
from monitor.snapshot import Snapshot, without_collecting

PRELUDE = timedelta(days=8)
"""Read before an instant where there is no moment: its day, and the week in which a customer may come back."""
WARM_KEPT = 3
"""Engines in memory."""
MOMENTS_PASSED = 2
"""Telling a warm engine on for so long takes less than reading another from disk."""
SETTLED = timedelta(days=1)
"""Moments are made again only so long before the instant: those earlier would lack what came before the prelude."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the past is, and how it was measured."""

    url: URL
    folder: Path
    fingerprint: str
    site: Site
    queues: dict[str, Queue]
    teams: dict[str, Team]
    boards: dict[str, BoardDefinition]

    def engine(self) -> Engine:
        """One to which nothing has happened yet."""
        return Engine(self.site, self.queues, self.teams, self.boards)


class _Last(NamedTuple):
    position: int
    mark: str


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of an instant, and what it took: events read behind a moment or a warm engine, or all of them."""

    figures: SiteFigures
    events: int
    from_moment: bool


async def looked_back(kept: Kept, instant: datetime) -> Found:
    """One question to a `Recall`. Raises what that does."""
    async with reading_journal(kept.url) as journal:
        return await Recall(kept, journal).at(instant)


class Recall:
    """Answers from an open journal. The engines of the last `WARM_KEPT` questions are kept and told on, when somebody
    looks on from there."""

    def __init__(self, kept: Kept, journal: Journal) -> None:
        self._kept, self._journal = kept, journal
        self._moments = Moments(kept.folder, kept.fingerprint)
        self._warm: deque[Snapshot] = deque(maxlen=WARM_KEPT)

    async def at(self, instant: datetime) -> Found:
        """The figures at the instant. On the way new moments are kept where they are missing. Raises NotKept, and
        PeerUnreachable when the journal is away."""
        oldest = await self._journal.oldest()
        if oldest is None or instant < oldest[1]:
            raise NotKept("Nothing is kept of that instant: the journal begins later.")
        end = await self._journal.last_until(instant)
        keep_from = instant
        with without_collecting():
            start = await self._start(end, instant, oldest[0])
            if start is None:
                _check_is_whole(self._kept.site, oldest, instant)
                position = min(end, await self._journal.first_since(instant - PRELUDE))
                start = Snapshot(self._kept.engine(), position, oldest[1])
                keep_from = instant - SETTLED if position else oldest[1]
            events, last = await _told(start, self._moments, self._journal, end, keep_from)
            start.state.advance(instant)
            found = Found(start.state.figures(anew=True), events, bool(start.mark))
        if await self._journal.is_followed(end):
            # What had arrived by the instant is all there: nothing of it can be under way any more.
            self._warm.append(Snapshot(start.state, last.position, instant, last.mark))
        return found

    async def _start(self, end: int, instant: datetime, first: int) -> Snapshot | None:
        """The nearest state of this very journal that has all entries behind it. A moment has to be nearer than a warm
        engine by more than it costs to read."""
        warm = max(
            (one for one in self._warm if one.position <= end and one.taken_at <= instant), default=None, key=_at
        )
        if warm is not None:
            between = self._moments.count_between(warm.position, end, instant)
            if between <= MOMENTS_PASSED and warm.mark == await self._journal.mark_at(warm.position):
                self._warm.remove(warm)
                return warm
        for moment in self._moments.before(end, instant):
            if moment.position < first - 1:
                return None
            if moment.mark == await self._journal.mark_at(moment.position):
                return moment
        return None


def _at(snapshot: Snapshot) -> int:
    return snapshot.position


def _check_is_whole(site: Site, oldest: tuple[int, datetime], instant: datetime) -> None:
    """A journal that has let go of its beginning cannot tell of the day in which it begins now."""
    position, arrived_at = oldest
    days = SiteDays(site.time_zone)
    if position > 1 and days.begin(to_microseconds(instant)) <= to_microseconds(arrived_at):
        raise NotKept("Nothing is kept of that day's beginning, so that its figures cannot be told any more.")


async def _told(
    start: Snapshot, moments: Moments, journal: Journal, end: int, keep_from: datetime
) -> tuple[int, _Last]:
    """Tell the engine of `start` what came behind it, up to the entry `end`; how many events that were, and what came
    last. Moments are kept from `keep_from` on."""
    events, last = 0, _Last(start.position, start.mark)
    async with aclosing(journal.recorded(start.position, end)) as found:
        async for some in found:
            events += sum(_apply(start.state, recorded) for recorded in some)
            newest = some[-1]
            last = _Last(newest.position, newest.mark)
            if newest.arrived_at >= keep_from and moments.is_due(events, newest.arrived_at):
                with suppress(OSError):  # On a full disk the answer is what matters.
                    moments.write(Snapshot(start.state, newest.position, newest.arrived_at, newest.mark), events)
    return events, last


def _apply(engine: Engine, recorded: Recorded) -> int:
    try:
        batch = read_batch(recorded.raw).batch
    except Malformed:
        return 0
    assert batch is not None
    engine.advance(recorded.arrived_at)
    for event in batch.events:
        engine.apply(event)
    return len(batch.events)
