"""The pictures of the wallboard, to be looked at: television, laptop and phone, dark and light, both languages.

They are laid in tests/browser/pictures; the best of them are kept in docs/pictures for the README.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import WALL
from tests.browser.served import Served

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
    page.wait_for_function("document.querySelectorAll('.panel canvas').length === 3")
    file = PICTURES / f"{name}.png"
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=file)
    context.close()
    width, height = struct.unpack(">II", file.read_bytes()[16:24])
    assert (width, height) == (screen.width * screen.pixels, screen.height * screen.pixels)


def test_picture_of_an_explanation(browser: Browser, site: Served) -> None:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB", color_scheme="light")
    page = context.new_page()
    page.goto(site.address + WALL)
    page.locator(".tile .large .figure").nth(1).click()
    page.get_by_role("dialog").wait_for()
    page.screenshot(path=PICTURES / "tv-explanation-en.png")
    context.close()
