"""A year of running, in short: the clock's two changes, the leap day and a new year; bench/year.py lives it all."""

from __future__ import annotations

from datetime import date

import pytest

from bench.year import Year


@pytest.mark.parametrize(
    ("begin", "days"),
    [
        (date(2028, 2, 28), 3),
        (date(2028, 3, 25), 3),
        (date(2028, 10, 28), 3),
        (date(2028, 12, 31), 3),
    ],
    ids=["leap day", "clocks forward", "clocks back", "new year"],
)
def test_no_figure_jumps(begin: date, days: int) -> None:
    year = Year(begin)
    year.live(days)
    assert year.midnights == days - 1
