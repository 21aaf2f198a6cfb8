"""`balans export` and `balans rebuild`, on a journal that a monitor left behind."""

from __future__ import annotations

import csv
import io
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet  # type: ignore[import-untyped]

from balans.cli import main
from monitor.batch import Batch, encode_batch
from monitor.engine import Engine
from monitor.history import HistoryStore, Keeper
from monitor.instants import to_microseconds
from monitor.journal import Entry, journal_url, opened_journal
from monitor.settings import Retention, Settings
from tests.monitor.centre import Morning, at

ZONE = "Europe/Amsterdam"
CALLS = 12
DAY = "2026-03-10"
CREW = ("ann", "bob", "cas", "dee", "eve", "fay")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "balans.toml"
    path.write_text(f'state_directory = "{tmp_path}"\n[queues.sales]\nteam = "red"\n')
    return path


@pytest.fixture
async def left_behind(tmp_path: Path) -> None:
    """What a monitor leaves: a call every ten minutes by one of a crew of six, journalled as it came."""
    settings = Settings(queues={"sales": {"team": "red"}})
    async with opened_journal(journal_url(None, tmp_path)) as journal:
        engine = Engine(settings.site, settings.queues, settings.teams, settings.boards)
        writes = Keeper(HistoryStore(journal.beside, ZONE), settings.site, Retention())
        await writes.open(engine, 0)
        for batch, arrived_at in batches():
            raw = encode_batch(batch)
            last = batch.first_sequence + len(batch.events) - 1
            await journal.append([Entry("pbx", "one", last, len(batch.events), raw)], arrived_at)
            await writes.before(engine, journal.position, arrived_at)
            engine.advance(arrived_at)
            for event in batch.events:
                engine.apply(event)
        engine.advance(at(20_000))
        await writes.write(engine, journal.position)


def batches() -> list[tuple[Batch, datetime]]:
    pbx = Morning()
    said: list[tuple[float, list[Any]]] = [(0, [pbx.agent(0, who, "available", queues=("sales",)) for who in CREW])]
    said += [(n * 600 + 200, pbx.call(n * 600 + 10, f"c{n}", agent=CREW[n % 6])) for n in range(CALLS)]
    found, sequence = [], 1
    for seconds, events in said:
        batch = Batch(collector="pbx", epoch="one", first_sequence=sequence, sent_at=at(seconds), events=tuple(events))
        found.append((batch, at(seconds)))
        sequence += len(events)
    return found


def words(config: Path, *more: str | Path) -> list[str]:
    return [*(str(word) for word in more), "--config", str(config)]


def sales(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if (row["kind"], row["id"]) == ("queue", "sales")]


def exported(config: Path, capsys: pytest.CaptureFixture[str], *more: str) -> list[dict[str, str]]:
    assert main(words(config, "export", "--from", DAY, "--to", DAY, *more)) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


@pytest.mark.usefixtures("left_behind")
def test_csv_and_parquet_read_back_the_same(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = exported(config, capsys)
    assert {row["kind"] for row in rows} == {"site", "line", "channel", "queue", "team"}
    out = tmp_path / "history.parquet"
    assert main(words(config, "export", "--from", DAY, "--to", DAY, "--format", "parquet", "--out", out)) == 0
    table = parquet.read_table(out)
    assert table.column_names == list(rows[0])
    for row, read in zip(rows, table.to_pylist(), strict=True):
        assert {name: as_text(value) for name, value in read.items()} == row


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


@pytest.mark.usefixtures("left_behind")
def test_every_step_exports_the_same_sums(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for step, count in (("15m", 23), ("1h", 6), ("1d", 1)):
        rows = sales(exported(config, capsys, "--step", step))
        assert len(rows) == count
        assert sum(int(row["offered"]) for row in rows) == CALLS
        assert sum(int(row["handle_n"] or 0) for row in rows) == CALLS
        assert sum(float(row["handle_seconds"] or 0) for row in rows) == CALLS * 60
    assert rows[0]["handle_histogram"] == f"60:{CALLS}"


@pytest.mark.usefixtures("left_behind")
def test_only_the_kinds_that_are_asked_for(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert {row["kind"] for row in exported(config, capsys, "--kind", "team", "--kind", "site")} == {"team", "site"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--from", "2026-03-11", "--to", DAY), "not after"),
        (("--from", DAY, "--to", DAY, "--kind", "agent"), "no history of a agent"),
        (("--from", DAY, "--to", DAY, "--format", "parquet"), "say --out"),
        (("--from", DAY, "--to", DAY, "--out", "/nowhere/at/all.csv"), "Cannot write"),
    ],
)
@pytest.mark.usefixtures("left_behind")
def test_words_that_cannot_be_are_one_sentence(
    more: tuple[str, ...], said: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(config, "export", *more)) == 2
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("left_behind")
def test_without_pyarrow_one_sentence_says_what_to_install(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    out = tmp_path / "x.parquet"
    assert main(words(config, "export", "--from", DAY, "--to", DAY, "--format", "parquet", "--out", out)) == 2
    assert "pip install 'balans[parquet]'" in capsys.readouterr().err


@pytest.mark.usefixtures("left_behind")
def test_a_rebuild_finds_no_difference(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(config, "rebuild")) == 0
    assert capsys.readouterr().out == "No difference in 13 quarters of an hour.\n"


@pytest.mark.usefixtures("left_behind")
def test_a_rebuild_finds_and_mends_what_somebody_wrote(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tamper_with(config.parent / "journal.db")
    assert main(words(config, "rebuild")) == 1
    assert "queue sales 2026-03-10 08:15 UTC offered: 99, not 1" in capsys.readouterr().out
    assert main(words(config, "rebuild", "--mend")) == 1
    assert capsys.readouterr().out.endswith(", mended.\n")
    assert main(words(config, "rebuild")) == 0


def tamper_with(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(
            "UPDATE history_quarters SET sums = ? WHERE id = 'sales' AND began_at = ?",
            ('{"counts":{"offered":99},"spreads":{}}', to_microseconds(datetime(2026, 3, 10, 8, 15, tzinfo=UTC))),
        )
    connection.close()


def test_without_a_journal_there_is_nothing_to_rebuild(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(config, "rebuild")) == 2
    assert "There is no journal at" in capsys.readouterr().err
