"""Televisions and other displays: pairing, approving, revoking. `/api/v1/pairings` is the television's side,
`/api/v1/displays` that of a lead or admin."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Literal

import msgspec
from fastapi import APIRouter, HTTPException, Request, Response

from monitor.journal import Database
from monitor.measures import Text
from monitor.people.displays import Display, Displays
from web.answers import body_as, json_answer, said
from web.gate import Rules
from web.identity import person_of
from web.limits import Attempts, network_of
from web.pairings import LASTS, Pairings
from web.sessions import hashed
from web.sign_in import Desk, too_often

CODES_OF_ADDRESS = 60
"""In the time a code lasts: a building full of televisions may share an address."""
GUESSES = 20
"""Codes that one person may mistype in the time a code lasts."""
MOST_BOARDS = 20

NO_SUCH_CODE = Text(
    en="No screen shows this code, or it is too old: look at the screen again.",
    nl="Geen scherm toont deze code, of hij is verlopen: kijk nog eens op het scherm.",
)
NO_BOARD_OF = Text(en="There is no board called {board}.", nl="Er is geen bord met de naam {board}.")
NO_BOARDS = Text(en="Choose at least one board.", nl="Kies ten minste één bord.")
NO_DISPLAY = Text(en="There is no such screen.", nl="Dat scherm is er niet.")
NO_DEVICE = Text(en="Which screen asks? Authorization: Bearer.", nl="Welk scherm vraagt dit? Authorization: Bearer.")


class PairingMade(msgspec.Struct, frozen=True, kw_only=True):
    """For the television: keep `device` secret, show `code`."""

    device: str
    code: str
    expires_at: datetime


class PairingState(msgspec.Struct, frozen=True, kw_only=True):
    """For the television: whether somebody has typed in its code, and what it then shows; `board` is the first."""

    state: Literal["waiting", "approved", "expired"]
    board: str | None = None
    boards: tuple[str, ...] = ()


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a lead types in: the code on the screen, a name for it, and what it may show."""

    code: str
    label: str
    boards: tuple[str, ...]


class Televisions:
    """What pairing needs."""

    def __init__(self, desk: Desk, database: Database, boards: Collection[str]) -> None:
        self.boards = boards
        self.rules: Rules = desk.rules
        self.doorkeeper, self.clock = desk.doorkeeper, desk.clock
        self.displays = Displays(database)
        self.pairings = Pairings()
        self.codes_of_address = Attempts(CODES_OF_ADDRESS, LASTS)
        self.guesses = Attempts(GUESSES, LASTS)


def displays_router(televisions: Televisions) -> APIRouter:
    """Both sides."""
    router = APIRouter(prefix="/api/v1", include_in_schema=False)
    _television(router, televisions)
    _approving(router, televisions)
    return router


def _television(router: APIRouter, televisions: Televisions) -> None:
    @router.post("/pairings")
    async def pair(request: Request) -> Response:
        """A code to show."""
        now, address = televisions.clock(), network_of(request.client.host if request.client else "")
        if wait := televisions.codes_of_address.wait_seconds(address, now):
            raise too_often(wait, request)
        televisions.codes_of_address.count(address, now)
        made = televisions.pairings.open(now)
        return json_answer(PairingMade(device=made.device, code=made.code, expires_at=made.expires_at), 201)

    @router.get("/pairings")
    async def pairing(request: Request) -> Response:
        """Whether the code was typed in; then the cookie comes along."""
        kind, _, device = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not device:
            raise HTTPException(401, said(NO_DEVICE, request), {"www-authenticate": "Bearer"})
        display = await televisions.displays.find(hashed(device))
        if display is None:
            return json_answer(PairingState(state=televisions.pairings.state(device, televisions.clock())))
        answer = json_answer(PairingState(state="approved", board=display.boards[0], boards=display.boards))
        televisions.doorkeeper.keep_display(device, request, answer)
        return answer


def _approving(router: APIRouter, televisions: Televisions) -> None:
    @router.post("/displays")
    async def approve(request: Request) -> Response:
        """Let the screen with this code in."""
        asked, person, now = await body_as(request, Approval), person_of(request), televisions.clock()
        _check_boards(asked.boards, televisions.boards, request)
        if wait := televisions.guesses.wait_seconds(person.account, now):
            raise too_often(wait, request)
        pairing = televisions.pairings.take(asked.code, now)
        if pairing is None:
            televisions.guesses.count(person.account, now)
            raise HTTPException(404, said(NO_SUCH_CODE, request))
        display = Display(
            display=secrets.token_hex(8),
            label=asked.label.strip()[:100],
            boards=asked.boards,
            approved_by=person.name,
            approved_at=now,
        )
        await televisions.displays.add(display, hashed(pairing.device))
        return json_answer(display, 201)

    @router.get("/displays")
    async def displays() -> Response:
        """Every screen that is let in."""
        return json_answer(await televisions.displays.all())

    @router.delete("/displays/{display}")
    async def revoke(display: str, request: Request) -> Response:
        """The screen shows nothing any more, at once."""
        if not await televisions.displays.revoke(display, televisions.clock()):
            raise HTTPException(404, said(NO_DISPLAY, request))
        televisions.rules.sockets.send_away(display=display)
        return Response(status_code=204)


def _check_boards(wanted: tuple[str, ...], boards: Collection[str], request: Request) -> None:
    if not wanted or len(wanted) > MOST_BOARDS:
        raise HTTPException(400, said(NO_BOARDS, request))
    for board in wanted:
        if board not in boards:
            raise HTTPException(400, said(NO_BOARD_OF, request).format(board=board[:100]))
