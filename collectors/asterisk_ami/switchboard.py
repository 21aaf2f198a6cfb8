"""One Asterisk as the manager interface shows it: messages and a clock in, domain events out. Pure.

`Switchboard` gives each message to those whose business it is - `Calls`, `Members`, the lists - and knows
what a connection, its loss and a restart mean for them. It never raises on a message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from collectors.asterisk_ami.calls import Calls, instant
from collectors.asterisk_ami.protocol import Message
from collectors.asterisk_ami.settings import Settings
from collectors.asterisk_ami.sight import Sight
from collectors.source import Surroundings
from monitor.events import Event
from monitor.settings import Queue


class Switchboard:
    """The state of one Asterisk. `counted` counts what was seen and could not be used, by reason."""

    def __init__(self, name: str, settings: Settings, surroundings: Surroundings) -> None:
        self.counted: Counter[str] = Counter()
        self._name = name
        self._sight = Sight(settings.reads_dialplan)
        self._calls = Calls(
            name,
            surroundings.pseudonyms,
            self._sight,
            lambda queue, _: wrap_up(settings, surroundings.queues, queue),
            lambda _: "",
            self.counted,
        )

    def apply(self, message: Message, now: float) -> list[Event]:
        """The events a message makes, after those that are due by now."""
        events = self.advance(now)
        self._sight.see(message)
        if message.kind == "event":
            events += self._calls.apply(message, happened_at(message, now), now)
        return events

    def advance(self, now: float) -> list[Event]:
        """The events that are due by the clock alone."""
        return self._calls.advance(now)

    def flush(self) -> list[Event]:
        """Everything pending, at the end of a recording."""
        return self._calls.flush()


def happened_at(message: Message, now: float) -> float:
    """With `timestampevents` Asterisk says when; else the arrival is all that is known."""
    if b"\r\nTimestamp: " not in message.raw:
        return now
    return message.number("Timestamp") or now


def wrap_up(settings: Settings, queues: Mapping[str, Queue], queue: str) -> float:
    """The configured seconds of wrap-up of a queue."""
    own = queues.get(queue)
    if own is not None and "wrap_up_seconds" in own.model_fields_set:
        return own.wrap_up_seconds
    return settings.wrap_up_seconds


__all__ = ["Switchboard", "happened_at", "instant", "wrap_up"]
