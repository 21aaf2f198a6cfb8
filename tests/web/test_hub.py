"""The live hub: a snapshot and numbered deltas, one pending slot a viewer, nothing computed for nobody."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.board import Board, DeltaMessage, Header, SnapshotMessage, ViewerMessage, apply
from monitor.errors import Refused
from monitor.feed import Feed
from monitor.figures import SiteFigures
from tests.pictures import live, scope, site
from web import hub as hub_module
from web.hub import Channel, Counts, Hub, Viewer

PATIENCE = 60


def make(id: str, figures: SiteFigures) -> Board:
    """A board that shows how many wait."""
    whole = figures.of("board", "main")
    assert whole is not None
    header = Header(title=str(whole.live.waiting), site="The centre", time_zone="UTC")
    return Board(id=id, at=figures.at, order=("header",), parts={"header": header})


def waiting(count: int) -> SiteFigures:
    return site(scope("board", "main", live(waiting=count)))


def title(board: Board) -> str:
    part = board.parts["header"]
    assert isinstance(part, Header)
    return part.title


async def sent(viewer: Viewer) -> ViewerMessage:
    async with asyncio.timeout(PATIENCE):
        text = await viewer.next()
    assert text is not None
    return msgspec.json.decode(text, type=ViewerMessage)


def alone() -> tuple[Channel, Viewer]:
    """A board without a feed, and one viewer of it."""
    channel = Channel(lambda figures: make("main", figures), Feed(), Counts())
    viewer = Viewer(channel)
    channel.viewers.add(viewer)
    return channel, viewer


@asynccontextmanager
async def running(max_viewers: int = 100) -> AsyncIterator[tuple[Hub, Feed]]:
    feed = Feed()
    hub = Hub(make, feed, max_viewers)
    async with hub.running():
        yield hub, feed


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    """Heartbeats only where a test asks for them: the rest counts messages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hub_module, "HEARTBEAT_SECONDS", 3600.0)
        yield


async def test_a_viewer_gets_a_snapshot_and_then_numbered_deltas() -> None:
    async with running() as (hub, feed):
        await feed.publish(waiting(1))
        with hub.subscribe("main") as viewer:
            first = await sent(viewer)
            assert isinstance(first, SnapshotMessage)
            board = first.board
            for count in (2, 3, 4):
                await feed.publish(waiting(count))
                step = await sent(viewer)
                assert isinstance(step, DeltaMessage)
                assert step.sequence == first.sequence + count - 1
                board = apply(step.delta, board)
                assert title(board) == str(count)


async def test_a_viewer_who_comes_before_the_figures_waits_for_them() -> None:
    async with running() as (hub, feed):
        with hub.subscribe("main") as viewer:
            await feed.publish(waiting(5))
            first = await sent(viewer)
            assert isinstance(first, SnapshotMessage)
            assert title(first.board) == "5"


async def test_for_nobody_nothing_is_computed() -> None:
    async with running() as (hub, feed):
        await feed.publish(waiting(1))
        with hub.subscribe("main") as viewer:
            await sent(viewer)
            assert hub.viewers() == {"main": 1}
        assert hub.viewers() == {}
        before = hub.counts.computed
        for count in range(10):
            await feed.publish(waiting(count))
        assert hub.counts.computed == before
    assert before == 1


async def test_a_change_is_encoded_once_for_all() -> None:
    async with running() as (hub, feed):
        await feed.publish(waiting(1))
        viewers = [hub.subscribe("main") for _ in range(20)]
        entered = [viewer.__enter__() for viewer in viewers]
        for viewer in entered:
            await sent(viewer)
        assert hub.counts.encoded == 1
        await feed.publish(waiting(2))
        for viewer in entered:
            await sent(viewer)
        assert (hub.counts.encoded, hub.counts.computed) == (2, 2)
        for subscription in viewers:
            subscription.__exit__(None, None, None)


async def test_what_changes_nothing_says_nothing() -> None:
    channel, viewer = alone()
    channel.take(waiting(1))
    await sent(viewer)
    channel.take(waiting(1))
    channel.take(waiting(2))
    assert (await sent(viewer)).sequence == 1
    assert channel.counts.encoded == 2


async def test_a_slow_viewer_gets_a_snapshot_instead_of_what_it_missed() -> None:
    async with running() as (hub, feed):
        await feed.publish(waiting(0))
        with hub.subscribe("main") as slow, hub.subscribe("main") as quick:
            await sent(slow)
            await sent(quick)
            for count in range(1, 6):
                await feed.publish(waiting(count))
                step = await sent(quick)
                assert isinstance(step, DeltaMessage)
            late = await sent(slow)
            assert isinstance(late, SnapshotMessage)
            assert (title(late.board), late.sequence) == ("5", 5)
            await feed.publish(waiting(6))
            step = await sent(slow)
            assert isinstance(step, DeltaMessage)
            assert step.sequence == 6
            assert hub.counts.overtaken == 1


async def test_one_change_may_wait_for_a_viewer_but_not_two() -> None:
    channel, viewer = alone()
    channel.take(waiting(0))
    await sent(viewer)
    channel.take(waiting(1))
    assert isinstance(await sent(viewer), DeltaMessage)
    channel.take(waiting(2))
    channel.take(waiting(3))
    channel.take(waiting(4))
    late = await sent(viewer)
    assert isinstance(late, SnapshotMessage)
    assert (title(late.board), late.sequence, channel.counts.overtaken) == ("4", 4, 1)


@given(st.lists(st.sampled_from(["change", "read", "resync", "same"]), max_size=60))
async def test_whatever_the_pace_a_viewer_ends_with_the_board_of_the_server(steps: list[str]) -> None:
    channel, viewer = alone()
    channel.take(waiting(0))
    count, board, sequence = 0, None, -1
    for step in [*steps, "change", "read"]:
        if step == "change":
            count += 1
            channel.take(waiting(count))
        elif step == "same":
            channel.take(waiting(count))
        elif step == "resync":
            viewer.resynchronise()
        elif viewer.due():
            got = await sent(viewer)
            if isinstance(got, SnapshotMessage):
                board = got.board
            else:
                assert board is not None
                assert got.sequence == sequence + 1
                board = apply(got.delta, board)
            sequence = got.sequence
    assert board is not None
    assert title(board) == str(count)


async def test_a_viewer_may_ask_for_everything_again() -> None:
    async with running() as (hub, feed):
        await feed.publish(waiting(1))
        with hub.subscribe("main") as viewer:
            first = await sent(viewer)
            viewer.resynchronise()
            assert await sent(viewer) == first
            assert hub.counts.resynchronised == 1


async def test_boards_are_apart() -> None:
    async with running() as (hub, feed):
        await feed.publish(waiting(1))
        with hub.subscribe("main") as one, hub.subscribe("other") as other:
            assert {(await sent(viewer)).board.id for viewer in (one, other)} == {"main", "other"}  # type: ignore[union-attr]
            assert hub.viewers() == {"main": 1, "other": 1}


async def test_a_board_that_everybody_left_starts_again_for_the_next() -> None:
    async with running() as (hub, feed):
        await feed.publish(waiting(1))
        with hub.subscribe("main") as viewer:
            await sent(viewer)
        with hub.subscribe("main") as viewer:
            first = await sent(viewer)
            assert isinstance(first, SnapshotMessage)
            assert first.sequence == 0


async def test_there_is_room_for_so_many_and_no_more() -> None:
    async with running(max_viewers=2) as (hub, _):
        with hub.subscribe("main"), hub.subscribe("other"):
            with pytest.raises(Refused, match="2 viewers look already"), hub.subscribe("main"):
                pass
            assert hub.counts.refused == 1
        with hub.subscribe("main"):
            assert hub.viewers() == {"main": 1}


async def test_when_the_hub_stops_the_viewers_are_told() -> None:
    async with running() as (hub, feed):
        await feed.publish(waiting(1))
        subscription = hub.subscribe("main")
        viewer = subscription.__enter__()
        await sent(viewer)
    assert await viewer.next() is None


async def test_silence_is_broken_by_a_heartbeat_with_the_age_of_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "HEARTBEAT_SECONDS", 0.01)
    figures = waiting(1)
    async with running() as (hub, feed):
        await feed.publish(figures)
        with hub.subscribe("main") as viewer:
            first = await sent(viewer)
            beat = await sent(viewer)
            assert isinstance(beat, DeltaMessage)
            assert (beat.delta.parts, beat.delta.removed, beat.delta.order) == ({}, (), None)
            assert beat.sequence > first.sequence
            # The monitor stands still; the heartbeat must not make its figures look new.
            assert beat.delta.at == figures.at


async def test_a_heartbeat_brings_the_new_instant_when_nothing_else_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "HEARTBEAT_SECONDS", 0.01)
    figures = waiting(1)
    later = msgspec.structs.replace(figures, at=figures.at.replace(second=30))
    async with running() as (hub, feed):
        await feed.publish(figures)
        with hub.subscribe("main") as viewer:
            await sent(viewer)
            await feed.publish(later)
            async with asyncio.timeout(PATIENCE):
                while True:
                    beat = await sent(viewer)
                    assert isinstance(beat, DeltaMessage)
                    if beat.delta.at == later.at:
                        break
