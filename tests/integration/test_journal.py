"""The journal, on SQLite and on a real PostgreSQL: what is in it is in it once, in order, and outlives what it must."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from monitor.alerts import tables as _alerts  # noqa: F401 -- its table belongs to the metadata
from monitor.errors import AskAPerson, ConfigurationError, CredentialsRefused, PeerUnreachable
from monitor.history import tables as of_history
from monitor.journal import Entry, Journal, copy_journal, journal_url, opened_journal, patiently_opened_journal
from monitor.journal.schema import _configuration
from monitor.journal.tables import entries
from monitor.people import tables as of_people
from tests.parts import free_port, running_postgresql

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[sa.URL]:
    """Of an empty journal."""
    if request.param == "sqlite":
        yield journal_url(None, tmp_path)
        return
    async with running_postgresql() as address:
        yield journal_url(address, tmp_path)


SOME_ENTRY = {
    "position": 1, "arrived_at": 0, "collector": "pbx", "epoch": "one", "last": 1, "events": 1, "batch": b"batch 1",
}  # fmt: skip


def entry(number: int, epoch: str = "one") -> Entry:
    return Entry("pbx", epoch, number, 1, f"batch {number}".encode())


async def recorded(journal: Journal, after: int = 0) -> list[bytes]:
    async with aclosing(journal.recorded(after)) as found:
        return [one.raw async for some in found for one in some]


async def test_what_was_appended_is_read_in_order_by_another_monitor(url: sa.URL) -> None:
    async with opened_journal(url) as journal:
        await journal.append([entry(1), entry(2)], NOON)
        await journal.append([entry(n) for n in range(3, 501)], NOON + timedelta(hours=1))
    async with opened_journal(url) as journal:
        assert await recorded(journal) == [f"batch {n}".encode() for n in range(1, 501)]
        assert await recorded(journal, 498) == [b"batch 499", b"batch 500"]
        assert journal.position == 500
        assert journal.marks.watermark("pbx").epochs == {"one": 500}
        assert await journal.first_since(NOON + timedelta(minutes=1)) == 2
        assert await journal.first_since(NOON + timedelta(days=1)) == 500


async def test_an_append_is_whole_or_not_at_all(url: sa.URL) -> None:
    async with opened_journal(url) as journal:
        await journal.append([entry(1)], NOON)
        with pytest.raises(AskAPerson, match="another monitor"):
            await journal.append([entry(2), entry(1)], NOON)
        await journal.recover()
        assert await recorded(journal) == [b"batch 1"]
        assert journal.marks.watermark("pbx").epochs == {"one": 1}


async def test_what_was_under_way_when_the_monitor_was_killed_is_done_after_the_next_has_looked(url: sa.URL) -> None:
    async with opened_journal(url) as killed, opened_journal(url) as journal:
        await killed.append([entry(1)], NOON)
        with pytest.raises(PeerUnreachable, match="still under way"):
            await journal.append([entry(1)], NOON)
        await journal.recover()
        assert journal.marks.watermark("pbx").epochs == {"one": 1}
        await journal.append([entry(2)], NOON)
        assert await recorded(journal) == [b"batch 1", b"batch 2"]


async def test_a_second_monitor_on_the_journal_is_found_out(url: sa.URL) -> None:
    async with opened_journal(url) as first, opened_journal(url) as second:
        await first.append([entry(1)], NOON)
        await second.recover()
        await second.append([entry(1, "two")], NOON)
        with pytest.raises(AskAPerson, match="one journal, one monitor"):
            await first.append([entry(2)], NOON)


async def test_what_is_old_goes_and_numbers_go_on(url: sa.URL) -> None:
    async with opened_journal(url) as journal:
        for day in range(4):
            await journal.append([entry(day + 1)], NOON + timedelta(days=day))
        assert await journal.prune(NOON + timedelta(days=2)) == 2
        assert await recorded(journal) == [b"batch 3", b"batch 4"]
        await journal.prune(NOON + timedelta(days=9))
    async with opened_journal(url) as journal:
        assert journal.position == 4


async def test_the_migrations_make_what_the_tables_say(url: sa.URL) -> None:
    async with opened_journal(url):
        pass
    database = create_async_engine(url)
    async with database.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), of_people.metadata)
        )
    await database.dispose()
    assert differences == []
    assert of_history.metadata is of_people.metadata


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0005"])
async def test_a_journal_of_an_older_balans_is_brought_up_to_date_with_all_that_is_in_it(
    url: sa.URL, revision: str
) -> None:
    database = create_async_engine(url)
    async with database.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_configuration(sync), revision))
        await connection.execute(entries.insert().values(SOME_ENTRY))
    async with database.connect() as connection:
        with pytest.raises(ConfigurationError, match="older Balans"):
            await copy_journal(url, url.set(database=f"{url.database}-copy"), lambda *words: None)
    await database.dispose()
    async with opened_journal(url) as journal:
        assert await recorded(journal) == [b"batch 1"]
        await journal.append([entry(2)], NOON)
        assert await recorded(journal) == [b"batch 1", b"batch 2"]


@pytest.mark.parametrize("statement", ["CREATE TABLE marks", "CREATE TABLE sheets", "UPDATE alembic_version"])
async def test_an_upgrade_that_was_broken_off_is_done_from_its_beginning(url: sa.URL, statement: str) -> None:
    """By a kill, a power cut or a full disk: tables are made all together or not at all."""

    def break_off(connection: object, cursor: object, words: str, *more: object) -> None:
        if words.strip().startswith(statement):
            raise OSError("No space left on device")

    sa.event.listen(sa.Engine, "before_cursor_execute", break_off)
    try:
        with pytest.raises(PeerUnreachable, match="No space left"):
            await opened_journal(url).__aenter__()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", break_off)
    async with opened_journal(url) as journal:
        await journal.append([entry(1)], NOON)
        assert await recorded(journal) == [b"batch 1"]


async def test_a_journal_of_a_newer_balans_is_refused(url: sa.URL) -> None:
    async with opened_journal(url):
        pass
    database = create_async_engine(url)
    async with database.begin() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    await database.dispose()
    with pytest.raises(ConfigurationError, match="newer Balans"):
        await opened_journal(url).__aenter__()


@pytest.mark.parametrize("address", ["no url", "mysql://host/database"])
def test_an_address_that_is_none_is_one_sentence(address: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"journal\.url"):
        journal_url(address, tmp_path)


async def test_a_database_that_comes_late_and_goes_is_waited_for(tmp_path: Path) -> None:
    port = free_port()
    url = journal_url(f"postgresql://balans@127.0.0.1:{port}/postgres", tmp_path)
    with pytest.raises(PeerUnreachable):
        await opened_journal(url).__aenter__()
    opening = patiently_opened_journal(url)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        waiting = group.create_task(opening.__aenter__(), name="waiting")  # type: ignore[arg-type]
        async with running_postgresql(port):
            journal = await waiting
            await journal.append([entry(1)], NOON)
        with pytest.raises(PeerUnreachable):
            await journal.append([entry(2)], NOON)
    await opening.__aexit__(None, None, None)


@pytest.mark.parametrize(
    ("user", "sentence"),
    [
        ("balans:wrong", "does not take the password"),
        ("nobody:wrong", "does not take the password"),
        ("balans:right", "has no such database"),
        ("guest:right", "may not do that there"),
    ],
)
async def test_a_database_that_says_no_is_not_asked_again(user: str, sentence: str, tmp_path: Path) -> None:
    async with running_postgresql(password="right") as address:
        await let_in_a_guest(address)
        place = "nowhere" if "no such" in sentence else "postgres"
        server = address.partition("@")[2].partition("/")[0]
        url = journal_url(f"postgresql://{user}@{server}/{place}", tmp_path)
        with pytest.raises(CredentialsRefused, match=sentence) as refused:
            await patiently_opened_journal(url).__aenter__()
    assert "\n" not in str(refused.value)
    assert "<class" not in str(refused.value)


async def let_in_a_guest(address: str) -> None:
    """A user who may look and nothing more."""
    connection = await asyncpg.connect(address, password="right")
    await connection.execute("CREATE ROLE guest LOGIN PASSWORD 'right'")
    await connection.close()


SOME: dict[type, object] = {str: "ë", int: 1_772_452_800_000_000, bool: True, bytes: b"\x00\xff"}


async def one_row_in_every_table(url: sa.URL) -> None:
    """Of whatever part: figures, history, alerts, people, decisions, norms."""
    async with opened_journal(url) as journal:
        await journal.beside.write(
            *(
                table.insert().values({column.name: SOME[column.type.python_type] for column in table.columns})
                for table in of_people.metadata.sorted_tables
                if table.name not in ("entries", "marks")
            )
        )


async def all_rows(url: sa.URL) -> dict[str, list[object]]:
    async with opened_journal(url) as journal:
        return {
            table.name: [tuple(row) for row in await journal.beside.rows(sa.select(table).order_by(*table.primary_key))]
            for table in of_people.metadata.sorted_tables
        }


async def copied_both_ways(here: sa.URL, there: sa.URL, back: sa.URL) -> list[tuple[str, int, int]]:
    told: list[tuple[str, int, int]] = []
    async with opened_journal(here) as journal:
        await journal.append([entry(n) for n in range(1, 1202)], NOON)
    await one_row_in_every_table(here)
    counts = {"entries": 1201, "marks": 1}
    found = await copy_journal(here, there, lambda *words: told.append(words))
    assert found.items() >= counts.items()
    assert (await copy_journal(there, back, lambda *words: None)).items() >= counts.items()
    return told


async def test_a_journal_is_copied_whole_to_postgresql_and_back(tmp_path: Path) -> None:
    here, back = journal_url(None, tmp_path), journal_url(f"sqlite:///{tmp_path}/back.db", tmp_path)
    async with running_postgresql() as address:
        there = journal_url(address, tmp_path)
        told = await copied_both_ways(here, there, back)
        assert [words for words in told if words[0] == "entries"] == [
            ("entries", done, 1201) for done in (500, 1000, 1201)
        ]
        before = await all_rows(here)
        assert min(map(len, before.values())) == 1
        assert await all_rows(there) == await all_rows(back) == before
        for url in (here, there, back):
            async with opened_journal(url) as journal:
                assert await recorded(journal) == [f"batch {n}".encode() for n in range(1, 1202)]
                assert journal.marks.watermark("pbx").epochs == {"one": 1201}
                assert journal.mark == f"{int(NOON.timestamp() * 1e6)}/pbx/one/1201"
        with pytest.raises(ConfigurationError, match="not empty"):
            await copy_journal(here, there, lambda *words: None)


async def test_a_file_that_is_no_journal_is_no_reason_to_wait(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_text("no database " * 1000)
    with pytest.raises(ConfigurationError, match="file is not a database"):
        async with patiently_opened_journal(journal_url(None, tmp_path)):
            pass


async def test_what_cannot_be_copied_is_one_sentence(tmp_path: Path) -> None:
    here, there = journal_url(None, tmp_path), journal_url(f"sqlite:///{tmp_path}/there.db", tmp_path)
    with pytest.raises(ConfigurationError, match="no journal to copy"):
        await copy_journal(here, there, lambda *words: None)
    with pytest.raises(ConfigurationError, match="the journal itself"):
        await copy_journal(here, here, lambda *words: None)


async def test_a_copy_that_breaks_off_leaves_the_target_empty(tmp_path: Path) -> None:
    here, there = journal_url(None, tmp_path), journal_url(f"sqlite:///{tmp_path}/there.db", tmp_path)
    async with opened_journal(here) as journal:
        await journal.append([entry(n) for n in range(1, 1202)], NOON)

    def interrupt(table: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await copy_journal(here, there, interrupt)
    assert (await copy_journal(here, there, lambda *words: None))["entries"] == 1201


async def test_a_monitor_that_goes_on_writing_is_found_out(tmp_path: Path) -> None:
    """Collectors let go of what it journals, and the copy would not have it."""
    here, there = journal_url(None, tmp_path), journal_url(f"sqlite:///{tmp_path}/there.db", tmp_path)
    async with opened_journal(here) as journal:
        await journal.append([entry(1), entry(2)], NOON)

    def write(table: str, done: int, total: int) -> None:
        with contextlib.closing(sqlite3.connect(here.database or "")) as monitor, monitor:
            monitor.execute(
                "INSERT OR IGNORE INTO entries SELECT 3, arrived_at, 'x', epoch, 3, 1, batch FROM entries LIMIT 1"
            )

    with pytest.raises(ConfigurationError, match="stop it, and copy again"):
        await copy_journal(here, there, write)
    assert (await copy_journal(here, there, lambda *words: None))["entries"] == 3


async def test_a_refused_password_is_no_reason_to_try_again(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("the right password\n")
    wrong.write_text("another password")
    async with running_postgresql(password="the right password") as address:
        async with opened_journal(journal_url(address, tmp_path, right)) as journal:
            await journal.append([entry(1)], NOON)
        with pytest.raises(CredentialsRefused, match="refuses Balans"):
            async with patiently_opened_journal(journal_url(address, tmp_path, wrong)):
                pass
    with pytest.raises(ConfigurationError, match="password_file: cannot read"):
        journal_url(address, tmp_path, tmp_path / "none")
