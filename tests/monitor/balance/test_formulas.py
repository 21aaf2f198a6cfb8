"""Each formula on a case small enough to do by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.balance import par, points
from monitor.balance.ledger import Ledger, retained
from monitor.balance.outcomes import CAME_BACK, OUTCOMES, PACE, SATISFIED, TRANSFERRED
from monitor.balance.regression import Regression, target
from monitor.balance.ripening import PSEUDO_COUNTS, Ripening
from monitor.balance.states import next_states

DAY = 86_400.0
SHARE = st.floats(-0.3, 0.3)


# The regression.


def test_before_any_contact_the_expectation_is_the_prior() -> None:
    pace = Regression(OUTCOMES[PACE], 3)
    assert math.exp(pace.expected(np.array([[1.0, 1.0, 0.0]]))[0]) == pytest.approx(6.0)


def test_with_only_a_basis_it_is_the_weighing_of_prior_and_mean() -> None:
    one = Regression(OUTCOMES[TRANSFERRED], 1)
    y = np.array([1.0, 0.0, 0.0, 1.0])
    one.fold(np.ones((4, 1)), np.ones(4), y)
    one.solve()
    prior, information = 1 / 0.10**2, 4 / 0.28**2
    assert one.b[0] == pytest.approx((prior * 0.10 + information * 0.5) / (prior + information))


def test_pending_contacts_count_for_the_moment_only() -> None:
    one = Regression(OUTCOMES[CAME_BACK], 1)
    one.solve_with(np.ones((50, 1)), np.ones(50), np.ones(50))
    assert one.b[0] > 0.5
    one.solve()
    assert one.b[0] == pytest.approx(0.16)


def test_the_agents_own_deviation_is_taken_off() -> None:
    """A slow agent (d = +0.2) does not make the queue look slow; a good one (+0.1) does not make it look easy."""
    pace, back = Regression(OUTCOMES[PACE], 1), Regression(OUTCOMES[CAME_BACK], 1)
    assert target(pace, np.array([2.0]), np.array([1.8]), np.array([0.2]))[0] == pytest.approx(1.8)
    assert target(back, np.array([0.0]), np.array([0.1]), np.array([0.1]))[0] == pytest.approx(0.1)


def test_after_400_contacts_a_surprise_in_time_is_cut() -> None:
    pace = Regression(OUTCOMES[PACE], 1)
    y, e, d = np.array([5.0]), np.array([1.8]), np.array([0.0])
    assert target(pace, y, e, d)[0] == 5.0
    pace.count = 400
    assert target(pace, y, e, d)[0] == pytest.approx(1.8 + 1.2)


# Ripening.


def test_before_anything_is_known_f_is_an_exponential_of_two_days() -> None:
    ripening = Ripening(7 * DAY)
    whole = 1 - math.exp(-3.5)
    assert ripening.arrived(np.array([DAY]))[0] == pytest.approx((1 - math.exp(-0.5)) / whole)
    assert ripening.arrived(np.array([0.5 * DAY]))[0] == pytest.approx((1 - math.exp(-0.5)) / whole / 2), "linear"
    assert ripening.arrived(np.array([-1.0, 7 * DAY, 30 * DAY])).tolist() == [0.0, 1.0, 1.0]


def test_sixty_contacts_weigh_as_much_as_the_prior() -> None:
    ripening = Ripening(7 * DAY)
    before = ripening.arrived(np.array([DAY]))[0]
    ripening.learn(np.full(int(PSEUDO_COUNTS), 100.0))
    assert ripening.arrived(np.array([DAY]))[0] == pytest.approx((before + 1.0) / 2)


@given(st.lists(st.floats(0, 7 * DAY), max_size=50), st.lists(st.floats(0, 8 * DAY), min_size=2, max_size=9))
def test_f_never_falls_and_ends_at_one(came: list[float], ages: list[float]) -> None:
    ripening = Ripening(7 * DAY)
    ripening.learn(np.array(came))
    arrived = ripening.arrived(np.array(sorted(ages)))
    assert (np.diff(arrived) >= 0).all()
    assert 0 <= arrived.min() <= arrived.max() <= 1


# The ledger.


def test_sums_halve_in_fifteen_worked_days_and_keep_through_a_holiday() -> None:
    ledger = Ledger()
    anna = np.array([ledger.seat("anna", 0, "")])
    ledger.work(anna, np.array([1]))
    ledger.post(PACE, anna, np.array([1.0]), np.array([0.4]))
    for day in (*range(2, 10), *range(40, 47)):  # a month away in between
        at = ledger.work(anna, np.array([day]))
    assert ledger.n[PACE, 0] == pytest.approx(0.5)
    assert ledger.s[PACE, 0] == pytest.approx(0.2)
    assert retained(ledger.worked, anna, at - 15)[0] == pytest.approx(0.5)


def test_a_day_is_worked_once() -> None:
    ledger = Ledger()
    anna = np.array([ledger.seat("anna", 0, "")] * 3)
    assert ledger.work(anna, np.array([1, 1, 2])).tolist() == [1, 1, 2]
    assert ledger.work(anna[:1], np.array([2])).tolist() == [2]


# Par.


def test_par_is_the_mean_of_agents_not_of_contacts() -> None:
    n, s = np.array([900.0, 100.0]), np.array([90.0, 0.0])
    mu = par.line_par(n, s, np.array([0, 0]), k=0.0)
    assert mu[0] == pytest.approx((0.1 + 0.0) / 3), "one weight of three is the prior's 0"
    assert mu[1] == 0.0


def test_tau_is_what_chance_does_not_explain() -> None:
    outcome = OUTCOMES[SATISFIED]
    n, own = np.full(40, 1000.0), np.where(np.arange(40) % 2 == 0, 0.1, -0.1)
    beyond = 0.01 - outcome.sigma**2 / 1000
    whole = 40 * (1000 / (1000 + (0.46 / 0.09) ** 2)) ** 2
    expected = math.sqrt((whole * beyond + 10 * 0.09**2) / (whole + 10))
    assert par.between_agents(outcome, n, own) == pytest.approx(expected)
    assert par.between_agents(outcome, n, own * 0) == pytest.approx(0.09 * math.sqrt(10 / (whole + 10)))
    assert par.between_agents(outcome, n, own * 50) == pytest.approx(2 * 0.09)


def test_agents_of_whom_little_is_known_say_little_about_all() -> None:
    far_apart = np.where(np.arange(40) % 2 == 0, 0.5, -0.5)
    tau = par.between_agents(OUTCOMES[SATISFIED], np.full(40, 0.1), far_apart)
    assert tau == pytest.approx(0.09, rel=0.02)


def test_a_team_of_three_has_no_share_of_its_own() -> None:
    outcome = OUTCOMES[TRANSFERRED]
    own = np.array([0.2] * 4 + [-0.2] * 3)
    share = par.team_share(outcome, np.full(7, 1000.0), own, ["a"] * 4 + ["b"] * 3, tau=0.035)
    assert set(share) == {"a"}
    variance = (0.035**2 + outcome.sigma**2 / 1000) / 4
    spread = (0.2**2 - variance) / 3
    assert share["a"] == pytest.approx(0.2 * spread / (spread + variance))


def test_teams_that_differ_by_chance_share_nothing() -> None:
    share = par.team_share(OUTCOMES[TRANSFERRED], np.full(8, 10.0), np.full(8, 0.001), ["a"] * 4 + ["b"] * 4, 0.035)
    assert share == {"a": 0.0, "b": 0.0}


# Points.


def test_a_deviation_is_shrunk_by_what_is_not_known() -> None:
    d = points.deviation(np.array([64.0]), np.array([6.4]), np.array([0.05]), 64.0)
    assert d[0] == pytest.approx((6.4 - 64 * 0.05) / 128)


def test_variance_is_uncertainty_and_drift() -> None:
    outcome = OUTCOMES[CAME_BACK]
    v = points.variance(CAME_BACK, np.array([0.0, 100.0]), 73.0)
    assert v[0] == pytest.approx(outcome.sigma**2 / 73)
    assert v[1] == pytest.approx(outcome.sigma**2 / 173 + outcome.phi**2 * 100 / 173)


def test_as_expected_is_seventy() -> None:
    assert points.balance(points.points(np.zeros(3))) == pytest.approx(70.0)


def test_one_step_is_fifteen_points() -> None:
    assert points.points(np.array([0.05, 0.08, 0.25])).tolist() == pytest.approx([85.0, 85.0, 55.0])
    assert points.points(np.array([-0.05, -0.08, 0.25])).tolist() == pytest.approx([55.0, 55.0, 55.0])


@given(st.floats(-2.0, 0.10))
def test_pace_is_a_plateau_nobody_gains_by_being_fast(pace: float) -> None:
    assert points.points(np.array([0.0, 0.0, pace]))[2] == 70.0


@given(SHARE, SHARE, st.floats(-1, 1), st.floats(0, 0.3))
def test_more_helped_or_more_satisfied_is_never_less(helped: float, satisfied: float, pace: float, more: float) -> None:
    def b(h: float, s: float, p: float) -> float:
        return float(points.balance(points.points(np.array([h, s, p]))))

    base = b(helped, satisfied, pace)
    assert b(helped + more, satisfied, pace) >= base - 1e-9
    assert b(helped, satisfied + more, pace) >= base - 1e-9
    assert b(helped, satisfied, pace + more) <= base + 1e-9, "slower is never more"


@given(st.floats(-3, 3))
def test_marks_alone_move_little(satisfied: float) -> None:
    assert 65.4 <= points.balance(points.points(np.array([0.0, satisfied, 0.0]))) <= 72.8


def test_the_halton_points_are_fixed_and_even() -> None:
    assert points._halton(2)[:4] == [0.5, 0.25, 0.75, 0.125]
    assert points.NORMALS.shape == (3, 256)
    assert np.abs(points.NORMALS.mean(axis=1)).max() < 0.06
    assert np.corrcoef(points.NORMALS[:2])[0, 1] == pytest.approx(0.30, abs=0.06)


def assessed(d: list[float], n: float) -> points.Assessment:
    outcomes = [points.variance(number, np.array([n]), (o.sigma / o.tau) ** 2) for number, o in enumerate(OUTCOMES)]
    return points.assess(np.array(d)[:, None], np.stack(outcomes), np.array([o.tau for o in OUTCOMES]))


def test_who_is_new_is_not_judged() -> None:
    nothing = assessed([0, 0, 0, 0], n=0)
    assert nothing.reliability[0] == pytest.approx(0.0, abs=0.01)
    assert next_states(nothing, ["too_early"], np.array([False])) == ["too_early"]
    assert nothing.low[0] < 70 < nothing.high[0]


def test_states_and_their_hysteresis() -> None:
    nobody = np.array([False])
    bad, fine = (assessed([0, -x / 2, -x / 2, 0], n=3000) for x in (0.08, 0.0))
    assert next_states(bad, ["in_balance"], nobody) == ["attention"]
    assert next_states(fine, ["attention"], nobody) == ["in_balance"]
    assert next_states(assessed([0, 0.05, 0.05, 0], n=3000), ["in_balance"], nobody) == ["strong"]
    assert next_states(bad, ["attention"], np.array([True])) == ["too_early"], "of a learner nothing is said"


def test_a_state_is_kept_between_the_two_thresholds() -> None:
    nobody = np.array([False])
    between = next(
        found
        for step in range(200)
        if 0.72 <= (found := assessed([0, -step / 4000, -step / 4000, 0], n=3000)).chance_below_65[0] < 0.88
    )
    assert next_states(between, ["attention"], nobody) == ["attention"]
    assert next_states(between, ["in_balance"], nobody) == ["in_balance"]


def test_marks_alone_never_give_attention() -> None:
    hated = assessed([0.12, 0.0, 0.0, -0.9], n=3000)
    assert next_states(hated, ["in_balance"], np.array([False])) != ["attention"]
