"""Known outages at the desk: who may tell one, what is refused, and what is written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.feed import Feed
from monitor.journal import Database
from monitor.people.directory import Directory, DirectoryEntry
from monitor.settings import Settings
from tests.people import Browser, demo_people, store
from tests.pictures import NOW, QUEUES
from web.app import create_app

OUTAGES = "/api/v1/outages"
SETTINGS = Settings(boards={"main": {}}, queues=QUEUES)
WORDS = "Invoices cannot be opened"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with store(tmp_path) as opened:
        await demo_people(opened)
        await Directory(opened).replace([DirectoryEntry(agent="a-1", name="Zoë Çelik", team="amstel")])
        yield opened


@pytest.fixture
def browser(database: Database) -> Browser:
    return Browser(create_app(SETTINGS, Feed(), demo=True, database=database, clock=lambda: NOW))


async def listed(browser: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await browser.get(OUTAGES)).json()["outages"]
    return found


@pytest.mark.parametrize("role", ["lead", "operations"])
async def test_a_lead_or_operations_tells_closes_and_takes_back(browser: Browser, role: Any) -> None:
    await browser.play(role)
    page = (await browser.get(OUTAGES)).json()
    assert (page["outages"], set(page["queues"])) == ([], set(QUEUES))
    began_at = NOW - timedelta(minutes=20)
    body = {"words": f"  {WORDS} \n", "queues": ["sales"], "began_at": began_at.isoformat()}
    assert (await browser.post(OUTAGES, body)).status_code == 204
    (one,) = await listed(browser)
    assert (one["words"], one["queues"], one["told_by"]) == (WORDS, ["sales"], f"Demo-{role.title()}")

    address = f"{OUTAGES}/{one['outage']}"
    assert (await browser.post(f"{address}/close", {})).status_code == 204
    assert (await browser.post(f"{address}/close", {})).status_code == 409
    assert (await browser.post(f"{address}/take-back", {})).status_code == 204
    assert (await browser.post(f"{address}/take-back", {})).status_code == 409
    (one,) = await listed(browser)
    assert one["closed_by"] == one["taken_back_by"] == f"Demo-{role.title()}"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"words": "hm"}, "length"),
        ({"words": "x" * 121}, "length"),
        ({"words": WORDS, "queues": ["nowhere"]}, "no such queue"),
        ({"words": WORDS, "began_at": (NOW + timedelta(hours=1)).isoformat()}, "not in the future"),
        ({"words": WORDS, "began_at": (NOW - timedelta(hours=13)).isoformat()}, "twelve hours"),
        ({"words": WORDS, "ended_at": (NOW - timedelta(hours=1)).isoformat()}, "after it began"),
        ({"words": WORDS, "began_at": "2026-03-10T10:00:00"}, "began_at"),
        ({"words": "Ask zoë çelik about it"}, "without a name"),
        ({"words": WORDS, "told_by": "somebody else"}, "told_by"),
    ],
)
async def test_what_is_refused_is_refused_in_words(browser: Browser, body: dict[str, Any], says: str) -> None:
    await browser.play("lead")
    answer = await browser.post(OUTAGES, body)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert await listed(browser) == []


async def test_nobody_else_reads_or_tells(browser: Browser) -> None:
    for role in ("agent", "privacy", "admin"):
        await browser.play(role)  # type: ignore[arg-type]
        assert (await browser.get(OUTAGES)).status_code == 403
        assert (await browser.post(OUTAGES, {"words": WORDS})).status_code == 403
