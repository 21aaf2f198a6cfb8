"""The monitor role: what the bus brings is in the figures, whatever goes and comes back meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime

from monitor.batch import Batch, Received, encode_batch
from monitor.bus import Subscriber, connected, publishing
from monitor.engine import Engine
from monitor.events import ContactAnswered, ContactOffered, Event, SourceStatus
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.live import SLICE_EVENTS, Judged, Live
from monitor.settings import Mqtt, Site
from monitor.tracing import Traces
from tests.integration.conftest import RunningBroker, a_journal
from tests.parts import Cable

PATIENCE_SECONDS = 120
WAITS = (0.01, 0.1)
REFRESH_SECONDS = 0.05


def now() -> datetime:
    return datetime.now(UTC)


def calls(first: int, count: int) -> list[Event]:
    """Every second one is answered, the others wait."""
    events: list[Event] = []
    for n in range(first, first + count):
        contact = {"source": "pbx", "contact": f"c{n}", "queue": "sales"}
        events.append(ContactOffered(id=f"o{n}", at=now(), **contact))
        if n % 2:
            events.append(ContactAnswered(id=f"a{n}", at=now(), agent="a-1", **contact))
    return events


@asynccontextmanager
async def monitor(
    mqtt: Mqtt, engine: Engine | None = None, grace_seconds: float = 0, traces: Traces | None = None
) -> AsyncIterator[Feed]:
    """The role, subscribed, with a journal of its own."""
    feed, subscriber = Feed(), Subscriber(mqtt, waits=WAITS)
    async with a_journal() as journal, asyncio.TaskGroup() as group:
        live = Live(
            engine or Engine(Site()), subscriber, journal, feed, now, REFRESH_SECONDS, grace_seconds, traces=traces
        )
        task = group.create_task(live.run(), name="monitor")
        async with asyncio.timeout(PATIENCE_SECONDS):
            await subscriber.ready.wait()
        yield feed
        task.cancel()


async def picture(feed: Feed, wanted: Callable[[SiteFigures], bool]) -> SiteFigures:
    """The first picture that is as wanted."""
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(feed.pictures()) as pictures:  # type: ignore[type-var]
        async for figures in pictures:
            if wanted(figures):
                return figures
    raise AssertionError("unreachable")


def offered(figures: SiteFigures) -> int:
    queue = figures.of("queue", "sales")
    return queue.windows["today"].offered if queue else 0


def state(figures: SiteFigures) -> str | None:
    return next((source.state for source in figures.sources if source.source == "pbx"), None)


async def test_events_become_figures(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt, monitor(mqtt) as feed:
        async with publishing(mqtt, "pbx", now) as outlet:
            await outlet.put_safely(calls(0, 1000))
        figures = await picture(feed, lambda figures: offered(figures) == 1000)
    queue = figures.of("queue", "sales")
    assert queue is not None
    assert (queue.windows["today"].answered, queue.live.waiting) == (500, 500)
    assert figures.conservation


async def test_a_monitor_that_was_away_catches_up(running_broker: RunningBroker) -> None:
    engine = Engine(Site())
    async with running_broker() as mqtt:
        async with monitor(mqtt, engine) as feed, publishing(mqtt, "pbx", now) as outlet:
            await outlet.put_safely(calls(0, 100))
            await picture(feed, lambda figures: offered(figures) == 100)
        async with publishing(mqtt, "pbx", now) as outlet:
            await outlet.put_safely(calls(100, 100))
        async with monitor(mqtt, engine) as feed:
            await picture(feed, lambda figures: offered(figures) == 200)


async def test_duplicates_after_a_cut_cable_count_once(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt, Cable(mqtt.port).plugged_in() as cable, monitor(mqtt) as feed:
        through_cable = mqtt.model_copy(update={"port": cable.port})
        async with publishing(through_cable, "pbx", now, WAITS) as outlet:
            await outlet.put(calls(0, 10))
            await picture(feed, lambda figures: offered(figures) == 10)
            cable.swallowing = True
            await outlet.put(calls(10, 10))
            await picture(feed, lambda figures: offered(figures) == 20)
            cable.swallowing = False
            cable.cut()
            await outlet.put(calls(20, 10))
            figures = await picture(feed, lambda figures: offered(figures) == 30)
    assert figures.pipeline.read == figures.pipeline.applied + sum(figures.pipeline.rejected.values())


async def test_the_source_is_lost_while_its_collector_is_and_then_as_it_was(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt, Cable(mqtt.port).plugged_in() as cable, monitor(mqtt) as feed:
        through_cable = mqtt.model_copy(update={"port": cable.port})
        slow = (1.0, 1.0)
        async with publishing(through_cable, "pbx", now, slow) as outlet:
            await picture(feed, lambda figures: state(figures) == "up")
            up = SourceStatus(id="own", source="pbx", at=now(), state="up", cannot_tell=("hold",))
            await outlet.put_safely([up])
            await picture(feed, lambda figures: figures.sources[0].cannot_tell == ("hold",))
            cable.cut()
            await picture(feed, lambda figures: state(figures) == "lost")
            figures = await picture(feed, lambda figures: state(figures) == "up")
            assert figures.sources[0].cannot_tell == ("hold",)
        await picture(feed, lambda figures: state(figures) == "stopped")


async def test_what_cannot_be_read_is_in_the_figures_too(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt, monitor(mqtt) as feed:
        async with connected(mqtt) as stranger:
            await stranger.publish("balans/v1/events/pbx", b"rubbish", qos=1)
            batch = Batch(collector="pbx", epoch="e", first_sequence=1, sent_at=now(), events=tuple(calls(0, 1)))
            broken = encode_batch(batch).replace(b"contact.offered", b"contact.oferred")
            await stranger.publish("balans/v1/events/pbx", broken, qos=1)
        figures = await picture(feed, lambda figures: sum(figures.pipeline.rejected.values()) == 2)
    assert figures.pipeline.rejected == {"malformed": 1, "unknown_type": 1}
    assert figures.pipeline.read == 2


async def test_time_moves_the_figures_without_events(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt, monitor(mqtt) as feed:
        first = await picture(feed, lambda figures: True)
        await picture(feed, lambda figures: figures.at > first.at)


async def test_a_huge_message_does_not_hold_up_the_others(running_broker: RunningBroker) -> None:
    """While it is applied other tasks have their turn, again and again."""
    turns = 0
    applied_at_turn: set[int] = set()

    class Watched(Engine):
        def apply(self, event: Event) -> None:
            applied_at_turn.add(turns)
            super().apply(event)

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    events = tuple(calls(0, 4 * SLICE_EVENTS))
    batch = Batch(collector="pbx", epoch="e", first_sequence=1, sent_at=now(), events=events)
    async with running_broker() as mqtt, monitor(mqtt, Watched(Site())) as feed, asyncio.TaskGroup() as group:
        busy = group.create_task(others(), name="others")
        async with connected(mqtt) as sender:
            await sender.publish("balans/v1/events/pbx", encode_batch(batch), qos=1)
        await picture(feed, lambda figures: offered(figures) == 4 * SLICE_EVENTS)
        busy.cancel()
    assert len(applied_at_turn) >= len(events) / SLICE_EVENTS


async def test_the_same_event_twice_in_one_burst_is_journalled_once() -> None:
    """A collector that was killed reads its file again while its outbox still holds what it told before."""
    engine, judged, events = Engine(Site()), Judged(), calls(0, 4)
    async with a_journal() as journal:
        for epoch in ("before", "after"):
            batch = Batch(collector="pbx", epoch=epoch, first_sequence=1, sent_at=now(), events=tuple(events))
            received = Received(batch=batch, events_read=len(events), raw=encode_batch(batch))
            judged.judge(received, batch, journal, engine)
    assert [entry.events for entry in judged.entries] == [len(events), 0]
    assert judged.rejected["duplicate"] == len(events)
