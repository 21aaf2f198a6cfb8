"""Reading what a viewer is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import websockets

from monitor.board import Board, DeltaMessage, SnapshotMessage, ViewerMessage, apply

PATIENCE = 60

_decoder: msgspec.json.Decoder[ViewerMessage] = msgspec.json.Decoder(ViewerMessage)


async def message(connection: websockets.ClientConnection) -> ViewerMessage:
    """The next message, whichever it is."""
    async with asyncio.timeout(PATIENCE):
        return _decoder.decode(await connection.recv())


async def snapshot(connection: websockets.ClientConnection) -> SnapshotMessage:
    """The next message, which must be a snapshot."""
    got = await message(connection)
    assert isinstance(got, SnapshotMessage)
    return got


async def change(connection: websockets.ClientConnection) -> DeltaMessage:
    """The next delta that carries something; heartbeats are passed over."""
    while True:
        got = await message(connection)
        assert isinstance(got, DeltaMessage)
        if got.delta.parts or got.delta.removed:
            return got


async def boards(connection: websockets.ClientConnection) -> AsyncIterator[tuple[int, Board]]:
    """What the viewer sees after each message: snapshots as they are, deltas applied. Gaps are failures."""
    board: Board | None = None
    sequence = 0
    while True:
        got = await message(connection)
        if isinstance(got, SnapshotMessage):
            board = got.board
        else:
            assert board is not None
            assert got.sequence == sequence + 1
            board = apply(got.delta, board)
        sequence = got.sequence
        yield sequence, board
