"""An agent's own page hears that there is news, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import websockets

from monitor.feed import Feed
from monitor.journal import Database
from monitor.people.news import marks
from monitor.people.thanks import Thanks
from monitor.settings import Settings
from tests.people import SITE, Browser, demo_people, store
from tests.pictures import NOW
from web.app import create_app
from web.news import NEWS, OwnNews
from web.server import listen, serve

PATIENCE_SECONDS = 120


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with store(tmp_path) as opened:
        await demo_people(opened)
        yield opened


@asynccontextmanager
async def listening(database: Database) -> AsyncIterator[websockets.ClientConnection]:
    """The WebSocket of the demo's agent, over a real server."""
    settings = Settings(boards={"main": {}}, web={"port": 0})
    app = create_app(settings, Feed(), demo=True, database=database, clock=lambda: NOW)
    socket = listen(settings.web)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(serve(app, socket), name="web")
        browser = Browser(app)
        await browser.play("agent")
        ticket = (await browser.post("/api/v1/tickets")).json()["ticket"]
        cookies = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
        port = socket.getsockname()[1]
        headers = {"cookie": cookies, "origin": SITE, "sec-fetch-site": "same-origin"}
        address = f"ws://127.0.0.1:{port}/ws/me?ticket={ticket}"
        headers |= {"origin": f"http://127.0.0.1:{port}"}
        async with websockets.connect(address, additional_headers=headers) as connection:
            yield connection
        serving.cancel()


async def test_thanks_are_told_at_once_and_without_their_words(database: Database) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS), listening(database) as connection:
        assert await connection.recv() == NEWS, "whatever came since the page was made"
        await Thanks(database).give("a-1", "Kim", "You kept calm.", NOW)
        assert await connection.recv() == NEWS


async def test_nobody_hears_of_anybody_else(database: Database) -> None:
    before = await marks(database, {"a-1", "a-2"})
    await Thanks(database).give("a-2", "Kim", "You kept calm.", NOW)
    after = await marks(database, {"a-1", "a-2"})
    assert (after.get("a-1"), after.get("a-2") == before.get("a-2")) == (before.get("a-1"), False)


async def test_one_page_too_many_is_sent_away(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OwnNews.__init__, "__defaults__", (0.01, 0))
    async with asyncio.timeout(PATIENCE_SECONDS), listening(database) as connection:
        await connection.wait_closed()
        assert connection.close_code == 1013
