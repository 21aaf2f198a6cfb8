"""The figures as they were: the nearest kept moment before an instant, and the journal's entries behind it.

What counts is what had arrived by that instant. An entry that was being written in that very moment is taken as
arrived; a picture that was published a few milliseconds before its commit did not have it yet.
"""

from __future__ import annotations

from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of an instant, and what it took: events read behind a moment, or from the journal alone."""

    figures: SiteFigures
    events: int
    from_moment: bool


async def looked_back(kept: Kept, instant: datetime) -> Found:
    """The figures at the instant. On the way new moments are kept where they are missing. Raises NotKept, and
    PeerUnreachable when the journal is away."""
    async with reading_journal(kept.url) as journal:
        moments = Moments(kept.folder, kept.fingerprint)
        oldest = await journal.oldest()
        if oldest is None or instant < oldest[1]:
            raise NotKept("Nothing is kept of that instant: the journal begins later.")
        end = await journal.last_until(instant)
        start = await _start(moments, journal, end, instant, oldest[0])
        keep_from = instant
        if start is None:
            _check_is_whole(kept.site, oldest, instant)
            position = min(end, await journal.first_since(instant - PRELUDE))
            start = Snapshot(kept.engine(), position, oldest[1])
            keep_from = instant - SETTLED if position else oldest[1]
        with without_collecting():
            events = await _told(start, moments, journal, end, keep_from)
            start.state.advance(instant)
            return Found(start.state.figures(), events, bool(start.mark))


async def _start(moments: Moments, journal: Journal, end: int, instant: datetime, first: int) -> Snapshot | None:
    """The nearest moment of this very journal that has all entries behind it."""
    for moment in moments.before(end, instant):
        if moment.position < first - 1:
            return None
        if moment.mark == await journal.mark_at(moment.position):
            return moment
    return None


def _check_is_whole(site: Site, oldest: tuple[int, datetime], instant: datetime) -> None:
    """A journal that has let go of its beginning cannot tell of the day in which it begins now."""
    position, arrived_at = oldest
    days = SiteDays(site.time_zone)
    if position > 1 and days.begin(to_microseconds(instant)) <= to_microseconds(arrived_at):
        raise NotKept("Nothing is kept of that day's beginning, so that its figures cannot be told any more.")


async def _told(start: Snapshot, moments: Moments, journal: Journal, end: int, keep_from: datetime) -> int:
    """Tell the engine of `start` what came behind it, up to the entry `end`; how many events that were. Moments are
    kept from `keep_from` on."""
    events = 0
    async with aclosing(journal.recorded(start.position, end)) as found:
        async for some in found:
            events += sum(_apply(start.state, recorded) for recorded in some)
            last = some[-1]
            if last.arrived_at >= keep_from and moments.is_due(events, last.arrived_at):
                with suppress(OSError):  # On a full disk the answer is what matters.
                    moments.write(Snapshot(start.state, last.position, last.arrived_at, last.mark), events)
    return events


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
