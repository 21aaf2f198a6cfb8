"""The past, `/api/v1/.../at?instant=`: boards and figures as they were at any instant of the kept days."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import AwareDatetime

from monitor.board import Board
from monitor.errors import NotKept, Retry
from monitor.figures import ScopeKind, SiteFigures, Window
from web.answers import json_answer
from web.api import PREFIX, FiguresAnswer, chosen, described

AGAIN_SECONDS = 5

Instant = Annotated[AwareDatetime, Query(description="With its zone, e.g. 2026-11-20T10:15:00Z.")]


class Past(Protocol):
    """Who knows how it was: see monitor/lookback.py."""

    async def figures(self, instant: datetime) -> SiteFigures:
        """As they were. Raises NotKept, or a Retry."""


async def figures_at(past: Past | None, instant: datetime) -> SiteFigures:
    """As they were. Raises HTTPException 404 and 503, with a sentence."""
    if past is None:
        raise HTTPException(503, "The past is told only where the monitor runs as well.")
    try:
        return await past.figures(instant)
    except NotKept as error:
        raise HTTPException(404, str(error)) from error
    except Retry as error:
        raise HTTPException(503, str(error), {"retry-after": str(AGAIN_SECONDS)}) from error


def moments_router(boards: Collection[str], past: Past | None, make: Callable[[str, SiteFigures], Board]) -> APIRouter:
    """The routes of version 1 that tell of the past."""
    router = APIRouter(prefix=PREFIX, tags=["past"])

    @router.get("/boards/{board}/at", summary="One board as it was", responses=described(Board, 404, 503))
    async def board_at(board: str, instant: Instant) -> Response:
        """The board as the wall showed it at that instant, measured with the configuration and drawn as it is defined
        today. What counts is
        what had arrived by then. The curve of the day may be up to ten seconds newer than on the wall."""
        if board not in boards:
            raise HTTPException(404, f"There is no board called {board}.")
        return json_answer(make(board, await figures_at(past, instant)))

    @router.get("/figures/at", summary="Figures as they were", responses=described(FiguresAnswer, 404, 503))
    async def all_figures_at(
        instant: Instant, kind: ScopeKind | None = None, id: str | None = None, window: Window | None = None
    ) -> Response:
        """Everything measured, as it was at that instant, narrowed as `/figures` is."""
        return json_answer(chosen(await figures_at(past, instant), kind, id, window))

    return router
