"""What the operator writes: read strictly, answered with one sentence."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from monitor.errors import ConfigurationError
from monitor.settings import Mqtt, OpeningHours, Queue, Site, Web, load

WHOLE = """
roles = ["collect", "monitor"]
state_directory = "/var/lib/balans"

[site]
name = "Care"
time_zone = "Europe/Brussels"

[mqtt]
host = "broker.example"
port = 8883
tls = true
username = "balans"
password = "not for the log"

[queues.service]
label = "Customer care"
team = "care"
within_seconds = 30
opening_hours = [{ days = ["mon", "fri"], opens = 09:00:00, closes = 17:30:00 }]

[teams.care]
label = "Care"
agents = ["a-1"]

[boards.hall]
title = "Hall"
queues = ["service"]

[collectors.pbx]
source = "asterisk_ami"
host = "10.0.0.5"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "balans.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file(tmp_path: Path) -> None:
    settings = load(written(tmp_path, WHOLE))
    assert settings.roles == ("collect", "monitor")
    assert settings.site.time_zone == "Europe/Brussels"
    assert settings.queues["service"] == Queue(
        label="Customer care",
        team="care",
        within_seconds=30,
        opening_hours=(OpeningHours(days=("mon", "fri"), opens=time(9), closes=time(17, 30)),),
    )
    assert settings.teams["care"].agents == ("a-1",)
    assert len(settings.boards["hall"].tiles) == 5
    assert settings.collectors["pbx"] == {"source": "asterisk_ami", "host": "10.0.0.5"}


def test_without_a_file_there_are_defaults_and_nothing_listens_beyond_this_machine() -> None:
    settings = load(None)
    assert settings.roles == ("collect", "monitor", "web")
    assert settings.web.host == "127.0.0.1"
    assert settings.mqtt.host is None
    assert (settings.site.lateness_seconds, settings.queues) == (300, {})


def test_defaults_of_a_queue_are_those_of_the_field() -> None:
    queue = Queue()
    assert (queue.within_seconds, queue.target, queue.short_abandon_seconds, queue.channel) == (20, 0.8, 5, "voice")


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALANS_MQTT__PORT", "1884")
    monkeypatch.setenv("BALANS_MQTT__PASSWORD", "from the environment")
    monkeypatch.setenv("BALANS_SITE__NAME", "Elsewhere")
    settings = load(written(tmp_path, WHOLE))
    assert (settings.mqtt.port, settings.mqtt.host) == (1884, "broker.example")
    assert settings.mqtt.password == SecretStr("from the environment")
    assert (settings.site.name, settings.site.time_zone) == ("Elsewhere", "Europe/Brussels")


def test_secrets_are_not_printed(tmp_path: Path) -> None:
    assert "not for the log" not in repr(load(written(tmp_path, WHOLE)))


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load(None).site.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("colour = 1", r"colour: there is no such key\."),
        ("[site]\ntimezone = 'x'", r"site\.timezone: there is no such key\."),
        ("[site]\ntime_zone = 'Atlantis'", r"site\.time_zone: 'Atlantis' is no time zone"),
        ("[site]\ntime_zone = '../etc'", r"site\.time_zone: '\.\./etc' is no time zone"),
        ("[site]\nlateness_seconds = -1", r"site\.lateness_seconds: .*greater than or equal to 0"),
        ("[queues.service]\nwithin_seconds = 0", r"queues\.service\.within_seconds: "),
        ("[queues.service]\nchannel = 'fax'", r"queues\.service\.channel: "),
        ("[queues.service]\ntarget = 80", r"queues\.service\.target: "),
        ("[boards.b]\ntiles = ['1', '2', '3', '4', '5', '6']", r"boards\.b\.tiles: "),
        ("[mqtt]\nprefix = 'Balans v1'", r"mqtt\.prefix: "),
        ("[mqtt]\nca_file = 'ca.pem'", "ca_file, certificate_file and key_file need tls = true"),
        ("[mqtt]\ntls = true\nkey_file = 'key.pem'", "certificate_file and key_file go together"),
        ("[web]\nport = 70000", r"web\.port: "),
        ("roles = ['cook']", r"roles\.0: "),
        ("roles = [", "is not valid TOML"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_key(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence) as error:
        load(written(tmp_path, text))
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Cannot read"):
        load(tmp_path / "absent.toml")
    (tmp_path / "balans.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="is not valid TOML"):
        load(tmp_path / "balans.toml")


@pytest.mark.parametrize("table", [Site, Web, Mqtt, Queue])
def test_unknown_keys_are_refused_everywhere(table: type[Any]) -> None:
    with pytest.raises(ValidationError):
        table(no_such_key=1)


def test_a_wrong_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALANS_WEB__PORT", "many")
    with pytest.raises(ConfigurationError, match=r"The environment: web\.port: "):
        load(None)
