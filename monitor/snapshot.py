"""The state of the monitor in one file, so that a restart need not read the whole journal.

Written to a temporary file, brought to disk, then renamed: there is the old one or the new one, never half of one.
Whatever is wrong with it (damage, another version of the code, another configuration, another journal) it is left
aside with one line in the log, and the journal tells everything again. It is a pickle: read only what this user's
own state directory holds, and only after its checksum has been compared.
"""

from __future__ import annotations

import ast
import asyncio
import gc
import hashlib
import json
import logging
import os
import pickle
import signal
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

FORMAT = "balans snapshot 2"
FILE = "engine.snapshot"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`state` after the journal's entry `position` was applied; `mark` tells that entry from another journal's."""

    state: Any
    position: int
    taken_at: datetime
    mark: str = ""


class Unusable(Exception):
    """Why a snapshot cannot be read; the words of one log line."""


class SnapshotFile:
    """One snapshot. `fingerprint` names all that a state depends on beside its events."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path, self._fingerprint = path, fingerprint

    def read(self) -> Snapshot | None:
        """None when there is none, or none that can be used."""
        try:
            return self.load()
        except FileNotFoundError:
            return None
        except Unusable as reason:
            log.warning("The snapshot %s is not used: %s. The journal is read instead.", self._path, reason)
            return None

    def load(self) -> Snapshot:
        """Raises FileNotFoundError and Unusable."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Unusable(error.strerror) from error
        seal, _, rest = raw.partition(b"\n")
        if seal != _seal(rest):
            raise Unusable("it is damaged, or of another format")
        header, _, state = rest.partition(b"\n")
        told = json.loads(header)
        if told["fingerprint"] != self._fingerprint:
            raise Unusable("it was taken by another version or with another configuration")
        try:
            with without_collecting():
                found = pickle.loads(zlib.decompress(state))
        except Exception as error:  # Unpickling raises whatever it meets.
            raise Unusable(f"{type(error).__name__}: {error}") from error
        return Snapshot(found, told["position"], datetime.fromisoformat(told["taken_at"]), told["mark"])

    def is_ours(self) -> bool:
        """Whether the same version with the same configuration took it, as far as its header tells."""
        try:
            with self._path.open("rb") as file:
                file.readline()
                return bool(json.loads(file.readline())["fingerprint"] == self._fingerprint)
        except (OSError, ValueError, LookupError, TypeError):
            return False

    def write(self, snapshot: Snapshot) -> None:
        """Put it in the place of the last one. Raises OSError."""
        with without_collecting():
            state = zlib.compress(pickle.dumps(snapshot.state, pickle.HIGHEST_PROTOCOL), 1)
        header = {
            "fingerprint": self._fingerprint,
            "position": snapshot.position,
            "mark": snapshot.mark,
            "taken_at": snapshot.taken_at.isoformat(),
        }
        rest = json.dumps(header).encode() + b"\n" + state
        new = self._path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(_seal(rest) + b"\n")
            file.write(rest)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        directory = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def write_aside(self, snapshot: Snapshot) -> Aside:
        """The same in a child process."""
        return Aside(lambda: self.write(snapshot))


class Aside:
    """Work in a child process, which has a copy of the memory for nothing: the figures go on meanwhile. The state is
    taken when this is made. Where the machine has no room for a child the work is not done."""

    def __init__(self, work: Callable[[], None]) -> None:
        try:
            self._child: int | None = _fork(work)
        except OSError:
            self._child = None

    async def done(self) -> bool:
        """Whether it was done, once it is over."""
        if self._child is None:
            return False
        _, status = await asyncio.get_running_loop().run_in_executor(None, os.waitpid, self._child, 0)
        return status == 0


def _fork(work: Callable[[], None]) -> int:
    with warnings.catch_warnings():
        # Newer Pythons warn of forks beside threads; the child takes no lock that another thread may hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        # Sockets above all: they must not stay open should the parent be killed meanwhile.
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        work()
        code = 0
    finally:
        os._exit(code)


def fingerprint(configuration: str, module: str = "") -> str:
    """Names the code, its foundations, and the configuration: a state fits no others. With `module`, only the code
    that it reaches: what changes elsewhere leaves a state as it was."""
    return hashlib.sha256(f"{_code(module)}\n{configuration}".encode()).hexdigest()


@cache
def _code(module: str) -> str:
    digest = hashlib.sha256(f"{sys.version} {msgspec.__version__} {np.__version__}".encode())
    package = Path(__file__).parent
    for path in reached(module) if module else sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def reached(module: str) -> list[Path]:
    """The files of a module and of all that it imports of this package, directly or not, sorted."""
    package = Path(__file__).parent
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = package.parent.joinpath(*name.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if name.split(".")[0] != package.name or file in found or not file.is_file():
            continue
        found.add(file)
        waiting += [name.rpartition(".")[0], *_imported(file)]
    return sorted(found)


def _imported(file: Path) -> Iterator[str]:
    """The names that may be modules."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _seal(rest: bytes) -> bytes:
    return f"{FORMAT} {hashlib.sha256(rest).hexdigest()}".encode()


@contextmanager
def without_collecting() -> Iterator[None]:
    """Millions of new objects that all stay are nothing for the garbage collector to look through again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
