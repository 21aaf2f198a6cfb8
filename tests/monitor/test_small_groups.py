"""A group too small to hide one shows nothing of how people work, and nothing that gives it away."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.figures import Figures, Live
from monitor.small_groups import PERSONAL, PERSONAL_LIVE, hide_small_groups, too_small
from monitor.small_numbers import PEOPLE_NEEDED
from tests.pictures import live, scope


def test_of_a_small_team_only_the_work_is_left() -> None:
    small, large, other = (
        scope("team", "night", live(on_duty=4)),
        scope("team", "day", live(on_duty=20)),
        scope("team", "late", live(on_duty=9)),
    )
    hidden, shown, also = hide_small_groups([small, large, other])
    today = hidden.windows["today"]
    assert (today.offered, today.service_level) == (100, small.windows["today"].service_level)
    assert all(getattr(today, field) == getattr(Figures(), field) for field in PERSONAL)
    assert shown == large
    # Nine and twenty are known; with the total of all, the four would be too. So the nine hide with them.
    assert also.windows["today"].handle_time_seconds.n == 0


def test_a_single_small_group_that_no_total_gives_away_hides_alone() -> None:
    queues = [scope("queue", "a", live(on_duty=2)), scope("queue", "b", live(on_duty=3))]
    large = scope("queue", "c", live(on_duty=12))
    assert too_small([*queues, large]) == {0, 1}


def test_kinds_are_looked_at_apart() -> None:
    assert too_small([scope("queue", "a", live(on_duty=5)), scope("team", "a", live(on_duty=1))]) == {1}


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12))
def test_what_is_hidden_is_nobody_or_five_people_or_all(people: list[int]) -> None:
    scopes = [scope("queue", str(place), live(on_duty=count), windows={}) for place, count in enumerate(people)]
    hidden = too_small(scopes)
    together = sum(people[place] for place in hidden)
    assert {place for place, count in enumerate(people) if count < PEOPLE_NEEDED} <= hidden
    assert not hidden or together >= PEOPLE_NEEDED or len(hidden) == len(people)


OF_THE_QUEUE = {
    *(
        "offered",
        "answered",
        "abandoned",
        "short_abandoned",
        "abandoned_wait_seconds",
        "left",
        "left_before_queue",
        "handled",
        "waiting",
    ),
    *("carried_in", "contacts", "outside_hours", "service_level", "speed_of_answer_seconds", "longest_wait_seconds"),
    *("max_waiting", "max_in_service", "transferred", "abandoned_ratio", "compliments", "first_response_in_time"),
}
OF_THE_MOMENT = {
    *("waiting", "longest_wait_began_at", "in_service", "backlog", "oldest_backlog_began_at"),
    *("oldest_backlog_open_seconds", "agents", "on_duty", "waiting_per_agent", "stale_since"),
}


def test_every_figure_is_either_of_the_work_offered_or_of_how_people_work() -> None:
    """A new figure has to be placed before a group of one can show it."""
    assert set(Figures.__struct_fields__) == OF_THE_QUEUE | set(PERSONAL)
    assert set(Live.__struct_fields__) == OF_THE_MOMENT | set(PERSONAL_LIVE)


def test_the_load_of_a_small_team_is_hidden_too() -> None:
    alone = live(on_duty=1, minutes_since_break=70.0, minutes_above_occupancy=45)
    hidden = hide_small_groups([scope("team", "red", alone)])[0].live
    assert (hidden.minutes_since_break, hidden.minutes_above_occupancy) == (None, None)
    assert hidden.on_duty == 1
