"""An agent's own day, and who is here now: the same in whatever order it is heard of."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from monitor.events import ComplimentGiven, ContactHeld, Event, SourceStatus
from monitor.people.day import DayBook
from tests.monitor.people.centre import at, call, state

ZONE = ZoneInfo("UTC")
MORNING: list[Event] = [
    state("anna", "available", at(0, 8)),
    *call("c1", "anna", at(0, 9)),
    *call("c2", "anna", at(0, 9.5), channel="chat", queue="chat"),
    *call("c3", "anna", at(0, 10), passed_on=True),
    state("anna", "break", at(0, 10.5)),
    state("anna", "available", at(0, 10.75)),
    ComplimentGiven(id="t1", source="pbx", at=at(0, 11), contact="c1", text="Thank you!"),
    *call("c1b", "bert", at(0, 10.9)),
    ComplimentGiven(id="t2", source="pbx", at=at(0, 9.01), contact="c1b", text="Too early to be hers."),
]


def heard(events: list[Event]) -> DayBook:
    book = DayBook(ZONE, {"anna": "north"})
    for event in events:
        book.hear(event)
    return book


def test_a_day() -> None:
    day = heard(MORNING).days(at(0, 12), {"c2/1"})["anna"]
    assert day.contacts == {"chat": 1, "voice": 2}
    assert day.helped == 1, "one was passed on, one came back"
    assert day.compliments == ("Thank you!",)
    assert (day.breaks, day.break_seconds, day.last_break_ended_at) == (1, 900.0, at(0, 10.75))
    assert day.signed_in_at == at(0, 8)


@given(st.randoms(use_true_random=False))
def test_in_any_order_and_twice(random: Random) -> None:
    shuffled = [*MORNING, *MORNING[::2]]
    random.shuffle(shuffled)
    book, plain = heard(shuffled), heard(MORNING)
    assert book.days(at(0, 12), set()) == plain.days(at(0, 12), set())
    assert book.floor(at(0, 12)) == plain.floor(at(0, 12))


def test_thanks_are_for_who_answered_then() -> None:
    days = heard(MORNING).days(at(0, 12), set())
    assert days["bert"].compliments == (), "the thanks came before bert answered"


def test_the_floor_tells_the_state_and_not_for_how_long() -> None:
    *_, wrapped_up = begun = call("c9", "anna", at(0, 11.5))
    book = heard([*MORNING, *begun[:2]])
    (anna,) = book.floor(at(0, 11.6)).people
    assert (anna.agent, anna.state, anna.team, anna.queues) == ("anna", "on_contact", "north", ("desk", "chat"))
    book.hear(ContactHeld(id="h", source="pbx", at=at(0, 11.55), contact="c9", visit="1"))
    assert book.floor(at(0, 11.6)).people[0].state == "on_hold"
    book.hear(begun[2])
    assert book.floor(at(0, 11.6)).people[0].state == "wrap_up"
    book.hear(wrapped_up)
    assert book.floor(at(0, 11.6)).people[0].state == "available"


def test_of_a_silent_source_nothing_is_known() -> None:
    alive = SourceStatus(id="s", source="pbx", at=at(0, 11), state="up", heartbeat_seconds=60)
    book = heard([*MORNING, alive])
    assert [one.agent for one in book.floor(at(0, 11) + timedelta(seconds=59)).people] == ["anna"]
    assert book.floor(at(0, 11) + timedelta(seconds=61)).people == ()


def test_the_day_after_begins_anew() -> None:
    book = heard(MORNING)
    book.tidy(at(1, 1))
    day = book.days(at(1, 9), set())["anna"]
    assert (day.contacts, day.helped, day.compliments, day.breaks) == ({}, 0, (), 0)
