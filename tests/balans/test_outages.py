"""A known outage on its way from the desk's table to a wall, in one process and in several."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from monitor.journal import database_of, journal_url
from monitor.people.outages import Outages
from tests.balans.test_program import DEMO, Start, free_port

__all__ = ["free_port"]
WORDS = "Invoices cannot be opened"


def parts(message: str | bytes) -> dict[str, Any]:
    said = json.loads(message)
    found: dict[str, Any] = (said.get("board") or said["delta"]).get("parts", {})
    gone = {id: {} for id in said.get("delta", {}).get("removed", ())}
    return found | gone


def notices(viewer: Any) -> Iterator[list[str]]:
    """What the wall says of outages, each time that it changes."""
    while True:
        told = parts(viewer.recv(timeout=30)).get("notices")
        if told is not None:
            yield [one["text"] for one in told.get("notices", ()) if one["kind"] == "outage"]


async def tell(state_directory: Path) -> str:
    async with database_of(journal_url(None, state_directory)) as database:
        now = datetime.now(UTC)
        return await Outages(database).tell(WORDS, [], now, None, "Kim", now)


async def close(state_directory: Path, outage: str) -> None:
    async with database_of(journal_url(None, state_directory)) as database:
        now = datetime.now(UTC)
        await Outages(database).close(outage, now, "Kim", now)


@pytest.mark.parametrize("roles", [["collect,monitor,web"], ["web", "collect,monitor"]], ids=["one", "apart"])
def test_what_the_desk_tells_stands_on_the_wall(
    roles: list[str], free_port: int, balans: Start, tmp_path: Path
) -> None:
    (tmp_path / "balans.toml").write_text(DEMO.format(where=tmp_path, port=free_port))
    with ExitStack() as running:
        programs = [running.enter_context(balans("run", "--roles", some)) for some in roles]
        address = programs[0].complains(r"The web listens at http://([0-9.:]+)")[1]
        with connect(f"ws://{address}/ws/board/main", open_timeout=30) as viewer:
            viewer.recv(timeout=30)
            outage = asyncio.run(tell(tmp_path / "state"))
            told = notices(viewer)
            assert next(told) == [WORDS]
            asyncio.run(close(tmp_path / "state", outage))
            assert next(told) == []
        assert [program.stop()[0] for program in programs] == [0] * len(programs)
