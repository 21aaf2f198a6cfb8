"""Boards that change while the engine runs: what they pool is as if they had been so from the beginning."""

from __future__ import annotations

import pickle

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.engine import Engine
from monitor.events import Event
from monitor.settings import BoardDefinition, Queue
from tests.monitor.centre import Morning, centre, scope, told

QUEUES = {"sales": Queue(), "service": Queue(), "mail": Queue(channel="mail")}
BEFORE = {"all": BoardDefinition(), "one": BoardDefinition(queues=("sales",))}
AFTER = {"one": BoardDefinition(queues=("service", "mail")), "new": BoardDefinition(queues=("sales", "service"))}

calls = st.lists(
    st.tuples(
        st.floats(0, 5 * 3600),
        st.sampled_from(tuple(QUEUES)),
        st.sampled_from(("ann", "bob", "cem")),
        st.floats(1, 900),
    ),
    min_size=1,
    max_size=20,
)
Calls = list[tuple[float, str, str, float]]


def events_of(day: Calls) -> list[Event]:
    """Whole calls; each agent signs in at nine."""
    pbx = Morning()
    said: list[Event] = [
        pbx.agent(0, agent, "available", queues=tuple(QUEUES)) for agent in sorted({agent for _, _, agent, _ in day})
    ]
    for number, (begin, queue, agent, talk) in enumerate(sorted(day)):
        said += pbx.call(begin, f"c{number}", queue=queue, agent=agent, talk=talk, wait=talk / 10)
    return sorted(said, key=lambda event: event.at)


def after(day: Calls, boards: dict[str, BoardDefinition], now: float) -> Engine:
    return told(centre(queues=QUEUES, boards=boards), events_of(day), now=now)


@settings(max_examples=15)
@given(calls, st.floats(0, 4 * 3600))
def test_a_changed_board_pools_as_if_it_had_always_been_so(day: Calls, later: float) -> None:
    now = 6 * 3600 + later
    always, changed = after(day, AFTER, now), after(day, BEFORE, now)
    changed.figures()
    assert changed.measure_boards(AFTER)
    assert changed.figures() == always.figures()


def test_who_has_waited_since_before_all_that_is_kept_waits_on_a_new_board_too() -> None:
    day, helpdesk = 24 * 3600.0, Morning()
    offers = [helpdesk.offered(number * day / 2, f"m{number}", "mail") for number in range(10)]
    always, changed = (told(centre(queues=QUEUES, boards=boards), offers, now=5 * day) for boards in (AFTER, BEFORE))
    changed.measure_boards(AFTER)
    assert changed.figures() == always.figures()
    found = changed.figures().of("board", "one")
    assert found is not None
    assert found.windows["today"].max_waiting == 10


@settings(max_examples=15)
@given(calls)
def test_so_does_an_engine_that_was_kept_in_a_snapshot(day: Calls) -> None:
    always, changed = after(day, AFTER, 9 * 3600), pickle.loads(pickle.dumps(after(day, BEFORE, 9 * 3600)))
    changed.measure_boards(AFTER)
    assert changed.figures() == always.figures()


def test_figures_say_which_queues_a_board_pools() -> None:
    engine = centre(queues=QUEUES, boards=BEFORE)
    assert engine.figures().boards == {"all": (), "one": ("sales",)}
    engine.measure_boards(AFTER)
    assert engine.figures().boards == {"one": ("service", "mail"), "new": ("sales", "service")}
    assert engine.figures().of("board", "all") is None


def test_what_is_only_drawn_otherwise_measures_nothing_anew() -> None:
    engine = told(centre(boards={"one": BoardDefinition(queues=("sales",))}), Morning().call(0, "a"), now=100)
    before = scope(engine, "board", "one")
    assert not engine.measure_boards({"one": BoardDefinition(queues=("sales",), title="Another", tiles=("waiting",))})
    assert scope(engine, "board", "one") == before
