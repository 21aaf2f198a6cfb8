"""A bank's calls must give the bank's published figures: counted here by hand, without the engine."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import mean, median
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.call_table import Settings, replay
from collectors.call_table.clocks import time_of_day
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
from monitor.settings import Site

ISRAEL = ZoneInfo("Asia/Jerusalem")
BANK = Settings(source="call_table", preset="anonymous-bank")


def surroundings() -> Surroundings:
    return Surroundings(
        site=Site(), queues={}, pseudonyms=Pseudonyms(b"a key of the tests"), clock=lambda: datetime.now(UTC)
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


@cache
def replayed(path: Path) -> tuple[list[Event], Counter[str]]:
    """All events of a month and what was rejected; read once for all tests."""
    rejected: Counter[str] = Counter()
    return list(replay([path], BANK, surroundings(), rejected=rejected)), rejected


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
    events, rejected = replayed(month(shared_data, number))
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


def test_whoever_is_answered_was_offered_first_whatever_the_clocks_say(shared_data: Path) -> None:
    """Services begin before the queue's clock says that the waiting ended, sometimes before it began."""
    offered: dict[str, datetime] = {}
    answered: dict[str, datetime] = {}
    for event in replayed(month(shared_data, 2))[0]:
        match event:
            case ContactOffered():
                offered[event.contact] = event.at
            case ContactAnswered():
                assert offered[event.contact] <= event.at
                answered[event.contact] = event.at
            case ContactLeft() if event.contact in offered:
                assert event.at - offered[event.contact] == timedelta(seconds=event.waited_seconds or 0)
            case ContactEnded():
                assert event.at - answered[event.contact] == timedelta(seconds=event.talk_seconds or 0)


def test_equal_customers_stay_equal_and_are_not_to_be_read_back(shared_data: Path) -> None:
    events = list(replay([month(shared_data, 3)], BANK, surroundings(), date(1999, 3, 11)))
    known = [event.customer for event in events if isinstance(event, ContactOffered) and event.customer]
    with gzip.open(month(shared_data, 3), "rt") as file:
        numbers = [
            row["customer_id"]
            for row in csv.DictReader(file, delimiter="\t")
            if row["date"] == "990311" and row["outcome"] != "PHANTOM" and row["customer_id"] != "0"
            if row["outcome"] == "AGENT" or row["q_time"] != "0"
        ]
    assert sorted(Counter(known).values()) == sorted(Counter(numbers).values())
    assert not set(known) & set(numbers)


def test_agents_of_the_bank_keep_their_names_unless_told_otherwise(shared_data: Path) -> None:
    hashed = BANK.model_copy(update={"agents_are_opaque": False})

    def agents(settings: Settings) -> set[str]:
        events = replay([month(shared_data, 3)], settings, surroundings(), date(1999, 3, 11))
        return {event.agent for event in events if isinstance(event, ContactAnswered)}

    assert "A08" in agents(BANK)
    assert len(agents(hashed)) == len(agents(BANK))
    assert all(not agent or agent.startswith("a-") for agent in agents(hashed))


def test_months_together_are_the_months_one_by_one(shared_data: Path) -> None:
    paths = [month(shared_data, number) for number in (1, 2)]
    heard: list[tuple[int, int]] = []
    together = list(replay(paths[::-1], BANK, surroundings(), progress=lambda done, total: heard.append((done, total))))
    apart = [event for path in paths for event in replayed(path)[0]]
    assert together == in_order_of_life(apart)
    size = sum(path.stat().st_size for path in paths)
    assert heard == sorted(heard)
    assert heard[-1] == (size, size)


BANK_HEADER = (
    "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\t"
    "q_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver"
)
NOBODY = "0:00:00 0:00:00 0"


def bank(tmp_path: Path, *rows: str) -> list[Event]:
    path = tmp_path / "bank.tsv"
    path.write_text("\n".join([BANK_HEADER, *("\t".join(row.split()) for row in rows)]) + "\n")
    return list(replay([path], BANK, surroundings()))


def local(events: Sequence[Event]) -> list[str]:
    return [f"{event.at.astimezone(ISRAEL):%d %H:%M:%S} {event.id.rsplit('/')[1]}" for event in events]


def test_a_life_that_goes_past_midnight(tmp_path: Path) -> None:
    queued = "AA0101 1 0 0 PS 990309 23:59:23 23:59:23 0 23:59:28 0:00:03 35 AGENT 0:00:02 0:00:54 52 A12"
    hung_up = "AA0101 2 0 0 PS 990309 23:59:54 23:59:58 4 0:00:00 0:00:27 27 HANG 0:00:00 0:00:00 0 NO_SERVER"
    assert local(bank(tmp_path, queued)) == [
        "09 23:59:28 offered",
        "10 00:00:02 answered",
        "10 00:00:54 ended",
        "10 00:00:54 wrapped_up",
    ]
    assert local(bank(tmp_path, hung_up)) == ["10 00:00:00 offered", "10 00:00:27 left"]


def test_a_service_without_a_beginning_begins_when_the_queue_is_left(tmp_path: Path) -> None:
    queued = "AA0101 1 0 0 PS 990309 13:01:45 13:01:51 6 13:01:51 13:04:08 137 AGENT 0:00:00 0:00:00 0 A14"
    direct = f"AA0101 2 0 0 PS 990309 13:39:21 13:39:30 9 {NOBODY} AGENT {NOBODY} A36"
    assert local(bank(tmp_path, queued))[:2] == ["09 13:01:51 offered", "09 13:04:08 answered"]
    assert local(bank(tmp_path, direct))[:2] == ["09 13:39:30 offered", "09 13:39:30 answered"]


def test_a_service_that_began_before_the_queue(tmp_path: Path) -> None:
    row = "AA0101 1 0 0 TT 990309 17:32:50 17:32:52 2 17:32:52 17:33:49 57 AGENT 17:32:51 17:33:50 59 A24"
    events = bank(tmp_path, row)
    assert local(events)[:3] == ["09 17:32:51 offered", "09 17:32:51 answered", "09 17:33:50 ended"]
    assert [event.waited_seconds for event in events if isinstance(event, ContactAnswered)] == [57]


def test_a_service_that_began_before_the_call_is_a_wrong_clock(tmp_path: Path) -> None:
    row = "AA0101 1 0 0 PS 990309 17:32:50 17:32:52 2 17:32:52 17:33:49 57 AGENT 15:00:00 15:01:00 60 A24"
    assert local(bank(tmp_path, row))[1:3] == ["09 17:33:49 answered", "09 17:34:49 ended"]


def test_a_menu_that_ended_before_it_began(tmp_path: Path) -> None:
    row = "AA0101 1 0 0 PS 990309 15:46:49 15:45:56 -53 15:45:56 15:46:59 63 AGENT 15:46:57 15:53:31 394 A25"
    assert local(bank(tmp_path, row))[:2] == ["09 15:45:56 offered", "09 15:46:57 answered"]


def test_who_hangs_up_in_the_menu_was_never_offered(tmp_path: Path) -> None:
    row = f"AA0101 1 5 0 PS 990309 0:00:00 0:00:00 0 {NOBODY} HANG {NOBODY} NO_SERVER"
    (left,) = bank(tmp_path, row)
    assert isinstance(left, ContactLeft)
    assert (left.reason, left.queue, left.contact) == ("before_queue", "PS", "199903-AA0101-1")
    assert local([left]) == ["09 00:00:00 left"]


@pytest.mark.parametrize(
    ("text", "near", "expected"),
    [
        # Israel's clocks went from 2:00 to 3:00 on 2 April 1999, and from 2:00 back to 1:00 on 3 September.
        ("1:30:00", "1999-09-02T22:00:00", "1999-09-02T22:30:00"),
        ("1:30:00", "1999-09-02T23:40:00", "1999-09-02T23:30:00"),
        ("1:05:00", "1999-09-02T22:55:00", "1999-09-02T23:05:00"),
        ("0:00:10", "1999-09-03T21:59:00", "1999-09-03T22:00:10"),
        ("23:59:50", "1999-09-02T21:00:10", "1999-09-02T20:59:50"),
        ("24:00:10", "1999-09-03T21:59:00", "1999-09-03T22:00:10"),
    ],
)
def test_a_time_finds_its_day_and_its_side_of_the_clock_change(text: str, near: str, expected: str) -> None:
    at = time_of_day(text, date(1999, 9, 3), ISRAEL, datetime.fromisoformat(near).replace(tzinfo=UTC))
    assert at == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@given(
    near=st.integers(0, 365 * 86_400).map(lambda later: datetime(1999, 1, 1, tzinfo=UTC) + timedelta(seconds=later)),
    off=st.integers(-3 * 3600, 3 * 3600),
)
def test_an_instant_survives_being_written_as_a_time_of_day(near: datetime, off: int) -> None:
    """Within three hours nothing but a repeated or a skipped hour can be mistaken."""
    at = near + timedelta(seconds=off)
    written = at.astimezone(ISRAEL)
    read = time_of_day(f"{written:%H:%M:%S}", near.astimezone(ISRAEL).date(), ISRAEL, near)
    assert read == at or abs(read - at) == timedelta(hours=1)
    assert abs(read - near) <= abs(at - near)
