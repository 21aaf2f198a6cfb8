"""How busy it was at pick-up: only what was so before the agent picked up."""

from __future__ import annotations

from monitor.balance.load import USUAL_AFTER, Load
from tests.monitor.people.centre import at, state


def staffed(*agents: str) -> Load:
    load = Load()
    for agent in agents:
        load.changed(state(agent, "available", at(0, 8)))  # type: ignore[arg-type]
    return load


def settled(load: Load, an_hour: int = 60) -> float:
    """A usual day: so many offers an hour, each picked up. The instant at which it is known what is usual."""
    second = 0.0
    for _ in range(USUAL_AFTER + 40):
        second += 3600 / an_hour
        load.offered("desk", second)
        load.pressure("desk", second)
    return second


def test_until_it_is_known_what_is_usual_the_pressure_is_normal() -> None:
    load = staffed("anna")
    for second in range(50):
        load.offered("desk", second)
    assert load.pressure("desk", 60.0) == 1.0


def test_twice_the_work_for_the_same_people_is_about_twice_the_pressure() -> None:
    load = staffed("anna", "bert")
    now = settled(load)
    usual = load.pressure("desk", now)
    for second in range(30):
        load.offered("desk", now + second)
    assert 1.8 < load.pressure("desk", now + 30) / usual < 2.1


def test_who_takes_a_break_leaves_the_work_to_the_others() -> None:
    load = staffed("anna", "bert")
    now = settled(load)
    both = load.pressure("desk", now)
    load.changed(state("bert", "break", at(0, 9)))  # type: ignore[arg-type]
    assert 1.8 < load.pressure("desk", now) / both < 2.1
    load.changed(state("bert", "available", at(0, 9.2)))  # type: ignore[arg-type]
    assert load.pressure("desk", now) < 1.2 * both


def test_where_nobody_says_who_is_there_the_pressure_is_normal() -> None:
    load = Load()
    now = settled(load)
    assert load.pressure("desk", now) == 1.0


def test_chats_at_once() -> None:
    load = Load()
    assert load.picked_up("anna", ("c1", ""), "chat") == 1
    assert load.picked_up("anna", ("c2", ""), "whatsapp") == 2
    assert load.picked_up("anna", ("c3", ""), "voice") == 1
    assert load.picked_up("bert", ("c4", ""), "chat") == 1
    load.over("anna", ("c1", ""))
    assert load.picked_up("anna", ("c5", ""), "chat") == 2
