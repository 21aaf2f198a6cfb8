"""Recordings whose truth is published: the report gives exactly that."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from balans.replaying import Recording, replayed
from monitor.report import Report

BANK = "anonymous-bank"
MONTHS = {
    "1999-01": (31_359, 27_060, 3_080, 1_219, 35.0, 183.5, 113, 54.4, (16_402, 29_966), 174),
    "1999-02": (33_066, 27_162, 3_932, 1_972, 40.8, 176.4, 107, 52.1, (16_209, 30_851), 243),
    "1999-03": (38_394, 27_847, 8_581, 1_966, 92.9, 185.8, 111, 31.3, (11_387, 36_190), 238),
}
"""Calls, answered, abandoned, left before the queue, mean wait, mean and median service, answered within 20 s as a
share of offered, service level, short abandons."""

QUEUES = {
    "klantenservice": {"offered": 301, "answered": 218, "abandoned": 61, "timeout": 12, "empty": 0, "key": 10},
    "techniek": {"offered": 109, "answered": 99, "abandoned": 10, "timeout": 0, "empty": 0, "key": 0},
    "verkoop": {"offered": 129, "answered": 86, "abandoned": 29, "timeout": 7, "empty": 2, "key": 5},
}
HOLD_TIMES = {
    "klantenservice": (13.90, 0.734, 30),
    "techniek": (7.75, 0.949, 0),
    "verkoop": (10.50, 0.860, 0),
}
"""Mean wait of the answered, the share of them answered within 20 s, and those who were transferred."""


@pytest.fixture
def bank(shared_data: Path) -> Path:
    return shared_data / "anonymous-bank"


@pytest.fixture
def asterisk(shared_data: Path) -> Path:
    return shared_data / "asterisk-day"


@pytest.mark.parametrize("month", MONTHS)
def test_a_month_of_the_bank(month: str, bank: Path) -> None:
    calls, answered, abandoned, before, waited, served, median, within, level, short = MONTHS[month]
    report = replayed(Recording("call-table", [bank / f"{month}.tsv.gz"], preset=BANK), None)
    total = report.total

    assert total["offered"] + total["left_before_queue"] == calls
    assert (total["answered"], total["abandoned"], total["left_before_queue"]) == (answered, abandoned, before)
    assert (total["service_level"]["numerator"], total["service_level"]["denominator"]) == level
    assert total["short_abandoned"] == short
    assert round(100 * total["service_level"]["numerator"] / total["offered"], 1) == within
    assert round(total["speed_of_answer_seconds"]["mean"], 1) == waited
    assert round(total["handle_time_seconds"]["mean"], 1) == served
    assert total["handle_time_seconds"]["median"] == pytest.approx(median, rel=0.02)
    assert adds_up(report)


def test_the_most_crowded_day_of_the_bank(bank: Path) -> None:
    truth = json.loads((bank / "truth-1999-03-11.json").read_text())
    report = crowded_day(bank)
    total = report.total

    assert total["offered"] == truth["offered_to_agents"]
    assert total["answered"] == truth["answered"]
    assert total["abandoned"] == truth["abandoned_in_queue"]
    assert total["left_before_queue"] == truth["left_in_ivr"]
    assert total["speed_of_answer_seconds"]["mean"] == pytest.approx(truth["asa_secs_all_answered"], abs=0.005)
    assert total["handle_time_seconds"]["mean"] == pytest.approx(truth["aht_secs_all_answered"], abs=0.005)
    assert (total["service_level"]["numerator"], total["service_level"]["denominator"]) == (339, 2095)
    assert (total["short_abandoned"], total["max_waiting"], report.agents_seen) == (15, 21, truth["agents"])
    assert adds_up(report)


def test_every_hour_of_that_day(bank: Path) -> None:
    said = {hour.began_at.replace(tzinfo=None).isoformat(): hour for hour in crowded_day(bank).hours}

    with (bank / "truth-1999-03-11-hourly.csv").open() as file:
        for row in csv.DictReader(file):
            hour = said[row["hour"]]
            assert hour.mean_waiting == pytest.approx(float(row["avg_waiting"]), abs=0.0001), row
            assert hour.mean_in_service == pytest.approx(float(row["avg_in_service"]), abs=0.0001), row
            assert (hour.max_waiting, hour.max_in_service) == (int(row["max_waiting"]), int(row["max_in_service"])), row


def crowded_day(bank: Path) -> Report:
    return replayed(Recording("call-table", [bank / "1999-03.tsv.gz"], preset=BANK, day=date(1999, 3, 11)), None)


@pytest.mark.parametrize(
    ("source", "file"), [("asterisk-ami", "ami-startup.jsonl.gz"), ("asterisk-queue-log", "queue_log")]
)
def test_the_recorded_day_of_asterisk(source: str, file: str, asterisk: Path) -> None:
    report = replayed(Recording(source, [asterisk / file]), None)

    assert {queue: outcome(figures) for queue, figures in report.queues.items()} == QUEUES
    for queue, (waited, within, transferred) in HOLD_TIMES.items():
        figures = report.queues[queue]
        assert round(figures["speed_of_answer_seconds"]["mean"], 2) == waited
        assert round(figures["service_level"]["variants"]["answered"], 3) == within
        assert figures["transferred"] == transferred
    assert report.agents_seen == 12
    assert adds_up(report)


def test_an_account_that_cannot_see_why_says_so_and_does_not_guess(asterisk: Path) -> None:
    report = replayed(Recording("asterisk-ami", [asterisk / "ami-wallboard.jsonl.gz"]), None)

    assert report.total["abandoned"] == 0
    # 100 gave up, 19 timed out, 2 found nobody on duty. Who pressed a key is seen: that raises no abandon.
    assert (report.total["left"]["unknown"], report.total["left"]["key"]) == (121, 15)
    assert "left_reason" in report.cannot_tell
    assert adds_up(report)


def outcome(figures: dict[str, Any]) -> dict[str, int]:
    left = figures["left"]
    return {key: figures[key] for key in ("offered", "answered", "abandoned")} | {
        reason: left[reason] for reason in ("timeout", "empty", "key")
    }


def adds_up(report: Report) -> bool:
    """Conservation, per scope and for the events themselves."""
    scopes = [report.total, *report.queues.values(), *report.channels.values()]
    visits = all(
        one["offered"] == one["answered"] + one["abandoned"] + sum(one["left"].values()) + one["waiting"]
        for one in scopes
    )
    events = report.events
    return visits and report.conservation and events["read"] == events["applied"] + sum(events["rejected"].values())
