"""The page to sign in at, as somebody meets it: in the demo, with a password, on a phone, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from monitor.journal import URL, journal_url
from monitor.people.accounts import Accounts
from monitor.people.passwords import once_of
from monitor.settings import Settings
from tests.browser.served import Served, served
from tests.browser.test_accessibility import complaints
from tests.people import PASSWORD, account, demo_people, password_hash, store

CODE = "abcd-efgh-jkmn"


def filled(folder: Path) -> Any:
    async def fill() -> URL:
        async with store(folder) as database:
            await demo_people(database)
            await Accounts(database).put(
                account("noor", "privacy", password=password_hash()),
                account("bo", "privacy", password=once_of(CODE, datetime(2100, 1, 1, tzinfo=UTC))),
            )
        return journal_url(None, folder)

    return fill


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Served]:
    with served(Settings(boards={"demo": {}}), demo=True, people=filled(tmp_path)) as running:
        yield running


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Served]:
    with served(Settings(boards={"main": {}}, sign_in={}), people=filled(tmp_path)) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    yield context.new_page()
    context.close()


def test_in_the_demo_one_click_opens_the_page_of_a_role(page: Page, demo: Served) -> None:
    page.goto(demo.address + "/sign-in")
    expect(page.get_by_role("heading", name="This is a demo")).to_be_visible()
    assert complaints(page) == []
    page.get_by_role("button", name="Privacy").click()
    page.wait_for_url("**/privacy")
    page.goto(demo.address + "/sign-in")
    expect(page.get_by_text("You are signed in as Demo-Privacy.")).to_be_visible()
    assert complaints(page) == []
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_text("You are signed in as")).to_have_count(0)


def test_a_page_that_was_asked_for_opens_after_signing_in(page: Page, centre: Served) -> None:
    page.goto(centre.address + "/wall/main")
    page.wait_for_url("**/sign-in?next=/wall/main")
    page.get_by_label("Name").fill("noor")
    page.get_by_label("Password").fill("not this one")
    page.get_by_label("Password").press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This name and password do not belong together.")
    assert complaints(page) == []
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    page.wait_for_url("**/wall/main")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)])
def test_it_is_legible_everywhere_and_speaks_dutch(
    browser: Browser, demo: Served, theme: Any, size: tuple[int, int]
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale="nl-NL", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(demo.address + "/sign-in?problem=no_role")
    expect(page.get_by_role("heading", name="Dit is een demo")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("nog geen rol")
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="This is a demo")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    context.close()


@pytest.mark.parametrize(("size", "theme"), [((1366, 768), "light"), ((390, 844), "dark")])
def test_an_admin_lets_a_screen_in_and_takes_it_back(
    browser: Browser, demo: Served, size: tuple[int, int], theme: Any
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale="en-GB")
    page = context.new_page()
    paired = context.request.post(f"{demo.address}/api/v1/pairings", headers={"origin": demo.address}).json()
    page.goto(demo.address + "/sign-in?next=/admin")
    page.get_by_role("button", name="Admin").click()
    page.wait_for_url("**/admin")
    page.get_by_label("Code on the screen").fill(paired["code"].lower())
    page.get_by_label("Where it hangs").fill("The hall")
    page.get_by_role("button", name="Let it in").click()
    expect(page.get_by_text("The hall · demo")).to_be_visible()
    expect(page.get_by_text("Demo-Lead", exact=False).first).to_be_visible()
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("No screen is let in yet")).to_be_visible()
    context.close()


def test_nobody_is_sent_to_another_site(page: Page, demo: Served) -> None:
    page.goto(demo.address + "/sign-in?next=//evil.example/")
    page.get_by_role("button", name="Privacy").click()
    page.wait_for_url("**/privacy")


def test_with_a_code_one_chooses_a_password(page: Page, centre: Served) -> None:
    page.goto(centre.address + "/sign-in")
    page.get_by_label("Name").fill("bo")
    page.get_by_label("Password", exact=True).fill(CODE)
    page.get_by_role("button", name="Sign in").click()
    chosen = page.get_by_label("A password of your own")
    expect(chosen).to_be_focused()
    expect(page.get_by_text("choose a password of your own now")).to_be_visible()
    assert complaints(page) == []
    chosen.fill("words of my own")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/privacy")
