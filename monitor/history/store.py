"""The history in SQL: written by the monitor, read by whoever asks. Raises PeerUnreachable while the database is away.

A writing is one transaction with the mark that says up to which entry of the journal everything is booked; what was
booked before is never booked again, so that a writing whose end nobody saw can be done once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from monitor.errors import PeerUnreachable
from monitor.figures import Scope
from monitor.history.quarters import Place
from monitor.history.rows import (
    FIELDS,
    KINDS,
    NO_LEVELS,
    Levels,
    Row,
    Step,
    Stretch,
    day_after,
    hidden_together,
    midnights,
    stretches,
)
from monitor.history.sums import decoded, encoded, kept, only_ripens
from monitor.history.tables import days, marks, quarters
from monitor.instants import QUARTER, SiteDays
from monitor.journal import Database
from monitor.tally import Tally, pool

_NAME = "history"
_ROWS_AT_ONCE = 500
_QUARTERS_AT_ONCE = 24

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything up to the journal's entry `position` is booked (-1: nothing yet), as of the engine's clock `at`.
    Quarters begin at `quarters_from`; before it there are days."""

    position: int = -1
    at: int = 0
    quarters_from: int = 0


@dataclass(frozen=True, slots=True)
class Writing:
    """What has changed up to the entry `position` at the clock `at`; quarters that ended before `closed_at` are
    closed. `levels` are all there were of `scopes` from `levels_from` on."""

    position: int
    at: int
    closed_at: int
    booked: Mapping[Place, Tally]
    scopes: frozenset[Scope]
    levels_from: int
    levels: Mapping[Place, Levels]

    def told_levels(self, place: Place) -> Levels | None:
        """Of this quarter; None for one that it does not speak of."""
        spoken_of = self.levels_from <= place[1] < self.at and place[0] in self.scopes
        return self.levels.get(place, NO_LEVELS) if spoken_of else None


class HistoryStore:
    """The history of one site, in the journal's database."""

    def __init__(self, database: Database, time_zone: str) -> None:
        self._database = database
        self._days = SiteDays(time_zone)

    async def mark(self) -> Mark:
        """How far it has come."""
        row = await self._database.row(_select_mark())
        return Mark() if row is None else Mark(*row)

    async def write(self, writing: Writing) -> None:
        """Keep it, or nothing of it."""
        async with self._database.transaction() as connection:
            mark = await self._locked_mark(connection)
            booked = writing.booked if mark.position < writing.position else {}
            places: defaultdict[int, list[Place]] = defaultdict(list)
            for place in {*booked, *writing.levels}:
                if place[1] >= mark.quarters_from:
                    places[place[1]].append(place)
            begins = {*places, *range(max(writing.levels_from, mark.quarters_from), writing.at, QUARTER)}
            for begun in _some(sorted(begins), _QUARTERS_AT_ONCE):
                before = await _rows_at(connection, begun)
                touched = {*before, *(place for at in begun for place in places[at])}
                after = {place: _changed(place, before.get(place), booked.get(place, {}), writing) for place in touched}
                await self._put(connection, before, _with_small_hidden(after))
            position = max(mark.position, writing.position)
            await self._advance(connection, Mark(position, writing.at, mark.quarters_from))

    async def replace(self, begun_at: int, rows: Mapping[Place, Row], position: int) -> None:
        """Put these rows, of the journal up to `position`, in the place of all that is kept of the quarter that began
        then. Raises PeerUnreachable when the history has gone on since."""
        async with self._database.transaction() as connection:
            if (await self._locked_mark(connection)).position != position:
                raise PeerUnreachable("The monitor has gone on writing: stop it, and try again.")
            await connection.execute(quarters.delete().where(quarters.c.began_at == begun_at))
            await self._put(connection, {}, dict(rows))

    async def rows_at(self, begun: Sequence[int]) -> dict[Place, Row]:
        """All rows of the quarters that began then."""
        async with self._database.transaction() as connection:
            return await _rows_at(connection, begun)

    async def begun(self, begin: int, end: int) -> list[int]:
        """The quarters in [begin, end) of which there are rows."""
        between = (quarters.c.began_at >= begin) & (quarters.c.began_at < end)
        found = sa.select(quarters.c.began_at).where(between).distinct().order_by(quarters.c.began_at)
        return [row.began_at for row in await self._database.rows(found)]

    async def stretches(self, scope: Scope, begin: int, end: int, step: Step) -> list[Stretch]:
        """The steps of a scope that begin in [begin, end), which begins and ends a step; where only days are kept,
        they are all there is."""
        found = await self._whole_days(scope, begin, end) if step == "1d" else []
        mine = (quarters.c.kind == scope.kind) & (quarters.c.id == scope.id)
        between = (quarters.c.began_at >= begin) & (quarters.c.began_at < end)
        wanted = sa.select(quarters).where(mine & between).order_by(quarters.c.began_at)
        rows = [_row(row) for row in await self._database.rows(wanted)]
        return found + stretches(rows, step, self._days)

    async def scopes(self, begin: int, end: int) -> list[Scope]:
        """The scopes of which there is anything in [begin, end)."""
        found = set()
        for table in (quarters, days):
            between = (table.c.began_at >= begin) & (table.c.began_at < end)
            rows = await self._database.rows(sa.select(table.c.kind, table.c.id).where(between).distinct())
            found |= {(row.kind, row.id) for row in rows}
        return [Scope(kind=kind, id=id) for kind, id in sorted(found, key=lambda one: (KINDS.index(one[0]), one[1]))]

    async def roll_up(self, before: int) -> int:
        """Make days of the quarters of the days that ended by `before`, and let those quarters go; how many days."""
        oldest = await self._database.row(sa.select(sa.func.min(quarters.c.began_at)))
        if oldest is None or oldest[0] is None:
            return 0
        count = 0
        for midnight in midnights(self._days.begin(oldest[0]), before, self._days):
            end = day_after(midnight, self._days)
            if end > before:
                break
            await self._roll_up_day(midnight, end)
            count += 1
        return count

    async def forget_days(self, before: int) -> None:
        """Let go of days that began before."""
        await self._database.write(days.delete().where(days.c.began_at < before))

    async def _roll_up_day(self, midnight: int, end: int) -> None:
        async with self._database.transaction() as connection:
            mark = await self._locked_mark(connection)
            between = (quarters.c.began_at >= midnight) & (quarters.c.began_at < end)
            found = await connection.execute(sa.select(quarters).where(between).order_by(quarters.c.began_at))
            of_scope: defaultdict[Scope, list[Row]] = defaultdict(list)
            for row in map(_row, found):
                of_scope[row.scope].append(row)
            made = [day for rows in of_scope.values() for day in stretches(rows, "1d", self._days)]
            for some in _some(made, _ROWS_AT_ONCE):
                await connection.execute(self._database.put(days, [_day_columns(day) for day in some]))
            await connection.execute(quarters.delete().where(between))
            await self._advance(connection, Mark(mark.position, mark.at, max(end, mark.quarters_from)))

    async def _whole_days(self, scope: Scope, begin: int, end: int) -> list[Stretch]:
        mine = (days.c.kind == scope.kind) & (days.c.id == scope.id)
        between = (days.c.began_at >= begin) & (days.c.began_at < end)
        rows = await self._database.rows(sa.select(days).where(mine & between).order_by(days.c.began_at))
        return [
            Stretch(
                scope=scope,
                began_at=row.began_at,
                ended_at=day_after(row.began_at, self._days),
                tally=decoded(row.sums),
                shown=decoded(row.shown),
                levels=_levels(row),
                hidden=row.hidden,
                corrections=row.corrections,
                corrected_at=row.corrected_at,
            )
            for row in rows
        ]

    async def _locked_mark(self, connection: AsyncConnection) -> Mark:
        """Nobody else writes in the history until this transaction ends."""
        await connection.execute(self._database.put(marks, [_mark_columns(Mark())], over=False))
        row = (await connection.execute(_select_mark().with_for_update())).one()
        return Mark(*row)

    async def _advance(self, connection: AsyncConnection, mark: Mark) -> None:
        await connection.execute(self._database.put(marks, [_mark_columns(mark)]))

    async def _put(self, connection: AsyncConnection, before: Mapping[Place, Row], after: Mapping[Place, Row]) -> None:
        changed = [row for place, row in after.items() if row != before.get(place)]
        for some in _some(changed, _ROWS_AT_ONCE):
            await connection.execute(self._database.put(quarters, [_columns(row) for row in some]))


def _select_mark() -> sa.Select[Any]:
    return sa.select(marks.c.position, marks.c.at, marks.c.quarters_from).where(marks.c.name == _NAME)


def _mark_columns(mark: Mark) -> dict[str, object]:
    return {"name": _NAME, "position": mark.position, "at": mark.at, "quarters_from": mark.quarters_from}


async def _rows_at(connection: AsyncConnection, begun: Sequence[int]) -> dict[Place, Row]:
    found = await connection.execute(sa.select(quarters).where(quarters.c.began_at.in_(begun)))
    rows = [_row(row) for row in found]
    return {(row.scope, row.began_at): row for row in rows}


def _changed(place: Place, before: Row | None, booked: Tally, writing: Writing) -> Row:
    row = before or Row(scope=place[0], began_at=place[1], tally={})
    told = writing.told_levels(place)
    after = msgspec.structs.replace(
        row, tally=kept(pool((row.tally, booked))), levels=row.levels if told is None else told
    )
    corrected = after.levels != row.levels or not only_ripens(booked)
    if before is None or not corrected or place[1] + QUARTER > writing.closed_at:
        return after
    return msgspec.structs.replace(after, corrections=row.corrections + 1, corrected_at=writing.at)


def _with_small_hidden(rows: Mapping[Place, Row]) -> dict[Place, Row]:
    """The same, with who must hide in each quarter."""
    together: defaultdict[tuple[str, int], list[Row]] = defaultdict(list)
    found = {place: row for place, row in rows.items() if row.is_empty}
    for place in sorted(rows.keys() - found.keys(), key=lambda place: (place[1], place[0].kind, place[0].id)):
        together[place[0].kind, place[1]].append(rows[place])
    for some in together.values():
        hidden = hidden_together(some)
        for index, row in enumerate(some):
            right = row if row.hidden == (index in hidden) else msgspec.structs.replace(row, hidden=index in hidden)
            found[row.scope, row.began_at] = right
    return found


def _row(row: sa.Row[Any]) -> Row:
    return Row(
        scope=Scope(kind=row.kind, id=row.id),
        began_at=row.began_at,
        tally=decoded(row.sums),
        levels=_levels(row),
        hidden=row.hidden,
        corrections=row.corrections,
        corrected_at=row.corrected_at,
    )


def _levels(row: sa.Row[Any]) -> Levels:
    return Levels(*(getattr(row, field) for field in FIELDS))


def _columns(row: Row | Stretch) -> dict[str, object]:
    return {
        "kind": row.scope.kind,
        "id": row.scope.id,
        "began_at": row.began_at,
        "sums": encoded(row.tally),
        **msgspec.structs.asdict(row.levels),
        "hidden": row.hidden,
        "corrections": row.corrections,
        "corrected_at": row.corrected_at,
    }


def _day_columns(day: Stretch) -> dict[str, object]:
    return {**_columns(day), "shown": encoded(day.shown)}


def _some(all: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (all[first : first + size] for first in range(0, len(all), size))
