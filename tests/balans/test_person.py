"""`balans person`: everything about one agent, handed out or erased, as one meets it at the terminal."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from balans.cli import main
from monitor.journal import database_of, journal_url, opened_journal
from monitor.people.directory import Directory, DirectoryEntry
from monitor.people.everything import Everything, everything_of, kept_in
from monitor.people.tables import erased
from monitor.people.thanks import Thanks
from monitor.pseudonym import Pseudonyms, load_or_make_key

AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
LEFT = DirectoryEntry(agent="a-gone", name="Bo <b>", left_on=date(2020, 1, 31))
HERE = DirectoryEntry(agent="a-here", name="Ada")
GOING = DirectoryEntry(agent="a-going", name="Sem", left_on=date.max - timedelta(days=1))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "balans.toml"
    path.write_text(f'state_directory = "{tmp_path}"\n[people]\nprocessing = true\n')

    async def fill() -> None:
        async with opened_journal(journal_url(None, tmp_path)), database_of(journal_url(None, tmp_path)) as database:
            await Directory(database).replace([LEFT, HERE, GOING])
            for agent in ("a-gone", "a-here", "a-moved"):
                await Thanks(database).give(agent, "Kim", "You kept calm.", AT)

    asyncio.run(fill())
    return path


def balans(config: Path, *words: str) -> int:
    return main([*words, "--config", str(config)])


def found(config: Path, agent: str) -> tuple[Everything, tuple[str, ...], list[str]]:
    """All of an agent, in which tables, and who was erased."""

    async def read() -> tuple[Everything, tuple[str, ...], list[str]]:
        async with database_of(journal_url(None, config.parent)) as database:
            gone = [row.agent for row in await database.rows(sa.select(erased))]
            return await everything_of(agent, database), await kept_in(agent, database), gone

    return asyncio.run(read())


def test_an_export_is_for_a_program_and_for_a_person_and_the_agent_sees_that_it_was_made(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "handed" / "out"
    assert balans(config, "person", "export", "a-gone", "--out", str(folder)) == 0
    assert capsys.readouterr().out.startswith("Everything about a-gone is in ")
    assert sorted(path.name for path in folder.iterdir()) == ["a-gone.en.html", "a-gone.json", "a-gone.nl.html"]
    told = json.loads((folder / "a-gone.json").read_text())
    assert [one["words"] for one in told["thanks"]] == ["You kept calm."]
    assert [one["what"] for one in told["looks"]] == ["export"]
    dutch = (folder / "a-gone.nl.html").read_text()
    assert ('<html lang="nl">' in dutch, "Bo &lt;b&gt;" in dutch, "You kept calm." in dutch) == (True, True, True)
    assert len(found(config, "a-gone")[0].looks) == 1


def test_who_has_left_is_erased_everywhere_and_nobody_else_is(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = found(config, "a-here")[0]
    assert balans(config, "person", "erase", "a-gone") == 0
    assert capsys.readouterr().out == "a-gone is erased from agents, thanks; the score forgets it when it next looks.\n"
    everything, kept, gone = found(config, "a-gone")
    assert (everything.directory, everything.thanks, kept, gone) == (None, (), (), ["a-gone"])
    assert found(config, "a-here")[0] == before
    assert balans(config, "person", "erase", "a-gone") == 2
    assert capsys.readouterr().err == "balans: Nothing is kept of a-gone.\n"


@pytest.mark.parametrize("agent", ["a-here", "a-going"])
def test_who_is_here_is_erased_only_when_that_is_said(
    config: Path, capsys: pytest.CaptureFixture[str], agent: str
) -> None:
    assert balans(config, "person", "erase", agent) == 2
    assert "add --still-here" in capsys.readouterr().err
    assert found(config, agent)[0].directory is not None
    assert balans(config, "person", "erase", agent, "--still-here") == 0
    assert found(config, agent)[0].directory is None


def test_who_is_no_more_in_a_directory_has_left(config: Path) -> None:
    assert balans(config, "person", "erase", "a-moved") == 0


def test_a_file_that_would_bring_the_name_back_is_named(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agent = Pseudonyms(load_or_make_key(config.parent / "pseudonyms.key")).agent("1001")
    directory = config.parent / "people.csv"
    directory.write_text("source_id,name\n1001,Ada\n")
    config.write_text(f'{config.read_text()}directory_file = "{directory}"\n')

    async def thank() -> None:
        async with database_of(journal_url(None, config.parent)) as database:
            await Thanks(database).give(agent, "Kim", "Thanks.", AT)

    asyncio.run(thank())
    assert balans(config, "person", "erase", "=1001", "--still-here") == 2
    assert f"{directory} still names {agent}" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_one_sentence(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert balans(config, "person", "export", "a-gone", "--out", str(tmp_path / "file")) == 2
    assert capsys.readouterr().err.count("\n") == 1
