"""The pages of people as pictures to be looked at, and what axe says of them; and one dispute, by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from monitor.figures import SiteFigures
from tests.browser.desk import ALERT, alarmed
from tests.browser.people import SETTINGS, filled
from tests.browser.served import Served, served
from tests.browser.test_accessibility import complaints

PICTURES = Path(__file__).parent / "pictures"
PAGES = {
    "admin": ("admin", "/admin", ".lines li"),
    "me": ("agent", "/me", ".work"),
    "privacy": ("privacy", "/privacy", ".listed"),
    "team": ("lead", "/team", ".people"),
    "outages": ("operations", "/outages", ".over"),
}
"""Role, address, and what is there when the page is."""
SIZES = {"tv": (1920, 1080), "laptop": (1366, 768), "phone": (390, 844)}
LOOKS = [
    ("tv", "light", "nl"),
    ("tv", "dark", "en"),
    ("laptop", "dark", "nl"),
    ("laptop", "light", "en"),
    ("phone", "light", "en"),
    ("phone", "dark", "nl"),
]


@pytest.fixture
def place(tmp_path: Path, afternoon: SiteFigures) -> Iterator[Served]:
    """A site with people in it, on a simulated afternoon."""
    with served(SETTINGS, demo=True, people=lambda: filled(tmp_path)) as running:
        running.publish(alarmed(afternoon))
        yield running


def opened(browser: Browser, place: Served, name: str, **how: Any) -> Page:
    """The page, after signing in as who it is for."""
    role, address, there = PAGES[name]
    context = browser.new_context(**how)
    page = context.new_page()
    said = context.request.post(
        f"{place.address}/api/v1/sign-in/demo", data={"role": role}, headers={"origin": place.address}
    )
    assert said.ok, said.text()
    page.goto(place.address + address)
    page.wait_for_selector(there)
    page.wait_for_function("document.fonts.ready")
    return page


@pytest.mark.parametrize(("size", "theme", "language"), LOOKS)
@pytest.mark.parametrize("name", list(PAGES))
def test_a_picture_and_nothing_to_complain_of(
    browser: Browser, place: Served, name: str, size: str, theme: Any, language: str
) -> None:
    width, height = SIZES[size]
    locale = {"nl": "nl-NL", "en": "en-GB"}[language]
    page = opened(browser, place, name, viewport={"width": width, "height": height}, color_scheme=theme, locale=locale)
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-{size}-{theme}-{language}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing is wider than the screen"
    assert complaints(page) == []
    page.context.close()


def test_a_contact_that_is_not_right_stops_counting_and_can_be_taken_back(browser: Browser, place: Served) -> None:
    page = opened(browser, place, "me", locale="en-GB")
    page.get_by_text("storing · Phone · waited long").click()
    page.get_by_role("button", name="Is this not right?").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("There was an outage").check()
    dialog.get_by_label("In your own words").fill("The line was down.")
    assert complaints(page) == []
    dialog.get_by_role("button", name="Take it out").click()
    expect(dialog).not_to_be_visible()
    expect(page.get_by_text("The line was down.")).to_be_visible()

    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("The line was down.")).not_to_be_visible()
    page.context.close()


def test_operations_tells_an_outage_by_keyboard_closes_it_and_takes_one_back(browser: Browser, place: Served) -> None:
    page = opened(browser, place, "outages", locale="en-GB")
    page.get_by_text("Tell an outage").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("The telephone is down")
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / "outages-telling-en.png", full_page=True)
    assert complaints(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is told.")).to_be_visible()
    told = page.get_by_role("listitem").filter(has_text="The telephone is down")
    expect(told).to_contain_text("all queues")
    expect(told).to_contain_text("Told by Demo-Operations")

    told.get_by_role("button", name="It is over").click()
    page.get_by_text("Earlier").click()
    expect(told).to_contain_text("closed by Demo-Operations")
    told.get_by_text("Told wrongly").click()
    told.get_by_role("button", name="Take it back").click()
    expect(told).to_contain_text("taken back by Demo-Operations")
    assert complaints(page) == []
    page.context.close()


def test_what_does_not_count_is_said_with_its_reason(browser: Browser, place: Served) -> None:
    page = opened(browser, place, "me", locale="en-GB")
    page.get_by_text("7 contacts do not count").click()
    shown = page.locator("details[open] .lines li")
    expect(shown.first).to_contain_text("during a known outage")
    expect(shown.last).to_contain_text("a call-back that was promised")
    expect(shown.get_by_role("button")).to_have_count(0)
    page.context.close()


def test_the_number_is_shown_only_to_who_asks_for_it(browser: Browser, place: Served) -> None:
    page = opened(browser, place, "me", locale="en-GB")
    expect(page.get_by_text("71 points")).not_to_be_visible()
    page.get_by_role("button", name="Show the number").click()
    expect(page.get_by_text("71 points, between 64 and 78")).to_be_visible()
    page.reload()
    expect(page.get_by_text("71 points, between 64 and 78")).to_be_visible()
    page.context.close()


def test_the_officer_stops_everything_with_a_reason_that_all_can_read(browser: Browser, place: Served) -> None:
    page = opened(browser, place, "privacy", locale="en-GB")
    page.get_by_label("Why (everybody reads it)").fill("The works council asked for it.")
    page.get_by_role("button", name="Stop the processing of persons").click()
    expect(page.get_by_text("stopped: The works council asked for it.")).to_be_visible()
    assert complaints(page) == []
    page.context.close()


def test_an_account_is_made_changed_given_a_code_and_removed(browser: Browser, place: Served) -> None:
    page = opened(browser, place, "admin", locale="en-GB")
    page.get_by_label("Name", exact=True).fill("Bo Smit")
    page.get_by_label("Name to sign in with").fill("bo")
    page.get_by_label("team lead", exact=True).check()
    page.get_by_label("amstel", exact=True).check()
    page.get_by_role("button", name="Make account").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Hand this code on.")).to_be_visible()
    assert len(dialog.locator("code").inner_text()) == len("abcd-efgh-jkmn")
    assert complaints(page) == []

    dialog.get_by_label("team lead", exact=True).uncheck()
    dialog.get_by_label("privacy", exact=True).check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).not_to_be_visible()
    log = page.locator("section", has=page.get_by_role("heading", name="What was done to accounts"))
    expect(log.get_by_text("Bo Smit: changed, now privacy")).to_be_visible()

    page.get_by_role("button", name="Change Bo Smit").press("Enter")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog.get_by_role("button", name="Open again")).to_be_visible()
    dialog.get_by_role("button", name="Remove").click()
    dialog.get_by_role("button", name="Yes, remove this account").click()
    expect(page.get_by_role("button", name="Change Bo Smit")).to_have_count(0)
    expect(log.get_by_text("a removed account: removed")).to_be_visible()
    page.context.close()


def test_the_last_admin_stays_and_the_page_says_why(browser: Browser, place: Served) -> None:
    page = opened(browser, place, "admin", locale="en-GB")
    page.get_by_role("button", name="Change Demo-Admin").click()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog").get_by_text("Nobody would be left with the role admin")).to_be_visible()
    page.context.close()


def test_who_asks_to_be_left_at_work_gets_the_week_that_is_over(browser: Browser, place: Served) -> None:
    page = opened(browser, place, "me", locale="en-GB")
    page.get_by_role("button", name="Let me work").click()
    expect(page.get_by_text("No figures today: you asked to be left at work.")).to_be_visible()
    expect(page.get_by_text("Your week of")).to_be_visible()
    expect(page.get_by_text("Your balance: in balance.")).to_be_visible()
    assert complaints(page) == []
    page.get_by_role("button", name="Show new figures again").click()
    expect(page.get_by_role("button", name="Show the number")).to_be_visible()
    page.context.close()


def test_the_formula_and_the_terms_are_a_click_away(browser: Browser, place: Served) -> None:
    page = opened(browser, place, "me", locale="nl-NL")
    page.get_by_text("De formule, en hoe lang alles wordt bewaard").click()
    expect(page.get_by_text("De formule, versie 1 van 20 november 2026")).to_be_visible()
    expect(page.get_by_role("cell", name="Losse contacten")).to_be_visible()
    assert complaints(page) == []
    page.context.close()


def test_a_new_alert_sounds_once_for_who_asked_for_it(browser: Browser, place: Served, afternoon: SiteFigures) -> None:
    page = opened(browser, place, "team", locale="en-GB")
    page.evaluate(
        "() => { window.tones = 0; const Real = AudioContext;"
        " window.AudioContext = class extends Real { constructor() { super(); window.tones += 1; } }; }"
    )
    page.get_by_role("button", name="Sound when there is something new").click()
    assert page.evaluate("window.tones") == 1, "so that one knows what it is like"
    place.publish(msgspec.structs.replace(afternoon, alerts=(ALERT, msgspec.structs.replace(ALERT, key="another"))))
    expect(page.get_by_role("button", name="I look after it")).to_have_count(2, timeout=15_000)
    assert page.evaluate("window.tones") == 2
    page.get_by_role("button", name="No sound").click()
    page.context.close()


def test_a_lead_sees_which_contact_a_dispute_is_about(browser: Browser, place: Served) -> None:
    page = opened(browser, place, "team", locale="en-GB")
    expect(page.get_by_text("Mail · verhuizing")).to_be_visible()
    page.context.close()
