"""`/api/v1/outages`: known outages, told by a lead or by operations. What is told stands on every wall of its queues
within seconds, and contacts of meanwhile are charged to nobody. Who told it stays here and reaches no wall.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, HTTPException, Request, Response

from monitor.errors import Refused
from monitor.feed import Feed
from monitor.journal import Database
from monitor.measures import Text
from monitor.people.directory import Directory
from monitor.people.outages import Outages
from monitor.people.page import NewOutage, OutageOver, OutagesPage
from monitor.settings import Settings
from web.answers import body_as, json_answer, said
from web.identity import person_of

PREFIX = "/api/v1/outages"
NO_QUEUE = Text(en="There is no such queue.", nl="Deze wachtrij is er niet.")
A_NAME = Text(
    en="The words name somebody, and they are for the wall: say it without a name.",
    nl="In de tekst staat iemands naam en hij komt op het wandbord: zeg het zonder naam.",
)
REFUSED = {
    "began": Text(
        en="An outage begins at most twelve hours ago, and not in the future.",
        nl="Een storing begint hooguit twaalf uur geleden en niet in de toekomst.",
    ),
    "ended": Text(
        en="An outage ends after it began; what is over was over before now.",
        nl="Een storing eindigt nadat ze begon; wat voorbij is, was voor nu voorbij.",
    ),
    "too_many": Text(
        en="Too many outages stand at once: close one first.",
        nl="Er lopen te veel storingen tegelijk: sluit er eerst een.",
    ),
    "decided": Text(
        en="This outage is over or taken back already, or began later.",
        nl="Deze storing is al voorbij of ingetrokken, of begon later.",
    ),
}


def outages_router(settings: Settings, feed: Feed, database: Database, clock: Callable[[], datetime]) -> APIRouter:
    """The routes; each raises PeerUnreachable while the database is away. `clock` is that of the figures."""
    router = APIRouter(prefix=PREFIX, tags=["outages"])
    outages = Outages(database)

    def queues() -> dict[str, str]:
        known = feed.latest.scopes if feed.latest is not None else ()
        found = {one.scope.id: one.scope.id for one in known if one.scope.kind == "queue"}
        return found | {id: queue.label or id for id, queue in settings.queues.items()}

    @router.get("", summary="Known outages")
    async def page() -> Response:
        """What was told lately, the newest first, with who said so."""
        return json_answer(OutagesPage(at=clock(), outages=await outages.newest(), queues=queues()))

    @router.post("", summary="Tell an outage", status_code=204)
    async def tell(request: Request) -> Response:
        """From when it began until it is closed, contacts of its queues are charged to nobody."""
        told, now = await body_as(request, NewOutage), clock()
        if not queues().keys() >= set(told.queues):
            raise HTTPException(400, said(NO_QUEUE, request))
        words = " ".join(told.words.split())
        if names_somebody(words, [entry.name for entry in await Directory(database).all()]):
            raise HTTPException(400, said(A_NAME, request))
        try:
            await outages.tell(words, told.queues, told.began_at or now, told.ended_at, person_of(request).name, now)
        except Refused as refused:
            raise _in_words(refused, request) from refused
        return Response(status_code=204)

    @router.post("/{outage}/close", summary="An outage is over", status_code=204)
    async def close(outage: str, request: Request) -> Response:
        """Once. It goes from the walls; what it excused stays excused."""
        over, now = await body_as(request, OutageOver), clock()
        try:
            await outages.close(outage, over.ended_at or now, person_of(request).name, now)
        except Refused as refused:
            raise _in_words(refused, request) from refused
        return Response(status_code=204)

    @router.post("/{outage}/take-back", summary="An outage was told wrongly", status_code=204)
    async def take_back(outage: str, request: Request) -> Response:
        """As if it had never been told: what it excused is charged again."""
        try:
            await outages.take_back(outage, person_of(request).name, clock())
        except Refused as refused:
            raise _in_words(refused, request) from refused
        return Response(status_code=204)

    return router


def names_somebody(words: str, names: list[str]) -> bool:
    """Whether the words hold a name of the directory, whole."""
    return any(re.search(rf"\b{re.escape(name)}\b", words, re.IGNORECASE) for name in names if name)


def _in_words(refused: Refused, request: Request) -> HTTPException:
    return HTTPException(409 if refused.reason == "decided" else 400, said(REFUSED[refused.reason], request))
