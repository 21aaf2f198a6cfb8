"""One Asterisk as the manager interface shows it: messages and a clock in, domain events out. Pure.

`Switchboard` gives each message to those whose business it is - `Calls`, `Members`, the lists - and knows
what a connection, its loss and a restart mean for them. It never raises on a message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from collectors.asterisk.instants import instant
from collectors.asterisk.story import wrap_up_seconds
from collectors.asterisk_ami.calls import Calls
from collectors.asterisk_ami.lists import List, Lists
from collectors.asterisk_ami.members import Members
from collectors.asterisk_ami.protocol import Message
from collectors.asterisk_ami.settings import Settings
from collectors.asterisk_ami.sight import Sight
from collectors.source import Surroundings
from monitor.events import ContactWrappedUp, Event, QueueSnapshot, SourceStatus

LEFT_REASON = "left_reason"
"""What `SourceStatus.cannot_tell` says of an account that cannot tell an abandon from a timeout."""
BOOTED_SECONDS = 5.0
"""Who is there so soon after the boot has seen every call."""
_DAY_SECONDS = 86_400.0


class Switchboard:
    """The state of one Asterisk. `rejected` counts what could not be used, `alarms` what a person should look at.

    `heartbeat_seconds` is how long a live source may be silent; None for a recording.
    """

    def __init__(
        self, name: str, settings: Settings, surroundings: Surroundings, heartbeat_seconds: float | None = None
    ) -> None:
        self.rejected: Counter[str] = Counter()
        self.alarms: Counter[str] = Counter()
        self._name = name
        self._settings = settings
        self._queues = surroundings.queues
        self._heartbeat = heartbeat_seconds
        self._sight = Sight(settings.reads_dialplan)
        self._members = Members(name, surroundings.pseudonyms, settings.other_work_reasons, self.alarms)
        self._calls = Calls(
            name,
            surroundings.pseudonyms,
            self._sight,
            self._wrap_up,
            self._members.agent_of_channel,
            self.rejected,
        )
        self._lists = Lists(self.rejected)
        self._said: tuple[str, tuple[str, ...]] | None = None
        self._lag = 0.0
        self._heard_at = 0.0
        self._lost_at: float | None = None
        self._shut_down = False
        self._sees_all_calls = False

    @property
    def is_up(self) -> bool:
        """Whether Asterisk has shown on this connection that it is ready."""
        return self._said is not None and self._said[0] == "up"

    def apply(self, message: Message, now: float) -> list[Event]:
        """The events a message makes, after those that are due by now."""
        events = self.advance(now)
        self._heard_at = now - self._lag
        self._sight.see(message)
        if message.kind == "response":
            events += self._response(message, now)
        elif message.kind == "event":
            events += self._event(message, self._happened_at(message, now), now)
        if self.is_up and self._said != ("up", self._cannot_tell()):
            events += self._status("up", now - self._lag)
        return events

    def advance(self, now: float) -> list[Event]:
        """The events that are due by the clock alone."""
        return [*self._calls.advance(now - self._lag, now), *self._members.advance(now)]

    def flush(self) -> list[Event]:
        """Everything pending, at the end of a recording."""
        return self._calls.flush()

    @property
    def owed(self) -> list[ContactWrappedUp]:
        """The wrap-ups that are not over yet: nothing but the clock will tell of them."""
        return self._calls.owed

    def owe(self, wrap_ups: Iterable[ContactWrappedUp]) -> None:
        """Tell of these too, when they are over: an earlier process owed them."""
        self._calls.owe(wrap_ups)

    def connected(self, now: float) -> None:
        """A connection begins."""
        self._calls.connected(now)
        self._lists = Lists(self.rejected)
        self._sees_all_calls = False

    def lost(self, now: float, detail: str = "") -> list[Event]:
        """The connection is gone, or could not be made. Said once."""
        at = now - self._lag
        events = self._calls.lost(self._heard_at, self._shut_down)
        self._members.lost()
        if self._shut_down:
            self._members.restarted()
        if self._said is None or self._said[0] != "lost":
            self._lost_at = self._heard_at
            events += self._status("lost", at, detail)
        self._shut_down = False
        return events

    # ---- messages

    def _response(self, message: Message, now: float) -> list[Event]:
        self._lists.begin(message, now)
        if message.get("Ping") and self._heartbeat is not None and self.is_up:
            return self._status("up", now - self._lag)
        return []

    def _event(self, message: Message, at: float, now: float) -> list[Event]:
        if message.name == "FullyBooted":
            return self._booted(message, at)
        if message.name == "Shutdown":
            self._shut_down = True
            return self._calls.shutting_down()
        finished = self._lists.take(message, now)
        if finished is not None:
            return self._listed(finished, now)
        return [*self._members.apply(message, at, now), *self._calls.apply(message, at, now)]

    def _booted(self, message: Message, at: float) -> list[Event]:
        """Asterisk is ready. Its uptime, in whole seconds, tells whether it is still the one that was last heard."""
        uptime = message.number("Uptime")
        events: list[Event] = []
        if uptime is not None:
            self._sees_all_calls = uptime <= BOOTED_SECONDS
            if self._lost_at is not None and at - uptime > self._lost_at - 1:
                events += self._calls.restarted(self._lost_at)
                self._members.restarted()
        return events + self._status("up", at)

    def _listed(self, done: List, now: float) -> list[Event]:
        at = now - self._lag
        events: list[Event] = [] if self.is_up else self._status("up", at)
        if done.name == "CoreShowChannels":
            events += self._calls.channels(done.items["CoreShowChannel"], done.begun_at, at, now)
            self._sees_all_calls = True
            queues = self._lists.queues
        else:
            events += self._members.listed(done.items["QueueMember"], at, now)
            events += self._calls.entries(done.items["QueueEntry"], done.begun_at, at, now)
            queues = self._lists.queues = [item.get("Queue") for item in done.items["QueueParams"]]
            self._calls.know(queues)
        return events + [self._snapshot(queue, done.name, at) for queue in queues]

    def _snapshot(self, queue: str, list_name: str, at: float) -> QueueSnapshot:
        return QueueSnapshot(
            id=f"{queue}/{list_name}/{at:.6f}",
            source=self._name,
            at=instant(at),
            queue=queue,
            waiting=self._calls.waiting(queue),
            serving=self._calls.serving(queue) if self._sees_all_calls else None,
        )

    def _status(self, state: Literal["up", "lost"], at: float, detail: str = "") -> list[Event]:
        cannot_tell = self._cannot_tell()
        self._said = (state, cannot_tell)
        status = SourceStatus(
            id=f"{state}/{at:.6f}",
            source=self._name,
            at=instant(at),
            state=state,
            heartbeat_seconds=self._heartbeat,
            detail=detail[:160],
            cannot_tell=cannot_tell,
        )
        return [status]

    def _cannot_tell(self) -> tuple[str, ...]:
        return (LEFT_REASON,) if self._sight.tells_left_reason is False else ()

    def _happened_at(self, message: Message, now: float) -> float:
        """With `timestampevents` Asterisk says when; else the arrival is all that is known. A clock that is a day off
        is not believed."""
        if b"\r\nTimestamp: " not in message.raw:
            return now - self._lag
        told = message.number("Timestamp")
        if told is None or abs(now - told) > _DAY_SECONDS:
            self.rejected["bad_timestamp"] += 1
            return now - self._lag
        self._lag = now - told
        return told

    def _wrap_up(self, agent: str, queue: str, interface: str) -> float:
        own = self._members.wrap_up(agent, queue, interface)
        return own or wrap_up_seconds(self._queues, queue, self._settings.wrap_up_seconds)
