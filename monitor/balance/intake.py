"""From the vocabulary of events to what the score hears: finished contacts, marks, and customers who came back.

Pure. Bound: `OPEN_KEPT` visits that are not over and as many that were answered; the first heard go first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from monitor import events as ev
from monitor.balance.context import Contact
from monitor.balance.load import Load
from monitor.balance.repeats import Repeats, Visit

OPEN_KEPT = 100_000
_LIFE = (
    ev.ContactOffered,
    ev.ContactAnswered,
    ev.ContactTransferred,
    ev.ContactEnded,
    ev.ContactLeft,
    ev.ContactWrappedUp,
)
_POSITIVE_FROM = {"csat": 4, "nps": 9, "thumb": 1}


class CameBack(NamedTuple):
    """The customer of `contact` came back, with the contact `by`."""

    contact: str
    at: float
    by: str


class Marked(NamedTuple):
    """The customer of `contact` gave a mark."""

    contact: str
    at: float
    positive: bool


class Elsewhere(NamedTuple):
    """`agent`, who took the contact `by`, says that the back office made the customer come."""

    by: str
    at: float
    agent: str


Heard = Contact | CameBack | Marked | Elsewhere


class _Open:
    """A visit that is not over yet."""

    __slots__ = ("answered", "at_once", "ended", "offered", "pressure", "repeated", "transferred")

    def __init__(self) -> None:
        self.offered: ev.ContactOffered | None = None
        self.answered: ev.ContactAnswered | None = None
        self.ended: ev.ContactEnded | None = None
        self.transferred = False
        self.repeated = False
        self.pressure, self.at_once = 1.0, 1


class Intake:
    """`lines` names the queues of the second line (2); `teams` the team of each agent, and may change meanwhile."""

    def __init__(self, zone: ZoneInfo, lines: Mapping[str, int] = {}, teams: Mapping[str, str] = {}) -> None:
        self._zone, self._lines, self._teams = zone, lines, teams
        self._open: OrderedDict[tuple[str, str], _Open] = OrderedDict()
        self._answered: OrderedDict[str, str] = OrderedDict()
        self._repeats = Repeats()
        self._load = Load()

    def apply(self, event: ev.Event) -> Iterator[Heard]:
        """What the score should hear of this event."""
        if isinstance(event, ev.FeedbackGiven):
            yield Marked(
                self._answered_id(event.contact, event.visit),
                event.at.timestamp(),
                event.score >= _POSITIVE_FROM[event.kind],
            )
        elif isinstance(event, ev.ContactRepeated):
            self._visit((event.contact, event.visit)).repeated = True
            yield CameBack(self._answered_id(event.earlier_contact, ""), event.at.timestamp(), _id(event))
        elif isinstance(event, ev.AgentStateChanged):
            self._load.changed(event)
        elif isinstance(event, _LIFE):
            yield from self._live(event)

    def forget(self, agent: str) -> None:
        """What the agent has in hand is nobody's."""
        self._load.forget(agent)
        for one in self._open.values():
            if one.answered is not None and one.answered.agent == agent:
                one.answered = msgspec.structs.replace(one.answered, agent="")

    def _answered_id(self, contact: str, visit: str) -> str:
        """The piece of work that a fact is about: the visit named, else the last one that was answered."""
        return f"{contact}/{visit}" if visit else self._answered.get(contact, contact)

    def _visit(self, key: tuple[str, str]) -> _Open:
        one = self._open.get(key)
        if one is None:
            one = self._open[key] = _Open()
            if len(self._open) > OPEN_KEPT:
                self._open.popitem(last=False)
        return one

    def _live(self, event: ev.OfContact) -> Iterator[Heard]:
        key = event.contact, event.visit
        one = self._visit(key)
        if isinstance(event, ev.ContactOffered):
            one.offered = event
            self._load.offered(event.queue, event.at.timestamp())
        elif isinstance(event, ev.ContactAnswered):
            one.answered = event
            one.pressure = self._load.pressure(event.queue, event.at.timestamp())
            one.at_once = self._load.picked_up(event.agent, key, one.offered.channel if one.offered else "")
        elif isinstance(event, ev.ContactTransferred):
            one.transferred = True
        elif isinstance(event, ev.ContactEnded):
            one.ended = event
            self._load.over(one.answered.agent if one.answered else "", key)
        elif isinstance(event, ev.ContactLeft):
            yield from self._left(self._open.pop(key), event)
        elif isinstance(event, ev.ContactWrappedUp):
            yield from self._finished(self._open.pop(key), event)

    def _left(self, one: _Open, event: ev.ContactLeft) -> Iterator[Heard]:
        if one.offered is not None:
            yield from self._visited(one.offered, event.at, answered=False)[0]

    def _finished(self, one: _Open, over: ev.ContactWrappedUp) -> Iterator[Heard]:
        if one.offered is None or one.answered is None or one.ended is None:
            return
        self._answered[over.contact] = _id(one.offered)
        if len(self._answered) > OPEN_KEPT:
            self._answered.popitem(last=False)
        came, is_repeat = self._visited(one.offered, over.at, answered=bool(one.answered.agent))
        if one.answered.agent and one.offered.direction == "inbound":
            yield self._contact(one.offered, one.answered, one.ended, over, one, is_repeat or one.repeated)
        yield from came
        if over.cause == "back_office" and one.answered.agent:
            yield Elsewhere(_id(one.offered), over.at.timestamp(), one.answered.agent)

    def _visited(self, offered: ev.ContactOffered, over: datetime, *, answered: bool) -> tuple[list[CameBack], bool]:
        promised = offered.channel == "callback" or offered.direction == "outbound"
        visit = Visit(offered.at.timestamp(), over.timestamp(), _id(offered), offered.topic, answered, promised)
        found = self._repeats.heard(offered.customer, visit)
        return [CameBack(*repeat) for repeat in found], any(repeat.later == visit.contact for repeat in found)

    def _contact(
        self,
        offered: ev.ContactOffered,
        answered: ev.ContactAnswered,
        ended: ev.ContactEnded,
        over: ev.ContactWrappedUp,
        known: _Open,
        repeat: bool,
    ) -> Contact:
        waited = answered.waited_seconds
        talk, wrap_up = ended.talk_seconds, over.wrap_up_seconds
        if talk is None:
            talk = max(0.0, (ended.at - answered.at).total_seconds())
        if wrap_up is None:
            wrap_up = max(0.0, (over.at - ended.at).total_seconds())
        return Contact(
            id=_id(offered),
            agent=answered.agent,
            closed_at=over.at.timestamp(),
            day=over.at.astimezone(self._zone).toordinal(),
            handle_seconds=talk + wrap_up,
            channel=offered.channel,
            topic=offered.topic or offered.queue,
            matter_known=bool(offered.topic),
            customer=offered.customer,
            team=self._teams.get(answered.agent, ""),
            line=self._lines.get(offered.queue, 1),
            transferred_in=offered.transferred_in,
            repeat=repeat,
            waited_seconds=max(0.0, (answered.at - offered.at).total_seconds()) if waited is None else waited,
            transferred=known.transferred,
            pressure=known.pressure,
            at_once=known.at_once,
            excused="promised" if offered.channel == "callback" else "",
            visit=offered.visit,
            queue=offered.queue,
        )


def _id(of: ev.OfContact) -> str:
    """A contact that visits two queues is two pieces of work, each its agent's own."""
    return f"{of.contact}/{of.visit}" if of.visit else of.contact


def midnight_after(at: float, zone: ZoneInfo) -> float:
    """The end of the local day that holds `at`, in seconds since 1970."""
    local = datetime.fromtimestamp(at, UTC).astimezone(zone)
    following = datetime.fromordinal(local.toordinal() + 1)
    return following.replace(tzinfo=zone).timestamp()
