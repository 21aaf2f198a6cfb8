"""One connection to a manager interface: greeting, log-in, requests, bytes in. All time-outs raise PeerUnreachable."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from collectors.asterisk_ami.protocol import Framer, Message, action, is_greeting
from collectors.asterisk_ami.settings import Settings
from monitor.errors import ConfigurationError, CredentialsRefused, PeerUnreachable

_READ_BYTES = 1 << 16
_REFUSED = "Authentication failed"


class Session:
    """A connection. `receive` gives what has arrived, `ask` sends a request and returns its ActionID."""

    def __init__(self, where: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, greeting: str) -> None:
        self.greeting = greeting
        self.framer = Framer()
        self._where = where
        self._reader = reader
        self._writer = writer
        self._asked = 0

    async def receive(self, seconds: float) -> list[Message] | None:
        """Messages that are whole after the next bytes; None when nothing arrives within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                received = await self._reader.read(_READ_BYTES)
        except TimeoutError:
            return None
        except OSError as error:
            raise PeerUnreachable(f"The connection to {self._where} broke ({error}).") from error
        if not received:
            raise PeerUnreachable(f"{self._where} closed the connection.")
        return self.framer.feed(received)

    def ask(self, name: str, **headers: str) -> str:
        """Send a request. Requests are few and short, so the buffer of the socket bounds what waits to be sent."""
        self._asked += 1
        action_id = f"balans-{self._asked}-{name}"
        self._writer.write(action(name, action_id, **headers))
        return action_id

    def check_log_in(self, answer: Message) -> None:
        """Raises CredentialsRefused when the answer to the log-in is no; an Asterisk that is not ready yet is asked
        again later."""
        if answer.name == "Success":
            return
        told = answer.get("Message")
        if told == _REFUSED:
            raise CredentialsRefused(f"{self._where} refuses this username and secret (see manager.conf).")
        raise PeerUnreachable(f"{self._where} does not take the log-in: {told or 'no reason given'}.")


@asynccontextmanager
async def connection(settings: Settings) -> AsyncIterator[Session]:
    """A greeted connection, closed at the end. Raises PeerUnreachable, and ConfigurationError for its TLS files."""
    where = f"{settings.host}:{settings.port}"
    context = _tls(settings)
    try:
        async with asyncio.timeout(settings.connect_seconds):
            reader, writer = await asyncio.open_connection(settings.host, settings.port, ssl=context)
    except (OSError, TimeoutError) as error:
        raise PeerUnreachable(f"There is no connection to {where} ({error or 'time-out'}).") from error
    try:
        try:
            async with asyncio.timeout(settings.connect_seconds):
                greeting = await reader.readline()
        except (OSError, TimeoutError, ValueError) as error:
            raise PeerUnreachable(f"{where} answers, but does not greet ({error or 'time-out'}).") from error
        if not is_greeting(greeting):
            raise PeerUnreachable(f"{where} answers, but not as an Asterisk manager interface.")
        yield Session(where, reader, writer, greeting.decode("utf-8", "replace").strip())
    finally:
        writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await writer.wait_closed()


def secret(name: str, settings: Settings) -> str:
    """The secret of the account. Raises ConfigurationError when there is none."""
    if settings.secret_file is not None:
        try:
            return settings.secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"collectors.{name}.secret_file cannot be read: {error}.") from error
    if settings.secret is None:
        raise ConfigurationError(f"collectors.{name}.secret is missing: the secret of the account in manager.conf.")
    return settings.secret.get_secret_value()


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if not settings.tls:
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise ConfigurationError(f"ca_file {settings.ca_file} cannot be used: {error}.") from error
