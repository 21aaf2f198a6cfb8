"""x: only what was fixed before pick-up."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import pytest

from monitor.balance.context import Topics, design, log_minutes, wait_class
from tests.monitor.balance.contacts import TOPICS, contact


def x(**facts: Any) -> dict[str, float]:
    return dict(zip(TOPICS.factors(), design([contact(**facts)], TOPICS)[0].tolist(), strict=True))


def test_twelve_topics_are_thirty_numbers() -> None:
    assert len(Topics(names=tuple("abcdefghijkl")).factors()) == 30


def test_a_plain_call_is_basis_topic_and_channel() -> None:
    assert {name for name, value in x().items() if value} == {"basis", "topic order", "channel voice"}


def test_a_topic_that_is_not_configured_has_only_the_basis() -> None:
    assert {name for name, value in x(topic="weather").items() if value} == {"basis", "channel voice"}


def test_waiting_is_told_in_the_channels_own_measure() -> None:
    assert x(waited_seconds=180)["waited, spoken"] == pytest.approx(math.log(4))
    assert x(waited_seconds=180, channel="chat")["waited, chat"] == pytest.approx(math.log(4))
    assert x(waited_seconds=7200, channel="mail")["waited, written"] == pytest.approx(math.log(3))
    assert x(waited_seconds=180, topic="claim")["complaint x waited"] == pytest.approx(math.log(4))


def test_second_line_pressure_and_chats_at_once() -> None:
    second = x(line=2, transferred_in=True, topic="claim", pressure=1.4, at_once=3, channel="chat", repeat=True)
    assert second["line 2"] == second["line 2 x transferred in"] == second["line 2 x hard"] == second["repeat"] == 1
    assert second["written x hard"] == 1
    assert second["pressure"] == pytest.approx(0.4)
    assert second["chats at once"] == pytest.approx(math.log(3))
    assert x(transferred_in=True)["line 2 x transferred in"] == 0, "the first line's contacts start somewhere"


@pytest.mark.parametrize(
    "chosen", [{"handle_seconds": 9.0}, {"transferred": True}, {"agent": "bert"}, {"customer": "other"}, {"team": "t"}]
)
def test_what_the_agent_does_or_is_explains_nothing(chosen: dict[str, Any]) -> None:
    assert np.array_equal(design([contact()], TOPICS), design([contact(**chosen)], TOPICS))


def test_a_contact_has_no_place_for_a_code_chosen_by_the_agent() -> None:
    names = {field.name for field in msgspec.structs.fields(type(contact()))}
    assert not names & {"coded", "wrap_up_code", "hold_seconds", "name", "gender", "age"}


def test_handle_time_below_twelve_seconds_is_twelve_seconds() -> None:
    assert log_minutes(1.0) == pytest.approx(math.log(0.2))
    assert log_minutes(360.0) == pytest.approx(math.log(6.0))


def test_wait_classes() -> None:
    assert [wait_class(contact(waited_seconds=s)) for s in (10, 100, 400)] == ["short", "normal", "long"]
    assert wait_class(contact(waited_seconds=10_000, channel="mail")) == "normal"
