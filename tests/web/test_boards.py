"""A lead defines boards: what is kept, who may, who was first, and what walls that are open see of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import websockets

from monitor.board import Header, Tile
from monitor.boards.current import MOST_BOARDS
from monitor.feed import Feed
from monitor.journal import Database
from monitor.people.accounts import Accounts
from monitor.settings import Settings
from tests.people import PASSWORD, Browser, account, password_hash, store
from tests.pictures import NOW, live, scope, site
from tests.web.conftest import Clock
from tests.web.messages import PATIENCE, boards, snapshot
from web.app import create_app
from web.live import NO_SUCH_BOARD
from web.server import listen, serve

SETTINGS = Settings(
    queues={
        "sales": {"label": "Sales", "team": "north"},
        "service": {"label": "Service", "team": "south", "within_seconds": 30, "target": 0.9},
        "webchat": {"channel": "chat"},
    },
    teams={"north": {"label": "North"}, "south": {}},
    boards={"main": {"title": "Everything"}, "hall": {"title": "Hall", "queues": ["sales"], "tiles": ["waiting"]}},
    sign_in={"session_hours": 48, "idle_hours": 48},
    web={"port": 0},
)
SALES: dict[str, Any] = {"title": "Sales today", "queues": ["sales", "webchat"], "tiles": ["helped_ratio", "waiting"]}
NEW = {"if-none-match": "*"}


class Place:
    """The application, two leads and an admin who are signed in."""

    def __init__(self, database: Database) -> None:
        self.clock, self.feed, self.database = Clock(), Feed(), database
        self.app = create_app(SETTINGS, self.feed, database=database, clock=self.clock)
        self.noor, self.sam, self.admin = (Browser(self.app, f"192.0.2.{number}") for number in (1, 2, 3))

    async def defined(self, who: Browser | None = None) -> dict[str, Any]:
        """Every board by its id, as the page gets them."""
        answer = await (who or self.noor).get("/api/v1/definitions")
        assert answer.status_code == 200, answer.text
        return {one["board"]: one for one in answer.json()["boards"]}

    async def put(self, board: str, form: object, who: Browser | None = None, **follows: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in follows.items()}
        return await (who or self.noor).send("PUT", f"/api/v1/boards/{board}/definition", form, **named)

    async def make(self, board: str, form: object = SALES) -> None:
        made = await self.put(board, form, **NEW)
        assert made.status_code == 200, made.text


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with store(tmp_path) as database:
        people = {"noor": ("lead", ["north"]), "sam": ("lead", ["south"]), "ada": ("admin", [])}
        await Accounts(database).put(
            *(account(who, role, teams=teams, password=password_hash()) for who, (role, teams) in people.items())  # type: ignore[arg-type]
        )
        made = Place(database)
        for browser, login in ((made.noor, "noor"), (made.sam, "sam"), (made.admin, "ada")):
            await browser.sign_in(login, PASSWORD)
        await made.feed.publish(site(at=NOW))
        yield made


async def test_the_page_gets_the_boards_and_what_they_may_be_made_of(place: Place) -> None:
    answer = (await place.noor.get("/api/v1/definitions")).json()
    assert [(one["board"], one["origin"], one["version"], one["changed_by"]) for one in answer["boards"]] == [
        ("main", "configuration", 0, None),
        ("hall", "configuration", 0, None),
    ]
    queues = {one["queue"]: one for one in answer["queues"]}
    assert queues["service"] == {
        "queue": "service",
        "label": "Service",
        "channel": "voice",
        "line": 1,
        "team": "south",
        "within_seconds": 30,
        "target": 0.9,
        "mine": False,
    }
    assert (queues["sales"]["team"], queues["sales"]["mine"], queues["webchat"]["mine"]) == ("North", True, True)
    assert {"waiting", "helped_ratio", "first_response_seconds"} <= set(answer["tiles"])


async def test_a_board_that_a_lead_makes_is_there_for_everybody(place: Place) -> None:
    await place.make("sales")
    mine = (await place.defined())["sales"]
    assert (mine["origin"], mine["version"], mine["changed_by"]) == ("made", 1, "Noor")
    assert mine["changed_at"] == NOW.isoformat().replace("+00:00", "Z")
    assert mine["definition"]["queues"] == ["sales", "webchat"]
    listed = (await place.admin.get("/api/v1/boards")).json()
    assert [(one["id"], one["title"]) for one in listed] == [
        ("main", "Everything"),
        ("hall", "Hall"),
        ("sales", "Sales today"),
    ]
    assert (await place.noor.get("/wall/sales")).status_code in (200, 503)
    shown = (await place.noor.get("/api/v1/boards/sales")).json()
    assert [part for part in shown["order"] if part.startswith("tile/")] == ["tile/helped_ratio", "tile/waiting"]


async def test_who_changed_it_and_when_never_reaches_a_wall(place: Place) -> None:
    await place.make("sales")
    for path in ("/api/v1/boards/sales", "/api/v1/boards", "/api/v1/figures", "/metrics"):
        assert "Noor" not in (await place.noor.get(path)).text


async def test_a_change_wins_over_the_configurations_until_it_is_taken_back(place: Place) -> None:
    changed = await place.put("hall", {**SALES, "target": 0.7}, if_match='"0"')
    assert changed.headers["etag"] == '"1"'
    assert changed.json()["origin"] == "changed"
    shown = (await place.noor.get("/api/v1/boards/hall")).json()
    assert shown["parts"]["header"]["title"] == "Sales today"
    back = await place.noor.send("DELETE", "/api/v1/boards/hall/definition", None, **{"if-match": '"1"'})
    assert back.status_code == 204
    hall = (await place.defined())["hall"]
    assert (hall["origin"], hall["definition"]["title"], hall["version"]) == ("configuration", "Hall", 2)
    assert hall["changed_by"] == "Noor"


async def test_the_boards_own_target_stands_beside_the_service_level(place: Place) -> None:
    await place.make("sales", {**SALES, "tiles": ["service_level_ratio"], "target": 0.7})
    shown = (await place.noor.get("/api/v1/boards/sales")).json()
    assert shown["parts"]["tile/service_level_ratio"]["figures"][0]["target"] == 0.7
    assert shown["parts"]["row/queue/sales"]["figures"][0]["target"] == 0.8


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({**SALES, "tiles": ["mood"]}, "There is no large figure mood."),
        ({**SALES, "tiles": ["waiting"] * 2}, "The large figure waiting is named twice."),
        ({**SALES, "queues": ["garage"]}, "There is no queue garage."),
        ({**SALES, "rotate": ["nowhere"]}, "There is no board called nowhere."),
        ({**SALES, "colour": "red"}, "This was not understood: "),
        ({**SALES, "target": "high"}, "This was not understood: "),
    ],
)
async def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_kept(
    place: Place, form: object, sentence: str
) -> None:
    for answer in (await place.put("sales", form, **NEW), await place.noor.post("/api/v1/boards/sales/preview", form)):
        assert answer.status_code == 400
        assert answer.json()["error"].startswith(sentence)
    assert "sales" not in await place.defined()


async def test_the_sentence_is_in_the_language_of_who_asks(place: Place) -> None:
    answer = await place.put("sales", {**SALES, "tiles": []}, **NEW, accept_language="nl")
    assert answer.json()["error"] == "Een bord heeft één tot 5 grote cijfers; dit heeft er 0."


@pytest.mark.parametrize("name", ["Sales", "-x", "a%20b"])
async def test_a_boards_address_is_made_of_small_letters(place: Place, name: str) -> None:
    assert "small letters" in (await place.put(name, SALES, **NEW)).json()["error"]


async def test_a_board_can_be_made_only_where_there_is_none(place: Place) -> None:
    for board in ("hall", "main"):
        answer = await place.put(board, SALES, place.admin, **NEW)
        assert (answer.status_code, "address already" in answer.json()["error"]) == (412, True)


async def test_a_change_must_say_what_it_follows_on(place: Place) -> None:
    for follows in ({}, {"if_match": "*"}, {"if_match": "1"}):
        assert (await place.put("hall", SALES, **follows)).status_code == 428
    assert (await place.noor.send("DELETE", "/api/v1/boards/hall/definition")).status_code == 428


async def test_of_two_who_change_a_board_the_second_is_told_and_nothing_is_lost(place: Place) -> None:
    await place.make("sales")
    first = await place.put("sales", {**SALES, "title": "Of Ada"}, place.admin, if_match='"1"')
    assert first.status_code == 200
    second = await place.put("sales", {**SALES, "title": "Of Noor"}, if_match='"1"')
    assert second.status_code == 412
    assert second.json()["error"] == (
        "Ada changed this board after you opened it, on 2026-03-09 at 11:15. Nothing of yours has been kept yet."
    )
    removed = await place.noor.send("DELETE", "/api/v1/boards/sales/definition", None, **{"if-match": '"1"'})
    assert removed.status_code == 412
    assert (await place.defined())["sales"]["definition"]["title"] == "Of Ada"


async def test_a_board_that_was_removed_meanwhile_cannot_be_changed(place: Place) -> None:
    await place.make("sales")
    await place.noor.send("DELETE", "/api/v1/boards/sales/definition", None, **{"if-match": '"1"'})
    assert (await place.put("sales", SALES, if_match='"1"')).status_code == 404
    await place.make("sales")
    assert (await place.defined())["sales"]["version"] == 3


async def test_a_lead_defines_boards_of_the_own_teams_queues_only(place: Place) -> None:
    assert {id: one["may_change"] for id, one in (await place.defined()).items()} == {"main": False, "hall": True}
    assert {id: one["may_change"] for id, one in (await place.defined(place.sam)).items()} == {
        "main": False,
        "hall": False,
    }
    assert all(one["may_change"] for one in (await place.defined(place.admin)).values())
    # Neither by taking another's queue, nor by taking all, nor by taking over another's board.
    for form in ({**SALES, "queues": ["sales", "service"]}, {**SALES, "queues": []}):
        assert (await place.put("mine", form, **NEW)).status_code == 403
        assert (await place.noor.post("/api/v1/boards/mine/preview", form)).status_code == 403
    assert (await place.put("hall", {**SALES, "queues": ["webchat"]}, place.sam, if_match='"0"')).status_code == 403
    assert (await place.put("hall", {**SALES, "queues": []}, place.admin, if_match='"0"')).status_code == 200
    taken_back = await place.noor.send("DELETE", "/api/v1/boards/hall/definition", None, **{"if-match": '"1"'})
    assert taken_back.status_code == 403


async def test_a_lead_cannot_take_a_board_back_to_one_of_other_teams(place: Place) -> None:
    assert (await place.put("main", SALES, place.admin, if_match='"0"')).status_code == 200
    assert (await place.defined())["main"]["may_change"]
    back = await place.noor.send("DELETE", "/api/v1/boards/main/definition", None, **{"if-match": '"1"'})
    assert back.status_code == 403


async def test_there_are_not_more_boards_than_can_be_measured(place: Place) -> None:
    for number in range(MOST_BOARDS - len(SETTINGS.boards)):
        await place.make(f"b{number}")
    answer = await place.put("more", SALES, **NEW)
    assert (answer.status_code, "50 boards already" in answer.json()["error"]) == (400, True)


async def test_a_preview_shows_the_board_and_keeps_nothing(place: Place) -> None:
    shown = (await place.noor.post("/api/v1/boards/hall/preview", {**SALES, "title": "Perhaps"})).json()
    assert shown["parts"]["header"]["title"] == "Perhaps"
    assert (await place.defined())["hall"]["definition"]["title"] == "Hall"


async def test_a_board_outlives_the_server(place: Place) -> None:
    await place.make("sales")
    later = create_app(SETTINGS, place.feed, database=place.database, clock=place.clock)
    async with later.router.lifespan_context(later):
        browser = Browser(later)
        await browser.sign_in("noor", PASSWORD)
        answer = await browser.get("/api/v1/boards/sales/definition")
        assert (answer.json()["changed_by"], answer.headers["etag"]) == ("Noor", '"1"')


async def test_the_description_of_the_api_names_what_is_sent(place: Place) -> None:
    described = (await place.noor.get("/api/openapi.json")).json()
    put = described["paths"]["/api/v1/boards/{board}/definition"]["put"]
    assert put["requestBody"]["content"]["application/json"]["schema"]["$ref"] in {
        f"#/components/schemas/{name}" for name in described["components"]["schemas"]
    }
    assert {"400", "403", "404", "412", "428"} <= set(put["responses"])


class Walls:
    """The application behind a real port."""

    def __init__(self, port: int) -> None:
        self.port = port

    def open(self, board: str, cookie: str) -> websockets.connect:
        return websockets.connect(f"ws://127.0.0.1:{self.port}/ws/board/{board}", additional_headers={"cookie": cookie})


@pytest.fixture
async def walls(place: Place) -> AsyncIterator[Walls]:
    listening = listen(SETTINGS.web)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(serve(place.app, listening), name="web")
        yield Walls(listening.getsockname()[1])
        serving.cancel()


async def a_television(place: Place, *shown: str) -> str:
    """Its cookie."""
    television = Browser(place.app, "192.0.2.99")
    paired = (await television.post("/api/v1/pairings")).json()
    asked = {"code": paired["code"], "label": "Hall", "boards": shown}
    assert (await place.noor.post("/api/v1/displays", asked)).status_code == 201
    bearer = {"authorization": f"Bearer {paired['device']}"}
    answer = await television.client.get("/api/v1/pairings", headers=bearer)
    return answer.headers["set-cookie"].partition(";")[0]


async def test_a_wall_that_is_open_changes_without_loading_anew(place: Place, walls: Walls) -> None:
    async with walls.open("hall", await a_television(place, "hall")) as wall:
        seen = boards(wall)
        _, before = await anext(seen)
        assert [part for part in before.order if part.startswith("tile/")] == ["tile/waiting"]
        assert (await place.put("hall", {**SALES, "hide_waiting": True}, if_match='"0"')).status_code == 200
        async with asyncio.timeout(PATIENCE):
            async for _, now in seen:
                header = now.parts["header"]
                assert isinstance(header, Header)
                if header.title == "Sales today":
                    break
        assert [part for part in now.order if part.startswith("tile/")] == ["tile/helped_ratio"]


async def test_figures_of_the_old_queues_are_not_shown_as_those_of_the_new(place: Place) -> None:
    """The monitor pools the new ones a moment later; until then nothing is said, rather than something wrong."""
    await place.put("hall", {**SALES, "tiles": ["waiting"]}, if_match='"0"')
    pooled = site(scope("board", "hall", live(waiting=7)), boards={"main": (), "hall": ("sales",)})
    for figures, waiting in (
        (pooled, None),
        (msgspec.structs.replace(pooled, boards={"hall": ("webchat", "sales")}), 7),
    ):
        await place.feed.publish(figures)
        shown = msgspec.convert((await place.noor.get("/api/v1/boards/hall")).json()["parts"]["tile/waiting"], Tile)
        assert shown.figures[0].value == waiting


async def heard_out(wall: websockets.ClientConnection) -> None:
    """Until the server closes it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await wall.recv()


async def test_a_television_is_told_that_its_board_was_removed_and_finds_it_again(place: Place, walls: Walls) -> None:
    await place.make("sales")
    cookie = await a_television(place, "sales")
    async with walls.open("sales", cookie) as wall:
        await snapshot(wall)
        await place.noor.send("DELETE", "/api/v1/boards/sales/definition", None, **{"if-match": '"1"'})
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await heard_out(wall)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == NO_SUCH_BOARD
    await place.make("sales")
    async with walls.open("sales", cookie) as wall:
        assert (await snapshot(wall)).board.id == "sales"


async def test_turns_pass_over_a_board_that_is_gone(place: Place) -> None:
    await place.make("sales")
    await place.put("hall", {**SALES, "rotate": ["hall", "sales", "main"]}, if_match='"0"')
    await place.noor.send("DELETE", "/api/v1/boards/sales/definition", None, **{"if-match": '"1"'})
    shown = (await place.noor.get("/api/v1/boards/hall")).json()
    assert shown["parts"]["header"]["rotate"] == ["hall", "main"]
