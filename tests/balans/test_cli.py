"""The words of the command: what they do, what they say when they are wrong, and the exit codes."""

import asyncio
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from balans.cli import main
from monitor.broker import embedded_broker
from monitor.journal import Entry, journal_url, opened_journal

HEADER = (
    "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\t"
    "q_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver\n"
)
ANSWERED = (
    "AA0101\t1\t11\t2\tPS\t990105\t9:00:00\t9:00:10\t10\t9:00:10\t9:00:40\t30\tAGENT\t9:00:39\t9:02:39\t120\tA01\n"
)
ABANDONED = (
    "AA0101\t2\t0\t0\tPS\t990106\t9:00:00\t9:00:10\t10\t9:00:10\t9:01:10\t60\tHANG\t0:00:00\t0:00:00\t0\tNO_SERVER\n"
)
SHORT_ROW = "AA0101\t3\n"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Two calls of the bank's form, on two days, and a row that is none."""
    path = tmp_path / "calls.tsv.gz"
    path.write_bytes(gzip.compress((HEADER + ANSWERED + ABANDONED + SHORT_ROW).encode()))
    return path


def replay(*words: str | Path) -> list[str]:
    return ["replay", "call-table", "--preset", "anonymous-bank", *(str(word) for word in words)]


def test_a_replay_writes_one_json_object_and_nothing_else(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(replay(calls, "--report", "json")) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["total"]["offered"] == 2
    assert said["total"]["answered"] == 1
    assert said["total"]["service_level"] == {
        "within_seconds": 20,
        "numerator": 0,
        "denominator": 2,
        "ratio": 0,
        "variants": {"answered": 0, "offered": 0, "late_abandons": 0, "left_in_time": 0},
    }
    assert said["queues"]["PS"]["abandoned"] == 1
    assert said["period"]["time_zone"] == "Asia/Jerusalem"
    assert said["conservation"] is True


def test_bad_input_is_counted_and_stops_nothing(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(replay(calls, "--report", "json"))

    events = json.loads(capsys.readouterr().out)["events"]
    assert events["rejected"] == {"short_row": 1}
    assert events["read"] == events["applied"] + 1


def test_one_day_of_a_recording(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(replay(calls, "--day", "1999-01-05", "--report", "json")) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["total"]["offered"] == 1
    assert said["period"] == {
        "start": "1999-01-05T00:00:00+02:00",
        "end": "1999-01-06T00:00:00+02:00",
        "time_zone": "Asia/Jerusalem",
    }


def test_the_report_as_a_table(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(replay(calls)) == 0

    said = capsys.readouterr().out
    assert "PS" in said
    assert "Left out: short_row 1." in said


def test_queues_are_measured_as_the_configuration_says(
    calls: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "balans.toml"
    config.write_text('[site]\ntime_zone = "Europe/London"\n[queues.PS]\nwithin_seconds = 30\nwrap_up_seconds = 15\n')

    assert main(replay(calls, "--config", config, "--report", "json")) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["queues"]["PS"]["service_level"]["numerator"] == 1
    assert said["queues"]["PS"]["handle_time_seconds"]["mean"] == 135
    assert said["period"]["time_zone"] == "Europe/London"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["replay", "call-table", "--preset", "anonymous-bank", "absent.tsv"], "There is no file absent.tsv."),
        (["replay", "asterisk-ami", "absent.jsonl"], "There is no file absent.jsonl."),
        (["run", "--config", "absent.toml"], "There is no absent.toml"),
        (["config", "check", "absent.toml"], "There is no absent.toml"),
        (["replay", "horoscope", "file"], "invalid choice: 'horoscope'"),
        (["demo", "--port", "99999"], "'99999' is no port"),
        (["demo", "--speed", "0"], "collectors.demo.speed"),
        (["fly"], "invalid choice: 'fly'"),
    ],
)
def test_an_operators_mistake_is_one_sentence_and_exit_code_2(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert exit_code(words) == 2

    said = capsys.readouterr()
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--preset", "crystal-ball"], "There is no preset 'crystal-ball'; there is anonymous-bank."),
        ([], "Which table is it?"),
        (["--preset", "anonymous-bank", "--day", "1999-02-30"], "'1999-02-30' is no day"),
        (["--preset", "anonymous-bank", "--day", "1999-01-07"], "No call of 1999-01-07 is in calls.tsv.gz."),
    ],
)
def test_a_mistake_about_a_recording_is_one_sentence_too(
    words: list[str], sentence: str, calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["replay", "call-table", *words, str(calls)]) == 2

    said = capsys.readouterr()
    assert sentence in said.err
    assert said.err.count("\n") == 1


def test_a_file_that_is_no_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noise = tmp_path / "noise.tsv"
    noise.write_bytes(bytes(range(256)))

    assert main(replay(noise)) == 2
    assert "noise.tsv has no column" in capsys.readouterr().err


def test_a_preset_belongs_to_tables(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "asterisk-ami", "--preset", "anonymous-bank", str(calls)]) == 2
    assert "belong to call-table" in capsys.readouterr().err


def test_config_check_says_what_would_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "balans.toml"
    config.write_text('[site]\nname = "Zonnewijzer"\n[collectors.sim]\nsource = "demo"\n')

    assert main(["config", "check", str(config)]) == 0

    said = capsys.readouterr().out
    assert "collector sim: a simulated centre" in said
    assert "the monitor of Zonnewijzer" in said
    assert "the wallboard http://127.0.0.1:8000/wall/main" in said
    assert "its own MQTT broker on loopback" in said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[site]\nnaam = 'x'\n", "site.naam: there is no such key."),
        ("[queues.chat]\nwithin_seconds = 0\n", "queues.chat.within_seconds:"),
        ("[collectors.pbx]\nsource = 'carrier_pigeon'\n", "collectors.pbx.source: there is no source 'carrier_pigeon'"),
        ("[collectors.pbx]\nhost = 'pbx'\n", "collectors.pbx.source: is missing"),
        ("[collectors.sim]\nsource = 'demo'\nspeed = -1\n", "collectors.sim.speed:"),
        ("[collectors.'a b']\nsource = 'demo'\n", "collectors.a b: a name is made of"),
        ("[queues.chat]\n[boards.main]\nqueues = ['chta']\n", "boards.main.queues: there is no [queues.chta]."),
        ("[teams.north]\n[queues.chat]\nteam = 'nroth'\n", "queues.chat.team: there is no [teams.nroth]."),
        ("roles = ['collect'", "is not valid TOML"),
        ("[site]\ntime_zone = 'Mars/Olympus'\n", "site.time_zone: 'Mars/Olympus' is no time zone"),
    ],
)
def test_config_check_names_the_key_that_is_wrong(
    text: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "balans.toml"
    config.write_text(text)

    assert main(["config", "check", str(config)]) == 2
    assert sentence in capsys.readouterr().err


def test_a_collector_that_is_not_configured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "balans.toml"
    config.write_text("[collectors.sim]\nsource = 'demo'\n")

    assert main(["collect", "pbx", "--config", str(config)]) == 2
    assert "There is no [collectors.pbx] in the configuration; there is sim." in capsys.readouterr().err


def test_a_role_that_does_not_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "balans.toml"
    config.write_text("")

    assert main(["run", "--config", str(config), "--roles", "monitor,wbe"]) == 2
    assert "There is no role 'wbe'" in capsys.readouterr().err


def test_a_process_without_the_monitor_has_to_be_told_a_broker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "balans.toml"
    config.write_text(f"state_directory = '{tmp_path}'\n[collectors.sim]\nsource = 'demo'\n")

    assert main(["collect", "sim", "--config", str(config)]) == 2
    assert "mqtt.host" in capsys.readouterr().err


def test_a_state_directory_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    config = tmp_path / "balans.toml"
    config.write_text(f"state_directory = '{tmp_path / 'file' / 'state'}'\n")

    assert main(["run", "--config", str(config)]) == 2
    assert "state_directory: cannot make" in capsys.readouterr().err


def exit_code(words: list[str]) -> int | str | None:
    """argparse leaves by itself."""
    try:
        return main(words)
    except SystemExit as end:
        return end.code


def test_the_journal_is_copied_into_an_empty_database_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BALANS_STATE_DIRECTORY", str(tmp_path))
    (tmp_path / "balans.toml").write_text("")
    copy = ["journal", "copy", "--config", str(tmp_path / "balans.toml"), "--to", f"sqlite:///{tmp_path}/copy.db"]
    assert main(copy) == 2
    assert "There is no journal to copy" in capsys.readouterr().err
    asyncio.run(write_an_entry(tmp_path))
    assert main(copy) == 0
    told = capsys.readouterr().out
    assert "1 rows of entries" in told
    assert f"Now set journal.url to sqlite:///{tmp_path}/copy.db." in told, "as the configuration takes it"
    assert main(copy) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main([*copy[:-1], "mysql://host/database"]) == 2
    assert "--to" in capsys.readouterr().err


async def test_a_journal_that_is_being_written_is_not_copied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "balans.toml").write_text(f'state_directory = "{tmp_path}"')
    await write_an_entry(tmp_path)
    copy = ["journal", "copy", "--config", str(tmp_path / "balans.toml"), "--to", f"sqlite:///{tmp_path}/copy.db"]
    async with embedded_broker(tmp_path):
        assert await asyncio.to_thread(main, copy) == 2
    assert capsys.readouterr().err.startswith("balans: Balans runs: stop it first")
    assert await asyncio.to_thread(main, copy) == 0


async def write_an_entry(folder: Path) -> None:
    async with opened_journal(journal_url(None, folder)) as journal:
        await journal.append([Entry("pbx", "one", 1, 1, b"batch")], datetime(2026, 3, 2, tzinfo=UTC))
