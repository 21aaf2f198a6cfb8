"""What is kept of people, as the monitor keeps it: a journal of a made-up centre, and the score beside it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from monitor.journal import database_of, journal_url, opened_journal
from monitor.people.keeping import Keeping, Trails
from monitor.people.plan import plan_of
from monitor.people.sheets import Sheets
from monitor.settings import Settings
from tests.integration.test_keeping import journalled
from tests.monitor.people.centre import AGENTS, story

PATIENCE_SECONDS = 180


@contextmanager
def scored(folder: Path, settings: Settings, days: int, clock: Callable[[], datetime]) -> Iterator[None]:
    """The monitor's part in a thread of its own, over some days of story; the body begins with everybody's sheet."""
    ready, stop = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    async def keep() -> None:
        url = journal_url(None, folder)
        async with opened_journal(url) as journal, database_of(url) as database:
            await journalled(journal, [(event.at, event) for event in story(1, days=days, a_day=12)])
            keeping = Keeping(plan_of(settings), journal, database, Trails(), clock, folder)
            task = asyncio.create_task(keeping.run())
            while not all([await Sheets(database).weeks(agent) for agent in AGENTS]):  # noqa: ASYNC110 -- a process
                await asyncio.sleep(0.05)
            ready.set()
            await asyncio.to_thread(stop.wait)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def run() -> None:
        try:
            asyncio.run(keep())
        except Exception as error:  # noqa: BLE001 -- told below, in the test's own thread
            failed.append(error)
            ready.set()

    thread = threading.Thread(target=run, name="monitor")
    thread.start()
    try:
        assert ready.wait(PATIENCE_SECONDS), "nothing was scored"
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
    assert failed == []
