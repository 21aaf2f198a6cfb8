"""The switch in the configuration: it stands in one place, and off is the default."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from balans.persons import keep_people, outlet_of
from collectors.anonymous import Anonymous
from monitor.events import Event
from monitor.journal import database_of, journal_url, opened_journal
from monitor.people.decisions import Decisions
from monitor.people.keeping import Trails
from monitor.people.plan import plan_of
from monitor.settings import People, Settings, WorksCouncil


class Nowhere:
    async def put(self, events: Sequence[Event]) -> None:
        raise AssertionError

    async def put_safely(self, events: Sequence[Event]) -> None:
        raise AssertionError


def clock() -> datetime:
    return datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_off_by_default_and_then_no_collector_has_another_outlet(tmp_path: Path) -> None:
    settings = Settings(state_directory=tmp_path)
    assert isinstance(outlet_of(Nowhere(), "pbx", settings, clock), Anonymous)


def test_on_the_events_pass_as_they_are(tmp_path: Path) -> None:
    outlet = Nowhere()
    settings = Settings(state_directory=tmp_path, people=People(processing=True))
    assert outlet_of(outlet, "pbx", settings, clock) is outlet


def test_a_score_needs_the_ground_and_the_works_council() -> None:
    council = WorksCouncil(decision="agreed", date=clock().date())
    assert not plan_of(Settings(people=People(processing=True, legal_basis="6(1)(f)"))).scores
    assert not plan_of(Settings(people=People(processing=True, works_council=council))).scores
    whole = People(processing=True, legal_basis="6(1)(f)", works_council=council)
    assert plan_of(Settings(people=whole)).scores
    assert not plan_of(Settings(people=whole.model_copy(update={"processing": False}))).scores


def test_without_topics_the_queues_are_told_apart() -> None:
    settings = Settings(queues={"help": {}, "sales": {}})  # type: ignore[dict-item]
    assert plan_of(settings).topics.names == ("help", "sales")


@pytest.mark.parametrize("processing", [False, True])
async def test_the_monitor_logs_what_the_configuration_decides_for_all_to_read(
    tmp_path: Path, processing: bool
) -> None:
    settings = Settings(state_directory=tmp_path, people={"processing": processing})  # type: ignore[arg-type]
    url = journal_url(None, tmp_path)
    async with opened_journal(url) as journal, database_of(url) as database:
        task = asyncio.create_task(keep_people(settings, journal, Trails(), clock, None))
        async with asyncio.timeout(60):
            while len(await Decisions(database).all()) < 4:  # noqa: ASYNC110 -- a task of its own writes it
                await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        said = {one.kind: one.words for one in await Decisions(database).all()}
    assert said["processing"].startswith(f"processing {'on' if processing else 'off'}")
