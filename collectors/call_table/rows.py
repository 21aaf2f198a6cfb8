"""Rows of a table file, plain or gzip: the header is checked against the column map, bad lines are counted."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from collectors.call_table.columns import Settings
from collectors.lines import bounded_lines
from monitor.errors import ConfigurationError

Row = list[str]
Positions = dict[str, tuple[int, ...]]
"""Where in a row the columns of the map stand; a column that the map leaves empty has no position."""

MAX_LINE = 1 << 20
"""Characters; a field has the csv module's own limit of 128 k."""
_REPORT_EVERY = 2000


def positions(header: Row, settings: Settings, where: str) -> Positions:
    """The map's columns by their place. Raises ConfigurationError for a column that is not there."""
    places = {name: place for place, name in enumerate(header)}
    found: Positions = {}
    for key, value in settings.columns:
        names = value if isinstance(value, tuple) else (value,) if value else ()
        for name in names:
            if name not in places:
                raise ConfigurationError(
                    f"{where} has no column {name!r} (columns.{key}); its columns are: {', '.join(header)[:400]}."
                )
        found[key] = tuple(places[name] for name in names)
    return found


def table(lines: Iterable[str], settings: Settings, rejected: Counter[str]) -> Iterator[Row]:
    """The rows of the lines. A line that is no row is counted and passed over."""
    reader = csv.reader(lines, delimiter=settings.delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            rejected["unreadable_row"] += 1
            continue
        if row:
            yield row


def read(
    path: Path, settings: Settings, rejected: Counter[str], progress: Callable[[int], None] | None = None
) -> Iterator[Row]:
    """All rows of a file, header first. `progress` hears how many bytes of the file have been read.

    Raises ConfigurationError when the file cannot be opened. A gzip file that breaks off is counted as
    `truncated_file` and gives the rows it has.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            raw = gzip.GzipFile(fileobj=file) if packed else file
            text = io.TextIOWrapper(raw, encoding=settings.encoding, errors="replace", newline="")
            lines = bounded_lines(text, MAX_LINE, rejected, "unreadable_row")
            for number, row in enumerate(table(lines, settings, rejected)):
                if progress is not None and number % _REPORT_EVERY == 0:
                    progress(file.tell())
                yield row
    except (EOFError, gzip.BadGzipFile, zlib.error):
        rejected["truncated_file"] += 1
    except OSError as error:
        raise ConfigurationError(f"Cannot read {path}: {error.strerror or error}.") from error
