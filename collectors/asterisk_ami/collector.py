"""The live collector: one attempt after another to keep a connection to Asterisk."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

from collectors.asterisk_ami.owed import Owing
from collectors.asterisk_ami.session import connection, secret
from collectors.asterisk_ami.settings import Settings
from collectors.asterisk_ami.switchboard import Switchboard
from collectors.asterisk_ami.watch import Watch
from collectors.source import Outlet, Surroundings, supervise
from monitor.errors import BalansError, PeerUnreachable

log = logging.getLogger(__name__)


class AsteriskAmi:
    """One Asterisk. `rejected` counts input that could not be used and `alarms` what a person should look at,
    such as phones that are out of order; both by reason."""

    def __init__(self, name: str, settings: Settings, surroundings: Surroundings) -> None:
        self.name = name
        self._settings = settings
        self._secret = secret(name, settings)
        self._surroundings = surroundings
        heartbeat_seconds = 2 * (settings.ping_seconds + settings.ping_timeout_seconds)
        self._switchboard = Switchboard(name, settings, surroundings, heartbeat_seconds)
        self.rejected: Counter[str] = self._switchboard.rejected
        self.alarms: Counter[str] = self._switchboard.alarms

    async def run(self, outlet: Outlet) -> None:
        """Collect until cancelled. Raises CredentialsRefused when Asterisk refuses the account."""
        if self._surroundings.state_directory is not None:
            path = self._surroundings.state_directory / f"{self.name}.owed"
            outlet = owing = Owing(outlet, self._switchboard, self._surroundings.clock, path)
            owing.begin()

        async def attempt(there: Callable[[], None]) -> None:
            await self._attempt(outlet, there)

        await supervise(self.name, attempt)

    async def _attempt(self, outlet: Outlet, there: Callable[[], None]) -> None:
        try:
            async with connection(self._settings) as session:
                self._switchboard.connected(self._now())
                try:
                    await Watch(session, self._settings, self._switchboard, there, self._now).keep(self._secret, outlet)
                finally:
                    self.rejected.update(session.framer.dropped)
        except BalansError as error:
            await outlet.put(self._switchboard.lost(self._now(), type(error).__name__))
            raise

    def _now(self) -> float:
        return self._surroundings.clock().timestamp()


async def check(settings: Settings) -> str:
    """Log in and look, for a person: what greets, how many queues and members. Raises BalansError."""
    async with connection(settings) as session:
        log_in = session.ask(
            "Login", Username=settings.username, Secret=secret("(this collector)", settings), Events="off"
        )
        asked = ""
        queues: set[str] = set()
        members: set[str] = set()
        while True:
            messages = await session.receive(settings.connect_seconds)
            if messages is None:
                raise PeerUnreachable(f"{settings.host}:{settings.port} greets, but does not answer.")
            for message in messages:
                if message.get("ActionID") == log_in:
                    session.check_log_in(message)
                    asked = session.ask("QueueStatus")
                elif message.get("ActionID") != asked:
                    continue
                elif message.name == "Error":
                    raise PeerUnreachable(f"It does not tell of its queues: {message.get('Message')}.")
                elif message.name == "QueueParams":
                    queues.add(message.get("Queue"))
                elif message.name == "QueueMember":
                    members.add(message.get("Location"))
                elif message.name == "QueueStatusComplete":
                    return f"{session.greeting}: {len(queues)} queues, {len(members)} members"
