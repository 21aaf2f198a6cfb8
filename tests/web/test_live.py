"""The WebSocket of a board, over a real server and real sockets."""

import asyncio
import json
import socket

import msgspec
import pytest
import websockets
from httpx import AsyncClient

from monitor.board import SnapshotMessage, Tile
from monitor.figures import SiteFigures
from tests.pictures import live, scope, site
from tests.web.conftest import Served, served
from tests.web.messages import PATIENCE, boards, change, message, snapshot
from web.live import MAX_MESSAGE_BYTES, allowed


def waiting(count: int) -> SiteFigures:
    return site(scope("board", "main", live(waiting=count)))


async def closed(connection: websockets.ClientConnection) -> tuple[int | None, str | None]:
    """The server's code and reason, once it has closed."""
    async with asyncio.timeout(PATIENCE):
        await connection.wait_closed()
    return connection.close_code, connection.close_reason


async def test_a_viewer_sees_the_board_change(web: Served) -> None:
    await web.feed.publish(waiting(1))
    async with web.board() as connection:
        first = await snapshot(connection)
        assert first.board.id == "main"
        await web.feed.publish(waiting(7))
        step = await change(connection)
        tile = step.delta.parts["tile/waiting"]
        assert isinstance(tile, Tile)
        assert tile.figures[0].value == 7
        assert set(step.delta.parts) == {"tile/waiting"}


async def test_messages_are_text(web: Served) -> None:
    await web.feed.publish(waiting(1))
    async with web.board() as connection, asyncio.timeout(PATIENCE):
        assert isinstance(await connection.recv(), str)


async def test_two_viewers_and_rest_see_the_same_board(web: Served) -> None:
    await web.feed.publish(waiting(1))
    async with web.board() as one, web.board() as other, web.client() as client:
        assert (await snapshot(one)).board == (await snapshot(other)).board
        whole = (await client.get("/api/v1/boards/main")).json()
        async with web.board() as third, asyncio.timeout(PATIENCE):
            assert json.loads(await third.recv())["board"] == whole


async def test_a_quiet_board_still_says_that_it_lives(web: Served) -> None:
    await web.feed.publish(waiting(1))
    async with web.board() as connection:
        first = await snapshot(connection)
        beat = await message(connection)
        assert not isinstance(beat, SnapshotMessage)
        assert (beat.sequence, beat.delta.parts, beat.delta.at) == (first.sequence + 1, {}, first.board.at)


async def test_resync_brings_the_whole_board_again(web: Served) -> None:
    await web.feed.publish(waiting(1))
    async with web.board() as connection:
        await snapshot(connection)
        await connection.send('{"type":"resync"}')
        got = await message(connection)
        while not isinstance(got, SnapshotMessage):
            got = await message(connection)


async def test_an_unknown_board_is_refused_in_words(web: Served) -> None:
    async with web.board("nowhere") as connection:
        assert await closed(connection) == (4404, "There is no such board.")


@pytest.mark.parametrize("nonsense", ["", "{}", "resync", '{"type":"snapshot"}', b"\xff\x00", "[" * 1000])
async def test_what_is_not_understood_ends_the_connection(web: Served, nonsense: str | bytes) -> None:
    await web.feed.publish(waiting(1))
    async with web.board() as connection:
        await connection.send(nonsense)
        assert await closed(connection) == (1003, "Only a resync message is understood here.")


async def test_a_message_beyond_the_bound_ends_the_connection(web: Served) -> None:
    async with web.board() as connection:
        await connection.send("x" * (MAX_MESSAGE_BYTES + 1))
        code, _ = await closed(connection)
        assert code == 1009


async def test_beyond_the_bound_of_viewers_one_is_asked_to_come_back() -> None:
    async with served(max_viewers=1) as web, web.board() as first:
        await web.feed.publish(waiting(1))
        await snapshot(first)
        async with web.board() as second:
            assert await closed(second) == (1013, "1 viewers look already; try again later.")
        await first.close()
        async with web.client() as client:
            await until_viewers(client, 0)
        async with web.board() as third:
            await snapshot(third)


async def test_a_page_of_another_site_may_not_look(web: Served) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with web.board(origin="https://elsewhere.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_a_page_of_our_own_or_of_a_configured_site_may_look() -> None:
    async with served(origins=("https://intranet.example",)) as web:
        for origin in (web.http, "https://intranet.example"):
            async with web.board(origin=origin) as connection:
                await web.feed.publish(waiting(1))
                await snapshot(connection)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (None, True),
        ("http://wall.example:8000", True),
        ("https://wall.example:8000", True),
        ("http://wall.example", False),
        ("http://wall.example:8000.evil.example", False),
        ("null", False),
        ("", False),
        ("http://[", False),
    ],
)
def test_the_origin_is_compared_whole(origin: str | None, expected: bool) -> None:
    assert allowed(origin, "wall.example:8000", ()) is expected


async def test_when_the_server_stops_viewers_hear_that_it_comes_back() -> None:
    async with served() as web:
        connection = await web.board()
        await web.feed.publish(waiting(1))
        await snapshot(connection)
    assert (await closed(connection))[0] == 1012
    with pytest.raises(OSError, match="Connect"):
        await web.board()


async def test_a_viewer_that_leaves_is_no_longer_counted(web: Served) -> None:
    await web.feed.publish(waiting(1))
    async with web.client() as client:
        async with web.board() as connection:
            await snapshot(connection)
            await until_viewers(client, 1)
        await until_viewers(client, 0)


async def test_a_stalled_viewer_costs_the_others_nothing_and_catches_up(web: Served) -> None:
    """One peer does not read at all while thousands of changes go to another; then it reads on."""
    stalled = small_socket(web.port)
    await web.feed.publish(wide(0))
    async with (
        web.board(sock=stalled, max_queue=1) as slow,
        web.board() as quick,
        web.client() as client,
    ):
        await snapshot(quick)
        slow.transport.pause_reading()  # type: ignore[attr-defined]
        count = 0
        async with asyncio.timeout(60):
            while not await metric(client, "balans_viewers_overtaken_total"):
                for _ in range(50):
                    count += 1
                    await web.feed.publish(wide(count))
                    # The quick viewer misses nothing: each change comes to it as a delta, in order.
                    assert shown_waiting((await change(quick)).delta.parts["tile/waiting"]) == count
        slow.transport.resume_reading()  # type: ignore[attr-defined]
        snapshots = 0
        async with asyncio.timeout(PATIENCE):
            while True:
                got = await message(slow)
                if isinstance(got, SnapshotMessage):
                    snapshots += 1
                    if shown_waiting(got.board.parts["tile/waiting"]) == count:
                        break
        assert snapshots >= 1


async def test_a_viewer_that_takes_in_nothing_is_cut_off() -> None:
    """The kernel gives up on a peer that does not take in its bytes, so that stalled viewers cannot pile up."""
    async with served(unread_seconds=0.5) as web, web.client() as client:
        await web.feed.publish(wide(0))
        stalled = small_socket(web.port)
        with stalled:
            await asyncio.get_running_loop().sock_sendall(stalled, handshake(web.port))
            await until_viewers(client, 1)
            count = 0
            async with asyncio.timeout(60):
                while await metric(client, 'balans_viewers{board="main"}'):
                    count += 1
                    await web.feed.publish(wide(count))


def wide(count: int) -> SiteFigures:
    """Figures in which everything changes at once, so that buffers fill."""
    now = live(waiting=count)
    queues = [scope("queue", f"queue-{place}", now) for place in range(40)]
    return site(scope("board", "main", now), *queues)


def shown_waiting(part: object) -> float | None:
    assert isinstance(part, Tile)
    return part.figures[0].value


def small_socket(port: int) -> socket.socket:
    """A connected socket that takes in little before it is full."""
    stalled = socket.socket()
    stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stalled.connect(("127.0.0.1", port))
    stalled.setblocking(False)
    return stalled


def handshake(port: int) -> bytes:
    return (
        f"GET /ws/board/main HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


async def metric(client: AsyncClient, name: str) -> float:
    """The value of one series; zero when it is not there."""
    for line in (await client.get("/metrics")).text.splitlines():
        if line.startswith(f"{name} "):
            return float(line.rsplit(" ", 1)[1])
    return 0.0


async def until_viewers(client: AsyncClient, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await metric(client, 'balans_viewers{board="main"}') != count:
            pass


async def test_a_viewers_own_board_is_that_of_the_server_after_any_number_of_changes(web: Served) -> None:
    await web.feed.publish(wide(0))
    async with web.board() as connection, web.client() as client:
        seen = boards(connection)
        await anext(seen)
        for count in range(1, 20):
            await web.feed.publish(wide(count))
            async with asyncio.timeout(PATIENCE):
                while shown_waiting((latest := (await anext(seen))[1]).parts["tile/waiting"]) != count:
                    pass
        whole = (await client.get("/api/v1/boards/main")).content
        assert msgspec.json.decode(whole, type=type(latest)) == latest
