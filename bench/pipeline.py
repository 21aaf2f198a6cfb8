"""The pipeline, from MQTT messages over the journal to figures, against a bare subscriber that only counts them.

    python bench/pipeline.py [--events 40000] [--host HOST --port PORT --username NAME --password-file FILE]

Both find the same messages waiting in a session of the same broker (without --host: the embedded one), so that
no publisher shares the time; the clock runs from connecting to the last event. A day of the simulated centre is
sent in messages of 1, 10, 50 and 500 events: a collector sends what it has every 50 ms, so 50 is 1,000 events a
second. The ratios are the bare subscriber's time / the pipeline's, of the clock and of this process' own
processor time (which a busy machine disturbs less), the best of three rounds each.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

import uvloop

from collectors import demo
from monitor.batch import Batch, Topics, encode_batch
from monitor.broker import embedded_broker
from monitor.bus import Subscriber, connected
from monitor.engine import Engine
from monitor.events import Event
from monitor.feed import Feed
from monitor.journal import journal_url, opened_journal
from monitor.live import Live
from monitor.settings import Mqtt, Settings

ROUNDS = 3
SIZES = (1, 10, 50, 500)
BARE, PIPELINE = "bench-bare", "bench-pipeline"


def messages(events: Sequence[Event], size: int) -> list[bytes]:
    """The events as batches of `size`."""
    now = datetime.now(UTC)
    return [
        encode_batch(
            Batch(
                collector="demo",
                epoch="bench",
                first_sequence=first + 1,
                sent_at=now,
                events=tuple(events[first : first + size]),
            )
        )
        for first in range(0, len(events), size)
    ]


async def fill(mqtt: Mqtt, name: str, raw: Sequence[bytes]) -> None:
    """Leave the messages waiting in the session `name`."""
    topics = Topics(mqtt.prefix)
    async with connected(mqtt, identifier=name, clean_session=False) as client:
        await client.subscribe(topics.from_collectors, qos=1)
    async with connected(mqtt, max_inflight_messages=100) as client:
        client.pending_calls_threshold = 1000
        for first in range(0, len(raw), 100):
            async with asyncio.TaskGroup() as group:
                for one in raw[first : first + 100]:
                    group.create_task(client.publish(topics.events("demo"), one, qos=1), name="fill")


async def forget(mqtt: Mqtt, name: str) -> None:
    """End the session `name`."""
    async with connected(mqtt, identifier=name, clean_session=True):
        pass


async def counting(mqtt: Mqtt, count: int) -> None:
    """A bare subscriber counts so many messages."""
    counted = 0
    async with connected(mqtt, identifier=BARE, clean_session=False) as client:
        async for _ in client.messages:
            counted += 1
            if counted == count:
                return


async def measuring(mqtt: Mqtt, count: int) -> None:
    """The monitor role applies so many events and shows them."""
    settings = Settings(**demo.settings_table())
    engine = Engine(settings.site, settings.queues, settings.teams, settings.boards)
    feed = Feed()
    with tempfile.TemporaryDirectory() as folder:
        async with opened_journal(journal_url(None, Path(folder))) as journal:
            subscriber, refresh_seconds = Subscriber(mqtt, PIPELINE), settings.monitor.refresh_seconds
            live = Live(engine, subscriber, journal, feed, lambda: datetime.now(UTC), refresh_seconds)
            await _until_read(live, feed, count)


async def _until_read(live: Live, feed: Feed, count: int) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(live.run(), name="monitor")
        async for figures in feed.pictures():
            if figures.pipeline.read >= count:
                break
        task.cancel()


class Stopwatch:
    """The shortest of several rounds, by the clock and by the processor, in seconds."""

    def __init__(self) -> None:
        self.clock = self.processor = float("inf")

    async def time(self, work: Awaitable[None]) -> None:
        clock, processor = perf_counter(), process_time()
        await work
        self.clock = min(self.clock, perf_counter() - clock)
        self.processor = min(self.processor, process_time() - processor)


async def compare(mqtt: Mqtt, events: Sequence[Event], size: int) -> None:
    """Print one line of the table."""
    raw = messages(events, size)
    bare, pipeline = Stopwatch(), Stopwatch()
    for _ in range(ROUNDS):
        await fill(mqtt, BARE, raw)
        await bare.time(counting(mqtt, len(raw)))
        await forget(mqtt, BARE)
        await fill(mqtt, PIPELINE, raw)
        await pipeline.time(measuring(mqtt, len(events)))
        await forget(mqtt, PIPELINE)
    count = len(events)
    speeds = f"{count / bare.clock:>14,.0f} {count / pipeline.clock:>14,.0f}"
    ratios = f"{bare.clock / pipeline.clock:>7.2f} {bare.processor / pipeline.processor:>9.2f}"
    print(f"{size:>6} {len(raw):>9,} {speeds} {ratios}")


@asynccontextmanager
async def a_broker(words: argparse.Namespace) -> AsyncIterator[Mqtt]:
    if words.host:
        yield Mqtt(host=words.host, port=words.port, username=words.username, password_file=words.password_file)
        return
    with tempfile.TemporaryDirectory() as folder:
        async with embedded_broker(Path(folder)) as mqtt:
            yield mqtt


async def run(words: argparse.Namespace) -> None:
    """Print the table."""
    today = datetime.now(UTC).date()
    events = list(islice(demo.events(date.fromordinal(today.toordinal() - 1), 7), words.events))
    print(f"{len(events):,} events")
    print(f"{'size':>6} {'messages':>9} {'counted/s':>14} {'pipeline/s':>14} {'clock':>7} {'processor':>9}")
    async with a_broker(words) as mqtt:
        for size in SIZES:
            await compare(mqtt, events, size)


def main() -> int:
    """Read the words, run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=40_000)
    parser.add_argument("--host")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--username")
    parser.add_argument("--password-file", type=Path)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
