"""A restart of the monitor: its snapshot and the journal's tail, or the journal alone; the figures are the same."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor.bus import Subscriber, publishing
from monitor.engine import Engine
from monitor.feed import Feed
from monitor.journal import journal_url, opened_journal
from monitor.live import Live
from monitor.settings import Mqtt, Queue, Site
from monitor.snapshot import FILE, SnapshotFile, fingerprint
from tests.integration.conftest import RunningBroker
from tests.integration.test_live import calls, now, offered, picture

WAITS = (0.01, 0.1)


@asynccontextmanager
async def monitor(
    mqtt: Mqtt, folder: Path, *, print_of: str = "one", journal: str | None = None, snapshot_seconds: float = 3600
) -> AsyncIterator[Feed]:
    """A monitor with its state in `folder`, stopped cleanly."""
    feed = Feed()
    async with opened_journal(journal_url(journal, folder)) as opened, asyncio.TaskGroup() as group:
        live = Live(
            Engine(Site(), {"sales": Queue()}),
            Subscriber(mqtt, waits=WAITS),
            opened,
            feed,
            now,
            0.05,
            snapshots=SnapshotFile(folder / FILE, fingerprint(print_of)),
            snapshot_seconds=snapshot_seconds,
        )
        task = group.create_task(live.run(), name="monitor")
        yield feed
        task.cancel()


async def answered(feed: Feed, count: int) -> tuple[int, int, int]:
    """Offered, answered and waiting, once so many were offered."""
    figures = await picture(feed, lambda figures: offered(figures) == count)
    queue = figures.of("queue", "sales")
    assert queue is not None
    return queue.windows["today"].offered, queue.windows["today"].answered, queue.live.waiting


async def test_after_a_clean_stop_the_snapshot_is_enough(
    running_broker: RunningBroker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monitor.live")
    async with running_broker() as mqtt, publishing(mqtt, "pbx", now, WAITS) as outlet:
        async with monitor(mqtt, tmp_path) as feed:
            await outlet.put(calls(0, 300))
            before = await answered(feed, 300)
        async with monitor(mqtt, tmp_path) as feed:
            assert await answered(feed, 300) == before
            await outlet.put(calls(300, 100))
            assert await answered(feed, 400) == (400, 200, 200)
    assert "from its snapshot" in caplog.text


@pytest.mark.parametrize("damage", ["bytes", "missing", "version", "half"])
async def test_without_a_usable_snapshot_the_journal_tells_everything(
    running_broker: RunningBroker, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    async with running_broker() as mqtt, publishing(mqtt, "pbx", now, WAITS) as outlet:
        async with monitor(mqtt, tmp_path) as feed:
            await outlet.put(calls(0, 300))
            before = await answered(feed, 300)
        file = tmp_path / FILE
        raw = file.read_bytes()
        if damage == "bytes":
            file.write_bytes(raw[:-9] + b"x" + raw[-8:])
        elif damage == "half":
            file.write_bytes(raw[: len(raw) // 2])
        elif damage == "missing":
            file.unlink()
        async with monitor(mqtt, tmp_path, print_of="another" if damage == "version" else "one") as feed:
            assert await answered(feed, 300) == before
    lines = [text for text in caplog.messages if "The journal is read instead" in text]
    assert len(lines) == (0 if damage == "missing" else 1)


async def test_a_snapshot_is_taken_while_the_figures_go_on(running_broker: RunningBroker, tmp_path: Path) -> None:
    async with (
        running_broker() as mqtt,
        publishing(mqtt, "pbx", now, WAITS) as outlet,
        monitor(mqtt, tmp_path, snapshot_seconds=0.05) as feed,
        asyncio.timeout(120),
    ):
        await outlet.put(calls(0, 10))
        await answered(feed, 10)
        file = SnapshotFile(tmp_path / FILE, fingerprint("one"))
        while (snapshot := file.read()) is None:  # noqa: ASYNC110 -- another process writes it
            await asyncio.sleep(0.01)
    assert snapshot.position > 0


def forget_the_journal(folder: Path) -> None:
    for file in folder.glob("journal.db*"):
        file.unlink()


async def test_a_journal_older_than_the_snapshot_is_believed(
    running_broker: RunningBroker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_broker() as mqtt, publishing(mqtt, "pbx", now, WAITS) as outlet:
        async with monitor(mqtt, tmp_path) as feed:
            await outlet.put(calls(0, 10))
            await answered(feed, 10)
        forget_the_journal(tmp_path)
        async with monitor(mqtt, tmp_path) as feed:
            await outlet.put(calls(10, 10))
            # The outbox may still hold the first ten: nobody told it that they were journalled.
            await picture(feed, lambda figures: offered(figures) in (10, 20))
    assert "newer than the journal" in caplog.text


async def test_a_snapshot_of_another_journal_is_not_believed(
    running_broker: RunningBroker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A restored journal that has gone on has entries at the same positions, and others."""
    async with running_broker() as mqtt:
        async with monitor(mqtt, tmp_path) as feed, publishing(mqtt, "pbx", now, WAITS) as outlet:
            await outlet.put(calls(0, 10))
            await answered(feed, 10)
        (tmp_path / FILE).rename(tmp_path / "kept")
        forget_the_journal(tmp_path)
        async with monitor(mqtt, tmp_path) as feed, publishing(mqtt, "other", now, WAITS) as outlet:
            for first in range(100, 150, 5):
                await outlet.put(calls(first, 5))
                await picture(feed, lambda figures, first=first: offered(figures) >= first - 95)  # type: ignore[misc]
            before = offered(await picture(feed, lambda figures: True))
        (tmp_path / "kept").rename(tmp_path / FILE)
        async with monitor(mqtt, tmp_path) as feed:
            assert offered(await picture(feed, lambda figures: offered(figures) > 0)) == before
    assert "of another journal" in caplog.text


async def test_a_collector_that_is_killed_goes_on_from_its_outbox(
    running_broker: RunningBroker, tmp_path: Path
) -> None:
    """The first process puts its events on disk while there is no broker, and is gone."""

    async def killed() -> None:
        nowhere = Mqtt(host="127.0.0.1", port=1)
        async with publishing(nowhere, "pbx", now, WAITS, state_directory=tmp_path) as outlet:
            await outlet.put_safely(calls(0, 50))
            raise ZeroDivisionError

    with contextlib.suppress(ZeroDivisionError):
        await killed()
    async with (
        running_broker() as mqtt,
        monitor(mqtt, tmp_path) as feed,
        publishing(mqtt, "pbx", now, WAITS, state_directory=tmp_path) as outlet,
    ):
        await outlet.put(calls(50, 50))
        assert await answered(feed, 100) == (100, 50, 50)
