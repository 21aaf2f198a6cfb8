"""The vocabulary: what can be said, and what it has no place for."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import events
from monitor.errors import Malformed
from monitor.events import (
    EVENT_TYPES,
    LIFE_ORDER,
    AgentStateChanged,
    ContactAnswered,
    ContactEnded,
    ContactLeft,
    ContactOffered,
    ContactWrappedUp,
    Event,
    FeedbackGiven,
    QueueSnapshot,
    ServedVisit,
    WaitingVisit,
    decode,
    encode,
    in_order_of_life,
)

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

IDS = st.text(min_size=1, max_size=20)
INSTANTS = st.timedeltas(timedelta(), timedelta(days=20_000)).map(lambda later: NINE + later)
SECONDS = st.none() | st.floats(0, 1e8)
COMMON = {"id": IDS, "source": IDS, "at": INSTANTS, "received_at": st.none() | INSTANTS}
CONTACT = COMMON | {"contact": IDS, "visit": st.text(max_size=20)}
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        ContactOffered,
        **CONTACT,
        queue=IDS,
        channel=st.sampled_from(events.CHANNELS),
        customer=st.text(max_size=20),
        transferred_in=st.booleans(),
    ),
    st.builds(ContactAnswered, **CONTACT, queue=IDS, agent=st.text(max_size=20), waited_seconds=SECONDS),
    st.builds(ContactLeft, **CONTACT, queue=IDS, reason=st.sampled_from(events.LEFT_REASONS), waited_seconds=SECONDS),
    st.builds(ContactEnded, **CONTACT, talk_seconds=SECONDS),
    st.builds(ContactWrappedUp, **CONTACT, wrap_up_seconds=SECONDS),
    st.builds(
        AgentStateChanged,
        **COMMON,
        agent=IDS,
        state=st.sampled_from(events.AGENT_STATES),
        queues=st.none() | st.lists(IDS, max_size=3).map(tuple),
    ),
    st.builds(
        QueueSnapshot,
        **COMMON,
        queue=IDS,
        waiting=st.lists(st.builds(WaitingVisit, contact=IDS, offered_at=INSTANTS), max_size=3).map(tuple),
        serving=st.none() | st.lists(st.builds(ServedVisit, contact=IDS), max_size=3).map(tuple),
    ),
    st.builds(FeedbackGiven, **CONTACT, kind=st.sampled_from(["csat", "nps", "thumb"]), score=st.integers(0, 10)),
)


@given(EVENTS)
def test_what_is_written_is_read_back(event: Event) -> None:
    assert decode(encode(event)) == event


def test_every_event_has_a_type_of_its_own_and_a_place_in_life() -> None:
    classes = get_args(Event)
    assert len(EVENT_TYPES) == len(classes)
    assert set(LIFE_ORDER) == set(classes)
    assert sorted(LIFE_ORDER.values()) == list(range(len(classes)))


def test_events_cannot_be_changed() -> None:
    event = ContactEnded(id="1", source="pbx", at=NINE, contact="c")
    with pytest.raises(AttributeError):
        event.contact = "d"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"type": "weather"}, "weather"),
        ({"type": "contact.ended", "id": "", "source": "s", "at": "2026-03-02T09:00:00Z", "contact": "c"}, r"\$\.id"),
        ({"type": "contact.ended", "id": "1", "source": "s", "at": "2026-03-02T09:00:00", "contact": "c"}, r"\$\.at"),
        ({"type": "contact.ended", "id": "1", "source": "s", "at": "2026-03-02T09:00:00Z"}, "contact"),
        (
            {
                "type": "contact.ended",
                "id": "1",
                "source": "s",
                "at": "2026-03-02T09:00:00Z",
                "contact": "c",
                "talk_seconds": -1,
            },
            r"\$\.talk_seconds",
        ),
    ],
)
def test_what_is_no_event_is_named(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Malformed, match=sentence):
        decode(msgspec.json.encode(fields))


@given(st.binary())
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    with pytest.raises(Malformed):
        decode(raw)


def test_unknown_fields_are_passed_over() -> None:
    raw = b'{"type":"contact.ended","id":"1","source":"s","at":"2026-03-02T09:00:00Z","contact":"c","mood":"angry"}'
    assert decode(raw) == ContactEnded(id="1", source="s", at=NINE, contact="c")


def test_at_one_instant_life_has_its_order() -> None:
    offered = ContactOffered(id="z", source="pbx", at=NINE, contact="c", queue="q")
    answered = ContactAnswered(id="y", source="pbx", at=NINE, contact="c", queue="q")
    ended = ContactEnded(id="x", source="pbx", at=NINE, contact="c")
    wrapped_up = ContactWrappedUp(id="w", source="pbx", at=NINE, contact="c")
    before = ContactWrappedUp(id="v", source="pbx", at=NINE - timedelta(seconds=1), contact="b")
    life: list[Event] = [before, offered, answered, ended, wrapped_up]
    assert in_order_of_life(reversed(life)) == life


@given(st.lists(EVENTS, max_size=8, unique_by=lambda event: (event.source, event.id)), st.randoms())
def test_order_does_not_depend_on_arrival(found: list[Event], chance: random.Random) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert in_order_of_life(shuffled) == in_order_of_life(found)


def test_there_is_no_place_for_a_person() -> None:
    """A number, an address, a text, a keystroke, an emotion or a location has no field; thanks may be quoted."""
    fields = {name for cls in EVENT_TYPES.values() for name in cls.__struct_fields__}
    for word in (
        "name",
        "number",
        "phone",
        "address",
        "mail",
        "message",
        "body",
        "emotion",
        "key",
        "location",
        "screen",
    ):
        assert not {field for field in fields if word in field.split("_")}, word
