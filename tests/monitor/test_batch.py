"""The wire format: what is written is read, and what cannot be read costs nothing but itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.batch import (
    MESSAGE_BYTES,
    Batch,
    Status,
    Topics,
    encode_batch,
    encode_status,
    read_batch,
    read_message,
)
from monitor.errors import Malformed
from monitor.events import ContactAnswered, ContactOffered, Event

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOPICS = Topics("balans/v1")


def offered(number: int, contact: str = "c") -> ContactOffered:
    at = NOON + timedelta(seconds=number)
    return ContactOffered(id=f"e{number}", source="pbx", at=at, contact=f"{contact}{number}", queue="sales")


def batch(*events: Event, first_sequence: int = 1) -> Batch:
    return Batch(collector="pbx", epoch="one", first_sequence=first_sequence, sent_at=NOON, events=events)


def test_a_batch_is_read_as_it_was_written() -> None:
    written = batch(offered(1), ContactAnswered(id="e2", source="pbx", at=NOON, contact="c1", queue="sales"))
    received = read_message(TOPICS, "balans/v1/events/pbx", encode_batch(written))
    assert received.batch == written
    assert received.events_read == 2
    assert not received.rejected


def test_one_broken_event_costs_only_itself() -> None:
    wire = json.loads(encode_batch(batch(offered(1), offered(2), offered(3), offered(4))))
    del wire["events"][1]["contact"]
    wire["events"][2]["type"] = "contact.sang_a_song"
    received = read_batch(json.dumps(wire).encode())
    assert received.batch is not None
    assert [event.id for event in received.batch.events] == ["e1", "e4"]
    assert received.events_read == 4
    assert received.rejected == {"malformed": 1, "unknown_type": 1}


def test_unknown_fields_are_skipped() -> None:
    wire = json.loads(encode_batch(batch(offered(1))))
    wire["colour"] = wire["events"][0]["colour"] = "blue"
    assert read_batch(json.dumps(wire).encode()).batch == batch(offered(1))


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff", b"[]", b'{"events": []}', b'{"collector": "pbx", "events": 7}', b'"\xff"']
)
def test_what_is_no_batch_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed, match="no batch"):
        read_batch(raw)
    assert read_message(TOPICS, "balans/v1/events/pbx", raw).rejected == {"malformed": 1}


def test_a_status_is_read_from_its_own_topic() -> None:
    status = Status(collector="pbx", epoch="one", connected_at=NOON, state="lost")
    assert read_message(TOPICS, "balans/v1/status/pbx", encode_status(status)).status == status


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("balans/v1/events/somebody_else", "wrong_topic"),
        ("balans/v1/orders/pbx", "unknown_topic"),
        ("balans/v1/figures", "unknown_topic"),
    ],
)
def test_a_batch_on_a_topic_that_is_not_its_own_is_refused(topic: str, reason: str) -> None:
    received = read_message(TOPICS, topic, encode_batch(batch(offered(1))))
    assert received.batch is None
    assert received.rejected == {reason: 1}


def test_a_huge_message_is_not_even_decoded() -> None:
    raw = encode_batch(batch(offered(1))) + b" " * MESSAGE_BYTES
    assert read_message(TOPICS, "balans/v1/events/pbx", raw).rejected == {"too_large": 1}


@given(st.binary(max_size=400))
def test_no_bytes_make_reading_raise(raw: bytes) -> None:
    for topic in ("balans/v1/events/pbx", "balans/v1/status/pbx"):
        received = read_message(TOPICS, topic, raw)
        assert received.batch or received.status or received.rejected


@given(st.sampled_from(["connected_at", "epoch", "collector", "state"]), st.one_of(st.none(), st.text(), st.integers()))
def test_a_status_with_a_strange_field_is_counted(field: str, value: object) -> None:
    status = Status(collector="pbx", epoch="one", connected_at=NOON, state="up")
    wire = msgspec.to_builtins(status) | {field: value}
    received = read_message(TOPICS, "balans/v1/status/pbx", msgspec.json.encode(wire))
    assert received.status or received.rejected
