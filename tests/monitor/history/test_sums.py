"""A row names everything that is counted, and reads back as it was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.events import LEFT_REASONS
from monitor.history.sums import COUNTS, PERSONAL_COUNTS, SPREADS, decoded, encoded, impersonal, kept
from monitor.tally import APPLICABLE, DURATION_KINDS, WAIT, add_duration, add_work

tallies = st.dictionaries(st.sampled_from(sorted(COUNTS)), st.integers(1, 10**9))
durations = st.lists(st.tuples(st.sampled_from(sorted(SPREADS)), st.integers(0, 10**10)), max_size=20)


def test_every_count_and_every_duration_has_a_name() -> None:
    """Counts are numbered from 0 up to the last, `APPLICABLE`."""
    assert sorted(COUNTS) == list(range(APPLICABLE + 1))
    assert {f"left_{reason}" for reason in LEFT_REASONS if reason != "abandoned"} <= set(COUNTS.values())
    assert sorted(SPREADS) == list(range(DURATION_KINDS))


@given(tallies, durations)
def test_what_is_written_reads_back(tally: dict[int, int], lasted: list[tuple[int, int]]) -> None:
    for kind, microseconds in lasted:
        add_duration([tally], kind, microseconds, 1)
    add_work([tally], 3, 1)
    assert decoded(encoded(tally)) == kept(tally)


@given(tallies, durations)
def test_nothing_of_how_people_worked_is_left(tally: dict[int, int], lasted: list[tuple[int, int]]) -> None:
    for kind, microseconds in lasted:
        add_duration([tally], kind, microseconds, 1)
    rest = encoded(impersonal(tally))
    assert not any(f'"{COUNTS[key]}":' in rest for key in PERSONAL_COUNTS)
    assert not any(f'"{name}":' in rest for kind, name in SPREADS.items() if kind != WAIT)
