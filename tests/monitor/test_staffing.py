"""What if: the figures of now in, the people that are needed out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from monitor.figures import Durations, Live
from monitor.settings import Queue
from monitor.staffing import Staffing, patience, staffing
from tests.monitor.centre import Morning, centre, today, told
from tests.pictures import QUEUES, busy_figures, live, scope, share, site

HANDLED = Durations(mean=240, median=220, p90=400, n=90)
ANSWERED = Durations(mean=20, median=8, p90=60, n=95)
GAVE_UP = {"abandoned": 11, "short_abandoned": 1, "abandoned_wait_seconds": 600}


def asked(now: Live | None = None, agents: int | None = None, queue: str = "sales", **changes: Any) -> Staffing:
    figures: dict[str, Any] = {
        "handle_time_seconds": HANDLED, "speed_of_answer_seconds": ANSWERED, "offered": 87, **GAVE_UP, **changes,
    }  # fmt: skip
    found = staffing(site(scope("queue", queue, now, **figures)), queue, QUEUES, agents)
    assert found is not None
    return found


def test_the_next_half_hour_by_erlang_a() -> None:
    """87 in the 29 minutes that are over: three a minute; four minutes each is 12 Erlang."""
    found = asked()
    assert (found.model, found.arrivals_per_hour, found.handle_time_seconds) == ("erlang_a", 180, 240)
    assert found.patience_seconds == (20 * 95 + 600) / 10
    assert found.agents == 9, "two are free and seven on contact"
    assert [scenario.agents for scenario in found.scenarios] == [8, 9, 10]
    levels = [scenario.service_level_ratio for scenario in found.scenarios]
    assert levels == sorted(levels, key=lambda level: level or 0)
    assert found.agents_needed is not None
    enough = asked(agents=found.agents_needed).scenarios
    assert (enough[0].service_level_ratio or 0) < 0.8 <= (enough[1].service_level_ratio or 0)


def test_where_hardly_anybody_gives_up_it_is_erlang_c() -> None:
    found = asked(abandoned=4, short_abandoned=0, agents=12)
    assert (found.model, found.patience_seconds) == ("erlang_c", None)
    assert found.scenarios[1].service_level_ratio is None, "twelve people for twelve Erlang never catch up"
    assert found.scenarios[1].occupancy_ratio == 1


def test_one_person_cannot_be_one_fewer() -> None:
    assert [scenario.agents for scenario in asked(agents=1).scenarios] == [1, 2]


def test_a_queue_of_few_people_tells_nothing_of_how_they_work() -> None:
    few = asked(live(on_duty=4))
    assert (few.model, few.reason, few.handle_time_seconds, few.scenarios) == (None, "few_people", None, ())


def test_few_contacts_tell_nothing_yet() -> None:
    assert asked(handle_time_seconds=Durations(mean=240, n=29)).reason == "few_contacts"


def test_an_hour_with_few_takes_the_handle_time_of_today() -> None:
    day = busy_figures(handle_time_seconds=HANDLED)
    hour = msgspec.structs.replace(day, handle_time_seconds=Durations(mean=100, n=5))
    sales = scope("queue", "sales", windows={"30m": day, "60m": hour, "today": day})
    found = staffing(site(sales), "sales", QUEUES)
    assert found is not None
    assert found.handle_time_seconds == 240


def test_chats_side_by_side_go_by_their_load() -> None:
    found = asked(queue="webchat", concurrency=share(3000, 1500))
    assert (found.model, found.agents_needed) == ("load", 8), "6 Erlang side by side, at 80 %"
    assert found.scenarios[1].service_level_ratio is None
    assert found.scenarios[1].occupancy_ratio == pytest.approx(6 / 9)


def test_a_queue_that_is_not_there() -> None:
    assert staffing(site(), "nowhere", {"nowhere": Queue()}) is None


def test_nothing_comes_in() -> None:
    found = asked(offered=0)
    assert (found.agents_needed, found.scenarios[0].occupancy_ratio) == (0, 0)


def test_the_engine_books_how_long_those_waited_who_gave_up() -> None:
    morning, events = Morning(), []
    for number, waits in enumerate((3, 40, 50, 60, 70, 80)):
        events += [
            morning.offered(10 * number, f"c{number}"),
            morning.left(10 * number + waits, f"c{number}"),
        ]
    figures = today(told(centre(), events, 600))
    assert (figures.abandoned, figures.short_abandoned, figures.abandoned_wait_seconds) == (6, 1, 303)
    assert patience(figures) == 303 / 5
    assert patience(msgspec.structs.replace(figures, abandoned=5)) is None, "four are too few to say"
