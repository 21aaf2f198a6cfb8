"""The invented centre behaves like one: loads, waits and quality within what the field calls normal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

import pytest

from collectors.demo.arrivals import arrivals
from collectors.demo.centre import QUEUES
from collectors.demo.records import Records, Visit
from collectors.demo.simulation import simulate
from collectors.demo.siteday import HOUR, SiteDay, instant

MONDAY = date(2026, 11, 16)
WEEK = [SiteDay(MONDAY + timedelta(days=days)) for days in range(5)]


@cache
def records_of(day: SiteDay) -> Records:
    return simulate(7, day)


def voice(visits: Iterable[Visit], line: int = 1) -> list[Visit]:
    return [
        visit
        for visit in visits
        if visit.channel == "voice" and QUEUES[visit.queue].line == line and visit.left_reason != "before_queue"
    ]


def service_level(visits: Iterable[Visit]) -> float:
    waits = [(visit, (visit.answered_at or visit.left_at or 0) - visit.offered_at) for visit in visits]
    answered = [wait <= QUEUES[visit.queue].within_seconds * 1000 for visit, wait in waits if visit.answered_at]
    gave_up = sum(visit.left_reason == "abandoned" and wait > 5_000 for visit, wait in waits)
    return sum(answered) / (len(answered) + gave_up)


def occupancy(records: Records, begins: int, ends: int) -> float:
    """Handling / (handling + available), the union of intervals for each agent."""
    handling = available = 0
    changes = sorted(records.states, key=lambda change: change.at)
    for agent in {change.agent for change in changes}:
        own = [change for change in changes if change.agent == agent]
        own_ends = [change.at for change in own[1:]] + [ends]
        on_duty = sum(
            max(0, min(until, ends) - max(change.at, begins))
            for change, until in zip(own, own_ends, strict=True)
            if change.state in ("available", "ringing")
        )
        busy, reached = 0, begins
        spells = ((v.answered_at or 0, v.wrapped_at or 0) for v in records.visits if v.agent == agent)
        for since, until in sorted(spells):
            since, until = max(since, reached), min(until, ends)
            if until > since:
                busy, reached = busy + until - since, until
        handling += busy
        available += max(0, on_duty - busy)
    return handling / (handling + available)


@pytest.mark.parametrize("day", WEEK, ids=lambda day: f"{day.date:%a}")
def test_a_working_day_is_busy_and_under_control(day: SiteDay) -> None:
    records = records_of(day)
    calls = voice(records.visits)
    assert 3_000 <= len({visit.contact for visit in records.visits}) <= 6_000
    assert 0.60 <= service_level(calls) <= 0.90
    assert 0.02 <= sum(visit.left_reason == "abandoned" for visit in calls) / len(calls) <= 0.10
    assert 0.70 <= occupancy(records, day.at(9), day.at(20)) <= 0.90
    assert len({change.agent for change in records.states}) > 50


def test_the_morning_peak_presses_and_the_lunch_dip_lets_go() -> None:
    peak: list[Visit] = []
    lunch: list[Visit] = []
    for day in WEEK:
        calls = voice(records_of(day).visits)
        peak += [visit for visit in calls if day.at(10) <= visit.offered_at < day.at(11.5)]
        lunch += [visit for visit in calls if day.at(12) <= visit.offered_at < day.at(13)]
    assert len(peak) / 1.5 > 1.2 * len(lunch)
    assert 0.45 < service_level(peak) < 0.80
    assert service_level(lunch) > max(0.80, service_level(peak))


def test_monday_is_the_busiest_and_sunday_the_quietest() -> None:
    volume = [len(arrivals(7, SiteDay(MONDAY + timedelta(days=days)))) for days in range(7)]
    assert volume.index(max(volume)) == 0
    assert volume.index(min(volume)) == 6


def test_at_any_hour_somebody_is_there_and_somebody_calls() -> None:
    day = WEEK[2]
    records = records_of(day)
    for hour in range(24):
        begins, ends = day.at(hour), day.at(hour + 1)
        live = [
            v for v in records.visits if v.channel in ("voice", "chat", "whatsapp") and begins <= v.offered_at < ends
        ]
        assert len(live) >= 25, f"too quiet at {hour}"
        assert any(begins <= (visit.answered_at or 0) < ends for visit in live)


def test_the_night_leaves_a_backlog_that_the_morning_works_off() -> None:
    day = WEEK[3]
    written = [visit for visit in records_of(day).visits if visit.channel == "mail"]

    def backlog(hour: float) -> int:
        return sum(visit.offered_at <= day.at(hour) < (visit.answered_at or 0) for visit in written)

    assert backlog(7) > 80
    assert backlog(17) < 20


def test_the_chat_fails_once_a_day_and_the_callers_of_it_call() -> None:
    for day in WEEK:
        records = records_of(day)
        begins, ends = records.outage
        assert day.at(13) <= begins < ends <= day.at(14.5)
        chats = [visit for visit in records.visits if visit.channel == "chat"]
        assert not any(begins < visit.offered_at < ends for visit in chats)
        cut_off = [visit for visit in chats if visit.ended_by == "system"]
        assert {visit.ended_at for visit in cut_off} == {begins}
        back = {visit.customer for visit in records.visits if begins < visit.offered_at < begins + HOUR // 6}
        assert {visit.customer for visit in cut_off if visit.customer} <= back


def test_who_waited_long_takes_longer() -> None:
    talk: dict[bool, list[float]] = {True: [], False: []}
    for day in WEEK:
        for visit in voice(records_of(day).visits):
            if visit.answered_at and visit.ended_at and visit.topic in ("orderstatus", "meterstand", "retour"):
                talk[visit.answered_at - visit.offered_at > 60_000].append(visit.ended_at - visit.answered_at)
    assert len(talk[True]) > 50
    assert sum(talk[True]) / len(talk[True]) > 1.04 * sum(talk[False]) / len(talk[False])


def test_customers_come_back_within_minutes_hours_and_days() -> None:
    week: dict[str, list[int]] = {}
    for days in range(7):
        for visit in records_of(SiteDay(MONDAY + timedelta(days=days))).visits:
            if visit.customer and visit.number == 1:
                week.setdefault(visit.customer, []).append(visit.offered_at)
    gaps = [later - sooner for at in week.values() for sooner, later in zip(sorted(at), sorted(at)[1:], strict=False)]
    by_length = Counter("minutes" if gap < HOUR // 3 else "hours" if gap < 12 * HOUR else "days" for gap in gaps)
    assert by_length["minutes"] > 100
    assert by_length["hours"] > 300
    assert by_length["days"] > 500
    assert len(gaps) / sum(map(len, week.values())) < 0.20


def test_second_line_work_comes_from_the_first_line_and_takes_longer() -> None:
    visits = records_of(WEEK[1]).visits
    passed_on = [visit for visit in visits if visit.transferred_in]
    assert len(passed_on) > 100
    assert all(QUEUES[visit.queue].line == 2 for visit in passed_on)
    ends = {(v.contact, v.ended_at): v for v in visits if v.transferred_to}
    assert all(ends[visit.contact, visit.offered_at].transferred_to == visit.queue for visit in passed_on)
    assert _mean_talk(voice(visits, 2)) > 1.3 * _mean_talk(voice(visits, 1))


def _mean_talk(visits: list[Visit]) -> float:
    talks = [(visit.ended_at or 0) - visit.answered_at for visit in visits if visit.answered_at]
    return sum(talks) / len(talks)


def test_some_customers_say_what_they_think() -> None:
    records = records_of(WEEK[0])
    kinds = Counter(opinion.kind for opinion in records.opinions)
    given = kinds["csat"] + kinds["thumb"] + kinds["nps"]
    assert 0.15 < given / kinds["asked"] < 0.40
    assert kinds["review"] > 40
    assert 5 <= kinds["compliment"] <= 60
    assert any(opinion.text for opinion in records.opinions)
    csat = [opinion.score for opinion in records.opinions if opinion.kind == "csat"]
    assert 0.6 < sum(score >= 4 for score in csat) / len(csat) < 0.95


def test_everybody_is_served_or_gone_soon_after_the_day() -> None:
    for day in WEEK:
        records = records_of(day)
        assert all(visit.gone_at is not None for visit in records.visits)
        last = max(change.at for change in records.states)
        assert last < day.ends + HOUR, f"the closing crew is still there at {instant(last)}"
        assert all(change.at >= day.begins for change in records.states)
