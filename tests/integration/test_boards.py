"""A board that is changed where the web is, measured where the monitor is: two processes with one store between."""

from __future__ import annotations

import asyncio
from pathlib import Path

from monitor.boards.current import Boards
from monitor.boards.store import BoardStore
from monitor.bus import Subscriber, publishing, share_figures
from monitor.bus import follow_figures as follow
from monitor.engine import Engine
from monitor.feed import Feed
from monitor.journal import database_of, journal_url, opened_journal
from monitor.live import Live
from monitor.settings import BoardDefinition, Queue, Site
from tests.integration.conftest import RunningBroker
from tests.integration.test_live import PATIENCE_SECONDS, REFRESH_SECONDS, WAITS, calls, now, offered, picture

QUEUES = {"sales": Queue(), "service": Queue()}
GIVEN = {"hall": BoardDefinition(queues=("service",))}


async def test_the_monitor_measures_a_board_that_was_changed_elsewhere(
    running_broker: RunningBroker, tmp_path: Path
) -> None:
    url = journal_url(None, tmp_path)
    at_the_monitor, at_the_web = Boards(GIVEN), Boards(GIVEN)
    measured, shown = Feed(), Feed()
    async with running_broker() as mqtt, opened_journal(url) as journal, database_of(url) as database:
        subscriber = Subscriber(mqtt, waits=WAITS)
        engine = Engine(Site(), QUEUES, boards=GIVEN)
        live = Live(engine, subscriber, journal, measured, now, REFRESH_SECONDS, boards=lambda: at_the_monitor)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(work)
                for work in (
                    live.run(),
                    at_the_monitor.follow(database),
                    share_figures(mqtt, measured),
                    follow(mqtt, shown),
                )
            ]
            async with asyncio.timeout(PATIENCE_SECONDS):
                await subscriber.ready.wait()
            async with publishing(mqtt, "pbx", now) as outlet:
                await outlet.put_safely(calls(0, 100))
            before = await picture(shown, lambda figures: offered(figures) == 100)
            hall = before.of("board", "hall")
            assert hall is None or hall.windows["today"].offered == 0

            wider = BoardDefinition(queues=("sales", "service"))
            assert await at_the_web.keep(
                BoardStore(database), "hall", wider, after=0, changed_by="Noor", changed_at=now()
            )
            after = await picture(shown, lambda figures: figures.boards.get("hall") == ("sales", "service"))
            hall = after.of("board", "hall")
            assert hall is not None
            assert hall.windows["today"].offered == 100
            for task in tasks:
                task.cancel()
