"""The outbox: numbered, in order, on disk, bounded; what is not journalled goes again, in whatever process."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.batch import read_batch
from monitor.errors import ConfigurationError
from monitor.events import ContactOffered, Event, QueueSnapshot, WaitingVisit
from monitor.journal import Marks
from monitor.outbox import AHEAD_MESSAGES, BATCH_EVENTS, IN_FLIGHT_MESSAGES, Message, Outbox
from monitor.parcels import ParcelFile

PATIENCE_SECONDS = 120
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def offered(first: int, count: int = 1) -> list[Event]:
    return [
        ContactOffered(id=f"e{n}", source="pbx", at=NOON, contact=f"c{n}", queue="sales")
        for n in range(first, first + count)
    ]


@asynccontextmanager
async def outbox(path: Path | None = None, epoch: str = "one", **options: float) -> AsyncIterator[Outbox]:
    box = Outbox(ParcelFile(path), "pbx", epoch, lambda: NOON, **{"linger_seconds": 0, **options})  # type: ignore[arg-type]
    async with box, asyncio.TaskGroup() as group:
        writing = group.create_task(box.write(), name="write")
        yield box
        writing.cancel()


def contents(message: Message) -> list[tuple[str, int, str]]:
    batch = read_batch(message.raw).batch
    assert batch is not None
    return [(batch.epoch, batch.first_sequence + n, event.id) for n, event in enumerate(batch.events)]


async def next_contents(box: Outbox) -> list[tuple[str, int, str]]:
    made = await box.next_messages()
    for _ in made:
        await box.acknowledged()
    return [one for message in made for one in contents(message)]


async def test_several_puts_go_in_one_message_numbered_from_one() -> None:
    async with outbox(linger_seconds=3600) as box:
        await box.put(offered(1, 2))
        await box.put(offered(3))
        await box.flush()
        assert await next_contents(box) == [("one", 1, "e1"), ("one", 2, "e2"), ("one", 3, "e3")]


async def test_a_full_batch_does_not_wait_for_more() -> None:
    async with outbox(linger_seconds=3600) as box:
        await box.put(offered(1, BATCH_EVENTS))
        assert len(await next_contents(box)) == BATCH_EVENTS


async def test_what_an_earlier_process_left_goes_first_under_its_own_numbers(tmp_path: Path) -> None:
    async with outbox(tmp_path / "pbx.db", "one") as box:
        await box.put(offered(1, 3))
        await box.flush()
    async with outbox(tmp_path / "pbx.db", "two") as box:
        assert box.buffered == 3
        await box.put(offered(4, 2))
        await box.flush()
        sent = await next_contents(box)
        assert sent == [("one", n, f"e{n}") for n in (1, 2, 3)] + [("two", n - 3, f"e{n}") for n in (4, 5)]
        await box.journalled({"one": 3})
        assert box.buffered == 2
    async with outbox(tmp_path / "pbx.db", "three") as box:
        assert await next_contents(box) == [("two", 1, "e4"), ("two", 2, "e5")]


async def test_the_file_belongs_to_one_process(tmp_path: Path) -> None:
    async with outbox(tmp_path / "pbx.db"):
        with pytest.raises(ConfigurationError, match="another process"):
            ParcelFile(tmp_path / "pbx.db")


async def test_at_the_bound_put_waits_and_loses_nothing() -> None:
    async with outbox(bound_bytes=300, pending_bound=2) as box, asyncio.TaskGroup() as group:
        put = group.create_task(box.put(offered(1, 25)), name="put")
        sent: list[str] = []
        while len(sent) < 25:
            some = await next_contents(box)
            assert not put.done() or box.buffered <= 25
            sent += [event for _, _, event in some]
            await box.journalled({"one": some[-1][1]})
    assert sent == [f"e{n}" for n in range(1, 26)]


async def test_no_more_than_the_window_is_in_flight() -> None:
    async with outbox() as box:
        await box.put(offered(1, BATCH_EVENTS * (IN_FLIGHT_MESSAGES + 1)))
        await box.flush()
        sent: list[Message] = []
        while len(sent) < IN_FLIGHT_MESSAGES:
            sent += await box.next_messages()
        async with asyncio.TaskGroup() as group:
            one_more = group.create_task(box.next_messages(), name="one more")
            await asyncio.sleep(0)
            assert not one_more.done()
            await box.acknowledged()
        assert len(one_more.result()) == 1


async def test_a_monitor_that_is_away_gets_no_more_than_its_window() -> None:
    async with outbox() as box:
        for number in range(1, AHEAD_MESSAGES + 10):
            await box.put(offered(number))
            await box.flush()
        sent = []
        while len(sent) < AHEAD_MESSAGES:
            sent += await next_contents(box)
        await box.until_sent()
        assert len(sent) == AHEAD_MESSAGES
        await box.journalled({"one": 1})
        assert await next_contents(box) == [("one", AHEAD_MESSAGES + 1, f"e{AHEAD_MESSAGES + 1}")]


async def test_an_event_that_fits_in_no_message_is_dropped_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    waiting = tuple(WaitingVisit(contact=f"c{n:0100}", offered_at=NOON) for n in range(10_000))
    huge = QueueSnapshot(id="huge", source="pbx", at=NOON, queue="sales", waiting=waiting)
    async with outbox() as box:
        await box.put([*offered(1), huge, *offered(3)])
        await box.flush()
        assert await next_contents(box) == [("one", 1, "e1"), ("one", 2, "e3")]
        assert box.too_large == 1
    assert "drops an event" in caplog.text


async def test_stopping_ends_the_waiting_for_messages() -> None:
    async with outbox() as box, asyncio.TaskGroup() as group:
        waiting = group.create_task(box.next_messages(), name="waiting")
        await asyncio.sleep(0)
        await box.stop()
    assert waiting.result() == ()


class Happens:
    """What may happen between a collector and its monitor, drawn by hypothesis."""

    steps = st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(1, 30)),
            st.tuples(st.just("send"), st.just(0)),
            st.tuples(st.just("lose"), st.just(0)),
            st.tuples(st.just("tell"), st.just(0)),
            st.tuples(st.just("restart"), st.just(0)),
            st.tuples(st.just("rewind"), st.just(0)),
        ),
        max_size=30,
    )


@given(Happens.steps)
def test_whatever_is_lost_on_the_way_all_is_journalled_once(steps: list[tuple[str, int]]) -> None:
    """Messages are sent, lost, sent again, and the process begins anew on its file: the monitor has all, once."""
    asyncio.run(play(steps))


async def play(steps: list[tuple[str, int]]) -> None:
    file, marks, journal = ParcelFile(None), Marks(), []
    put, epoch = 0, 0
    box = Outbox(file, "pbx", f"epoch-{epoch}", lambda: NOON, linger_seconds=0)
    writing = asyncio.create_task(box.write(), name="write")

    def journalled(message: Message) -> None:
        batch = read_batch(message.raw).batch
        assert batch is not None
        if marks.judge(batch, len(batch.events)).verdict == "new":
            journal.extend(event.id for event in batch.events)

    async def send(arrives: bool) -> None:
        while not box.sent:
            for message in await box.next_messages():
                await box.acknowledged()
                if arrives:
                    journalled(message)

    for step, count in [*steps, ("rewind", 0), ("send", 0), ("tell", 0)]:
        if step == "put":
            await box.put(offered(put + 1, count))
            await box.flush()
            put += count
        elif step in ("send", "lose"):
            await send(arrives=step == "send")
        elif step == "tell":
            await box.journalled(marks.watermark("pbx").epochs)
        elif step == "rewind":
            await box.rewind()
        else:
            writing.cancel()
            epoch += 1
            box = Outbox(file, "pbx", f"epoch-{epoch}", lambda: NOON, linger_seconds=0)
            writing = asyncio.create_task(box.write(), name="write")
    writing.cancel()
    assert sorted(journal) == sorted(f"e{n}" for n in range(1, put + 1))
    assert box.buffered == 0
    file.close()


async def test_what_nobody_journals_goes_again_and_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """A broker takes what it may not pass on without a word."""
    caplog.set_level(logging.INFO)
    async with outbox() as box, asyncio.TaskGroup() as group:
        repeating = group.create_task(box.repeat(0.01, 0.02), name="repeat")
        await box.put(offered(1, 3))
        async with asyncio.timeout(PATIENCE_SECONDS):
            for _ in range(4):
                assert [id for _, _, id in await next_contents(box)] == ["e1", "e2", "e3"]
            assert caplog.text.count("may this collector's account") == 1
            await box.journalled({"one": 3})
            while "again" not in caplog.text.splitlines()[-1]:  # noqa: ASYNC110 -- what it waits for is a text
                await asyncio.sleep(0.01)
        repeating.cancel()


def test_a_full_disk_is_no_mistake_of_the_operator(tmp_path: Path) -> None:
    """Who is started again by a service manager may not be told to stay away."""
    open_it = (
        "import resource, sys; from pathlib import Path; from monitor.parcels import ParcelFile\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))\n"
        "try:\n    ParcelFile(Path(sys.argv[1]))\nexcept Exception as error:\n    print(type(error).__name__)\n"
    )
    told = subprocess.run([sys.executable, "-c", open_it, str(tmp_path / "pbx.db")], capture_output=True, text=True)
    assert told.stdout.strip() == "PeerUnreachable", told.stderr
