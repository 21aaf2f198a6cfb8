"""A television is let in, for real: it shows a code, a lead types it in, it shows its board and nothing else, it keeps
that over a restart of the browser's page, and it is sent away when the lead says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIRequestContext, Browser, expect

from monitor.figures import SiteFigures
from monitor.journal import URL, database_of, journal_url, opened_journal
from monitor.people.accounts import Accounts
from monitor.people.passwords import hash_of
from monitor.settings import Settings
from tests.browser.centre import settings
from tests.browser.served import Served, served
from tests.people import account

PASSWORD = "a long enough password"


async def with_a_lead(folder: Path) -> URL:
    """A database in which Kim leads a team."""
    url = journal_url(None, folder)
    async with opened_journal(url), database_of(url) as database:
        await Accounts(database).put(account("kim", "lead", teams=["amstel"], password=hash_of(PASSWORD)))
    return url


@pytest.fixture
def place(tmp_path: Path, afternoon: SiteFigures) -> Iterator[Served]:
    """A site in which one has to sign in, with a second board that the television is not given."""
    table = settings().model_dump()
    table["boards"]["other"] = {"title": "Another floor"}
    table["sign_in"] = {}
    with served(Settings(**table), people=lambda: with_a_lead(tmp_path)) as running:
        running.publish(afternoon)
        yield running


def told(lead: APIRequestContext, place: Served, method: str, path: str, body: object = None) -> object:
    """What the server answers to a click of the lead's."""
    csrf = lead.get(f"{place.address}/api/v1/session").json()["csrf"] or ""
    headers = {"origin": place.address, "x-balans-csrf": csrf}
    answer = lead.fetch(place.address + path, method=method, data=body or {}, headers=headers)
    assert answer.ok, answer.text()
    return answer.json() if answer.body() else None


def test_a_television_shows_its_board_for_weeks_and_nothing_else(browser: Browser, place: Served) -> None:
    television, desk = browser.new_context(locale="en-GB"), browser.new_context(locale="en-GB")
    screen, lead = television.new_page(), desk.request
    assert television.request.get(f"{place.address}/api/v1/boards/demo").status == 401

    screen.goto(f"{place.address}/tv")
    code = screen.locator(".code")
    expect(code).to_be_visible()

    told(lead, place, "POST", "/api/v1/sign-in", {"login": "kim", "password": PASSWORD})
    wanted = {"code": code.inner_text(), "label": "By the coffee", "boards": ["demo"]}
    told(lead, place, "POST", "/api/v1/displays", wanted)
    expect(screen.locator(".tile").first).to_be_visible()
    assert screen.url.endswith("/wall/demo")

    ways = television.request
    assert ways.get(f"{place.address}/api/v1/boards/demo").status == 200
    for path in ("/api/v1/boards/other", "/api/v1/team", "/api/v1/me", "/api/v1/privacy", "/api/v1/figures"):
        assert ways.get(place.address + path).status in (401, 403), path

    screen.goto(f"{place.address}/tv")
    expect(screen.locator(".tile").first).to_be_visible()

    (display,) = told(lead, place, "GET", "/api/v1/displays")  # type: ignore[misc]
    told(lead, place, "DELETE", f"/api/v1/displays/{display['display']}")
    expect(screen.locator(".code")).to_be_visible(timeout=60_000)
    assert ways.get(f"{place.address}/api/v1/boards/demo").status in (401, 403)
    television.close()
    desk.close()
