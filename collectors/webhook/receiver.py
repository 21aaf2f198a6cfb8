"""The receiver: an HTTP application that can be mounted, and the collector that serves it on its own port."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from collectors.source import Outlet, Surroundings
from collectors.webhook.edge import Edge, items
from collectors.webhook.settings import Settings
from collectors.webhook.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, SeenSignatures, check_signature
from monitor.errors import ConfigurationError, DropAndCount, Refused, Retry
from monitor.events import Event, SourceStatus

MOST_EVENTS = 10_000
"""In one request; more is refused as a whole."""
MOST_CONNECTIONS = 200
"""At once; one more is answered 503. Each may hold one body in memory."""
MOST_REFUSALS = 100
"""That an answer spells out; the others are only counted."""

STATUS_OF_REASON = {
    "bad_timestamp": 401,
    "bad_signature": 401,
    "outside_window": 401,
    "slow_body": 408,
    "replayed": 409,
    "too_large": 413,
    "too_many": 413,
    "media_type": 415,
    "malformed": 422,
    "busy": 503,
    "not_safe": 503,
}


@dataclass(slots=True)
class Taken:
    """What a request held."""

    events: list[Event] = field(default_factory=list)
    refused: int = 0
    refusals: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, index: int, refusal: DropAndCount) -> None:
        """Note that the event at `index` (from 0) is not taken in."""
        self.refused += 1
        if len(self.refusals) < MOST_REFUSALS:
            self.refusals.append({"index": index, "reason": refusal.reason, "message": str(refusal)})


class Webhook:
    """`run` serves the receiver; `application` makes it for mounting elsewhere."""

    def __init__(self, name: str, settings: Settings, surroundings: Surroundings) -> None:
        self.name = name
        self.refused: Counter[str] = Counter()
        self._settings = settings
        self._clock = surroundings.clock
        self._keys = settings.keys()
        self._edge = Edge(name, surroundings.pseudonyms, settings.agents_are_opaque)
        self._seen = SeenSignatures(settings.window_seconds)
        self._socket: socket.socket | None = None

    def bind(self) -> tuple[str, int]:
        """Take the host and port; the address that was got. Raises ConfigurationError when it is not free."""
        if self._socket is None:
            host, port = self._settings.host, self._settings.port
            try:
                self._socket = socket.create_server((host, port), family=_family(host), reuse_port=False)
            except OSError as error:
                raise ConfigurationError(
                    f"collectors.{self.name}: cannot listen on {host}:{port}: {error.strerror or error}."
                ) from error
        address = self._socket.getsockname()
        return str(address[0]), int(address[1])

    async def run(self, outlet: Outlet) -> None:
        """Serve until cancelled; requests under way are answered first."""
        self.bind()
        listening, self._socket = self._socket, None
        assert listening is not None
        with listening:
            await outlet.put([self._status()])
            server = _Server(
                uvicorn.Config(
                    self.application(outlet),
                    lifespan="off",
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    limit_concurrency=MOST_CONNECTIONS,
                    timeout_graceful_shutdown=int(self._settings.safe_seconds) + 1,
                )
            )
            async with asyncio.TaskGroup() as group:
                serving = group.create_task(server.serve(sockets=[listening]), name=f"webhook {self.name}")
                try:
                    await asyncio.wait([serving])
                finally:
                    server.should_exit = True
                    await asyncio.wait([serving])

    def application(self, outlet: Outlet) -> FastAPI:
        """The receiver as an application whose events go to `outlet`."""
        application = FastAPI(title="Balans webhook", docs_url=None, redoc_url=None, openapi_url=None)

        @application.post("/events")
        async def events(request: Request) -> JSONResponse:
            try:
                taken = await self._take(request, outlet)
            except DropAndCount as refusal:
                self.refused[refusal.reason] += 1
                return _answer(STATUS_OF_REASON[refusal.reason], refusal)
            except ClientDisconnect:
                self.refused["disconnected"] += 1
                return JSONResponse({"message": "The sender went away."}, 400)
            status = 202 if taken.events or not taken.refused else 422
            return JSONResponse(
                {"accepted": len(taken.events), "refused": taken.refused, "refusals": taken.refusals}, status
            )

        return application

    async def _take(self, request: Request, outlet: Outlet) -> Taken:
        """What the request held, after it is safe. Raises DropAndCount for a request that fails as a whole."""
        body = await self._body(request)
        signature = request.headers.get(SIGNATURE_HEADER, "")
        now = self._clock()
        check_signature(
            self._keys,
            request.headers.get(TIMESTAMP_HEADER, ""),
            signature,
            body,
            now=now.timestamp(),
            window_seconds=self._settings.window_seconds,
        )
        self._seen.claim(signature, now.timestamp())
        safe = False
        try:
            taken = self._read(request, body, now.isoformat())
            if taken.events:
                await self._put_safely(outlet, taken.events)
                safe = True
        finally:
            if not safe:
                self._seen.release(signature)
        return taken

    async def _body(self, request: Request) -> bytes:
        limit = self._settings.body_bytes
        too_large = Refused(f"The body is larger than {limit} bytes.", "too_large")
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise Refused("The body must not be compressed.", "media_type")
        length = request.headers.get("content-length", "0")
        if length.isdecimal() and int(length) > limit:
            raise too_large
        body = bytearray()
        try:
            async with asyncio.timeout(self._settings.body_seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > limit:
                        raise too_large
        except TimeoutError as error:
            raise Refused("The body did not arrive in time.", "slow_body") from error
        return bytes(body)

    def _read(self, request: Request, body: bytes, received_at: str) -> Taken:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        found = items(media_type, request.headers, body)
        if len(found) > MOST_EVENTS:
            raise Refused(f"The request holds more than {MOST_EVENTS} events.", "too_many")
        taken = Taken()
        for index, item in enumerate(found):
            try:
                taken.events.append(self._edge.event(item(), received_at))
            except DropAndCount as refusal:
                self.refused[refusal.reason] += 1
                taken.refuse(index, refusal)
        return taken

    async def _put_safely(self, outlet: Outlet, events: list[Event]) -> None:
        try:
            async with asyncio.timeout(self._settings.safe_seconds):
                await outlet.put_safely(events)
        except (Retry, TimeoutError) as error:
            raise Refused("The events cannot be made safe now; send them again later.", "not_safe") from error

    def _status(self) -> SourceStatus:
        now = self._clock()
        return SourceStatus(
            id=f"status/{now.isoformat()}",
            source=self.name,
            at=now,
            state="up",
            heartbeat_seconds=self._settings.heartbeat_seconds,
        )


async def check(settings: Settings) -> str:
    """What the receiver would do, for a person. Raises ConfigurationError when its secrets cannot be used."""
    keys = settings.keys()
    where = f"http://{settings.host}:{settings.port}/events"
    return f"listens on {where} with {len(keys)} secret{'s' if len(keys) > 1 else ''}"


class _Server(uvicorn.Server):
    """Without signal handlers: the command that runs the roles has its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _answer(status: int, refusal: DropAndCount) -> JSONResponse:
    headers = {"Retry-After": "5"} if status == 503 else None
    return JSONResponse({"reason": refusal.reason, "message": str(refusal)}, status, headers=headers)
