"""What is done on one connection: log in, ask for the lists, ping, and give every message to the switchboard.

One loop and no other task: it waits for bytes a short while, then does what the clock asks for. While the
outlet is full nothing is read, so the peer's bytes wait in the socket and not in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from collectors.asterisk_ami.protocol import Message
from collectors.asterisk_ami.session import Session
from collectors.asterisk_ami.settings import Settings
from collectors.asterisk_ami.switchboard import Switchboard
from collectors.source import Outlet
from monitor.errors import PeerUnreachable
from monitor.events import Event

TICK_SECONDS = 0.25
"""How precisely decisions that depend on the clock are made."""
BOOT_SECONDS = 5.0
"""An account without class system hears no FullyBooted; then the lists are asked for after this time."""
RETRY_SECONDS = 2.0
"""Between two questions for the lists, while Asterisk has not loaded the module that answers."""


class Watch:
    """The watch over one connection. `there` is called once, when Asterisk has shown that it is ready; `now` gives
    the epoch, while all time-outs are measured on the loop's own clock."""

    def __init__(
        self,
        session: Session,
        settings: Settings,
        switchboard: Switchboard,
        there: Callable[[], None],
        now: Callable[[], float],
    ) -> None:
        self._session = session
        self._settings = settings
        self._switchboard = switchboard
        self._there = there
        self._now = now
        self._log_in = ""
        self._logged_in = self._ready = False
        self._lists: set[str] = set()
        self._channels_allowed = True
        begun = asyncio.get_running_loop().time()
        self._answer_by = begun + settings.connect_seconds
        self._ping_at = self._lists_at = float("inf")
        self._pinged = False

    async def keep(self, secret: str, outlet: Outlet) -> None:
        """Until the connection is lost. Raises PeerUnreachable or CredentialsRefused."""
        self._log_in = self._session.ask("Login", Username=self._settings.username, Secret=secret, Events="on")
        while True:
            messages = await self._session.receive(TICK_SECONDS)
            now = self._now()
            events: list[Event] = []
            for message in messages or ():
                self._look(message)
                events += self._switchboard.apply(message, now)
            events += self._switchboard.advance(now)
            if events:
                await outlet.put(events)
            if self._switchboard.is_up and not self._ready:
                self._ready = True
                self._there()
            self._by_the_clock(heard=messages is not None)

    def _look(self, message: Message) -> None:
        """What a message means for the connection itself."""
        clock = asyncio.get_running_loop().time()
        if message.name == "FullyBooted" and message.kind == "event":
            self._lists_at = clock
        if message.kind != "response":
            return
        action_id = message.get("ActionID")
        if action_id == self._log_in:
            self._session.check_log_in(message)
            self._logged_in = True
            self._answer_by = float("inf")
            self._ping_at = clock + self._settings.ping_seconds
            self._lists_at = min(self._lists_at, clock + BOOT_SECONDS)
        elif action_id in self._lists and message.name == "Error":
            self._lists_at = min(self._lists_at, clock + RETRY_SECONDS)
            self._channels_allowed &= not action_id.endswith("CoreShowChannels")
        elif message.get("Ping"):
            self._pinged = False
            self._answer_by = float("inf")

    def _by_the_clock(self, *, heard: bool) -> None:
        clock = asyncio.get_running_loop().time()
        if clock >= self._answer_by and not heard:
            raise PeerUnreachable("Asterisk does not answer any more.")
        if heard and self._pinged:
            # Whatever arrives is a sign of life; the answer itself may stand behind a long list.
            self._answer_by = clock + self._settings.ping_timeout_seconds
        if not self._logged_in:
            return
        if clock >= self._lists_at:
            self._lists_at = clock + self._settings.snapshot_seconds
            self._ask_for_lists()
        if clock >= self._ping_at and not self._pinged:
            self._session.ask("Ping")
            self._pinged = True
            self._answer_by = clock + self._settings.ping_timeout_seconds
            self._ping_at = clock + self._settings.ping_seconds

    def _ask_for_lists(self) -> None:
        """Channels first: with them known, the queues' list can be reconciled whole."""
        names = ["CoreShowChannels", "QueueStatus"] if self._channels_allowed else ["QueueStatus"]
        self._lists = {self._session.ask(name) for name in names}
