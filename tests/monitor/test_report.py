"""The report of a replay: the object that scripts rely on."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.figures import Durations, Figures, Interval, Pipeline, Scope, ServiceLevel
from monitor.report import OTHER_REASONS, Period, figures_object, hours, report

NINE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
PERIOD = Period(start=NINE, end=NINE + timedelta(hours=1), time_zone="Europe/Amsterdam")
CONTRACT = {
    "offered",
    "answered",
    "abandoned",
    "short_abandoned",
    "left",
    "left_before_queue",
    "handled",
    "waiting",
    "service_level",
    "speed_of_answer_seconds",
    "handle_time_seconds",
    "talk_seconds",
    "longest_wait_seconds",
    "max_waiting",
    "transferred",
}


def quarters(zone_hour: datetime, waiting: list[tuple[float, int]]) -> list[Interval]:
    return [
        Interval(began_at=zone_hour + index * timedelta(minutes=15), mean_waiting=mean, max_waiting=most)
        for index, (mean, most) in enumerate(waiting)
    ]


def test_every_key_of_the_contract_is_there_even_when_nothing_happened() -> None:
    said = json.loads(report(PERIOD, {}, Pipeline(), agents_seen=0, conservation=True).json())

    assert set(said) >= {"period", "total", "queues", "channels", "agents_seen", "events", "conservation"}
    assert set(said["period"]) == {"start", "end", "time_zone"}
    assert set(said["total"]) >= CONTRACT
    assert set(said["total"]["service_level"]) == {"within_seconds", "numerator", "denominator", "ratio", "variants"}
    assert set(said["total"]["service_level"]["variants"]) == {"answered", "offered", "late_abandons", "left_in_time"}
    assert set(said["total"]["handle_time_seconds"]) >= {"mean", "median", "p90", "n"}
    assert said["events"] == {"read": 0, "applied": 0, "rejected": {}}


def test_a_queue_and_its_channel_stand_under_their_names() -> None:
    figures = {
        Scope(kind="site", id="site"): Figures(offered=3),
        Scope(kind="queue", id="klantenservice"): Figures(
            offered=3, service_level=ServiceLevel(within_seconds=20, numerator=2, denominator=3, ratio=2 / 3)
        ),
        Scope(kind="channel", id="voice"): Figures(offered=3),
        Scope(kind="team", id="first"): Figures(offered=9),
    }
    said = report(
        PERIOD, figures, Pipeline(read=5, applied=4, rejected={"orphan": 1}), agents_seen=2, conservation=True
    )

    assert list(said.queues) == ["klantenservice"]
    assert list(said.channels) == ["voice"]
    assert said.queues["klantenservice"]["service_level"]["ratio"] == 2 / 3
    assert said.total["offered"] == 3
    assert said.events == {"read": 5, "applied": 4, "rejected": {"orphan": 1}}


def test_reasons_to_leave_that_nobody_had_are_zero_and_giving_up_is_not_among_them() -> None:
    left = figures_object(Figures(left={"timeout": 12}))["left"]

    assert left["timeout"] == 12
    assert left["key"] == left["empty"] == 0
    assert set(left) == set(OTHER_REASONS)
    assert "abandoned" not in left


def test_what_cannot_be_said_is_null_and_zero_is_zero() -> None:
    said = figures_object(Figures(talk_seconds=Durations(mean=0.0, median=0.0, p90=0.0, n=1)))

    assert said["talk_seconds"]["mean"] == 0
    assert said["handle_time_seconds"]["mean"] is None
    assert said["service_level"]["ratio"] is None


def test_four_quarters_make_an_hour() -> None:
    (hour,) = hours(quarters(NINE, [(1.0, 2), (2.0, 7), (3.0, 3), (0.0, 0)]), AMSTERDAM)

    assert hour.began_at == NINE
    assert hour.mean_waiting == 1.5
    assert hour.max_waiting == 7


def test_the_hour_that_comes_twice_in_autumn_is_two_hours() -> None:
    two_o_clock = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    night = quarters(two_o_clock, [(1.0, 1)] * 12)

    assert len(hours(night, AMSTERDAM)) == 3
