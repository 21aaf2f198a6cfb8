"""Erlang C and Erlang A against published numbers, and against a queue that is played."""

from __future__ import annotations

import heapq
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.erlang import Outcome, Workload, agents_needed, erlang_b, erlang_c, outcome

GARNETT = Workload(arrivals_per_second=48 / 60, handle_seconds=60, within_seconds=20, patience_seconds=120)


def test_erlang_b_and_c_are_the_textbooks() -> None:
    """Ten Erlang: 15 lines block 3.65 %; of 13 agents' customers 28.5 % wait at all."""
    assert erlang_b(15, 10) == pytest.approx(0.0365, abs=5e-5)
    assert erlang_c(13, 10) == pytest.approx(0.2853, abs=2e-4)
    assert erlang_c(1, 0.5) == pytest.approx(0.5)
    assert agents_needed(Workload(10 / 240, 240, 20), 0.8) == 14


def test_fifty_agents_with_and_without_customers_who_give_up() -> None:
    """Garnett, Mandelbaum and Reiman, "Designing a call center with impatient customers" (M&SOM 4, 2002), table 1: 48
    calls a minute of a minute each for 50 agents; customers give up after two minutes on average, or never."""
    patient = outcome(Workload(48 / 60, 60, 20), 50)
    impatient = outcome(GARNETT, 50)
    assert patient is not None
    assert impatient is not None
    assert patient.mean_wait_seconds == pytest.approx(20.8, abs=0.05)
    assert patient.occupancy_ratio == pytest.approx(0.96)
    assert impatient.abandoned_ratio == pytest.approx(0.031, abs=5e-4)
    assert impatient.mean_wait_seconds == pytest.approx(3.7, abs=0.05)
    assert impatient.occupancy_ratio == pytest.approx(0.93, abs=5e-3)


def test_where_nobody_gives_up_too_few_agents_never_catch_up() -> None:
    assert outcome(Workload(10 / 240, 240, 20), 10) is None


def test_patience_without_end_is_erlang_c() -> None:
    without, endless = outcome(Workload(0.05, 200, 20), 13), outcome(Workload(0.05, 200, 20, 0, 1e8), 13)
    assert without is not None
    assert endless is not None
    for field in Outcome.__slots__:
        assert getattr(endless, field) == pytest.approx(getattr(without, field), rel=1e-4, abs=1e-6), field


def played(workload: Workload, agents: int, customers: int) -> tuple[float, float, float]:
    """A queue, customer by customer: the share answered in time of all but short abandons, the share that gave up, and
    the mean wait."""
    assert workload.patience_seconds is not None
    dice, now = random.Random(7), 0.0
    free_at = [0.0] * agents
    in_time = gave_up = short = 0
    waited = 0.0
    for _ in range(customers):
        now += dice.expovariate(workload.arrivals_per_second)
        wait = max(0.0, free_at[0] - now)
        bears = dice.expovariate(1 / workload.patience_seconds)
        if wait > bears:
            gave_up += 1
            short += bears <= workload.short_abandon_seconds
        else:
            heapq.heapreplace(free_at, now + wait + dice.expovariate(1 / workload.handle_seconds))
            in_time += wait <= workload.within_seconds
        waited += min(wait, bears)
    return in_time / (customers - short), gave_up / customers, waited / customers


@pytest.mark.parametrize(
    ("workload", "agents"),
    [
        (Workload(0.1, 100, 20, 5, 60), 10),
        (Workload(0.1, 100, 20, 5, 60), 7),
        (Workload(0.02, 300, 30, 5, 90), 8),
        (Workload(0.005, 200, 20, 5, 60), 1),
    ],
    ids=["in balance", "too few", "roomy", "one person"],
)
def test_a_queue_that_is_played_comes_to_the_same(workload: Workload, agents: int) -> None:
    found = outcome(workload, agents)
    assert found is not None
    in_time, gave_up, waited = played(workload, agents, 100_000)
    assert found.service_level_ratio == pytest.approx(in_time, abs=0.012)
    assert found.abandoned_ratio == pytest.approx(gave_up, abs=0.008)
    assert found.mean_wait_seconds == pytest.approx(waited, rel=0.04)


workloads = st.builds(
    Workload,
    arrivals_per_second=st.floats(1e-4, 20),
    handle_seconds=st.floats(10, 3600),
    within_seconds=st.floats(1, 300),
    short_abandon_seconds=st.floats(0, 10),
    patience_seconds=st.floats(5, 3600),
)


@given(workloads, st.integers(1, 400))
def test_everything_is_a_share_and_one_more_person_never_hurts(workload: Workload, agents: int) -> None:
    fewer, more = outcome(workload, agents), outcome(workload, agents + 1)
    assert fewer is not None
    assert more is not None
    for found in (fewer, more):
        for ratio in (found.waits_ratio, found.service_level_ratio, found.abandoned_ratio, found.occupancy_ratio):
            assert 0 <= ratio <= 1
            assert math.isfinite(ratio)
    assert more.abandoned_ratio <= fewer.abandoned_ratio + 1e-9
    assert more.mean_wait_seconds <= fewer.mean_wait_seconds + 1e-6
    assert more.waits_ratio <= fewer.waits_ratio + 1e-9


@given(st.floats(0.1, 100), st.floats(0.5, 0.95), st.one_of(st.none(), st.floats(20, 600)))
def test_the_need_is_the_fewest_that_reach_the_target(load: float, target: float, patience: float | None) -> None:
    workload = Workload(load / 240, 240, 20, 0, patience)
    needed = agents_needed(workload, target)
    reached, short_of = outcome(workload, needed), outcome(workload, needed - 1) if needed > 1 else None
    assert reached is not None
    assert reached.service_level_ratio >= target
    assert short_of is None or short_of.service_level_ratio < target


def test_nothing_needs_nobody() -> None:
    assert agents_needed(Workload(0, 240, 20), 0.8) == 0
