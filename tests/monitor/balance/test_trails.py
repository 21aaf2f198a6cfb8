"""Paths of the balance on a wall: nobody follows from them, neither across scopes nor across windows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.balance import Score
from monitor.balance.cells import Sums, contacts_of, showable, together
from monitor.balance.scopes import Work, shown_scopes
from monitor.balance.trails import SITE, Paths
from monitor.figures import BalanceTrail
from tests.monitor.balance.contacts import DAY, TOPICS, contact


def people(*contacts: int, first: int = 0) -> dict[str, Sums]:
    return {f"a{first + number}": Sums(count, count * 0.8, count * 0.7) for number, count in enumerate(contacts)}


def test_big_scopes_of_every_kind_are_shown() -> None:
    cells = {
        Work("sales", "voice", 1, "north"): people(20, 20, 20, 20, 20),
        Work("help", "chat", 1, "south"): people(20, 20, 20, 20, 20, first=10),
    }
    shown = shown_scopes(cells)
    assert set(shown) == {
        SITE,
        ("line", "1"),
        ("channel", "voice"),
        ("channel", "chat"),
        ("queue", "sales"),
        ("queue", "help"),
        ("team", "north"),
        ("team", "south"),
    }


def test_a_small_queue_is_not_the_difference_of_a_team_and_another_queue() -> None:
    """All of the experts' queues are served by one team: the team minus the big queue would be the small one."""
    cells = {
        Work("sales", "voice", 1, "north"): people(20, 20, 20, 20, 20),
        Work("experts", "voice", 2, "vecht"): people(20, 20, 20, 20, 20, first=10),
        Work("video", "video", 2, "vecht"): people(5, 4, first=10),
    }
    shown = shown_scopes(cells)
    assert ("queue", "video") not in shown
    assert not {("team", "vecht"), ("queue", "experts")} <= set(shown)
    assert not {("line", "2"), ("queue", "experts")} <= set(shown)
    assert not {SITE, ("channel", "voice")} <= set(shown)


CELL = st.dictionaries(
    st.sampled_from([f"a{number}" for number in range(12)]),
    st.integers(0, 25).map(lambda count: Sums(count, count * 0.8, count * 0.7)),
    max_size=9,
)
WORKS = st.builds(
    Work,
    st.sampled_from(("sales", "help", "experts", "video")),
    st.sampled_from(("voice", "chat")),
    st.sampled_from((1, 2)),
    st.sampled_from(("north", "south", "")),
)


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(WORKS, CELL, max_size=7), st.data())
def test_no_sum_or_difference_of_what_is_shown_is_a_group_that_must_stay_hidden(
    cells: dict[Work, dict[str, Sums]], data: st.DataObject
) -> None:
    shown = shown_scopes(cells)
    works = sorted(work for work, cell in cells.items() if contacts_of(cell))
    for place, cell in shown.items():
        assert showable(cell), place
    if not shown:
        return

    def row(place: tuple[str, str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([float(any((s.kind, s.id) == place for s in work.scopes())) for work in works])

    rows = {place: row(place) for place in shown}
    one, other = data.draw(st.sampled_from(sorted(shown))), data.draw(st.sampled_from(sorted(shown)))
    third = data.draw(st.sampled_from(sorted(shown)))
    for found in (
        rows[one] - rows[other],
        rows[one] - rows[other] - rows[third],
        rows[one] + rows[other] - rows[third],
    ):
        if set(found.tolist()) <= {0.0, 1.0} and found.sum() == 1.0:
            (place,) = np.flatnonzero(found)
            assert showable(cells[works[place]]), (one, other, third)


def a_day(each_minutes: int, people_there: int) -> Score:
    """One contact every so many minutes from 8 to 18, by so many people in turn."""
    score = Score(TOPICS)
    for number, minute in enumerate(range(8 * 60, 18 * 60, each_minutes)):
        made = contact(
            number,
            agent=f"a{number % people_there}",
            team="north" if number % 2 else "south",
            queue="sales",
            closed_at=DAY + minute * 60.0 + 1.0,
            handle_seconds=300.0,
            transferred=number % 10 == 0,
        )
        score.add(made)
    return score


def judged(score: Score, until_hour: float) -> list[BalanceTrail]:
    paths = Paths(DAY)
    while paths.next_end <= DAY + until_hour * 3600:
        paths.judge(score.provisional(paths.next_end))
    return list(paths.trails())


def starts(trails: list[BalanceTrail], kind: str, name: str = "pace") -> list[float]:
    (trail,) = [trail for trail in trails if trail.scope.kind == kind]
    return [(point.began_at.timestamp() - DAY) / 3600 for point in trail.points if getattr(point, name) is not None]


def test_a_site_moves_by_what_might_be_shown_on_its_own_and_its_queues_by_the_hour() -> None:
    found = judged(a_day(1, 11), 12)
    assert starts(found, "queue") == [8.0, 9.0, 10.0, 11.0]
    halves = [7.5, 8.0, 8.5, 9.0, 9.5, 10.0, 10.5, 11.0]
    assert starts(found, "site") == halves, "a quarter has 15 contacts, too few on its own; half an hour has 30"


def test_where_a_quarter_might_be_shown_on_its_own_the_window_moves_by_it() -> None:
    score = Score(TOPICS)
    for number, second in enumerate(range(8 * 3600, 11 * 3600, 20)):
        score.add(contact(number, agent=f"a{number % 11}", queue="sales", closed_at=DAY + second + 1.0))
    found = judged(score, 11)
    assert [start for start in starts(found, "site") if start >= 8.0] == [8.0 + quarter / 4 for quarter in range(9)]
    assert starts(found, "queue") == [8.0, 9.0, 10.0]


def test_every_stretch_between_the_bounds_of_windows_might_have_been_shown() -> None:
    score = a_day(1, 7)
    shown = starts(judged(score, 18), "site")
    bounds = sorted(set(shown) | {start + 1 for start in shown})
    view = score.provisional(DAY + 18 * 3600)
    for first, last in pairwise(bounds):
        stretch: list[dict[str, Sums]] = []
        for rows in view.batches:
            within = (rows.closed >= DAY + first * 3600) & (rows.closed < DAY + last * 3600)
            stretch += [{rows.contacts[place].agent: Sums(1, 0.0, 0.0)} for place in np.flatnonzero(within)]
        assert not stretch or showable(together(stretch))


def test_four_people_are_never_shown() -> None:
    assert [trail for trail in judged(a_day(1, 4), 18) if any(point.pace for point in trail.points)] == []


def test_what_was_shown_stays_as_it_was_shown() -> None:
    score, paths = a_day(1, 11), Paths(DAY)
    while paths.next_end <= DAY + 9 * 3600:
        paths.judge(score.provisional(paths.next_end))
    before = paths.trails()
    score.came_back("c00003", DAY + 9.1 * 3600)
    while paths.next_end <= DAY + 10 * 3600:
        paths.judge(score.provisional(paths.next_end))
    assert [trail.points[0] for trail in paths.trails()] == [trail.points[0] for trail in before]


def test_whole_per_cents() -> None:
    (site,) = [trail for trail in judged(a_day(1, 11), 9) if trail.scope.kind == "site"]
    helped, pace = site.points[-1].helped, site.points[-1].pace
    assert helped is not None
    assert pace is not None
    assert (helped.contacts, helped.observed) == (60, 0.9)
    assert helped.expected == round(helped.expected, 2)
    assert pace.observed == round(pace.observed)
