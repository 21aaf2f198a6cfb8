"""Cuttings of the recorded traffic that travel with the project: two transferred calls, and log-ins while booting."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors.asterisk_ami import Settings, replay
from monitor import events as ev
from tests.collectors.asterisk_traffic import agent, surroundings

DATA = Path(__file__).resolve().parents[1] / "data" / "asterisk"


@pytest.fixture(scope="module")
def transfers() -> list[ev.Event]:
    return list(replay(DATA / "two-transfers.jsonl", Settings(), surroundings(), name="pbx"))


def life(events: list[ev.Event], contact: str) -> list[str]:
    """What happens to a contact, in order, with the queue's initial."""
    queue_of: dict[str, str] = {}
    told = []
    for event in events:
        if isinstance(event, ev.OfContact) and event.contact == contact:
            queue = queue_of.setdefault(event.visit, getattr(event, "queue", ""))
            told.append(f"{queue[:1]} {type(event).__name__.removeprefix('Contact').lower()}")
    return told


def test_a_blind_transfer_to_the_second_line(transfers: list[ev.Event]) -> None:
    assert life(transfers, "pbx:1795290541.3") == [
        "k offered",
        "k answered",
        "k transferred",
        "k ended",
        "t offered",
        "t answered",
        "k wrappedup",
        "t ended",
        "t wrappedup",
    ]


def test_an_attended_transfer_to_the_second_line(transfers: list[ev.Event]) -> None:
    assert life(transfers, "pbx:1795290546.25") == [
        "k offered",
        "k answered",
        "k held",
        "t offered",
        "k resumed",
        "k transferred",
        "k ended",
        "t answered",
        "k wrappedup",
        "t held",
        "t resumed",
        "t ended",
        "t wrappedup",
    ]
    moved = [event for event in transfers if isinstance(event, ev.ContactTransferred)]
    assert [(event.kind, event.to) for event in moved] == [("blind", "techniek"), ("attended", "techniek")]


def test_the_agents_of_both_lines(transfers: list[ev.Event]) -> None:
    answered = [event.agent for event in transfers if isinstance(event, ev.ContactAnswered)]
    assert answered == [agent(name) for name in ("Daan Jansen", "Bram Visser", "O'Brien, Fleur", "Lotte Bakker")]


def test_three_log_ins_while_booting() -> None:
    events = list(replay(DATA / "boot-race.jsonl", Settings(), surroundings()))
    assert [event.state for event in events if isinstance(event, ev.SourceStatus)] == ["lost"]
