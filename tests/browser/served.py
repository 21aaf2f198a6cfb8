"""The real web application on a free port of this machine, fed by hand from the test."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.settings import Settings
from web.app import create_app

START_SECONDS = 20.0


class Served:
    """A running site: `address`, and `publish` to give it new figures."""

    def __init__(self, feed: Feed, loop: asyncio.AbstractEventLoop, address: str) -> None:
        self._feed = feed
        self._loop = loop
        self.address = address

    def publish(self, figures: SiteFigures) -> None:
        asyncio.run_coroutine_threadsafe(self._feed.publish(figures), self._loop).result(START_SECONDS)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@contextmanager
def served(
    settings: Settings, *, port: int = 0, demo: bool = False, prepare: Callable[[FastAPI], None] = lambda app: None
) -> Iterator[Served]:
    """The application in a thread of its own, until the body ends; `prepare` may add to it what is not there yet."""
    feed = Feed()
    loop = asyncio.new_event_loop()
    with socket.create_server(("127.0.0.1", port)) as listening:
        taken = listening.getsockname()[1]
        app = create_app(settings, feed, demo=demo)
        prepare(app)
        config = uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=1)
        server = _Server(config)
        thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve(sockets=[listening])), name="web")
        thread.start()
        try:
            assert server.up.wait(START_SECONDS), "the web server did not start"
            yield Served(feed, loop, f"http://127.0.0.1:{taken}")
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)
            loop.close()
