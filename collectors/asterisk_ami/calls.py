"""What happens to callers: manager messages and a clock in, events of contacts out. Pure.

Asterisk says most things once and some not at all: that a caller left is not that he gave up, the end of
wrap-up has no message, and a completed call may have lost half its headers. What decides may come a few
messages later, so a departure is held until it is decided or `SETTLE_SECONDS` have passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from collectors.asterisk.instants import instant
from collectors.asterisk.story import Story
from collectors.asterisk.visits import Bounded, Visit, Visits, telephone_number
from collectors.asterisk_ami.protocol import Message
from collectors.asterisk_ami.sight import Sight
from monitor.events import ContactWrappedUp, EndedBy, Event, LeftReason, ServedVisit, WaitingVisit
from monitor.pseudonym import Pseudonyms

SETTLE_SECONDS = 3.0
"""How long a departure whose reason is not proved may wait for what proves it: a restart that hangs
everybody up announces itself up to two seconds later."""

HANGUP_SECONDS = 0.5
"""How long a customer's own hanging up stays in doubt: when everybody is hung up at once, nobody did it himself."""
ANSWER_SECONDS = 0.5
"""How long after a departure the answer may come that it is part of; Asterisk sends it in the same millisecond."""

_QUEUE_STATUS: Mapping[str, LeftReason] = {
    "TIMEOUT": "timeout",
    "LEAVEEMPTY": "empty",
    "LEAVEUNAVAIL": "empty",
    "WITHDRAW": "withdrawn",
}
_NOT_LET_IN = frozenset({"FULL", "JOINEMPTY", "JOINUNAVAIL"})
_ENDED_BY: Mapping[str, EndedBy] = {"agent": "agent", "caller": "customer", "transfer": "transfer"}


class Calls:
    """The state of all calls. `wrap_up(agent, queue, interface)` gives the seconds of wrap-up of a member,
    `agent_of_channel` the agent behind a channel."""

    def __init__(
        self,
        source: str,
        pseudonyms: Pseudonyms,
        sight: Sight,
        wrap_up: Callable[[str, str, str], float],
        agent_of_channel: Callable[[str], str],
        counted: Counter[str],
    ) -> None:
        self._pseudonyms = pseudonyms
        self._sight = sight
        self._wrap_up = wrap_up
        self._agent_of_channel = agent_of_channel
        self._counted = counted
        self._visits = Visits(source)
        self._story = Story(source)
        self._leaving: dict[str, tuple[float, Visit]] = {}
        self._queue_of_channel: Bounded[str, str] = Bounded()
        self._queues: set[str] = set()
        self._system_hangs_up_until = 0.0
        self._connected_at = 0.0
        self._acts: Mapping[str, Callable[[Message, float, float], None]] = {
            "QueueCallerJoin": self._join,
            "QueueCallerAbandon": self._abandon,
            "QueueCallerLeave": self._leave,
            "AgentConnect": self._connect,
            "AgentComplete": self._complete,
            "VarSet": self._variable,
            "Newexten": self._application,
            "HangupRequest": self._hangup_request,
            "SoftHangupRequest": self._soft_hangup_request,
            "Hangup": self._hangup,
            "Hold": self._hold,
            "Unhold": self._unhold,
            "BlindTransfer": self._blind_transfer,
            "AttendedTransfer": self._attended_transfer,
        }

    def apply(self, message: Message, at: float, now: float) -> list[Event]:
        """The events that a message makes; `at` is when it happened, `now` when it arrived."""
        act = self._acts.get(message.name)
        if act is not None:
            act(message, at, now)
        return self._story.taken()

    def advance(self, at: float, now: float) -> list[Event]:
        """The events that are due by the clock alone: `now` is ours, `at` the same moment on Asterisk's clock."""
        for due, visit in list(self._leaving.values()):
            if due <= now:
                self._settle(visit)
        self._story.advance(at)
        return self._story.taken()

    @property
    def owed(self) -> list[ContactWrappedUp]:
        """The wrap-ups that are not over yet: nothing but the clock will tell of them."""
        return self._story.owed

    def owe(self, wrap_ups: Iterable[ContactWrappedUp]) -> None:
        """Tell of these too, when they are over."""
        for over in wrap_ups:
            self._story.owe(over)

    def flush(self) -> list[Event]:
        """Everything that is pending, decided with what is known; the end of a recording."""
        self._settle_all()
        return self.advance(float("inf"), float("inf"))

    def connected(self, now: float) -> None:
        """A connection begins; what was known before it is only true if a list confirms it."""
        self._connected_at = now

    def know(self, queues: Iterable[str]) -> None:
        """These are queues, whether somebody has joined them or not."""
        self._queues.update(queues)

    def lost(self, at: float, shut_down: bool) -> list[Event]:
        """The connection is gone; after a shutdown so is everybody."""
        if shut_down:
            self._sent_away()
        self._settle_all()
        if shut_down:
            self._all_gone(at)
        return self._story.taken()

    def restarted(self, at: float) -> list[Event]:
        """The peer has started anew: whoever was there when it was last heard of, at `at`, is gone."""
        self._settle_all()
        self._all_gone(at)
        return self._story.taken()

    def shutting_down(self) -> list[Event]:
        """Those who were just hung up without having asked for it were sent away by the system."""
        self._sent_away()
        return self._story.taken()

    def _sent_away(self) -> None:
        for _, visit in list(self._leaving.values()):
            if visit.abandoned and visit.hung_up_by != "customer":
                self._left(visit, "closed")

    # ---- lists: who waits, which channels exist

    def entries(self, entries: Iterable[Message], asked_at: float, at: float, now: float) -> list[Event]:
        """Take in who waits according to QueueStatus: offer those who were not known, forget those who are gone.

        What a message has said since the list was asked for goes before the list."""
        listed: set[Visit] = set()
        for entry in entries:
            uniqueid, queue = entry.get("Uniqueid"), entry.get("Queue")
            visit = self._visits.waiting(uniqueid, queue)
            if visit is None:
                waited = entry.number("Wait") or 0.0
                visit = self._visits.resumed(uniqueid, "", queue, at - waited, now)
                self._offer(visit, entry)
            listed.add(visit)
        for visit in self._visits.all():
            if visit.waits:
                self._check(visit, visit in listed, asked_at)
        return self._story.taken()

    def channels(self, channels: Iterable[Message], asked_at: float, at: float, now: float) -> list[Event]:
        """Take in which channels exist (CoreShowChannels): forget calls that are gone, find conversations."""
        by_id = {channel.get("Uniqueid"): channel for channel in channels}
        agents: dict[str, Message] = {}
        for channel in by_id.values():
            if channel.get("Application") == "AppQueue":
                agents[channel.get("BridgeId")] = channel
        for visit in self._visits.all():
            if visit.left_at is None:
                self._check(visit, visit.uniqueid in by_id, asked_at)
        for channel in by_id.values():
            bridge = channel.get("BridgeId")
            if bridge and channel.get("Application") == "Queue":
                self._conversation(channel, agents.get(bridge), asked_at, at, now)
        return self._story.taken()

    def _check(self, visit: Visit, listed: bool, asked_at: float) -> None:
        """Forget a visit that a list lacks. One of this connection gets another chance: a list may overtake
        the message that says what became of it."""
        if listed:
            visit.missed = False
        elif visit.touched_at < self._connected_at or visit.missed:
            self._visits.close(visit)
        elif visit.touched_at < asked_at:
            visit.missed = True

    def _conversation(self, channel: Message, agent: Message | None, asked_at: float, at: float, now: float) -> None:
        """A caller in a bridge inside Queue(): in conversation. Of one who was seen to wait the answer is said now,
        for he waits no longer; else its AgentComplete will say when it began and what the wait was."""
        uniqueid, queue = channel.get("Uniqueid"), channel.get("ApplicationData").partition(",")[0]
        if not queue or self._visits.talking(uniqueid, queue):
            return
        visit = self._visits.waiting(uniqueid, queue)
        if visit is not None and visit.touched_at >= asked_at:
            return
        known = visit is not None
        if visit is None:
            visit = self._visits.resumed(uniqueid, channel.get("Linkedid"), queue, at - _duration(channel), now)
        visit.touched_at = now
        visit.answered_at = max(visit.offered_at, at - _duration(agent)) if agent is not None else at
        if agent is not None:
            visit.agent_channel = agent.get("Uniqueid")
            visit.agent = self._agent_of_channel(agent.get("Channel"))
        if known:
            self._story.answered(visit, visit.answered_at)

    def waiting(self, queue: str) -> tuple[WaitingVisit, ...]:
        """Who waits in a queue now."""
        return tuple(
            WaitingVisit(contact=visit.contact.id, visit=visit.id, offered_at=instant(visit.offered_at))
            for visit in self._visits.all()
            if visit.waits and visit.queue == queue
        )

    def serving(self, queue: str) -> tuple[ServedVisit, ...]:
        """Who is in conversation now."""
        return tuple(
            ServedVisit(
                contact=visit.contact.id, visit=visit.id, agent=visit.agent, answered_at=instant(visit.answered_at)
            )
            for visit in self._visits.all()
            if visit.answered_at is not None and visit.queue == queue
        )

    # ---- a caller's way through a queue

    def _join(self, message: Message, at: float, now: float) -> None:
        uniqueid, queue = message.get("Uniqueid"), message.get("Queue")
        for earlier in list(self._visits.of_channel(uniqueid)):
            if earlier.id in self._leaving:
                self._left(earlier, self._reason(earlier, lives=True))
        stale = self._visits.waiting(uniqueid, queue)
        if stale is not None:
            self._counted["joined_twice"] += 1
            self._visits.close(stale)
        self._queues.add(queue)
        self._offer(self._visits.joined(uniqueid, message.get("Linkedid"), queue, at, now), message)

    def _offer(self, visit: Visit, message: Message) -> None:
        contact = visit.contact
        if not contact.customer:
            contact.customer = self._pseudonyms.customer(telephone_number(message.get("CallerIDNum")))
        self._story.offered(visit)

    def _abandon(self, message: Message, at: float, now: float) -> None:
        visit = self._waiting_or_resumed(message, at, now)
        visit.abandoned = True
        visit.waited = message.number("HoldTime")
        visit.left_at = at
        self._leaving[visit.id] = (now + SETTLE_SECONDS, visit)

    def _leave(self, message: Message, at: float, now: float) -> None:
        visit = self._visits.waiting(message.get("Uniqueid"), message.get("Queue"))
        if visit is None:
            self._counted["left_without_join"] += 1
            return
        visit.touched_at = now
        if not visit.abandoned:
            visit.left_at = at
            self._leaving[visit.id] = (now + ANSWER_SECONDS, visit)
        elif visit.hung_up_by == "customer":
            self._leaving[visit.id] = (now + HANGUP_SECONDS, visit)
        elif self._sight.tells_left_reason is False:
            self._left(visit, "unknown")

    def _settle(self, visit: Visit) -> None:
        self._left(visit, self._reason(visit, lives=False))

    def _settle_all(self) -> None:
        for _, visit in list(self._leaving.values()):
            self._settle(visit)

    def _reason(self, visit: Visit, *, lives: bool) -> LeftReason:
        """What is known when nothing more will come. A key is the one way out of which Asterisk says only
        that the caller left. `lives`: the caller has joined another queue, so he did not hang up."""
        if not visit.abandoned:
            return "key"
        if visit.hung_up_by == "customer":
            return "abandoned"
        if self._sight.conclude() is False:
            return "unknown"
        return "overflow" if lives else "abandoned"

    def _left(self, visit: Visit, reason: LeftReason) -> None:
        self._leaving.pop(visit.id, None)
        self._visits.close(visit)
        self._story.left(visit, reason)

    def _all_gone(self, at: float) -> None:
        for visit in self._visits.all():
            if visit.waits:
                visit.left_at = max(at, visit.offered_at)
                self._left(visit, "closed")
            else:
                self._visits.close(visit)

    def _connect(self, message: Message, at: float, now: float) -> None:
        visit = self._waiting_or_resumed(message, at, now)
        self._leaving.pop(visit.id, None)
        visit.left_at = None
        visit.waited = message.number("HoldTime")
        self._answer(visit, message, at)

    def _answer(self, visit: Visit, message: Message, at: float) -> None:
        visit.interface = message.get("Interface")
        visit.agent = self._pseudonyms.agent(message.get("MemberName") or visit.interface)
        visit.agent_channel = message.get("DestUniqueid")
        self._story.answered(visit, at)

    def _waiting_or_resumed(self, message: Message, at: float, now: float) -> Visit:
        """The waiting visit a message is about; one whose join we did not see began HoldTime ago."""
        uniqueid, queue = message.get("Uniqueid"), message.get("Queue")
        visit = self._visits.waiting(uniqueid, queue)
        if visit is None:
            began = at - (message.number("HoldTime") or 0.0)
            visit = self._visits.resumed(uniqueid, message.get("Linkedid"), queue, began, now)
            self._offer(visit, message)
        visit.touched_at = now
        return visit

    # ---- the conversation

    def _complete(self, message: Message, at: float, now: float) -> None:
        hold, talk = message.number("HoldTime") or 0.0, message.number("TalkTime") or 0.0
        visit = self._in_conversation(message, at - talk)
        if visit is None:
            uniqueid, queue = message.get("Uniqueid"), message.get("Queue")
            visit = self._visits.waiting(uniqueid, queue) if uniqueid else None
            if visit is None:
                visit = self._visits.resumed(uniqueid, message.get("Linkedid"), queue, at - talk - hold, now)
        if not visit.said_offered:
            visit.offered_at = at - talk - hold
            self._offer(visit, message)
        if not visit.said_answered:
            self._leaving.pop(visit.id, None)
            visit.waited = hold
            self._answer(visit, message, at - talk)
        self._end(visit, message, at)

    def _in_conversation(self, message: Message, began_at: float) -> Visit | None:
        """By the caller's channel; when both have hung up before the message was made it has lost its channels,
        and queue and interface tell, and the beginning where one member has two conversations."""
        uniqueid, queue = message.get("Uniqueid"), message.get("Queue")
        if uniqueid:
            return self._visits.talking(uniqueid, queue)
        interface = message.get("Interface")
        agent = self._pseudonyms.agent(message.get("MemberName") or interface)
        return min(
            (visit for visit in self._visits.all() if visit.talks and visit.queue == queue and visit.agent == agent),
            key=lambda visit: abs((visit.answered_at or 0.0) - began_at),
            default=None,
        )

    def _end(self, visit: Visit, message: Message, at: float) -> None:
        self._visits.close(visit)
        by = _ENDED_BY.get(message.get("Reason"), "unknown")
        if by == "transfer":
            queues = [other.queue for other in visit.contact.open if other.waits or other.talks]
            self._story.resumed(visit, at)
            self._story.transferred(visit, at, visit.transfer_to or (queues[-1] if queues else ""))
        wrap_up = self._wrap_up(visit.agent, visit.queue, message.get("Interface"))
        self._story.ended(visit, at, by, message.number("TalkTime"), wrap_up)

    def _blind_transfer(self, message: Message, at: float, now: float) -> None:
        self._transfer(message, "blind")
        extension = message.get("Extension")
        for visit in self._visits.of_channel(message.get("TransfereeUniqueid")):
            if visit.talks and extension in self._queues:
                visit.transfer_to = extension

    def _attended_transfer(self, message: Message, at: float, now: float) -> None:
        self._transfer(message, "attended")

    def _transfer(self, message: Message, kind: Literal["blind", "attended"]) -> None:
        if message.get("Result") != "Success":
            return
        for visit in self._visits.of_channel(message.get("TransfereeUniqueid")):
            if visit.talks:
                visit.transfer = kind

    def _hold(self, message: Message, at: float, now: float) -> None:
        visit = self._held_visit(message)
        if visit is not None:
            self._story.held(visit, at)

    def _unhold(self, message: Message, at: float, now: float) -> None:
        visit = self._held_visit(message)
        if visit is not None:
            self._story.resumed(visit, at)

    def _held_visit(self, message: Message) -> Visit | None:
        """The conversation of the channel that pressed hold: the agent's own channel, or a telephone behind it
        that only the Linkedid connects to the call."""
        uniqueid = message.get("Uniqueid")
        talking = [visit for visit in self._visits.of_link(message.get("Linkedid")) if visit.talks]
        for visit in talking:
            if visit.agent_channel == uniqueid:
                return visit
        if self._visits.of_channel(uniqueid):
            return None
        others = [visit for visit in talking if visit.held == (message.name == "Unhold")]
        return others[-1] if others else None

    # ---- the caller's channel

    def _variable(self, message: Message, at: float, now: float) -> None:
        if b"\r\nVariable: QUEUESTATUS\r\n" not in message.raw:
            return
        uniqueid, status = message.get("Uniqueid"), message.get("Value")
        if status in _NOT_LET_IN:
            self._not_let_in(message, at, now)
            return
        reason = _QUEUE_STATUS.get(status)
        for visit in list(self._visits.of_channel(uniqueid)):
            if reason is not None and visit.id in self._leaving:
                self._left(visit, reason)

    def _not_let_in(self, message: Message, at: float, now: float) -> None:
        """FULL and the like: of this Asterisk has no queue event, and names the queue only in what it ran."""
        uniqueid, extension = message.get("Uniqueid"), message.get("Exten")
        queue = self._queue_of_channel.get(uniqueid) or (extension if extension in self._queues else "unknown")
        visit = self._visits.joined(uniqueid, message.get("Linkedid"), queue, at, now)
        visit.waited = 0.0
        self._left(visit, "before_queue")

    def _application(self, message: Message, at: float, now: float) -> None:
        if b"\r\nApplication: Queue\r\n" in message.raw:
            self._queue_of_channel.put(message.get("Uniqueid"), message.get("AppData").partition(",")[0])

    def _hangup_request(self, message: Message, at: float, now: float) -> None:
        for visit in self._visits.of_channel(message.get("Uniqueid")):
            if visit.waits and not visit.hung_up_by and now >= self._system_hangs_up_until:
                visit.hung_up_by = "customer"

    def _soft_hangup_request(self, message: Message, at: float, now: float) -> None:
        """A waiting channel that is hung up from within: so begins a shutdown, which hangs up all of them. Some
        look as if the customer had done it, so for a while nobody is believed to have."""
        for visit in self._visits.of_channel(message.get("Uniqueid")):
            if visit.waits and not visit.hung_up_by:
                visit.hung_up_by = "system"
                self._system_hangs_up_until = now + SETTLE_SECONDS
                for _, leaving in list(self._leaving.values()):
                    leaving.hung_up_by = ""
                    self._leaving[leaving.id] = (now + SETTLE_SECONDS, leaving)

    def _hangup(self, message: Message, at: float, now: float) -> None:
        for visit in list(self._visits.of_channel(message.get("Uniqueid"))):
            if visit.id in self._leaving and not visit.abandoned:
                self._settle(visit)


def _duration(channel: Message) -> float:
    """`Duration: 00:01:05` of a channel, in seconds."""
    parts = channel.get("Duration").split(":")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return 0.0
    hours, minutes, seconds = (int(part) for part in parts)
    return float(hours * 3600 + minutes * 60 + seconds)
