"""`/api/v1/team`: a lead's desk. Queues and people of the own teams, process before persons, and one agent at a time.

Nothing here returns a figure of several agents; who looks at one says why, and that is written before it is shown.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, HTTPException, Request, Response

from monitor.alerts.store import acknowledged
from monitor.errors import Refused
from monitor.events import AgentState, ContactReviewed, Event
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.journal import Database
from monitor.measures import Text
from monitor.people.accounts import Accounts
from monitor.people.coaching import coaching, recent
from monitor.people.directory import Directory, DirectoryEntry
from monitor.people.disputes import Disputes
from monitor.people.looks import Looks
from monitor.people.page import (
    Colleague,
    Dispute,
    GivenThanks,
    Reasoned,
    RecentContact,
    Review,
    ReviewLine,
    TeamPage,
    TeamQueue,
    TeamThen,
    Verdict,
)
from monitor.people.reviews import CRITERIA, CRITICAL, points
from monitor.people.rows import new_id
from monitor.people.sheets import Sheets
from monitor.people.thanks import Thanks
from monitor.settings import Settings
from monitor.small_numbers import SHOW_FROM
from web.access import may_lead
from web.answers import DECIDED, body_as, json_answer, said
from web.identity import Person, person_of
from web.moments import Instant, Past, figures_at

PREFIX = "/api/v1/team"
DESK = "desk"
"""The source of what is told at the desk."""
NOT_IN_YOUR_TEAM = Text(en="There is nobody with that id in your teams.", nl="Er is niemand met dat id in je teams.")
NOT_THEIRS = Text(
    en="This agent had no such contact lately.", nl="Deze medewerker had onlangs geen contact met dit nummer."
)
NO_CRITERION = Text(en="The form has no such criterion.", nl="Dit criterium staat niet op het formulier.")

Tell = Callable[[Event], Awaitable[None]]
"""Puts an event on the bus; returns when it is safe."""


@dataclass(frozen=True, slots=True)
class TeamDesk:
    """What the routes need."""

    settings: Settings
    feed: Feed
    database: Database
    clock: Callable[[], datetime]
    tell: Tell
    persons: Callable[[], bool]
    """Whether persons may be shown now: the switch."""
    past: Past | None = None

    def today(self) -> date:
        """The day at the site."""
        return self.clock().astimezone(ZoneInfo(self.settings.site.time_zone)).date()

    async def agent(self, agent: str, request: Request) -> DirectoryEntry:
        """One of the lead's own people. Raises HTTPException 404 for anybody else, there or not."""
        found = await Directory(self.database).of_agent(agent)
        if found is None or not may_lead(person_of(request), found.team):
            raise HTTPException(404, said(NOT_IN_YOUR_TEAM, request))
        return found


def team_router(desk: TeamDesk) -> APIRouter:
    """The routes; each raises PeerUnreachable while the database is away."""
    router = APIRouter(prefix=PREFIX, tags=["team"])
    database = desk.database
    sheets, disputes, looks, thanks = Sheets(database), Disputes(database), Looks(database), Thanks(database)

    @router.get("", summary="The desk of my teams")
    async def page(request: Request) -> Response:
        """Queues and people as they are now, process, and what is to be decided."""
        return json_answer(await _page(desk, request))

    @router.get("/at", summary="The queues of my teams as they were")
    async def at(instant: Instant, request: Request) -> Response:
        """At an instant of the kept days. Of people there is nothing: who did what then is nobody's to drag along."""
        figures = await figures_at(desk.past, instant)
        return json_answer(TeamThen(at=figures.at, queues=_queues(figures, desk.settings, person_of(request))))

    @router.post("/people/{agent}/look", summary="Look at one agent, and say why")
    async def look(agent: str, request: Request) -> Response:
        """The word of the last week with its reasons. The look is written first; the agent reads it."""
        person, entry = person_of(request), await desk.agent(agent, request)
        why = await body_as(request, Reasoned)
        await looks.add(agent, person.account, person.name, "balance", why.reason, desk.clock())
        sheet, weeks = await sheets.sheet(agent), await sheets.weeks(agent)
        return json_answer(coaching(agent, entry.name, sheet, weeks, desk.today()))

    @router.post("/people/{agent}/thanks", summary="Thank an agent", status_code=204)
    async def thank(agent: str, request: Request) -> Response:
        """On the agent's page at once."""
        await desk.agent(agent, request)
        given = await body_as(request, GivenThanks)
        await thanks.give(agent, person_of(request).name, given.words, desk.clock())
        return Response(status_code=204)

    @router.post("/people/{agent}/reviews", summary="Review a contact", status_code=204)
    async def review(agent: str, request: Request) -> Response:
        """Counts like a review of any other source, for who had the contact."""
        await desk.agent(agent, request)
        given = await body_as(request, Review)
        sheet = await sheets.sheet(agent)
        theirs = sheet.lines if sheet is not None else ()
        line = next((line for line in theirs if line.contact == given.contact), None)
        if line is None:
            raise HTTPException(404, said(NOT_THEIRS, request))
        try:
            reached, applicable = points(given.answers)
        except KeyError as error:
            raise HTTPException(400, said(NO_CRITERION, request)) from error
        await desk.tell(
            ContactReviewed(
                id=f"{DESK}-{new_id()}",
                source=DESK,
                at=desk.clock(),
                contact=line.contact.removesuffix(f"/{line.visit}") if line.visit else line.contact,
                visit=line.visit,
                points=reached,
                applicable=applicable,
                critical_error=given.critical_error,
            )
        )
        return Response(status_code=204)

    @router.post("/disputes/{dispute}", summary="Decide on a dispute", status_code=204)
    async def decide(dispute: str, request: Request) -> Response:
        """Upheld: the contact never counts. Rejected: it counts again. The agent reads the answer."""
        person, verdict = person_of(request), await body_as(request, Verdict)
        mine = await disputes.of([entry.agent for entry in await _people(desk, person)])
        if all(one.dispute != dispute for one in mine):
            raise HTTPException(404, said(DECIDED, request))
        try:
            await disputes.decide(dispute, verdict.outcome, verdict.answer, person.name, desk.clock())
        except Refused as refused:
            raise HTTPException(409, said(DECIDED, request)) from refused
        return Response(status_code=204)

    return router


async def _page(desk: TeamDesk, request: Request) -> TeamPage:
    person, figures = person_of(request), desk.feed.latest
    settings = desk.settings
    names = {account.account: account.name for account in await Accounts(desk.database).all()}
    common = TeamPage(
        at=figures.at if figures else None,
        teams={
            team: settings.teams[team].label or team if team in settings.teams else team
            for team in sorted(person.teams)
        },
        boards={id: board.title or id for id, board in settings.boards.items()},
        queues=_queues(figures, settings, person) if figures else (),
        persons=desk.persons(),
        acknowledged={one.key: names.get(one.account, "") for one in await acknowledged(desk.database)},
    )
    return await _with_people(common, desk, request) if desk.persons() else common


async def _with_people(common: TeamPage, desk: TeamDesk, request: Request) -> TeamPage:
    sheets, person = Sheets(desk.database), person_of(request)
    entries = await _people(desk, person)
    floor, process = await sheets.floor(), await sheets.process()
    states = {one.agent: one.state for one in floor.people} if floor else {}
    absent: AgentState = "offline" if floor else "unknown"
    open_ones = [one for one in await Disputes(desk.database).of([entry.agent for entry in entries]) if not one.outcome]
    rows = process.rows if process else {}
    own = next((rows[team] for team in sorted(person.teams) if team in rows), rows.get("", ()))
    return msgspec.structs.replace(
        common,
        colleagues=tuple(
            Colleague(agent=entry.agent, name=entry.name, state=states.get(entry.agent, absent), skills=entry.skills)
            for entry in sorted(entries, key=lambda entry: entry.name.casefold())
        ),
        process=own,
        disputes=tuple(open_ones),
        names={entry.agent: entry.name for entry in entries if any(one.agent == entry.agent for one in open_ones)},
        disputed=await _disputed(sheets, open_ones),
        review=tuple(ReviewLine(key=one.key, label=said(one.label, request), weight=one.weight) for one in CRITERIA),
        critical=said(CRITICAL, request),
    )


async def _disputed(sheets: Sheets, disputes: Sequence[Dispute]) -> dict[str, RecentContact]:
    """The contacts that agents brought forward themselves."""
    lines = {
        line.contact: recent(line)
        for agent in sorted({one.agent for one in disputes})
        if (sheet := await sheets.sheet(agent)) is not None
        for line in sheet.lines
    }
    return {one.dispute: lines[one.contact] for one in disputes if one.contact in lines}


async def _people(desk: TeamDesk, person: Person) -> list[DirectoryEntry]:
    directory = Directory(desk.database)
    return [entry for team in sorted(person.teams) for entry in await directory.of_team(team)]


def _queues(figures: SiteFigures, settings: Settings, person: Person) -> tuple[TeamQueue, ...]:
    """Those of the lead's teams; queues that belong to no team are everybody's."""
    rows = []
    for scope in figures.scopes:
        queue = settings.queues.get(scope.scope.id) if scope.scope.kind == "queue" else None
        if queue is None or (queue.team and queue.team not in person.teams):
            continue
        level = scope.windows["30m"].service_level
        rows.append(
            TeamQueue(
                queue=scope.scope.id,
                label=queue.label or scope.scope.id,
                channel=queue.channel,
                line=queue.line,
                waiting=scope.live.waiting,
                longest_wait_began_at=scope.live.longest_wait_began_at,
                service_level=level.ratio if level.denominator >= SHOW_FROM else None,
                target=queue.target,
                agents=scope.live.agents,
                stale_since=scope.live.stale_since,
            )
        )
    return tuple(rows)
