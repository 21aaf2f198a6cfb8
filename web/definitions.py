"""What is answered of how boards are defined."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from monitor.boards.form import BoardForm
from monitor.events import Channel

Origin = Literal["configuration", "changed", "made"]


class DefinedBoard(msgspec.Struct, frozen=True, kw_only=True):
    """One board. `origin`: the configuration's as it is; changed here; or made here. `version` is also its ETag; 0:
    nothing was ever kept of it. Who changed it, and when, where somebody did."""

    board: str
    version: int
    origin: Origin
    may_change: bool
    definition: BoardForm
    changed_by: str | None
    changed_at: datetime | None


class QueueChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A queue that a board may show. Within how many seconds, and its own target, are the configuration's: they are
    booked as customers are answered, the same for every board. `mine`: the person who asks may put it on a board."""

    queue: str
    label: str
    channel: Channel
    line: int
    team: str
    within_seconds: float
    target: float
    mine: bool


class BoardsPage(msgspec.Struct, frozen=True, kw_only=True):
    """All the page needs; `tiles` are the measures that can be a large figure, by their key."""

    boards: tuple[DefinedBoard, ...]
    queues: tuple[QueueChoice, ...]
    tiles: tuple[str, ...]
    most_boards: int
