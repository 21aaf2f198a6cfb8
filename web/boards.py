"""Boards as leads and admins define them: `/api/v1/definitions` is what the page `/boards` needs,
`/api/v1/boards/{board}/definition` keeps one.

Every change names the version it follows on (If-Match, or `If-None-Match: *` for a new board), so that of two people
who change the same board the second one is told. A lead changes boards that show queues of the own teams, or of none;
an admin all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request, Response

from monitor.board import Board
from monitor.boards.current import MOST_BOARDS, Boards
from monitor.boards.form import BoardForm, Known, definition_of, fault, form_of, name_fault
from monitor.boards.store import BoardStore, KeptBoard
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.journal import Database
from monitor.measures import Text
from monitor.settings import BoardDefinition, Queue, Settings
from monitor.tiles import TILE_MEASURES
from web.access import may_define
from web.answers import body_as, json_answer, said
from web.api import PREFIX, described, newest
from web.definitions import BoardsPage, DefinedBoard, Origin, QueueChoice
from web.identity import person_of

NOT_YOUR_QUEUES = Text(
    en="This board shows queues of other teams; somebody who leads those, or an admin, can change it.",
    nl="Dit bord toont wachtrijen van andere teams; wie die leidt, of een beheerder, kan het wijzigen.",
)
CHANGED_MEANWHILE = Text(
    en="{name} changed this board after you opened it, on {date} at {time}. Nothing of yours has been kept yet.",
    nl="{name} heeft dit bord gewijzigd nadat je het opende, op {date} om {time}. Van jou is nog niets bewaard.",
)
THERE_ALREADY = Text(
    en="There is a board with this address already; choose another name.",
    nl="Er is al een bord met dit adres; kies een andere naam.",
)
WHICH_VERSION = Text(
    en="Say which version this follows on: If-Match with the board's ETag, or If-None-Match: * for a new board.",
    nl="Zeg op welke versie dit volgt: If-Match met de ETag van het bord, of If-None-Match: * voor een nieuw bord.",
)
TOO_MANY = Text(
    en=f"There are {MOST_BOARDS} boards already; remove one that nobody needs.",
    nl=f"Er zijn al {MOST_BOARDS} borden; verwijder er een die niemand nodig heeft.",
)
NO_BOARD = Text(en="There is no board called {board}.", nl="Er is geen bord met de naam {board}.")

Make = Callable[[str, BoardDefinition, SiteFigures], Board]
"""The view of a board of this definition."""
_VERSION = re.compile(r'(?:W/)?"(\d{1,18})"')


@dataclass(frozen=True, slots=True)
class BoardDesk:
    """What the routes need."""

    settings: Settings
    boards: Boards
    feed: Feed
    database: Database
    clock: Callable[[], datetime]
    make: Make

    @property
    def zone(self) -> ZoneInfo:
        """The site's."""
        return ZoneInfo(self.settings.site.time_zone)

    def queues(self) -> dict[str, Queue]:
        """Those that are configured, then those that only the sources told of."""
        scopes = self.feed.latest.scopes if self.feed.latest else ()
        told = sorted(one.scope.id for one in scopes if one.scope.kind == "queue")
        return {**self.settings.queues, **{id: Queue() for id in told if id not in self.settings.queues}}

    def may_change(self, queues: Collection[str], request: Request) -> bool:
        """Whether the person who asks may define a board of these queues (none: all)."""
        known = self.queues()
        teams = {known.get(queue, Queue()).team for queue in queues or known}
        return may_define(person_of(request), teams)

    def defined(self, board: str, request: Request) -> DefinedBoard:
        """A board that is there."""
        kept, definition = self.boards.kept.get(board), self.boards[board]
        return DefinedBoard(
            board=board,
            version=kept.version if kept else 0,
            origin=_origin(board, kept, self.boards.given),
            may_change=self.may_change(definition.queues, request),
            definition=form_of(definition),
            changed_by=kept.changed_by if kept else None,
            changed_at=kept.changed_at if kept else None,
        )

    async def checked(self, request: Request, board: str) -> BoardDefinition:
        """What was filled in, as a board that this person may define. Raises HTTPException 400 and 403."""
        form = await body_as(request, BoardForm)
        wrong = fault(form, Known(self.queues().keys(), {*self.boards, board}))
        if wrong is not None:
            raise HTTPException(400, said(wrong, request))
        if not self.may_change(form.queues, request):
            raise HTTPException(403, said(NOT_YOUR_QUEUES, request))
        return definition_of(form, self.zone)

    async def known(self, board: str, request: Request) -> BoardDefinition:
        """A board that is there in the store now, and that this person may change. Raises HTTPException 403 and 404."""
        await self.boards.look(BoardStore(self.database))
        definition = self.boards.get(board)
        if definition is None:
            raise HTTPException(404, said(NO_BOARD, request).format(board=board[:100]))
        if not self.may_change(definition.queues, request):
            raise HTTPException(403, said(NOT_YOUR_QUEUES, request))
        return definition

    async def keep(self, board: str, definition: BoardDefinition | None, after: int, request: Request) -> None:
        """Keep what follows on a version. Raises HTTPException 412 when another one came before it."""
        written = await self.boards.keep(
            BoardStore(self.database),
            board,
            definition,
            after=after,
            changed_by=person_of(request).name,
            changed_at=self.clock(),
        )
        if not written:
            raise self.overtaken(board, request)

    def overtaken(self, board: str, request: Request) -> HTTPException:
        """Somebody was first."""
        kept = self.boards.kept[board]
        at = kept.changed_at.astimezone(self.zone)
        sentence = said(CHANGED_MEANWHILE, request)
        return HTTPException(412, sentence.format(name=kept.changed_by, date=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}"))


def boards_router(desk: BoardDesk) -> APIRouter:
    """The routes; each raises PeerUnreachable while the database is away."""
    router = APIRouter(prefix=PREFIX, tags=["boards"])
    _reading(router, desk)
    _keeping(router, desk)
    return router


def _reading(router: APIRouter, desk: BoardDesk) -> None:
    @router.get("/definitions", summary="How the boards are defined", responses=described(BoardsPage))
    async def definitions(request: Request) -> Response:
        """Every board, what it may be made of, and what of it the person who asks may change."""
        await desk.boards.look(BoardStore(desk.database))
        page = BoardsPage(
            boards=tuple(desk.defined(board, request) for board in desk.boards),
            queues=tuple(_choice(id, queue, desk, request) for id, queue in desk.queues().items()),
            tiles=TILE_MEASURES,
            most_boards=MOST_BOARDS,
        )
        return json_answer(page)

    @router.get(
        "/boards/{board}/definition", summary="How one board is defined", responses=described(DefinedBoard, 404)
    )
    async def definition(board: str, request: Request) -> Response:
        """With its ETag, which a change of it has to name."""
        await desk.boards.look(BoardStore(desk.database))
        if board not in desk.boards:
            raise HTTPException(404, said(NO_BOARD, request).format(board=board[:100]))
        return _with_etag(desk.defined(board, request))

    @router.post(
        "/boards/{board}/preview",
        summary="A board as it would be",
        responses=described(Board, 400, 403, 503),
        openapi_extra=takes(BoardForm),
    )
    async def preview(board: str, request: Request) -> Response:
        """What a wall would show now. Figures of queues that no such board pools yet come when it is kept."""
        return json_answer(desk.make(board, await desk.checked(request, board), newest(desk.feed)))


def _keeping(router: APIRouter, desk: BoardDesk) -> None:
    @router.put(
        "/boards/{board}/definition",
        summary="Change a board, or make one",
        responses=described(DefinedBoard, 400, 403, 404, 412, 428),
        openapi_extra=takes(BoardForm),
    )
    async def put(board: str, request: Request) -> Response:
        """Every wall that shows it changes within a second. `If-Match`: the ETag that was changed; `If-None-Match: *`:
        a new board."""
        if (wrong := name_fault(board)) is not None:
            raise HTTPException(400, said(wrong, request))
        if request.headers.get("if-none-match", "").strip() == "*":
            await desk.boards.look(BoardStore(desk.database))
            if board in desk.boards:
                raise HTTPException(412, said(THERE_ALREADY, request))
            if len(desk.boards) >= MOST_BOARDS:
                raise HTTPException(400, said(TOO_MANY, request))
            kept = desk.boards.kept.get(board)
            after = kept.version if kept else 0
        else:
            after = _version(request)
            await desk.known(board, request)
        await desk.keep(board, await desk.checked(request, board), after, request)
        return _with_etag(desk.defined(board, request))

    @router.delete(
        "/boards/{board}/definition",
        summary="Back to the configuration's, or remove a board that was made here",
        status_code=204,
        responses={
            status: answer for status, answer in described(DefinedBoard, 403, 404, 412, 428).items() if status != 200
        },
    )
    async def delete(board: str, request: Request) -> Response:
        """What is kept over the configuration's goes; a board that the configuration does not have is gone then. With
        the `If-Match` of what is taken away."""
        after = _version(request)
        await desk.known(board, request)
        given = desk.boards.given.get(board)
        if given is not None and not desk.may_change(given.queues, request):
            raise HTTPException(403, said(NOT_YOUR_QUEUES, request))
        await desk.keep(board, None, after, request)
        return Response(status_code=204)


def takes(form: type[Any]) -> dict[str, Any]:
    """For OpenAPI: the body of a route."""
    schema = {"$ref": f"#/components/schemas/{form.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _origin(board: str, kept: KeptBoard | None, given: Mapping[str, BoardDefinition]) -> Origin:
    if kept is None or kept.definition is None:
        return "configuration"
    return "changed" if board in given else "made"


def _choice(id: str, queue: Queue, desk: BoardDesk, request: Request) -> QueueChoice:
    team = desk.settings.teams.get(queue.team)
    return QueueChoice(
        queue=id,
        label=queue.label or id,
        channel=queue.channel,
        line=queue.line,
        team=(team.label if team else "") or queue.team,
        within_seconds=queue.within_seconds,
        target=queue.target,
        mine=desk.may_change((id,), request),
    )


def _version(request: Request) -> int:
    named = _VERSION.fullmatch(request.headers.get("if-match", "").strip())
    if named is None:
        raise HTTPException(428, said(WHICH_VERSION, request))
    return int(named[1])


def _with_etag(defined: DefinedBoard) -> Response:
    answer = json_answer(defined)
    answer.headers["etag"] = f'"{defined.version}"'
    return answer
