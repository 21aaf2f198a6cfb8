"""Following a text file that grows, is rotated (a new file by the same name) or truncated.

A line that is not finished stays in the file until it is. The position is kept beside, with the file's identity, so
that a restart goes on where it stopped. What was written to a rotated file after the last look is read before the new
file, as long as this process keeps it open.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO

import msgspec

READ_BYTES = 1 << 20
"""Read at once at most; what is more waits in the file."""


class Position(msgspec.Struct):
    """How far which file has been read. `begins` are its first bytes: an inode may be used again."""

    inode: int
    offset: int
    begins: str


_BEGIN_BYTES = 64


class Tail:
    """One followed file. `read` gives whole lines, `keep` writes down how far they were taken."""

    def __init__(self, path: Path, position_file: Path | None) -> None:
        self._path = path
        self._position_file = position_file
        self._file: BinaryIO | None = None
        self._offset = 0
        self._begin = b""
        self._kept: Position | None = None

    def read(self) -> list[bytes] | None:
        """The lines that are new; None when there is no file. The last line of a file that has been rotated away counts
        as whole."""
        if self._file is None and not self._open(resume=True):
            return None
        assert self._file is not None
        replaced = self._replaced()
        if os.fstat(self._file.fileno()).st_size < self._offset or not self._still_begins():
            self._offset = 0
        self._begin = _begin(self._file)
        self._file.seek(self._offset)
        received = self._file.read(READ_BYTES)
        lines = self._whole(received, last=replaced and len(received) < READ_BYTES)
        if not lines and replaced:
            self.close()
            return [] if self._open(resume=False) else None
        return lines

    def position(self) -> Position | None:
        """How far the lines were read; None while no file is open."""
        if self._file is None:
            return None
        return Position(os.fstat(self._file.fileno()).st_ino, self._offset, self._begin.hex())

    def keep(self, position: Position | None) -> None:
        """Write down a position, whole or not at all."""
        if self._position_file is None or position is None or position == self._kept:
            return
        part = self._position_file.with_name(self._position_file.name + ".part")
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(position))
        part.replace(self._position_file)
        self._kept = position

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self, *, resume: bool) -> bool:
        try:
            self._file = self._path.open("rb")
        except OSError:
            return False
        self._offset, self._begin = 0, b""
        kept = self._read_position() if resume else None
        if kept is not None:
            status = os.fstat(self._file.fileno())
            same = kept.inode == status.st_ino and kept.offset <= status.st_size
            if same and _begin(self._file).hex().startswith(kept.begins):
                self._offset = kept.offset
        return True

    def _still_begins(self) -> bool:
        """Whether the file begins as it did: one that is emptied and filled again may be as long as before."""
        assert self._file is not None
        return _begin(self._file).startswith(self._begin)

    def _replaced(self) -> bool:
        assert self._file is not None
        try:
            return self._path.stat().st_ino != os.fstat(self._file.fileno()).st_ino
        except OSError:
            return False

    def _whole(self, received: bytes, *, last: bool) -> list[bytes]:
        """Cut into lines; an unfinished one is read again next time, unless it never ends."""
        lines = received.splitlines(keepends=True)
        never_ends = len(lines) == 1 and len(received) == READ_BYTES
        if lines and not lines[-1].endswith(b"\n") and not last and not never_ends:
            lines.pop()
        self._offset += sum(map(len, lines))
        return lines

    def _read_position(self) -> Position | None:
        if self._position_file is None:
            return None
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(self._position_file.read_bytes(), type=Position)
        return None


def _begin(file: BinaryIO) -> bytes:
    return os.pread(file.fileno(), _BEGIN_BYTES, 0)
