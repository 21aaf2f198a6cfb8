"""The past over REST: what was shown then, or one sentence why it cannot be told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import msgspec
import pytest

from monitor.board import Board
from monitor.errors import BufferFull, NotKept, StillAtWork
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.settings import Settings
from monitor.wallboard import wallboard
from tests.pictures import BOARD, NOW, QUEUES, site
from tests.web.conftest import BOARDS, Served
from web.api import FiguresAnswer
from web.app import create_app

HOUR_AGO = NOW - timedelta(hours=1)


@dataclass
class Remembered:
    """A past of one instant."""

    asked: list[datetime] = field(default_factory=list)
    refusal: Exception | None = None

    async def figures(self, instant: datetime) -> SiteFigures:
        self.asked.append(instant)
        if self.refusal is not None:
            raise self.refusal
        return msgspec.structs.replace(site(), at=instant)


@pytest.fixture
def past() -> Remembered:
    return Remembered()


@pytest.fixture
async def client(past: Remembered) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(boards=BOARDS, queues=QUEUES), Feed(), past=past)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://balans") as client:
        yield client


@pytest.mark.parametrize("instant", ["2026-11-20T10:15:00Z", "2026-11-20T11:15:00+01:00"])
async def test_a_board_of_the_past_is_a_board(client: httpx.AsyncClient, past: Remembered, instant: str) -> None:
    answer = await client.get("/api/v1/boards/main/at", params={"instant": instant})
    (asked,) = past.asked
    assert asked == datetime.fromisoformat("2026-11-20T10:15:00+00:00")
    then = wallboard("main", BOARD, QUEUES, msgspec.structs.replace(site(), at=asked), site_name="Balans")
    assert msgspec.json.decode(answer.content, type=Board) == then


async def test_figures_of_the_past_are_narrowed_like_those_of_now(client: httpx.AsyncClient) -> None:
    words = {"instant": HOUR_AGO.isoformat(), "kind": "queue", "id": "sales", "window": "30m"}
    answer = msgspec.json.decode((await client.get("/api/v1/figures/at", params=words)).content, type=FiguresAnswer)
    (only,) = answer.scopes
    assert (answer.at, only.scope.id, set(only.windows)) == (HOUR_AGO, "sales", {"30m"})


@pytest.mark.parametrize(
    ("refusal", "status"), [(NotKept("It is gone."), 404), (BufferFull("Later."), 503), (StillAtWork("Soon."), 503)]
)
async def test_what_cannot_be_told_is_one_sentence(
    client: httpx.AsyncClient, past: Remembered, refusal: Exception, status: int
) -> None:
    past.refusal = refusal
    answer = await client.get("/api/v1/boards/main/at", params={"instant": HOUR_AGO.isoformat()})
    assert (answer.status_code, answer.json()) == (status, {"error": str(refusal)})
    assert ("retry-after" in answer.headers) is (status == 503)


@pytest.mark.parametrize("words", [{}, {"instant": "yesterday"}, {"instant": "2026-11-20T10:15:00"}])
async def test_an_instant_has_a_zone(client: httpx.AsyncClient, past: Remembered, words: dict[str, str]) -> None:
    answer = await client.get("/api/v1/figures/at", params=words)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("instant: ")
    assert past.asked == []


async def test_a_board_that_is_not_there_costs_nothing(client: httpx.AsyncClient, past: Remembered) -> None:
    answer = await client.get("/api/v1/boards/nowhere/at", params={"instant": HOUR_AGO.isoformat()})
    assert (answer.status_code, past.asked) == (404, [])


async def test_a_web_apart_from_the_monitor_says_so(web: Served) -> None:
    async with web.client() as client:
        answer = await client.get("/api/v1/boards/main/at", params={"instant": HOUR_AGO.isoformat()})
    assert (answer.status_code, answer.json()["error"]) == (
        503,
        "The past is told only where the monitor runs as well.",
    )
