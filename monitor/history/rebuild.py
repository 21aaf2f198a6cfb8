"""The history computed once more from the journal, beside the one that is kept: there must be no difference.

The same engine and the same keeper write into a history of their own; then both are compared quarter by quarter.
What lies before the journal cannot be told again, so the first days of a journal whose begin has gone are left out;
so are the newest hours, which the monitor has not settled. A configuration that was changed measures the past
differently: that is a difference too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.batch import read_batch
from monitor.errors import Malformed, PeerUnreachable
from monitor.events import Event
from monitor.figures import Scope
from monitor.history.keeper import LEVELS_SETTLE, Advancing, Keeper
from monitor.history.quarters import Place
from monitor.history.rows import FIELDS, Row
from monitor.history.store import HistoryStore, Mark
from monitor.history.sums import COUNTS, SPREADS
from monitor.instants import DAY, to_instant, to_microseconds
from monitor.journal import Journal
from monitor.tally import duration, spread

UNKNOWN_BEFORE = 8 * DAY
"""A customer may come back within seven days of a contact, and its conversation may have begun the day before."""
ATTEMPTS = 5

Told = Callable[[int, int], None]
"""Called with how many entries of how many are read."""


class Replaying(Advancing, Protocol):
    """An engine that is told everything again."""

    def apply(self, event: Event) -> None:
        """Book one event."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one row: what is kept, and what the journal says."""

    scope: Scope
    began_at: int
    field: str
    kept: int
    told: int

    def __str__(self) -> str:
        at = to_instant(self.began_at)
        return f"{self.scope.kind} {self.scope.id} {at:%Y-%m-%d %H:%M} UTC {self.field}: {self.kept}, not {self.told}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many quarters of an hour were compared, and what differs."""

    quarters: int
    differences: list[Difference]


class Rebuild:
    """`again` is an empty history, `keeper` the one that writes in it."""

    def __init__(
        self, engine: Replaying, journal: Journal, kept: HistoryStore, again: HistoryStore, keeper: Keeper
    ) -> None:
        self._engine, self._journal = engine, journal
        self._kept, self._again, self._keeper = kept, again, keeper
        self._position = 0
        self._first: int | None = None

    async def read(self, told: Told) -> Mark:
        """Replay the journal up to where the history has come; that mark."""
        await self._keeper.open(self._engine, self._position)
        for _ in range(ATTEMPTS):
            mark = await self._kept.mark()
            await self._read_until(mark.position, told)
            if (await self._kept.mark()).position == mark.position:
                break
        else:
            raise PeerUnreachable("The monitor writes faster than its journal can be read: stop it, or try later.")
        self._engine.advance(to_instant(max(mark.at, self._engine.now)))
        await self._keeper.write(self._engine, self._position)
        return mark

    async def _read_until(self, last: int, told: Told) -> None:
        if self._position >= last:
            return
        async with aclosing(self._journal.recorded(self._position)) as found:
            async for some in found:
                for recorded in some:
                    if recorded.position > last:
                        return
                    if self._first is None:
                        begun = to_microseconds(recorded.arrived_at)
                        self._first = 0 if recorded.position == 1 else begun + UNKNOWN_BEFORE
                    await self._keeper.before(self._engine, recorded.position, recorded.arrived_at)
                    self._apply(recorded.raw, recorded.arrived_at)
                    self._position = recorded.position
                told(self._position, last)

    def _apply(self, raw: bytes, arrived_at: datetime) -> None:
        try:
            received = read_batch(raw)
        except Malformed:
            return
        assert received.batch is not None
        self._engine.advance(arrived_at)
        for event in received.batch.events:
            self._engine.apply(event)

    async def compared(self, begin: int, mark: Mark, *, mend: bool = False) -> Comparison:
        """What can be compared from `begin` on; `mend` puts what the journal says in the place of a quarter that
        differs."""
        until = mark.at - LEVELS_SETTLE
        begin = max(begin, mark.quarters_from, self._first or 0)
        begun = {*await self._kept.begun(begin, until), *await self._again.begun(begin, until)}
        found: list[Difference] = []
        for at in sorted(begun):
            kept, told = await self._kept.rows_at([at]), await self._again.rows_at([at])
            differing = differences_of(kept, told)
            found += differing
            if mend and differing:
                await self._kept.replace(at, told, mark.position)
        return Comparison(len(begun), found)


def differences_of(kept: Mapping[Place, Row], told: Mapping[Place, Row]) -> list[Difference]:
    """Every field in which the rows differ; a row that is not there is one of zeros."""
    found = []
    for place in sorted({*kept, *told}, key=lambda place: (place[1], place[0].kind, place[0].id)):
        mine, theirs = _numbers(kept.get(place)), _numbers(told.get(place))
        for field in sorted({*mine, *theirs}):
            if mine.get(field, 0) != theirs.get(field, 0):
                found.append(Difference(*place, field, mine.get(field, 0), theirs.get(field, 0)))
    return found


def _numbers(row: Row | None) -> dict[str, int]:
    if row is None or row.is_empty:
        return {}
    numbers = {name: row.tally.get(key, 0) for key, name in COUNTS.items()}
    for kind, name in SPREADS.items():
        numbers[f"{name}_microseconds"], numbers[f"{name}_n"] = duration(row.tally, kind)
        numbers |= {f"{name}_bin_{index}": count for index, count in spread(row.tally, kind).items()}
    numbers |= {field: getattr(row.levels, field) for field in FIELDS}
    return numbers | {"hidden": int(row.hidden)}
