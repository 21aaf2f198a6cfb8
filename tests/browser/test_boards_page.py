"""The page of boards, by hand: a lead makes one, walls that are open follow, and nobody's change is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from monitor.figures import SiteFigures
from monitor.journal import URL, database_of, journal_url, opened_journal
from monitor.people.accounts import Accounts
from monitor.people.passwords import hash_of
from monitor.settings import Settings
from tests.browser.centre import settings
from tests.browser.served import Served, served
from tests.browser.test_accessibility import complaints
from tests.people import account

PICTURES = Path(__file__).parent / "pictures"
PASSWORD = "a long enough password"
SIZES = {"tv": (1920, 1080), "laptop": (1366, 768), "phone": (390, 844)}
LOOKS = [
    ("tv", "light", "nl"),
    ("tv", "dark", "en"),
    ("laptop", "dark", "nl"),
    ("laptop", "light", "en"),
    ("phone", "light", "en"),
    ("phone", "dark", "nl"),
]
HALL = {
    "title": "Hal",
    "queues": ["klantenservice"],
    "tiles": ["waiting", "service_level_ratio", "occupancy_ratio"],
}


async def with_leads(folder: Path, teams: list[str]) -> URL:
    """A database in which Kim leads every team, Sam one, and Ada is an admin."""
    url = journal_url(None, folder)
    async with opened_journal(url), database_of(url) as database:
        hashed = hash_of(PASSWORD)
        await Accounts(database).put(
            account("kim", "lead", teams=teams, password=hashed),
            account("sam", "lead", teams=teams[:1], password=hashed),
            account("ada", "admin", password=hashed),
        )
    return url


@pytest.fixture
def place(tmp_path: Path, afternoon: SiteFigures) -> Iterator[Served]:
    """A site in which one has to sign in, with a second board of one queue."""
    table = settings().model_dump()
    table["boards"]["hall"] = HALL
    table["sign_in"] = {}
    made = Settings(**table)
    with served(made, people=lambda: with_leads(tmp_path, list(made.teams))) as running:
        running.publish(afternoon)
        yield running


def signed_in(browser: Browser, place: Served, login: str = "kim", **how: Any) -> BrowserContext:
    context = browser.new_context(**{"locale": "en-GB", **how})
    given = {"login": login, "password": PASSWORD}
    answer = context.request.post(f"{place.address}/api/v1/sign-in", data=given, headers={"origin": place.address})
    assert answer.ok, answer.text()
    return context


def boards_of(context: BrowserContext, place: Served) -> Page:
    page = context.new_page()
    page.goto(f"{place.address}/boards")
    expect(page.get_by_role("heading", name="Wallboards")).to_be_visible()
    return page


def changing(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Change {name}").click()
    expect(page.locator(".figures")).to_be_visible()


@pytest.mark.parametrize(("size", "theme", "language"), LOOKS)
def test_a_picture_and_nothing_to_complain_of(
    browser: Browser, place: Served, size: str, theme: Any, language: str
) -> None:
    width, height = SIZES[size]
    locale = {"nl": "nl-NL", "en": "en-GB"}[language]
    viewport = {"width": width, "height": height}
    context = signed_in(browser, place, viewport=viewport, color_scheme=theme, locale=locale)
    page = context.new_page()
    page.goto(f"{place.address}/boards")
    PICTURES.mkdir(exist_ok=True)
    for part, there in (("list", ".lines"), ("editor", ".figures")):
        page.wait_for_selector(there)
        page.wait_for_function("document.fonts.ready")
        page.screenshot(path=PICTURES / f"boards-{part}-{size}-{theme}-{language}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing is wider than the screen"
        assert complaints(page) == []
        if part == "list":
            page.locator(".lines button").first.click()
    context.close()


def test_a_lead_makes_a_board_and_a_wall_that_is_open_follows_its_changes(browser: Browser, place: Served) -> None:
    desk = signed_in(browser, place)
    page = boards_of(desk, place)
    page.get_by_role("button", name="New board").click()
    page.get_by_label("Name").fill("Één voor allen")
    expect(page.get_by_text("Its address is /wall/een-voor-allen")).to_be_visible()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("is kept")).to_be_visible()
    expect(page.get_by_text("last changed by Kim").first).to_be_visible()

    wall = desk.new_page()
    wall.goto(f"{place.address}/wall/een-voor-allen")
    expect(wall.locator(".tile")).to_have_count(5)
    wall.evaluate("window.stayed = true")
    changing(page, "Één voor allen")
    page.get_by_role("button", name="Service level: one place up").press("Enter")
    expect(page.get_by_role("button", name="Service level: one place down")).to_be_focused()
    page.get_by_role("button", name="Occupancy: take away").click()
    page.get_by_label("Name").fill("Samen")
    page.get_by_role("button", name="Keep").click()
    expect(wall.get_by_role("heading", name="Samen")).to_be_visible()
    expect(wall.locator(".tile h2").first).to_contain_text("Service level")
    expect(wall.locator(".tile")).to_have_count(4)
    assert wall.evaluate("window.stayed")
    expect(wall.get_by_text("Kim")).to_have_count(0)
    desk.close()


def test_the_preview_says_at_once_what_a_board_cannot_be(browser: Browser, place: Served) -> None:
    desk = signed_in(browser, place)
    page = boards_of(desk, place)
    changing(page, "Hal")
    for label in ("Customers waiting", "Service level", "Occupancy"):
        page.get_by_role("button", name=f"{label}: take away").click()
    expect(page.get_by_text("A board has one to 5 large figures; this one has 0.")).to_be_visible()
    page.get_by_label("Add a figure…").select_option("compliments")
    expect(page.locator(".figures li")).to_have_count(1)
    desk.close()


def test_of_two_leads_the_second_is_told_and_chooses(browser: Browser, place: Served) -> None:
    first, second = signed_in(browser, place), signed_in(browser, place, "ada")
    of_kim, of_ada = boards_of(first, place), boards_of(second, place)
    for page, name in ((of_ada, "Of Ada"), (of_kim, "Of Kim")):
        changing(page, "Hal")
        page.get_by_label("Name").fill(name)
    of_kim.get_by_role("button", name="Keep", exact=True).click()
    expect(of_kim.get_by_text("is kept")).to_be_visible()

    of_ada.get_by_role("button", name="Keep", exact=True).click()
    expect(of_ada.get_by_role("alert").filter(has_text="Kim changed this board")).to_be_visible()
    assert complaints(of_ada) == []
    expect(of_ada.get_by_label("Name")).to_have_value("Of Ada")
    of_ada.get_by_role("button", name="Show theirs").click()
    expect(of_ada.get_by_label("Name")).to_have_value("Of Kim")

    of_ada.get_by_label("Name").fill("Of both")
    of_ada.get_by_role("button", name="Keep", exact=True).click()
    expect(of_ada.get_by_text("“Of both” is kept")).to_be_visible()
    first.close()
    second.close()


def test_back_to_the_configurations_is_one_button_and_a_question(browser: Browser, place: Served) -> None:
    desk = signed_in(browser, place)
    page = boards_of(desk, place)
    changing(page, "Hal")
    expect(page.get_by_role("button", name="Back to the configuration's")).to_have_count(0)
    page.get_by_label("Hide who waits.").check()
    expect(page.locator(".figures li")).to_have_count(2)
    expect(page.get_by_text("are left out")).to_be_visible()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("changed here")).to_be_visible()
    changing(page, "Hal")
    page.get_by_role("button", name="Back to the configuration's").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert complaints(page) == []
    dialog.get_by_role("button", name="Back to the configuration's").click()
    expect(page.get_by_text("again as the configuration has it")).to_be_visible()
    desk.close()


def test_a_lead_sees_which_boards_are_of_other_teams_and_copies_one_with_the_own_queues(
    browser: Browser, place: Served
) -> None:
    desk = signed_in(browser, place, "sam")
    page = boards_of(desk, place)
    row = page.locator(".lines li").first
    expect(row.get_by_text("queues of other teams")).to_be_visible()
    expect(row.get_by_role("button", name="Change")).to_have_count(0)
    row.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("is kept")).to_be_visible()
    desk.close()


def test_a_television_shows_the_change_and_says_when_its_board_is_gone(browser: Browser, place: Served) -> None:
    desk, television = signed_in(browser, place), browser.new_context(locale="en-GB")
    page, screen = boards_of(desk, place), television.new_page()
    page.get_by_role("button", name="New board").click()
    page.get_by_label("Name").fill("Coffee")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("is kept")).to_be_visible()

    screen.goto(f"{place.address}/tv")
    expect(screen.locator(".code")).to_be_visible()
    admin = desk.new_page()
    admin.goto(f"{place.address}/admin")
    admin.get_by_label("Code on the screen").fill(screen.locator(".code").inner_text())
    admin.get_by_label("Where it hangs").fill("By the coffee")
    admin.locator("fieldset input").first.uncheck()
    admin.get_by_label("Coffee").check()
    admin.get_by_role("button", name="Let it in").click()
    expect(screen.get_by_role("heading", name="Coffee")).to_be_visible()
    expect(screen.get_by_role("link", name="Change this board")).to_have_count(0)

    changing(page, "Coffee")
    page.get_by_role("button", name="Add a notice").click()
    page.get_by_label("What people should know").fill("Cake at three")
    page.get_by_role("button", name="Keep").click()
    expect(screen.get_by_text("Cake at three")).to_be_visible()

    changing(page, "Coffee")
    page.get_by_role("button", name="Remove this board").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove this board").click()
    expect(page.get_by_text("is removed")).to_be_visible()
    expect(screen.get_by_text("This board has been removed.")).to_be_visible()
    expect(screen.locator(".tile")).to_have_count(0)
    assert complaints(screen) == []
    television.close()
    desk.close()


def test_a_lead_comes_from_a_wall_to_its_own_definition(browser: Browser, place: Served) -> None:
    desk = signed_in(browser, place)
    wall = desk.new_page()
    wall.goto(f"{place.address}/wall/hall")
    wall.get_by_role("link", name="Change this board").click()
    expect(wall.get_by_role("heading", name="Change “Hal”")).to_be_visible()
    desk.close()
