"""What an admin may do to accounts and the directory, and everybody to the own password."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from monitor.feed import Feed
from monitor.journal import Database, database_of, journal_url
from monitor.people.accounts import Accounts
from monitor.people.passwords import once_of
from monitor.settings import Settings
from tests.people import PASSWORD, Browser, account, password_hash, store
from tests.pictures import NOW
from web.app import create_app

SETTINGS = Settings(boards={"main": {}}, sign_in={}, people={"processing": True})
NEW = {"login": "Bo", "name": "Bo Smit", "password": "four words are enough", "roles": ["lead"], "teams": ["north"]}


class Place:
    """An admin who is signed in, and another browser."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.app = create_app(SETTINGS, Feed(), database=database)
        self.admin, self.other = Browser(self.app), Browser(self.app)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with store(tmp_path) as database:
        await Accounts(database).put(account("ada", "admin", password=password_hash()))
        made = Place(database)
        await made.admin.sign_in("ada", PASSWORD)
        yield made


async def test_an_admin_makes_an_account_that_can_sign_in(place: Place) -> None:
    made = await place.admin.post("/api/v1/accounts", NEW)
    assert (made.status_code, made.json()["login"], made.json()["by"]) == (201, "bo", "password")
    assert (await place.other.sign_in("bo", NEW["password"])).status_code == 200  # type: ignore[arg-type]


async def test_no_answer_holds_what_one_signs_in_with(place: Place) -> None:
    await place.admin.post("/api/v1/accounts", NEW)
    said = (await place.admin.get("/api/v1/accounts")).text
    assert "bo" in said
    assert "argon2" not in said
    assert "password_hash" not in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"login": "ada"}, "already"),
        ({"login": ""}, "login"),
        ({"roles": ["boss"]}, "no role"),
        ({"roles": ["agent"]}, "which agent"),
        ({"teams": []}, "teams"),
        ({"password": "short"}, "12 characters"),
        ({"salary": 1}, "salary"),
    ],
)
async def test_an_account_that_cannot_be_is_refused_in_words(
    place: Place, change: dict[str, object], says: str
) -> None:
    answer = await place.admin.post("/api/v1/accounts", NEW | change)
    assert (answer.status_code, says in answer.json()["error"]) == (400, True)


async def test_other_roles_take_effect_at_once_and_sign_out(place: Place) -> None:
    bo = (await place.admin.post("/api/v1/accounts", NEW)).json()["account"]
    await place.other.sign_in("bo", str(NEW["password"]))
    changed = await place.admin.send("PATCH", f"/api/v1/accounts/{bo}", {"roles": ["privacy"]})
    assert changed.json()["roles"] == ["privacy"]
    assert (await place.other.get("/api/v1/directory")).status_code == 401
    closed = await place.admin.send("PATCH", f"/api/v1/accounts/{bo}", {"closed": True})
    assert closed.json()["closed_at"]
    assert (await place.other.sign_in("bo", str(NEW["password"]))).status_code == 401


async def test_the_last_admin_stays(place: Place) -> None:
    for change in ({"closed": True}, {"roles": ["privacy"]}):
        answer = await place.admin.send("PATCH", "/api/v1/accounts/ada", change)
        assert (answer.status_code, "Nobody would be left" in answer.json()["error"]) == (400, True)
    assert (await place.admin.send("PATCH", "/api/v1/accounts/nobody", {})).status_code == 404


async def test_an_account_is_removed_but_for_the_last_admin(place: Place) -> None:
    bo = (await place.admin.post("/api/v1/accounts", NEW)).json()["account"]
    await place.other.sign_in("bo", str(NEW["password"]))
    assert (await place.admin.send("DELETE", f"/api/v1/accounts/{bo}")).status_code == 204
    assert (await place.other.get("/api/v1/team")).status_code == 401
    assert (await place.other.sign_in("bo", str(NEW["password"]))).status_code == 401
    assert (await place.admin.send("DELETE", f"/api/v1/accounts/{bo}")).status_code == 404
    last = await place.admin.send("DELETE", "/api/v1/accounts/ada")
    assert (last.status_code, "Nobody would be left" in last.json()["error"]) == (400, True)


async def test_a_code_opens_an_account_once_to_choose_a_password(place: Place) -> None:
    bo = (await place.admin.post("/api/v1/accounts", {**NEW, "password": None})).json()
    assert bo["by"] == "nothing"
    codes = [(await place.admin.post(f"/api/v1/accounts/{bo['account']}/code")).json()["code"] for _ in range(2)]
    replaced, code = codes
    assert replaced != code
    given = {"login": "bo", "password": code}
    assert (await place.other.sign_in("bo", replaced)).status_code == 401
    assert (await place.other.sign_in("bo", code)).status_code == 409
    for new, says in ((code, "choose a password"), ("short", "12 characters")):
        refused = await place.other.post("/api/v1/sign-in", {**given, "new": new})
        assert says in refused.json()["error"]
    assert (await place.other.get("/api/v1/team")).status_code == 401
    entered = await place.other.post("/api/v1/sign-in", {**given, "new": "words of my own"})
    assert entered.json()["person"]["name"] == NEW["name"]
    assert (await place.other.sign_in("bo", code)).status_code == 401
    assert (await place.other.sign_in("bo", "words of my own")).status_code == 200


async def test_a_code_ends(tmp_path: Path) -> None:
    async with store(tmp_path) as database:
        await Accounts(database).put(account("ada", "admin", password=once_of("a-code-to-hand", NOW)))
        app = create_app(SETTINGS, Feed(), database=database, clock=lambda: NOW)
        assert (await Browser(app).sign_in("ada", "a-code-to-hand")).status_code == 401


async def test_who_signs_in_through_the_provider_gets_no_code(place: Place) -> None:
    await Accounts(place.database).put(msgspec.structs.replace(account("kim", "lead", teams=["x"]), subject="idp kim"))
    answer = await place.admin.post("/api/v1/accounts/kim/code")
    assert (answer.status_code, "provider" in answer.json()["error"]) == (400, True)


async def test_whatever_is_done_to_an_account_is_logged_for_admins_and_not_among_the_decisions(place: Place) -> None:
    bo = (await place.admin.post("/api/v1/accounts", NEW)).json()["account"]
    for change in ({"roles": ["privacy"]}, {"closed": True}, {"closed": False}, {"password": "another one of words"}):
        await place.admin.send("PATCH", f"/api/v1/accounts/{bo}", change)
    await place.admin.post(f"/api/v1/accounts/{bo}/code")
    said = (await place.admin.get("/api/v1/accounts/log")).json()
    assert {(one["by"], one["name"]) for one in said} == {("Ada", "Bo Smit")}
    assert [one["done"] for one in reversed(said)] == ["made", "changed", "closed", "opened", "password", "code"]
    assert [tuple(one["roles"]) for one in reversed(said)][:2] == [("lead",), ("privacy",)]
    await place.admin.send("DELETE", f"/api/v1/accounts/{bo}")
    last = (await place.admin.get("/api/v1/accounts/log")).json()[0]
    assert (last["done"], last["name"], last["account"]) == ("removed", "", bo)
    assert (await place.admin.get("/api/v1/privacy")).json()["decisions"] == []


async def test_everybody_changes_the_own_password_and_only_this_browser_stays(place: Place) -> None:
    await place.other.sign_in("ada", PASSWORD)
    wrong = await place.admin.send("PUT", "/api/v1/password", {"old": "not this", "new": "another one of words"})
    assert wrong.status_code == 403
    right = await place.admin.send("PUT", "/api/v1/password", {"old": PASSWORD, "new": "another one of words"})
    assert (right.status_code, right.json()["person"]["account"]) == (200, "ada")
    assert (await place.admin.get("/api/v1/accounts")).status_code == 200
    assert (await place.other.get("/api/v1/accounts")).status_code == 401
    assert (await place.other.sign_in("ada", PASSWORD)).status_code == 401


async def test_the_directory_is_replaced_as_a_whole_or_not_at_all(place: Place) -> None:
    lotte = {"agent": "a-1", "name": "Lotte", "team": "north", "skills": ["sales"], "started_on": "2024-03-01"}
    assert (await place.admin.send("PUT", "/api/v1/directory", [lotte])).status_code == 204
    for wrong in ([lotte, lotte], [{**lotte, "salary": 1}], [{"agent": "a-2"}], {"agent": "a-1"}):
        assert (await place.admin.send("PUT", "/api/v1/directory", wrong)).status_code == 400
    (kept,) = (await place.admin.get("/api/v1/directory")).json()
    assert kept == {**lotte, "left_on": None}


def empty(folder: Path) -> bool:
    return not list(folder.iterdir())


async def test_while_the_store_is_away_walls_stay_up_and_the_rest_says_so(tmp_path: Path) -> None:
    async with database_of(journal_url(None, tmp_path), wait=False) as database:
        app = create_app(Settings(boards={"main": {}}), Feed(), demo=True, database=database)
        cookie = {"cookie": "balans_session=x"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x.example") as client:
            assert (await client.get("/api/v1/boards", headers=cookie)).status_code == 200
            assert (await client.get("/api/v1/accounts", headers=cookie)).status_code == 503
            begun = await client.post("/api/v1/sign-in/demo", json={"role": "lead"}, headers={"accept-language": "nl"})
            assert (begun.status_code, "nog aan het starten" in begun.text) == (503, True)
    assert empty(tmp_path), "only the monitor makes the store"


async def test_metrics_can_be_for_who_shows_a_token(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("a secret\n")
    app = create_app(Settings(web={"metrics_token_file": file}), Feed())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x.example") as client:
        for shown, status in (("", 401), ("Bearer wrong", 401), ("Bearer a secret", 200)):
            assert (await client.get("/metrics", headers={"authorization": shown})).status_code == status
