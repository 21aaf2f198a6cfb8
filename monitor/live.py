"""The monitor role: events from the bus into the journal, then into the engine; pictures of the figures into the feed.

Nothing is applied or acknowledged before it is journalled; so a restart is the last snapshot and the journal's
tail. Everything runs on one event loop: a large message is applied in slices, so that nobody waits long.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from monitor.backlog import Backlog
from monitor.batch import Batch, Received, encode_batch, read_batch
from monitor.bus import Subscriber
from monitor.errors import Malformed, PeerUnreachable
from monitor.events import Event, SourceStatus
from monitor.feed import Feed
from monitor.figures import BalanceTrail, Behind, SiteFigures
from monitor.history import Keeper
from monitor.history.keeper import Advancing
from monitor.journal import Entry, Journal, Recorded
from monitor.moments import Moments
from monitor.presence import GRACE_SECONDS, Presence
from monitor.snapshot import Snapshot, SnapshotFile, without_collecting
from monitor.tasks import task_group
from monitor.tracing import UNTRACED, Passage, Traces

SLICE_EVENTS = 500
"""Events applied before other tasks have their turn."""
TICK_SECONDS = 1.0
"""Without events there is a new picture this often: time moves figures too."""
REPLAY_DAYS = 8
"""How much of the journal is read without a snapshot: today, and the week in which a customer may come back."""
SNAPSHOT_SECONDS = 300.0
AGAIN_SECONDS = 1.0
"""A collector is asked at most this often for what is missing; a journal that is away is tried this often."""
PROGRESS_SECONDS = 2.0
PRUNE_SECONDS = 3600.0
JOURNAL_DAYS = 35

log = logging.getLogger(__name__)


class Engine(Advancing, Protocol):
    """The pure heart: see monitor/engine.py."""

    def apply(self, event: Event) -> object:
        """Book one event. Never raises."""

    def knows(self, event: Event) -> bool:
        """Whether `apply` would meet it as a duplicate."""

    def forget_identities(self) -> None:
        """For a copy that meets no duplicates of what was before."""

    def figures(self, behind: Behind = ...) -> SiteFigures:
        """Everything at this instant."""


@dataclass(slots=True)
class State:
    """All that a snapshot holds."""

    engine: Engine
    presence: Presence
    rejected: Counter[str]


def _as_it_is(figures: SiteFigures) -> SiteFigures:
    return figures


class Live:
    """Journals and applies what the bus brings and publishes a picture at most each `refresh_seconds`. A collector
    whose connection is lost for `grace_seconds` is told to the engine as lost. `engine` is a fresh one, used where
    `snapshots` has none. `balance` gives the newest trails, which are made elsewhere; `complete` adds to a picture
    what is decided from it, before anybody sees it. `moments` are kept for questions about the past."""

    def __init__(
        self,
        engine: Engine,
        bus: Subscriber,
        journal: Journal,
        feed: Feed,
        clock: Callable[[], datetime],
        refresh_seconds: float,
        grace_seconds: float = GRACE_SECONDS,
        *,
        snapshots: SnapshotFile | None = None,
        snapshot_seconds: float = SNAPSHOT_SECONDS,
        journal_days: float = JOURNAL_DAYS,
        history: Keeper | None = None,
        balance: Callable[[], tuple[BalanceTrail, ...]] = tuple,
        complete: Callable[[SiteFigures], SiteFigures] = _as_it_is,
        traces: Traces | None = None,
        moments: Moments | None = None,
    ) -> None:
        self._state = State(engine, Presence(grace_seconds), Counter())
        self._bus, self._journal, self._feed, self._clock = bus, journal, feed, clock
        self._refresh_seconds = refresh_seconds
        self._snapshots, self._snapshot_seconds = snapshots, snapshot_seconds
        self._journal_days = timedelta(days=journal_days)
        self._moments = moments
        self._history = history
        self._balance, self._complete, self._traces = balance, complete, traces or Traces()
        self._position = self._saved = 0
        self._mark, self._applied = "", 0
        self._epoch, self._own_events = secrets.token_hex(8), 0
        self._backlog = Backlog()
        self._journal_seconds = 0.0
        self._asked_at: dict[str, float] = {}
        self._changed = True
        # When what is being journalled and applied arrived: until that is done the clock stands, as in a replay.
        self._arrived_at: datetime | None = None
        # Whoever holds it journals and applies: in that order, and nobody between.
        self._taking = asyncio.Lock()

    async def run(self) -> None:
        """Until cancelled. Raises CredentialsRefused, ConfigurationError, and AskAPerson for a journal that another
        monitor writes in."""
        await self.restore()
        try:
            async with task_group() as group:
                group.create_task(self._take_in(), name="events into the engine")
                group.create_task(self._watch(), name="presence of collectors")
                group.create_task(self._show(), name="figures into the feed")
                group.create_task(self._save_often(), name="snapshots")
                group.create_task(self._remember_often(), name="moments")
                group.create_task(self._keep_history(), name="history")
                group.create_task(self._prune_often(), name="retention of the journal")
        finally:
            self.save()

    # Restart

    async def restore(self) -> None:
        """Be where the last one was: its snapshot, and what the journal has behind it."""
        begun = self._clock()
        snapshot = await self._usable_snapshot()
        if snapshot is None:
            self._position = await self._journal.first_since(begun - timedelta(days=REPLAY_DAYS))
        else:
            self._state, self._position, self._mark = snapshot.state, snapshot.position, snapshot.mark
        self._saved = self._position
        if self._history is not None:
            await self._history.open(self._state.engine, self._position)
        tail = self._journal.position - self._position
        with without_collecting():
            await self._replay(tell=tail > 0)
        if self._history is not None:
            await self._history.caught_up(self._state.engine, self._position)
        if tail or snapshot:
            log.info(
                "The monitor is back%s with %d more entries of the journal, in %.1f s.",
                f", from its snapshot of {snapshot.taken_at:%H:%M:%S} UTC" if snapshot else ", without a snapshot,",
                tail,
                (self._clock() - begun).total_seconds(),
            )

    async def _usable_snapshot(self) -> Snapshot | None:
        snapshot = self._snapshots.read() if self._snapshots else None
        if snapshot is None:
            return None
        if snapshot.position > self._journal.position:
            log.warning("The snapshot is newer than the journal and is not used. The journal is read instead.")
        elif snapshot.mark != await self._journal.mark_at(snapshot.position):
            log.warning("The snapshot is of another journal and is not used. The journal is read instead.")
        else:
            return snapshot
        return None

    async def _replay(self, *, tell: bool = False) -> None:
        """Apply what the journal has behind what was applied, each at the time at which it arrived."""
        loop, end = asyncio.get_running_loop(), self._journal.position
        told, begin = loop.time(), self._position
        async with aclosing(self._journal.recorded(self._position)) as found:
            async for some in found:
                for recorded in some:
                    if self._history is not None:
                        await self._history.before(self._state.engine, recorded.position, recorded.arrived_at)
                    self._apply_recorded(recorded)
                await asyncio.sleep(0)
                if tell and loop.time() - told >= PROGRESS_SECONDS:
                    told = loop.time()
                    share = (self._position - begin) / max(1, end - begin)
                    log.info("Reading the journal: %d %%.", min(100, 100 * share))

    def _apply_recorded(self, recorded: Recorded) -> None:
        try:
            received = read_batch(recorded.raw)
        except Malformed:
            log.error("Entry %d of the journal cannot be read.", recorded.position)
        else:
            assert received.batch is not None
            self._state.engine.advance(recorded.arrived_at)
            self._state.rejected.update(received.rejected)
            for event in received.batch.events:
                self._apply(received.batch.epoch, event)
        self._position, self._mark = recorded.position, recorded.mark

    def _apply(self, epoch: str, event: Event) -> None:
        if type(event) is SourceStatus:
            self._state.presence.said(epoch, event)
        self._state.engine.apply(event)
        self._applied += 1

    # Taking in

    async def _take_in(self) -> None:
        async with aclosing(self._bus.received()) as bursts:
            async for burst in bursts:
                await self._take(burst)

    async def _take(self, burst: Sequence[Received]) -> None:
        """Statuses and batches in the order in which they came; batches that stand together are journalled together."""
        batches: list[Received] = []
        for received in burst:
            self._state.rejected.update(received.rejected)
            if received.batch:
                batches.append(received)
            elif received.status:
                await self._take_batches(batches)
                batches = []
                if received.status.state != "up":
                    self._backlog.gone(received.status.collector)
                await self._tell_engine(self._state.presence.heard(received.status, self._clock()))
                if received.retained:
                    self._bus.tell(self._journal.marks.watermark(received.status.collector, again=True))
        await self._take_batches(batches)
        self._changed = True

    async def _take_batches(self, batches: Sequence[Received]) -> None:
        if not batches:
            return
        passage = self._traces.received(
            (received.batch.collector for received in batches if received.batch),
            len(batches),
            sum(received.events_read for received in batches),
        )
        async with self._taking:
            judged = await self._journalled(lambda: self._judged(batches), passage)
            for batch in judged.batches:
                self._backlog.took(batch, self._clock())
        self._traces.applied(passage)
        for collector in dict.fromkeys(received.batch.collector for received in batches if received.batch):
            again = collector in judged.missing and self._may_ask(collector)
            self._bus.tell(self._journal.marks.watermark(collector, again=again))

    async def _tell_engine(self, statuses: Sequence[SourceStatus]) -> None:
        """What the bus itself tells of collectors is journalled too: a replay needs it."""
        if not statuses:
            return
        judged = Judged()
        for status in statuses:
            self._own_events += 1
            batch = Batch(
                collector=status.source,
                epoch=self._epoch,
                first_sequence=self._own_events,
                sent_at=self._clock(),
                events=(status,),
            )
            entry = Entry(batch.collector, batch.epoch, self._own_events, 1, encode_batch(batch), counts=False)
            judged.add(entry, batch)
        async with self._taking:
            await self._journalled(lambda: judged)
        self._changed = True

    async def _journalled(self, judge: Callable[[], Judged], passage: Passage = UNTRACED) -> Judged:
        """Journal, then apply. A journal that is away is tried until it is back; after that nobody knows whether the
        last attempt was done, so what it has is read and everything is judged again. Gives the judgement that held."""
        away, begun = False, asyncio.get_running_loop().time()
        while True:
            try:
                if away:
                    await self._journal.recover()
                    await self._replay()
                judged = judge()
                self._arrived_at = arrived_at = self._clock()
                await self._journal.append(judged.entries, arrived_at)
            except PeerUnreachable as error:
                self._arrived_at = None
                if not away:
                    log.error("%s Nothing is taken in until it can.", error)
                away = True
                self._backlog.halted("journal", self._clock())
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                break
        if away:
            log.info("The journal is back.")
            self._backlog.resumed("journal")
        self._journal_seconds = asyncio.get_running_loop().time() - begun
        passage.reached("journalled")
        self._state.rejected.update(judged.rejected)
        await self._apply_batches(judged.batches, arrived_at)
        self._position, self._mark, self._arrived_at = self._journal.position, self._journal.mark, None
        return judged

    def _judged(self, batches: Sequence[Received]) -> Judged:
        judged = Judged()
        for received in batches:
            assert received.batch is not None
            judged.judge(received, received.batch, self._journal, self._state.engine)
        return judged

    async def _apply_batches(self, batches: Sequence[Batch], arrived_at: datetime) -> None:
        applied = 0
        for batch in batches:
            self._state.engine.advance(arrived_at)
            for event in batch.events:
                if applied and applied % SLICE_EVENTS == 0:
                    await asyncio.sleep(0)
                self._apply(batch.epoch, event)
                applied += 1

    def _may_ask(self, collector: str) -> bool:
        now = asyncio.get_running_loop().time()
        if now - self._asked_at.get(collector, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return False
        self._asked_at[collector] = now
        return True

    # What goes on by itself

    async def _watch(self) -> None:
        while True:
            now = self._clock()
            if self._bus.connected:
                self._backlog.resumed("broker")
            else:
                self._backlog.halted("broker", now)
            await self._tell_engine(self._state.presence.overdue(now))
            await asyncio.sleep(self._refresh_seconds)

    async def _show(self) -> None:
        loop = asyncio.get_running_loop()
        shown = -TICK_SECONDS
        while True:
            begun = loop.time()
            if self._changed or loop.time() - shown >= TICK_SECONDS:
                self._changed, shown = False, loop.time()
                if self._arrived_at is None:
                    self._state.engine.advance(self._clock())
                await self._feed.publish(self._complete(self.figures()))
                self._traces.published()
            # At most half of the time goes into pictures: the other half is for what they show.
            await asyncio.sleep(max(self._refresh_seconds, loop.time() - begun))

    def figures(self) -> SiteFigures:
        """The picture at this instant. What never reached the engine is counted with what the engine refused."""
        now = self._clock()
        figures = self._state.engine.figures(lambda source: self._backlog.since(source, now))
        rejected = self._state.rejected
        pipeline = msgspec.structs.replace(
            figures.pipeline,
            read=figures.pipeline.read + rejected.total(),
            rejected=dict(rejected + Counter(figures.pipeline.rejected)),
            waiting=self._backlog.waiting,
            lag_seconds=self._backlog.lag_seconds(now),
            journal_seconds=self._journal_seconds,
        )
        return msgspec.structs.replace(figures, pipeline=pipeline, balance=self._balance())

    async def _save_often(self) -> None:
        while self._snapshots is not None:
            await asyncio.sleep(self._snapshot_seconds)
            if self._position > self._saved:
                async with self._taking:
                    position = self._position
                    writing = self._snapshots.write_aside(self._snapshot())
                if await writing.done():
                    self._saved = position
                else:
                    log.error("The snapshot could not be written; a restart will read more of the journal.")

    def save(self) -> None:
        """Write a snapshot if there is news."""
        if self._snapshots is not None and self._position > self._saved:
            try:
                self._snapshots.write(self._snapshot())
            except OSError as error:
                log.error("The snapshot could not be written: %s.", error.strerror)

    def _snapshot(self) -> Snapshot:
        return Snapshot(self._state, self._position, self._clock(), self._mark)

    async def _remember_often(self) -> None:
        while self._moments is not None:
            await asyncio.sleep(TICK_SECONDS)
            await self.remember()

    async def remember(self) -> None:
        """Keep a moment for questions about the past, where one is due."""
        if self._moments is None or not self._moments.is_due(self._applied, self._clock()):
            return
        async with self._taking:
            writing = self._moments.write_aside(self._moment(), self._applied)
        if not await writing.done():
            log.error("A moment could not be kept; questions about the past read more of the journal.")
        else:
            await self._let_go(self._moments.thin, self._clock())

    async def _let_go(self, remove: Callable[[datetime], object], instant: datetime) -> None:
        """Of moments, as far as the disk lets anybody."""
        try:
            await asyncio.to_thread(remove, instant)
        except OSError as error:
            log.warning("Old moments cannot be removed: %s. They go later.", error.strerror)

    def _moment(self) -> Snapshot:
        return Snapshot(self._state.engine, self._position, self._clock(), self._mark)

    async def _keep_history(self) -> None:
        while self._history is not None:
            await asyncio.sleep(TICK_SECONDS)
            if self._history.is_due(self._clock()):
                async with self._taking:
                    self._state.engine.advance(self._clock())
                    await self._history.write(self._state.engine, self._position)

    async def _prune_often(self) -> None:
        while True:
            try:
                before = self._clock() - self._journal_days
                await self._journal.prune(before)
                if self._moments is not None:
                    await self._let_go(self._moments.prune, before)
                if self._history is not None:
                    async with self._taking:
                        await self._history.prune(self._clock())
            except PeerUnreachable as error:
                log.warning("%s Old entries go later.", error)
            await asyncio.sleep(PRUNE_SECONDS)


class Judged:
    """What a burst comes to: what to journal, what to apply, what to count, and which collectors have a gap."""

    __slots__ = ("_seen", "batches", "entries", "missing", "rejected")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.batches: list[Batch] = []
        self.rejected: Counter[str] = Counter()
        self.missing: set[str] = set()
        # Of this burst: a source that begins again may tell in it what an outbox still held.
        self._seen: set[tuple[str, str]] = set()

    def add(self, entry: Entry, batch: Batch) -> None:
        self.entries.append(entry)
        self.batches.append(batch)

    def judge(self, received: Received, batch: Batch, journal: Journal, engine: Engine) -> None:
        """Add one message, which advances the journal's mark if it is new."""
        judgement = journal.marks.judge(batch, received.events_read)
        if judgement.verdict == "gap":
            self.missing.add(batch.collector)
            return
        if judgement.verdict == "refused":
            self.rejected["too_many_senders"] += max(1, len(batch.events))
            return
        if judgement.verdict == "known":
            self.rejected["duplicate"] += len(batch.events)
            return
        if judgement.lost:
            log.error("Collector %s: %d events will not come any more.", batch.collector, judgement.lost)
            self.rejected["lost"] += judgement.lost
        fresh = tuple(event for event in batch.events if self._is_fresh(event, engine))
        raw = received.raw
        if len(fresh) < len(batch.events):
            self.rejected["duplicate"] += len(batch.events) - len(fresh)
            batch = msgspec.structs.replace(batch, events=fresh)
            raw = encode_batch(batch) if fresh else b""
        self.add(Entry(batch.collector, batch.epoch, judgement.last, len(fresh), raw), batch)

    def _is_fresh(self, event: Event, engine: Engine) -> bool:
        identity = (event.source, event.id)
        if identity in self._seen or engine.knows(event):
            return False
        self._seen.add(identity)
        return True
