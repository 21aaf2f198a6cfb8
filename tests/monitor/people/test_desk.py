"""When what is written: sheets at most hourly, thanks and decisions at once, the floor when it has changed."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import msgspec

from monitor.balance.steady import LARGEST_MOVE_POINTS
from monitor.events import ComplimentGiven
from monitor.people.desk import Desk
from monitor.people.plan import Disputed, Known
from monitor.people.sheet import Floor, Sheet
from tests.monitor.people.centre import AGENTS, PLAN, at, call, state, story

NOW = at(2, 12)


def settled() -> Desk:
    desk = Desk(PLAN)
    for event in story(2, days=2, a_day=6):
        desk.hear([event], event.at)
    assert set(desk.look(NOW).sheets) == set(AGENTS)
    return desk


def test_new_contacts_wait_for_the_hour() -> None:
    desk = settled()
    desk.hear(call("new", "a00", at(2, 12.05)), at(2, 12.2))
    assert desk.look(at(2, 12.5)).sheets == {}
    made = desk.look(at(2, 13)).sheets
    assert set(made) == set(AGENTS), "what ripens changes for everybody"
    sheet = msgspec.json.decode(made["a00"], type=Sheet)
    assert sheet.today is not None
    assert sheet.today.contacts == {"voice": 1}


def test_thanks_are_there_at_once_and_nothing_else_moves() -> None:
    desk = settled()
    before = desk.scorer.sheets(NOW, ["a00"])[0]
    desk.hear(call("new", "a00", at(2, 11.5)), at(2, 12))
    thanks = ComplimentGiven(id="t", source="pbx", at=at(2, 12.01), contact="new", text="Thank you")
    desk.hear([thanks], at(2, 12.01))
    made = desk.look(at(2, 12.02)).sheets
    assert list(made) == ["a00"]
    sheet = msgspec.json.decode(made["a00"], type=Sheet)
    assert sheet.today is not None
    assert sheet.today.compliments == ("Thank you",)
    assert (sheet.made_at, sheet.indicators) == (before.made_at, before.indicators)
    assert desk.look(at(2, 12.03)).sheets == {}


def test_a_dispute_is_answered_at_once_for_that_agent_alone() -> None:
    desk = settled()
    contact = desk.scorer.sheets(NOW, ["a05"])[0].lines[0].contact
    dispute = Disputed(agent="a05", contact=contact, opened_at=at(2, 12.01))
    desk.told(Known(disputes={"d": dispute}), at(2, 12.01))
    assert list(desk.look(at(2, 12.02)).sheets) == ["a05"]


def test_the_floor_is_written_when_it_has_changed() -> None:
    desk = settled()
    assert "floor" not in desk.look(at(2, 12.01)).papers
    desk.hear([state("a07", "available", at(2, 12.02))], at(2, 12.02))
    floor = msgspec.json.decode(desk.look(at(2, 12.03)).papers["floor"], type=Floor)
    assert [one.agent for one in floor.people] == ["a07"]


def test_weeks_are_told_each_night_and_papers_with_them() -> None:
    desk = Desk(PLAN)
    for event in story(2, days=2, a_day=6):
        desk.hear([event], event.at)
    first = desk.look(NOW)
    assert {agent for agent, _ in first.weeks} == set(AGENTS)
    assert {monday for _, monday in first.weeks} == {at(0).date()}
    assert {"process", "calibration", "standing", "learnt"} <= set(first.papers)
    assert desk.look(at(2, 12.01)).weeks == {}


def test_while_the_past_is_told_only_the_floor_is_known() -> None:
    desk = Desk(PLAN)
    desk.hear([state("a07", "available", NOW)], NOW, live=False)
    made = desk.look(NOW, live=False)
    assert (made.sheets, made.weeks, list(made.papers)) == ({}, {}, ["floor"])


def test_a_shown_balance_moves_by_little_within_an_hour() -> None:
    """An odd hour, twelve short calls passed on: shown as it was a little earlier, and followed in the hours after."""
    desk = Desk(PLAN)
    for event in story(2, days=5, a_day=40):
        desk.hear([event], event.at)
    shown = [balance_of(desk, at(5, 9))]
    for number in range(12):
        for event in call(f"odd{number}", "a00", at(5, 9.1 + number * 0.06), talk_seconds=60, passed_on=True):
            desk.hear([event], event.at)
    shown += [balance_of(desk, at(5, hour)) for hour in range(10, 15)]
    whole = desk.scorer.sheets(at(5, 14), ["a00"])[0].balance
    assert whole is not None
    assert abs(shown[0] - whole.points) > LARGEST_MOVE_POINTS, "within the hour that is too far"
    moves = [abs(after - before) for before, after in pairwise(shown)]
    assert max(moves) <= LARGEST_MOVE_POINTS
    assert shown[-1] == whole.points


def balance_of(desk: Desk, now: datetime) -> float:
    """What a00 reads by now."""
    made = desk.look(now).sheets.get("a00")
    assert made is not None
    sheet = msgspec.json.decode(made, type=Sheet)
    assert sheet.balance is not None
    return sheet.balance.points
