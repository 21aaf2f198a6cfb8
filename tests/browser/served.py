"""The real web application on a free port of this machine, fed by hand from the test."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime

import uvicorn

from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.journal import URL, database_of
from monitor.settings import Settings
from web.app import create_app

START_SECONDS = 20.0

People = Callable[[], Awaitable[URL]]
"""Fills a database; where it is."""


def present() -> datetime:
    """Now."""
    return datetime.now(UTC)


class Served:
    """A running site: `address`, and `publish` to give it new figures."""

    def __init__(self, feed: Feed, loop: asyncio.AbstractEventLoop, address: str) -> None:
        self._feed = feed
        self._loop = loop
        self.address = address

    def publish(self, figures: SiteFigures) -> None:
        asyncio.run_coroutine_threadsafe(self._feed.publish(figures), self._loop).result(START_SECONDS)


class _Server:
    """uvicorn with the application, all of it made in the loop in which it runs."""

    def __init__(self) -> None:
        self.up = threading.Event()
        self._server: uvicorn.Server | None = None

    async def run_with(
        self,
        settings: Settings,
        feed: Feed,
        listening: socket.socket,
        *,
        demo: bool,
        people: People | None,
        clock: Callable[[], datetime],
    ) -> None:
        async with AsyncExitStack() as opened:
            database = await opened.enter_async_context(database_of(await people())) if people else None
            app = create_app(settings, feed, demo=demo, database=database, clock=clock)
            config = uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=1)
            self._server = _Uvicorn(config, self.up)
            await self._server.serve(sockets=[listening])

    def stop(self) -> None:
        if self._server:
            self._server.should_exit = True


class _Uvicorn(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, up: threading.Event) -> None:
        super().__init__(config)
        self._up = up

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._up.set()


@contextmanager
def served(
    settings: Settings,
    *,
    port: int = 0,
    demo: bool = False,
    people: People | None = None,
    clock: Callable[[], datetime] = present,
) -> Iterator[Served]:
    """The application in a thread of its own, until the body ends. `people` fills a database with whom it shows."""
    feed = Feed()
    loop = asyncio.new_event_loop()
    with socket.create_server(("127.0.0.1", port)) as listening:
        taken = listening.getsockname()[1]
        server = _Server()
        work = server.run_with(settings, feed, listening, demo=demo, people=people, clock=clock)
        thread = threading.Thread(target=lambda: loop.run_until_complete(work), name="web")
        thread.start()
        try:
            assert server.up.wait(START_SECONDS), "the web server did not start"
            yield Served(feed, loop, f"http://127.0.0.1:{taken}")
        finally:
            server.stop()
            thread.join(START_SECONDS)
            loop.close()
