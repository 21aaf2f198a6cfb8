"""Customers' marks from a table (CSV): one row a mark, with the contact it is about. Pure.

A row always becomes the same event, so that a file that is imported twice counts once.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from monitor.errors import ConfigurationError
from monitor.events import FeedbackGiven

SOURCE = "survey"
Kind = Literal["csat", "nps", "thumb"]
HIGHEST: dict[Kind, int] = {"csat": 5, "nps": 10, "thumb": 1}


@dataclass(frozen=True, slots=True)
class SurveyColumns:
    """Which column of the header holds what; `visit` empty: the table names contacts only."""

    contact: str = "contact"
    mark: str = "mark"
    at: str = "at"
    visit: str = ""


def marks(
    lines: Iterable[str], columns: SurveyColumns, kind: Kind, zone: ZoneInfo, unreadable: Counter[str]
) -> Iterator[FeedbackGiven]:
    """The marks of a table with a header. Instants as ISO 8601, without an offset in `zone`. What cannot be read is
    counted by reason. Raises ConfigurationError for a column that is not there."""
    rows = csv.DictReader(lines)
    for column in (columns.contact, columns.mark, columns.at, *([columns.visit] if columns.visit else [])):
        if column not in (rows.fieldnames or ()):
            raise ConfigurationError(
                f"The table has no column {column!r}; its header is: {', '.join(rows.fieldnames or ())}."
            )
    for row in rows:
        made = _mark(row, columns, kind, zone, unreadable)
        if made is not None:
            yield made


def _mark(
    row: dict[str, str], columns: SurveyColumns, kind: Kind, zone: ZoneInfo, unreadable: Counter[str]
) -> FeedbackGiven | None:
    try:
        at = datetime.fromisoformat((row[columns.at] or "").strip())
    except ValueError:
        unreadable["no_instant"] += 1
        return None
    contact, mark = (row[columns.contact] or "").strip(), (row[columns.mark] or "").strip()
    if not contact:
        unreadable["no_contact"] += 1
        return None
    if not mark.isascii() or not mark.isdecimal() or int(mark) > HIGHEST[kind] or (kind == "csat" and int(mark) == 0):
        unreadable["no_mark"] += 1
        return None
    at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    visit = (row[columns.visit] or "").strip() if columns.visit else ""
    try:
        return msgspec.convert(
            {
                "type": "feedback.given",
                "id": f"{kind}/{contact}/{visit}/{at.isoformat()}",
                "source": SOURCE,
                "at": at,
                "contact": contact,
                "visit": visit,
                "kind": kind,
                "score": int(mark),
            },
            FeedbackGiven,
        )
    except msgspec.ValidationError:
        unreadable["too_long"] += 1
        return None
