"""The engine hears the demo's day and must say what the simulation knows to be true, people by state included."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from collectors import demo
from collectors.demo.chronicle import chronicle
from collectors.demo.narrator import snapshots
from collectors.demo.siteday import MINUTE, SiteDay, instant, milliseconds
from monitor.engine import Engine
from monitor.events import Event, in_order_of_life
from monitor.figures import Durations, Live, SiteFigures
from monitor.figures import Figures as Day
from monitor.settings import Settings

DAYS = [date(2026, 11, 18), date(2026, 3, 29), date(2026, 10, 25)]


def heard(events: list[Event], day: SiteDay, until: int) -> SiteFigures:
    settings = Settings(**demo.settings_table())
    engine = Engine(settings.site, settings.queues, settings.teams, settings.boards)
    for event in events:
        if milliseconds(event.at) <= until:
            engine.apply(event)
    engine.advance(instant(until))
    return engine.figures()


def total(durations: Durations) -> float:
    return (durations.mean or 0) * durations.n


def assert_true(today: Day, live: Live, tally: demo.Tally) -> None:
    assert (today.offered, today.answered, today.handled) == (tally.offered, tally.answered, tally.handled)
    assert (today.abandoned, today.short_abandoned) == (tally.abandoned, tally.short_abandoned)
    assert {reason: count for reason, count in today.left.items() if count} == tally.left
    assert (today.left_before_queue, today.transferred) == (tally.left_before_queue, tally.transferred)
    assert (today.carried_in, live.waiting, live.in_service) == (tally.carried_in, tally.waiting, tally.in_service)
    assert today.service_level.numerator == tally.answered_in_time
    assert today.outside_hours == tally.outside_hours
    assert total(today.speed_of_answer_seconds) == pytest.approx(tally.wait_seconds)
    assert total(today.handle_time_seconds) == pytest.approx(tally.handle_seconds)


@pytest.mark.parametrize("with_snapshots", [False, True], ids=["events", "events and snapshots"])
@pytest.mark.parametrize("hour", [0.4, 10.2, 13.7, 23.9])
@pytest.mark.parametrize("date", DAYS, ids=str)
def test_the_engine_says_the_truth(date: date, hour: float, with_snapshots: bool) -> None:
    day = SiteDay(date)
    until = day.at(hour)
    events = list(demo.events(date))
    if with_snapshots:
        story = chronicle(7, day)
        for at in range(day.begins, until, 15 * MINUTE):
            events += snapshots(story, at)
        events = in_order_of_life(events)
    figures, truth = heard(events, day, until), demo.truth(date, instant(until))
    for queue, tally in truth.queues.items():
        of_queue = figures.of("queue", queue)
        assert of_queue is not None
        assert_true(of_queue.windows["today"], of_queue.live, tally)
    site = figures.of("site", "site")
    assert site is not None
    assert_true(site.windows["today"], site.live, truth.total)
    on_duty = {state: count for state, count in site.live.agents.items() if count and state != "offline"}
    assert on_duty == truth.agents
    assert figures.conservation
    assert figures.pipeline.reconciled == 0


def test_past_midnight_the_new_day_is_the_truth_too() -> None:
    first = date(2026, 11, 18)
    day = SiteDay(first + timedelta(days=1))
    until = day.at(9.5)
    both = [*demo.events(first), *demo.events(day.date, carry_over=False)]
    truth = demo.truth(day.date, instant(until))
    for story in (both, list(demo.events(day.date))):
        site = heard(story, day, until).of("site", "site")
        assert site is not None
        assert_true(site.windows["today"], site.live, truth.total)
