"""The WebSocket `/ws/board/{board}`: a snapshot, then numbered deltas; from the viewer only Resync.

Close codes: 4404 there is no such board, or none any more; 1003 a message that is not Resync; 1009 a message over
MAX_MESSAGE_BYTES; 1011 the server failed, or no answer to a ping within 20 s; 1012 the server stops;
1013 too many viewers. A page of another site is refused before the connection opens (HTTP 403).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from urllib.parse import urlsplit

import msgspec
from fastapi import WebSocket, WebSocketDisconnect
from starlette.types import Receive, Scope, Send

from monitor.board import Resync
from monitor.errors import Refused
from monitor.events import UNREADABLE
from web.hub import Hub, Viewer

NO_SUCH_BOARD = 4404
UNSUPPORTED = 1003
INTERNAL_ERROR = 1011
TRY_AGAIN_LATER = 1013
MAX_MESSAGE_BYTES = 1024
GONE = "There is no such board."

_message = msgspec.json.Decoder(dict[str, str])
_RESYNC = msgspec.to_builtins(Resync())


class LiveBoards:
    """The ASGI application behind the address. It gives each message to the server itself: at ten thousand
    viewers the layers between would cost more than the hub."""

    def __init__(self, hub: Hub, boards: Collection[str], origins: Collection[str]) -> None:
        self._hub = hub
        self._boards = boards
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one viewer until it leaves or is sent away."""
        connection = WebSocket(scope, receive, send)
        if not allowed(connection.headers.get("origin"), connection.headers.get("host", ""), self._origins):
            await connection.close()
            return
        await connection.accept()
        board = connection.path_params["board"]
        if board not in self._boards:
            await connection.close(NO_SUCH_BOARD, GONE)
            return
        try:
            with self._hub.subscribe(board) as viewer:
                await self._serve(connection, viewer, send)
        except Refused as refused:
            await connection.close(TRY_AGAIN_LATER, str(refused))

    async def _serve(self, connection: WebSocket, viewer: Viewer, send: Send) -> None:
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self._send(connection, viewer, send), name="viewer/send")
            await _listen(connection, viewer)
            sending.cancel()

    async def _send(self, connection: WebSocket, viewer: Viewer, send: Send) -> None:
        try:
            while (message := await viewer.next()) is not None:
                await send({"type": "websocket.send", "text": message})
            if connection.path_params["board"] in self._boards:
                await connection.close(INTERNAL_ERROR, "The board has stopped.")
            else:
                await connection.close(NO_SUCH_BOARD, GONE)
        except (OSError, WebSocketDisconnect):
            # The listener hears of it too, and ends the connection.
            return


def allowed(origin: str | None, host: str, origins: Collection[str]) -> bool:
    """May a page of `origin` open the connection? Programs send no origin; browsers always do."""
    if origin is None or origin in origins:
        return True
    try:
        return urlsplit(origin).netloc == host != ""
    except ValueError:
        return False


async def _listen(connection: WebSocket, viewer: Viewer) -> None:
    """Until the viewer leaves, or says something else than Resync."""
    while (message := await connection.receive())["type"] != "websocket.disconnect":
        if not _is_resync(message.get("text") or message.get("bytes") or b""):
            await connection.close(UNSUPPORTED, "Only a resync message is understood here.")
            return
        viewer.resynchronise()


def _is_resync(raw: str | bytes) -> bool:
    try:
        return bool(_message.decode(raw) == _RESYNC)
    except UNREADABLE:
        return False
