"""Who looks on: a viewer of the wallboard over WebSocket, and a reader of the monitor's figures over MQTT. Both check
everything that is published: conservation, numbers that follow, counts that never fall."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from monitor.board import Board, Curve, DeltaMessage, Figure, Row, SnapshotMessage, Tile, ViewerMessage, apply
from monitor.bus import follow_figures
from monitor.feed import Feed
from monitor.figures import Figures, SiteFigures
from monitor.settings import Mqtt

WAITS_SECONDS = (0.1, 0.5)
FAULTS_KEPT = 20

_message = msgspec.json.Decoder(ViewerMessage)


class Witness:
    """`faults` are sentences; the first FAULTS_KEPT are kept."""

    def __init__(self, board: str, mqtt: Mqtt) -> None:
        self.pictures = self.messages = self.snapshots = 0
        self.faults: list[str] = []
        self.figures: SiteFigures | None = None
        self.board: Board | None = None
        self._address, self._mqtt = board, mqtt
        self._most_offered = 0

    @property
    def offered(self) -> int:
        """What everybody sees of all that was offered: the wall, and who reads the figures."""
        on_the_wall = 0 if self.board is None else _offered_on(self.board)
        return min(on_the_wall, 0 if self.figures is None else _offered_in(self.figures))

    def __str__(self) -> str:
        wall, figures = self.board, self.figures
        return (
            f"{0 if wall is None else _offered_on(wall)} on the wall at {wall and wall.at}, "
            f"{0 if figures is None else _offered_in(figures)} in the figures at {figures and figures.at}"
        )

    async def look(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._view(), name="viewer")
            group.create_task(self._read(), name="reader of figures")

    def _fault(self, sentence: str) -> None:
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(sentence)

    async def _read(self) -> None:
        feed = Feed()
        async with asyncio.TaskGroup() as group:
            group.create_task(follow_figures(self._mqtt, feed, WAITS_SECONDS), name="figures")
            async for figures in feed.pictures():
                self._take_figures(figures)

    def _take_figures(self, figures: SiteFigures) -> None:
        self.pictures += 1
        for sentence in broken(figures):
            self._fault(f"{figures.at:%H:%M:%S.%f}: {sentence}")
        if self.figures is not None and figures.at >= self.figures.at:
            before, after = _offered_in(self.figures), _offered_in(figures)
            if after < before:
                self._fault(f"{figures.at:%H:%M:%S.%f}: {after} offered after {before}")
        self.figures = figures

    async def _view(self) -> None:
        while True:
            try:
                async with connect(self._address, compression=None, max_size=None, open_timeout=5) as socket:
                    await self._follow(socket)
            except (OSError, TimeoutError, WebSocketException):
                await asyncio.sleep(WAITS_SECONDS[0])

    async def _follow(self, socket: object) -> None:
        board, sequence = None, -1
        async for raw in socket:  # type: ignore[attr-defined] # websockets' own type is private
            message = _message.decode(raw)
            self.messages += 1
            if isinstance(message, SnapshotMessage):
                self.snapshots += 1
                board = message.board
            else:
                board = self._after(board, sequence, message)
            sequence = message.sequence
            if board is not None:
                self._take_board(board)

    def _after(self, board: Board | None, sequence: int, message: DeltaMessage) -> Board | None:
        if board is None or message.sequence != sequence + 1:
            self._fault(f"delta {message.sequence} after {sequence if board else 'nothing'}, and no snapshot")
            return None
        return apply(message.delta, board)

    def _take_board(self, board: Board) -> None:
        for sentence in broken_on(board):
            self._fault(f"board of {board.at:%H:%M:%S.%f}: {sentence}")
        if self.board is not None and board.at >= self.board.at and _offered_on(board) < _offered_on(self.board):
            self._fault(f"board of {board.at:%H:%M:%S.%f}: {_offered_on(board)} offered, before it more")
        self.board = board


def broken(figures: SiteFigures) -> Iterator[str]:
    """Where conservation does not hold: of visits in each scope and window, and of events in the pipeline."""
    if not figures.conservation:
        yield "the monitor itself says that conservation is broken"
    for scope in figures.scopes:
        for window, counted in scope.windows.items():
            came = counted.carried_in + counted.offered
            gone = counted.answered + counted.abandoned + sum(counted.left.values()) + counted.waiting
            if came != gone:
                yield f"{scope.scope.kind} {scope.scope.id} {window}: {came} came, {gone} went or wait"
    pipeline = figures.pipeline
    if pipeline.read != pipeline.applied + sum(pipeline.rejected.values()):
        yield f"pipeline: {pipeline.read} read, {pipeline.applied} applied, {pipeline.rejected}"


def broken_on(board: Board) -> Iterator[str]:
    """What cannot be on a wall: more answered than came, shares outside 0-1, a total that is not its queues'."""
    curve = board.parts.get("curve")
    if isinstance(curve, Curve) and sum(curve.answered) > sum(curve.offered):
        yield f"{sum(curve.answered)} answered of {sum(curve.offered)} offered"
    rows = [part for part in board.parts.values() if isinstance(part, Row) and part.kind == "queue"]
    tile = board.parts.get("tile/waiting")
    if isinstance(tile, Tile) and rows and tile.figures[0].value != sum(row.waiting for row in rows):
        yield f"{tile.figures[0].value} wait, {[row.waiting for row in rows]} in the queues"
    for part in board.parts.values():
        for figure in part.figures if isinstance(part, Row | Tile) else ():
            if _is_share_outside(figure):
                yield f"{figure}"


def _is_share_outside(figure: Figure) -> bool:
    return figure.measure.endswith("_ratio") and figure.value is not None and not 0 <= figure.value <= 1


def today(figures: SiteFigures, queue: str) -> Figures:
    """What a queue's day comes to."""
    scope = figures.of("queue", queue)
    return Figures() if scope is None else scope.windows["today"]


def _offered_in(figures: SiteFigures) -> int:
    scope = figures.of("site", "site")
    return 0 if scope is None else scope.windows["today"].offered


def _offered_on(board: Board) -> int:
    """Of the day, which the share of those who gave up is a share of."""
    rows = (part for part in board.parts.values() if isinstance(part, Row) and part.kind == "queue")
    return sum(figure.n for row in rows for figure in row.figures if figure.measure == "abandoned_ratio")
