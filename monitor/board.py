"""The board: what one wallboard shows, as immutable parts, and the difference between two boards.

No type here has a field for a person: a display cannot receive one. A board is a mapping from part id to
part; a delta carries the parts that changed, whole, and the ids that went. `apply(diff(a, b), a) == b`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Band = Literal["good", "watch", "act", "idle", "none"]
"""How a figure stands against its thresholds; `none` where there is nothing to say."""


class Figure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One figure with what it takes to explain it: its measure's key (label, unit, formula, thresholds are
    in the table of measures), its window, its sums and n. `value` null: cannot be said. `too_little`: n is
    under 10, so nothing is shown; `low` and `high` (Wilson 95 %) are given while n is under 30."""

    measure: str
    window: Literal["now", "15m", "30m", "60m", "today"]
    value: float | None = None
    n: int = 0
    numerator: float | None = None
    denominator: float | None = None
    low: float | None = None
    high: float | None = None
    too_little: bool = False
    expected: float | None = None
    target: float | None = None
    band: Band = "none"


class Header(msgspec.Struct, frozen=True, kw_only=True, tag="header", omit_defaults=True):
    """Which board this is, and the zone in which it tells the time. A television shows the boards of `rotate` by turns,
    each for `rotate_seconds`. A quiet board flashes nothing."""

    title: str
    site: str
    time_zone: str
    demo: bool = False
    quiet: bool = False
    rotate: tuple[str, ...] = ()
    rotate_seconds: int = 60


class Tile(msgspec.Struct, frozen=True, kw_only=True, tag="tile", omit_defaults=True):
    """One of the at most five large figures: the first figure is the large one. `began_at`: since when the
    longest waiting customer waits; the viewer counts on between messages."""

    measure: str
    figures: tuple[Figure, ...]
    began_at: datetime | None = None
    stale_since: datetime | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True, tag="row", omit_defaults=True):
    """A queue, a channel or a line. `agents` counts people by state. `waiting` null: this board hides who waits."""

    kind: Literal["queue", "channel", "line"]
    id: str
    label: str
    channel: str = ""
    line: int | None = None
    waiting: int | None = 0
    longest_wait_began_at: datetime | None = None
    figures: tuple[Figure, ...] = ()
    agents: dict[str, int] = {}
    stale_since: datetime | None = None


class Curve(msgspec.Struct, frozen=True, kw_only=True, tag="curve"):
    """Today in quarters of an hour from the site's midnight, up to now."""

    began_at: datetime
    interval_seconds: int
    offered: tuple[int, ...]
    answered: tuple[int, ...]
    waiting: tuple[float, ...]
    """Mean number of those who waited for somebody, written work left out; empty when the board hides them."""
    service_level: tuple[float | None, ...]


Verdict = Literal["in_balance", "thorough", "fewer_helped", "quick", "hard", "nothing"]
"""Where the newest place lies: in the healthy field; beside it (thorough, and longer); below it as quick as expected
(fewer helped), quicker (at the customer's cost) or slower (a hard hour). `nothing`: too few people or contacts."""


class BalanceScope(msgspec.Struct, frozen=True, kw_only=True):
    """The group the balance is of. The label of a channel or a line is its word, which the catalogues translate."""

    kind: Literal["site", "line", "channel", "queue", "team", "board"]
    label: str


class BalancePlace(msgspec.Struct, frozen=True, kw_only=True):
    """One fixed window of 60 minutes. `helped_points`: helped in one go, observed minus expected, in whole percentage
    points. `pace_percent`: handle time over the expected, in whole per cents; 7 is 7 % slower."""

    began_at: datetime
    helped_points: int
    pace_percent: int


class Balance(msgspec.Struct, frozen=True, kw_only=True, tag="balance", omit_defaults=True):
    """Speed and quality as two sides of one picture: today's path, oldest first, a window every `step_seconds`; one
    that is left out had too few people or contacts. The healthy field lies at and above `field_from_points` and up to
    `field_to_percent` slower. `figures` are those of the newest place beside the expected."""

    window_seconds: int
    step_seconds: int
    field_from_points: int
    field_to_percent: int
    scope: BalanceScope | None = None
    trail: tuple[BalancePlace, ...] = ()
    verdict: Verdict = "nothing"
    figures: tuple[Figure, ...] = ()


class SourceState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One source and since when it is so."""

    source: str
    state: Literal["up", "lost", "stopped", "silent"]
    since: datetime | None = None
    cannot_tell: tuple[str, ...] = ()


class Sources(msgspec.Struct, frozen=True, kw_only=True, tag="sources", omit_defaults=True):
    """Health of the sources behind this board; a source is a system, not a person. `behind_seconds` is how far the
    figures lag behind what the sources already told, null while they keep up; meanwhile `events_waiting` are held."""

    sources: tuple[SourceState, ...]
    behind_seconds: float | None = None
    events_waiting: int = 0


class Advice(msgspec.Struct, frozen=True, kw_only=True, tag="advice"):
    """One sentence about what would help now: a message key of the catalogues with its values."""

    message: str
    values: dict[str, str | float] = {}


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a lead wants known, in the centre's own words; an outage explains, and blames nobody. `queues` are the
    labels of those it is about; empty: all of the board's."""

    kind: Literal["notice", "outage"]
    text: str
    since: datetime | None = None
    queues: tuple[str, ...] = ()


class Notices(msgspec.Struct, frozen=True, kw_only=True, tag="notices"):
    """The notices that stand now."""

    notices: tuple[Notice, ...]


class GoodNews(msgspec.Struct, frozen=True, kw_only=True, tag="good_news"):
    """Thanks of today; texts only with the customer's consent."""

    compliments: int
    texts: tuple[str, ...] = ()


Part = Header | Tile | Row | Balance | Curve | Sources | Advice | Notices | GoodNews


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """One wallboard at one instant. `order` is the order of the parts on the screen."""

    id: str
    at: datetime
    order: tuple[str, ...]
    parts: dict[str, Part]


class Delta(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """From one board to the next of the same id. `order` null: unchanged."""

    at: datetime
    parts: dict[str, Part] = {}
    removed: tuple[str, ...] = ()
    order: tuple[str, ...] | None = None


def diff(before: Board, after: Board) -> Delta:
    """What changes `before` into `after`. Raises ValueError for boards of different ids."""
    if before.id != after.id:
        raise ValueError(f"no difference between board {before.id!r} and board {after.id!r}")
    return Delta(
        at=after.at,
        parts={id: part for id, part in after.parts.items() if before.parts.get(id) != part},
        removed=tuple(id for id in before.parts if id not in after.parts),
        order=None if after.order == before.order else after.order,
    )


def apply(delta: Delta, board: Board) -> Board:
    """The board after the delta."""
    gone = set(delta.removed)
    parts = {id: part for id, part in board.parts.items() if id not in gone} | delta.parts
    return Board(
        id=board.id,
        at=delta.at,
        order=board.order if delta.order is None else delta.order,
        parts=parts,
    )


class SnapshotMessage(msgspec.Struct, frozen=True, kw_only=True, tag="snapshot"):
    """To a viewer: the whole board. Deltas that follow are numbered on from `sequence`."""

    sequence: int
    board: Board


class DeltaMessage(msgspec.Struct, frozen=True, kw_only=True, tag="delta"):
    """To a viewer: the step from `sequence` - 1 to `sequence`. One with no parts says "still alive"."""

    sequence: int
    delta: Delta


ViewerMessage = SnapshotMessage | DeltaMessage


class Resync(msgspec.Struct, frozen=True, kw_only=True, tag="resync"):
    """From a viewer that saw a gap: send the whole board again."""
