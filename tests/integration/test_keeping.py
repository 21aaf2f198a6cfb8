"""What is kept of people: from the journal into sheets, in a process of its own, whatever falls meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from monitor.batch import Batch, encode_batch
from monitor.errors import PeerUnreachable
from monitor.events import Event
from monitor.journal import Database, Entry, Journal, database_of, journal_url, opened_journal
from monitor.people import keeping
from monitor.people.desk import Desk
from monitor.people.everything import erase
from monitor.people.keeping import Keeping, Trails
from monitor.people.rows import new_id
from monitor.people.scorer import Scorer
from monitor.people.sheet import Floor
from monitor.people.sheets import Sheets
from monitor.people.tables import decisions, disputes, papers, sheets, weeks
from monitor.snapshot import SnapshotFile, fingerprint
from tests.monitor.people.centre import AGENTS, PLAN, at, state, story

PATIENCE_SECONDS = 180
NOW = at(3, 12)


async def journalled(journal: Journal, arrivals: Sequence[tuple[datetime, Event]], first: int = 1) -> int:
    """A batch of what arrived within ten seconds, at its arrival."""
    number = first
    for _, group in groupby(arrivals, lambda arrival: arrival[0].timestamp() // 10):
        some = list(group)
        events = tuple(event for _, event in some)
        arrived_at = max(arrived_at for arrived_at, _ in some)
        batch = Batch(collector="pbx", epoch="e", first_sequence=number, sent_at=arrived_at, events=events)
        number += len(events)
        entry = Entry("pbx", "e", number - 1, len(events), encode_batch(batch))
        await journal.append([entry], arrived_at)
    return number


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await holds():  # noqa: ASYNC110 -- another process writes it
            await asyncio.sleep(0.05)


def keeps(
    journal: Journal, database: Database, folder: Path, trails: Trails | None = None, now: datetime = NOW
) -> Keeping:
    return Keeping(PLAN, journal, database, trails or Trails(), lambda: now, folder)


async def kept(database: Database) -> dict[str, bytes]:
    return {row.agent: row.body for row in await database.rows(sa.select(sheets))}


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def all_at_once(events: Sequence[Event]) -> dict[str, bytes]:
    """What the score says of them without any journal."""
    scorer = Scorer(PLAN)
    for event in events:
        scorer.hear(event)
    scorer.advance(NOW)
    return {sheet.agent: msgspec.json.encode(sheet) for sheet in scorer.sheets(NOW)}


async def run_of(folder: Path, arrivals: Sequence[tuple[datetime, Event]], *, restart: bool) -> dict[str, bytes]:
    """The sheets in the end; with `restart` the keeping is stopped and begun again when half is journalled."""
    url = journal_url(None, folder)
    async with opened_journal(url) as journal, database_of(url) as database:
        half = len(arrivals) // 2 if restart else len(arrivals)
        following = await journalled(journal, arrivals[:half])
        if restart:
            midway = arrivals[half - 1][0]
            first = asyncio.create_task(keeps(journal, database, folder, now=midway).run())
            await until(lambda: kept(database))
            await ended(first)
            assert (folder / "score.snapshot").exists()
            await journalled(journal, arrivals[half:], following)
        task = asyncio.create_task(keeps(journal, database, folder).run())

        async def written() -> bool:
            sheets = [await Sheets(database).sheet(agent) for agent in AGENTS]
            return {sheet and sheet.made_at for sheet in sheets} == {NOW}

        await until(written)
        await ended(task)
        return await kept(database)


async def test_late_double_and_shuffled_with_a_restart_midway_gives_the_same_sheets_to_the_bit(tmp_path: Path) -> None:
    events, random = story(3, days=2, a_day=5), Random(3)
    punctual = [(event.at, event) for event in events]
    late = [(event.at + timedelta(seconds=random.uniform(0, 280)), event) for event in events]
    late += [(arrived_at + timedelta(seconds=5), event) for arrived_at, event in late[::7]]
    late.sort(key=lambda pair: pair[0])
    plain = all_at_once(events)
    assert set(plain) == set(AGENTS)
    for name, arrivals, restart in (("plain", punctual, False), ("restarted", late, True)):
        (tmp_path / name).mkdir()
        assert await run_of(tmp_path / name, arrivals, restart=restart) == plain, name


async def test_a_dispute_is_answered_with_a_new_sheet(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(keeping, "KNOWN_SECONDS", 0.05)
    url = journal_url(None, tmp_path)
    async with opened_journal(url) as journal, database_of(url) as database:
        await journalled(journal, [(event.at, event) for event in story(4, days=1)])
        task = asyncio.create_task(keeps(journal, database, tmp_path).run())
        await until(lambda: kept(database))
        sheet = await Sheets(database).sheet("a00")
        assert sheet is not None
        row = {
            "dispute": new_id(),
            "agent": "a00",
            "contact": sheet.lines[0].contact,
            "kind": "other",
            "words": "",
            "opened_at": round((NOW - timedelta(seconds=1)).timestamp() * 1e6),
        }
        await database.write(disputes.insert().values(row))

        async def answered() -> bool:
            newest = await Sheets(database).sheet("a00")
            return newest is not None and newest.lines[0].disputed == "open"

        await until(answered)
        await ended(task)


async def test_the_floor_and_the_papers_of_the_night(tmp_path: Path) -> None:
    url = journal_url(None, tmp_path)
    here = state("a00", "available", at(3, 11))
    async with opened_journal(url) as journal, database_of(url) as database:
        await journalled(journal, [*((event.at, event) for event in story(4, days=1)), (here.at, here)])
        trails = Trails()
        task = asyncio.create_task(keeps(journal, database, tmp_path, trails).run())

        async def all_there() -> bool:
            rows = await database.rows(sa.select(papers.c.name))
            return {row.name for row in rows} == {"floor", "process", "calibration", "standing", "learnt"}

        await until(all_there)
        floor = await Sheets(database).floor()
        assert floor is not None
        assert [(one.agent, one.state, one.team) for one in floor.people] == [("a00", "available", "south")]
        assert [field.name for field in msgspec.structs.fields(Floor)] == ["at", "people"]
        assert len(await database.rows(sa.select(weeks))) == len(AGENTS)
        await ended(task)


async def test_the_officers_switch_stops_and_forgets(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(keeping, "KNOWN_SECONDS", 0.05)
    url = journal_url(None, tmp_path)
    async with opened_journal(url) as journal, database_of(url) as database:
        await journalled(journal, [(event.at, event) for event in story(4, days=1)])
        task = asyncio.create_task(keeps(journal, database, tmp_path).run())
        await until(lambda: kept(database))
        now = round(datetime.now(UTC).timestamp() * 1e6)
        row = {"decision": "d", "at": now, "account": "p", "name": "P", "kind": "switch", "words": "stopped: no."}
        await database.write(decisions.insert().values(row))

        async def nothing_is_left() -> bool:
            rows = [await database.rows(sa.select(table)) for table in (sheets, weeks, papers)]
            return not any(rows)

        await until(nothing_is_left)
        assert not (tmp_path / "score.snapshot").exists()
        await ended(task)


async def test_a_child_that_falls_is_replaced(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(keeping, "AGAIN_SECONDS", 0.01)
    pools: list[Any] = []
    original = keeping.scoring_process

    def noted() -> Any:
        made = original()

        class Noted:
            def __enter__(self) -> Any:
                pools.append(made.__enter__())
                return pools[-1]

            def __exit__(self, *error: Any) -> Any:
                return made.__exit__(*error)

        return Noted()

    monkeypatch.setattr(keeping, "scoring_process", noted)
    url = journal_url(None, tmp_path)
    async with opened_journal(url) as journal, database_of(url) as database:
        await journalled(journal, [(event.at, event) for event in story(4, days=1)])
        keeper = Keeping(PLAN, journal, database, Trails(), lambda: NOW, None)
        task = asyncio.create_task(keeper.run())
        await until(lambda: kept(database))
        for process in pools[0]._pool._processes.values():
            process.kill()

        async def begun_anew() -> bool:
            return len(pools) == 2

        await until(begun_anew)
        await database.write(sheets.delete())
        await until(lambda: kept(database))
        await ended(task)


def a_past_that_cannot_be_told() -> Iterator[tuple[Sequence[Event], datetime]]:
    raise ZeroDivisionError("a mistake in the score")


async def test_a_mistake_in_the_score_ends_nothing_else(
    tmp_path: Path, monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Walls stand beside it in one task group: it is told with its traceback and tried again, ever more seldom."""
    monkeypatch.setattr(keeping, "AGAIN_SECONDS", 0.01)
    url = journal_url(None, tmp_path)
    async with opened_journal(url) as journal, database_of(url) as database:
        keeper = Keeping(PLAN, journal, database, Trails(), lambda: NOW, None, a_past_that_cannot_be_told)
        task = asyncio.create_task(keeper.run())

        async def fallen_twice() -> bool:
            return caplog.text.count("has fallen and is started again: ZeroDivisionError") == 2

        await until(fallen_twice)
        assert not task.done()
        await ended(task)
    assert "in a_past_that_cannot_be_told" in caplog.text


async def test_who_is_erased_is_forgotten_by_the_score_and_its_file(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(keeping, "KNOWN_SECONDS", 0.05)
    gone = AGENTS[0]
    plan = replace(PLAN, teams={})
    url = journal_url(None, tmp_path)
    async with opened_journal(url) as journal, database_of(url) as database:
        await journalled(journal, [(event.at, event) for event in story(4, days=1)])
        keeper = Keeping(plan, journal, database, Trails(), lambda: NOW, tmp_path)
        task = asyncio.create_task(keeper.run())

        async def all_there() -> bool:
            return set(await kept(database)) == set(AGENTS)

        await until(all_there)
        before = await kept(database)
        await erase(gone, database, NOW)

        async def forgotten() -> bool:
            saved = SnapshotFile(tmp_path / "score.snapshot", fingerprint(repr(plan), Desk.__module__)).read()
            return saved is not None and gone not in {one.agent for one in saved.state.scorer.sheets(NOW)}

        await until(forgotten)
        await ended(task)
        assert await kept(database) == {agent: body for agent, body in before.items() if agent != gone}

        (tmp_path / "score.snapshot").unlink()  # The journal tells everything once more.
        again = asyncio.create_task(Keeping(plan, journal, database, Trails(), lambda: NOW, tmp_path).run())
        await database.write(sheets.delete())

        async def others_there() -> bool:
            return set(await kept(database)) >= set(AGENTS[1:])

        await until(others_there)
        assert gone not in await kept(database)
        await ended(again)


async def test_what_the_database_did_not_take_is_written_when_it_is_back(
    tmp_path: Path, monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeping, "AGAIN_SECONDS", 0.01)
    url = journal_url(None, tmp_path)
    refused: list[int] = []
    async with opened_journal(url) as journal, database_of(url) as database:
        await journalled(journal, [(event.at, event) for event in story(4, days=1)])
        keeper = Keeping(PLAN, journal, database, Trails(), lambda: NOW, None)
        write = database.write

        async def away_at_first(*statements: Any) -> int:
            if len(refused) < 3:
                refused.append(len(statements))
                raise PeerUnreachable("The database is away.")
            return await write(*statements)

        monkeypatch.setattr(database, "write", away_at_first)
        task = asyncio.create_task(keeper.run())

        async def all_there() -> bool:
            return set(await kept(database)) == set(AGENTS)

        await until(all_there)
        await ended(task)
        assert len(refused) == 3
    assert caplog.text.count("What is kept of people waits.") == 1
