"""Marks from a table: one event a row, the same row always the same event."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from collectors.survey import SurveyColumns, marks
from monitor.errors import ConfigurationError
from monitor.events import FeedbackGiven

ZONE = ZoneInfo("Europe/Amsterdam")
TABLE = """contact,mark,at,comment
170.1,5,2026-03-10T10:00:00,fine
170.2,0,2026-03-10T10:00:00,no such mark
,4,2026-03-10T10:00:00,whose
170.3,4,yesterday,when
170.4,2,2026-03-10T10:00:00+00:00,said in UTC
""".splitlines()


def read(lines: list[str], **of: object) -> tuple[list[FeedbackGiven], Counter[str]]:
    unreadable: Counter[str] = Counter()
    return list(marks(lines, SurveyColumns(), "csat", ZONE, unreadable, **of)), unreadable  # type: ignore[arg-type]


def test_a_row_is_a_mark_in_the_sites_time_unless_it_says_otherwise() -> None:
    found, unreadable = read(TABLE)
    assert [(one.contact, one.score, one.at) for one in found] == [
        ("170.1", 5, datetime(2026, 3, 10, 9, tzinfo=UTC)),
        ("170.4", 2, datetime(2026, 3, 10, 10, tzinfo=UTC)),
    ]
    assert unreadable == {"no_mark": 1, "no_contact": 1, "no_instant": 1}


def test_a_file_read_twice_is_the_same_marks() -> None:
    first, second = read(TABLE)[0], read(TABLE)[0]
    assert [one.id for one in first] == [one.id for one in second]
    assert len({one.id for one in first}) == len(first)


def test_nothing_that_a_customer_wrote_comes_along() -> None:
    assert "fine" not in repr(read(TABLE)[0])


def test_other_columns_and_marks() -> None:
    lines = ["call;leg;nps", "7,1,10,2026-03-10T10:00:00"]
    columns = SurveyColumns("call", "nps", "when", "leg")
    with pytest.raises(ConfigurationError, match="no column 'call'"):
        list(marks(lines, columns, "nps", ZONE, Counter()))
    (one,) = marks(["call,leg,nps,when", "7,1,10,2026-03-10T10:00:00"], columns, "nps", ZONE, Counter())
    assert (one.contact, one.visit, one.kind, one.score) == ("7", "1", "nps", 10)
