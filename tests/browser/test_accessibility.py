"""axe finds nothing on the wallboard: in each theme and size, with everything open, and with nothing there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from monitor.figures import SiteFigures
from tests.browser.centre import settings
from tests.browser.conftest import ROOT, WALL
from tests.browser.served import Served, served

AXE = ROOT / "web" / "ui" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def complaints(page: Page) -> list[str]:
    """What axe says is wrong. It is evaluated by the browser's own tools: the page's policy lets no script in."""
    page.evaluate(Path(AXE).read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(f"axe.run({{runOnly: {json.dumps(RULES)}}})")
    return [
        f"{wrong['id']}: {wrong['help']}: {[node['html'][:120] for node in wrong['nodes'][:3]]}"
        for wrong in found["violations"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (390, 844)])
def test_the_board(browser: Browser, site: Served, theme: Any, size: tuple[int, int]) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale="nl-NL", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(site.address + WALL)
    page.wait_for_selector(".tile")
    assert complaints(page) == []
    context.close()


def test_the_explanation_the_channels_and_the_table_of_the_day(page: Page) -> None:
    page.get_by_role("button", name="Channels").click()
    page.get_by_role("button", name="as a table").click()
    assert complaints(page) == []
    page.locator(".large .figure").nth(1).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert complaints(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_old_figures(browser: Browser, afternoon: SiteFigures, theme: Any) -> None:
    context = browser.new_context(color_scheme=theme, locale="en-GB")
    page = context.new_page()
    with served(settings()) as site:
        site.publish(afternoon)
        page.goto(site.address + WALL)
        page.wait_for_selector(".tile")
    expect(page.get_by_role("alert")).to_contain_text("Connection lost", timeout=8_000)
    assert complaints(page) == []
    context.close()


def test_before_the_first_figures(browser: Browser) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    with served(settings()) as site:
        page.goto(site.address + WALL)
        expect(page.get_by_text("Waiting for the first figures")).to_be_visible()
        assert complaints(page) == []
    context.close()
