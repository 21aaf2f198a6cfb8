"""The report of a replay: the object that scripts rely on."""

import json
from datetime import UTC, datetime

from monitor.figures import (
    Durations,
    Figures,
    Interval,
    Pipeline,
    Scope,
    ScopeKind,
    ServiceLevel,
    SourceHealth,
    Whole,
    WholeScope,
)
from monitor.report import OTHER_REASONS, figures_object, report

NINE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
AMSTERDAM = "Europe/Amsterdam"
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


def test_every_key_of_the_contract_is_there_even_when_nothing_happened() -> None:
    said = json.loads(report(Whole(began_at=None, ended_at=None, scopes=()), AMSTERDAM).json())

    assert set(said) >= {"period", "total", "queues", "channels", "agents_seen", "events", "conservation"}
    assert set(said["period"]) == {"start", "end", "time_zone"}
    assert set(said["total"]) >= CONTRACT
    assert set(said["total"]["service_level"]) == {"within_seconds", "numerator", "denominator", "ratio", "variants"}
    assert set(said["total"]["service_level"]["variants"]) == {"answered", "offered", "late_abandons", "left_in_time"}
    assert set(said["total"]["handle_time_seconds"]) >= {"mean", "median", "p90", "n"}
    assert said["events"] == {"read": 0, "applied": 0, "rejected": {}}


def scope(kind: ScopeKind, id: str, figures: Figures) -> WholeScope:
    return WholeScope(scope=Scope(kind=kind, id=id), figures=figures)


def test_a_queue_and_its_channel_stand_under_their_names() -> None:
    level = ServiceLevel(within_seconds=20, numerator=2, denominator=3, ratio=2 / 3)
    scopes = (
        scope("site", "site", Figures(offered=3)),
        scope("queue", "klantenservice", Figures(offered=3, service_level=level)),
        scope("channel", "voice", Figures(offered=3)),
        scope("team", "first", Figures(offered=9)),
    )
    said = report(Whole(began_at=NINE, ended_at=NINE, scopes=scopes), AMSTERDAM)

    assert list(said.queues) == ["klantenservice"]
    assert list(said.channels) == ["voice"]
    assert said.queues["klantenservice"]["service_level"]["ratio"] == 2 / 3
    assert said.total["offered"] == 3


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


def test_hours_tell_the_time_of_the_site() -> None:
    hour = Interval(began_at=NINE, mean_waiting=1.5, max_waiting=7, mean_in_service=3.0, max_in_service=4)
    (said,) = json.loads(report(Whole(began_at=NINE, ended_at=NINE, scopes=(), hours=(hour,)), AMSTERDAM).json())[
        "hours"
    ]

    assert said["began_at"] == "2026-03-02T09:00:00+01:00"
    assert (said["mean_waiting"], said["max_waiting"], said["mean_in_service"], said["max_in_service"]) == (
        1.5,
        7,
        3,
        4,
    )


def test_input_that_became_no_event_is_read_and_rejected_too() -> None:
    whole = Whole(
        began_at=None, ended_at=None, scopes=(), pipeline=Pipeline(read=10, applied=9, rejected={"duplicate": 1})
    )
    events = report(whole, AMSTERDAM, unreadable={"short_row": 2, "duplicate": 1}).events

    assert events == {"read": 13, "applied": 9, "rejected": {"duplicate": 2, "short_row": 2}}
    assert events["read"] == events["applied"] + sum(events["rejected"].values())


def test_the_period_is_the_first_and_last_instant_unless_a_day_was_asked_for() -> None:
    whole = Whole(began_at=NINE, ended_at=NINE, scopes=())
    day = NINE.replace(hour=0), NINE.replace(hour=23)

    assert report(whole, AMSTERDAM).period.start == NINE
    assert report(whole, AMSTERDAM, start=day[0], end=day[1]).period.start == day[0]


def test_what_the_sources_cannot_tell_is_said_once() -> None:
    sources = (
        SourceHealth(source="a", state="up", cannot_tell=("hold", "agent_states")),
        SourceHealth(source="b", state="up", cannot_tell=("hold",)),
    )

    assert report(Whole(began_at=None, ended_at=None, scopes=(), sources=sources), AMSTERDAM).cannot_tell == (
        "agent_states",
        "hold",
    )
