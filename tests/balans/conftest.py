"""The real program, started as a person starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest

PATIENCE_SECONDS = 180


class Program:
    """One started `balans`. Its output is read line by line, so nothing is waited for longer than needed."""

    def __init__(self, started: subprocess.Popen[str]) -> None:
        self.started = started

    def says(self, pattern: str) -> re.Match[str]:
        """The first line on standard output that matches."""
        assert self.started.stdout is not None
        for line in self.started.stdout:
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"It ended without saying {pattern!r}: {self.ended()}")

    def complains(self, pattern: str) -> re.Match[str]:
        """The first line on standard error that matches."""
        assert self.started.stderr is not None
        for line in self.started.stderr:
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"It ended without complaining {pattern!r}")

    def children(self) -> list[int]:
        """The programs that it has started itself."""
        own = str(self.started.pid)
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat") if parent(path) == own]

    def stop(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """The exit code after a signal, and the rest of what it complained."""
        self.started.send_signal(number)
        return self.ended()

    def ended(self) -> tuple[int, str]:
        _, complaints = self.started.communicate(timeout=PATIENCE_SECONDS)
        return self.started.returncode, complaints


def parent(stat: Path) -> str:
    try:
        return stat.read_text().rpartition(")")[2].split()[1]
    except OSError:
        return ""


@contextmanager
def _started(where: Path, *words: str | Path) -> Iterator[Program]:
    """`balans` with these words, in a directory and with a home of its own."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(where), "TMPDIR": str(where), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "balans", *(str(word) for word in words)]
    started = subprocess.Popen(
        command, cwd=where, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield Program(started)
    finally:
        if started.poll() is None:
            started.kill()
        started.communicate()


@pytest.fixture
def balans(tmp_path: Path) -> Callable[..., AbstractContextManager[Program]]:
    """Starts the program in this test's own directory: `with balans("demo") as program`."""
    return partial(_started, tmp_path)
