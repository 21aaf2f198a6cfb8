"""The open API, `/api/v1`: boards, figures, measures and sources, read only. Its description is published at
`/api/openapi.json`, with the schemas of the very types that are sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, FastAPI, HTTPException, Query, Response
from fastapi.openapi.utils import get_openapi

from monitor.alerts.alert import Alert
from monitor.board import Board
from monitor.boards.form import BoardForm
from monitor.feed import Feed
from monitor.figures import Pipeline, ScopeFigures, ScopeKind, SiteFigures, SourceHealth, Window
from monitor.measures import MEASURES, Measure
from monitor.settings import BoardDefinition, Settings
from monitor.small_groups import hide_small_groups
from monitor.staffing import MOST_AGENTS, Staffing, staffing
from web.answers import Problem, json_answer
from web.definitions import BoardsPage, DefinedBoard
from web.health import Health
from web.past import HistoryAnswer

PREFIX = "/api/v1"


class BoardName(msgspec.Struct, frozen=True, kw_only=True):
    """A board that can be looked at."""

    id: str
    title: str
    queues: tuple[str, ...]
    """Empty means all."""
    tiles: tuple[str, ...]


class FiguresAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of the scopes that were asked for, all of one instant. In a group of fewer than 5 people
    on duty the figures of pace and quality are left out (null, n = 0)."""

    at: datetime
    day: date
    time_zone: str
    conservation: bool
    scopes: tuple[ScopeFigures, ...]


class SourcesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The collectors, and what became of their events."""

    at: datetime
    sources: tuple[SourceHealth, ...]
    pipeline: Pipeline


class AlertsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The alerts that stand at an instant, the most severe first, then the oldest."""

    at: datetime
    alerts: tuple[Alert, ...]


_SENT: tuple[Any, ...] = (
    Staffing,
    AlertsAnswer,
    tuple[BoardName, ...],
    Board,
    FiguresAnswer,
    tuple[Measure, ...],
    SourcesAnswer,
    HistoryAnswer,
    Health,
    BoardsPage,
    DefinedBoard,
    BoardForm,
    Problem,
)
_SCHEMAS, _COMPONENTS = msgspec.json.schema_components(_SENT, ref_template="#/components/schemas/{name}")
_SCHEMA_OF: dict[Any, dict[str, Any]] = dict(zip(_SENT, _SCHEMAS, strict=True))


def described(sent: Any, *refusals: int) -> dict[int | str, dict[str, Any]]:
    """The responses of a route for OpenAPI: what is sent, and the statuses with which it is refused."""
    says = {
        400: "It cannot be answered as asked; the sentence says why.",
        403: "It is not this person's; the sentence says whose.",
        404: "There is no such thing; the sentence names it.",
        412: "Somebody else was first; the sentence says who and when.",
        428: "It does not say which version it follows on.",
        503: "There are no figures yet, or not now.",
    }
    answers: dict[int | str, dict[str, Any]] = {200: _content("As asked.", sent)}
    return answers | {status: _content(says[status], Problem) for status in refusals}


def newest(feed: Feed) -> SiteFigures:
    """The figures of now. Raises HTTPException (503) before the first."""
    if feed.latest is None:
        raise HTTPException(503, "There are no figures yet.")
    return feed.latest


def api_router(
    settings: Settings, feed: Feed, make: Callable[[str, SiteFigures], Board], defined: Mapping[str, BoardDefinition]
) -> APIRouter:
    """The routes of version 1."""
    router = APIRouter(prefix=PREFIX, tags=["figures"])

    @router.get("/boards", summary="The boards", responses=described(tuple[BoardName, ...]))
    async def boards() -> Response:
        """Every wallboard."""
        return json_answer(
            [
                BoardName(id=id, title=board.title or settings.site.name, queues=board.queues, tiles=board.tiles)
                for id, board in defined.items()
            ]
        )

    @router.get("/boards/{board}", summary="One board, whole", responses=described(Board, 404, 503))
    async def board(board: str) -> Response:
        """The board as a wall shows it at this instant. For live changes open the WebSocket
        `/ws/board/{board}`: it sends this as a snapshot and then numbered deltas."""
        if board not in defined:
            raise HTTPException(404, f"There is no board called {board}.")
        return json_answer(make(board, newest(feed)))

    @router.get("/figures", summary="Figures per scope and window", responses=described(FiguresAnswer, 503))
    async def figures(kind: ScopeKind | None = None, id: str | None = None, window: Window | None = None) -> Response:
        """Everything measured, per site, line, channel, queue, team and board. Narrow it with `kind`, `id` and
        `window`. Ratios come with their sums, so that they can be pooled: never average ratios."""
        return json_answer(chosen(newest(feed), kind, id, window))

    @router.get("/staffing", summary="How many people a queue needs", responses=described(Staffing, 404, 503))
    async def need(queue: str, agents: Annotated[int | None, Query(ge=1, le=MOST_AGENTS)] = None) -> Response:
        """The next half hour by Erlang A (C where nobody gives up) on what comes in now: how many people, and what
        `agents` of them would come to, or those there are, with one fewer and one more."""
        found = staffing(newest(feed), queue, settings.queues, agents)
        if found is None:
            raise HTTPException(404, f"There is no queue called {queue}.")
        return json_answer(found)

    @router.get("/measures", summary="The table of measures", responses=described(tuple[Measure, ...]))
    async def measures() -> Response:
        """Every measure with its label, help and formula in Dutch and English, its unit and its thresholds."""
        return json_answer(MEASURES)

    @router.get("/sources", summary="Sources and pipeline", responses=described(SourcesAnswer, 503))
    async def sources() -> Response:
        """Health of each collector, and how many events were read, applied and rejected, by reason."""
        now = newest(feed)
        return json_answer(SourcesAnswer(at=now.at, sources=now.sources, pipeline=now.pipeline))

    return router


def chosen(figures: SiteFigures, kind: ScopeKind | None, id: str | None, window: Window | None) -> FiguresAnswer:
    """Of these figures the scopes and windows that were asked for."""
    scopes = tuple(
        _narrowed(scope, window)
        for scope in hide_small_groups(figures.scopes)
        if (kind is None or scope.scope.kind == kind) and (id is None or scope.scope.id == id)
    )
    return FiguresAnswer(
        at=figures.at,
        day=figures.day,
        time_zone=figures.time_zone,
        conservation=figures.conservation,
        scopes=scopes,
    )


def publish_schema(app: FastAPI) -> None:
    """OpenAPI with the schemas msgspec derives from the types that are sent."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
            document.setdefault("components", {}).setdefault("schemas", {}).update(_COMPONENTS)
            _say_how_parameters_are_refused(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _say_how_parameters_are_refused(document: dict[str, Any]) -> None:
    """FastAPI describes its own 422; web/answers.py says 400 with one sentence instead."""
    for address in document["paths"].values():
        for operation in address.values():
            if operation["responses"].pop("422", None) is not None:
                operation["responses"]["400"] = _content(
                    "A parameter is not understood; the sentence names it.", Problem
                )
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)


def _content(description: str, sent: Any) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _SCHEMA_OF[sent]}}}


def _narrowed(scope: ScopeFigures, window: Window | None) -> ScopeFigures:
    if window is None:
        return scope
    return msgspec.structs.replace(
        scope, windows={name: figures for name, figures in scope.windows.items() if name == window}
    )
