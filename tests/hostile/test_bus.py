"""Hostile clients of a real broker: the monitor takes in what is sound, counts the rest, and is still there."""

from __future__ import annotations

import asyncio
import contextlib
import json

from monitor.batch import Batch, encode_batch
from monitor.bus import _password, connected, publishing
from monitor.settings import Mqtt
from tests.hostile.malice import DEEP
from tests.integration.conftest import RunningBroker, running_broker
from tests.integration.test_live import WAITS, calls, monitor, now, offered, picture

__all__ = ["running_broker"]

HUGE = b'{"collector":"pbx","events":["' + b"x" * 1024 * 1024 + b'"]}'


def envelope(**changes: object) -> bytes:
    """A message without events, with these fields otherwise."""
    sound = {
        "collector": "stranger",
        "epoch": "e",
        "first_sequence": 1,
        "sent_at": "2026-03-10T09:00:00Z",
        "events": [],
    }
    return json.dumps({**sound, **changes}).encode()


MESSAGES = (
    ("events/stranger", DEEP),
    ("events/stranger", b'{"x":' * 50_000),
    ("events/stranger", HUGE),
    ("events/stranger", b"\xff\xfe\x00"),
    ("events/stranger", envelope(events=[{"type": "contact.held", "at": "9999-12-31T23:59:59Z"}] * 10)),
    ("events/stranger", envelope(first_sequence=2**63 - 1)),
    ("events/stranger", envelope(epoch="\0")),
    ("events/stranger", envelope(waiting=10**300)),
    ("events/another", envelope()),
    ("status/stranger", DEEP),
    ("status/stranger", b'{"collector":"stranger","x":' + DEEP),
    ("nonsense/stranger", b"1"),
    ("journalled/pbx", DEEP),
    ("journalled/pbx", b'{"collector":"pbx","epochs":{"e":9223372036854775808}}'),
)


async def test_hostile_messages_between_sound_ones_cost_nothing(running_broker: RunningBroker) -> None:
    async with (
        running_broker() as mqtt,
        monitor(mqtt) as feed,
        publishing(mqtt, "pbx", now, WAITS) as outlet,
        connected(mqtt, identifier="stranger") as stranger,
    ):
        for number, (topic, payload) in enumerate(MESSAGES):
            await stranger.publish(f"{mqtt.prefix}/{topic}", payload, qos=1, retain=number % 2 == 0)
            await outlet.put_safely(calls(10 * number, 10))
        figures = await picture(feed, lambda figures: offered(figures) == 10 * len(MESSAGES))
        refused = sum(not topic.startswith("journalled") for topic, _ in MESSAGES) + 9
        figures = await picture(feed, lambda figures: figures.pipeline.rejected.get("malformed", 0) >= refused - 3)
    assert figures.pipeline.rejected.keys() <= {"malformed", "too_large", "wrong_topic", "unknown_topic", "duplicate"}
    assert figures.pipeline.read == figures.pipeline.applied + sum(figures.pipeline.rejected.values())
    assert figures.conservation


async def test_a_monitor_comes_back_to_what_was_retained(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt:
        await _retain(mqtt)
        async with monitor(mqtt) as feed, publishing(mqtt, "pbx", now, WAITS) as outlet:
            await outlet.put_safely(calls(0, 10))
            await picture(feed, lambda figures: offered(figures) == 10)


async def _retain(mqtt: Mqtt) -> None:
    async with connected(mqtt, identifier="stranger") as stranger:
        for number in range(200):
            status = {"collector": f"c{number}", "epoch": "e", "connected_at": "9999-12-31T23:59:59Z", "state": "up"}
            await stranger.publish(f"{mqtt.prefix}/status/c{number}", json.dumps(status), qos=1, retain=True)
        await stranger.publish(f"{mqtt.prefix}/events/pbx", DEEP, qos=1, retain=True)
        await stranger.publish(f"{mqtt.prefix}/journalled/pbx", DEEP, qos=1, retain=True)


async def test_a_topic_that_is_no_text_ends_nothing(running_broker: RunningBroker) -> None:
    """Written by hand, because a client library refuses to: Mosquitto hangs up, nats-server may pass it on."""
    topic = b"balans/v1/events/\xff\xfe"
    batch = encode_batch(Batch(collector="pbx", epoch="x", first_sequence=1, sent_at=now(), events=()))
    async with running_broker() as mqtt, monitor(mqtt) as feed, publishing(mqtt, "pbx", now, WAITS) as outlet:
        await _spoken(mqtt, topic, batch)
        await outlet.put_safely(calls(0, 10))
        await picture(feed, lambda figures: offered(figures) == 10)


async def _spoken(mqtt: Mqtt, topic: bytes, payload: bytes) -> None:
    def text(of: bytes) -> bytes:
        return len(of).to_bytes(2, "big") + of

    password = (_password(mqtt) or "").encode()
    credentials = text((mqtt.username or "").encode()) + text(password) if mqtt.username else b""
    flags = b"\xc2" if mqtt.username else b"\x02"
    connect = text(b"MQTT") + b"\x04" + flags + b"\x00\x3c" + text(b"raw") + credentials
    publish = text(topic) + payload
    reader, writer = await asyncio.open_connection("127.0.0.1", mqtt.port)
    writer.write(b"\x10" + _length(len(connect)) + connect)
    async with asyncio.timeout(120):
        assert (await reader.readexactly(4))[3] == 0
    writer.write(b"\x30" + _length(len(publish)) + publish + b"\xe0\x00")
    await writer.drain()
    async with asyncio.timeout(120):
        with contextlib.suppress(ConnectionError):
            await reader.read()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


def _length(number: int) -> bytes:
    """MQTT's own: seven bits a byte, the lowest first."""
    encoded = bytearray()
    while number > 127:
        encoded.append(number % 128 | 128)
        number //= 128
    return bytes([*encoded, number])
