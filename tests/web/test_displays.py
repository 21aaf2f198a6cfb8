"""A television asks for a code, a lead lets it in, and it shows its own boards until that is taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import websockets

from monitor.feed import Feed
from monitor.journal import Database
from monitor.people.accounts import Accounts
from monitor.settings import Settings
from tests.people import PASSWORD, Browser, account, password_hash, store
from tests.pictures import NOW, live, scope, site
from tests.web.conftest import Clock
from tests.web.messages import PATIENCE, snapshot
from web.app import create_app
from web.displays import CODES_OF_ADDRESS, GUESSES
from web.gate import NO_LONGER_LET_IN
from web.pairings import MOST, Pairings
from web.server import listen, serve

SETTINGS = Settings(boards={"main": {}, "other": {}}, sign_in={"session_hours": 48, "idle_hours": 48}, web={"port": 0})


class Place:
    """The application, a lead who is signed in, and a television."""

    def __init__(self, database: Database) -> None:
        self.clock, self.feed, self.database = Clock(), Feed(), database
        self.app = create_app(SETTINGS, self.feed, database=database, clock=self.clock)
        self.lead, self.television = Browser(self.app), Browser(self.app, "192.0.2.99")
        self.device = ""

    async def code(self) -> str:
        """What the television shows."""
        answer = await self.television.post("/api/v1/pairings")
        assert answer.status_code == 201
        self.device = answer.json()["device"]
        return str(answer.json()["code"])

    async def look(self) -> dict[str, object]:
        """What the television hears when it asks whether it was let in."""
        bearer = {"authorization": f"Bearer {self.device}"}
        answer = await self.television.client.get("/api/v1/pairings", headers=bearer)
        said: dict[str, object] = answer.json()
        return said

    async def let_in(self, *boards: str) -> str:
        """A television with these boards; its id."""
        asked = {"code": await self.code(), "label": "Hall", "boards": boards}
        made = await self.lead.post("/api/v1/displays", asked)
        assert made.status_code == 201, made.text
        assert (await self.look())["state"] == "approved"
        return str(made.json()["display"])


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with store(tmp_path) as database:
        await Accounts(database).put(account("noor", "lead", teams=["north"], password=password_hash()))
        made = Place(database)
        await made.lead.sign_in("noor", PASSWORD)
        yield made


async def test_a_television_is_let_in_and_shows_its_own_boards_only(place: Place) -> None:
    code = await place.code()
    assert await place.look() == {"state": "waiting", "board": None, "boards": []}
    assert (await place.television.get("/api/v1/boards/main")).status_code == 401

    typed = code.lower().replace("-", " ")
    made = await place.lead.post("/api/v1/displays", {"code": typed, "label": "Hall", "boards": ["main"]})

    assert (made.status_code, made.json()["approved_by"]) == (201, "Noor")
    assert await place.look() == {"state": "approved", "board": "main", "boards": ["main"]}
    assert (await place.television.get("/wall/main")).status_code in (200, 503)
    assert (await place.television.get("/api/v1/boards/main")).status_code == 503  # No figures yet: it was let in.
    for other in ("/api/v1/boards/other", "/api/v1/figures", "/api/v1/directory", "/me", "/team", "/wall/other"):
        assert (await place.television.get(other)).status_code == 403, other


async def test_it_stays_let_in_for_months_and_over_restarts(place: Place) -> None:
    await place.let_in("main")
    place.television.client._transport = Browser(
        create_app(SETTINGS, place.feed, database=place.database, clock=place.clock)
    ).client._transport
    place.clock.now += timedelta(days=200)
    session = await place.television.get("/api/v1/session")
    assert session.json()["display"]
    assert "Max-Age=34560000" in session.headers["set-cookie"]
    assert "HttpOnly" in session.headers["set-cookie"]


async def test_a_code_is_used_once_and_grows_old(place: Place) -> None:
    code = await place.code()
    asked = {"code": code, "label": "Hall", "boards": ["main"]}
    place.clock.now += timedelta(minutes=10)
    assert (await place.lead.post("/api/v1/displays", asked)).status_code == 404
    assert (await place.look())["state"] == "expired"
    again = {**asked, "code": await place.code()}
    assert (await place.lead.post("/api/v1/displays", again)).status_code == 201
    assert (await place.lead.post("/api/v1/displays", again)).status_code == 404


async def test_codes_cannot_be_guessed(place: Place) -> None:
    wrong = {"code": "AAA-000", "label": "Hall", "boards": ["main"]}
    answers = [(await place.lead.post("/api/v1/displays", wrong)).status_code for _ in range(GUESSES + 1)]
    assert answers == [404] * GUESSES + [429]


async def test_nobody_takes_all_codes(place: Place) -> None:
    answers = [(await place.television.post("/api/v1/pairings")).status_code for _ in range(CODES_OF_ADDRESS + 1)]
    assert answers == [201] * CODES_OF_ADDRESS + [429]


def test_waiting_televisions_are_bounded_and_the_oldest_goes_first() -> None:
    pairings = Pairings()
    first, *_, last = [pairings.open(NOW) for _ in range(MOST + 1)]
    assert pairings.take(first.code, NOW) is None
    assert pairings.take(last.code, NOW) == last


@pytest.mark.parametrize("boards", [[], ["nowhere"], ["main", "nowhere"], ["main"] * 21])
async def test_only_boards_that_there_are_can_be_given(place: Place, boards: list[str]) -> None:
    asked = {"code": await place.code(), "label": "Hall", "boards": boards}
    assert (await place.lead.post("/api/v1/displays", asked)).status_code == 400


async def test_what_was_taken_back_goes_dark_at_once(place: Place) -> None:
    display = await place.let_in("main")
    await place.feed.publish(site(scope("board", "main", live(waiting=1))))
    listening = listen(SETTINGS.web)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(serve(place.app, listening))
        address = f"ws://127.0.0.1:{listening.getsockname()[1]}/ws/board"
        cookie = {"cookie": f"balans_display={place.device}"}
        with pytest.raises(websockets.InvalidStatus):
            await websockets.connect(f"{address}/other", additional_headers=cookie)
        async with websockets.connect(f"{address}/main", additional_headers=cookie) as socket:
            assert (await snapshot(socket)).board.id == "main"
            assert (await place.lead.send("DELETE", f"/api/v1/displays/{display}")).status_code == 204
            async with asyncio.timeout(PATIENCE):
                await socket.wait_closed()
            assert socket.close_code == NO_LONGER_LET_IN
        serving.cancel()
    assert (await place.television.get("/api/v1/boards/main")).status_code == 401
    assert (await place.lead.get("/api/v1/displays")).json() == []
    assert (await place.lead.send("DELETE", f"/api/v1/displays/{display}")).status_code == 404


@pytest.mark.parametrize("authorization", ["", "Basic eDp5", "Bearer", "Bearer unknown"])
async def test_a_television_that_nobody_knows_learns_nothing(place: Place, authorization: str) -> None:
    answer = await place.television.client.get("/api/v1/pairings", headers={"authorization": authorization})
    assert answer.status_code == 401 or answer.json()["state"] == "expired"
    assert "set-cookie" not in answer.headers
