"""The parts of one centre as real processes that can be harmed: collectors, broker, monitor, web, database.

Each has a disk, a clock and, where it talks to another over TCP, a cable of its own. Whoever falls without having been
killed is started again, as an operator's service manager would, and counted in `fallen`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from monitor.settings import Mqtt
from tests.chaos.clock import Clock
from tests.chaos.disk import BoundedFiles, Disk, disk_at
from tests.chaos.truth import HOOKS, SECRET, TELEPHONE
from tests.parts import (
    PASSWORD,
    Cable,
    free_port,
    listening,
    mosquitto_command,
    postgresql_answers,
    postgresql_commands,
)

Broker = Literal["nats", "mosquitto"]
Database = Literal["sqlite", "postgresql"]

BEGINS_AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""By the centre's clocks, whatever time it is: a day long enough for any run."""
ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120.0
STOP_SECONDS = 60.0
LOOK_SECONDS = 0.1

# A million events in a quarter of an hour: what may still change is held for a minute, not for five.
MEASURED = """
[site]
time_zone = "UTC"
lateness_seconds = 60
[queues.sales]
short_abandon_seconds = 0
[queues.support]
short_abandon_seconds = 0
[boards.main]
"""
CONFIGURATION = """
state_directory = "{state}"
[mqtt]
{mqtt}
[monitor]
refresh_seconds = 1
[journal]
snapshot_seconds = {snapshot}
{journal}
[web]
port = {web}
[collectors.{hooks}]
source = "webhook"
port = {hooks_port}
secrets = ["{secret}"]
[collectors.{telephone}]
source = "asterisk_queue_log"
file = "{log}"
position_file = "{state}/position"
"""


@dataclass
class Part:
    """One process: how it is started, and where it writes."""

    name: str
    command: Sequence[str | Path]
    surroundings: Mapping[str, Any]
    disk: Disk
    clock: Path | None = None
    cable: Cable | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen((*self.disk.inside, *self.command), **self.surroundings)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def fell(self) -> bool:
        return self.process is not None and self.process.poll() is not None


@dataclass
class Centre:
    """What runs. `embedded`: the broker is the monitor's own child, which starts it again by itself."""

    folder: Path
    embedded: bool
    mqtt: Mqtt
    journal: str | None
    web: int
    hooks: int
    log: Path
    parts: dict[str, Part]
    fallen: list[str] = field(default_factory=list)
    begun_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def state(self) -> Path:
        """The monitor's state directory, as it is seen from here."""
        return self.parts["monitor"].disk.seen_at

    def now(self) -> datetime:
        """By a clock that is right."""
        return BEGINS_AT + (datetime.now(UTC) - self.begun_at)

    def set_clock(self, name: str, seconds: float) -> None:
        """Make a part's clock go wrong by so much; 0 makes it right."""
        path = self.parts[name].clock
        assert path is not None
        Clock.set(path, (BEGINS_AT - self.begun_at).total_seconds() + seconds)

    async def kill(self, name: str) -> None:
        """With -9, and start again, unless its owner does."""
        if name == "broker" and self.embedded:
            send(self.pids(name), signal.SIGKILL)
            return
        part = self.parts[name]
        orphans = _children(part.pid) if name == "database" else []
        process, part.process = part.process, None  # Or it would be taken for one that fell by itself.
        assert process is not None
        process.kill()
        process.wait()
        while any(_lives(pid) for pid in orphans):  # noqa: ASYNC110 -- they go by themselves, and must have gone
            await asyncio.sleep(LOOK_SECONDS)
        part.start()

    def pids(self, name: str) -> list[int]:
        """The processes of a part. An embedded broker that is down just now has none."""
        if name == "broker" and self.embedded:
            return [pid for pid in _children(self.parts["monitor"].pid) if _name(pid) == "nats-server"]
        part = self.parts[name]
        return [part.pid, *(_children(part.pid) if name == "database" else ())]

    async def keep(self) -> None:
        """Start again whoever falls by itself."""
        while True:
            for name, part in self.parts.items():
                if part.fell:
                    assert part.process is not None
                    self.fallen.append(f"{name} ({part.process.returncode}) {self._last_words()}")
                    part.start()
            await asyncio.sleep(LOOK_SECONDS)

    def _last_words(self) -> str:
        """What the command says when it ends with an error."""
        lines = (self.folder / "programs.log").read_text(errors="replace").splitlines()
        return next((line for line in reversed(lines) if line.startswith("balans: ")), "")

    async def stop(self, names: Sequence[str]) -> None:
        """One after the other."""
        for name in names:
            process = self.parts[name].process if name in self.parts else None
            if process is None or process.poll() is not None:
                continue
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGINT if name == "database" else signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(process.wait, STOP_SECONDS)
            if process.poll() is None:
                process.kill()
                process.wait()
                raise TimeoutError(f"The {name} does not stop within {STOP_SECONDS:.0f} s.")


@asynccontextmanager
async def running_centre(
    folder: Path, broker: Broker, database: Database, snapshot_seconds: float
) -> AsyncIterator[Centre]:
    """Everything started, in `folder`; at the end whatever still runs is killed."""
    async with AsyncExitStack() as stack:
        log = stack.enter_context((folder / "programs.log").open("ab"))
        centre = await _put_together(stack, folder, broker, database, snapshot_seconds, log)
        stack.callback(_kill_all, centre)
        for name in ("database", "broker", "monitor"):
            if name in centre.parts:
                centre.parts[name].start()
                await _started(centre, name)
        for name in ("collector", "web"):
            centre.parts[name].start()
            await _started(centre, name)
        yield centre


async def _put_together(
    stack: AsyncExitStack, folder: Path, broker: Broker, database: Database, snapshot_seconds: float, log: Any
) -> Centre:
    ports = {"mqtt": free_port(), "database": free_port(), "web": free_port(), "hooks": free_port()}
    embedded, names = broker == "nats", ["collector", "monitor", "web"]
    disks = {name: _disk(stack, folder / name) for name in names}
    cables = {name: await stack.enter_async_context(Cable(ports["mqtt"]).plugged_in()) for name in names}
    parts: dict[str, Part] = {}
    url = None
    if database == "postgresql":
        cables["database"] = await stack.enter_async_context(Cable(ports["database"]).plugged_in())
        parts["database"] = _postgresql(stack, ports["database"], cables["database"])
        url = f"postgresql://balans@127.0.0.1:{cables['database'].port}/postgres"
    mqtt = Mqtt(host="127.0.0.1", port=ports["mqtt"], username="balans", password=PASSWORD)  # type: ignore[arg-type]
    if embedded:
        own = disks["monitor"].seen_at / "broker"
        own.mkdir()
        (own / "password").write_text(PASSWORD)
    else:
        disk = _disk(stack, folder / "broker")
        command, environment = mosquitto_command(disk.path, disk.seen_at, ports["mqtt"])
        parts["broker"] = Part("broker", command, {"env": environment, "stdout": log, "stderr": log}, disk)
    account = f'username = "balans"\npassword = "{PASSWORD}"'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = {"monitor": ("run", "--roles", "monitor"), "collector": ("run", "--roles", "collect")}
    queue_log = folder / "queue_log"
    queue_log.touch()
    for name in names:
        own_broker = embedded and name == "monitor"
        told = CONFIGURATION.format(
            state=disks[name].path,
            snapshot=snapshot_seconds,
            mqtt=f"embedded_port = {ports['mqtt']}"
            if own_broker
            else f'host = "127.0.0.1"\nport = {cables[name].port}\n{account}',
            journal=f'url = "{url}"' if url else "",
            web=ports["web"],
            hooks=HOOKS,
            hooks_port=ports["hooks"],
            secret=SECRET,
            telephone=TELEPHONE,
            log=queue_log,
        )
        (folder / f"{name}.toml").write_text(told + MEASURED)
        clock = folder / f"{name}.clock"
        parts[name] = Part(
            name,
            (
                *(sys.executable, "-m", "tests.chaos.clock", clock),
                *words.get(name, ("run", "--roles", "web")),
                *("--config", folder / f"{name}.toml"),
            ),
            {"cwd": folder, "env": environment, "stdout": log, "stderr": log},
            disks[name],
            clock,
            None if own_broker else cables[name],
        )
    centre = Centre(folder, embedded, mqtt, url, ports["web"], ports["hooks"], queue_log, parts)
    for name in names:
        centre.set_clock(name, 0)
    return centre


def _disk(stack: AsyncExitStack, folder: Path) -> Disk:
    disk = disk_at(folder)
    stack.callback(disk.close)
    return disk


def _postgresql(stack: AsyncExitStack, port: int, cable: Cable) -> Part:
    """Its files are bounded, not on a disk of their own: started by root it runs as a user who may not look there."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="balans-chaos-postgresql-")))
    commands = postgresql_commands(folder, port)
    subprocess.run(commands.make, check=True, **commands.surroundings)
    return Part("database", commands.serve, commands.surroundings, BoundedFiles(folder), cable=cable)


async def _started(centre: Centre, name: str) -> None:
    """Returns when others may be started that need it."""
    if name == "database":
        assert centre.parts[name].cable is not None
        await postgresql_answers(centre.parts[name].cable.port)
        return
    ports = {"broker": centre.mqtt.port, "monitor": centre.mqtt.port, "collector": centre.hooks, "web": centre.web}
    await listening(ports[name], START_SECONDS)


def _kill_all(centre: Centre) -> None:
    for part in centre.parts.values():
        if part.process is not None and part.process.poll() is None:
            part.process.kill()
            part.process.wait()


def _children(pid: int) -> list[int]:
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                children.append(int(stat.parent.name))
    return children


def _name(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """A signal to each that is still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
