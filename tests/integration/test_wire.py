"""The whole way: recorded bytes of a real Asterisk, with their own TCP segmentation and at twenty times their speed,
through collector, broker, monitor and hub to a viewer's WebSocket, end in the figures of the recording's truth."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import websockets

from collectors.asterisk_ami import AsteriskAmi
from collectors.asterisk_ami import Settings as Ami
from collectors.source import Surroundings
from monitor.board import Board, Figure, Row
from monitor.bus import Subscriber, publishing
from monitor.engine import Engine
from monitor.feed import Feed
from monitor.figures import Figures
from monitor.live import Live
from monitor.pseudonym import Pseudonyms
from monitor.settings import Mqtt, Settings
from tests.collectors.ami_player import AmiPlayer, Timeline
from tests.integration.conftest import RunningBroker, a_journal
from tests.web.messages import boards
from web.app import create_app
from web.server import listen, serve

SPEED = 20
PATIENCE_SECONDS = 150
OFFERED = {"klantenservice": 301, "techniek": 109, "verkoop": 129}
ANSWERED = {"klantenservice": 218, "techniek": 99, "verkoop": 86}
WITHIN = {"klantenservice": 160, "techniek": 94, "verkoop": 74}
ABANDONED = {"klantenservice": 61, "techniek": 10, "verkoop": 29}


def now() -> datetime:
    return datetime.now(UTC)


def zone_far_from_midnight() -> str:
    """Where it is about noon, so that the figures of today hold the whole of the test."""
    hours = now().hour - 12
    return f"Etc/GMT{hours:+d}" if hours else "Etc/GMT"


def centre() -> Settings:
    return Settings(
        site={"time_zone": zone_far_from_midnight()},
        boards={"floor": {"title": "The floor"}},
        web={"port": 0},
        monitor={"refresh_seconds": 0.1},
    )


@asynccontextmanager
async def balans(settings: Settings, mqtt: Mqtt, player: AmiPlayer) -> AsyncIterator[tuple[Feed, int]]:
    """Collector, monitor and web on one broker: the feed, and the port that viewers connect to."""
    feed, subscriber = Feed(), Subscriber(mqtt, waits=(0.01, 0.1))
    engine = Engine(settings.site, settings.queues, settings.teams, settings.boards)
    surroundings = Surroundings(settings.site, settings.queues, Pseudonyms(bytes(32)), now)
    ami = Ami(port=player.port, username=player.username, secret=player.secret, snapshot_seconds=5)
    listening = listen(settings.web)
    async with a_journal() as journal, asyncio.TaskGroup() as group:
        live = Live(engine, subscriber, journal, feed, now, settings.monitor.refresh_seconds)
        tasks = [
            group.create_task(live.run(), name="monitor"),
            group.create_task(serve(create_app(settings, feed), listening), name="web"),
        ]
        async with asyncio.timeout(PATIENCE_SECONDS):
            await subscriber.ready.wait()
        async with publishing(mqtt, "pbx", now) as outlet:
            tasks.append(group.create_task(AsteriskAmi("pbx", ami, surroundings).run(outlet), name="collector"))
            yield feed, listening.getsockname()[1]
            for task in tasks:
                task.cancel()


async def last_board(port: int, done: asyncio.Event, wanted: Mapping[str, int]) -> Board:
    """What a viewer sees once the recording is over and as many were answered in time as should be."""
    async with websockets.connect(f"ws://127.0.0.1:{port}/ws/board/floor") as connection:
        async for _, board in boards(connection):
            if done.is_set() and {queue: today(board, queue).numerator for queue in rows(board)} == wanted:
                return board
    raise AssertionError("the connection ended before the recording did")


def rows(board: Board) -> dict[str, Row]:
    parts = board.parts.values()
    return {part.id: part for part in parts if isinstance(part, Row) and part.kind == "queue"}


def today(board: Board, queue: str, measure: str = "service_level_ratio") -> Figure:
    found = [f for f in rows(board)[queue].figures if f.measure == measure and f.window == "today"]
    return found[0]


def figures(feed: Feed) -> dict[str, Figures]:
    assert feed.latest is not None
    return {scope.scope.id: scope.windows["today"] for scope in feed.latest.scopes if scope.scope.kind == "queue"}


async def test_the_recorded_day_through_the_wire(running_broker: RunningBroker, shared_data: Path) -> None:
    timeline = Timeline.of(shared_data / "asterisk-day" / "ami-startup")
    async with (
        running_broker() as mqtt,
        AmiPlayer(timeline, speed=SPEED) as player,
        balans(centre(), mqtt, player) as (feed, port),
        asyncio.timeout(PATIENCE_SECONDS),
    ):
        board = await last_board(port, player.finished, WITHIN)
        found = figures(feed)
        assert {queue: found[queue].offered for queue in OFFERED} == OFFERED
        assert {queue: found[queue].answered for queue in OFFERED} == ANSWERED
        assert {queue: found[queue].abandoned for queue in OFFERED} == ABANDONED
        assert found["klantenservice"].left["timeout"] == 12
        assert found["klantenservice"].left["key"] == 10
        assert found["klantenservice"].transferred == 30
        assert found["verkoop"].left["empty"] == 2
        assert all(row.waiting == 0 for row in rows(board).values())
        assert feed.latest is not None
        assert feed.latest.conservation
        assert feed.latest.pipeline.read == feed.latest.pipeline.applied + sum(feed.latest.pipeline.rejected.values())


async def test_a_connection_killed_twice_comes_back_as_far_as_a_snapshot_can_restore(
    running_broker: RunningBroker, shared_data: Path
) -> None:
    """What happened while nobody listened is not made up; who waited and who talked is found again."""
    timeline = Timeline.of(shared_data / "asterisk-day" / "ami-startup")
    async with (
        running_broker() as mqtt,
        AmiPlayer(timeline, speed=3 * SPEED, cuts=(300, 600), away=10) as player,
        balans(centre(), mqtt, player) as (feed, _),
        asyncio.timeout(PATIENCE_SECONDS),
    ):
        await player.finished.wait()
        async for picture in feed.pictures():
            site = picture.of("site", "site")
            assert picture.conservation
            if site is not None and site.live.waiting == 0 and site.live.in_service == 0:
                break
        found = figures(feed)
        assert player.connections == 3
        for queue, offered in OFFERED.items():
            # Three connections saw all but what began and ended within twice ten seconds.
            assert offered * 0.94 <= found[queue].offered <= offered
            assert ANSWERED[queue] * 0.94 <= found[queue].answered <= ANSWERED[queue]
            assert found[queue].waiting == 0
