"""Boards in the store: what is kept, who was first, and what a process knows of it."""

from __future__ import annotations

import asyncio
import logging

import pytest

from monitor.boards.current import Boards
from monitor.boards.store import BoardStore, KeptBoard
from monitor.boards.tables import boards as table
from monitor.journal import Database
from monitor.settings import BoardDefinition, BoardNotice
from tests.pictures import NOW

GIVEN = {"main": BoardDefinition(title="Everything"), "hall": BoardDefinition(title="Hall")}
MINE = BoardDefinition(
    title="Mine", queues=("sales",), target=0.9, notices=(BoardNotice(text="Storm", kind="outage", until=NOW),)
)


async def keep(
    database: Database, board: str, definition: BoardDefinition | None, after: int, by: str = "Noor"
) -> bool:
    return await BoardStore(database).keep(board, definition, after, by, NOW)


async def test_a_board_is_kept_whole_with_who_and_when(database: Database) -> None:
    assert await keep(database, "mine", MINE, 0)
    assert await BoardStore(database).all() == {"mine": KeptBoard("mine", 1, MINE, "Noor", NOW)}


async def test_each_change_follows_on_the_one_before(database: Database) -> None:
    store = BoardStore(database)
    await keep(database, "mine", MINE, 0)
    assert (await store.all())["mine"].version == 1
    assert await keep(database, "mine", BoardDefinition(title="Later"), 1, "Anna")
    assert await store.all() == {"mine": KeptBoard("mine", 2, BoardDefinition(title="Later"), "Anna", NOW)}


@pytest.mark.parametrize("after", [0, 1, 3])
async def test_who_comes_second_writes_nothing(database: Database, after: int) -> None:
    await keep(database, "mine", MINE, 0)
    await keep(database, "mine", BoardDefinition(title="First"), 1)
    assert not await keep(database, "mine", BoardDefinition(title="Second"), after)
    assert (await BoardStore(database).all())["mine"].definition == BoardDefinition(title="First")


async def test_of_two_at_once_one_is_first(database: Database) -> None:
    await keep(database, "mine", MINE, 0)
    written = await asyncio.gather(*(keep(database, "mine", None, 1, name) for name in ("Noor", "Anna")))
    assert sorted(written) == [False, True]


async def test_a_board_that_was_removed_keeps_its_version(database: Database) -> None:
    """So that an old page, in which it is still there, cannot write over one that was made anew."""
    await keep(database, "mine", MINE, 0)
    await keep(database, "mine", None, 1)
    assert not await keep(database, "mine", MINE, 0)
    assert await keep(database, "mine", MINE, 2)


async def test_what_another_version_wrote_is_left_aside_and_told_once(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await keep(database, "mine", MINE, 0)
    await database.write(table.update().values(definition='{"shape": "round"}'))
    store = BoardStore(database)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert (await store.all())["mine"].definition is None
    assert [record.message for record in caplog.records] == [
        "What is kept of the board mine is of another version and is left aside."
    ]


async def test_a_kept_board_wins_over_the_configurations_until_it_goes(database: Database) -> None:
    boards = Boards(GIVEN)
    heard: list[dict[str, str]] = []
    boards.heard.append(lambda: heard.append({id: board.title for id, board in boards.items()}))
    store = BoardStore(database)
    for board, definition, after in (("hall", MINE, 0), ("mine", MINE, 0), ("hall", None, 1), ("mine", None, 1)):
        assert await boards.keep(store, board, definition, after=after, changed_by="Noor", changed_at=NOW)
    assert heard == [
        {"main": "Everything", "hall": "Mine"},
        {"main": "Everything", "hall": "Mine", "mine": "Mine"},
        {"main": "Everything", "hall": "Hall", "mine": "Mine"},
        {"main": "Everything", "hall": "Hall"},
    ]


async def test_a_change_of_another_process_is_heard(database: Database) -> None:
    boards, changed = Boards(GIVEN), asyncio.Event()
    boards.heard.append(changed.set)
    following = asyncio.create_task(boards.follow(database))
    await keep(database, "mine", MINE, 0)
    async with asyncio.timeout(120):
        await changed.wait()
    assert boards["mine"] == MINE
    following.cancel()


async def test_nobody_is_told_of_nothing(database: Database) -> None:
    boards, told = Boards(GIVEN), []
    boards.heard.append(lambda: told.append(1))
    await keep(database, "mine", MINE, 0)
    for _ in range(3):
        await boards.look(BoardStore(database))
    assert told == [1]
