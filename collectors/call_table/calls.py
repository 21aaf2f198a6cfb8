"""One row of a table as a call, and a call as the events of its life. Pure.

Clocks in such tables contradict each other by seconds, so the life of the call decides: entered, offered,
answered, ended. Durations are the table's own measurements; instants say when they began.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from collectors.call_table.clocks import Unreadable, day_of, local_instant, time_of_day
from collectors.call_table.columns import Settings
from collectors.call_table.rows import Positions, Row
from collectors.source import Surroundings
from monitor.errors import Refused
from monitor.events import (
    CHANNELS,
    LONGEST_SECONDS,
    Channel,
    ContactAnswered,
    ContactEnded,
    ContactLeft,
    ContactOffered,
    ContactWrappedUp,
    Event,
    LeftReason,
)
from monitor.settings import Queue


@dataclass(frozen=True, slots=True)
class Call:
    """A call that left (`left` names why) or was answered (`left` is None) at `outcome_at`, after waiting
    since `offered_at`; for one that left before the queue both are the instant it left."""

    contact: str
    queue: str
    channel: Channel
    customer: str
    agent: str
    topic: str
    offered_at: datetime
    outcome_at: datetime
    waited_seconds: float | None
    left: LeftReason | None
    ended_at: datetime
    talk_seconds: float | None
    wrap_up_seconds: float | None


class Reader:
    """Reads the rows of one file, given where its columns stand."""

    def __init__(self, settings: Settings, surroundings: Surroundings, columns: Positions) -> None:
        self._settings = settings
        self._pseudonyms = surroundings.pseudonyms
        self._zone: ZoneInfo = settings.zone(surroundings.site)
        self._place = {key: places[0] if places else -1 for key, places in columns.items()}
        self._call_places = columns["call"]
        self._width = 1 + max(place for places in columns.values() for place in places)

    def day(self, row: Row) -> date:
        """The local day to which the table books the call. Raises Refused."""
        if len(row) < self._width:
            raise Refused("The row is shorter than the header.", "short_row")
        try:
            if self._place["date"] >= 0:
                return day_of(self._text(row, "date"), self._settings.date_format)
            first = self._text(row, "entered") or self._text(row, "offered")
            return local_instant(first, self._settings.instant_format, self._zone).astimezone(self._zone).date()
        except Unreadable as error:
            raise Refused("The row has no readable day.", "unreadable_time") from error

    def call(self, row: Row, day: date) -> Call:
        """The call of a row of `day`. Raises Refused with the reason to count."""
        answered, left = self._outcome(row)
        try:
            return self._answered(row, day) if answered else self._left(row, day, left)
        except Unreadable as error:
            raise Refused("A time in the row cannot be read.", "unreadable_time") from error

    def _outcome(self, row: Row) -> tuple[bool, LeftReason]:
        outcomes = self._settings.outcomes
        if self._place["outcome"] < 0:
            return self._text(row, "answered") not in ("", *self._settings.absent_times), "abandoned"
        word = self._text(row, "outcome")
        if word in outcomes.answered:
            return True, "unknown"
        if word in outcomes.abandoned:
            return False, "abandoned"
        if word in outcomes.left:
            return False, outcomes.left[word]
        if word in outcomes.ignored:
            raise Refused("The table says to ignore this row.", "ignored")
        raise Refused("The outcome has no meaning in the column map.", "unknown_outcome")

    def _answered(self, row: Row, day: date) -> Call:
        entered, menu_left = self._before_the_queue(row, day)
        waited, talk = self._seconds(row, "waited_seconds"), self._seconds(row, "talk_seconds")
        offered = self._instant(row, "offered", day, menu_left, waited)
        queue_left = self._queue_left(row, day, offered, waited)
        answered = self._instant(row, "answered", day, queue_left or offered or menu_left, talk)
        if answered is not None and entered is not None and answered < entered:
            answered = None  # the service's clock is wrong: nobody is answered before calling
        answered = answered or queue_left or offered or menu_left
        if answered is None:
            raise Refused("The row does not say when the call was answered.", "no_time")
        # Services begin a second or two before the queue's clock says that the waiting ended, and now and
        # then before it says that it began; a call that did not wait is offered and answered at once.
        offered = answered if offered is None or waited == 0 else min(offered, answered)
        ended = answered + timedelta(seconds=talk) if talk is not None else None
        ended = ended or self._instant(row, "ended", day, answered, None) or answered
        return self._made(row, day, offered, answered, waited, None, max(ended, answered), talk)

    def _left(self, row: Row, day: date, reason: LeftReason) -> Call:
        entered, menu_left = self._before_the_queue(row, day)
        waited = self._seconds(row, "waited_seconds")
        if self._settings.no_wait_is_before_queue and not waited:
            reason = "before_queue"
        offered = None if reason == "before_queue" else self._instant(row, "offered", day, menu_left, waited)
        left = self._queue_left(row, day, offered, waited)
        if left is None or reason == "before_queue":
            left = menu_left or entered or offered or left
        if left is None:
            raise Refused("The row does not say when the call left.", "no_time")
        return self._made(row, day, min(offered or left, left), left, waited, reason, left, None)

    def _before_the_queue(self, row: Row, day: date) -> tuple[datetime | None, datetime | None]:
        """When the call came in and when its menu was over, in the order of life whatever the clocks say."""
        entered = self._moment(row, "entered", day, None)
        menu_left = self._moment(row, "menu_left", day, entered)
        if entered is not None and menu_left is not None:
            return min(entered, menu_left), menu_left
        return entered, menu_left or entered

    def _queue_left(self, row: Row, day: date, offered: datetime | None, waited: float | None) -> datetime | None:
        if offered is not None and waited is not None:
            return offered + timedelta(seconds=waited)
        return self._instant(row, "queue_left", day, offered, waited)

    def _instant(self, row: Row, key: str, day: date, near: datetime | None, duration: float | None) -> datetime | None:
        """None where the table has no such time: the word for it only counts without a duration beside it,
        because it may be a real midnight."""
        if not duration and self._text(row, key) in self._settings.absent_times:
            return None
        return self._moment(row, key, day, near)

    def _moment(self, row: Row, key: str, day: date, near: datetime | None) -> datetime | None:
        text = self._text(row, key)
        if not text:
            return None
        if self._place["date"] < 0:
            return local_instant(text, self._settings.instant_format, self._zone)
        return time_of_day(text, day, self._zone, near)

    def _seconds(self, row: Row, key: str) -> float | None:
        """The table's own measurement; None where it has none. A negative one is a clock fault: no measurement."""
        text = self._text(row, key)
        if not text:
            return None
        try:
            seconds = float(text)
        except ValueError as error:
            raise Refused(f"{key} is no number.", "unreadable_number") from error
        if not seconds <= LONGEST_SECONDS:
            raise Refused(f"{key} is no duration.", "unreadable_number")
        return seconds if seconds >= 0 else None

    def _text(self, row: Row, key: str) -> str:
        place = self._place[key]
        return row[place].strip() if place >= 0 else ""

    def _made(
        self,
        row: Row,
        day: date,
        offered: datetime,
        outcome: datetime,
        waited: float | None,
        left: LeftReason | None,
        ended: datetime,
        talk: float | None,
    ) -> Call:
        settings = self._settings
        channel = self._text(row, "channel") or settings.channel
        if channel not in CHANNELS:
            raise Refused("The channel is none that Balans knows.", "unknown_channel")
        agent, customer = self._text(row, "agent"), self._text(row, "customer")
        return Call(
            contact=self._contact(row, day),
            queue=(self._text(row, "queue") or settings.queue)[:160],
            channel=cast(Channel, channel),
            customer="" if customer in settings.unknown else self._pseudonyms.customer(customer),
            agent=self._agent(agent),
            topic=self._text(row, "topic")[:160],
            offered_at=offered,
            outcome_at=outcome,
            waited_seconds=waited,
            left=left,
            ended_at=ended,
            talk_seconds=talk,
            wrap_up_seconds=self._seconds(row, "wrap_up_seconds"),
        )

    def _agent(self, name: str) -> str:
        if name in self._settings.unknown:
            return ""
        return name[:160] if self._settings.agents_are_opaque else self._pseudonyms.agent(name)

    def _contact(self, row: Row, day: date) -> str:
        number = "-".join(row[place].strip() for place in self._call_places)
        if not number.strip("-"):
            raise Refused("The row has no call number.", "no_call_number")
        prefix = {"never": "", "daily": f"{day:%Y%m%d}-", "monthly": f"{day:%Y%m}-"}[self._settings.numbers_restart]
        return (prefix + number)[:140]


def life(call: Call, source: str, queues: Mapping[str, Queue]) -> list[Event]:
    """The events of a call, in order; their ids follow from the call's number alone."""

    def id(moment: str) -> str:
        return f"{call.contact}/{moment}"

    contact, queue = call.contact, call.queue
    left = call.left and ContactLeft(
        id=id("left"),
        source=source,
        at=call.outcome_at,
        contact=contact,
        queue=queue,
        reason=call.left,
        waited_seconds=call.waited_seconds,
    )
    if left and left.reason == "before_queue":
        return [left]
    offered = ContactOffered(
        id=id("offered"),
        source=source,
        at=call.offered_at,
        contact=contact,
        queue=queue,
        channel=call.channel,
        customer=call.customer,
        topic=call.topic,
    )
    if left:
        return [offered, left]
    wrap_up = call.wrap_up_seconds
    if wrap_up is None:
        wrap_up = queues[queue].wrap_up_seconds if queue in queues else 0.0
    return [
        offered,
        ContactAnswered(
            id=id("answered"),
            source=source,
            at=call.outcome_at,
            contact=contact,
            queue=queue,
            agent=call.agent,
            waited_seconds=call.waited_seconds,
        ),
        ContactEnded(id=id("ended"), source=source, at=call.ended_at, contact=contact, talk_seconds=call.talk_seconds),
        ContactWrappedUp(
            id=id("wrapped_up"),
            source=source,
            at=call.ended_at + timedelta(seconds=wrap_up),
            contact=contact,
            wrap_up_seconds=wrap_up,
        ),
    ]
