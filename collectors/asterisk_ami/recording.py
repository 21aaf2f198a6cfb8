"""Recorded manager traffic as a stream of domain events: our `.jsonl[.gz]` recordings and raw byte logs.

A recording gives the arrival of each message. A raw log has no times of its own; there the clock is the latest
time that Asterisk itself mentions (`Timestamp`, `LastCall`, the epoch in a Uniqueid), so instants are within
a few seconds while hold and talk times, which Asterisk measures, stay exact.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Annotated, Literal, cast

import msgspec

from collectors.asterisk_ami.protocol import MAX_NUMBER, Framer, Message
from collectors.asterisk_ami.settings import Settings
from collectors.asterisk_ami.switchboard import Switchboard
from collectors.lines import bounded_lines
from collectors.source import Surroundings
from monitor.errors import ConfigurationError
from monitor.events import UNREADABLE, Event

Progress = Callable[[int, int], None]
"""Hears the bytes read so far and the bytes there are."""

_READ_BYTES = 1 << 16
MAX_RECORD_BYTES = 2 * 1024 * 1024
"""The longest line of a recording: more than the longest message, escaped."""
_TOLD_TIME = re.compile(
    rb"\r\n(?:Timestamp|LastCall|LastPause|LoginTime|(?:Dest)?Uniqueid): "
    rb"(?:[^\r\n]*-)?([0-9]{9,10})(?:\.([0-9]+))?(?=\r\n)"
)
_DAY_SECONDS = 86_400.0
_GZIP = b"\x1f\x8b"
_TIMELESS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that arrived, or what happened to the connection. `at` None: the recording does not say."""

    what: Literal["bytes", "connected", "lost"]
    received: bytes = b""
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A message, or the beginning (`connected`) or end of a connection, at an epoch."""

    at: float
    message: Message | None = None
    connected: bool = False


class _Line(msgspec.Struct):
    t: Annotated[float, msgspec.Meta(ge=0, le=MAX_NUMBER)]
    raw: str | None = None
    banner: str | None = None
    mark: str | None = None


def replay(
    path: Path,
    settings: Settings,
    surroundings: Surroundings,
    progress: Progress | None = None,
    *,
    name: str = "asterisk_ami",
    rejected: Counter[str] | None = None,
) -> Iterator[Event]:
    """The events of a recording. At its end what is pending is decided and every wrap-up is said.

    Unusable input is counted in `rejected` by reason. Raises ConfigurationError for a file that cannot be read.
    """
    counter: Counter[str] = Counter() if rejected is None else rejected
    switchboard = Switchboard(name, settings, surroundings)
    now, first = 0.0, True
    try:
        for moment in moments(path, counter, progress):
            now = moment.at
            if moment.message is not None:
                yield from switchboard.apply(moment.message, now)
                continue
            if not moment.connected or not first:
                yield from switchboard.lost(now)
            if moment.connected:
                switchboard.connected(now)
                first = False
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigurationError(f"Cannot read {path}: {error}.") from error
    yield from switchboard.flush()
    counter.update(switchboard.rejected)


def moments(path: Path, rejected: Counter[str], progress: Progress | None = None) -> Iterator[Moment]:
    """The messages and connections of a recording, each with its instant. Raises OSError."""
    framer = Framer()
    now, waiting = 0.0, list[Message]()
    for piece in pieces(path, rejected, progress):
        if piece.what != "bytes":
            now = piece.at or now
            yield Moment(now, connected=piece.what == "connected")
            # What a lost connection left unfinished does not go on in the next one.
            rejected.update(framer.dropped)
            framer = Framer()
            continue
        for message in framer.feed(piece.received):
            now = told_time(message.raw, now) if piece.at is None else piece.at
            waiting.append(message)
            if now or len(waiting) > _TIMELESS_MAX:
                # The first messages of a raw log mention no time: they wait for the first that does.
                now = now or path.stat().st_mtime
                yield from (_moment(early, now) for early in waiting)
                waiting.clear()
    yield from (_moment(early, path.stat().st_mtime) for early in waiting)
    rejected.update(framer.dropped)


def _moment(message: Message, now: float) -> Moment:
    return Moment(now, connected=True) if message.kind == "greeting" else Moment(now, message)


def told_time(raw: bytes, now: float) -> float:
    """The latest time a message mentions, never before `now` and, once there is a `now`, never a day after."""
    for match in _TOLD_TIME.finditer(raw):
        told = float(match[1])
        if match[0].startswith(b"\r\nTimestamp") and match[2]:
            told = float(match[1] + b"." + match[2])
        if now < told and (not now or told < now + _DAY_SECONDS):
            now = told
    return now


def pieces(path: Path, rejected: Counter[str], progress: Progress | None = None) -> Iterator[Piece]:
    """What a recording holds, in order. Raises OSError."""
    total = path.stat().st_size
    with path.open("rb") as file:
        packed = file.peek(2)[:2] == _GZIP
        with gzip.GzipFile(fileobj=file) if packed else nullcontext(file) as stream:
            first = stream.readline(MAX_RECORD_BYTES)
            lines = first.lstrip().startswith(b"{")
            source = cast("IO[bytes]", stream)
            reading = _lines(first, source, rejected) if lines else _raw(first, source)
            for count, piece in enumerate(reading):
                yield piece
                if progress is not None and count % 1000 == 0:
                    progress(min(file.tell(), total), total)
            if progress is not None:
                progress(total, total)


def _raw(first: bytes, stream: IO[bytes]) -> Iterator[Piece]:
    yield Piece("bytes", first)
    while received := stream.read(_READ_BYTES):
        yield Piece("bytes", received)


def _lines(first: bytes, stream: IO[bytes], rejected: Counter[str]) -> Iterator[Piece]:
    decoder = msgspec.json.Decoder(_Line)
    whole = len(first) < MAX_RECORD_BYTES
    rest = bounded_lines(stream, MAX_RECORD_BYTES, rejected, "line_too_long")
    for line in chain([first] if whole else [], rest):
        try:
            recorded = decoder.decode(line)
        except UNREADABLE:
            rejected["malformed_line"] += 1
        else:
            if recorded.raw is not None:
                yield Piece("bytes", recorded.raw.encode(), recorded.t)
            elif recorded.mark == "connect":
                yield Piece("connected", at=recorded.t)
            elif recorded.mark == "eof":
                yield Piece("lost", at=recorded.t)
