"""`balans account`, `balans directory` and the demo's door, as one meets them at the terminal."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from balans.cli import main
from monitor.journal import database_of, journal_url
from monitor.people.accounts import Account, Accounts
from monitor.people.directory import Directory, DirectoryEntry
from monitor.people.passwords import is_password
from monitor.pseudonym import Pseudonyms, load_or_make_key

PASSWORD = "three words or four"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "balans.toml"
    path.write_text(f'state_directory = "{tmp_path / "state"}"\n[people]\nprocessing = true\n')
    return path


def kept(config: Path) -> list[Account]:
    async def read() -> list[Account]:
        async with database_of(journal_url(None, config.parent / "state")) as database:
            return await Accounts(database).all()

    return asyncio.run(read())


def balans(monkeypatch: pytest.MonkeyPatch, config: Path, *words: str, typed: str = PASSWORD) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
    return main([*words, "--config", str(config)])


def test_the_first_admin_is_made_where_balans_never_ran(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert balans(monkeypatch, config, "account", "add", "Ada", "--roles", "admin", "--name", "Ada L.") == 0
    (ada,) = kept(config)
    assert (ada.login, ada.name, ada.roles) == ("ada", "Ada L.", ("admin",))
    assert is_password(PASSWORD, ada.password)
    assert not is_password("another", ada.password)


@pytest.mark.parametrize(
    ("words", "typed", "says"),
    [
        (["add", "ada", "--roles", "admin"], PASSWORD, "There is an account ada already."),
        (["add", "bo", "--roles", "boss"], PASSWORD, "There is no role 'boss'"),
        (["add", "bo", "--roles", "admin"], "short", "at least 12 characters"),
        (["add", "b o", "--roles", "admin"], PASSWORD, "A login is made of"),
        (["add", "bo", "--roles", "agent"], PASSWORD, "which agent it is"),
        (["add", "bo", "--roles", "lead"], PASSWORD, "the teams it leads"),
        (["close", "ada"], "", "Nobody would be left with the role admin"),
        (["roles", "ada", "--roles", "privacy"], "", "Nobody would be left with the role admin"),
        (["password", "nobody"], PASSWORD, "There is no account nobody"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    typed: str,
    says: str,
) -> None:
    balans(monkeypatch, config, "account", "add", "ada", "--roles", "admin")
    assert balans(monkeypatch, config, "account", *words, typed=typed) == 2
    assert says in capsys.readouterr().err


def test_an_account_changes_and_closes(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    balans(monkeypatch, config, "account", "add", "ada", "--roles", "admin")
    balans(monkeypatch, config, "account", "add", "lotte", "--roles", "agent", "--agent", "=SIP/101")
    assert balans(monkeypatch, config, "account", "roles", "lotte", "--roles", "lead,agent", "--teams", "noord") == 0
    assert balans(monkeypatch, config, "account", "password", "lotte", typed="another password") == 0
    assert balans(monkeypatch, config, "account", "close", "lotte") == 0
    balans(monkeypatch, config, "account", "list")
    assert capsys.readouterr().out.splitlines()[-1] == "lotte  lotte  agent, lead of noord  closed"
    lotte = kept(config)[1]
    key = load_or_make_key(config.parent / "state" / "pseudonyms.key")
    assert lotte.agent == Pseudonyms(key).agent("SIP/101")
    assert is_password("another password", lotte.password)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("agents.csv", "source_id,name,team,skills\nSIP/101,Lotte Veenstra,noord,sales returns\n"),
        ("agents.CSV", "﻿source_id;name;team;skills\nSIP/101;Lotte Veenstra;noord;sales returns\n"),
        (
            "agents.toml",
            '[[agents]]\nsource_id = "SIP/101"\nname = "Lotte Veenstra"\nteam = "noord"\n'
            'skills = ["sales", "returns"]\n',
        ),
    ],
)
def test_the_directory_is_taken_from_a_file(config: Path, name: str, text: str) -> None:
    file = config.parent / name
    file.write_text(text)
    assert main(["directory", "import", str(file), "--config", str(config)]) == 0

    async def read() -> list[DirectoryEntry]:
        async with database_of(journal_url(None, config.parent / "state")) as database:
            return await Directory(database).all()

    (lotte,) = asyncio.run(read())
    assert (lotte.name, lotte.team, lotte.skills) == ("Lotte Veenstra", "noord", ("sales", "returns"))
    assert lotte.agent.startswith("a-")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("source_id,team\nx,noord\n", "agent 1"),
        ("source_id,name,salary\nx,X,1\n", "salary"),
        ("source_id,name\nx,X\nx,Y\n", "an agent twice"),
        ("source_id,name,started_on\nx,X,yesterday\n", "agent 1"),
        ("source_id,name\nx,X,too much\n", "agent 1"),
    ],
)
def test_a_file_that_is_no_directory_changes_nothing(
    config: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    file = config.parent / "agents.csv"
    file.write_text(text)
    assert main(["directory", "import", str(file), "--config", str(config)]) == 2
    assert says in capsys.readouterr().err


def test_while_the_switch_is_off_no_names_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "balans.toml"
    config.write_text(f'state_directory = "{tmp_path}"\n')
    assert main(["directory", "import", str(config), "--config", str(config)]) == 2
    assert "people.processing is off" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "balans.example"])
def test_the_demo_lets_nobody_else_in_unless_told(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--host", host, "--no-open"]) == 2
    assert "--let-others-in" in capsys.readouterr().err
