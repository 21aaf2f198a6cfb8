"""`/api/v1/me`: everything that is said of an agent, to that agent alone, and what the agent can do about it.

Whose page it is comes from the session and from nowhere else: no address here names an agent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request, Response

from monitor.errors import Refused
from monitor.journal import Database
from monitor.measures import Text
from monitor.people.coaching import over
from monitor.people.disputes import Disputes
from monitor.people.looks import Looks
from monitor.people.page import Choice, NewDispute, OwnPage
from monitor.people.preferences import Preferences
from monitor.people.sheet import Sheet
from monitor.people.sheets import Sheets
from monitor.people.thanks import Thanks
from web.answers import DECIDED, body_as, json_answer, said
from web.identity import person_of

PREFIX = "/api/v1/me"
NO_AGENT = Text(
    en="This account is no agent's: there is no page of its own to show.",
    nl="Dit account is niet van een medewerker: er is geen eigen pagina om te tonen.",
)
NOT_YOURS = Text(en="There is no such contact on your page.", nl="Er is geen contact met dit nummer op je pagina.")
TWICE = Text(en="This contact has been disputed already.", nl="Over dit contact is al eens gezegd dat het niet klopt.")


def me_router(database: Database, clock: Callable[[], datetime], time_zone: str, *, demo: bool) -> APIRouter:
    """The routes; each raises PeerUnreachable while the database is away."""
    router = APIRouter(prefix=PREFIX, tags=["me"])
    sheets, disputes, looks = Sheets(database), Disputes(database), Looks(database)
    thanks, preferences, zone = Thanks(database), Preferences(database), ZoneInfo(time_zone)

    def today() -> date:
        return clock().astimezone(zone).date()

    @router.get("", summary="My own page")
    async def own_page(request: Request) -> Response:
        """The newest sheet, my weeks, thanks, disputes, and who looked. While I have it paused ("let me work") the
        sheet stays away; the weeks that are over are the digest."""
        agent = agent_of(request)
        chosen = await preferences.of(person_of(request).account)
        weeks = await sheets.weeks(agent)
        return json_answer(
            OwnPage(
                name=person_of(request).name,
                time_zone=time_zone,
                demo=demo,
                sheet=None if "paused" in chosen else await sheets.sheet(agent),
                weeks=over(weeks, today()) if "paused" in chosen else weeks,
                thanks=await thanks.of(agent),
                disputes=await disputes.of([agent]),
                looks=await looks.of(agent),
                preferences=tuple(sorted(chosen)),
            )
        )

    @router.post("/disputes", summary="This contact is not right", status_code=201)
    async def dispute(request: Request) -> Response:
        """It weighs nothing from now on, until a lead has decided."""
        agent, wanted = agent_of(request), await body_as(request, NewDispute)
        if not _is_on(await sheets.sheet(agent), wanted.contact):
            raise HTTPException(404, said(NOT_YOURS, request))
        try:
            opened = await disputes.open(agent, wanted.contact, wanted.kind, wanted.words, clock())
        except Refused as refused:
            raise HTTPException(409, said(TWICE, request)) from refused
        return json_answer(opened, 201)

    @router.delete("/disputes/{dispute}", summary="Take a dispute back", status_code=204)
    async def withdraw(dispute: str, request: Request) -> Response:
        """The contact weighs again what it did."""
        try:
            await disputes.withdraw(dispute, agent_of(request))
        except Refused as refused:
            raise HTTPException(409, said(DECIDED, request)) from refused
        return Response(status_code=204)

    @router.put("/preferences", summary="What I want to see", status_code=204)
    async def prefer(request: Request) -> Response:
        """Switch one preference."""
        choice = await body_as(request, Choice)
        await preferences.put(person_of(request).account, choice.name, choice.on)
        return Response(status_code=204)

    return router


def agent_of(request: Request) -> str:
    """The agent whom the account of whoever asks stands for. Raises HTTPException 404 for none."""
    agent = person_of(request).agent
    if agent is None:
        raise HTTPException(404, said(NO_AGENT, request))
    return agent


def _is_on(sheet: Sheet | None, contact: str) -> bool:
    return sheet is not None and any(line.contact == contact for line in sheet.lines)
