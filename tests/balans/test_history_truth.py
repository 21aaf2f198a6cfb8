"""Days of the bank, replayed into the history hour by hour as a monitor reads its journal: the rows give the truth."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from balans.progress import LateProgress
from balans.replaying import READERS, Recording, Replay
from collectors.source import Surroundings
from monitor.engine import Engine
from monitor.figures import Scope
from monitor.history import HistoryStore, Keeper, Stretch
from monitor.history.period import period
from monitor.journal import journal_url, opened_journal
from monitor.pseudonym import Pseudonyms
from monitor.settings import Retention, Site

DAY = date(1999, 3, 11)
ZONE = "Asia/Jerusalem"
SITE = Scope(kind="site", id="site")


async def of_the_crowded_day(folder: Path, bank: Path, step: str) -> list[Stretch]:
    """The history of that day."""
    site = Site(time_zone=ZONE)
    recording = Recording("call-table", [bank / "1999-03.tsv.gz"], preset="anonymous-bank", day=DAY)
    with LateProgress() as progress:
        surroundings = Surroundings(site, {}, Pseudonyms(b"k" * 32), lambda: datetime.now(UTC))
        events = READERS["call-table"](recording, Replay(surroundings, Counter(), progress))
        engine = Engine(site)
        async with opened_journal(journal_url(None, folder)) as journal:
            store = HistoryStore(journal.beside, ZONE)
            writes = Keeper(store, site, Retention())
            await writes.open(engine, 0)
            position = 0
            for position, event in enumerate(events, 1):
                await writes.before(engine, position, event.at)
                engine.advance(event.at)
                engine.apply(event)
            await writes.write(engine, position)
            asked = period(DAY.isoformat(), DAY.isoformat(), "15m", ZONE)
            return await store.stretches(SITE, asked.begin, asked.end, step)  # type: ignore[arg-type]


async def test_the_day_is_the_published_truth(tmp_path: Path, shared_data: Path) -> None:
    bank = shared_data / "anonymous-bank"
    truth = json.loads((bank / "truth-1999-03-11.json").read_text())
    (day,) = await of_the_crowded_day(tmp_path, bank, "1d")
    figures = day.figures()

    assert figures.offered == truth["offered_to_agents"]
    assert figures.answered == truth["answered"]
    assert figures.abandoned == truth["abandoned_in_queue"]
    assert figures.left_before_queue == truth["left_in_ivr"]
    assert round(figures.speed_of_answer_seconds.mean or 0, 2) == round(truth["asa_secs_all_answered"], 2)
    assert (figures.service_level.numerator, figures.service_level.denominator) == (339, 2095)
    assert (figures.short_abandoned, figures.max_waiting, figures.waiting) == (15, 21, 0)


async def test_every_hour_is_the_published_truth(tmp_path: Path, shared_data: Path) -> None:
    bank = shared_data / "anonymous-bank"
    steps = await of_the_crowded_day(tmp_path, bank, "1h")
    with (bank / "truth-1999-03-11-hourly.csv").open() as file:
        truth = {datetime.fromisoformat(row["hour"]).hour: row for row in csv.DictReader(file) if of_the_day(row)}
    midnight = period(DAY.isoformat(), DAY.isoformat(), "1d", ZONE).begin
    for hour in steps:
        row = truth[(hour.began_at - midnight) // 3_600_000_000]
        assert round(hour.levels.waited / 3.6e9, 4) == round(float(row["avg_waiting"]), 4)
        assert round(hour.levels.served / 3.6e9, 4) == round(float(row["avg_in_service"]), 4)
        assert (hour.levels.max_waiting, hour.levels.max_in_service) == (
            int(row["max_waiting"]),
            int(row["max_in_service"]),
        )


def of_the_day(row: dict[str, str]) -> bool:
    return datetime.fromisoformat(row["hour"]).date() == DAY
