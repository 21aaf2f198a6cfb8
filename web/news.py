"""The WebSocket `/ws/me`: tells an agent's own page that there is something new to fetch, and nothing else.

One look at the database every two seconds for all who listen. Close codes: 1013 too many listen; 1009 a message over
MAX_MESSAGE_BYTES; what the page says is not listened to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from fastapi import WebSocket
from starlette.types import Receive, Scope, Send

from monitor.errors import PeerUnreachable
from monitor.journal import Database
from monitor.people.news import Mark, marks
from monitor.tasks import task_group

LOOK_SECONDS = 2.0
MOST = 1_000
"""Pages that listen at once; one more is sent away and asks again later."""
TRY_AGAIN_LATER = 1013
NO_AGENT = 4404
NEWS = '{"news":true}'


class OwnNews:
    """The ASGI application behind the address; it looks while `running`."""

    def __init__(self, database: Database, look_seconds: float = LOOK_SECONDS, most: int = MOST) -> None:
        self._database, self._look_seconds, self._most = database, look_seconds, most
        self._listening: dict[asyncio.Event, str] = {}
        self._known: dict[str, Mark] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Meanwhile everybody who listens is told."""
        async with task_group() as group:
            looking = group.create_task(self._look_again(), name="news of own pages")
            yield
            looking.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one page until it leaves. Whose it is comes from the session."""
        connection = WebSocket(scope, receive, send)
        await connection.accept()
        agent = connection.state.person.agent
        if agent is None:
            await connection.close(NO_AGENT, "This account is no agent's.")
            return
        if len(self._listening) >= self._most:
            await connection.close(TRY_AGAIN_LATER, "Too many pages listen.")
            return
        news = asyncio.Event()
        self._listening[news] = agent
        try:
            async with asyncio.TaskGroup() as group:
                telling = group.create_task(_tell(connection, news), name="news/tell")
                while (await connection.receive())["type"] != "websocket.disconnect":
                    pass
                telling.cancel()
        finally:
            del self._listening[news]

    async def _look_again(self) -> None:
        while True:
            if self._listening:
                with suppress(PeerUnreachable):  # What is new meanwhile is told when it is back.
                    self._compare(await marks(self._database, set(self._listening.values())))
            else:
                self._known = {}
            await asyncio.sleep(self._look_seconds)

    def _compare(self, now: Mapping[str, Mark]) -> None:
        """Whoever is new here is told once: what came after the page was made is not missed."""
        for news, agent in self._listening.items():
            if agent not in self._known or now.get(agent, ()) != self._known[agent]:
                news.set()
        self._known = {agent: now.get(agent, ()) for agent in self._listening.values()}


async def _tell(connection: WebSocket, news: asyncio.Event) -> None:
    while True:
        await news.wait()
        news.clear()
        try:
            await connection.send_text(NEWS)
        except (OSError, RuntimeError):
            return  # Gone; the listener hears of it too.
