"""The bus: events over any MQTT 3.1.1 broker, at least once. The only importer of aiomqtt.

`publishing` gives a collector its outlet, `Subscriber` gives the monitor what all collectors send and takes back
to them what it has journalled. Each makes a new client for each connection and keeps for itself what is not done:
paho's own queues lose their owner when a client goes, and aiomqtt's `publish` does not notice that the connection
went.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiomqtt
import msgspec
from aiomqtt.exceptions import MqttConnectError

from monitor.batch import (
    Received,
    Status,
    SwitchPosition,
    Topics,
    Watermark,
    encode_status,
    encode_switch,
    encode_watermark,
    read_message,
    read_switch,
    read_watermark,
)
from monitor.closed_sockets import let_closed_sockets_rest
from monitor.errors import AskAPerson, ConfigurationError, CredentialsRefused, Malformed, PeerUnreachable
from monitor.events import UNREADABLE, Event
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.outbox import IN_FLIGHT_MESSAGES, OUTBOX_BYTES, REPEAT_SECONDS, Message, Outbox
from monitor.parcels import ParcelFile
from monitor.settings import Mqtt
from monitor.tasks import task_group

Clock = Callable[[], datetime]
Waits = tuple[float, float]
"""The first and the longest wait, in seconds, before connecting again."""

WAITS_SECONDS = (0.25, 30.0)
ACKNOWLEDGE_SECONDS = 20.0
"""A broker that takes longer to acknowledge is taken for lost."""
INCOMING_MESSAGES = 70_000
BURST_MESSAGES = 64
"""Taken in, journalled and acknowledged together, if as many are there."""
KEEP_ALIVE_SECONDS = 15
LOOPBACK = "127.0.0.1"
CONNECT_SECONDS = 5.0
SAY_AGAIN_SECONDS = 10.0
"""How often the monitor repeats where the switch stands."""
STOP_SECONDS = 5.0
"""How long a stopping publisher still tries to deliver; the rest stays in the outbox."""

REFUSED_CODES = frozenset({4, 5, 134, 135})
"""CONNACK: bad user name or password, not authorised, by their MQTT 3.1.1 and 5 numbers."""

T = TypeVar("T")
log = logging.getLogger(__name__)
_client_log = logging.getLogger(f"{__name__}.client")
_client_log.setLevel(logging.CRITICAL)  # What aiomqtt and paho would say is said here, once.


@asynccontextmanager
async def connected(mqtt: Mqtt, *, by_hand: bool = False, **options: Any) -> AsyncIterator[aiomqtt.Client]:
    """A client for the length of one connection; `by_hand`: each message is acknowledged by `acknowledge`.
    Raises CredentialsRefused, ConfigurationError, PeerUnreachable; a connection lost in the body is
    PeerUnreachable too."""
    client = _Client(
        mqtt.host or LOOPBACK,
        mqtt.port,
        username=mqtt.username,
        password=_password(mqtt),
        tls_context=_tls_context(mqtt),
        timeout=CONNECT_SECONDS,
        keepalive=KEEP_ALIVE_SECONDS,
        logger=_client_log,
        **options,
    )
    # aiomqtt 2 has no word for acknowledging by hand, paho underneath has.
    client._client.manual_ack_set(by_hand)
    let_closed_sockets_rest(asyncio.get_running_loop())
    made = False
    try:
        async with client:
            made = True
            yield client
    except aiomqtt.MqttError as error:
        # After a connection that was never confirmed aiomqtt leaves the socket open.
        client._client.disconnect()
        raise _translated(mqtt, error, made) from error


class _Client(aiomqtt.Client):
    """Heeds a cancellation that comes in the instant of the broker's answer. Until Python 3.12 `asyncio.wait_for`, in
    which aiomqtt waits, forgets it, and a task that was to end would go on for ever."""

    async def _wait_for(self, fut: Awaitable[T], timeout: float | None) -> T:
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        answer = await super()._wait_for(fut, timeout)
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
        return answer


def acknowledge(client: aiomqtt.Client, message: aiomqtt.Message) -> None:
    """Tell the broker that the message is taken in; without effect when the connection has gone."""
    client._client.ack(message.mid, message.qos)


async def check(mqtt: Mqtt) -> None:
    """Connect and go. Raises CredentialsRefused, ConfigurationError or PeerUnreachable."""
    async with connected(mqtt, identifier=f"balans-check-{secrets.token_hex(4)}"):
        pass


def _password(mqtt: Mqtt) -> str | None:
    if mqtt.password_file is None:
        return mqtt.password.get_secret_value() if mqtt.password else None
    try:
        return mqtt.password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"mqtt.password_file: cannot read {mqtt.password_file}.") from error


def _tls_context(mqtt: Mqtt) -> ssl.SSLContext | None:
    if not mqtt.tls:
        return None
    try:
        context = ssl.create_default_context(cafile=mqtt.ca_file)
        if mqtt.certificate_file:
            context.load_cert_chain(mqtt.certificate_file, mqtt.key_file)
    except OSError as error:
        raise ConfigurationError(f"mqtt: the certificates cannot be used: {error}.") from error
    return context


def _translated(mqtt: Mqtt, error: aiomqtt.MqttError, made: bool) -> Exception:
    broker = f"the broker at {mqtt.host or LOOPBACK}:{mqtt.port}"
    # Only a broker's answer refuses: the client's own codes for "not connected" are the same numbers.
    if isinstance(error, MqttConnectError) and getattr(error.rc, "value", error.rc) in REFUSED_CODES:
        return CredentialsRefused(f"No entry: {broker} refuses this user name or password.")
    if isinstance(error.__context__, ssl.SSLCertVerificationError):
        return CredentialsRefused(f"The certificate of {broker} is not trusted: {error.__context__.verify_message}.")
    if made:
        return PeerUnreachable(f"The connection to {broker} was lost.")
    return PeerUnreachable(f"No connection to {broker}: {error}.")


class Connection:
    """Whether there is one, one log line for a loss and one for a return, and back-off with jitter between."""

    def __init__(self, mqtt: Mqtt, whose: str, waits: Waits) -> None:
        self.up = False
        self._was_let_in = False
        self._whose, self._broker = whose, f"the broker at {mqtt.host or LOOPBACK}:{mqtt.port}"
        self._first, self._longest = waits
        self._failures = 0

    @property
    def failing(self) -> bool:
        """The last attempt was in vain."""
        return self._failures > 0

    def made(self) -> None:
        if self._failures:
            log.info("%s: %s is back.", self._whose, self._broker)
        self.up, self._was_let_in, self._failures = True, True, 0

    async def lost(self, error: PeerUnreachable | AskAPerson) -> None:
        """Say so, the first time, and wait. Raises what asks a person of somebody who was never let in: later a broker
        or a file with a password may refuse for as long as it is looked after."""
        if isinstance(error, AskAPerson) and not self._was_let_in:
            raise error
        if not self._failures:
            log.warning("%s: %s Trying again.", self._whose, error)
        ceiling = min(self._longest, self._first * 2 ** min(self._failures, 16))
        self.up, self._failures = False, self._failures + 1
        await asyncio.sleep(random.uniform(ceiling / 2, ceiling))


class Publisher:
    """A collector's outlet: an Outbox and the connection that empties it."""

    def __init__(
        self, mqtt: Mqtt, collector: str, clock: Clock, waits: Waits, file: ParcelFile, bound_bytes: int
    ) -> None:
        self.collector = collector
        self.epoch = secrets.token_hex(8)
        self.outbox = Outbox(file, collector, self.epoch, clock, bound_bytes=bound_bytes)
        self.switch: asyncio.Queue[SwitchPosition] = Newest()
        """Where the switch stands, whenever the monitor says so."""
        self._mqtt, self._clock, self._topics = mqtt, clock, Topics(mqtt.prefix)
        self._connection = Connection(mqtt, f"Collector {collector}", waits)
        self._connected_at = clock()

    @property
    def connected(self) -> bool:
        return self._connection.up

    async def put(self, events: Sequence[Event]) -> None:
        """Take the events, in order; waits while the outbox is full."""
        await self.outbox.put(events)

    async def put_safely(self, events: Sequence[Event]) -> None:
        """Take the events and return when they are on disk: from there they reach the monitor, come what may."""
        await self.outbox.put(events)
        await self.outbox.flush()

    async def deliver(self) -> None:
        """Keep a connection and deliver until `stop`. Raises CredentialsRefused and ConfigurationError."""
        while not self.outbox.stopping:
            try:
                await self._deliver_on_one_connection()
            except (PeerUnreachable, AskAPerson) as error:
                await self._connection.lost(error)
        self._connection.up = False

    async def stop(self) -> None:
        """Everything to disk, and to the broker if it is there, for STOP_SECONDS at most; then `deliver` says
        `stopped` and returns."""
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.outbox.flush()
                if not self._connection.failing:
                    await self.outbox.until_sent()
        except TimeoutError:
            pass
        if not self.outbox.sent:
            log.info("Collector %s stops with %d events in its outbox.", self.collector, self.outbox.buffered)
        await self.outbox.stop()

    async def _deliver_on_one_connection(self) -> None:
        topic = self._topics.status(self.collector)
        # A later connection is told by a later instant, also when the clock was put back meanwhile.
        self._connected_at = max(self._clock(), self._connected_at + timedelta(microseconds=1))
        lost = Status(collector=self.collector, epoch=self.epoch, connected_at=self._connected_at, state="lost")
        name = f"balans-collector-{self.collector}-{self.epoch}"
        will = aiomqtt.Will(topic, encode_status(lost), qos=1, retain=True)
        async with connected(self._mqtt, identifier=name, will=will) as client:
            client.pending_calls_threshold = 10 * IN_FLIGHT_MESSAGES
            async with task_group() as group:
                listening = group.create_task(self._listen(client), name=f"watermarks for {self.collector}")
                await self._converse(client, lost)
                listening.cancel()

    async def _converse(self, client: aiomqtt.Client, status: Status) -> None:
        for topic in (self._topics.switch, self._topics.journalled(self.collector)):
            await _subscribe(client, topic, qos=1)
        await self._say(client, msgspec.structs.replace(status, state="up"))
        self._connection.made()
        async with task_group() as group:
            repeating = group.create_task(self.outbox.repeat(*REPEAT_SECONDS), name=f"repeat {self.collector}")
            await self._send_all(client)
            repeating.cancel()
        await self._say(client, msgspec.structs.replace(status, state="stopped"))

    async def _say(self, client: aiomqtt.Client, status: Status) -> None:
        said = msgspec.structs.replace(status, at=self._clock())
        await client.publish(self._topics.status(self.collector), encode_status(said), qos=1, retain=True)

    async def _send_all(self, client: aiomqtt.Client) -> None:
        # Tasks begin in the order in which they are made, and each hands over its message before it waits.
        await self.outbox.rewind()
        async with task_group() as group:
            while not self.outbox.stopping:
                for message in await self.outbox.next_messages():
                    group.create_task(self._send(client, message), name=f"publish {self.collector}")

    async def _send(self, client: aiomqtt.Client, message: Message) -> None:
        topic = self._topics.events(self.collector)
        try:
            await client.publish(topic, message.raw, qos=1, timeout=ACKNOWLEDGE_SECONDS)
        except BaseException:
            # At once, and not only on the next connection: nobody may believe meanwhile that all was sent.
            await self.outbox.rewind()
            raise
        finally:
            await self.outbox.acknowledged()

    async def _listen(self, client: aiomqtt.Client) -> None:
        """Take watermarks and positions of the switch until the connection is lost."""
        async for message in client.messages:
            try:
                if message.topic.value == self._topics.switch:
                    self.switch.put_nowait(read_switch(_payload(message)))
                else:
                    await self._heed(read_watermark(_payload(message)))
            except Malformed as error:
                log.warning("Collector %s: %s", self.collector, error)

    async def _heed(self, watermark: Watermark) -> None:
        if watermark.collector == self.collector:
            await self.outbox.journalled(watermark.epochs)
            if watermark.again:
                await self.outbox.rewind()


@asynccontextmanager
async def publishing(
    mqtt: Mqtt,
    collector: str,
    clock: Clock,
    waits: Waits = WAITS_SECONDS,
    *,
    state_directory: Path | None = None,
    bound_bytes: int = OUTBOX_BYTES,
) -> AsyncIterator[Publisher]:
    """The outlet of a collector while the body runs; then what is left is delivered and `stopped` said. The outbox
    is in `state_directory`, of at most `bound_bytes`; None: in memory, for who can tell everything again.
    Raises CredentialsRefused and ConfigurationError, which end the body."""
    publisher = Publisher(mqtt, collector, clock, waits, _outbox_file(state_directory, collector), bound_bytes)
    async with publisher.outbox, task_group() as group:
        writing = group.create_task(publisher.outbox.write(), name=f"outbox {collector}")
        delivery = group.create_task(publisher.deliver(), name=f"deliver {collector}")
        try:
            yield publisher
        finally:
            if not delivery.done():
                await publisher.stop()
                await asyncio.wait([delivery], timeout=STOP_SECONDS)
                delivery.cancel()
            writing.cancel()


def _outbox_file(state_directory: Path | None, collector: str) -> ParcelFile:
    if state_directory is None:
        return ParcelFile(None)
    folder = state_directory / "outbox"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"state_directory: cannot make {folder}: {error.strerror}.") from error
    return ParcelFile(folder / f"{collector}.db")


class Subscriber:
    """All that the collectors send, over a session that the broker keeps while nobody is here.

    Messages come in bursts. A burst is acknowledged after it was taken in, so at most the broker's in-flight
    window is in memory and what was not taken in comes again. INCOMING_MESSAGES is above any such window; only a
    sender that renounces acknowledgement (QoS 0) can reach it, and then loses messages."""

    def __init__(self, mqtt: Mqtt, name: str = "balans-monitor", waits: Waits = WAITS_SECONDS) -> None:
        self.ready = asyncio.Event()
        """Set from the first subscription on: the broker keeps all that is sent after it."""
        self._mqtt, self._name, self._topics = mqtt, name, Topics(mqtt.prefix)
        self._connection = Connection(mqtt, "Monitor", waits)
        self._client: aiomqtt.Client | None = None

    @property
    def connected(self) -> bool:
        return self._connection.up

    async def received(self) -> AsyncGenerator[list[Received], None]:
        """Everything, for ever, in bursts. Raises CredentialsRefused and ConfigurationError."""
        while True:
            try:
                async with self._session() as (client, waiting):
                    while True:
                        messages = await _some(client, waiting)
                        yield [self._read(message) for message in messages]
                        for message in messages:
                            acknowledge(client, message)
            except (PeerUnreachable, AskAPerson) as error:
                await self._connection.lost(error)
            finally:
                self._connection.up = False

    def tell(self, watermark: Watermark) -> None:
        """Tell a collector what is journalled. Without a connection nothing is told: it is asked for again."""
        if self._client is not None:
            # Not aiomqtt's publish: it waits for what need not be waited for, and in Python 3.11 may lose a
            # cancellation over that.
            topic = self._topics.journalled(watermark.collector)
            self._client._client.publish(topic, encode_watermark(watermark), qos=0, retain=True)

    def _read(self, message: aiomqtt.Message) -> Received:
        return read_message(self._topics, message.topic.value, _payload(message), message.retain)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[tuple[aiomqtt.Client, asyncio.Queue[aiomqtt.Message]]]:
        waiting: asyncio.Queue[aiomqtt.Message] = asyncio.Queue(INCOMING_MESSAGES)
        async with connected(
            self._mqtt,
            by_hand=True,
            identifier=self._name,
            clean_session=False,
            queue_type=lambda maxsize: waiting,
        ) as client:
            await _subscribe(client, self._topics.from_collectors, qos=1)
            self._connection.made()
            self._client = client
            self.ready.set()
            try:
                yield client, waiting
            finally:
                self._client = None


async def _some(client: aiomqtt.Client, waiting: asyncio.Queue[aiomqtt.Message]) -> list[aiomqtt.Message]:
    """At least one message, and what else has come, up to BURST_MESSAGES. Raises MqttError when the connection
    has gone. aiomqtt makes a task for each message it is asked for; a burst costs one."""
    messages = [await anext(client.messages)]
    while len(messages) < BURST_MESSAGES and not waiting.empty():
        messages.append(waiting.get_nowait())
    return messages


async def share_figures(mqtt: Mqtt, feed: Feed, waits: Waits = WAITS_SECONDS) -> None:
    """Publish each newest picture, retained, for a web role in another process."""
    topic, connection = Topics(mqtt.prefix).figures, Connection(mqtt, "Figures for others", waits)
    while True:
        try:
            async with connected(mqtt, identifier=f"balans-figures-{secrets.token_hex(4)}") as client:
                connection.made()
                async for figures in feed.pictures():
                    await client.publish(topic, msgspec.json.encode(figures), qos=0, retain=True)
        except (PeerUnreachable, AskAPerson) as error:
            await connection.lost(error)


async def share_switch(mqtt: Mqtt, positions: asyncio.Queue[SwitchPosition], waits: Waits = WAITS_SECONDS) -> None:
    """Publish each position of the switch, retained, for the collectors; and the last one now and then, for a broker
    may forget."""
    topic, connection = Topics(mqtt.prefix).switch, Connection(mqtt, "Switch for the collectors", waits)
    position = await positions.get()
    while True:
        try:
            async with connected(mqtt, identifier=f"balans-switch-{secrets.token_hex(4)}") as client:
                connection.made()
                while True:
                    await client.publish(topic, encode_switch(position), qos=1, retain=True)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(SAY_AGAIN_SECONDS):
                            position = await positions.get()
        except PeerUnreachable as error:
            await connection.lost(error)


async def follow_figures(mqtt: Mqtt, feed: Feed, waits: Waits = WAITS_SECONDS) -> None:
    """Fill the feed from a monitor in another process. A picture of another version is skipped and told once."""
    topic, connection = Topics(mqtt.prefix).figures, Connection(mqtt, "Figures of the monitor", waits)
    unreadable = False
    while True:
        try:
            name = f"balans-web-{secrets.token_hex(4)}"
            async with connected(mqtt, identifier=name, queue_type=Newest) as client:
                await _subscribe(client, topic, qos=0)
                connection.made()
                async for message in client.messages:
                    try:
                        await feed.publish(_pictures.decode(_payload(message)))
                    except UNREADABLE as error:
                        if not unreadable:
                            log.warning(
                                "The monitor's figures cannot be read, it may be of another version: %s.", error
                            )
                        unreadable = True
        except (PeerUnreachable, AskAPerson) as error:
            await connection.lost(error)


class Newest(asyncio.Queue[T]):
    """Holds one item; a newer one takes its place."""

    def put_nowait(self, item: T) -> None:
        while not self.empty():
            self.get_nowait()
        super().put_nowait(item)


_pictures = msgspec.json.Decoder(SiteFigures)


async def _subscribe(client: aiomqtt.Client, topic: str, qos: int) -> None:
    # A broker that cannot write gives the same answer as one that may not let us; so it is asked again.
    for code in await client.subscribe(topic, qos=qos):
        if getattr(code, "value", code) >= 0x80:
            raise PeerUnreachable(f"The broker does not let this user subscribe to {topic}, or it cannot write.")


def _payload(message: aiomqtt.Message) -> bytes:
    assert isinstance(message.payload, bytes)
    return message.payload
