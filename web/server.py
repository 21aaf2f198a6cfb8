"""Serves the application with uvicorn in a TaskGroup. Signals are the caller's business: cancel to stop.

Run it on uvloop (`uvloop.run`). On stopping, viewers get close code 1012 and requests that run are finished
for at most two seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Sequence

import uvicorn
from fastapi import FastAPI

from monitor.errors import ConfigurationError
from monitor.settings import Web
from web.live import MAX_MESSAGE_BYTES

BACKLOG = 2048
PING_SECONDS = 20
GRACE_SECONDS = 2
UNREAD_SECONDS = 60
"""A peer that takes in nothing for this long is cut off by the kernel: a stalled viewer is not kept for ever."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn would take the signals of the whole process, which is not only a web server."""
        yield


def listen(web: Web, unread_seconds: float = UNREAD_SECONDS) -> socket.socket:
    """A listening socket; its address is `getsockname()`. Raises ConfigurationError when it cannot be had."""
    try:
        family = socket.getaddrinfo(web.host, web.port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((web.host, web.port), family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(
            f"Cannot serve on {web.host} port {web.port}: {getattr(error, 'strerror', None) or error}."
        ) from error
    # Connections inherit it; it counts only bytes that the peer does not take in.
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(unread_seconds * 1000))
    return listening


async def serve(app: FastAPI, listening: socket.socket, proxies: Sequence[str] = ()) -> None:
    """Serve until cancelled, then stop cleanly and close the socket. What `proxies` forward is believed to come from
    whom they say, by the scheme they say."""
    server = _Server(
        uvicorn.Config(
            app,
            ws="websockets-sansio",
            ws_max_size=MAX_MESSAGE_BYTES,
            ws_ping_interval=PING_SECONDS,
            ws_ping_timeout=PING_SECONDS,
            # Compressing would be done once a viewer; a delta is small.
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            access_log=False,
            log_config=None,
            log_level="warning",
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=list(proxies),
        )
    )
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listening]), name="web/uvicorn")
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await asyncio.wait([serving])
