"""Sockets that are closed before the loop could watch them: no news, for the loss is noticed and said elsewhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)


def let_closed_sockets_rest(loop: asyncio.AbstractEventLoop) -> None:
    """paho hands its socket to the loop by a callback that runs later. When the connection falls in between, the socket
    is closed already and the loop complains with a traceback, although the loss is noticed and said elsewhere."""
    handler = loop.get_exception_handler()
    if isinstance(handler, _ClosedSocketsRest):
        return
    loop.set_exception_handler(_ClosedSocketsRest(handler))


class _ClosedSocketsRest:
    def __init__(self, otherwise: Callable[[asyncio.AbstractEventLoop, dict[str, Any]], object] | None) -> None:
        self._otherwise = otherwise

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        closed = isinstance(error, OSError | RuntimeError) and "add_writer" in repr(context.get("handle"))
        # A connection that is given up while it is made leaves a cancelled future to paho's last callback.
        if closed or isinstance(error, asyncio.CancelledError):
            log.debug("A socket was closed before the loop could watch it: %r", error)
        elif self._otherwise is not None:
            self._otherwise(loop, context)
        else:
            loop.default_exception_handler(context)
