"""The containers' own processes, files and environment without a container: Mosquitto with its passwords and rights,
PostgreSQL with its password, and Balans' roles as docker-compose.yml starts them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import httpx
import pytest

from monitor.batch import (
    Batch,
    Status,
    SwitchPosition,
    Topics,
    encode_batch,
    encode_status,
    encode_switch,
    read_switch,
)
from monitor.bus import check, connected
from monitor.errors import CredentialsRefused, PeerUnreachable
from monitor.events import SourceStatus
from monitor.settings import Mqtt
from tests.deploy.compose import ROOT, SERVICES, environment
from tests.parts import free_port, listening, mosquitto, running_postgresql

START_SECONDS = 60
Start = tuple[list[str], dict[str, str]]
"""A command and its environment."""
SIMULATED = '[collectors.telephone]\nsource = "demo"\n'
"""In place of a switchboard, under the same name."""


@contextmanager
def started(command: list[str], variables: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, env={"PATH": os.environ["PATH"], **variables}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def broker(folder: Path, secrets: Path, port: int) -> Start:
    """start.sh with the committed configuration and rights, its places and port moved into the test's folder."""
    program, library_path = mosquitto()
    text = (ROOT / "deploy" / "mosquitto" / "mosquitto.conf").read_text()
    for place, here in {
        "listener 1883": f"listener {port} 127.0.0.1",
        "/run/mosquitto/passwords": f"{folder}/passwords",
        "/mosquitto/config/acl": f"{folder}/acl",
        "/mosquitto/data/": f"{folder}/",
    }.items():
        assert place in text
        text = text.replace(place, here)
    # Started by root, Mosquitto would become a user who may not read here; in the container it is never root.
    (folder / "mosquitto.conf").write_text(text + ("user root\n" if os.geteuid() == 0 else ""))
    (folder / "acl").write_text((ROOT / "deploy" / "mosquitto" / "acl").read_text())
    (folder / "acl").chmod(0o600)
    tools = os.pathsep.join((str(Path(program).parent), str(Path(program).parents[1] / "bin"), os.environ["PATH"]))
    variables = {
        "SECRETS": str(secrets),
        "PASSWORDS": f"{folder}/passwords",
        "CONFIGURATION": f"{folder}/mosquitto.conf",
    }
    command = ["/bin/sh", str(ROOT / "deploy" / "mosquitto" / "start.sh")]
    return command, {**variables, "PATH": tools, "LD_LIBRARY_PATH": library_path}


@asynccontextmanager
async def database(secrets: Path, port: int) -> AsyncIterator[asyncpg.Connection]:
    """PostgreSQL with the user, password and database of its service, as its image makes them."""
    variables = environment(SERVICES["postgres"])
    user, name = variables["POSTGRES_USER"], variables["POSTGRES_DB"]
    password = (secrets / Path(variables["POSTGRES_PASSWORD_FILE"]).name).read_text()
    async with running_postgresql(port, password):
        there = {"host": "127.0.0.1", "port": port, "user": user, "password": password}
        first = await asyncpg.connect(**there, database="postgres")
        await first.execute(f"CREATE DATABASE {name}")
        await first.close()
        connection = await asyncpg.connect(**there, database=name)
        try:
            yield connection
        finally:
            await connection.close()


def balans(service: str, folder: Path, running: Running) -> Start:
    """The service's command and environment, with this machine's places and ports."""
    configuration = folder / "balans.toml"
    committed = (ROOT / "deploy" / "balans.toml").read_text()
    configuration.write_text(committed.partition("[collectors.telephone]")[0] + SIMULATED)
    moved = {
        "/etc/balans/balans.toml": str(configuration),
        "/var/lib/balans": str(folder / service),
        "/run/secrets": str(running.secrets),
        "@postgres/": f"@127.0.0.1:{running.database_port}/",
    }
    variables = environment(SERVICES[service])
    variables |= {"BALANS_MQTT__HOST": "127.0.0.1", "BALANS_MQTT__PORT": str(running.mqtt_port)}
    if "BALANS_WEB__HOST" in variables:
        variables |= {"BALANS_WEB__HOST": "127.0.0.1", "BALANS_WEB__PORT": str(running.web.base_url.port)}
    for place, here in moved.items():
        variables = {name: value.replace(place, here) for name, value in variables.items()}
    words = [moved.get(word, word) for word in SERVICES[service]["command"]]
    return [sys.executable, "-m", "balans", *words], variables


class Running:
    """The broker, the database, the monitor with the web, and the collector."""

    def __init__(self, mqtt_port: int, database_port: int, web_port: int, secrets: Path) -> None:
        self.mqtt_port, self.database_port, self.secrets = mqtt_port, database_port, secrets
        self.web = httpx.Client(base_url=f"http://127.0.0.1:{web_port}")

    def account(self, name: str) -> Mqtt:
        return Mqtt(host="127.0.0.1", port=self.mqtt_port, username=name, password_file=self.secrets / f"mqtt_{name}")

    def metrics(self) -> str:
        try:
            return self.web.get("/metrics").text
        except httpx.TransportError:
            return ""

    def events_heard(self) -> float:
        """Of the collector; less than nothing while it is not there."""
        found = re.search(r'^balans_source_events_total\{source="telephone"\} (\S+)$', self.metrics(), re.MULTILINE)
        return float(found[1]) if found else -1.0

    def until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not true():
            assert time.monotonic() < deadline, "it did not become true"
            time.sleep(0.2)


@pytest.fixture
def running(tmp_path: Path) -> Running:
    """Where the parts will be, with secrets made by the committed script; the test starts them in their order."""
    secrets = tmp_path / "secrets"
    subprocess.run([ROOT / "deploy" / "secrets.sh", secrets], check=True, capture_output=True)
    return Running(free_port(), free_port(), free_port(), secrets)


async def test_the_processes_of_the_compose_file_work_together(running: Running, tmp_path: Path) -> None:
    web_port = int(running.web.base_url.port or 0)
    async with database(running.secrets, running.database_port) as journal, AsyncExitStack() as parts:
        parts.callback(running.web.close)
        parts.enter_context(started(*broker(tmp_path, running.secrets, running.mqtt_port)))
        await listening(running.mqtt_port)
        for service in ("balans", "telephone"):
            parts.enter_context(started(*balans(service, tmp_path, running)))
            await listening(web_port, START_SECONDS)
        running.until(lambda: 'balans_source_up{source="telephone"} 1.0' in running.metrics())
        assert "balans_conservation 1.0" in running.metrics()
        assert running.web.get("/healthz").status_code == 200
        assert (tmp_path / "telephone" / "pseudonyms.key").exists()

        await speaks_for_another(running)
        await turns_the_switch(running)
        heard = running.events_heard()
        running.until(lambda: running.events_heard() > heard)
        assert "intruder" not in running.metrics()
        assert await journal.fetchval("SELECT sum(events) FROM entries WHERE collector = 'telephone'") > 0
        assert not (tmp_path / "balans" / "journal.db").exists()


async def speaks_for_another(running: Running) -> None:
    """An account that publishes as a collector of another name: the broker tells nobody."""
    now, topics = datetime.now(UTC), Topics("balans/v1")
    status = Status(collector="intruder", epoch="e1", connected_at=now, state="up", at=now)
    word = SourceStatus(id="s1", source="intruder", at=now, state="up", heartbeat_seconds=60)
    batch = Batch(collector="intruder", epoch="e1", first_sequence=1, sent_at=now, events=(word,))
    # Some brokers drop what an account may not say, others drop the connection.
    with contextlib.suppress(PeerUnreachable, CredentialsRefused):
        async with connected(running.account("telephone"), identifier="intruder") as client:
            await client.publish(topics.status("intruder"), encode_status(status), qos=0)
            await client.publish(topics.events("intruder"), encode_batch(batch), qos=0)


async def turns_the_switch(running: Running) -> None:
    """A collector's account hears of the switch, and cannot turn it."""
    topic, telephone = Topics("balans/v1").switch, running.account("telephone")
    with contextlib.suppress(PeerUnreachable, CredentialsRefused):
        async with connected(telephone, identifier="intruder") as client:
            await client.publish(topic, encode_switch(SwitchPosition(on=True)), qos=0, retain=True)
    async with connected(telephone, identifier="listener") as client, asyncio.timeout(START_SECONDS):
        await client.subscribe(topic)
        heard = await anext(client.messages)
        assert read_switch(bytes(heard.payload)) == SwitchPosition(on=False)


async def test_without_an_account_there_is_no_entry(running: Running, tmp_path: Path) -> None:
    running.web.close()
    stranger = Mqtt(host="127.0.0.1", port=running.mqtt_port, username="telephone", password="guessed")
    with started(*broker(tmp_path, running.secrets, running.mqtt_port)):
        await listening(running.mqtt_port)
        with pytest.raises(CredentialsRefused):
            await check(stranger)
