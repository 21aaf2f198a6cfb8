"""Disks that are full at a word, without root: a small filesystem of its own where the kernel lets a user mount one,
else a bound on the size of files for the processes that write there. Either way the system call fails for real."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

SIZE = 4 * 1024**3
"""In bytes; memory is taken only by what is written."""

# Standard input and output: a size in bytes makes the disk that large. It goes when its keeper's input is closed.
KEEPER = f"""
mount -t tmpfs -o size={SIZE},mode=0755 none "$0" && echo $$
while read -r size; do mount -o remount,size="$size" "$0" 2>/dev/null && echo done || echo refused; done
"""


class Disk(Protocol):
    """A directory that can be full; `pids` are the processes that write in it. Commands that begin with `inside` find
    it at `path`; from elsewhere it is at `seen_at`."""

    path: Path
    seen_at: Path
    inside: tuple[str, ...]

    def fill(self, pids: Iterable[int]) -> None:
        """From now on nothing more fits."""

    def free(self, pids: Iterable[int]) -> None:
        """There is room again."""

    def close(self) -> None:
        """Gone, with all that was on it."""


def disk_at(folder: Path) -> Disk:
    """The best there can be on this machine; `folder` is made."""
    folder.mkdir(parents=True)
    try:
        return OwnFilesystem(folder)
    except OSError:
        return BoundedFiles(folder)


class OwnFilesystem:
    """A tmpfs in a user's own namespace: ENOSPC for everybody who writes."""

    def __init__(self, folder: Path) -> None:
        self._keeper = subprocess.Popen(
            ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", KEEPER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        pid = self._heard()
        if not pid.isdecimal():
            self.close()
            raise OSError("This user may not mount anything.")
        self.path = folder
        self.seen_at = Path(f"/proc/{pid}/root{folder}")
        self.inside = ("nsenter", "--target", pid, "--user", "--mount", "--")

    def fill(self, pids: Iterable[int]) -> None:
        told = ""
        while told != "done":  # What is written meanwhile makes the size too small to be allowed.
            state = os.statvfs(self.seen_at)
            told = self._say((state.f_blocks - state.f_bfree) * state.f_frsize)

    def free(self, pids: Iterable[int]) -> None:
        self._say(SIZE)

    def close(self) -> None:
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._keeper.stdin.close()
        self._keeper.wait()
        self._keeper.stdout.close()

    def _say(self, size: int) -> str:
        assert self._keeper.stdin is not None
        self._keeper.stdin.write(f"{size}\n")
        self._keeper.stdin.flush()
        return self._heard()

    def _heard(self) -> str:
        assert self._keeper.stdout is not None
        return self._keeper.stdout.readline().strip()


class BoundedFiles:
    """An ordinary directory; no process of `pids` may write to a file: EFBIG, as long as it ignores SIGXFSZ, which
    Python and PostgreSQL do."""

    def __init__(self, path: Path) -> None:
        self.path = self.seen_at = path
        self.inside = ()

    def fill(self, pids: Iterable[int]) -> None:
        self._bound(pids, "0")

    def free(self, pids: Iterable[int]) -> None:
        self._bound(pids, "unlimited")

    def close(self) -> None:
        """Nothing to do: the directory is the caller's."""

    @staticmethod
    def _bound(pids: Iterable[int], most: str) -> None:
        for pid in pids:
            with contextlib.suppress(FileNotFoundError):  # It has ended.
                owner = Path(f"/proc/{pid}").stat().st_uid
                # Only its own user may do it; the present bound stays the highest.
                user = {} if owner == os.geteuid() else {"user": owner}
                command = ["prlimit", "--pid", str(pid), f"--fsize={most}:"]
                subprocess.run(command, capture_output=True, check=False, **user)  # type: ignore[call-overload]
