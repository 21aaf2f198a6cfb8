"""`/api/v1/history`: the figures of one scope by quarter of an hour, hour or day, as far back as they are kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response

from monitor.errors import PeerUnreachable
from monitor.figures import Scope, ScopeKind
from monitor.history import KINDS, HistoryStore, Step, Stretch
from monitor.history.period import Period, period
from monitor.instants import to_instant
from monitor.journal import Database
from web.answers import json_answer
from web.api import PREFIX, described
from web.past import HistoryAnswer, HistoryInterval

STEPS_AT_MOST = 3_000
"""The bound of one answer: a month by quarters of an hour."""


def history_router(time_zone: str, database: Database | None) -> APIRouter:
    """The route, over the journal's database; None: there is no history here."""
    router = APIRouter(prefix=PREFIX, tags=["figures"])
    store = None if database is None else HistoryStore(database, time_zone)

    @router.get("/history", summary="The past of one scope", responses=described(HistoryAnswer, 400, 503))
    async def history(
        begin: Annotated[str, Query(alias="from", max_length=40, description="A day of the site, or an instant.")],
        end: Annotated[
            str, Query(alias="to", max_length=40, description="A day, which is included, or an instant, which is not.")
        ],
        kind: ScopeKind = "site",
        id: Annotated[str, Query(max_length=200)] = "",
        step: Step = "15m",
    ) -> Response:
        """Figures of each step that begins in the period. Pool sums; never average ratios."""
        asked = _asked(begin, end, step, time_zone)
        scope = _scope(kind, id)
        if store is None:
            raise HTTPException(503, "There is no history here.")
        try:
            found = await store.stretches(scope, asked.begin, asked.end, step)
        except PeerUnreachable as error:
            raise HTTPException(503, "The history cannot be read now.") from error
        intervals = tuple(_interval(stretch) for stretch in found)
        return json_answer(HistoryAnswer(scope=scope, step=step, time_zone=time_zone, intervals=intervals))

    return router


def _asked(begin: str, end: str, step: Step, time_zone: str) -> Period:
    try:
        asked = period(begin, end, step, time_zone)
    except ValueError as error:
        raise HTTPException(400, str(error)) from error
    if asked.steps > STEPS_AT_MOST:
        raise HTTPException(400, f"Ask for at most {STEPS_AT_MOST} steps at a time; these are {asked.steps}.")
    return asked


def _scope(kind: ScopeKind, id: str) -> Scope:
    if kind not in KINDS:
        raise HTTPException(400, f"There is no history of a {kind}; there is of {', '.join(KINDS)}.")
    if not id and kind != "site":
        raise HTTPException(400, f"Which {kind}? Say id.")
    return Scope(kind=kind, id=id or "site")


def _interval(stretch: Stretch) -> HistoryInterval:
    return HistoryInterval(
        began_at=to_instant(stretch.began_at),
        ended_at=to_instant(stretch.ended_at),
        figures=stretch.figures(),
        partly_hidden=stretch.hidden,
        corrections=stretch.corrections,
        corrected_at=None if stretch.corrected_at is None else to_instant(stretch.corrected_at),
    )
