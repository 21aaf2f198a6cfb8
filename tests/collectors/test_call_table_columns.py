"""Tables of one's own, described by a column map, replayed and followed live."""

from __future__ import annotations

import asyncio
import gzip
import logging
import os
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from collectors.call_table import CallTable, Settings, check, replay
from collectors.source import Surroundings
from monitor.errors import ConfigurationError
from monitor.events import (
    ContactAnswered,
    ContactEnded,
    ContactLeft,
    ContactOffered,
    ContactWrappedUp,
    Event,
    SourceStatus,
    in_order_of_life,
)
from monitor.pseudonym import Pseudonyms
from monitor.settings import Queue, Site


def surroundings(**queues: Queue) -> Surroundings:
    return Surroundings(
        site=Site(), queues=queues, pseudonyms=Pseudonyms(b"a key of the tests"), clock=lambda: datetime.now(UTC)
    )


OWN: dict[str, Any] = {
    "source": "call_table",
    "delimiter": ";",
    "instant_format": "%d-%m-%Y %H:%M:%S",
    "unknown": ["", "anonymous"],
    "columns": {
        "call": ["number"],
        "offered": "in",
        "answered": "up",
        "queue_left": "gone",
        "ended": "down",
        "queue": "group",
        "outcome": "result",
        "customer": "caller",
        "agent": "name",
        "channel": "kind",
        "topic": "about",
        "wrap_up_seconds": "after",
    },
    "outcomes": {"answered": ["OK"], "abandoned": ["LOST"], "left": {"VM": "voicemail"}, "ignored": ["TEST"]},
}
OWN_HEADER = "number;in;up;gone;down;group;result;caller;name;kind;about;after"
OWN_ROWS = [
    "1;02-03-2026 09:00:00;02-03-2026 09:00:12;;02-03-2026 09:03:12;care;OK;0612345678;Jan;voice;bill;30",
    "2;02-03-2026 09:00:05;;02-03-2026 09:00:09;;care;LOST;anonymous;;chat;;",
    "3;02-03-2026 09:00:06;;02-03-2026 09:00:08;;care;VM;;;;;",
    "4;02-03-2026 09:00:06;;;;care;TEST;;;;;",
]


def own(tmp_path: Path, *rows: str, **keys: Any) -> tuple[list[Event], Counter[str]]:
    path = tmp_path / "own.csv"
    path.write_text("\ufeff" + "\r\n".join([OWN_HEADER, *rows]) + "\r\n", encoding="utf-8")
    rejected: Counter[str] = Counter()
    settings = Settings.model_validate({**OWN, **keys})
    return list(replay([path], settings, surroundings(), name="pbx", rejected=rejected)), rejected


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    events, rejected = own(tmp_path, *OWN_ROWS)
    nine = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    jan, caller = surroundings().pseudonyms.agent("Jan"), surroundings().pseudonyms.customer("0612345678")
    assert rejected == {"ignored": 1}
    assert events == [
        ContactOffered(id="1/offered", source="pbx", at=nine, contact="1", queue="care", customer=caller, topic="bill"),
        ContactOffered(
            id="2/offered", source="pbx", at=nine + timedelta(seconds=5), contact="2", queue="care", channel="chat"
        ),
        ContactOffered(id="3/offered", source="pbx", at=nine + timedelta(seconds=6), contact="3", queue="care"),
        ContactLeft(
            id="3/left", source="pbx", at=nine + timedelta(seconds=8), contact="3", queue="care", reason="voicemail"
        ),
        ContactLeft(
            id="2/left", source="pbx", at=nine + timedelta(seconds=9), contact="2", queue="care", reason="abandoned"
        ),
        ContactAnswered(
            id="1/answered", source="pbx", at=nine + timedelta(seconds=12), contact="1", queue="care", agent=jan
        ),
        ContactEnded(id="1/ended", source="pbx", at=nine + timedelta(seconds=192), contact="1"),
        ContactWrappedUp(
            id="1/wrapped_up", source="pbx", at=nine + timedelta(seconds=222), contact="1", wrap_up_seconds=30
        ),
    ]
    assert "Jan" not in repr(events)
    assert "0612345678" not in repr(events)


def test_wrap_up_comes_from_the_configuration_where_the_table_has_none(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("\n".join([OWN_HEADER, OWN_ROWS[0].removesuffix("30")]) + "\n")
    around = surroundings(care=Queue(wrap_up_seconds=45))
    *_, ended, wrapped_up = replay([path], Settings.model_validate(OWN), around)
    assert wrapped_up.at - ended.at == timedelta(seconds=45)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("5;02-03-2026 09:00:00", "short_row"),
        ("5;yesterday;;;;care;LOST;;;;;", "unreadable_time"),
        ("5;02-03-2026 09:00:00;soon;;;care;OK;;;;;", "unreadable_time"),
        ("5;02-03-2026 09:00:00;;;;care;WHAT;;;;;", "unknown_outcome"),
        ("5;02-03-2026 09:00:00;;02-03-2026 09:00:01;;care;LOST;;;fax;;", "unknown_channel"),
        ("5;02-03-2026 09:00:00;;02-03-2026 09:00:01;;care;LOST;;;;;long", "unreadable_number"),
        ("5;02-03-2026 09:00:00;;02-03-2026 09:00:01;;care;LOST;;;;;nan", "unreadable_number"),
        (";02-03-2026 09:00:00;;02-03-2026 09:00:01;;care;LOST;;;;;", "no_call_number"),
        ("5;;;;;care;LOST;;;;;", "unreadable_time"),
        ("\x00" + "5" * 200_000, "unreadable_row"),
    ],
)
def test_a_bad_row_costs_only_itself_and_is_counted(tmp_path: Path, row: str, reason: str) -> None:
    good, _ = own(tmp_path, *OWN_ROWS)
    events, rejected = own(tmp_path, *OWN_ROWS[:2], row, *OWN_ROWS[2:])
    assert events == good
    assert rejected == {"ignored": 1, reason: 1}


@given(rows=st.lists(st.text(max_size=80), max_size=5))
def test_no_rows_break_the_reader(rows: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    events, _ = own(tmp_path_factory.mktemp("own"), *(row.encode("utf-8", "replace").decode() for row in rows))
    assert events == in_order_of_life(events)


def test_without_an_outcome_column_the_answer_decides(tmp_path: Path) -> None:
    columns = {key: value for key, value in OWN["columns"].items() if key != "outcome"}
    events, rejected = own(tmp_path, *OWN_ROWS[:2], columns=columns)
    assert [event.id for event in events if isinstance(event, ContactAnswered | ContactLeft)] == [
        "2/left",
        "1/answered",
    ]
    assert not rejected


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("number;in\n")
    with pytest.raises(ConfigurationError, match=r"other\.csv has no column 'group' \(columns\.queue\).*number, in\.$"):
        replay([path], Settings.model_validate(OWN), surroundings())


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    settings = Settings.model_validate(OWN)
    with pytest.raises(ConfigurationError, match=r"Cannot read .*absent\.csv"):
        replay([tmp_path / "absent.csv"], settings, surroundings())
    (tmp_path / "empty.csv").touch()
    with pytest.raises(ConfigurationError, match="has no header line"):
        replay([tmp_path / "empty.csv"], settings, surroundings())


def test_a_packed_file_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    numbered = [f"{number}-{number * 7919 % 10_007}{OWN_ROWS[1][1:]}" for number in range(5_000)]
    packed = gzip.compress("\n".join([OWN_HEADER, *numbered]).encode())
    (tmp_path / "half.gz").write_bytes(packed[: len(packed) // 2])
    rejected: Counter[str] = Counter()
    events = list(replay([tmp_path / "half.gz"], Settings.model_validate(OWN), surroundings(), rejected=rejected))
    assert len(events) > 1_000
    assert rejected == {"truncated_file": 1}


@pytest.mark.parametrize(
    "keys",
    [
        {"preset": "another-bank"},
        {"preset": "anonymous-bank", "delimiter": "::"},
        {"preset": "anonymous-bank", "time_zone": "Atlantis"},
        {"preset": "anonymous-bank", "encoding": "morse"},
        {"preset": "anonymous-bank", "columns": {"call": []}},
        {"preset": "anonymous-bank", "columns": {"colour": "red"}},
        {"columns": {"call": ["number"]}},
        {"columns": {"offered": "in"}},
        {},
    ],
)
def test_settings_that_cannot_work(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"source": "call_table", **keys})


def test_a_preset_can_be_overridden_key_by_key() -> None:
    changed = Settings.model_validate(
        {"source": "call_table", "preset": "anonymous-bank", "time_zone": "UTC", "columns": {"queue": "priority"}}
    )
    assert (changed.time_zone, changed.columns.queue, changed.columns.agent) == ("UTC", "priority", "server")


class Box:
    """An outlet that wakes whoever waits for a number of events."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._more = asyncio.Condition()

    async def put(self, events: Sequence[Event]) -> None:
        async with self._more:
            self.events += events
            self._more.notify_all()

    async def put_safely(self, events: Sequence[Event]) -> None:
        await self.put(events)

    async def until(self, *ids: str) -> None:
        async with asyncio.timeout(120), self._more:
            await self._more.wait_for(lambda: set(ids) <= {event.id for event in self.events})


async def test_the_live_collector_imports_then_follows(tmp_path: Path) -> None:
    settings = Settings.model_validate({**OWN, "files": str(tmp_path / "*.csv*"), "poll_seconds": 0.05})
    path, box = tmp_path / "a.csv", Box()
    path.write_text("\n".join([OWN_HEADER, OWN_ROWS[0]]) + "\n" + OWN_ROWS[1][:10])
    collector = CallTable("table", settings, surroundings())
    async with asyncio.TaskGroup() as group:
        running = group.create_task(collector.run(box), name="table")
        await box.until("1/wrapped_up")
        with path.open("a") as file:
            file.write(OWN_ROWS[1][10:] + "\n")
        await box.until("2/left")
        with gzip.open(tmp_path / "b.csv.gz", "wt") as packed:
            packed.write("\n".join([OWN_HEADER, OWN_ROWS[2]]))
        await box.until("3/left")
        path.write_text("\n".join([OWN_HEADER, "9" + OWN_ROWS[2]]) + "\n")
        await box.until("93/left")
        running.cancel()
    assert {event.source for event in box.events} == {"table"}
    assert [event.state for event in box.events if isinstance(event, SourceStatus)] == ["up"]
    assert len({event.id for event in box.events}) == len(box.events)
    assert not collector.rejected


async def test_a_last_line_without_an_end_is_taken_when_its_file_is_at_rest(tmp_path: Path) -> None:
    settings = Settings.model_validate({**OWN, "files": str(tmp_path / "*.csv"), "poll_seconds": 0.05})
    (tmp_path / "a.csv").write_text("\n".join([OWN_HEADER, OWN_ROWS[2]]))
    os.utime(tmp_path / "a.csv", (0, 0))
    box = Box()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(CallTable("table", settings, surroundings()).run(box), name="table")
        await box.until("3/left")
        running.cancel()


async def test_a_wrong_file_in_the_folder_does_not_stop_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings.model_validate({**OWN, "files": str(tmp_path / "*.csv"), "poll_seconds": 0.05})
    (tmp_path / "a.csv").write_text("some;other;table\n")
    (tmp_path / "b.csv").write_text("\n".join([OWN_HEADER, OWN_ROWS[2]]) + "\n")
    box = Box()
    with caplog.at_level(logging.WARNING):
        async with asyncio.TaskGroup() as group:
            running = group.create_task(CallTable("table", settings, surroundings()).run(box), name="table")
            await box.until("3/left")
            running.cancel()
    assert [record.getMessage() for record in caplog.records] == [
        "table: a.csv has no column 'number' (columns.call); its columns are: some, other, table."
    ]


def test_the_live_collector_needs_to_know_its_files() -> None:
    with pytest.raises(ConfigurationError, match=r"collectors\.table\.files"):
        CallTable("table", Settings.model_validate(OWN), surroundings())


async def test_what_the_doctor_is_told(tmp_path: Path) -> None:
    settings = Settings.model_validate({**OWN, "files": str(tmp_path / "*.csv")})
    with pytest.raises(ConfigurationError, match=r"There is no file .*\*\.csv\."):
        await check(settings)
    (tmp_path / "a.csv").write_text(OWN_HEADER + "\n")
    assert await check(settings) == "1 table, with all columns of the map"
    (tmp_path / "b.csv").write_text("some;other;table\n")
    with pytest.raises(ConfigurationError, match=r"b\.csv has no column 'number'"):
        await check(settings)
    (tmp_path / "b.csv").write_text("")
    with pytest.raises(ConfigurationError, match=r"b\.csv has no header line\."):
        await check(settings)
