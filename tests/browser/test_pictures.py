"""The pictures of the wallboard, to be looked at: television, laptop and phone, dark and light, both languages.

They are laid in tests/browser/pictures; the best of them are kept in docs/pictures for the README.
"""

from __future__ import annotations

import struct
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from playwright.sync_api import Browser

from monitor.figures import KnownOutage, SiteFigures, SourceHealth
from monitor.settings import BoardNotice
from tests.browser.centre import with_board
from tests.browser.conftest import WALL
from tests.browser.served import Served, served

PICTURES = Path(__file__).parent / "pictures"


class Screen(NamedTuple):
    width: int
    height: int
    pixels: int = 1


TELEVISION, LAPTOP, PHONE = Screen(1920, 1080), Screen(1366, 768), Screen(390, 844, 2)


@pytest.mark.parametrize(
    ("name", "screen", "theme", "locale"),
    [
        ("tv-light-en", TELEVISION, "light", "en-GB"),
        ("tv-dark-nl", TELEVISION, "dark", "nl-NL"),
        ("tv-light-nl", TELEVISION, "light", "nl-NL"),
        ("tv-dark-en", TELEVISION, "dark", "en-GB"),
        ("laptop-light-nl", LAPTOP, "light", "nl-NL"),
        ("phone-light-nl", PHONE, "light", "nl-NL"),
        ("phone-dark-en", PHONE, "dark", "en-GB"),
    ],
)
def test_picture(browser: Browser, site: Served, name: str, screen: Screen, theme: Any, locale: str) -> None:
    context = browser.new_context(
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=screen.pixels,
        color_scheme=theme,
        locale=locale,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(site.address + WALL)
    page.wait_for_selector(".tile")
    page.evaluate("document.fonts.ready")
    page.wait_for_function("() => document.querySelectorAll('.panel canvas').length === 3")
    file = PICTURES / f"{name}.png"
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=file)
    context.close()
    width, height = struct.unpack(">II", file.read_bytes()[16:24])
    assert (width, height) == (screen.width * screen.pixels, screen.height * screen.pixels)


def test_picture_of_the_balance_on_a_phone(browser: Browser, site: Served) -> None:
    context = browser.new_context(
        viewport={"width": PHONE.width, "height": PHONE.height},
        device_scale_factor=PHONE.pixels,
        locale="en-GB",
        color_scheme="light",
    )
    page = context.new_page()
    page.goto(site.address + WALL)
    page.locator(".balance").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.balance').scrollIntoView({block: 'start'})")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=PICTURES / "phone-balance-en.png")
    context.close()


def test_pictures_of_a_board_that_is_stale_and_of_one_that_hides_who_waits(
    browser: Browser, afternoon: SiteFigures
) -> None:
    """A silent source; a known outage, a notice; figures that run behind."""
    since = afternoon.at - timedelta(minutes=10)
    notices = (
        BoardNotice(kind="outage", text="Etiketten afdrukken lukt niet; ICT weet ervan."),
        BoardNotice(text="Om 16:00 taart bij de planning."),
    )
    shown = {
        "tv-hidden-nl": msgspec.structs.replace(
            afternoon, pipeline=msgspec.structs.replace(afternoon.pipeline, lag_seconds=95.0, waiting=18_400)
        ),
        "tv-stale-nl": msgspec.structs.replace(
            afternoon,
            sources=(SourceHealth(source="demo", state="silent", since=since),),
            scopes=tuple(
                msgspec.structs.replace(scope, live=msgspec.structs.replace(scope.live, stale_since=since))
                for scope in afternoon.scopes
            ),
        ),
    }
    with served(with_board(notices=notices, hide_waiting=True)) as site:
        for name, figures in shown.items():
            context = browser.new_context(
                viewport={"width": 1920, "height": 1080}, locale="nl-NL", color_scheme="light"
            )
            page = context.new_page()
            site.publish(figures)
            page.goto(site.address + WALL)
            page.wait_for_function("() => document.querySelectorAll('.panel canvas').length === 1")
            page.evaluate("document.fonts.ready")
            page.screenshot(path=PICTURES / f"{name}.png")
            context.close()


@pytest.mark.parametrize(
    ("size", "theme", "language"),
    [
        ((1920, 1080), "dark", "nl"),
        ((1366, 768), "light", "en"),
        ((390, 844), "light", "nl"),
        ((390, 844), "dark", "en"),
    ],
)
def test_pictures_of_a_board_while_outages_run(
    browser: Browser, site: Served, afternoon: SiteFigures, size: tuple[int, int], theme: Any, language: str
) -> None:
    """More than there is room for: nothing is pushed off the screen, and the wall says that there is more."""
    since = afternoon.at - timedelta(minutes=25)
    words = ("Facturen openen lukt niet; ICT is ermee bezig", "Chat hapert", "Inloggen duurt lang", "Printer stuk")
    outages = tuple(
        KnownOutage(words=one, began_at=since, queues=("chat",) if number else ()) for number, one in enumerate(words)
    )
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale={"nl": "nl-NL", "en": "en-GB"}[language],
        color_scheme=theme,
    )
    page = context.new_page()
    site.publish(msgspec.structs.replace(afternoon, outages=outages, at=afternoon.at + timedelta(seconds=1)))
    page.goto(site.address + WALL)
    page.locator(".notices .more").scroll_into_view_if_needed()
    page.evaluate("document.fonts.ready")
    page.screenshot(path=PICTURES / f"outage-{width}-{theme}-{language}.png", full_page=width < 500)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = page.locator(".notices li")
    assert shown.count() == 3
    texts = shown.all_inner_texts()
    assert "Facturen openen lukt niet" in texts[0]
    assert ("Bekende storing sinds" if language == "nl" else "Known outage since") in texts[0]
    assert "(Chat)" in texts[1]
    assert texts[2] == ("en nog 2" if language == "nl" else "and 2 more")
    context.close()


def test_picture_of_the_explanation_of_the_balance(browser: Browser, site: Served) -> None:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="nl-NL", color_scheme="dark")
    page = context.new_page()
    page.goto(site.address + WALL)
    page.locator(".balance-picture").click()
    page.get_by_role("dialog").wait_for()
    page.screenshot(path=PICTURES / "tv-balance-explanation-nl.png")
    context.close()


def test_picture_of_an_explanation(browser: Browser, site: Served) -> None:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB", color_scheme="light")
    page = context.new_page()
    page.goto(site.address + WALL)
    page.locator(".tile .large .figure").nth(1).click()
    page.get_by_role("dialog").wait_for()
    page.screenshot(path=PICTURES / "tv-explanation-en.png")
    context.close()
