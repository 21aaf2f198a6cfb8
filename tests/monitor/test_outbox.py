"""The outbox: numbered, in order, bounded; what is not settled goes again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.batch import read_batch
from monitor.events import ContactOffered, Event, QueueSnapshot, WaitingVisit
from monitor.outbox import BATCH_EVENTS, IN_FLIGHT_MESSAGES, Message, Outbox

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def offered(first: int, count: int = 1) -> list[Event]:
    return [
        ContactOffered(id=f"e{n}", source="pbx", at=NOON, contact=f"c{n}", queue="sales")
        for n in range(first, first + count)
    ]


def outbox(**options: float) -> Outbox:
    return Outbox("pbx", "one", lambda: NOON, **{"linger_seconds": 0, **options})


def contents(message: Message) -> list[tuple[int, str]]:
    batch = read_batch(message.raw).batch
    assert batch is not None
    return [(batch.first_sequence + n, event.id) for n, event in enumerate(batch.events)]


async def test_several_puts_go_in_one_message_numbered_from_one() -> None:
    box = outbox()
    await box.put(offered(1, 2))
    await box.put(offered(3))
    [message] = await box.next_messages()
    assert contents(message) == [(1, "e1"), (2, "e2"), (3, "e3")]


async def test_a_full_batch_does_not_wait_for_more() -> None:
    box = outbox(linger_seconds=3600)
    await box.put(offered(1, BATCH_EVENTS + 1))
    [message] = await box.next_messages()
    assert message.last_sequence == BATCH_EVENTS


async def test_who_wants_to_be_sure_does_not_linger() -> None:
    box = outbox(linger_seconds=3600)
    await box.put(offered(1))
    async with asyncio.TaskGroup() as group:
        flushed = group.create_task(box.flush(), name="flush")
        [message] = await box.next_messages()
        assert not flushed.done()
        await box.settle(message)
    assert box.buffered == 0


async def test_at_the_bound_put_waits_and_loses_nothing() -> None:
    box = outbox(bound=10)
    async with asyncio.TaskGroup() as group:
        put = group.create_task(box.put(offered(1, 25)), name="put")
        sent: list[tuple[int, str]] = []
        while len(sent) < 25:
            [message] = await box.next_messages()
            assert box.buffered <= 10
            assert not put.done() or len(sent) >= 5
            sent += contents(message)
            await box.settle(message)
    assert sent == [(n, f"e{n}") for n in range(1, 26)]


async def test_no_more_than_the_window_is_in_flight() -> None:
    box = outbox()
    await box.put(offered(1, BATCH_EVENTS * (IN_FLIGHT_MESSAGES + 1)))
    sent = [message for _ in range(IN_FLIGHT_MESSAGES) for message in await box.next_messages()]
    async with asyncio.TaskGroup() as group:
        one_more = group.create_task(box.next_messages(), name="one more")
        await asyncio.sleep(0)
        assert not one_more.done()
        await box.settle(sent[0])
    assert len(one_more.result()) == 1


async def test_what_is_not_settled_goes_again_unchanged() -> None:
    box = outbox()
    sent = []
    for number in range(1, 4):
        await box.put(offered(number))
        sent += await box.next_messages()
    await box.settle(sent[1])
    assert box.unsettled == (sent[0], sent[2])
    assert box.buffered == 3, "settled are only the first so many"
    await box.settle(sent[0])
    assert box.buffered == 1


async def test_an_event_that_fits_in_no_message_is_dropped_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    waiting = tuple(WaitingVisit(contact=f"c{n:0100}", offered_at=NOON) for n in range(10_000))
    huge = QueueSnapshot(id="huge", source="pbx", at=NOON, queue="sales", waiting=waiting)
    box = outbox()
    await box.put([*offered(1), huge, *offered(3)])
    sent = await box.next_messages()
    assert [pair for message in sent for pair in contents(message)] == [(1, "e1"), (3, "e3")]
    assert box.too_large == 1
    assert "drops an event" in caplog.text
    for message in sent:
        await box.settle(message)
    await box.flush()


async def test_stopping_ends_the_waiting_for_messages() -> None:
    box = outbox()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(box.next_messages(), name="waiting")
        await asyncio.sleep(0)
        await box.stop()
    assert waiting.result() == []


@given(st.lists(st.integers(1, 30), max_size=12), st.randoms(use_true_random=False))
def test_whatever_the_order_of_acknowledgements_all_is_settled_once(puts: list[int], random: object) -> None:
    async def play() -> None:
        box, sent, first = outbox(), [], 1
        for count in puts:
            await box.put(offered(first, count))
            sent += await box.next_messages()
            first += count
        random.shuffle(sent)  # type: ignore[attr-defined]
        for message in sent:
            await box.settle(message)
        assert box.buffered == 0
        assert box.unsettled == ()

    asyncio.run(play())
