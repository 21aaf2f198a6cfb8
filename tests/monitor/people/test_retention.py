"""How long things are kept, and what the configuration decides, for all agents to read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.journal import Database
from monitor.people.decisions import Decisions
from monitor.people.everything import erase
from monitor.people.retention import expire, kinds, note_configuration
from monitor.people.switch import Switch
from monitor.people.tables import erased
from monitor.settings import Settings
from tests.people import store
from tests.pictures import NOW

ON = {"processing": True, "legal_basis": "Legitimate interest"}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with store(tmp_path) as opened:
        yield opened


async def test_what_the_configuration_changes_is_logged_and_what_it_repeats_is_not(database: Database) -> None:
    decisions = Decisions(database)
    first = Settings(people=ON)
    await note_configuration(first, database, NOW)
    assert {one.kind for one in await decisions.all()} == {"processing", "ground", "retention", "formula"}
    await note_configuration(first, database, NOW + timedelta(days=1))
    assert len(await decisions.all()) == 4

    longer = Settings(people=ON, journal={"days": first.journal.days + 25})
    await note_configuration(longer, database, NOW + timedelta(days=2))
    newest, *_ = await decisions.all()
    assert (newest.kind, newest.name) == ("retention", "")
    assert f"contacts {longer.journal.days:g} d" in newest.words


async def test_what_the_configuration_says_never_undoes_the_officers_stop(database: Database) -> None:
    switch = Switch(database)
    await switch.stop("The works council asked for it.", "p", "Ineke", NOW)
    await note_configuration(Settings(people=ON), database, NOW + timedelta(hours=1))
    assert await switch.is_stopped()


async def test_who_was_erased_is_remembered_only_as_long_as_the_journal_may_tell_of_it(database: Database) -> None:
    await erase("a-1", database, NOW)
    days = next(kind.days for kind in kinds(Settings()) if kind.key == "contacts")
    assert days is not None
    await expire(database, NOW + timedelta(days=days), days)
    assert len(await database.rows(sa.select(erased))) == 1
    await expire(database, NOW + timedelta(days=days + 2), days)
    assert await database.rows(sa.select(erased)) == []
