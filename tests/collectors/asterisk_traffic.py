"""What the tests of the Asterisk collectors share: messages made by hand, a centre around them, and plain counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from collectors.asterisk_ami.protocol import Framer, Message
from collectors.asterisk_ami.settings import Settings
from collectors.asterisk_ami.switchboard import Switchboard
from collectors.source import Surroundings
from monitor import events as ev
from monitor.pseudonym import Pseudonyms
from monitor.settings import Queue, Site

PSEUDONYMS = Pseudonyms(b"sixteen bytes at least")
WRAP_UP = {"klantenservice": 4.0, "techniek": 6.0, "verkoop": 3.0}
BEGAN = 1795290539.0


def surroundings() -> Surroundings:
    """The recorded centre: three queues with their wrap-up."""
    return Surroundings(
        site=Site(),
        queues={name: Queue(wrap_up_seconds=seconds) for name, seconds in WRAP_UP.items()},
        pseudonyms=PSEUDONYMS,
        clock=lambda: datetime.now(UTC),
    )


def agent(name: str) -> str:
    """The id of an agent."""
    return PSEUDONYMS.agent(name)


def message(name: str, **headers: object) -> bytes:
    """An event as bytes; underscores in keys become nothing, values are text."""
    lines = [f"Event: {name}", *(f"{key}: {value}" for key, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def response(name: str, **headers: object) -> bytes:
    """A response as bytes."""
    return message(name, **headers).replace(b"Event: ", b"Response: ", 1)


class Exchange:
    """A switchboard that is fed messages at instants given in seconds, and keeps what it tells."""

    def __init__(self, **settings: Any) -> None:
        self.board = Switchboard("pbx", Settings(**settings), surroundings())
        self.told: list[ev.Event] = []
        self.now = BEGAN
        self._framer = Framer()
        self.board.connected(self.now)

    def hear(self, raw: bytes, at: float | None = None) -> list[ev.Event]:
        """Give bytes at an instant; what they make is returned and kept."""
        self.now = self.now if at is None else BEGAN + at
        told: list[ev.Event] = []
        for each in self._framer.feed(raw):
            told += self.board.apply(each, self.now)
        self.told += told
        return told

    def say(self, name: str, at: float | None = None, **headers: object) -> list[ev.Event]:
        """Give one event."""
        return self.hear(message(name, **headers), at)

    def wait(self, until: float) -> list[ev.Event]:
        """Let the clock go on."""
        self.now = BEGAN + until
        told = self.board.advance(self.now)
        self.told += told
        return told

    def lose(self, at: float) -> list[ev.Event]:
        """Lose the connection."""
        self.now = BEGAN + at
        told = self.board.lost(self.now)
        self.told += told
        return told

    def connect(self, at: float) -> None:
        """Connect again."""
        self.now = BEGAN + at
        self.board.connected(self.now)

    def of(self, *kinds: type[Any]) -> list[Any]:
        """What was told of some kinds."""
        return [event for event in self.told if isinstance(event, kinds)]

    # the usual turns of a call

    def join(self, uniqueid: str, queue: str, at: float, **headers: object) -> list[ev.Event]:
        told = {"Linkedid": uniqueid, "CallerIDNum": "0612345678", **headers}
        return self.say("QueueCallerJoin", at, Queue=queue, Uniqueid=uniqueid, **told)

    def leave(self, uniqueid: str, queue: str, at: float) -> list[ev.Event]:
        return self.say("QueueCallerLeave", at, Queue=queue, Uniqueid=uniqueid, Linkedid=uniqueid)

    def abandon(self, uniqueid: str, queue: str, at: float, hold: int = 5) -> list[ev.Event]:
        return self.say("QueueCallerAbandon", at, Queue=queue, Uniqueid=uniqueid, Linkedid=uniqueid, HoldTime=hold)

    def answer(
        self, uniqueid: str, queue: str, at: float, name: str = "Noor Smit", **headers: object
    ) -> list[ev.Event]:
        told = {
            "Linkedid": uniqueid,
            "DestUniqueid": f"{uniqueid}9",
            "Interface": "Local/10@a/n",
            "HoldTime": 3,
            **headers,
        }
        first = self.leave(uniqueid, queue, at)
        return first + self.say("AgentConnect", at, Queue=queue, Uniqueid=uniqueid, MemberName=name, **told)

    def complete(
        self, uniqueid: str, queue: str, at: float, name: str = "Noor Smit", reason: str = "agent", **headers: object
    ) -> list[ev.Event]:
        told = {"Linkedid": uniqueid, "Interface": "Local/10@a/n", "HoldTime": 3, "TalkTime": 7, **headers}
        return self.say("AgentComplete", at, Queue=queue, Uniqueid=uniqueid, MemberName=name, Reason=reason, **told)

    def sees_dialplan(self) -> None:
        """Let the account prove that it reads variables."""
        self.say("VarSet", Variable="X", Value="1", Uniqueid="none")


def lists(*, members: Sequence[dict[str, object]] = (), entries: Sequence[dict[str, object]] = ()) -> bytes:
    """An answer to QueueStatus for two queues."""
    answer = response("Success", ActionID="q", EventList="start")
    for queue in ("klantenservice", "techniek"):
        answer += message("QueueParams", Queue=queue, ActionID="q")
    for member in members:
        answer += message("QueueMember", **{"Status": 1, "Paused": 0, "InCall": 0, **member}, ActionID="q")
    for entry in entries:
        answer += message("QueueEntry", **entry, ActionID="q")
    return answer + message("QueueStatusComplete", ActionID="q", EventList="Complete")


def channels(*listed: dict[str, object]) -> bytes:
    """An answer to CoreShowChannels."""
    answer = response("Success", ActionID="c", EventList="start")
    for channel in listed:
        answer += message("CoreShowChannel", **channel, ActionID="c")
    return answer + message("CoreShowChannelsComplete", ActionID="c", EventList="Complete")


def counts(events: Iterable[ev.Event]) -> dict[str, Counter[str]]:
    """Per queue: offered, answered, why left, by whom ended. Nothing but counting; each id counts once."""
    queue_of: dict[str, str] = {}
    per_queue: dict[str, Counter[str]] = {}
    seen: set[str] = set()
    for event in events:
        if not isinstance(event, ev.OfContact) or event.id in seen:
            continue
        seen.add(event.id)
        queue = queue_of.setdefault(event.visit, getattr(event, "queue", ""))
        word = type(event).__name__.removeprefix("Contact").lower()
        if isinstance(event, ev.ContactLeft):
            word = event.reason
        elif isinstance(event, ev.ContactEnded):
            word = f"ended by {event.by}"
        per_queue.setdefault(queue, Counter())[word] += 1
    return per_queue


def parsed(raw: bytes) -> Message:
    """The one message in the bytes."""
    (only,) = Framer().feed(raw)
    return only
