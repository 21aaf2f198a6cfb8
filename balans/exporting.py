"""`balans export`: the history of some days as CSV or Parquet, scope by scope."""

from __future__ import annotations

import contextlib
import csv
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Protocol, TextIO

from balans.configuration import journal_address, load_checked
from balans.progress import LateProgress
from monitor.errors import ConfigurationError, PartMissing
from monitor.figures import Scope
from monitor.history import KINDS, HistoryStore, Step, Stretch
from monitor.history.period import period
from monitor.history.sheet import Value, column_kind, columns, sheet_row
from monitor.instants import DAY, SiteDays
from monitor.journal import database_of

Format = Literal["csv", "parquet"]
_MONTH = 31 * DAY


@dataclass(frozen=True, slots=True)
class Export:
    """What is wanted. Without `kinds` all of them; without `out` standard output."""

    first: date
    last: date
    step: Step
    kinds: tuple[str, ...]
    format: Format
    out: Path | None


class Sheet(Protocol):
    """Where rows go."""

    def write(self, rows: list[dict[str, Value]]) -> None:
        """Some rows more."""


async def export(wanted: Export, config: Path | None) -> int:
    """Write it; how many rows. Raises ConfigurationError, PartMissing, and PeerUnreachable for no journal."""
    settings = load_checked(config)
    _check(wanted)
    zone = settings.site.time_zone
    asked = _period(wanted, zone)
    days, count = SiteDays(zone), 0
    async with database_of(journal_address(settings), wait=False) as database:
        store = HistoryStore(database, zone)
        scopes = [scope for scope in await store.scopes(asked[0], asked[1]) if scope.kind in wanted.kinds]
        with LateProgress() as progress, _sheet(wanted) as sheet:
            for number, scope in enumerate(scopes):
                progress.read(number, len(scopes) + 1)
                async for stretches in _stretches(store, scope, asked, wanted.step, days):
                    sheet.write([sheet_row(stretch, days) for stretch in stretches])
                    count += len(stretches)
    return count


async def _stretches(
    store: HistoryStore, scope: Scope, asked: tuple[int, int], step: Step, days: SiteDays
) -> AsyncIterator[list[Stretch]]:
    """A month at a time, so that years do not fill the memory."""
    begin, end = asked
    while begin < end:
        until = min(end, days.begin(begin + _MONTH))
        yield await store.stretches(scope, begin, until, step)
        begin = until


def _check(wanted: Export) -> None:
    if wanted.format == "parquet" and wanted.out is None:
        raise ConfigurationError("Parquet is not for a terminal: say --out FILE.")
    for kind in wanted.kinds:
        if kind not in KINDS:
            raise ConfigurationError(f"There is no history of a {kind}; there is of {', '.join(KINDS)}.")


def _period(wanted: Export, zone: str) -> tuple[int, int]:
    try:
        asked = period(wanted.first.isoformat(), wanted.last.isoformat(), wanted.step, zone)
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    return asked.begin, asked.end


@contextlib.contextmanager
def _sheet(wanted: Export) -> Iterator[Sheet]:
    if wanted.format == "parquet":
        assert wanted.out is not None
        with _parquet(wanted.out) as sheet:
            yield sheet
        return
    with _text(wanted.out) as file:
        writer = csv.DictWriter(file, columns(), lineterminator="\n")
        writer.writeheader()
        yield CsvSheet(writer)


@contextlib.contextmanager
def _text(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        return
    try:
        file = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise ConfigurationError(f"Cannot write {path}: {error.strerror}.") from error
    with file:
        yield file


class CsvSheet:
    """Empty is null, instants are ISO 8601 in UTC."""

    def __init__(self, writer: csv.DictWriter[str]) -> None:
        self._writer = writer

    def write(self, rows: list[dict[str, Value]]) -> None:
        """Some rows more."""
        for row in rows:
            self._writer.writerow({name: _plain(value) for name, value in row.items()})


def _plain(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else value


@contextlib.contextmanager
def _parquet(path: Path) -> Iterator[Sheet]:
    try:
        import pyarrow as arrow  # type: ignore[import-untyped]
        from pyarrow import parquet
    except ImportError as error:
        raise PartMissing("Parquet needs the package pyarrow: pip install 'balans[parquet]'.") from error
    types = {
        "text": arrow.string(),
        "instant": arrow.timestamp("us", tz="UTC"),
        "flag": arrow.bool_(),
        "number": arrow.float64(),
        "count": arrow.int64(),
    }
    schema = arrow.schema([(name, types[column_kind(name)]) for name in columns()])
    try:
        writer = parquet.ParquetWriter(path, schema)
    except OSError as error:
        raise ConfigurationError(f"Cannot write {path}: {error.strerror or error}.") from error
    with writer:
        yield ParquetSheet(writer, lambda rows: arrow.Table.from_pylist(rows, schema=schema))


class ParquetSheet:
    """A row group each time."""

    def __init__(self, writer: Any, table: Callable[[list[dict[str, Value]]], Any]) -> None:
        self._writer, self._table = writer, table

    def write(self, rows: list[dict[str, Value]]) -> None:
        """Some rows more."""
        if rows:
            self._writer.write_table(self._table(rows))
