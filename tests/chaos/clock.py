"""A clock that can be set from outside while a program runs: eight bytes of a file say how far it is off.

    python -m tests.chaos.clock FILE words of balans ...

starts the command with that clock in the place of the present. The product has no such hook: the one name of its
composition root that says where the time comes from is put aside here.
"""

from __future__ import annotations

import mmap
import struct
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import balans.roles
from balans.cli import main

FORMAT = "d"


class Clock:
    """The present, off by as many seconds as the file says at that moment."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._offset = mmap.mmap(file.fileno(), struct.calcsize(FORMAT))

    def __call__(self) -> datetime:
        (seconds,) = struct.unpack(FORMAT, self._offset[:])
        return datetime.now(UTC) + timedelta(seconds=seconds)

    @staticmethod
    def set(path: Path, seconds: float) -> None:
        """How far the clocks that read `path` are off; makes the file."""
        with path.open("r+b" if path.exists() else "wb") as file:
            file.write(struct.pack(FORMAT, seconds))


if __name__ == "__main__":
    balans.roles.utc_now = Clock(Path(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
