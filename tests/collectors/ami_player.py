"""A server that plays recorded manager traffic, byte for byte and with the recorded TCP segmentation.

It answers what a collector asks - log-in, ping, lists - with the right ActionIDs and, for lists, with the truth at that
point of the recording, kept by `Mirror`. It can refuse credentials, be booting, cut the connection and fall silent.

    async with AmiPlayer(Timeline.of(folder / "ami-startup"), speed=20) as player:
        ... connect to 127.0.0.1:player.port as player.username with player.secret ...
        await player.finished.wait()
"""

from __future__ import annotations

import asyncio
import gzip
import json
import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
Headers = dict[str, str]
_UPTIME = 1000
"""How long the Asterisk of the player had run when the recording began, for those who come back to it."""


def headers_of(raw: str) -> Headers:
    """A message as a mapping; of a repeated key the first."""
    headers: Headers = {}
    for line in raw.split("\r\n"):
        key, colon, value = line.partition(":")
        if colon:
            headers.setdefault(key, value.strip())
    return headers


def wire(*headers: tuple[str, object]) -> bytes:
    """A message as bytes."""
    return "".join(f"{key}: {value}\r\n" for key, value in headers).encode() + b"\r\n"


@dataclass(frozen=True, slots=True)
class Segment:
    """What one TCP read gave, `at` seconds after the recording began."""

    at: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Timeline:
    """A recording without its greeting and its own log-in."""

    segments: Sequence[Segment]

    @classmethod
    def of(cls, stem: Path) -> Timeline:
        """Of `<stem>.jsonl.gz` and, when it is there, `<stem>.chunks.jsonl.gz`."""
        messages = [line for line in _lines(stem.with_name(stem.name + ".jsonl.gz")) if "raw" in line]
        chunks = stem.with_name(stem.name + ".chunks.jsonl.gz")
        skip = next(line["off"] + len(line["raw"].encode()) for line in messages if "-Login" in line["raw"])
        stream = GREETING + b"".join(line["raw"].encode() for line in messages)
        start = messages[0]["t"]
        if chunks.exists():
            cuts = [(line["t"], line["off"], line["off"] + line["len"]) for line in _lines(chunks)]
        else:
            cuts = [(line["t"], line["off"], line["off"] + len(line["raw"].encode())) for line in messages]
        return cls([Segment(t - start, stream[max(begin, skip) : end]) for t, begin, end in cuts if end > skip])

    @classmethod
    def of_messages(cls, *messages: bytes, every: float = 0.0) -> Timeline:
        """Made by hand: one segment a message."""
        return cls([Segment(number * every, message) for number, message in enumerate(messages)])


def _lines(path: Path) -> Iterator[dict[str, object] | dict[str, float] | dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


@dataclass(slots=True)
class Mirror:
    """What is true in the Asterisk of the recording, from the messages played so far."""

    queues: dict[str, None] = field(default_factory=dict)
    members: dict[tuple[str, str], Headers] = field(default_factory=dict)
    waiting: dict[tuple[str, str], tuple[float, Headers]] = field(default_factory=dict)
    talking: set[tuple[str, str]] = field(default_factory=set)
    channels: dict[str, Headers] = field(default_factory=dict)
    _rest: bytes = b""

    def play(self, data: bytes, at: float) -> None:
        """Take in bytes of the recording."""
        *messages, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for raw in messages:
            self._take(headers_of(raw.decode()), at)

    @property
    def between_messages(self) -> bool:
        """Whether the last byte played ended a message, so that an answer may be put here."""
        return not self._rest

    def _take(self, message: Headers, at: float) -> None:
        name, queue = message.get("Event", ""), message.get("Queue", "")
        uniqueid = message.get("Uniqueid", "")
        if name == "QueueParams":
            self.queues[queue] = None
        elif name == "QueueMember":
            self.members[queue, message["Location"]] = {**message, "MemberName": message["Name"]}
        elif name == "QueueMemberRemoved":
            self.members.pop((queue, message["Interface"]), None)
        elif name.startswith("QueueMember"):
            self.members[queue, message["Interface"]] = message
        elif name == "QueueCallerJoin":
            self.waiting[uniqueid, queue] = (at, message)
        elif name == "QueueCallerLeave":
            self.waiting.pop((uniqueid, queue), None)
        elif name == "AgentConnect":
            self.talking.add((queue, message["Interface"]))
        elif name == "AgentComplete":
            self.talking.discard((queue, message["Interface"]))
        else:
            self._channel(name, uniqueid, message, at)

    def _channel(self, name: str, uniqueid: str, message: Headers, at: float) -> None:
        if name == "Newchannel":
            self.channels[uniqueid] = {**message, "Application": "", "BridgeId": "", "began": str(at)}
        elif name == "Hangup":
            self.channels.pop(uniqueid, None)
        elif uniqueid in self.channels:
            known = self.channels[uniqueid]
            if name == "Newexten":
                known |= {"Application": message["Application"], "ApplicationData": message.get("AppData", "")}
            elif name == "BridgeEnter":
                known["BridgeId"] = message["BridgeUniqueid"]
            elif name == "BridgeLeave":
                known["BridgeId"] = ""

    def queue_status(self, action_id: str, at: float) -> bytes:
        """The answer to QueueStatus."""
        answer = [_begin(action_id, "Queue status will follow")]
        of = ("ActionID", action_id)
        for queue in self.queues:
            answer.append(wire(("Event", "QueueParams"), ("Queue", queue), of))
        for (queue, interface), member in self.members.items():
            keys = ("Membership", "Status", "Paused", "PausedReason", "Wrapuptime")
            told = [(key, member.get(key, "")) for key in keys]
            called = [("Name", member["MemberName"]), ("Location", interface)]
            in_call = ("InCall", int((queue, interface) in self.talking))
            answer.append(wire(("Event", "QueueMember"), ("Queue", queue), *called, *told, in_call, of))
        for position, ((uniqueid, queue), (joined, caller)) in enumerate(self.waiting.items(), 1):
            told = [(key, caller[key].replace("<unknown>", "unknown")) for key in ("Channel", "CallerIDNum")]
            place = [("Position", position), ("Uniqueid", uniqueid), ("Wait", math.floor(at - joined))]
            answer.append(wire(("Event", "QueueEntry"), ("Queue", queue), *place, *told, of))
        return b"".join([*answer, _complete("QueueStatusComplete", action_id)])

    def core_show_channels(self, action_id: str, at: float) -> bytes:
        """The answer to CoreShowChannels."""
        answer = [_begin(action_id, "Channels will follow")]
        for uniqueid, channel in self.channels.items():
            lasted = int(at - float(channel["began"]))
            duration = f"{lasted // 3600:02}:{lasted // 60 % 60:02}:{lasted % 60:02}"
            keys = ("Channel", "CallerIDNum", "Linkedid", "Application", "ApplicationData", "BridgeId")
            told = [(key, channel.get(key, "")) for key in keys]
            of = [("ActionID", action_id), ("Uniqueid", uniqueid), ("Duration", duration)]
            answer.append(wire(("Event", "CoreShowChannel"), *of, *told))
        return b"".join([*answer, _complete("CoreShowChannelsComplete", action_id)])


def _begin(action_id: str, told: str) -> bytes:
    return wire(("Response", "Success"), ("ActionID", action_id), ("EventList", "start"), ("Message", told))


def _complete(name: str, action_id: str) -> bytes:
    return wire(("Event", name), ("ActionID", action_id), ("EventList", "Complete"))


class AmiPlayer:
    """The server. Bytes are played to one connection at a time and go on, after a cut, `away` recorded seconds later.

    `cuts`: after how many recorded seconds the connection is dropped. `booting`: how many log-ins are accepted and then
    thrown out. `silent_after`: from this recorded second on nothing is sent and nothing answered. `lists`: whether
    lists are answered at all. `shuts`: after a cut nobody is let in until `lets_in` is set.
    """

    username, secret = "monitor", "throwaway-monitor-1"

    def __init__(
        self,
        timeline: Timeline,
        *,
        speed: float = math.inf,
        cuts: Sequence[float] = (),
        away: float = 0.0,
        booting: int = 0,
        silent_after: float = math.inf,
        lists: bool = True,
        shuts: bool = False,
    ) -> None:
        self.port = 0
        self.connections = 0
        self.asked: list[Headers] = []
        self.finished = asyncio.Event()
        self.lets_in = asyncio.Event()
        self.lets_in.set()
        self.mirror = Mirror()
        self._timeline = timeline
        self._speed = speed
        self._cuts = list(cuts)
        self._away = away
        self._booting = booting
        self._silent_after = silent_after
        self._lists = lists
        self._shuts = shuts
        self._next = 0
        self._at = 0.0
        self._answers: list[bytes] = []
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        self._answers.clear()
        try:
            # Cancelled by the end of the test: asyncio would report it as a fault of the server.
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError, BaseExceptionGroup):
                await self._connection(reader, writer)
        finally:
            self._open.discard(task)
            if self.lets_in.is_set():
                writer.transport.abort()
            else:  # Shut, not cut: what was sent arrives.
                writer.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.lets_in.wait()
        writer.write(GREETING)
        request = await self._request(reader)
        while request.get("Action") != "Login":
            request = await self._request(reader)
        of = ("ActionID", request["ActionID"])
        if (request.get("Username"), request.get("Secret")) != (self.username, self.secret):
            writer.write(wire(("Response", "Error"), of, ("Message", "Authentication failed")))
            await writer.drain()
            return
        writer.write(wire(("Response", "Success"), of, ("Message", "Authentication accepted")))
        if self.connections <= self._booting:
            # It accepts, then refuses what it is asked first, and hangs up.
            request = await self._request(reader)
            refusal = ("Message", "Permission denied")
            writer.write(wire(("Response", "Error"), ("ActionID", request["ActionID"]), refusal))
            await writer.drain()
            return
        if self._next:
            uptime = ("Uptime", _UPTIME + int(self._at))
            writer.write(wire(("Event", "FullyBooted"), ("Status", "Fully Booted"), uptime))
        async with asyncio.TaskGroup() as tasks:
            answering = tasks.create_task(self._answer(reader, writer), name="answer")
            await self._play(writer)
            if self.finished.is_set():
                await answering
            answering.cancel()

    async def _request(self, reader: asyncio.StreamReader) -> Headers:
        request = headers_of((await reader.readuntil(b"\r\n\r\n")).decode())
        self.asked.append(request)
        return request

    async def _play(self, writer: asyncio.StreamWriter) -> None:
        """Send what is next, until the end or a cut."""
        loop = asyncio.get_running_loop()
        began, began_at = loop.time(), self._at
        while self._next < len(self._timeline.segments):
            segment = self._timeline.segments[self._next]
            if self._cuts and segment.at >= self._cuts[0]:
                self._cuts.pop(0)
                if self._shuts:
                    self.lets_in.clear()
                self._skip(segment.at + self._away)
                return
            if segment.at >= self._silent_after:
                self._at = segment.at
                await asyncio.Event().wait()
            ahead = (segment.at - began_at) / self._speed - (loop.time() - began)
            if ahead > 0.002:
                await asyncio.sleep(ahead)
            self._next += 1
            self._at = segment.at
            self.mirror.play(segment.data, segment.at)
            writer.write(segment.data)
            self._put_answers(writer)
            await writer.drain()
        self.finished.set()

    def _skip(self, until: float) -> None:
        """What happens while nobody listens. The connection goes on with a whole message."""
        while self._next < len(self._timeline.segments):
            segment = self._timeline.segments[self._next]
            if segment.at >= until and self.mirror.between_messages:
                break
            self._next += 1
            self.mirror.play(segment.data, segment.at)
            self._at = segment.at

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = await self._request(reader)
            if self._at < self._silent_after:
                self._answers.append(self._answer_to(request))
                self._put_answers(writer)

    def _put_answers(self, writer: asyncio.StreamWriter) -> None:
        if self.mirror.between_messages:
            for answer in self._answers:
                writer.write(answer)
            self._answers.clear()

    def _answer_to(self, request: Headers) -> bytes:
        action_id = request.get("ActionID", "")
        match request.get("Action"):
            case "Ping":
                return wire(("Response", "Success"), ("ActionID", action_id), ("Ping", "Pong"))
            case "QueueStatus" if self._lists:
                return self.mirror.queue_status(action_id, self._at)
            case "CoreShowChannels" if self._lists:
                return self.mirror.core_show_channels(action_id, self._at)
            case _:
                told = ("Message", "Invalid/unknown command")
                return wire(("Response", "Error"), ("ActionID", action_id), told)
