"""What queue members do apart from the calls that the engine knows of: messages and a clock in, states out. Pure.

A person is a member of several queues and has one state. `Status` alone says little: Local channels go "in use"
while they ring, and the phone of a member who calls somebody himself is "in use" too. So ringing and
conversations come from the Agent* messages, and a phone in use without either is other work.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from collectors.asterisk.instants import instant
from collectors.asterisk_ami.protocol import Message
from monitor.events import AgentState, AgentStateChanged, Event
from monitor.pseudonym import Pseudonyms

log = logging.getLogger(__name__)

OTHER_CALL_SECONDS = 2.0
"""A phone is in use a moment before and after each call from the queue; only longer is it another call."""
RINGING_SECONDS = 300.0
"""A phone that rings longer has stopped without our hearing of it."""

_IN_USE = frozenset({2, 3, 7, 8})
_OUT_OF_ORDER: Mapping[int, str] = {4: "phone_invalid", 5: "phone_unavailable"}


@dataclass(slots=True)
class Membership:
    """One member of one queue, as last told."""

    status: int
    paused: bool
    reason: str
    in_call: bool
    wrap_up: float


@dataclass(slots=True, eq=False)
class Person:
    """One agent. `talking` maps (caller's Uniqueid, queue) to the instant of answering."""

    id: str
    memberships: dict[tuple[str, str], Membership] = field(default_factory=dict)
    talking: dict[tuple[str, str], float] = field(default_factory=dict)
    ringing: int = 0
    busy_since: float | None = None
    said: tuple[AgentState, str, tuple[str, ...]] | None = None
    said_at: float = 0.0
    said_number: int = 0


@dataclass(slots=True)
class Ringing:
    """A phone that rings for a caller."""

    person: Person
    caller: str
    since: float


class Members:
    """All members of one Asterisk. `alarms` counts phones that turn out invalid or unavailable."""

    def __init__(self, source: str, pseudonyms: Pseudonyms, other_work: Iterable[str], alarms: Counter[str]) -> None:
        self._source = source
        self._pseudonyms = pseudonyms
        self._other_work = frozenset(reason.casefold() for reason in other_work)
        self._alarms = alarms
        self._people: dict[str, Person] = {}
        self._ringing: dict[str, Ringing] = {}
        self._busy: dict[str, tuple[float, Person]] = {}
        self._events: list[Event] = []
        self._acts: Mapping[str, Callable[[Message, float, float], None]] = {
            "QueueMemberAdded": self._told,
            "QueueMemberStatus": self._told,
            "QueueMemberPause": self._told,
            "QueueMemberPenalty": self._told,
            "QueueMemberRinginuse": self._told,
            "QueueMemberRemoved": self._removed,
            "AgentCalled": self._called,
            "AgentRingNoAnswer": self._no_answer,
            "AgentDump": self._no_answer,
            "DialEnd": self._dial_end,
            "Hangup": self._hangup,
            "QueueCallerLeave": self._caller_gone,
            "QueueCallerAbandon": self._caller_gone,
            "AgentConnect": self._connect,
            "AgentComplete": self._complete,
        }

    def apply(self, message: Message, at: float, now: float) -> list[Event]:
        """The states that a message changes."""
        act = self._acts.get(message.name)
        if act is not None:
            act(message, at, now)
        return self._taken()

    def advance(self, now: float) -> list[Event]:
        """The states that the clock alone changes."""
        for _, person in [busy for busy in self._busy.values() if busy[0] <= now]:
            del self._busy[person.id]
            if person.busy_since is not None:
                self._say(person, person.busy_since, in_other_call=True)
        return self._taken()

    def lost(self) -> None:
        """The connection is gone, and with it what was said."""
        self._ringing.clear()
        self._busy.clear()
        for person in self._people.values():
            person.said, person.ringing, person.busy_since = None, 0, None

    def restarted(self) -> None:
        """Nobody talks any more."""
        for person in self._people.values():
            person.talking.clear()

    def listed(self, members: Iterable[Message], at: float, now: float) -> list[Event]:
        """Take in all members of all queues according to QueueStatus, and say everybody's state anew."""
        for token, ringing in list(self._ringing.items()):
            if ringing.since < now - RINGING_SECONDS:
                self._stop(token)
        before = {key: member for person in self._people.values() for key, member in person.memberships.items()}
        for person in self._people.values():
            person.memberships.clear()
        for message in members:
            person = self._person(message.get("Name"), message.get("Location"))
            key = message.get("Queue"), message.get("Location")
            self._member(person, key, before.get(key), message)
        for person in self._people.values():
            if not any(member.in_call for member in person.memberships.values()):
                person.talking.clear()
            person.said = None
            self._changed(person, at, now)
        return self._taken()

    def wrap_up(self, agent: str, queue: str, interface: str) -> float:
        """The member's own seconds of wrap-up; 0 when the queue's hold."""
        person = self._people.get(agent)
        member = None if person is None else person.memberships.get((queue, interface))
        return 0.0 if member is None else member.wrap_up

    def agent_of_channel(self, channel: str) -> str:
        """The agent whose interface a channel belongs to (`PJSIP/100-0000002a`); empty when there is none."""
        interface = channel.rpartition("-")[0]
        for person in self._people.values():
            for _, known in person.memberships:
                if known == interface or known.startswith(interface + "/"):
                    return person.id
        return ""

    # ---- messages

    def _told(self, message: Message, at: float, now: float) -> None:
        person = self._person(message.get("MemberName"), message.get("Interface"))
        key = message.get("Queue"), message.get("Interface")
        self._member(person, key, person.memberships.get(key), message)
        self._changed(person, at, now)

    def _removed(self, message: Message, at: float, now: float) -> None:
        person = self._person(message.get("MemberName"), message.get("Interface"))
        person.memberships.pop((message.get("Queue"), message.get("Interface")), None)
        self._changed(person, at, now)

    def _called(self, message: Message, at: float, now: float) -> None:
        person = self._person(message.get("MemberName"), message.get("Interface"))
        token = message.get("DestUniqueid") or f"{message.get('Uniqueid')} {message.get('Interface')}"
        self._stop(token)
        self._ringing[token] = Ringing(person, message.get("Uniqueid"), now)
        person.ringing += 1
        self._changed(person, at, now)

    def _no_answer(self, message: Message, at: float, now: float) -> None:
        self._stops(message.get("DestUniqueid"), at, now)
        self._stops(f"{message.get('Uniqueid')} {message.get('Interface')}", at, now)

    def _dial_end(self, message: Message, at: float, now: float) -> None:
        if message.get("DialStatus") != "ANSWER":
            self._stops(message.get("DestUniqueid"), at, now)

    def _hangup(self, message: Message, at: float, now: float) -> None:
        self._stops(message.get("Uniqueid"), at, now)

    def _caller_gone(self, message: Message, at: float, now: float) -> None:
        """All phones that rang for a caller stop: with ringall nobody says so of those who did not answer."""
        caller = message.get("Uniqueid")
        for token in [token for token, ringing in self._ringing.items() if ringing.caller == caller]:
            self._stops(token, at, now)

    def _connect(self, message: Message, at: float, now: float) -> None:
        person = self._person(message.get("MemberName"), message.get("Interface"))
        person.talking[message.get("Uniqueid"), message.get("Queue")] = at
        self._caller_gone(message, at, now)
        self._changed(person, at, now)

    def _complete(self, message: Message, at: float, now: float) -> None:
        person = self._person(message.get("MemberName"), message.get("Interface"))
        uniqueid, queue = message.get("Uniqueid"), message.get("Queue")
        if not uniqueid:
            uniqueid = next((caller for caller, of in person.talking if of == queue), "")
        person.talking.pop((uniqueid, queue), None)
        for member in person.memberships.values():
            member.in_call = False
        self._changed(person, at, now)

    # ---- people

    def _person(self, name: str, interface: str) -> Person:
        id = self._pseudonyms.agent(name or interface)
        return self._people.setdefault(id, Person(id))

    def _member(self, person: Person, key: tuple[str, str], before: Membership | None, message: Message) -> None:
        status = int(message.number("Status") or 0)
        if status in _OUT_OF_ORDER and (before is None or before.status != status):
            self._alarms[_OUT_OF_ORDER[status]] += 1
            log.warning("%s: %s of a member of queue %s", self._source, _OUT_OF_ORDER[status], key[0])
        person.memberships[key] = Membership(
            status=status,
            paused=message.get("Paused") == "1",
            reason=message.get("PausedReason"),
            in_call=message.get("InCall") == "1",
            wrap_up=message.number("Wrapuptime") or 0.0,
        )

    def _stops(self, token: str, at: float, now: float) -> None:
        person = self._stop(token)
        if person is not None:
            self._changed(person, at, now)

    def _stop(self, token: str) -> Person | None:
        ringing = self._ringing.pop(token, None)
        if ringing is None:
            return None
        ringing.person.ringing -= 1
        return ringing.person

    def _changed(self, person: Person, at: float, now: float) -> None:
        """Say the new state, and watch a phone that is in use without a call from a queue."""
        members = person.memberships.values()
        busy = any(member.status in _IN_USE for member in members) and not person.talking and not person.ringing
        if not busy:
            person.busy_since = None
            self._busy.pop(person.id, None)
        elif person.busy_since is None:
            person.busy_since = at
            self._busy[person.id] = (now + OTHER_CALL_SECONDS, person)
        in_other_call = person.busy_since is not None and person.id not in self._busy
        self._say(person, at, in_other_call=in_other_call)

    def _say(self, person: Person, at: float, *, in_other_call: bool) -> None:
        state, reason = self._state(person, in_other_call)
        queues = tuple(sorted({queue for queue, _ in person.memberships}))
        if person.said == (state, reason, queues):
            return
        person.said = (state, reason, queues)
        person.said_number = person.said_number + 1 if at == person.said_at else 0
        person.said_at = at
        self._events.append(
            AgentStateChanged(
                id=f"{person.id}/{at:.6f}/{person.said_number:03}",
                source=self._source,
                at=instant(at),
                agent=person.id,
                state=state,
                reason=reason,
                queues=queues,
            )
        )

    def _state(self, person: Person, in_other_call: bool) -> tuple[AgentState, str]:
        members = list(person.memberships.values())
        if not members:
            return "offline", ""
        if all(member.paused for member in members):
            reason = next((member.reason for member in members if member.reason), "")
            return ("other_work" if reason.casefold() in self._other_work else "break"), reason[:160]
        if person.ringing:
            return "ringing", ""
        if person.talking:
            return "available", ""
        if any(member.in_call for member in members):
            return "on_contact", ""
        statuses = {member.status for member in members if not member.paused}
        if statuses <= _OUT_OF_ORDER.keys():
            return "unknown", _OUT_OF_ORDER[min(statuses)]
        return ("other_work", "other_call") if in_other_call else ("available", "")

    def _taken(self) -> list[Event]:
        events, self._events = self._events, []
        return events
