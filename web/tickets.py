"""Tickets for WebSockets that show something to one person: used once, within half a minute, by that session alone.

Browsers send cookies with a WebSocket of any page, and no header of ours; only a page of ours can have fetched a
ticket. At most `MOST` are open; the oldest goes first.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from fastapi import APIRouter, Request, Response

from web.answers import json_answer
from web.identity import Identity, identity_of

LASTS = timedelta(seconds=30)
MOST = 10_000


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """Goes into the address of the WebSocket: `?ticket=...`."""

    ticket: str
    expires_at: datetime


class Tickets:
    """The open tickets."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._open: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    def issue(self, who: Identity) -> Ticket:
        """One for this session."""
        made = Ticket(ticket=secrets.token_urlsafe(24), expires_at=self._clock() + LASTS)
        self._open[made.ticket] = (who.token_hash, made.expires_at)
        if len(self._open) > MOST:
            self._open.popitem(last=False)
        return made

    def take(self, ticket: str, who: Identity) -> bool:
        """Whether it is this session's and still good; it is spent in any case."""
        issued = self._open.pop(ticket, None)
        return issued is not None and issued[0] == who.token_hash and self._clock() < issued[1]


def tickets_router(tickets: Tickets) -> APIRouter:
    """Where a page gets one."""
    router = APIRouter(prefix="/api/v1", include_in_schema=False)

    @router.post("/tickets", summary="A ticket for a WebSocket")
    async def ticket(request: Request) -> Response:
        """For one WebSocket of this session, opened within 30 seconds."""
        return json_answer(tickets.issue(identity_of(request)), 201)

    return router
