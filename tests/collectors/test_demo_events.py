"""The simulated day as events: always the same, whole lives only, and exactly what the truth says."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import demo
from collectors.demo.chronicle import chronicle
from collectors.demo.narrator import snapshots
from collectors.demo.records import Visit
from collectors.demo.simulation import simulate
from collectors.demo.siteday import SiteDay, milliseconds
from monitor import events as vocabulary
from monitor.events import Event, QueueSnapshot
from monitor.settings import Settings
from tests.collectors.demo_ledger import Ledger, assert_conserved, assert_equal

WEDNESDAY = date(2026, 11, 18)


@lru_cache(maxsize=8)
def told(day: date = WEDNESDAY, seed: int = 7, *, carry_over: bool = True) -> list[Event]:
    return list(demo.events(day, seed, carry_over=carry_over))


def test_the_same_seed_and_day_give_the_same_events_to_the_last_byte() -> None:
    once = [vocabulary.encode(event) for event in told()]
    chronicle.cache_clear()
    simulate.cache_clear()
    told.cache_clear()
    assert [vocabulary.encode(event) for event in told()] == once


def test_another_seed_or_another_day_gives_another_story() -> None:
    ids = {event.id for event in told() if isinstance(event, vocabulary.ContactLeft)}
    assert ids != {event.id for event in told(seed=8) if isinstance(event, vocabulary.ContactLeft)}
    assert ids.isdisjoint({event.id for event in told(date(2026, 11, 20)) if isinstance(event, vocabulary.ContactLeft)})


def test_events_come_in_order_of_life_and_no_id_comes_twice() -> None:
    story = told()
    assert story == vocabulary.in_order_of_life(story)
    assert len({event.id for event in story}) == len(story)
    assert {event.source for event in story} == {"demo"}


def test_every_visit_has_a_whole_life_and_at_the_end_of_the_day_the_counts_are_the_truth() -> None:
    day = SiteDay(WEDNESDAY)
    last = told()[-1].at
    ledger = Ledger(told(carry_over=False)[0].at).read(told())
    truth = demo.truth(WEDNESDAY, last)
    assert_equal(ledger, truth)
    assert_conserved(truth.total)
    assert milliseconds(last) < day.ends


@pytest.mark.parametrize("hour", [0, 3, 9, 13, 18, 22])
def test_at_any_instant_the_counts_are_the_truth(hour: int) -> None:
    midnight = told(carry_over=False)[0].at
    until = midnight + timedelta(hours=hour, minutes=31, seconds=7)
    truth = demo.truth(WEDNESDAY, until)
    assert_equal(Ledger(midnight).read(told(), until), truth)
    for tally in (truth.total, *truth.queues.values()):
        assert_conserved(tally)


def test_queues_sum_to_the_total() -> None:
    truth = demo.truth(WEDNESDAY, datetime(2026, 11, 18, 15, 0, tzinfo=UTC))
    for key, value in asdict(truth.total).items():
        if key != "left":
            assert value == pytest.approx(sum(asdict(tally)[key] for tally in truth.queues.values()))


def test_people_on_duty_are_those_whose_last_word_was_not_offline() -> None:
    until = datetime(2026, 11, 18, 10, 15, tzinfo=UTC)
    ledger = Ledger(until).read(told(), until)
    on_duty = sum(state != "offline" for state in ledger.states.values())
    truth = demo.truth(WEDNESDAY, until)
    assert sum(truth.agents.values()) == on_duty > 30
    assert truth.agents["on_contact"] > 10


def test_an_agent_helps_one_caller_or_three_writers_at_most() -> None:
    visits = [visit for visit in chronicle(7, SiteDay(WEDNESDAY)).visits if visit.answered_at is not None]
    by_agent: dict[str, list[Visit]] = {}
    for visit in visits:
        by_agent.setdefault(visit.agent, []).append(visit)
    for own in by_agent.values():
        for visit in own:
            beside = [other for other in own if _answered(other) <= _answered(visit) < _wrapped(other)]
            assert len(beside) <= 3
            if len(beside) > 1:
                assert {other.channel for other in beside} <= {"chat", "whatsapp"}


def _answered(visit: Visit) -> int:
    assert visit.answered_at is not None
    return visit.answered_at


def _wrapped(visit: Visit) -> int:
    assert visit.wrapped_at is not None
    return visit.wrapped_at


@pytest.mark.parametrize("minute", [1, 505, 628, 815, 1200, 1439])
def test_a_snapshot_says_what_the_events_said(minute: int) -> None:
    story = chronicle(7, SiteDay(WEDNESDAY))
    at = story.day.begins + minute * 60_000
    ledger = Ledger(told(carry_over=False)[0].at)
    found = [snapshot for snapshot in snapshots(story, at) if isinstance(snapshot, QueueSnapshot)]
    ledger.read(told(), found[0].at)
    assert {snapshot.queue for snapshot in found} == set(demo.settings_table()["queues"])
    for snapshot in found:
        waiting = {(visit.contact, visit.visit): visit.offered_at for visit in snapshot.waiting}
        serving = {(visit.contact, visit.visit) for visit in snapshot.serving or ()}
        here = {visit: phase for visit, phase in ledger.phase.items() if ledger.queue_of[visit] == snapshot.queue}
        assert waiting == {visit: ledger.offered_at[visit] for visit, phase in here.items() if phase == "waiting"}
        assert serving == {visit for visit, phase in here.items() if phase in ("served", "held")}


def test_no_event_holds_a_name_and_customers_are_hashes() -> None:
    parts = {part for name in demo.DIRECTORY.values() for part in name.split() if len(part) > 3}
    for event in told():
        raw = vocabulary.encode(event).decode()
        assert not any(part in raw for part in parts), raw
        assert vocabulary.decode(raw) == event
        if isinstance(event, vocabulary.ContactOffered):
            assert event.customer == "" or (event.customer.startswith("c-") and len(event.customer) == 26)


def test_all_of_the_vocabulary_is_spoken() -> None:
    spoken = {type(event) for event in told()} | {QueueSnapshot}
    assert spoken == set(vocabulary.EVENT_TYPES.values())
    reasons = Counter(
        event.reason
        for day in (16, 17, 18)
        for event in told(date(2026, 11, day))
        if isinstance(event, vocabulary.ContactLeft)
    )
    assert {"abandoned", "overflow", "callback", "voicemail", "before_queue"} <= set(reasons)


def test_the_settings_are_those_of_the_events() -> None:
    table = Settings(**demo.settings_table())
    offered = [event for event in told() if isinstance(event, vocabulary.ContactOffered)]
    assert {event.queue for event in offered} == set(table.queues)
    assert all(event.channel == table.queues[event.queue].channel for event in offered)
    assert set(table.boards["demo"].queues) == set(table.queues)
    teams = {agent: team for team, definition in table.teams.items() for agent in definition.agents}
    for event in told():
        if isinstance(event, vocabulary.AgentStateChanged):
            assert teams[event.agent] == event.team
    assert set(teams) == set(demo.DIRECTORY)
    assert min(len(team.agents) for team in table.teams.values()) >= 8
    assert len(table.teams) == 6


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), day=st.dates(date(2024, 1, 1), date(2030, 12, 31)), hour=st.floats(0, 23.9))
def test_truth_and_events_agree_for_any_seed_day_and_instant(seed: int, day: date, hour: float) -> None:
    story = list(demo.events(day, seed))
    midnight = next(event.at for event in demo.events(day, seed, carry_over=False))
    until = midnight + timedelta(hours=hour)
    truth = demo.truth(day, until, seed)
    assert_equal(Ledger(midnight).read(story, until), truth)
    for tally in (truth.total, *truth.queues.values()):
        assert_conserved(tally)
    Ledger(midnight).read(story)
