"""More than the monitor can take: what is on the screen says how far it is behind, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.board import Row, Sources
from monitor.broker import embedded_broker
from monitor.bus import Subscriber, publishing
from monitor.engine import Engine
from monitor.errors import PeerUnreachable
from monitor.events import AgentStateChanged, ContactAnswered, ContactOffered, Event, SourceStatus, encode
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.journal import Entry, Journal
from monitor.live import Live
from monitor.settings import BoardDefinition, Mqtt, Queue, Site
from monitor.wallboard import wallboard
from tests.integration.conftest import RunningBroker, a_journal
from tests.parts import free_port

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
WAITS = (0.01, 0.1)
QUEUES = {"sales": Queue()}
BACKLOG = 200_000


class Clock:
    """The present, as the test tells it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def monitor(mqtt: Mqtt, clock: Clock, journal: Journal, refresh_seconds: float = 0.05) -> AsyncIterator[Feed]:
    feed, subscriber = Feed(), Subscriber(mqtt, waits=WAITS)
    live = Live(Engine(Site(), QUEUES), subscriber, journal, feed, clock, refresh_seconds, 0)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(live.run(), name="monitor")
        await subscriber.ready.wait()
        yield feed
        task.cancel()


def sources(figures: SiteFigures) -> Sources:
    """What the wall says of the sources."""
    part = wallboard("main", BoardDefinition(), QUEUES, figures, site_name="Here").parts["sources"]
    assert isinstance(part, Sources)
    return part


def offered(figures: SiteFigures) -> int:
    queue = figures.of("queue", "sales")
    return queue.windows["today"].offered if queue else 0


def row(figures: SiteFigures) -> Row:
    """What the wall says of the queue."""
    part = wallboard("main", BoardDefinition(), QUEUES, figures, site_name="Here").parts["row/queue/sales"]
    assert isinstance(part, Row)
    return part


async def until(feed: Feed, wanted: Callable[[SiteFigures], bool]) -> SiteFigures:
    async with asyncio.timeout(120), aclosing(feed.pictures()) as pictures:  # type: ignore[type-var]
        async for figures in pictures:
            if wanted(figures):
                return figures
    raise AssertionError("unreachable")


def calls(first: int, count: int, began: datetime) -> list[Event]:
    """Calls, half of them answered, in the hour from `began`: two events each."""
    events: list[Event] = []
    for n in range(first, first + count):
        at = began + timedelta(seconds=3600 * n / (BACKLOG / 2))
        events.append(ContactOffered(id=f"o{n}", source="pbx", at=at, contact=f"c{n}", queue="sales"))
        events.append(ContactAnswered(id=f"a{n}", source="pbx", at=at, contact=f"c{n}", queue="sales"))
    return events


async def test_a_backlog_of_an_hour_is_said_and_taken_in_whole(tmp_path: Path) -> None:
    """The monitor was away while the collector kept 200,000 events of the last hour."""
    clock = Clock()
    async with (
        embedded_broker(tmp_path) as mqtt,
        a_journal() as journal,
        publishing(mqtt, "pbx", clock, WAITS, state_directory=tmp_path) as outlet,
    ):
        for first in range(0, BACKLOG // 2, 10_000):
            await outlet.put_safely(calls(first, 10_000, NOON - timedelta(hours=1)))
        async with monitor(mqtt, clock, journal, 1.0) as feed:
            behind = await until(feed, lambda figures: sources(figures).behind_seconds is not None)
            assert 10_000 <= sources(behind).events_waiting < BACKLOG
            assert 0 < (sources(behind).behind_seconds or 0) <= 3600
            assert behind.conservation
            assert row(behind).stale_since is not None
            figures = await until(feed, lambda figures: offered(figures) == BACKLOG // 2)
            figures = await until(feed, lambda figures: sources(figures).behind_seconds is None)
            assert row(figures).stale_since is None
    queue = figures.of("queue", "sales")
    assert queue is not None
    assert (queue.windows["today"].answered, queue.live.waiting) == (BACKLOG // 2, 0)
    assert (figures.pipeline.waiting, figures.pipeline.lag_seconds) == (0, 0)
    assert figures.pipeline.rejected.get("lost", 0) == 0


async def test_figures_say_that_they_are_old_while_the_broker_is_away(running_broker: RunningBroker) -> None:
    clock, port = Clock(), free_port()
    async with a_journal() as journal, AsyncExitStack() as broker:
        mqtt = await broker.enter_async_context(running_broker(port))
        async with monitor(mqtt, clock, journal) as feed:
            prompt = await until(feed, lambda figures: figures.pipeline.lag_seconds == 0)
            assert sources(prompt).behind_seconds is None
            await broker.aclose()
            while sources(prompt).behind_seconds is None:
                clock.now += timedelta(seconds=30)
                prompt = await until(feed, lambda figures: figures.at == clock.now)
            async with running_broker(port):
                await until(feed, lambda figures: sources(figures).behind_seconds is None)


async def test_figures_say_that_they_are_old_while_the_journal_is_away(
    running_broker: RunningBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()

    async def full(self: Journal, batches: Sequence[Entry], now: datetime) -> None:
        raise PeerUnreachable("The journal cannot be written: the disk is full.")

    async with running_broker() as mqtt, a_journal() as journal, monitor(mqtt, clock, journal) as feed:
        with monkeypatch.context() as disk:
            disk.setattr(Journal, "append", full)
            async with publishing(mqtt, "pbx", clock, WAITS) as outlet:
                await outlet.put_safely(calls(0, 10, NOON))
                figures = await until(feed, lambda figures: True)
                while sources(figures).behind_seconds is None:
                    clock.now += timedelta(seconds=30)
                    figures = await until(feed, lambda figures: figures.at == clock.now)
                assert offered(figures) == 0
        figures = await until(feed, lambda figures: offered(figures) == 10)
        await until(feed, lambda figures: sources(figures).behind_seconds is None)


COLLECTOR = """
import asyncio, json, sys
from datetime import UTC, datetime
from monitor.bus import publishing
from monitor.events import decode
from monitor.settings import Mqtt

def noon():
    return datetime(2026, 3, 10, 12, tzinfo=UTC)

async def collect():
    mqtt, *events = sys.argv[1:]
    async with publishing(Mqtt(**json.loads(mqtt)), "pbx", noon) as outlet:
        await outlet.put_safely([decode(line) for line in events])
        await asyncio.Event().wait()

asyncio.run(collect())
"""


async def test_a_collector_that_is_killed_or_whose_peer_is_silent_makes_its_figures_stale(
    running_broker: RunningBroker,
) -> None:
    """Its agents are unknown, its rows carry since when, and all that is over when it speaks again."""
    clock = Clock()
    told: list[Event] = [
        SourceStatus(id="up", source="pbx", at=NOON, state="up", heartbeat_seconds=60),
        AgentStateChanged(id="ann", source="pbx", at=NOON, agent="ann", state="available", queues=("sales",)),
        ContactOffered(id="o", source="pbx", at=NOON, contact="c", queue="sales"),
    ]
    async with running_broker() as mqtt, a_journal() as journal, monitor(mqtt, clock, journal) as feed:
        broker = mqtt.model_dump(mode="json", exclude_defaults=True)
        if mqtt.password:
            broker["password"] = mqtt.password.get_secret_value()
        arguments = [json.dumps(broker), *(encode(event).decode() for event in told)]
        collector = await asyncio.create_subprocess_exec(sys.executable, "-c", COLLECTOR, *arguments)
        try:
            fresh = await until(feed, lambda figures: row(figures).agents == {"available": 1})
            assert row(fresh).stale_since is None
            clock.now += timedelta(seconds=61)
            silent = await until(feed, lambda figures: row(figures).stale_since is not None)
            assert (sources(silent).sources[0].state, row(silent).agents) == ("silent", {"unknown": 1})
            assert row(silent).waiting == 1
        finally:
            collector.kill()
            await collector.wait()
        await until(feed, lambda figures: sources(figures).sources[0].state == "lost")
        async with publishing(mqtt, "pbx", clock, WAITS) as outlet:
            up = SourceStatus(id="up again", source="pbx", at=clock.now, state="up", heartbeat_seconds=60)
            await outlet.put_safely([up])
            again = await until(feed, lambda figures: row(figures).stale_since is None)
            assert (sources(again).sources[0].state, row(again).agents) == ("up", {"available": 1})
