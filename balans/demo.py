"""`balans demo`: the simulated centre through the real path, in a directory that goes with it. Loopback only, unless
told otherwise."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import sys
import tempfile
import webbrowser
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from balans.registry import collector_settings
from balans.roles import serve_roles, utc_now
from collectors import demo
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.settings import Mqtt, Settings, Web

BOARD = "demo"
CAUGHT_UP_SECONDS = 60.0
"""The newest event is younger than this once the past has been played."""


async def serve_demo(host: str, port: int, words: Mapping[str, Any], *, open_browser: bool) -> None:
    """The demo until cancelled. `words` are keys of the simulated centre (seed, speed). Raises AskAPerson."""

    async def ready(address: str, feed: Feed) -> None:
        async for figures in feed.pictures():
            if _caught_up(figures):
                break
        sys.stdout.write(addresses(address))
        sys.stdout.flush()
        if open_browser and _has_screen():
            await asyncio.to_thread(webbrowser.open, f"{address}/wall/{BOARD}")

    with tempfile.TemporaryDirectory(prefix="balans-demo-") as directory:
        made = settings(host, port, Path(directory), words)
        keys = collector_settings("demo", made.collectors["demo"])
        assert isinstance(keys, demo.Settings)
        past = partial(demo.past, keys.seed, "demo", made.site.time_zone, utc_now())
        await serve_roles(made, simulated=True, ready=ready, past=past)


def settings(host: str, port: int, state_directory: Path, words: Mapping[str, Any]) -> Settings:
    """The settings of the demo: a broker of its own, whatever the environment says."""
    table = demo.settings_table()
    for keys in table["collectors"].values():
        keys.update(words)
    made = Settings(**table)
    own = {"state_directory": state_directory, "web": Web(host=host, port=port), "mqtt": Mqtt()}
    return made.model_copy(update={**own, "roles": ("collect", "monitor", "web")})


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def addresses(address: str) -> str:
    """What there is to see, in plain words."""
    return (
        f"\n  Balans shows a simulated contact centre. Everything in it is made up.\n\n"
        f"    Wallboard   {address}/wall/{BOARD}\n"
        f"    Sign in     {address}/sign-in\n"
        f"    REST        {address}/api/openapi.json\n"
        f"    Metrics     {address}/metrics\n\n"
        f"  Ctrl-C stops it.\n\n"
    )


def _caught_up(figures: SiteFigures) -> bool:
    """The day until now has been played. The first event only says that the collector is there."""
    return figures.pipeline.applied > 1 and figures.pipeline.behind_seconds < CAUGHT_UP_SECONDS


def _has_screen() -> bool:
    """A browser can be opened here: a person sits at a terminal of a machine with a screen."""
    graphical = sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return sys.stdout.isatty() and graphical
