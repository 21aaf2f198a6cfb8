"""The bus: events over any MQTT 3.1.1 broker, at least once. The only importer of aiomqtt.

`publishing` gives a collector its outlet, `Subscriber` gives the monitor what all collectors send. Each makes
a new client for each connection and keeps for itself what is not acknowledged: paho's own queues lose their
owner when a client goes, and aiomqtt's `publish` does not notice that the connection went.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import secrets
import ssl
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import aiomqtt
import msgspec

from monitor.batch import MESSAGE_BYTES, Batch, Received, Status, Topics, encode_status, messages, read_message
from monitor.errors import ConfigurationError, CredentialsRefused, PeerUnreachable
from monitor.events import Event
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.settings import Mqtt

Clock = Callable[[], datetime]
State = Literal["up", "lost", "stopped"]

BUFFER_EVENTS = 50_000
"""Bound of a publisher's memory, in events; at the bound `put` waits."""
BATCH_EVENTS = 500
LINGER_SECONDS = 0.05
"""How long a batch that is not full waits for more."""
IN_FLIGHT_MESSAGES = 16
ACKNOWLEDGE_SECONDS = 20.0
"""A broker that takes longer to acknowledge is taken for lost."""
INCOMING_MESSAGES = 70_000
KEEP_ALIVE_SECONDS = 15
LOOPBACK = "127.0.0.1"
CONNECT_SECONDS = 10.0
STOP_SECONDS = 5.0
"""How long a stopping publisher still tries to deliver."""

REFUSED_CODES = frozenset({4, 5, 134, 135})
"""CONNACK: bad user name or password, not authorised, by their MQTT 3.1.1 and 5 numbers."""

log = logging.getLogger(__name__)
_client_log = logging.getLogger(f"{__name__}.client")
_client_log.setLevel(logging.CRITICAL)  # What aiomqtt and paho would say is said here, once.


@asynccontextmanager
async def connected(mqtt: Mqtt, *, by_hand: bool = False, **options: Any) -> AsyncIterator[aiomqtt.Client]:
    """A client for the length of one connection; `by_hand`: each message is acknowledged by `acknowledge`.
    Raises CredentialsRefused, ConfigurationError, PeerUnreachable; a connection lost in the body is
    PeerUnreachable too."""
    client = aiomqtt.Client(
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
    try:
        async with client:
            yield client
    except aiomqtt.MqttError as error:
        # After a connection that was never confirmed aiomqtt leaves the socket open.
        client._client.disconnect()
        raise _translated(mqtt, error) from error


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


def _translated(mqtt: Mqtt, error: aiomqtt.MqttError) -> Exception:
    where = f"{mqtt.host or LOOPBACK}:{mqtt.port}"
    code = getattr(error, "rc", None)
    if getattr(code, "value", code) in REFUSED_CODES:
        return CredentialsRefused(f"The broker at {where} refuses this user name or password.")
    if isinstance(error.__context__, ssl.SSLCertVerificationError):
        return CredentialsRefused(f"The certificate of the broker at {where} is not trusted: {error.__context__}.")
    return PeerUnreachable(f"The broker at {where} cannot be reached: {error}.")


class Connection:
    """Back-off with jitter, one line for a loss and one for a return."""

    def __init__(self, mqtt: Mqtt, who: str, waits: tuple[float, float]) -> None:
        self.up = False
        self._who, self._where = who, f"{mqtt.host or LOOPBACK}:{mqtt.port}"
        self._first, self._longest = waits
        self._failures = 0
        self._said_lost = False

    def made(self) -> None:
        if self._said_lost:
            log.info("%s has the broker at %s again.", self._who, self._where)
        self.up, self._failures, self._said_lost = True, 0, False

    async def lost(self, error: PeerUnreachable) -> None:
        """Say so once, then wait."""
        if not self._said_lost:
            log.warning("%s has lost the broker: %s Trying again.", self._who, error)
        self.up, self._said_lost = False, True
        ceiling = min(self._longest, self._first * 2 ** min(self._failures, 16))
        self._failures += 1
        await asyncio.sleep(random.uniform(ceiling / 2, ceiling))


WAITS_SECONDS = (0.25, 30.0)
"""The first and the longest wait before connecting again."""


@dataclass(slots=True)
class _Message:
    """A message on its way; `last_sequence` is the number of its last event."""

    raw: bytes
    last_sequence: int
    settled: bool = False
    """Acknowledged, or too large to be sent at all."""


class Publisher:
    """A collector's outlet. Holds at most BUFFER_EVENTS that the broker has not acknowledged; at that bound
    `put` waits. Order is kept; after a loss all that is unacknowledged goes again under the same numbers."""

    def __init__(self, mqtt: Mqtt, collector: str, clock: Clock, waits: tuple[float, float] = WAITS_SECONDS) -> None:
        self.collector = collector
        self.epoch = secrets.token_hex(8)
        self.too_large = 0
        """Events that fit in no message and were dropped."""
        self._mqtt, self._clock, self._topics = mqtt, clock, Topics(mqtt.prefix)
        self._connection = Connection(mqtt, f"Collector {collector}", waits)
        self._connections = 0
        self._changed = asyncio.Condition()
        self._waiting: deque[Event] = deque()
        self._on_the_way: deque[_Message] = deque()
        # The numbers of the last event put, batched, settled, and of the last that somebody waits for.
        self._put = self._batched = self._settled = self._awaited = 0
        self._stopping = False

    @property
    def connected(self) -> bool:
        return self._connection.up

    @property
    def buffered(self) -> int:
        """Events that the broker has not acknowledged yet."""
        return self._put - self._settled

    async def put(self, events: Sequence[Event]) -> None:
        """Take the events, in order; waits while the buffer is full."""
        taken = 0
        async with self._changed:
            while taken < len(events):
                await self._changed.wait_for(lambda: self.buffered < BUFFER_EVENTS)
                some = events[taken : taken + BUFFER_EVENTS - self.buffered]
                self._waiting.extend(some)
                self._put += len(some)
                taken += len(some)
                self._changed.notify_all()

    async def put_safely(self, events: Sequence[Event]) -> None:
        """Take the events and return when the broker has acknowledged them all."""
        await self.put(events)
        await self.flush()

    async def flush(self) -> None:
        """Return when the broker has acknowledged all that was put until now."""
        async with self._changed:
            number = self._awaited = self._put
            self._changed.notify_all()
            await self._changed.wait_for(lambda: self._settled >= number)

    async def deliver(self) -> None:
        """Keep a connection and deliver until `stop`. Raises CredentialsRefused and ConfigurationError."""
        while not self._stopping:
            try:
                await self._deliver_on_one_connection()
            except PeerUnreachable as error:
                await self._connection.lost(error)

    async def stop(self) -> None:
        """Deliver what there is, for STOP_SECONDS at most; then let `deliver` take its leave."""
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.flush()
        except TimeoutError:
            log.warning("Collector %s stops with %d events undelivered.", self.collector, self.buffered)
        async with self._changed:
            self._stopping = True
            self._changed.notify_all()

    async def _deliver_on_one_connection(self) -> None:
        self._connections += 1
        will = aiomqtt.Will(self._topics.status(self.collector), encode_status(self._status("lost")), 1, True)
        name = f"balans-collector-{self.collector}-{self.epoch}"
        async with connected(self._mqtt, identifier=name, will=will) as client:
            client.pending_calls_threshold = 10 * IN_FLIGHT_MESSAGES
            await self._say(client, "up")
            self._connection.made()
            try:
                await _while_connected(client, self._send_all(client), f"connection of {self.collector}")
            finally:
                self._connection.up = False
            await self._say(client, "stopped")

    async def _say(self, client: aiomqtt.Client, state: State) -> None:
        status = self._status(state, self._clock())
        await client.publish(self._topics.status(self.collector), encode_status(status), qos=1, retain=True)

    def _status(self, state: State, at: datetime | None = None) -> Status:
        return Status(collector=self.collector, epoch=self.epoch, connection=self._connections, state=state, at=at)

    async def _send_all(self, client: aiomqtt.Client) -> None:
        async with task_group() as group:
            for message in self._on_the_way:
                group.create_task(self._send(client, message), name=f"publish {self.collector} again")
            while not self._stopping:
                for message in await self._next_messages():
                    group.create_task(self._send(client, message), name=f"publish {self.collector}")

    async def _send(self, client: aiomqtt.Client, message: _Message) -> None:
        if not message.settled:
            topic = self._topics.events(self.collector)
            await client.publish(topic, message.raw, qos=1, timeout=ACKNOWLEDGE_SECONDS)
        async with self._changed:
            message.settled = True
            while self._on_the_way and self._on_the_way[0].settled:
                self._settled = self._on_the_way.popleft().last_sequence
            self._changed.notify_all()

    async def _next_messages(self) -> list[_Message]:
        """The next batch as messages, once there are events and room in flight; none when stopping."""
        async with self._changed:
            await self._changed.wait_for(self._may_send)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LINGER_SECONDS):
                    await self._changed.wait_for(self._need_not_linger)
            made = self._batch_up()
            self._on_the_way.extend(made)
            return made

    def _may_send(self) -> bool:
        return self._stopping or (bool(self._waiting) and len(self._on_the_way) < IN_FLIGHT_MESSAGES)

    def _need_not_linger(self) -> bool:
        return self._stopping or self._awaited > self._batched or len(self._waiting) >= BATCH_EVENTS

    def _batch_up(self) -> list[_Message]:
        events = tuple(self._waiting.popleft() for _ in range(min(BATCH_EVENTS, len(self._waiting))))
        if not events:
            return []
        batch = Batch(
            collector=self.collector,
            epoch=self.epoch,
            first_sequence=self._batched + 1,
            sent_at=self._clock(),
            events=events,
        )
        self._batched += len(events)
        return [self._fitting(_Message(raw, last)) for last, raw in messages(batch)]

    def _fitting(self, message: _Message) -> _Message:
        if len(message.raw) > MESSAGE_BYTES:
            self.too_large += 1
            log.warning("Collector %s drops an event of %d bytes.", self.collector, len(message.raw))
            message.settled = True
        return message


@asynccontextmanager
async def publishing(
    mqtt: Mqtt, collector: str, clock: Clock, waits: tuple[float, float] = WAITS_SECONDS
) -> AsyncIterator[Publisher]:
    """The outlet of a collector while the body runs; then what is left is delivered and `stopped` said.
    Raises CredentialsRefused and ConfigurationError, which end the body."""
    publisher = Publisher(mqtt, collector, clock, waits)
    async with task_group() as group:
        delivery = group.create_task(publisher.deliver(), name=f"deliver {collector}")
        try:
            yield publisher
        finally:
            if not delivery.done():
                await publisher.stop()
                await asyncio.wait([delivery], timeout=STOP_SECONDS)
                delivery.cancel()


class Subscriber:
    """All that the collectors send, over a session that the broker keeps while nobody is here.

    A message is acknowledged when the next one is asked for, so at most the broker's in-flight window is in
    memory and what was not taken in comes again. INCOMING_MESSAGES is above any such window; only a sender
    that renounces acknowledgement (QoS 0) can reach it, and then loses messages."""

    def __init__(self, mqtt: Mqtt, name: str = "balans-monitor", waits: tuple[float, float] = WAITS_SECONDS) -> None:
        self.ready = asyncio.Event()
        """Set from the first subscription on: nothing that is sent after it can be missed."""
        self._mqtt, self._name, self._topics = mqtt, name, Topics(mqtt.prefix)
        self._connection = Connection(mqtt, "The monitor", waits)

    @property
    def connected(self) -> bool:
        return self._connection.up

    async def received(self) -> AsyncGenerator[Received, None]:
        """Everything, for ever. Raises CredentialsRefused and ConfigurationError."""
        while True:
            try:
                async with connected(
                    self._mqtt,
                    by_hand=True,
                    identifier=self._name,
                    clean_session=False,
                    max_queued_incoming_messages=INCOMING_MESSAGES,
                ) as client:
                    await _subscribe(client, self._topics.from_collectors, qos=1)
                    self._connection.made()
                    self.ready.set()
                    async for message in client.messages:
                        yield read_message(self._topics, message.topic.value, _payload(message))
                        acknowledge(client, message)
            except PeerUnreachable as error:
                await self._connection.lost(error)
            finally:
                self._connection.up = False


async def share_figures(mqtt: Mqtt, feed: Feed, waits: tuple[float, float] = WAITS_SECONDS) -> None:
    """Publish each newest picture, retained, for a web role in another process."""
    topic, connection = Topics(mqtt.prefix).figures, Connection(mqtt, "The sharing of figures", waits)
    while True:
        try:
            async with connected(mqtt, identifier=f"balans-figures-{secrets.token_hex(4)}") as client:
                connection.made()
                async for figures in feed.pictures():
                    await client.publish(topic, msgspec.json.encode(figures), qos=0, retain=True)
        except PeerUnreachable as error:
            await connection.lost(error)


async def follow_figures(mqtt: Mqtt, feed: Feed, waits: tuple[float, float] = WAITS_SECONDS) -> None:
    """Fill the feed from a monitor in another process. A picture of another version is skipped and told once."""
    topic, connection = Topics(mqtt.prefix).figures, Connection(mqtt, "The following of figures", waits)
    unreadable = False
    while True:
        try:
            name = f"balans-web-{secrets.token_hex(4)}"
            async with connected(mqtt, identifier=name, queue_type=_Newest) as client:
                await _subscribe(client, topic, qos=0)
                connection.made()
                async for message in client.messages:
                    try:
                        await feed.publish(_pictures.decode(_payload(message)))
                    except msgspec.DecodeError as error:
                        if not unreadable:
                            log.warning(
                                "The monitor's figures cannot be read, it may be of another version: %s.", error
                            )
                        unreadable = True
        except PeerUnreachable as error:
            await connection.lost(error)


class _Newest(asyncio.Queue[aiomqtt.Message]):
    """Holds one message; a newer one takes its place."""

    def put_nowait(self, item: aiomqtt.Message) -> None:
        while not self.empty():
            self.get_nowait()
        super().put_nowait(item)


_pictures = msgspec.json.Decoder(SiteFigures)


async def _subscribe(client: aiomqtt.Client, topic: str, qos: int) -> None:
    for code in await client.subscribe(topic, qos=qos):
        if getattr(code, "value", code) >= 0x80:
            raise CredentialsRefused(f"The broker does not let this user subscribe to {topic}.")


def _payload(message: aiomqtt.Message) -> bytes:
    assert isinstance(message.payload, bytes)
    return message.payload


@asynccontextmanager
async def task_group() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group that raises the first failure itself: here one failure ends everything beside it."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _while_connected(client: aiomqtt.Client, work: Coroutine[Any, Any, None], name: str) -> None:
    """Do the work; raises MqttError as soon as the connection goes."""
    async with task_group() as group:
        watch = group.create_task(_until_lost(client), name=name)
        await work
        watch.cancel()


async def _until_lost(client: aiomqtt.Client) -> None:
    async for _ in client.messages:
        pass
