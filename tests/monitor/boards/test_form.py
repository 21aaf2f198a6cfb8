"""A board as it is filled in: what it may be, and the sentence for what it may not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.boards.form import BoardForm, Known, NoticeForm, definition_of, fault, form_of, name_fault
from monitor.tiles import TILE_MEASURES

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
KNOWN = Known(queues=("sales", "service"), boards=("main", "hall"))
GOOD = BoardForm(title="The floor", queues=("service", "sales"), tiles=("waiting", "helped_ratio"), rotate=("hall",))

some = st.sampled_from
forms = st.builds(
    BoardForm,
    title=st.text(max_size=60).map(str.strip),
    queues=st.lists(some(KNOWN.queues), unique=True).map(tuple),
    tiles=st.lists(some(TILE_MEASURES), min_size=1, max_size=5, unique=True).map(tuple),
    target=st.none() | st.floats(0.01, 1),
    hide_waiting=st.booleans(),
    quiet=st.booleans(),
    notices=st.lists(
        st.builds(
            NoticeForm,
            text=st.text(min_size=1, max_size=200).filter(lambda text: text.strip() == text),
            kind=some(("notice", "outage")),
            until=st.none() | st.datetimes(timezones=st.just(UTC)),
        ),
        max_size=5,
    ).map(tuple),
    rotate=st.lists(some(KNOWN.boards), unique=True).map(tuple),
    rotate_seconds=st.integers(10, 3600),
)


@given(forms)
def test_a_board_without_a_fault_is_kept_as_it_was_filled_in(form: BoardForm) -> None:
    assert fault(form, KNOWN) is None
    assert form_of(definition_of(form, AMSTERDAM)) == form


@pytest.mark.parametrize(
    ("changed", "english", "dutch"),
    [
        ({"title": "x" * 61}, "at most 60 characters", "hoogstens 60 tekens"),
        ({"queues": ("garage",)}, "no queue garage", "geen wachtrij garage"),
        ({"queues": ("sales", "sales")}, "queue sales is named twice", "sales staat er twee keer"),
        ({"tiles": ()}, "has 0", "heeft er 0"),
        ({"tiles": TILE_MEASURES[:6]}, "one to 5 large figures; this one has 6", "één tot 5 grote cijfers"),
        ({"tiles": ("mood",)}, "no large figure mood", "geen groot cijfer mood"),
        ({"tiles": ("waiting", "waiting")}, "large figure waiting is named twice", "waiting staat er twee keer"),
        ({"target": 0.0}, "above 0 %", "boven 0 %"),
        ({"target": 1.01}, "at most 100 %", "hoogstens 100 %"),
        ({"target": float("nan")}, "at most 100 %", "hoogstens 100 %"),
        ({"notices": (NoticeForm(text="x"),) * 6}, "at most 5 notices", "hoogstens 5 mededelingen"),
        ({"notices": (NoticeForm(text="  "),)}, "1 to 200 characters", "1 tot 200 tekens"),
        ({"notices": (NoticeForm(text="x" * 201),)}, "1 to 200 characters", "1 tot 200 tekens"),
        ({"rotate": ("gone",)}, "no board called gone", "geen bord met de naam gone"),
        ({"rotate": ("hall", "hall")}, "hall is named twice", "hall staat er twee keer"),
        ({"rotate_seconds": 9}, "10 to 3600 seconds", "10 tot 3600 seconden"),
        ({"rotate_seconds": 3601}, "10 to 3600 seconds", "10 tot 3600 seconden"),
    ],
)
def test_what_a_board_cannot_be_is_said_in_one_sentence(changed: dict[str, Any], english: str, dutch: str) -> None:
    assert fault(GOOD, KNOWN) is None
    said = fault(msgspec.structs.replace(GOOD, **changed), KNOWN)
    assert said is not None
    assert english in said.en
    assert dutch in said.nl


def test_more_boards_than_a_television_can_turn_through_are_too_many() -> None:
    many = tuple(f"b{number}" for number in range(21))
    said = fault(msgspec.structs.replace(GOOD, rotate=many), Known(KNOWN.queues, many))
    assert said is not None
    assert "At most 20 boards" in said.en


@pytest.mark.parametrize(("zone", "at"), [(None, 14), (UTC, 15)])
def test_a_notice_until_a_time_without_a_zone_ends_by_the_sites_clock(zone: Any, at: int) -> None:
    """In summer the clock of Amsterdam is two hours ahead, in winter one."""
    until = datetime(2026, 3, 9, 15, tzinfo=zone)
    form = msgspec.structs.replace(GOOD, notices=(NoticeForm(text="Storm", until=until),))
    assert definition_of(form, AMSTERDAM).notices[0].until == datetime(2026, 3, 9, at, tzinfo=UTC)


@pytest.mark.parametrize("name", ["hall", "1st", "a-b_c", "x" * 63])
def test_a_name_that_can_stand_in_an_address(name: str) -> None:
    assert name_fault(name) is None


@pytest.mark.parametrize("name", ["", "Hall", "-a", "a b", "a/b", "é", "x" * 64])
def test_a_name_that_cannot(name: str) -> None:
    assert name_fault(name) is not None
