"""The wire format of the Asterisk Manager Interface, without any I/O.

`Framer.feed` takes bytes in whatever pieces they arrive and gives whole messages; `action` makes a request.
A message is lines `Key: value` ended by an empty line; what it is, its first line says. Memory is bounded:
a message longer than `MAX_MESSAGE_BYTES` is thrown away and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

MAX_MESSAGE_BYTES = 256 * 1024
"""The longest message recorded is 2.7 kB; beyond this bound it is no message but a fault."""

MAX_NUMBER = 1e10
"""Larger than every epoch and duration there will be, and still an instant."""

Kind = Literal["event", "response", "greeting", "unknown"]

_END = b"\r\n\r\n"
_GREETING = b" Call Manager/"


class Message:
    """One message. `kind` and `name` come from the first line alone, because an event may carry a
    `Response:` header. Headers are read when asked for; most messages of a busy server never are."""

    __slots__ = ("__dict__", "kind", "name", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        key, _, value = raw.partition(b"\r\n")[0].partition(b":")
        self.name = value.strip().decode("utf-8", "replace")
        self.kind: Kind = _KINDS.get(key, "unknown")

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """Of a key that is repeated the first value: a user event repeats the channel's own headers."""
        headers: dict[str, str] = {}
        for line in self.raw.decode("utf-8", "replace").split("\r\n"):
            key, colon, value = line.partition(":")
            if colon:
                headers.setdefault(key, value[1:] if value[:1] == " " else value)
        return headers

    def get(self, key: str) -> str:
        """The value of a header; empty when absent, and for Asterisk's words for "not known"."""
        value = self.headers.get(key, "")
        return "" if value in ("<unknown>", "unknown") else value

    def number(self, key: str) -> float | None:
        """The value of a header that holds a number from 0 to `MAX_NUMBER`; None when it holds anything else."""
        value = self.headers.get(key, "")
        if not value.isascii() or not value.replace(".", "", 1).isdigit():
            return None
        number = float(value)
        return number if number <= MAX_NUMBER else None


_KINDS: Mapping[bytes, Kind] = {b"Event": "event", b"Response": "response"}


GREETING = Message(b"")
"""Stands for the line with which a connection begins."""
GREETING.kind = "greeting"


class Framer:
    """Cuts a stream of bytes into messages. `dropped` counts what was no message, by reason."""

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()
        self._buffer = bytearray()
        self._searched = 0
        self._skipping = False

    def feed(self, received: bytes) -> list[Message]:
        """The messages that are whole now. Never raises."""
        self._buffer += received
        messages: list[Message] = []
        start = 0
        while True:
            end = self._buffer.find(_END, max(start, self._searched))
            if end < 0:
                break
            self._take(bytes(self._buffer[start:end]), messages)
            start = self._searched = end + len(_END)
        del self._buffer[:start]
        if len(self._buffer) > MAX_MESSAGE_BYTES:
            self._overlong()
        # An end may be cut by the edge of what has arrived: its first three bytes are searched again.
        self._searched = max(0, len(self._buffer) - len(_END) + 1)
        return messages

    def _take(self, raw: bytes, messages: list[Message]) -> None:
        if self._skipping:
            self._skipping = False
            return
        raw = raw.lstrip(b"\r\n")
        if _GREETING in raw[:200].partition(b"\r\n")[0]:
            # The greeting is a line without an empty line after it; a log of several connections has several.
            raw = raw.partition(b"\r\n")[2]
            messages.append(GREETING)
        if not raw:
            return
        if len(raw) > MAX_MESSAGE_BYTES:
            self.dropped["too_long"] += 1
            return
        message = Message(raw)
        if message.kind == "unknown":
            self.dropped["malformed"] += 1
            return
        messages.append(message)

    def _overlong(self) -> None:
        if not self._skipping:
            self.dropped["too_long"] += 1
        self._skipping = True
        del self._buffer[: -len(_END) + 1]


def is_greeting(line: bytes) -> bool:
    """Whether the first line of a connection is that of a manager interface."""
    return _GREETING in line


def action(name: str, action_id: str, **headers: str) -> bytes:
    """A request. Line ends are taken out of values, so that no value can become another header."""
    lines = [f"Action: {name}", f"ActionID: {action_id}"]
    lines += [f"{key}: {value}" for key, value in headers.items()]
    return "".join(line.replace("\r", "").replace("\n", "") + "\r\n" for line in lines).encode() + b"\r\n"
