"""Viewers: how soon an event is on the screens, and what one more viewer costs.

    python bench/viewers.py [--seconds 20] [--viewers 50] [--crowd 500]

Latency: 1,000 events a second go through MQTT, the engine and the hub to 50 viewers. A contact's latency is the
time from the instant at which it was due to be sent until a viewer received a board that counts it; due and not
sent, so that a jam is not hidden by sending less. Cost: processor time of the server for one update of one viewer,
beside `websockets.broadcast` of the same bytes at the same pace to the same number of sockets, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

import msgspec
import uvloop
import websockets

from monitor import events as ev
from monitor.board import SnapshotMessage, Tile, ViewerMessage
from monitor.broker import embedded_broker
from monitor.bus import Subscriber, publishing
from monitor.engine import Engine
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.journal import journal_url, opened_journal
from monitor.live import Live
from monitor.settings import Settings
from monitor.wallboard import wallboard
from web.app import create_app
from web.hub import Channel, Counts, Viewer
from web.server import listen, serve

EVENTS_A_SECOND = 1_000
CONTACT_EVENTS = 4
CONTACTS_A_SECOND = EVENTS_A_SECOND // CONTACT_EVENTS
BATCH_SECONDS = 0.02
WARM_UP_SECONDS = 3
QUEUES = 12
AGENTS = 60
UPDATES = 100
UPDATES_A_SECOND = 10

SETTINGS = Settings(
    web={"port": 0},
    boards={"main": {"title": "Bench"}},
    queues={f"queue-{place}": {"channel": ("voice", "chat", "mail")[place % 3]} for place in range(QUEUES)},
)


def now() -> datetime:
    return datetime.now(UTC)


def contact(number: int, at: datetime) -> tuple[ev.Event, ...]:
    """One whole contact in four events."""
    name, queue, agent = f"c-{number}", f"queue-{number % QUEUES}", f"a-{number % AGENTS}"

    def later(seconds: float) -> datetime:
        return at + timedelta(seconds=seconds)

    return (
        ev.ContactOffered(id=f"{name}-1", source="bench", at=at, contact=name, queue=queue),
        ev.ContactAnswered(id=f"{name}-2", source="bench", at=later(0.001), contact=name, queue=queue, agent=agent),
        ev.ContactEnded(id=f"{name}-3", source="bench", at=later(0.002), contact=name),
        ev.ContactWrappedUp(id=f"{name}-4", source="bench", at=later(0.003), contact=name),
    )


def engine() -> Engine:
    return Engine(SETTINGS.site, SETTINGS.queues, SETTINGS.teams, SETTINGS.boards)


@asynccontextmanager
async def web(feed: Feed) -> AsyncIterator[int]:
    """The web on a free port; ends all that was started inside with it."""
    listening = listen(SETTINGS.web)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(serve(create_app(SETTINGS, feed), listening), name="web")
        try:
            yield listening.getsockname()[1]
        finally:
            serving.cancel()


async def _whole_path(pipe: Connection, seconds: float) -> None:
    """The server of the latency measurement: tells its port, waits, tells when it began, sends, tells its cost."""
    feed, loop = Feed(), asyncio.get_running_loop()
    with tempfile.TemporaryDirectory() as directory:
        async with (
            embedded_broker(Path(directory)) as mqtt,
            opened_journal(journal_url(None, Path(directory))) as journal,
            web(feed) as port,
            asyncio.TaskGroup() as group,
        ):
            subscriber = Subscriber(mqtt)
            live = Live(engine(), subscriber, journal, feed, now, SETTINGS.monitor.refresh_seconds)
            running = group.create_task(live.run(), name="live")
            await subscriber.ready.wait()
            pipe.send(port)
            await loop.run_in_executor(None, pipe.recv)
            spent = time.process_time()
            async with publishing(mqtt, "bench", now, state_directory=Path(directory)) as outlet:
                began = time.monotonic()
                pipe.send(began)
                sent = 0
                while sent < seconds * CONTACTS_A_SECOND:
                    due = int((time.monotonic() - began) * CONTACTS_A_SECOND)
                    batch = [event for number in range(sent, due) for event in contact(number, now())]
                    if batch:
                        await outlet.put(batch)
                    sent = due
                    await asyncio.sleep(BATCH_SECONDS)
            pipe.send((time.process_time() - spent) / (time.monotonic() - began))
            await loop.run_in_executor(None, pipe.recv)
            running.cancel()


def _in_process(target: object, *arguments: object) -> tuple[multiprocessing.process.BaseProcess, Connection]:
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    child = context.Process(target=_run, args=(target, theirs, *arguments), daemon=True)
    child.start()
    return child, mine


def _run(target: object, *arguments: object) -> None:
    uvloop.run(target(*arguments))  # type: ignore[operator]


def counted(message: ViewerMessage) -> int | None:
    """How many contacts the service level of today counts on the board of this message: all that were answered."""
    parts = message.board.parts if isinstance(message, SnapshotMessage) else message.delta.parts
    tile = parts.get("tile/service_level_ratio")
    return tile.figures[1].n if isinstance(tile, Tile) else None


async def watch(port: int, began: asyncio.Future[float], until: int, latencies: list[float]) -> int:
    """One viewer: the latency of each contact, until `until` have been seen; the number of messages."""
    decoder = msgspec.json.Decoder(ViewerMessage)
    seen = messages = 0
    async with websockets.connect(f"ws://127.0.0.1:{port}/ws/board/main", compression=None) as connection:
        async for raw in connection:
            at = time.monotonic()
            messages += 1
            total = counted(decoder.decode(raw))
            if total is None or total <= seen:
                continue
            start = await began
            latencies += [
                at - (start + (number + 1) / CONTACTS_A_SECOND)
                for number in range(seen, total)
                if number >= WARM_UP_SECONDS * CONTACTS_A_SECOND
            ]
            seen = total
            if seen >= until:
                break
    return messages


async def latency(viewers: int, seconds: float) -> str:
    """The whole path, measured at the viewers."""
    child, pipe = _in_process(_whole_path, seconds)
    loop = asyncio.get_running_loop()
    port = await loop.run_in_executor(None, pipe.recv)
    began: asyncio.Future[float] = loop.create_future()
    latencies: list[list[float]] = [[] for _ in range(viewers)]
    until = int((seconds - 1) * CONTACTS_A_SECOND)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(watch(port, began, until, mine), name="viewer") for mine in latencies]
        pipe.send("go")
        began.set_result(await loop.run_in_executor(None, pipe.recv))
    load = await loop.run_in_executor(None, pipe.recv)
    pipe.send("done")
    child.join()
    together = sorted(value for mine in latencies for value in mine)
    messages = sum(task.result() for task in tasks)
    return (
        f"event -> WebSocket, {EVENTS_A_SECOND} events/s, {viewers} viewers, {len(together)} latencies: "
        f"p50 {quantile(together, 0.5):.0f} ms, p99 {quantile(together, 0.99):.0f} ms, "
        f"max {quantile(together, 1):.0f} ms; {messages / viewers / seconds:.1f} messages/s a viewer, "
        f"server {load:.0%} of a core (refresh {SETTINGS.monitor.refresh_seconds} s)"
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """In milliseconds."""
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def pictures() -> Iterator[SiteFigures]:
    """Figures of a busy centre, each a little later than the one before."""
    pure, at = engine(), now()
    for number in count():
        for place in range(20):
            for event in contact(number * 20 + place, at):
                pure.apply(event)
        at += timedelta(seconds=0.1)
        pure.advance(at)
        yield pure.figures()


def deltas(updates: Sequence[SiteFigures]) -> list[str]:
    """The messages the hub sends for these pictures, but the first."""
    channel = Channel(
        lambda figures: wallboard("main", SETTINGS.boards["main"], SETTINGS.queues, figures, site_name="Bench"),
        Feed(),
        Counts(),
    )
    viewer = Viewer(channel)
    channel.viewers.add(viewer)
    messages = []
    for figures in updates:
        channel.take(figures)
        messages.append(viewer.take())
    return [message for message in messages[1:] if message]


async def _paced(pipe: Connection, crowd: int, send: Callable[[int], Awaitable[None]]) -> None:
    """UPDATES updates at their pace; tells the processor time of one viewer's update in microseconds."""
    await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
    spent, began = time.process_time(), time.monotonic()
    for number in range(UPDATES):
        await asyncio.sleep(max(0.0, began + number / UPDATES_A_SECOND - time.monotonic()))
        await send(number)
    await asyncio.sleep(1 / UPDATES_A_SECOND)
    pipe.send(1e6 * (time.process_time() - spent) / UPDATES / crowd)


async def _by_the_hub(pipe: Connection, crowd: int) -> None:
    feed, made = Feed(), pictures()
    updates = [next(made) for _ in range(UPDATES + 1)]
    await feed.publish(updates[0])
    async with web(feed) as port:
        pipe.send(port)
        await _paced(pipe, crowd, lambda number: feed.publish(updates[number + 1]))


async def _bare(pipe: Connection, crowd: int) -> None:
    made = pictures()
    messages = deltas([next(made) for _ in range(UPDATES + 1)])

    async def greet(connection: websockets.ServerConnection) -> None:
        await connection.send("hello")
        await connection.wait_closed()

    async with websockets.serve(greet, "127.0.0.1", 0, compression=None) as server:

        async def send(number: int) -> None:
            websockets.broadcast(server.connections, messages[number])

        pipe.send(server.sockets[0].getsockname()[1])
        await _paced(pipe, crowd, send)


class Drain(asyncio.Protocol):
    """The cheapest of viewers: takes in bytes and counts them."""

    def __init__(self) -> None:
        self.greeted = asyncio.Event()
        self.received = 0
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are asyncio's by their methods only.
        cast(asyncio.Transport, transport).write(
            b"GET /ws/board/main HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        if self.greeted.is_set():
            self.received += len(data)
            return
        # The answer to the handshake, then a first message.
        self._head += data
        if self._head.partition(b"\r\n\r\n")[2]:
            self.greeted.set()


async def cost(serving: object, crowd: int) -> tuple[float, float]:
    """Microseconds of the server for one update of one viewer, and the bytes of one."""
    child, pipe = _in_process(serving, crowd)
    loop = asyncio.get_running_loop()
    port = await loop.run_in_executor(None, pipe.recv)
    drains = []
    for _ in range(crowd):
        _, drain = await loop.create_connection(Drain, "127.0.0.1", port)
        drains.append(drain)
    for drain in drains:
        await drain.greeted.wait()
    pipe.send("go")
    spent = await loop.run_in_executor(None, pipe.recv)
    child.terminate()
    child.join()
    return spent, sum(drain.received for drain in drains) / crowd / UPDATES


async def compared(crowd: int) -> str:
    """The hub beside a bare broadcast."""
    bare, bare_bytes = await cost(_bare, crowd)
    hub, hub_bytes = await cost(_by_the_hub, crowd)
    return (
        f"one update of one viewer ({crowd} viewers, {UPDATES_A_SECOND} updates/s): hub {hub:.1f} us, {hub_bytes:.0f} "
        f"bytes; bare broadcast {bare:.1f} us, {bare_bytes:.0f} bytes; ratio {hub / bare:.2f}"
    )


def main() -> None:
    """Both measurements, one line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--crowd", type=int, default=500)
    asked = parser.parse_args()
    for measured in (compared(asked.crowd), latency(asked.viewers, asked.seconds)):
        sys.stdout.write(uvloop.run(measured) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
