"""`/api/v1/privacy`: what is processed of persons and why, for everybody who is signed in; the switch, objections and
the whole access log for the privacy officer; and an agent's rights, under `/api/v1/me`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, HTTPException, Request, Response

from monitor.errors import PeerUnreachable, Refused
from monitor.journal import Database
from monitor.measures import Text
from monitor.people.card import CARD, FORMULA, SINCE
from monitor.people.decided import in_words
from monitor.people.decisions import Decisions
from monitor.people.dpia import MEASURED, NEVER, dpia
from monitor.people.everything import everything_of
from monitor.people.looks import Looks
from monitor.people.objections import Objections
from monitor.people.page import Kept, NewObjection, OfficersPage, PrivacyPage, SwitchTo, Verdict
from monitor.people.retention import kinds
from monitor.people.switch import Switch
from monitor.settings import Settings
from monitor.tasks import task_group
from web.answers import DECIDED, body_as, json_answer, said
from web.identity import person_of
from web.language import Language, language_of
from web.me import agent_of
from web.readable import as_html

LOOKS_SHOWN = 500
LOOK_AGAIN_SECONDS = 5.0
OBJECTED = Text(en="There is an objection already.", nl="Er is al een bezwaar.")
NOT_ALLOWED = Text(
    en="The configuration does not allow it (people.processing).",
    nl="De configuratie staat het niet toe (people.processing).",
)


def privacy_router(
    settings: Settings,
    database: Database,
    clock: Callable[[], datetime],
    switched: Callable[[bool], None],
    *,
    demo: bool,
) -> APIRouter:
    """The routes. `switched` is told at once when the officer stops processing (True) or lets it go on."""
    router = APIRouter(prefix="/api/v1/privacy", tags=["privacy"])
    decisions, switch, objections, looks = Decisions(database), Switch(database), Objections(database), Looks(database)
    people = settings.people

    @router.get("", summary="What is processed of persons, and why")
    async def page(request: Request) -> Response:
        """By the running configuration, in the language of whoever asks."""
        stopped, council = await switch.is_stopped(), people.works_council
        return json_answer(
            PrivacyPage(
                processing=people.processing and not stopped,
                stopped=stopped,
                scores=people.scores and not stopped,
                legal_basis=people.legal_basis,
                works_council=council.decision if council else "",
                works_council_on=council.date if council else None,
                shadow_days=people.shadow_days,
                formula=FORMULA,
                formula_since=SINCE,
                card=tuple(said(text, request) for text in CARD),
                measured=tuple(said(text, request) for text in MEASURED),
                never=tuple(said(text, request) for text in NEVER),
                kept=tuple(
                    Kept(kind=one.key, label=said(one.label, request), days=one.days) for one in kinds(settings)
                ),
                decisions=tuple(
                    msgspec.structs.replace(one, words=in_words(one, _language(request)))
                    for one in await decisions.all()
                ),
                demo=demo,
            )
        )

    @router.get("/dpia", summary="A beginning of the impact assessment")
    async def assessment(request: Request) -> Response:
        """Markdown, made from the running configuration."""
        text = dpia(settings, _language(request))
        return _file(text, "text/markdown; charset=utf-8", "balans-dpia.md")

    @router.get("/officer", summary="What the privacy officer has to do")
    async def officer() -> Response:
        """Objections to decide, and who looked at whom. No figure of anybody."""
        return json_answer(OfficersPage(objections=await objections.undecided(), looks=await looks.newest(LOOKS_SHOWN)))

    @router.put("/switch", summary="Stop person-level processing, or let it go on", status_code=204)
    async def turn(request: Request) -> Response:
        """At once: not shown, not written, not computed; what was computed is deleted. Logged for all to read."""
        wanted, person = await body_as(request, SwitchTo), person_of(request)
        if wanted.processing and not people.processing:
            raise HTTPException(409, said(NOT_ALLOWED, request))
        turned = switch.go_on if wanted.processing else switch.stop
        await turned(wanted.reason, person.account, person.name, clock())
        switched(not wanted.processing)
        return Response(status_code=204)

    @router.post("/objections/{objection}", summary="Decide on an objection", status_code=204)
    async def decide(objection: str, request: Request) -> Response:
        """Upheld: the agent is not scored. The agent reads the answer."""
        verdict = await body_as(request, Verdict)
        try:
            await objections.decide(objection, verdict.outcome, verdict.answer, person_of(request).name, clock())
        except Refused as refused:
            raise HTTPException(409, said(DECIDED, request)) from refused
        return Response(status_code=204)

    return router


@asynccontextmanager
async def hearing_switch(database: Database | None, switched: Callable[[bool], None]) -> AsyncIterator[None]:
    """Meanwhile, hear of a switch that was turned in another process, or before this one began."""

    async def hear(database: Database) -> None:
        while True:
            with suppress(PeerUnreachable):
                switched(await Switch(database).is_stopped())
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async with task_group() as group:
        hearing = group.create_task(hear(database), name="switch of the officer") if database else None
        yield
        if hearing:
            hearing.cancel()


def rights_router(database: Database, clock: Callable[[], datetime], zone: ZoneInfo) -> APIRouter:
    """What an agent may ask for, of that agent alone."""
    router = APIRouter(prefix="/api/v1/me", tags=["me"])
    objections = Objections(database)

    @router.get("/export", summary="Everything about me, as a program reads it")
    async def export(request: Request) -> Response:
        """JSON."""
        found = await everything_of(agent_of(request), database)
        return _file(msgspec.json.format(msgspec.json.encode(found), indent=2), "application/json", "balans.json")

    @router.get("/export.html", summary="Everything about me, as a person reads it")
    async def readable(request: Request) -> Response:
        """One HTML file that needs nothing else."""
        found = await everything_of(agent_of(request), database)
        page = as_html(found, _language(request), zone)
        return _file(page, "text/html; charset=utf-8", "balans.html")

    @router.get("/objections", summary="My objections")
    async def mine(request: Request) -> Response:
        """With what was answered."""
        return json_answer(await objections.of(agent_of(request)))

    @router.post("/objections", summary="I do not want to be scored", status_code=204)
    async def object_to(request: Request) -> Response:
        """From now on nothing is computed of me, until somebody has decided."""
        try:
            await objections.make(agent_of(request), (await body_as(request, NewObjection)).words, clock())
        except Refused as refused:
            raise HTTPException(409, said(OBJECTED, request)) from refused
        return Response(status_code=204)

    @router.delete("/objections", summary="I take it back", status_code=204)
    async def take_back(request: Request) -> Response:
        """Scoring begins again, as far as it is allowed."""
        await objections.withdraw(agent_of(request))
        return Response(status_code=204)

    return router


def _language(request: Request) -> Language:
    """The one in the address, as of a link on a page; else the browser's."""
    wished = request.query_params.get("lang", "")
    return language_of(wished or request.headers.get("accept-language", ""))


def _file(content: str | bytes, kind: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
