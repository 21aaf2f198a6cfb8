"""Days of 23, 24 and 25 hours, and the step from one day to the next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from collectors import demo
from collectors.demo.siteday import HOUR, SiteDay, instant
from monitor.events import AgentStateChanged, ContactAnswered, ContactOffered, Event, SourceStatus
from tests.collectors.demo_ledger import Ledger, assert_conserved, assert_equal

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 11, 18), 24)])
def test_a_day_lasts_from_midnight_to_midnight_on_the_wall(day: date, hours: int) -> None:
    site_day = SiteDay(day)
    assert site_day.ends - site_day.begins == hours * HOUR
    story = list(demo.events(day, carry_over=False))
    assert story[0].at == instant(site_day.begins)
    assert all(instant(site_day.begins) <= event.at < instant(site_day.ends) for event in story)
    ledger = Ledger(story[0].at).read(demo.events(day))
    assert_equal(ledger, demo.truth(day, story[-1].at))


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_shifts_follow_the_wall_clock_when_the_clock_changes(day: date) -> None:
    at_nine = SiteDay(day).at(9)
    assert instant(at_nine).astimezone(UTC).hour == (7 if day == SPRING else 8)
    early = demo.truth(day, instant(at_nine - 3 * HOUR)).agents
    assert sum(demo.truth(day, instant(at_nine + HOUR)).agents.values()) > 2 * sum(early.values())


@pytest.mark.parametrize("day", [SPRING, AUTUMN, date(2026, 12, 31)])
def test_two_days_in_a_row_are_one_story(day: date) -> None:
    after = SiteDay(day).next.date
    both = [*demo.events(day), *demo.events(after, carry_over=False)]
    assert [event.at for event in both] == sorted(event.at for event in both)
    assert len({event.id for event in both}) == len(both)
    ledger = Ledger(instant(SiteDay(day).begins)).read(both)
    truth = demo.truth(after, both[-1].at)
    for queue, tally in truth.queues.items():
        assert ledger.of_phase(queue, "waiting") == tally.waiting
    statuses = [event.at for event in both if isinstance(event, SourceStatus)]
    assert max(later - sooner for sooner, later in pairwise(statuses)) <= timedelta(seconds=20)


def test_who_joins_after_midnight_hears_first_what_was_alive_and_then_the_same() -> None:
    day = date(2026, 11, 19)
    midnight = instant(SiteDay(day).begins)
    yesterday = {event.id: event for event in demo.events(date(2026, 11, 18))}
    joined, went_on = list(demo.events(day)), list(demo.events(day, carry_over=False))
    before = joined[: len(joined) - len(went_on)]
    assert joined[len(before) :] == went_on
    assert all(event.at < midnight and yesterday[event.id] == event for event in before)
    assert _written(before) > 40, "the mail of last evening is this morning's work"
    assert any(isinstance(event, AgentStateChanged) for event in before), "the closing crew is still there"


def _written(events: list[Event]) -> int:
    return sum(isinstance(event, ContactOffered) and event.channel in ("mail", "social") for event in events)


def test_the_mail_of_the_evening_is_answered_the_next_morning() -> None:
    day = date(2026, 11, 19)
    midnight = instant(SiteDay(day).begins)
    late = {event.contact for event in demo.events(day) if isinstance(event, ContactOffered) and event.at < midnight}
    answered = {event.contact for event in demo.events(day) if isinstance(event, ContactAnswered)}
    assert late <= answered
    truth = demo.truth(day, midnight)
    assert truth.total.carried_in == len(late & _waiting_at(day, midnight))
    assert_conserved(truth.total)


def _waiting_at(day: date, midnight: datetime) -> set[str]:
    ledger = Ledger(midnight).read(event for event in demo.events(day) if event.at < midnight)
    return {contact for (contact, _), phase in ledger.phase.items() if phase == "waiting"}


def test_another_zone_has_another_midnight() -> None:
    day = date(2026, 11, 18)
    story = demo.events(day, zone="Asia/Tokyo", carry_over=False)
    assert next(story).at == datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
