"""The lists that Asterisk sends when asked: QueueStatus and CoreShowChannels.

A list is an answer that announces it, items with the same ActionID, and an item that completes it. Live events may
come between. A list that never completes is forgotten with the next of its kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from collectors.asterisk_ami.protocol import Message

MAX_ITEMS = 200_000
"""Items of one list that are kept; more are dropped and counted, and the list is not used."""

_LIST_OF: Mapping[str, str] = {
    "QueueParams": "QueueStatus",
    "QueueMember": "QueueStatus",
    "QueueEntry": "QueueStatus",
    "QueueStatusComplete": "QueueStatus",
    "CoreShowChannel": "CoreShowChannels",
    "CoreShowChannelsComplete": "CoreShowChannels",
}


def _no_items() -> dict[str, list[Message]]:
    return {item: [] for item in _LIST_OF}


@dataclass(slots=True)
class List:
    """A list in the making. `begun_at` is when its announcement arrived."""

    name: str
    action_id: str
    begun_at: float
    items: dict[str, list[Message]] = field(default_factory=_no_items)
    size: int = 0


class Lists:
    """The lists of one connection; `queues` are those of the last QueueStatus."""

    def __init__(self, counted: Counter[str]) -> None:
        self._counted = counted
        self._announced: dict[str, float] = {}
        self._lists: dict[str, List] = {}
        self.queues: list[str] = []

    def begin(self, response: Message, now: float) -> None:
        """Note when a list is announced; the last one that was is enough, for we ask one thing at a time."""
        if response.get("EventList") == "start":
            self._announced = {response.get("ActionID"): now, **dict(list(self._announced.items())[:3])}

    def take(self, message: Message, now: float) -> List | None:
        """Put an item in its list; the list when this completes it."""
        name = _LIST_OF.get(message.name)
        if name is None:
            return None
        action_id = message.get("ActionID")
        making = self._lists.get(name)
        if making is None or making.action_id != action_id:
            making = self._lists[name] = List(name, action_id, self._announced.get(action_id, now))
        making.size += 1
        if message.name.endswith("Complete"):
            del self._lists[name]
            return making if making.size <= MAX_ITEMS else None
        if making.size <= MAX_ITEMS:
            making.items[message.name].append(message)
        else:
            self._counted["list_too_long"] += 1
        return None
