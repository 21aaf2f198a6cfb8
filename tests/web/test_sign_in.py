"""Signing in and out, and what a stranger, a forger and a guesser get."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from monitor.feed import Feed
from monitor.journal import Database
from monitor.people.accounts import Accounts
from monitor.settings import Settings
from tests.people import PASSWORD, Browser, account, demo_people, password_hash, store
from tests.web.conftest import Clock
from web.app import create_app
from web.sign_in import OF_ACCOUNT

CONFIGURED = Settings(boards={"main": {}}, sign_in={"session_hours": 8, "idle_hours": 1})


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with store(tmp_path) as opened:
        await Accounts(opened).put(account("noor", "lead", teams=["north"], password=password_hash()))
        await demo_people(opened)
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def browser(database: Database, clock: Clock) -> Browser:
    return Browser(create_app(CONFIGURED, Feed(), database=database, clock=clock))


def all_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def who(browser: Browser) -> str | None:
    person = (await browser.get("/api/v1/session")).json()["person"]
    return person and person["account"]


async def test_who_signs_in_is_known_until_signing_out(browser: Browser) -> None:
    assert await who(browser) is None
    answer = await browser.sign_in("Noor", PASSWORD)
    assert (answer.status_code, answer.json()["person"]["home"]) == (200, "/team")
    assert await who(browser) == "noor"
    assert (await browser.post("/api/v1/sign-out")).status_code == 204
    assert await who(browser) is None


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    cookie = (await browser.sign_in("noor", PASSWORD)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


async def test_behind_https_the_cookie_stays_there(database: Database) -> None:
    settings = Settings(sign_in={}, web={"https": True})
    browser = Browser(create_app(settings, Feed(), database=database))
    cookie = (await browser.sign_in("noor", PASSWORD)).headers["set-cookie"]
    assert cookie.startswith("__Host-balans_session=")
    assert "secure" in cookie.lower()


async def test_the_store_holds_no_secret_of_a_session(browser: Browser, tmp_path: Path) -> None:
    await browser.sign_in("noor", PASSWORD)
    token = browser.client.cookies["balans_session"]
    kept = all_in(tmp_path)
    assert token.encode() not in kept
    assert PASSWORD.encode() not in kept


async def test_a_wrong_password_and_an_unknown_name_sound_the_same(browser: Browser) -> None:
    wrong, unknown = await browser.sign_in("noor", "not this one"), await browser.sign_in("nobody", PASSWORD)
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


async def test_guessing_one_account_is_stopped_for_a_while(browser: Browser, clock: Clock) -> None:
    for _ in range(OF_ACCOUNT):
        assert (await browser.sign_in("noor", "a guess")).status_code == 401
    refused = await browser.sign_in("noor", PASSWORD)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "900")
    clock.now += timedelta(minutes=15)
    assert (await browser.sign_in("noor", PASSWORD)).status_code == 200


@pytest.mark.parametrize(("hours", "still"), [(0.9, "noor"), (1.0, None)])
async def test_who_is_idle_for_too_long_signs_in_again(
    browser: Browser, clock: Clock, hours: float, still: str | None
) -> None:
    await browser.sign_in("noor", PASSWORD)
    clock.now += timedelta(hours=hours)
    assert await who(browser) == still


async def test_no_session_outlives_its_end_however_busy(browser: Browser, clock: Clock) -> None:
    await browser.sign_in("noor", PASSWORD)
    for _ in range(15):
        clock.now += timedelta(minutes=30)
        assert await who(browser) == "noor"
    clock.now += timedelta(minutes=30)
    assert await who(browser) is None


async def test_signing_in_anew_makes_the_old_cookie_worthless(browser: Browser) -> None:
    await browser.sign_in("noor", PASSWORD)
    old = browser.client.cookies["balans_session"]
    await browser.sign_in("noor", PASSWORD)
    assert browser.client.cookies["balans_session"] != old
    browser.client.cookies.clear()
    stolen = await browser.client.get("/api/v1/session", headers={"cookie": f"balans_session={old}"})
    assert stolen.json()["person"] is None


async def test_signing_out_everywhere_ends_the_other_browser_too(browser: Browser, database: Database) -> None:
    other = Browser(create_app(CONFIGURED, Feed(), database=database, clock=Clock()))
    await browser.sign_in("noor", PASSWORD)
    await other.sign_in("noor", PASSWORD)
    await browser.post("/api/v1/sign-out", {"everywhere": True})
    assert await who(other) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"x-balans-csrf": ""},
        {"x-balans-csrf": "guess"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_another_site_can_make_the_browser_do_nothing(browser: Browser, headers: dict[str, str]) -> None:
    await browser.sign_in("noor", PASSWORD)
    answer = await browser.post("/api/v1/sign-out", **headers)
    assert answer.status_code == 403
    assert await who(browser) == "noor"


async def test_another_site_cannot_sign_somebody_in(browser: Browser) -> None:
    given = {"login": "noor", "password": PASSWORD}
    assert (await browser.post("/api/v1/sign-in", given, origin="https://evil.example")).status_code == 403
    assert await who(browser) is None


async def test_the_demo_is_one_click_a_role(database: Database) -> None:
    browser = Browser(create_app(Settings(boards={"main": {}}), Feed(), demo=True, database=database))
    session = (await browser.get("/api/v1/session")).json()
    assert session["demo"]
    assert session["ways"]["demo"] == ["agent", "lead", "operations", "privacy", "admin"]
    await browser.play("agent")
    assert (await browser.get("/api/v1/session")).json()["person"]["agent"] == "a-1"


async def test_outside_the_demo_there_are_no_clicks(browser: Browser) -> None:
    assert (await browser.post("/api/v1/sign-in/demo", {"role": "admin"})).status_code == 403


async def test_a_stranger_is_sent_to_sign_in_and_told_in_words(browser: Browser) -> None:
    page, api = await browser.get("/team"), await browser.get("/api/v1/figures")
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=/team")
    assert (api.status_code, api.json()) == (401, {"error": "Sign in first."})


async def test_a_closed_account_is_closed_at_once(browser: Browser, database: Database, clock: Clock) -> None:
    await browser.sign_in("noor", PASSWORD)
    kept = await Accounts(database).of_login("noor")
    assert kept is not None
    await Accounts(database).put(msgspec.structs.replace(kept, closed_at=clock.now))
    assert await who(browser) is None
    assert (await browser.sign_in("noor", PASSWORD)).status_code == 401
