"""Agents by state, and the time that occupancy is made of."""

from __future__ import annotations

import msgspec
import pytest

from monitor import events as ev
from monitor.settings import Queue, Team
from tests.monitor.centre import Morning, at, centre, live, today, told

pbx = Morning()
TWO = {"sales": Queue(), "tech": Queue(line=2)}


def test_an_agent_in_several_queues_counts_once_in_a_total() -> None:
    engine = told(centre(queues=TWO), [pbx.agent(0, "ann", "available", queues=("sales", "tech"))])
    assert live(engine).agents == {"available": 1}
    assert live(engine, id="tech").agents == {"available": 1}
    assert live(engine, "site", "site").agents == {"available": 1}
    assert live(engine, "site", "site").on_duty == 1


def test_contacts_lie_over_the_agents_own_state() -> None:
    engine = told(centre(), [pbx.agent(0, "ann", "available", queues=("sales",)), pbx.offered(0, "a")])
    for event, state in (
        (pbx.answered(10, "a"), "on_contact"),
        (pbx.held(20, "a"), "on_hold"),
        (pbx.resumed(30, "a"), "on_contact"),
        (pbx.ended(40, "a"), "wrap_up"),
        (pbx.wrapped_up(50, "a"), "available"),
    ):
        assert live(told(engine, [event])).agents == {state: 1}


def test_a_break_that_begins_during_a_call_shows_when_the_call_is_over() -> None:
    engine = told(centre(), [pbx.agent(0, "ann", "available"), pbx.offered(0, "a"), pbx.answered(10, "a")])
    told(engine, [pbx.agent(20, "ann", "break", reason="lunch")])
    assert live(engine, "site", "site").agents == {"on_contact": 1}
    told(engine, [pbx.ended(40, "a"), pbx.wrapped_up(50, "a")])
    assert live(engine, "site", "site").agents == {"break": 1}
    assert live(engine, "site", "site").on_duty == 1


def test_occupancy_is_handling_over_handling_and_available() -> None:
    events = [
        pbx.agent(0, "ann", "available", queues=("sales",)),
        *pbx.call(0, "a", wait=100, talk=200, wrap=50),
        pbx.agent(400, "ann", "break"),
        pbx.agent(1000, "ann", "offline"),
    ]
    occupancy = today(told(centre(), events)).occupancy
    assert (occupancy.numerator, occupancy.denominator) == (250, 400)


def test_three_chats_at_once_never_make_more_than_all_of_the_time() -> None:
    queues = {"chat": Queue(channel="chat")}
    events = [pbx.agent(0, "ann", "available", queues=("chat",))]
    for number in range(3):
        events += pbx.call(0, f"c{number}", wait=0, talk=100 + number * 100, queue="chat", channel="chat")
    figures = today(told(centre(queues=queues), events, now=300), id="chat")
    assert figures.occupancy.ratio == 1
    assert figures.concurrency.ratio == pytest.approx(2.0)


def test_time_that_is_still_running_counts_up_to_now() -> None:
    engine = told(centre(), [pbx.agent(0, "ann", "available", queues=("sales",))], now=60)
    assert today(engine).occupancy.denominator == 60
    engine.advance(at(120))
    assert today(engine).occupancy.denominator == 120
    told(engine, [pbx.offered(120, "a"), pbx.answered(120, "a")], now=180)
    assert (today(engine).occupancy.numerator, today(engine).occupancy.denominator) == (60, 180)


def test_a_window_counts_only_the_time_inside_it() -> None:
    engine = told(centre(), [pbx.agent(0, "ann", "available", queues=("sales",))], now=7200)
    windows = engine.figures().of("queue", "sales").windows  # type: ignore[union-attr]
    assert windows["today"].occupancy.denominator == 7200
    assert windows["15m"].occupancy.denominator == pytest.approx(15 * 60, abs=60)


def test_other_work_and_breaks_are_outside_occupancy() -> None:
    events = [pbx.agent(0, "ann", "other_work", reason="training"), pbx.agent(600, "ann", "break")]
    assert today(told(centre(), events, now=1200), "site", "site").occupancy.ratio is None


def test_nobody_knows_the_occupancy_of_agents_whose_state_nobody_tells() -> None:
    """A table of calls says who answered, not who sat waiting."""
    figures = today(told(centre(), pbx.call(0, "a"), now=300))
    assert figures.occupancy.ratio is None


def test_agents_of_a_silent_source_become_unknown_not_available() -> None:
    engine = told(
        centre(),
        [pbx.source_is(0, "up", heartbeat_seconds=30), pbx.agent(0, "ann", "available", queues=("sales",))],
        now=31,
    )
    assert live(engine).agents == {"unknown": 1}
    assert live(engine).on_duty == 0
    source = engine.figures().sources[0]
    assert (source.state, source.since) == ("silent", at(0))
    assert today(engine).occupancy.denominator == 30

    told(engine, [pbx.offered(40, "a")], now=50)
    assert live(engine).agents == {"available": 1}
    assert engine.figures().sources[0].state == "up"
    assert today(engine).occupancy.denominator == 40


def test_a_queue_whose_source_is_lost_says_since_when() -> None:
    engine = told(centre(), [pbx.offered(0, "a"), pbx.agent(0, "ann", "available"), pbx.source_is(60, "lost")], now=90)
    assert live(engine).stale_since == at(60)
    assert live(engine, "site", "site").agents == {"unknown": 1}
    told(engine, [pbx.source_is(100, "up")])
    assert live(engine).stale_since is None
    assert live(engine, "site", "site").agents == {"available": 1}


def test_a_queue_whose_source_is_far_behind_says_of_when_its_news_is_and_the_others_do_not() -> None:
    """Its agents are as they were: it is heard, only late."""
    elsewhere = ev.ContactOffered(id="o", source="desk", at=at(0), contact="c", queue="service")
    engine = told(centre(), [pbx.offered(0, "a"), elsewhere, pbx.agent(0, "ann", "available")], now=90)
    figures = engine.figures({"pbx": at(0)}.get)
    stale = {one.scope.id: one.live.stale_since for one in figures.scopes if one.scope.kind in ("queue", "site")}
    assert stale == {"sales": at(0), "service": None, "site": at(0)}
    assert live(engine).stale_since is None
    assert live(engine, "site", "site").agents == {"available": 1}


def test_signing_out_goes_before_silence() -> None:
    engine = told(centre(), [pbx.agent(0, "ann", "offline"), pbx.source_is(60, "lost")], now=90)
    assert live(engine, "site", "site").agents == {"offline": 1}


def test_a_teams_figures_are_its_queues_side_and_its_peoples_side() -> None:
    """Team red owns sales; Bob of team blue helps out. The waiting and service level are red's, the handling is
    of whoever did it."""
    queues = {"sales": Queue(team="red"), "tech": Queue(team="blue")}
    teams = {"red": Team(agents=("ann",)), "blue": Team(agents=("bob",))}
    events = [*pbx.call(0, "a", agent="ann", talk=60), *pbx.call(0, "b", agent="bob", talk=120)]
    engine = told(centre(queues=queues, teams=teams), events)
    red, blue = today(engine, "team", "red"), today(engine, "team", "blue")
    assert (red.offered, red.answered, red.handled) == (2, 2, 1)
    assert (blue.offered, blue.answered, blue.handled) == (0, 0, 1)
    assert blue.handle_time_seconds.mean == 120
    assert red.speed_of_answer_seconds.n == 2


def test_totals_of_agents_never_exceed_the_number_of_people() -> None:
    events = [pbx.agent(0, f"agent {n}", "available", queues=("sales", "tech")) for n in range(7)]
    engine = told(centre(queues=TWO), events)
    for figures in engine.figures().scopes:
        assert sum(figures.live.agents.values()) <= 7


def test_time_since_the_last_break_is_a_median_of_at_least_five() -> None:
    """Pressure is about load, never about a person: four people have no median."""
    people = [f"agent {number}" for number in range(5)]
    events = [pbx.agent(600 * number, name, "available", queues=("sales",)) for number, name in enumerate(people)]
    assert live(told(centre(), events[:4], now=3600)).minutes_since_break is None
    engine = told(centre(), events, now=3600)
    assert live(engine).minutes_since_break == 40
    told(engine, [pbx.agent(3600, "agent 4", "break"), pbx.agent(3900, "agent 4", "available")], now=4200)
    assert live(engine).minutes_since_break == 50


def test_minutes_above_a_healthy_occupancy_count_in_quarters_of_an_hour() -> None:
    """A quarter at 93 %, one at 67 %, one of which ten minutes have run, all of them at work, and idle ones."""
    events = [
        pbx.agent(0, "ann", "available", queues=("sales",)),
        *pbx.call(0, "a", wait=60, talk=1140),
        *pbx.call(1200, "b", wait=300, talk=1200)[:2],
    ]
    engine = told(centre(), events, now=1800 + 600)
    assert live(engine, "site", "site").minutes_above_occupancy == 15 + 10
    assert live(engine).minutes_above_occupancy is None
    told(engine, [pbx.ended(2700, "b"), pbx.wrapped_up(2700, "b")], now=6 * 3600)
    assert live(engine, "site", "site").minutes_above_occupancy == 15 + 15


def test_two_sources_that_use_the_same_id_for_one_agent_disturb_nobody() -> None:
    for queues in (None, ("sales",)):
        one = pbx.agent(5, "ann", "available", queues=queues)
        said = [one, msgspec.structs.replace(one, source="desk"), pbx.agent(3, "ann", "offline")]
        engine = told(centre(), said)
        assert told(centre(), said[::-1]).figures().scopes == engine.figures().scopes
        assert live(engine, "site", "site").agents == {"available": 1}
