"""A real server on a free port, over a feed that the test fills."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import httpx
import pytest
import websockets
from fastapi import FastAPI

from monitor.feed import Feed
from monitor.settings import Settings
from tests.pictures import NOW, QUEUES
from web.app import create_app
from web.server import listen, serve

BOARDS = {"main": {"title": "The floor"}, "chat": {"queues": ("webchat",)}}


@dataclass
class Clock:
    """The present, as the test tells it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Served:
    """A running server and what it shows."""

    app: FastAPI
    feed: Feed
    port: int
    clock: Clock = field(default_factory=Clock)

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def board(self, board: str = "main", **options: object) -> websockets.connect:
        """A viewer's connection, not compressed, as from a program."""
        return websockets.connect(f"ws://127.0.0.1:{self.port}/ws/board/{board}", **options)  # type: ignore[arg-type]

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.http)


@asynccontextmanager
async def served(unread_seconds: float = 60, **web: object) -> AsyncIterator[Served]:
    """Balans' web on a free port of loopback; `web` are keys of its table."""
    settings = Settings(boards=BOARDS, queues=QUEUES, web={"port": 0, **web})
    feed, clock = Feed(), Clock()
    app = create_app(settings, feed, clock=clock)
    listening = listen(settings.web, unread_seconds)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(serve(app, listening), name="web")
        try:
            yield Served(app, feed, listening.getsockname()[1], clock)
        finally:
            serving.cancel()


@pytest.fixture
async def web() -> AsyncIterator[Served]:
    """The server most tests need."""
    async with served() as running:
        yield running
