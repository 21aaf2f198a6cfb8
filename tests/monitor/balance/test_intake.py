"""From events to what the score hears."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from monitor import events as ev
from monitor.balance import Contact
from monitor.balance.intake import CameBack, Elsewhere, Heard, Intake, Marked, midnight_after

NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Amsterdam")


def event(kind: type[Any], minute: float, contact: str, /, **facts: Any) -> Any:
    at = NINE + timedelta(minutes=minute)
    return kind(id=f"{contact}/{kind.__name__}", source="pbx", at=at, contact=contact, **facts)


def call(contact: str = "c1", minute: float = 0.0, **offered: Any) -> list[ev.Event]:
    """Offered, answered after a minute, five minutes of talk, one of wrap-up."""
    return [
        event(ev.ContactOffered, minute, contact, queue="orders", customer="k1", **offered),
        event(ev.ContactAnswered, minute + 1, contact, queue="orders", agent="anna"),
        event(ev.ContactEnded, minute + 6, contact),
        event(ev.ContactWrappedUp, minute + 7, contact),
    ]


def heard(events: list[ev.Event]) -> list[Heard]:
    intake = Intake(ZONE, lines={"second": 2}, teams={"anna": "north"})
    return [one for event in events for one in intake.apply(event)]


def test_a_finished_contact() -> None:
    (one,) = heard(call())
    assert isinstance(one, Contact)
    assert (one.agent, one.team, one.line, one.topic, one.matter_known) == ("anna", "north", 1, "orders", False)
    assert (one.handle_seconds, one.waited_seconds) == (360.0, 60.0)
    assert one.day == NINE.toordinal()


def test_a_contact_in_progress_is_not_told() -> None:
    assert heard(call()[:3]) == []


def test_a_topic_makes_the_matter_known() -> None:
    (one,) = heard(call(topic="invoice"))
    assert isinstance(one, Contact)
    assert (one.topic, one.matter_known) == ("invoice", True)


def test_the_customer_who_calls_again_came_back() -> None:
    told = heard(call("c1") + call("c2", 30))
    assert told[2] == CameBack("c1", (NINE + timedelta(minutes=30)).timestamp(), "c2")
    assert isinstance(told[1], Contact)
    assert told[1].repeat


def test_who_gives_up_waiting_came_back_too() -> None:
    again = [
        event(ev.ContactOffered, 20, "c2", queue="orders", customer="k1"),
        event(ev.ContactLeft, 22, "c2", queue="orders", reason="abandoned"),
    ]
    assert heard(call() + again)[1:] == [CameBack("c1", (NINE + timedelta(minutes=20)).timestamp(), "c2")]


def test_passed_on() -> None:
    events = call()
    (one,) = heard([*events[:2], event(ev.ContactTransferred, 3, "c1", to="second"), *events[2:]])
    assert isinstance(one, Contact)
    assert one.transferred


def test_marks_and_reopened_tickets() -> None:
    told = heard(
        [
            event(ev.FeedbackGiven, 30, "c1", kind="csat", score=4),
            event(ev.FeedbackGiven, 31, "c2", kind="nps", score=8),
            event(ev.ContactRepeated, 90, "c3", earlier_contact="c1"),
        ]
    )
    assert [one.positive for one in told if isinstance(one, Marked)] == [True, False]
    assert told[2] == CameBack("c1", (NINE + timedelta(minutes=90)).timestamp(), "c3")


def test_who_takes_the_contact_says_that_the_back_office_made_the_customer_come() -> None:
    again = call("c2", 30)
    again[3] = msgspec.structs.replace(again[3], cause="back_office")
    assert heard(call("c1") + again)[2:] == [
        CameBack("c1", (NINE + timedelta(minutes=30)).timestamp(), "c2"),
        Elsewhere("c2", (NINE + timedelta(minutes=37)).timestamp(), "anna"),
    ]


def test_a_promised_call_back_is_kept_and_is_no_coming_back() -> None:
    _, promise = heard(call("c1") + call("c2", 30, channel="callback"))
    assert isinstance(promise, Contact)
    assert (promise.excused, promise.repeat) == ("promised", False)


def test_a_mark_is_credited_to_who_answered_last() -> None:
    first, second = call(visit="1"), call(minute=10, visit="2")
    for number, visit in ((0, "1"), (1, "2")):
        for place in (1, 2, 3):
            one = (first, second)[number][place]
            (first, second)[number][place] = msgspec.structs.replace(one, visit=visit)
    told = heard([*first, *second, event(ev.FeedbackGiven, 30, "c1", kind="csat", score=5)])
    assert [one.id for one in told if isinstance(one, Contact)] == ["c1/1", "c1/2"]
    assert [one.contact for one in told if isinstance(one, Marked)] == ["c1/2"]


def test_outbound_work_and_unknown_agents_are_not_scored() -> None:
    assert heard(call(direction="outbound")) == []
    nobody = call()
    nobody[1] = event(ev.ContactAnswered, 1, "c1", queue="orders")
    assert heard(nobody) == []


def test_midnight_is_the_sites_own_also_when_the_clock_changes() -> None:
    short_day = datetime(2026, 3, 29, 12, tzinfo=ZONE)
    assert midnight_after(short_day.timestamp(), ZONE) == datetime(2026, 3, 30, tzinfo=ZONE).timestamp()
