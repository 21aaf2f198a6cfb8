"""A browser, the site as it is at an afternoon of the simulated centre, and a page that looks at it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from monitor.figures import SiteFigures
from tests.browser.centre import AFTERNOON, figures_at, settings
from tests.browser.chromium import launch
from tests.browser.served import Served, served

ROOT = Path(__file__).resolve().parents[2]
WALL = "/wall/demo"


@pytest.fixture(scope="session", autouse=True)
def built_pages() -> None:
    """The pages as their sources are now, and the packages that check them."""
    for word in ("build", "install"):
        command = [sys.executable, ROOT / "tools" / "ui.py", word]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.fail(f"The pages cannot be built:\n{done.stdout}{done.stderr}", pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def afternoon() -> SiteFigures:
    return figures_at(AFTERNOON)


@pytest.fixture
def site(afternoon: SiteFigures) -> Iterator[Served]:
    """The site of a simulated afternoon; the test may publish what it likes."""
    with served(settings(), demo=True) as running:
        running.publish(afternoon)
        yield running


@pytest.fixture
def page(browser: Browser, site: Served) -> Iterator[Page]:
    """A laptop's page on the wallboard. It may not complain about anything."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    opened.goto(site.address + WALL)
    opened.wait_for_selector(".tile")
    yield opened
    context.close()
    assert [said for said in complaints if "WebSocket connection" not in said] == []
