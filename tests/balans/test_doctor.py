"""The doctor: each thing that can be wrong is named, with what to do about it."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from balans.cli import main
from balans.doctor import Finding, examine
from collectors.names import Kept, KeptNames
from monitor.journal import database_of, journal_url, opened_journal
from monitor.people.switch import Switch


@pytest.fixture
def taken_port() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        yield int(other.getsockname()[1])


async def findings(path: Path, text: str) -> list[Finding]:
    config = path / "balans.toml"
    config.write_text(f"state_directory = '{path / 'state'}'\n{text}")
    return [finding async for finding in examine(config)]


def unwell(found: list[Finding], word: str) -> Finding:
    return next(finding for finding in found if word in finding.what and not finding.well)


async def test_a_sound_set_up_has_nothing_to_look_at_but_perhaps_the_pages(tmp_path: Path) -> None:
    found = await findings(tmp_path, "[web]\nport = 0\n[collectors.sim]\nsource = 'demo'\n")

    assert [finding.what for finding in found if not finding.well and "pages" not in finding.what] == []
    assert any("own MQTT broker starts" in finding.what for finding in found)
    assert any("Collector sim" in finding.what for finding in found)


async def test_nothing_is_changed_by_looking(tmp_path: Path) -> None:
    await findings(tmp_path, "[web]\nport = 0\n")

    assert os.listdir(tmp_path) == ["balans.toml"]


async def test_the_officers_switch_and_what_a_collector_has_heard_of_it(tmp_path: Path) -> None:
    text = "[web]\nport = 0\n[collectors.sim]\nsource = 'demo'\n"
    off = [finding.what for finding in await findings(tmp_path, text)]
    text += "[people]\nprocessing = true\n"
    on = [finding.what for finding in await findings(tmp_path, text)]
    at, url = datetime(2026, 3, 10, 12, tzinfo=UTC), journal_url(None, tmp_path / "state")
    (tmp_path / "state").mkdir()
    async with opened_journal(url), database_of(url) as database:
        await Switch(database).stop("the works council asks", "1", "Olga", at)
    KeptNames(tmp_path / "state" / "sim.agents").write(Kept(day=at.date(), secret="", stopped=True))
    stopped = [finding.what for finding in await findings(tmp_path, text)]

    assert "Person-level processing: off, by the configuration (people.processing)" in off
    assert "Person-level processing: on" in on
    assert "Person-level processing: off, stopped by the privacy officer at 2026-03-10 12:00 UTC" in stopped
    assert "Collector sim: drops agents' ids, for it has heard that processing is stopped" in stopped


async def test_a_wrong_key_is_named_and_nothing_else_is_guessed(tmp_path: Path) -> None:
    found = await findings(tmp_path, "[site]\nnaam = 'x'\n")

    assert "site.naam: there is no such key." in found[-1].what
    assert found[-1].advice


async def test_a_port_that_is_taken(tmp_path: Path, taken_port: int) -> None:
    finding = unwell(await findings(tmp_path, f"[web]\nport = {taken_port}\n"), f"Port {taken_port}")

    assert "web.port" in finding.advice


async def test_a_broker_that_is_not_there(tmp_path: Path, taken_port: int) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as nobody:
        port = nobody.getsockname()[1]
    finding = unwell(
        await findings(tmp_path, f"[web]\nport = 0\n[mqtt]\nhost = '127.0.0.1'\nport = {port}\n"), "broker"
    )

    assert "mqtt.host" in finding.advice


async def test_tables_that_are_not_there(tmp_path: Path) -> None:
    text = f"""
[web]
port = 0
[collectors.bank]
source = "call_table"
preset = "anonymous-bank"
files = "{tmp_path}/*.tsv"
"""
    assert "[collectors.bank]" in unwell(await findings(tmp_path, text), "Collector bank").advice


async def test_a_key_that_others_can_read(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("00" * 32)
    key.chmod(0o644)

    found = await findings(tmp_path, f"[web]\nport = 0\n[site]\nkey_file = '{key}'\n")

    assert "chmod 600" in unwell(found, "Key of the pseudonyms").advice


BROKEN = {
    "a key that cannot be read": ("", "pseudonyms.key holds no readable key", "from its backup"),
    "a directory that is not there": ("[people]\ndirectory_file = 'nowhere.csv'", "Cannot read nowhere.csv", "people."),
    "a secret that is not there": (
        "[alerts.webhooks.duty]\nurl = 'https://example.org'\nsecret_file = 'nowhere'",
        "cannot read the secret",
        "alerts.webhooks.duty",
    ),
    "a port that is asked for twice": (
        f"[web]\nport = 8097\n[collectors.hooks]\nsource = 'webhook'\nport = 8097\nsecrets = ['{'x' * 32}']",
        "asked for twice: by web.port and collectors.hooks.port",
        "Set collectors.hooks.port",
    ),
    "an address of another machine": ("[web]\nhost = '192.0.2.1'", "Port 8000 on 192.0.2.1", "set web.host"),
    "a journal that is none": ("", "file is not a database", "docs/operations.md"),
    "a database that is away": (
        "[journal]\nurl = 'postgresql://balans@127.0.0.1:1/balans'",
        "The journal cannot be opened",
        "Start the database",
    ),
    "a file that is not there": (
        "[collectors.log]\nsource = 'asterisk_queue_log'\nfile = '/nowhere/queue_log'",
        "/nowhere/queue_log cannot be read",
        "[collectors.log]",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_what_is_wrong_is_said_with_what_to_do(tmp_path: Path, case: str) -> None:
    text, what, advice = BROKEN[case]
    state = tmp_path / "state"
    state.mkdir()
    (state / "pseudonyms.key").write_text("short" if "key" in case else "00" * 32)
    if "journal" in case:
        (state / "journal.db").write_text("no database " * 1000)
    assert advice in unwell(await findings(tmp_path, text), what).advice


async def test_a_key_that_was_not_restored_with_its_journal(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "journal.db").touch()
    assert "from its backup" in unwell(await findings(tmp_path, "[web]\nport = 0\n"), "missing beside a journal").advice


async def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balans.doctor.LITTLE_BYTES", 2**62)
    found = unwell(await findings(tmp_path, "[web]\nport = 0\n"), "MiB are free")
    assert found.advice.startswith("Make room")


def test_the_exit_code_says_whether_something_needs_attention(
    tmp_path: Path, taken_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "balans.toml"
    config.write_text(f"state_directory = '{tmp_path}'\n[web]\nport = {taken_port}\n")

    assert main(["doctor", "--config", str(config)]) == 1

    said = capsys.readouterr().out
    assert f"LOOK  Port {taken_port} on 127.0.0.1 cannot be taken" in said
    assert "attention." in said
