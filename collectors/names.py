"""What the switch has to outlive a restart with: the last word heard of it, the day's secret, the names in use.

One file, only for the user of the service. Names are what goes in the events: ids that mean nothing while the switch
is off, the agents' own opaque ids while it is on. It is written whole or not at all.
"""

from __future__ import annotations

import logging
import os
from datetime import date
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the file. `day`: whose `secret` it is. `plain`: the names are agents' own ids. `stopped`: the officer
    has stopped person-level processing, as far as this collector has heard."""

    day: date
    secret: str
    names: tuple[str, ...] = ()
    plain: bool = False
    stopped: bool = False


class KeptNames:
    """The file. A disk that is full stops nobody: what could not be written is tried again by the next `write`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._refused = False

    def read(self) -> Kept | None:
        """What the last run left; None where there is nothing. A file that cannot be read is taken for a word that
        the processing is stopped, until the monitor says otherwise."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Kept)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError):
            log.warning("%s cannot be read; agents count anew, without their ids until the monitor speaks.", self._path)
            return Kept(day=date.min, secret="", stopped=True)

    def write(self, kept: Kept) -> bool:
        """Whether it is on the disk now."""
        new = self._path.with_suffix(".new")
        try:
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(msgspec.json.encode(kept))
            new.replace(self._path)
        except OSError as error:
            if not self._refused:
                log.error("%s cannot be written: %s. Trying again.", self._path, error.strerror)
            self._refused = True
            return False
        self._refused = False
        return True
