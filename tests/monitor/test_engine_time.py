"""Windows, midnight, the change of the clock, and news that comes late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor import events as ev
from monitor.engine import Engine
from monitor.settings import BoardDefinition, Queue, Site
from tests.monitor.centre import Morning, at, centre, today, told

pbx = Morning()
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def offer(id: str, when: datetime) -> ev.ContactOffered:
    return ev.ContactOffered(id=f"o-{id}", source="pbx", at=when, contact=id, queue="sales")


def answer(id: str, when: datetime) -> ev.ContactAnswered:
    return ev.ContactAnswered(id=f"a-{id}", source="pbx", at=when, contact=id, queue="sales")


def test_windows_hold_the_last_whole_minutes_and_the_running_one() -> None:
    calls = [*pbx.call(0, "a"), *pbx.call(1200, "b"), *pbx.call(2400, "c")]
    engine = told(centre(), calls, now=2500)
    windows = engine.figures().of("queue", "sales").windows  # type: ignore[union-attr]
    assert [windows[window].offered for window in ("15m", "30m", "60m", "today")] == [1, 2, 3, 3]


def test_a_window_forgets_and_today_remembers() -> None:
    engine = told(centre(), pbx.call(0, "a"), now=6 * 3600)
    windows = engine.figures().of("queue", "sales").windows  # type: ignore[union-attr]
    assert [windows[window].offered for window in ("15m", "60m", "today")] == [0, 0, 1]


def test_nobody_who_waits_at_midnight_is_lost() -> None:
    """Offered belongs to yesterday, the answer to today, and both days add up."""
    midnight = datetime(2026, 3, 11, tzinfo=AMSTERDAM)
    engine = centre()
    engine.apply(offer("a", midnight - timedelta(seconds=30)))
    engine.advance(midnight + timedelta(seconds=5))
    figures = today(engine)
    assert engine.figures().day == date(2026, 3, 11)
    assert (figures.carried_in, figures.offered, figures.waiting) == (1, 0, 1)
    engine.apply(answer("a", midnight + timedelta(seconds=10)))
    figures = today(engine)
    assert (figures.carried_in, figures.offered, figures.answered, figures.waiting) == (1, 0, 1, 0)
    assert figures.speed_of_answer_seconds.mean == 40
    assert engine.figures().conservation


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2028, 2, 29), 24)],
    ids=["spring", "autumn", "leap day"],
)
def test_a_day_lasts_as_long_as_the_sites_clock_says(day: date, hours: int) -> None:
    begin = datetime.combine(day, datetime.min.time(), AMSTERDAM).astimezone(UTC)
    engine = centre()
    for hour in range(hours + 1):
        engine.apply(offer(str(hour), begin + timedelta(hours=hour)))
        engine.apply(answer(str(hour), begin + timedelta(hours=hour, seconds=5)))
        expected = hour + 1 if hour < hours else 1
        assert today(engine).offered == expected
        assert today(engine).waiting == 0
        assert engine.figures().conservation
    whole = engine.whole()
    assert whole.conservation
    assert next(scope for scope in whole.scopes if scope.scope.kind == "site").figures.offered == hours + 1


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    engine = centre(keep_all=True)
    for number, instant in enumerate((first, first + timedelta(hours=1))):
        assert instant.astimezone(AMSTERDAM).hour == 2
        engine.apply(offer(str(number), instant))
    assert [hour.offered for hour in engine.whole().hours] == [0, 0, 1, 1]


def test_late_news_is_placed_where_it_belongs_and_marked_when_it_is_very_late() -> None:
    engine = told(centre(), [pbx.offered(0, "a"), pbx.offered(1000, "b"), pbx.answered(20, "a")], now=1000)
    assert today(engine).answered == 1
    assert engine.figures().pipeline.late == 1
    assert engine.figures().pipeline.out_of_order == 1
    assert engine.figures().conservation


def test_an_answer_that_arrives_before_its_offer_is_made_whole() -> None:
    """Until the offer is there the answer is an orphan; afterwards nothing shows that it came first."""
    offered, answered = pbx.offered(0, "a"), pbx.answered(10, "a")
    engine = told(centre(), [answered])
    assert engine.figures().pipeline.rejected == {"orphan": 1}
    told(engine, [offered])
    assert engine.figures().pipeline.rejected == {}
    assert today(engine).speed_of_answer_seconds.mean == 10


def test_equal_timestamps_are_ordered_by_the_life_of_a_contact() -> None:
    """A zero-second abandon carries the timestamp of its entry."""
    offered, left = pbx.offered(0, "a"), pbx.left(0, "a")
    figures = today(told(centre(), [left, offered]))
    assert (figures.offered, figures.abandoned, figures.waiting, figures.max_waiting) == (1, 1, 0, 0)


def test_the_same_event_twice_is_one_event() -> None:
    call = pbx.call(0, "a")
    engine = told(centre(), [event for event in call for _ in range(3)])
    assert today(engine).answered == 1
    assert engine.figures().pipeline.rejected == {"duplicate": 8}
    assert engine.figures().pipeline.read == 12


def test_what_cannot_be_is_counted_by_reason_and_changes_nothing() -> None:
    engine = told(centre(), [*pbx.call(0, "a"), pbx.left(90, "a"), pbx.answered(95, "a"), pbx.ended(100, "nobody")])
    pipeline = engine.figures().pipeline
    assert pipeline.rejected == {"contradicting": 2, "orphan": 1}
    assert pipeline.read == pipeline.applied + sum(pipeline.rejected.values())
    assert today(engine).abandoned == 0


def test_a_clock_that_runs_ahead_is_refused() -> None:
    engine = centre()
    engine.advance(at(0))
    engine.apply(pbx.offered(3600, "a"))
    assert engine.figures().pipeline.rejected == {"future": 1}
    assert today(engine).offered == 0


def test_a_snapshot_tells_who_went_unseen_and_who_came_unseen() -> None:
    engine = told(centre(), [pbx.offered(0, "gone"), pbx.offered(5, "still here")])
    waiting = [
        ev.WaitingVisit(contact="still here", offered_at=at(5)),
        ev.WaitingVisit(contact="new", offered_at=at(40)),
    ]
    told(engine, [pbx.snapshot(60, waiting)], now=60)
    figures = today(engine)
    assert (figures.offered, figures.waiting, figures.left["unknown"]) == (3, 2, 1)
    assert figures.longest_wait_seconds == 55
    assert engine.figures().pipeline.reconciled == 2
    assert engine.figures().conservation


def test_who_waits_in_a_snapshot_came_at_the_latest_when_it_was_taken() -> None:
    engine = told(centre(), [pbx.snapshot(60, [ev.WaitingVisit(contact="new", offered_at=at(200))])], now=60)
    figures = today(engine)
    assert (figures.offered, figures.waiting, figures.longest_wait_seconds) == (1, 1, 0)
    assert engine.figures().conservation


def test_the_true_end_replaces_what_a_snapshot_had_to_assume() -> None:
    engine = told(centre(), [pbx.offered(0, "a"), pbx.snapshot(60, [])])
    assert today(engine).left["unknown"] == 1
    told(engine, [pbx.left(50, "a")])
    figures = today(engine)
    assert (figures.abandoned, figures.left["unknown"]) == (1, 0)
    assert engine.figures().pipeline.reconciled == 0


def test_another_sources_visits_are_not_its_business() -> None:
    other = Morning("other")
    engine = told(centre(), [other.offered(0, "theirs"), pbx.offered(0, "ours"), pbx.snapshot(60, [])])
    assert today(engine).waiting == 1


def test_a_mark_days_later_is_credited_to_the_day_of_the_answer() -> None:
    engine = told(centre(), pbx.call(0, "a"), now=100)
    for hour in range(1, 30):
        engine.advance(at(hour * 3600))
        told(engine, pbx.call(hour * 3600 - 200, f"later {hour}"))
    told(engine, [pbx.marked(29 * 3600, "a", 5)])
    assert engine.figures().pipeline.rejected == {}
    assert today(engine).satisfaction.denominator == 0
    site = next(scope for scope in engine.whole().scopes if scope.scope.kind == "site")
    assert site.figures.satisfaction.numerator == 1


def test_a_source_that_was_away_for_hours_is_booked_where_it_belongs() -> None:
    """One source is live; the other delivers its whole morning afterwards. Nothing differs but the word late."""
    away = [event for minute in range(0, 180, 7) for event in pbx.call(minute * 60, f"m{minute}", wait=90, talk=300)]
    here = Morning("live")
    live_events = [event for minute in range(0, 300, 5) for event in here.call(minute * 60, f"l{minute}")]
    in_order = told(centre(), ev.in_order_of_life([*away, *live_events]), now=18_300)
    afterwards = told(centre(), [*live_events], now=18_300)
    afterwards.figures()
    told(afterwards, away)
    assert today(afterwards) == today(in_order)
    assert afterwards.figures().curves == in_order.figures().curves
    assert afterwards.figures().conservation


def test_memory_is_let_go_of_and_the_whole_still_counts_it() -> None:
    engine = Engine(Site())
    for hour in range(5 * 24):
        engine.advance(at(hour * 3600 + 90))
        told(engine, pbx.call(hour * 3600, str(hour)))
    assert len(engine._visits) <= 2
    lane = engine.lanes.of("sales")
    assert all(len(cell.days) <= 3 and len(cell.minutes) <= 100 for cell in lane.cells.values())
    assert len(lane.waited.steps) < 20
    site = next(scope for scope in engine.whole().scopes if scope.scope.kind == "site")
    assert site.figures.answered == 120


def test_the_curve_tells_written_work_from_those_who_wait_for_somebody() -> None:
    queues = {"sales": Queue(), "post": Queue(channel="mail")}
    events = [pbx.offered(0, "m", "post", channel="mail"), pbx.offered(0, "c"), pbx.left(450, "c")]
    engine = told(centre(queues=queues, boards={"all": BoardDefinition()}), events, now=900)
    quarter = engine.figures().curves["all"][36]
    assert (quarter.began_at, quarter.mean_waiting, quarter.mean_on_the_line) == (at(0), 1.5, 0.5)


def test_a_year_is_a_matter_of_time_not_of_numbers() -> None:
    """A small centre reaches no bound in number; what is long over goes all the same."""
    engine = Engine(Site())
    for day in range(200):
        engine.advance(at(day * 86_400 + 90))
        told(engine, pbx.call(day * 86_400, str(day), customer=f"customer {day}"))
    assert len(engine._identities) + len(engine._older_identities) <= 4 * 71
    assert len(engine._credits) <= 71
    assert len(engine.customers._encounters) <= 37


def test_what_is_ripening_in_a_long_period_is_what_can_still_come_back() -> None:
    """Twenty days of one call each: the customers of the last seven days may yet return, the others will not."""
    engine = centre(keep_all=True)
    for day in range(20):
        engine.advance(at(day * 86_400))
        told(engine, pbx.call(day * 86_400, str(day), customer=f"customer {day}"), now=day * 86_400 + 90)
    assert today(engine).repeat_ripening == today(engine).repeat_7d.denominator == 1
    for scope in engine.whole().scopes:
        if scope.scope.kind != "team":
            assert (scope.figures.repeat_7d.denominator, scope.figures.repeat_ripening) == (20, 7)


def test_the_curve_goes_on_while_the_clock_stands_still() -> None:
    """The monitor's clock was put back by minutes: what happens meanwhile is on the wall all the same."""
    engine = told(centre(boards={"all": BoardDefinition()}), [pbx.offered(0, "a")], now=60)
    assert [quarter.offered for quarter in engine.figures().curves["all"]][-1] == 1
    told(engine, [pbx.offered(30, "b")], now=10)
    assert [quarter.offered for quarter in engine.figures().curves["all"]][-1] == 2
