"""A bank's calls must give the bank's published figures: counted here by hand, without the engine."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import mean, median
from zoneinfo import ZoneInfo

import pytest

from collectors.call_table import Settings, replay
from collectors.source import Surroundings
from monitor.events import (
    ContactAnswered,
    ContactEnded,
    ContactLeft,
    ContactOffered,
    ContactWrappedUp,
    Event,
    in_order_of_life,
)
from monitor.pseudonym import Pseudonyms
from monitor.settings import Queue, Site

ISRAEL = ZoneInfo("Asia/Jerusalem")
BANK = Settings(source="call_table", preset="anonymous-bank")


def surroundings(**queues: Queue) -> Surroundings:
    return Surroundings(
        site=Site(), queues=queues, pseudonyms=Pseudonyms(b"a key of the tests"), clock=lambda: datetime.now(UTC)
    )


@dataclass
class Hour:
    waiting_seconds: float = 0
    service_seconds: float = 0
    max_waiting: int = 0
    max_in_service: int = 0


@dataclass
class Counts:
    """A reference counter: as simple as can be, and nothing of the engine's."""

    answered_waits: list[float] = field(default_factory=list)
    abandoned_waits: list[float] = field(default_factory=list)
    talks: list[float] = field(default_factory=list)
    offered: int = 0
    before_queue: int = 0
    handled: int = 0
    waiting: int = 0
    in_service: int = 0
    hours: dict[datetime, Hour] = field(default_factory=dict)
    _at: datetime | None = None

    def of(self, events: Iterator[Event] | Sequence[Event]) -> Counts:
        for event in events:
            self._advance(event.at)
            match event:
                case ContactOffered():
                    self.offered += 1
                    self.waiting += 1
                case ContactAnswered():
                    assert event.waited_seconds is not None
                    self.answered_waits.append(event.waited_seconds)
                    self.waiting -= 1
                    self.in_service += 1
                case ContactLeft(reason="before_queue"):
                    self.before_queue += 1
                case ContactLeft():
                    assert event.waited_seconds is not None
                    self.abandoned_waits.append(event.waited_seconds)
                    self.waiting -= 1
                case ContactEnded():
                    assert event.talk_seconds is not None
                    self.talks.append(event.talk_seconds)
                    self.in_service -= 1
                case ContactWrappedUp():
                    self.handled += 1
            hour = self._hour(event.at)
            hour.max_waiting = max(hour.max_waiting, self.waiting)
            hour.max_in_service = max(hour.max_in_service, self.in_service)
        return self

    def _advance(self, to: datetime) -> None:
        at = self._at or to
        assert to >= at, "events must come in order"
        while at < to:
            hour = self._hour(at)
            until = min(to, at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
            hour.waiting_seconds += self.waiting * (until - at).total_seconds()
            hour.service_seconds += self.in_service * (until - at).total_seconds()
            at = until
        self._at = to

    def _hour(self, at: datetime) -> Hour:
        return self.hours.setdefault(at.astimezone(ISRAEL).replace(minute=0, second=0, microsecond=0), Hour())

    @property
    def calls(self) -> int:
        return self.offered + self.before_queue

    def answered_within(self, seconds: float) -> int:
        return sum(wait <= seconds for wait in self.answered_waits)

    def short(self, seconds: float = 5) -> int:
        return sum(wait <= seconds for wait in self.abandoned_waits)


def month(shared_data: Path, number: int) -> Path:
    return shared_data / "anonymous-bank" / f"1999-{number:02}.tsv.gz"


@pytest.mark.parametrize(
    (
        "number",
        "rows",
        "calls",
        "answered",
        "abandoned",
        "left",
        "wait",
        "service",
        "middle",
        "within",
        "base",
        "short",
    ),
    [
        (1, 31_599, 31_359, 27_060, 3_080, 1_219, 35.0, 183.5, 113, 16_402, 29_966, 174),
        (2, 33_344, 33_066, 27_162, 3_932, 1_972, 40.8, 176.4, 107, 16_209, 30_851, 243),
        (3, 38_801, 38_394, 27_847, 8_581, 1_966, 92.9, 185.8, 111, 11_387, 36_190, 238),
    ],
)
def test_a_month_gives_the_published_figures(
    shared_data: Path,
    number: int,
    rows: int,
    calls: int,
    answered: int,
    abandoned: int,
    left: int,
    wait: float,
    service: float,
    middle: float,
    within: int,
    base: int,
    short: int,
) -> None:
    rejected: Counter[str] = Counter()
    events = list(replay([month(shared_data, number)], BANK, surroundings(), rejected=rejected))
    counts = Counts().of(events)
    assert counts.calls + rejected["ignored"] == rows
    assert set(rejected) == {"ignored"}
    assert counts.calls == calls
    assert (len(counts.answered_waits), len(counts.abandoned_waits), counts.before_queue) == (answered, abandoned, left)
    assert (round(mean(counts.answered_waits), 1), round(mean(counts.talks), 1)) == (wait, service)
    assert median(counts.talks) == middle
    assert (counts.answered_within(20), counts.short()) == (within, short)
    assert len(counts.answered_waits) + len(counts.abandoned_waits) - counts.short() == base
    assert (counts.waiting, counts.in_service, counts.handled) == (0, 0, answered)
    assert len({event.id for event in events}) == len(events)
    assert events == in_order_of_life(events)


def test_the_most_crowded_day(shared_data: Path) -> None:
    truth = json.loads((shared_data / "anonymous-bank" / "truth-1999-03-11.json").read_text())
    events = list(replay([month(shared_data, 3)], BANK, surroundings(), date(1999, 3, 11)))
    counts = Counts().of(events)
    queued = [wait for wait in counts.answered_waits if wait] + counts.abandoned_waits
    agents = [event.agent for event in events if isinstance(event, ContactAnswered)]
    assert counts.calls == truth["calls_excl_phantom"]
    assert counts.offered == truth["offered_to_agents"]
    assert len(counts.answered_waits) == truth["answered"]
    assert len(counts.abandoned_waits) == truth["abandoned_in_queue"]
    assert counts.before_queue == truth["left_in_ivr"]
    assert len(queued) == truth["events"]["enqueue"]
    assert round(mean(counts.answered_waits), 2) == truth["asa_secs_all_answered"]
    assert round(mean(queued), 2) == truth["mean_wait_queued_secs"]
    assert round(mean(counts.talks), 2) == truth["aht_secs_all_answered"]
    assert round(counts.answered_within(20) / counts.offered, 4) == truth["sl20_of_offered"]
    assert (counts.answered_within(20), counts.offered - counts.short(), counts.short()) == (339, 2_095, 15)
    assert len(set(agents) - {""}) == truth["agents"]
    assert agents.count("") == truth["answered_no_agent_name"]


def test_every_hour_of_the_most_crowded_day(shared_data: Path) -> None:
    """The maxima are those seen after an event of the hour: past midnight two calls are still in service, and
    the truth counts what is left after each ends."""
    counts = Counts().of(replay([month(shared_data, 3)], BANK, surroundings(), date(1999, 3, 11)))
    with (shared_data / "anonymous-bank" / "truth-1999-03-11-hourly.csv").open() as file:
        for row in csv.DictReader(file):
            hour = counts.hours.get(datetime.fromisoformat(row["hour"]).replace(tzinfo=ISRAEL), Hour())
            assert {
                "avg_waiting": round(hour.waiting_seconds / 3600, 4),
                "max_waiting": hour.max_waiting,
                "avg_in_service": round(hour.service_seconds / 3600, 4),
                "max_in_service": hour.max_in_service,
            } == {key: float(row[key]) for key in row if key != "hour"}, row["hour"]
