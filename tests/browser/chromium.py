"""A Chromium for the tests: one that is here, else installed as the machine allows, else a sentence of advice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache

import pytest
from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALL_SECONDS = 600


@cache
def chromium() -> str | None:
    """The program, or None when Playwright has fetched its own. Fails the test when there is none to be had."""
    found = _on_path()
    if found:
        return found
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]):
            _runs(command)
        if found := _on_path():
            return found
    if _runs([sys.executable, "-m", "playwright", "install", "chromium"]):
        return None
    pytest.fail(
        "Chromium is missing and could not be fetched: install it, e.g. with `apt-get install chromium`.", pytrace=False
    )


def launch(playwright: Playwright) -> Browser:
    """A browser without a screen. Root may not use the sandbox."""
    arguments = ["--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--font-render-hinting=none"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return playwright.chromium.launch(executable_path=chromium(), args=arguments)


def _on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _runs(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, timeout=INSTALL_SECONDS, check=False)
    return done.returncode == 0
