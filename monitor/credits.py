"""Where answered visits that are long over are booked: a mark or a review may come weeks later.

Kept in sheaves of some thousands in the order in which the visits were over. A full sheaf is bytes until somebody asks
for a visit that may be in it: a snapshot is written and read without looking into them.
Bound: `CREDITS_KEPT` names.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

import msgspec

from monitor.cell import Cell
from monitor.instants import DAY

CREDITS_KEPT = 200_000
SHEAF_NAMES = 5_000
SHEAF_LASTS = DAY
"""A small centre fills none in a year; what is old goes by the sheaf."""

Packed = list[tuple[str, int, int]]
"""Name, when it was answered, and the number of its cell in the sheaf."""
_pack, _unpack = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Packed)


class Credit(NamedTuple):
    """All that is kept of a visit: enough to credit a mark or a review."""

    answered_at: int
    cell: Cell


class Sheaf:
    """Credits by name that do not change any more. `newest` is when the last of them was answered."""

    __slots__ = ("_cells", "_found", "_packed", "count", "newest")

    def __init__(self, credits: dict[str, Credit]) -> None:
        numbers: dict[int, int] = {}
        self._cells: list[Cell] = []
        for credit in credits.values():
            if id(credit.cell) not in numbers:
                numbers[id(credit.cell)] = len(self._cells)
                self._cells.append(credit.cell)
        rows = [(name, credit.answered_at, numbers[id(credit.cell)]) for name, credit in credits.items()]
        self._packed = _pack.encode(rows)
        self._found: dict[str, Credit] | None = None
        self.count = len(rows)
        self.newest = max(credit.answered_at for credit in credits.values())

    def get(self, name: str) -> Credit | None:
        """The credit of this name."""
        if self._found is None:
            rows = _unpack.decode(self._packed)
            self._found = {name: Credit(answered_at, self._cells[cell]) for name, answered_at, cell in rows}
        return self._found.get(name)

    def __getstate__(self) -> tuple[bytes, list[Cell], int, int]:
        return self._packed, self._cells, self.count, self.newest

    def __setstate__(self, state: tuple[bytes, list[Cell], int, int]) -> None:
        self._packed, self._cells, self.count, self.newest = state
        self._found = None


class Credits:
    """The credits of one centre."""

    def __init__(self) -> None:
        self._open: dict[str, Credit] = {}
        self._begun_at = 0
        self._sheaves: deque[Sheaf] = deque()
        """The oldest first."""
        self._count = 0

    def __len__(self) -> int:
        return self._count + len(self._open)

    def keep(self, names: Iterable[str], answered_at: int, cell: Cell) -> None:
        """Remember an answered visit by these names."""
        if len(self._open) >= SHEAF_NAMES or (self._open and abs(answered_at - self._begun_at) >= SHEAF_LASTS):
            self._bind()
        if not self._open:
            self._begun_at = answered_at
        for name in names:
            earlier = self._open.get(name)
            if earlier is None or earlier.answered_at <= answered_at:
                self._open[name] = Credit(answered_at, cell)

    def _bind(self) -> None:
        sheaf = Sheaf(self._open)
        self._open = {}
        self._sheaves.append(sheaf)
        self._count += sheaf.count
        while self._count > CREDITS_KEPT - SHEAF_NAMES:
            self._count -= self._sheaves.popleft().count

    def get(self, name: str) -> Credit | None:
        """The visit of this name that was answered last."""
        found = self._open.get(name)
        latest = accumulate((sheaf.newest for sheaf in self._sheaves), max)
        # From the newest on; what is older is looked into only where it may hold a later answer.
        for sheaf, newest in reversed(list(zip(self._sheaves, latest, strict=True))):
            if found is not None and found.answered_at >= newest:
                break
            other = sheaf.get(name)
            if other is not None and (found is None or other.answered_at > found.answered_at):
                found = other
        return found

    def forget(self, before: int) -> None:
        """Let go of what was answered before."""
        while self._sheaves and self._sheaves[0].newest < before:
            self._count -= self._sheaves.popleft().count
