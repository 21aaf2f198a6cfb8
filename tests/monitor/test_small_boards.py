"""Two boards must not give away by their difference what neither may show."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from monitor.settings import BoardDefinition, Queue
from monitor.small_boards import telling
from monitor.small_numbers import PEOPLE_NEEDED
from tests.monitor.centre import Morning, centre, scope, told

Queues = frozenset[str]
of = frozenset
PEOPLE = {of({"sales"}): 9, of({"service"}): 8, of({"mail"}): 2, of({"chat"}): 3, of({"mail", "chat"}): 1}
LARGE = of({"sales", "service"})


def hidden(*boards: Queues, shown: tuple[Queues, ...] = (), alone: Queues = LARGE) -> list[int]:
    """Which of the boards, by their place."""
    named = {str(place): queues for place, queues in enumerate(boards)}
    return sorted(int(board) for board in telling(named, shown, alone, PEOPLE))


def test_boards_of_queues_that_stand_by_themselves_tell_nothing_new() -> None:
    assert hidden(of({"sales"}), of({"sales", "service"}), of({"service"})) == []


def test_a_board_with_a_small_queue_beside_a_large_one_would_give_it_away() -> None:
    assert hidden(of({"sales", "mail"})) == [0]


def test_small_queues_that_are_enough_together_may_be_on_a_board_with_a_large_one() -> None:
    assert hidden(of({"sales", "mail", "chat"})) == []


def test_a_board_that_differs_from_the_whole_site_by_a_small_queue_is_hidden() -> None:
    everything = of({"sales", "service", "mail", "chat"})
    assert hidden(everything, of({"sales", "mail"}), of({"chat", "service"}), shown=(everything,)) == [1, 2]


def test_what_one_board_has_more_than_another_counts_and_the_first_stays() -> None:
    first, second = of({"sales", "mail", "chat"}), of({"service", "mail", "chat", "video"})
    people = {**PEOPLE, of({"video"}): 2}
    assert telling({"a": first, "b": second}, (), LARGE, people) == {"b"}
    assert telling({"a": second, "b": first}, (), LARGE, people) == {"b"}


queues = st.sets(st.sampled_from("abcdef"), min_size=1).map(frozenset)


@given(st.lists(queues, min_size=1, max_size=6), st.dictionaries(queues, st.integers(0, 8), max_size=8))
def test_no_two_boards_that_are_shown_differ_by_a_few_people(sets: list[Queues], people: dict[Queues, int]) -> None:
    boards = {str(place): one for place, one in enumerate(sets)}
    gone = telling(boards, (), Queues(), people)
    for one, other in combinations([boards[board] for board in boards if board not in gone], 2):
        for piece in (one - other, other - one, one & other):
            on_duty = sum(count for served, count in people.items() if served & piece)
            assert not piece or on_duty >= PEOPLE_NEEDED


def test_the_engine_keeps_pace_and_quality_of_such_a_board_to_itself() -> None:
    pbx = Morning()
    said = [pbx.agent(0, f"s{number}", "available", queues=("sales",)) for number in range(6)]
    said += [pbx.agent(0, f"m{number}", "available", queues=("mail",)) for number in range(2)]
    said += [*pbx.call(10, "c1", agent="s0"), *pbx.call(20, "c2", queue="mail", agent="m0")]
    boards = {"sales": BoardDefinition(queues=("sales",)), "both": BoardDefinition(queues=("sales", "mail"))}
    engine = told(centre(queues={"sales": Queue(), "mail": Queue(), "chat": Queue()}, boards=boards), said, now=600)
    assert scope(engine, "board", "both").live.on_duty == 8
    windows = {board: scope(engine, "board", board).windows["today"] for board in boards}
    assert (windows["both"].offered, windows["both"].handle_time_seconds.n) == (2, 0)
    # And of the board of sales, since the whole site is shown: without sales, that is mail.
    assert windows["sales"].handle_time_seconds.n == 0


def test_a_board_of_a_large_queue_among_large_ones_shows_its_pace() -> None:
    pbx = Morning()
    said = [
        pbx.agent(0, f"{queue}{number}", "available", queues=(queue,))
        for queue in ("sales", "mail")
        for number in range(6)
    ]
    said += pbx.call(10, "c1", agent="sales0")
    boards = {"sales": BoardDefinition(queues=("sales",))}
    engine = told(centre(queues={"sales": Queue(), "mail": Queue()}, boards=boards), said, now=600)
    assert scope(engine, "board", "sales").windows["today"].handle_time_seconds.n == 1
