"""The bus over real brokers: nothing lost when the monitor, the network or the broker goes."""

from __future__ import annotations

import asyncio
import itertools
import logging
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import aiomqtt
import pytest
from pydantic import SecretStr

from monitor.batch import Received, Topics
from monitor.bus import Subscriber, check, connected, follow_figures, publishing, share_figures
from monitor.errors import ConfigurationError, CredentialsRefused, PeerUnreachable
from monitor.events import ContactOffered, Event
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.journal import Marks
from monitor.settings import Mqtt
from tests.integration.conftest import RunningBroker
from tests.parts import PASSWORD, Cable, free_port, running_mosquitto

PATIENCE_SECONDS = 120
WAITS = (0.01, 0.1)


def now() -> datetime:
    return datetime.now(UTC)


def offered(first: int, count: int = 1) -> list[Event]:
    return [
        ContactOffered(id=f"e{n}", source="pbx", at=now(), contact=f"c{n}", queue="sales")
        for n in range(first, first + count)
    ]


def ids(first: int, count: int) -> list[str]:
    return [f"e{n}" for n in range(first, first + count)]


class Listener:
    """A monitor that writes down what it hears, and says so."""

    def __init__(self, mqtt: Mqtt) -> None:
        self.subscriber = Subscriber(mqtt, waits=WAITS)
        self.heard: list[Received] = []
        self._marks = Marks()
        self._more = asyncio.Condition()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Listener]:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._listen(), name="listener")
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.subscriber.ready.wait()
            yield self
            task.cancel()

    async def _listen(self) -> None:
        async with aclosing(self.subscriber.received()) as bursts:
            async for burst in bursts:
                async with self._more:
                    self.heard += burst
                    self._more.notify_all()
                for batch in [one.batch for one in burst if one.batch]:
                    self._marks.advance(batch.collector, batch.epoch, batch.first_sequence + len(batch.events) - 1)
                    self.subscriber.tell(self._marks.watermark(batch.collector))

    @property
    def events(self) -> list[str]:
        return [event.id for one in self.heard if one.batch for event in one.batch.events]

    @property
    def distinct(self) -> list[str]:
        """In the order of first hearing."""
        return list(dict.fromkeys(self.events))

    @property
    def states(self) -> list[str]:
        return [one.status.state for one in self.heard if one.status]

    async def until(self, *, events: int = 0, states: int = 0) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._more:
            await self._more.wait_for(lambda: len(self.distinct) >= events and len(self.states) >= states)


async def make_session(mqtt: Mqtt) -> None:
    """From now on the broker keeps what the monitor would hear."""
    async with Listener(mqtt).listening():
        pass


async def test_events_arrive_in_order_and_the_collector_says_how_it_is(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt, Listener(mqtt).listening() as listener:
        async with publishing(mqtt, "pbx", now) as outlet:
            for first in range(1, 5001, 10):
                await outlet.put(offered(first, 10))
            await outlet.put_safely(offered(5001))
            await listener.until(events=5001)
        await listener.until(states=2)
    assert listener.events == ids(1, 5001)
    assert listener.states == ["up", "stopped"]


async def test_what_is_sent_while_the_monitor_is_away_waits_for_it(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt:
        await make_session(mqtt)
        async with publishing(mqtt, "pbx", now) as outlet:
            await outlet.put_safely(offered(1, 2000))
        async with Listener(mqtt).listening() as listener:
            await listener.until(events=2000)
    assert listener.distinct == ids(1, 2000)


async def test_what_waits_for_the_monitor_outlives_a_restart_of_the_broker(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt:
        await make_session(mqtt)
        async with publishing(mqtt, "pbx", now) as outlet:
            await outlet.put_safely(offered(1, 100))
    async with running_broker() as mqtt, Listener(mqtt).listening() as listener:
        await listener.until(events=100)
    assert listener.events == ids(1, 100)


async def test_what_the_monitor_did_not_take_in_comes_again(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt:
        await make_session(mqtt)
        async with publishing(mqtt, "pbx", now) as outlet:
            await outlet.put_safely(offered(1, 10))
        async with aclosing(Subscriber(mqtt).received()) as falls_over_this:
            async for burst in falls_over_this:
                if any(received.batch for received in burst):
                    break
        async with Listener(mqtt).listening() as listener:
            await listener.until(events=10)
    assert listener.distinct == ids(1, 10)


async def test_a_monitor_that_takes_its_time_gets_everything(running_broker: RunningBroker) -> None:
    """More messages than any broker keeps in flight, taken one by one with the loop kept busy in between."""
    async with (
        running_broker() as mqtt,
        Listener(mqtt).listening() as listener,
        publishing(mqtt, "pbx", now) as outlet,
    ):
        for number in range(1, 201):
            await outlet.put_safely(offered(number))
        await listener.until(events=200)
    assert listener.events == ids(1, 200)


async def test_the_broker_tells_that_a_collector_was_lost(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt, Cable(mqtt.port).plugged_in() as cable:
        async with Listener(mqtt).listening() as listener:
            through_cable = mqtt.model_copy(update={"port": cable.port})
            async with publishing(through_cable, "pbx", now, WAITS) as outlet:
                await outlet.put_safely(offered(1))
                await listener.until(events=1)
                cable.cut()
                await listener.until(states=2)
                await outlet.put_safely(offered(2))
                await listener.until(events=2)
            await listener.until(states=4)
        assert listener.states == ["up", "lost", "up", "stopped"]
        async with Listener(mqtt).listening() as newcomer:
            await newcomer.until(states=1)
        assert newcomer.states[0] == "stopped", "the last status is retained"


async def test_what_is_not_journalled_goes_again_under_the_same_numbers(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt, Cable(mqtt.port).plugged_in() as cable, Listener(mqtt).listening() as listener:
        through_cable = mqtt.model_copy(update={"port": cable.port})
        async with publishing(through_cable, "pbx", now, WAITS) as outlet:
            await outlet.put_safely(offered(1, 10))
            await listener.until(events=10)
            cable.swallowing = True
            await outlet.put(offered(11, 10))
            await listener.until(events=20)
            assert outlet.outbox.buffered >= 10, "it arrived, but the collector cannot know"
            cable.swallowing = False
            cable.cut()
            await outlet.put_safely(offered(21, 10))
            await listener.until(events=30)
    assert listener.distinct == ids(1, 30)
    numbers = {
        (batch.first_sequence + offset, event.id)
        for one in listener.heard
        if (batch := one.batch)
        for offset, event in enumerate(batch.events)
    }
    assert numbers == {(n, f"e{n}") for n in range(1, 31)}


async def test_a_cable_that_is_cut_all_the_time_loses_nothing(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt, Cable(mqtt.port).plugged_in() as cable, Listener(mqtt).listening() as listener:
        through_cable = mqtt.model_copy(update={"port": cable.port})
        async with publishing(through_cable, "pbx", now, WAITS) as outlet:
            for round_ in range(10):
                for first in range(1 + 500 * round_, 501 + 500 * round_, 50):
                    await outlet.put(offered(first, 50))
                    await asyncio.sleep(0)
                cable.cut()
            await listener.until(events=5000)
    assert listener.distinct == ids(1, 5000)


async def test_the_broker_may_come_late_and_go_and_come_back(
    running_broker: RunningBroker, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    caplog.set_level(logging.INFO, "monitor.bus")
    async with running_broker(port) as mqtt:
        await make_session(mqtt)
    listener = Listener(mqtt)
    async with publishing(mqtt, "pbx", now, WAITS) as outlet, asyncio.timeout(PATIENCE_SECONDS):
        await outlet.put(offered(1, 10))
        while not outlet._connection.failing:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        async with running_broker(port):
            await outlet.put_safely(offered(11, 10))
            await outlet.outbox.until_sent()
        await outlet.put(offered(21, 10))
        async with running_broker(port), listener.listening():
            await outlet.put_safely(offered(31, 10))
            await listener.until(events=40)
            collector_says = [text for text in caplog.messages if text.startswith("Collector pbx")]
    assert listener.distinct == ids(1, 40)
    assert [text.split()[-1] for text in collector_says] == ["again.", "back."] * 2, "one line each time"


async def test_a_publisher_that_cannot_deliver_stops_nevertheless(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "monitor.bus")
    monkeypatch.setattr("monitor.bus.STOP_SECONDS", 0.05)
    async with publishing(Mqtt(host="127.0.0.1", port=free_port()), "pbx", now, WAITS) as outlet:
        await outlet.put(offered(1, 3))
    assert "stops with 3 events in its outbox" in caplog.text


async def test_who_may_not_come_in_is_told_at_once(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt:
        stranger = mqtt.model_copy(update={"password": SecretStr("guessed"), "password_file": None})
        with pytest.raises(CredentialsRefused, match="refuses this user"):
            await check(stranger)
        with pytest.raises(CredentialsRefused):
            await publish_for_ever(stranger)
        with pytest.raises(CredentialsRefused):
            await anext(Subscriber(stranger).received())


async def test_who_was_let_in_and_is_refused_later_waits(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Rights of a file, a broker that is looked after: a monitor that runs outlives both, with one line."""
    caplog.set_level(logging.INFO, "monitor.bus")
    secret, port = tmp_path / "secret", free_port()
    secret.write_text(PASSWORD)
    mqtt = Mqtt(host="127.0.0.1", port=port, username="balans", password_file=secret)
    (tmp_path / "broker").mkdir()
    async with publishing(mqtt, "pbx", now, WAITS) as outlet, asyncio.timeout(60):
        async with running_mosquitto(tmp_path / "broker", port):
            while not outlet.connected:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        secret.rename(tmp_path / "elsewhere")
        async with running_mosquitto(tmp_path / "broker", port):
            attempts = outlet._connection._failures
            while outlet._connection._failures < attempts + 3:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            (tmp_path / "elsewhere").rename(secret)
            while not outlet.connected:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert [text.split()[-1] for text in caplog.messages if text.startswith("Collector pbx")][:2] == ["again.", "back."]


async def test_nobody_there_is_another_matter() -> None:
    with pytest.raises(PeerUnreachable, match="No connection"):
        await check(Mqtt(host="127.0.0.1", port=free_port()))


async def publish_for_ever(mqtt: Mqtt) -> None:
    async with publishing(mqtt, "pbx", now):
        await asyncio.Event().wait()


async def publish_and_fall_over(mqtt: Mqtt) -> None:
    async with publishing(mqtt, "pbx", now) as outlet:
        await outlet.put(offered(1))
        raise ZeroDivisionError


async def test_a_failure_of_the_collector_is_its_own(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt, Listener(mqtt).listening() as listener:
        with pytest.raises(ZeroDivisionError):
            await publish_and_fall_over(mqtt)
        await listener.until(events=1, states=2)
    assert listener.states == ["up", "stopped"]


async def test_rubbish_on_the_topics_is_counted_and_stops_nothing(running_broker: RunningBroker) -> None:
    async with running_broker() as mqtt, Listener(mqtt).listening() as listener:
        async with connected(mqtt) as vandal:
            for topic, payload in itertools.product(("events/pbx", "status/pbx", "nonsense/pbx"), (b"\xff\x00", b"")):
                await vandal.publish(f"balans/v1/{topic}", payload, qos=1)
        async with publishing(mqtt, "pbx", now) as outlet:
            await outlet.put_safely(offered(1, 5))
        await listener.until(events=5)
    assert listener.events == ids(1, 5)
    rejected = [reason for one in listener.heard for reason in one.rejected.elements()]
    assert sorted(rejected) == ["malformed"] * 4 + ["unknown_topic"] * 2


def picture(number: int) -> SiteFigures:
    at = datetime(2026, 3, 2, 12, 0, number, tzinfo=UTC)
    return SiteFigures(at=at, day=date(2026, 3, 2), time_zone="Europe/Amsterdam", scopes=())


async def test_a_web_role_elsewhere_sees_the_newest_figures(
    running_broker: RunningBroker, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = Feed(), Feed()
    async with running_broker() as mqtt:
        async with connected(mqtt) as older:
            await older.publish(Topics(mqtt.prefix).figures, b'{"made by": "another version"}', qos=1, retain=True)
        async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as group:
            following = group.create_task(follow_figures(mqtt, there, WAITS), name="web")
            async with aclosing(there.pictures()) as pictures:
                sharing = group.create_task(share_figures(mqtt, here, WAITS), name="monitor")
                await here.publish(picture(1))
                assert await anext(pictures) == picture(1)
                await here.publish(picture(2))
                assert await anext(pictures) == picture(2)
            following.cancel()
            late = Feed()
            following = group.create_task(follow_figures(mqtt, late, WAITS), name="web that comes late")
            async with aclosing(late.pictures()) as pictures:
                assert await anext(pictures) == picture(2), "retained"
            following.cancel()
            sharing.cancel()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for loopback that signs itself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not on this machine: no certificate can be made")
    certificate, key = folder / "broker.pem", folder / "broker.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


# paho leaves a socket whose certificate it refused to the garbage collector.
@pytest.mark.filterwarnings("ignore:.*ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
async def test_a_broker_with_tls_is_reached_and_a_false_one_is_not(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    async with running_mosquitto(tmp_path, 0, f"certfile {certificate}", f"keyfile {key}") as mqtt:
        trusting = mqtt.model_copy(update={"tls": True, "ca_file": certificate})
        await check(trusting)
        with pytest.raises(CredentialsRefused, match=r"certificate of the broker .* is not trusted"):
            await check(mqtt.model_copy(update={"tls": True}))
        with pytest.raises(ConfigurationError, match="certificates cannot be used"):
            await check(mqtt.model_copy(update={"tls": True, "ca_file": tmp_path / "absent.pem"}))
        with pytest.raises(PeerUnreachable):
            await check(mqtt)


async def test_a_password_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    absent = Mqtt(host="127.0.0.1", username="balans", password_file=tmp_path / "absent")
    with pytest.raises(ConfigurationError, match=r"mqtt\.password_file"):
        await check(absent)


async def test_the_session_is_the_name_of_the_monitor(running_broker: RunningBroker) -> None:
    """Another client of the same broker takes nothing away from the monitor."""
    async with running_broker() as mqtt, Listener(mqtt).listening() as listener:
        async with connected(mqtt, identifier="curious") as curious:
            await curious.subscribe("balans/v1/#", qos=1)
            async with publishing(mqtt, "pbx", now) as outlet:
                await outlet.put_safely(offered(1))
            assert isinstance(await anext(aiter(curious.messages)), aiomqtt.Message)
        await listener.until(events=1)
    assert listener.events == ["e1"]
