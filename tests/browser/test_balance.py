"""The balance on the wall: the same in a drawing, in words and in figures; speed never lifts it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from monitor.figures import BalancePoint, BalanceTrail, SiteFigures
from tests.browser.conftest import WALL
from tests.browser.served import Served
from tests.browser.test_accessibility import complaints


def with_newest(figures: SiteFigures, *, helped: float, pace: float) -> SiteFigures:
    """The same day, its last hour changed: the share helped of 82 % expected, and the time over the expected."""
    trail = figures.balance[0]
    newest = trail.points[-1]
    assert newest.helped is not None
    assert newest.pace is not None
    changed = msgspec.structs.replace(
        newest,
        helped=msgspec.structs.replace(newest.helped, observed=helped),
        pace=msgspec.structs.replace(newest.pace, observed=newest.pace.expected * pace),
    )
    return again(figures, (BalanceTrail(scope=trail.scope, points=(*trail.points[:-1], changed)),))


def again(figures: SiteFigures, balance: tuple[BalanceTrail, ...]) -> SiteFigures:
    return msgspec.structs.replace(figures, at=figures.at + timedelta(seconds=1), balance=balance)


def picture(page: Page) -> Any:
    return page.locator(".balance-picture")


def height(page: Page) -> float:
    """Where the newest place stands, from the top of the plane, 0-1."""
    place = page.locator(".here").bounding_box()
    plane = page.locator(".plane").bounding_box()
    assert place
    assert plane
    return (place["y"] - plane["y"]) / plane["height"]


def test_the_words_say_what_the_drawing_shows(page: Page) -> None:
    expect(picture(page)).to_have_accessible_name(
        "In balance: whole centre, from 14:45 to 15:45. Helped in one go: 3 percentage points more than expected."
        " Contacts took 4 % less time than expected. Today 21 of 28 windows lay in the healthy field."
    )
    expect(page.locator(".balance .state")).to_have_text("In balance")
    expect(page.locator(".sides")).to_have_text(re.compile(r"Helped.*85%expected 82%.*Pace.*4:30expected 4:41"))
    assert page.locator(".step").count() == 27


@pytest.mark.parametrize(
    ("helped", "pace", "words"),
    [
        (0.82, 1.00, "In balance"),
        (0.84, 1.20, "Thorough, and it takes longer"),
        (0.70, 1.00, "Fewer helped in one go"),
        (0.70, 0.70, "Quick, at the customer's cost"),
        (0.70, 1.30, "A hard hour"),
    ],
)
def test_each_part_of_the_plane_has_its_word_and_its_shape(
    page: Page, site: Served, afternoon: SiteFigures, helped: float, pace: float, words: str
) -> None:
    site.publish(with_newest(afternoon, helped=helped, pace=pace))
    state = page.locator(".balance .state")
    expect(state).to_have_text(words)
    assert state.get_attribute("data-tone") == ("good" if words == "In balance" else "watch")


FURTHER_RIGHT = "than => document.querySelector('.here').getBoundingClientRect().x > than"


def test_being_quicker_moves_the_place_to_the_right_and_never_up(
    page: Page, site: Served, afternoon: SiteFigures
) -> None:
    left: list[tuple[float, float]] = []
    for pace in (1.2, 1.0, 0.8):
        site.publish(with_newest(afternoon, helped=0.74, pace=pace))
        expect(picture(page)).to_have_accessible_name(re.compile("8 percentage points fewer"))
        expect(page.locator(".sides")).to_contain_text({1.2: "5:37", 1.0: "4:41", 0.8: "3:45"}[pace])
        # The drawing follows the words in the next frame.
        page.wait_for_function(FURTHER_RIGHT, arg=left[-1][0] if left else 0)
        place = page.locator(".here").bounding_box()
        assert place
        left.append((place["x"], round(height(page), 3)))
    assert len({top for _, top in left}) == 1
    assert left[0][1] > 0.5


def test_the_picture_opens_its_formula_its_window_and_its_path_by_keyboard(page: Page) -> None:
    picture(page).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Balance")
    expect(dialog).to_contain_text("speed cannot lift quality")
    expect(dialog).to_contain_text("60 minutes, moved by 15; newest 14:45–15:45")
    expect(dialog).to_contain_text("at least 5 people and 30 contacts, nobody with more than 40 % of them")
    expect(dialog).to_contain_text(re.compile(r"85%, expected 82% \(n 239\)"))
    rows = dialog.get_by_role("row")
    expect(rows).to_have_count(29)
    expect(rows.nth(1)).to_have_text("14:45+3−4")
    assert complaints(page) == []
    page.keyboard.press("Escape")
    expect(picture(page)).to_be_focused()


def test_the_figures_of_both_sides_are_explained_too(page: Page) -> None:
    page.get_by_role("button", name="Pace").click()
    expect(page.get_by_role("dialog", name="Pace")).to_contain_text("quicker earns nothing")


def test_helped_and_satisfied_stand_beside_what_was_expected(page: Page) -> None:
    tile = page.locator(".tile", has=page.get_by_role("heading", name="Helped in one go"))
    expect(tile.locator(".large")).to_contain_text("85%")
    expect(tile).to_contain_text("expected 82%")
    expect(tile).to_contain_text("as expected")
    tile.locator(".large .figure").click()
    expect(page.get_by_role("dialog")).to_contain_text("passed on + came back")


def test_too_few_to_say_is_said_and_the_field_stays(page: Page, site: Served, afternoon: SiteFigures) -> None:
    site.publish(again(afternoon, ()))
    expect(page.locator(".balance .state")).to_have_text("Too few people or contacts to say")
    expect(page.locator(".here")).to_have_count(0)
    expect(page.locator(".field")).to_be_attached()
    expect(picture(page)).to_have_accessible_name("Too few people or contacts to say")
    assert complaints(page) == []


def test_windows_that_could_not_be_shown_leave_a_gap(page: Page, site: Served, afternoon: SiteFigures) -> None:
    trail = afternoon.balance[0]
    hidden = tuple(
        BalancePoint(began_at=point.began_at) if place in (10, 11) else point
        for place, point in enumerate(trail.points)
    )
    site.publish(again(afternoon, (BalanceTrail(scope=trail.scope, points=hidden),)))
    expect(page.locator(".step.gap")).to_have_count(1)
    expect(page.locator(".step")).to_have_count(25)


def test_it_can_be_read_from_five_metres(browser: Browser, site: Served) -> None:
    """The verdict and the two figures; see the large figures."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB")
    page = context.new_page()
    page.goto(site.address + WALL)
    page.wait_for_selector(".balance .state")
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    assert page.locator(".balance .state").evaluate(size) >= 28
    assert page.locator(".sides .value").first.evaluate(size) >= 28
    context.close()
