"""The past over HTTP: steps of one scope, bounded answers, and no person in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from monitor.feed import Feed
from monitor.history import HistoryStore, Keeper
from monitor.journal import Database, journal_url, opened_journal
from monitor.settings import Retention, Settings, Site
from tests.monitor.centre import Morning, centre, told
from web.app import create_app

ZONE = "Europe/Amsterdam"
DAY = {"from": "2026-03-10", "to": "2026-03-10"}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """The history of three calls to sales, by one agent."""
    engine, pbx = centre(), Morning()
    async with opened_journal(journal_url(None, tmp_path)) as journal:
        writes = Keeper(HistoryStore(journal.beside, ZONE), Site(), Retention())
        await writes.open(engine, 0)
        told(engine, [*pbx.call(5, "a"), *pbx.call(1000, "b"), *pbx.call(4000, "c")], 9000)
        await writes.caught_up(engine, 3)
        yield journal.beside


def client(database: Database | None) -> httpx.AsyncClient:
    app = create_app(Settings(boards={"main": {}}), Feed(), database=database)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://balans")


async def ask(database: Database | None, **words: str) -> httpx.Response:
    async with client(database) as http:
        return await http.get("/api/v1/history", params=words)


@pytest.mark.parametrize(("step", "offered"), [("15m", [1, 1, 1]), ("1h", [2, 1]), ("1d", [3])])
async def test_a_day_by_every_step(database: Database, step: str, offered: list[int]) -> None:
    answer = (await ask(database, **DAY, kind="queue", id="sales", step=step)).json()
    assert answer["scope"] == {"kind": "queue", "id": "sales"}
    assert [one["figures"]["offered"] for one in answer["intervals"] if one["figures"]["offered"]] == offered


async def test_how_one_agent_worked_is_not_told(database: Database) -> None:
    (day,) = (await ask(database, **DAY, step="1d")).json()["intervals"]
    assert day["partly_hidden"]
    assert (day["figures"]["answered"], day["figures"]["handle_time_seconds"]["n"]) == (3, 0)
    assert "ann" not in str(day)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"from": "2020-01-01", "to": "2026-03-10"}, "at most 3000 steps"),
        ({"from": "2026-03-11", "to": "2026-03-10"}, "not after"),
        ({"from": "today", "to": "2026-03-10"}, "neither a day"),
        ({**DAY, "kind": "queue"}, "Which queue"),
        ({**DAY, "kind": "board"}, "no history of a board"),
        ({**DAY, "step": "5m"}, "step"),
        ({"from": "2026-03-10"}, "to"),
    ],
)
async def test_what_cannot_be_answered_is_one_sentence(database: Database, words: dict[str, str], said: str) -> None:
    answer = await ask(database, **words)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert said in answer.json()["error"]


async def test_a_scope_that_never_was_has_no_steps(database: Database) -> None:
    assert (await ask(database, **DAY, kind="team", id="nobody")).json()["intervals"] == []


async def test_without_a_database_there_is_no_history() -> None:
    assert (await ask(None, **DAY)).status_code == 503


async def test_the_answer_is_described(database: Database) -> None:
    async with client(database) as http:
        document = (await http.get("/api/openapi.json")).json()
    schema = document["paths"]["/api/v1/history"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/HistoryAnswer"}
    assert "HistoryInterval" in document["components"]["schemas"]
