"""The whole score: sums that add up, order that does not matter, disputes that leave no trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.balance import Score
from monitor.balance.context import Contact, Excuse
from monitor.balance.outcomes import CAME_BACK, PACE, TRANSFERRED
from monitor.balance.view import View
from tests.monitor.balance.contacts import DAY, TOPICS, after, contact, story, tell

SEEDS = st.integers(0, 10_000)
NIGHT = 2 * DAY


def figures(view: View) -> dict[str, tuple[Any, ...]]:
    """Everything that is said of each agent, to the last bit."""
    found = view.assessment
    return {
        agent: (
            found.balance[row],
            found.low[row],
            found.high[row],
            found.reliability[row],
            tuple(found.deviation[:, row]),
            view.standing.states[row],
        )
        for agent, row in view.standing.ledger.agents.items()
    }


@settings(max_examples=15)
@given(SEEDS)
def test_the_same_contacts_give_the_same_bits(seed: int) -> None:
    assert figures(after(story(seed)).view()) == figures(after(story(seed)).view())


@settings(max_examples=25)
@given(SEEDS, st.randoms(use_true_random=False))
def test_any_order_late_and_double_gives_the_same_end(seed: int, random: Any) -> None:
    heard = story(seed)
    in_order = after(heard)
    muddled = heard + random.sample(heard, len(heard) // 5)
    random.shuffle(muddled)
    other = Score(TOPICS)
    nights = [DAY * day for day in range(2, 6)]
    for number, one in enumerate(muddled):
        if nights and number > len(muddled) * (5 - len(nights)) / 6:
            other.close(nights.pop(0))
        tell(other, one)
    while nights:
        other.close(nights.pop(0))
    for day in range(2, 6):
        assert figures(other.view(DAY * day)) == figures(in_order.view(DAY * day))


@settings(max_examples=15)
@given(SEEDS)
def test_points_contributions_sum_to_the_balance(seed: int) -> None:
    view = after(story(seed)).view()
    for agent, row in view.standing.ledger.agents.items():
        assert sum(view.points_parts(agent).values()) == pytest.approx(view.assessment.balance[row] - 70.0, abs=1e-6)


@settings(max_examples=15)
@given(SEEDS, st.booleans())
def test_groups_and_contacts_sum_to_the_deviation(seed: int, provisional: bool) -> None:
    score = after(story(seed), days=3)
    for one in story(seed):
        tell(score, one)
    view = score.provisional(4 * DAY + 15 * 3600) if provisional else score.view()
    for agent in view.standing.ledger.agents:
        found = view.unfolded(agent)
        groups = sum((deviations for _, deviations in found.groups.values()), np.zeros(4))
        contacts = np.sum([part.deviations for part in found.contacts], axis=0)
        assert found.earlier == pytest.approx(np.zeros(4), abs=1e-9), "nothing is older than what is kept"
        assert groups + found.par == pytest.approx(found.deviation, abs=1e-9)
        assert contacts + found.par == pytest.approx(found.deviation, abs=1e-9)
        assert found.deviation == pytest.approx(view.standing.deviations(*view.sums)[:, view.row(agent)])


def test_what_is_no_longer_kept_stands_as_earlier() -> None:
    score = Score(TOPICS, nights_kept=2)
    for one in story(3):
        tell(score, one)
    for day in range(2, 14):
        score.close(day * DAY)
    for agent in score.view().standing.ledger.agents:
        found = score.view().unfolded(agent)
        groups = sum((deviations for _, deviations in found.groups.values()), np.zeros(4))
        assert groups + found.earlier + found.par == pytest.approx(found.deviation)
    score.add(contact(99_999, closed_at=1.5 * DAY))
    assert score.ignored["too_late"] == 1


@settings(max_examples=20)
@given(SEEDS, st.integers(0, 30))
def test_a_dispute_takes_a_contact_out_and_back_to_the_bit(seed: int, number: int) -> None:
    heard = story(seed)
    score = after(heard)
    before = figures(score.view())
    contacts = [arguments[0] for method, arguments in heard if method == "add"]
    one = contacts[number % len(contacts)]
    score.disputes.dispute(one.id, at=0.0)
    disputed = score.view()
    row = disputed.row(one.agent)
    assert disputed.sums[0][TRANSFERRED, row] < disputed.standing.ledger.n[TRANSFERRED, row]
    score.disputes.reject(one.id, at=4 * DAY)
    assert figures(score.view()) == before
    score.disputes.dispute(one.id, at=4 * DAY)
    score.disputes.uphold(one.id, at=5 * DAY)
    assert score.view().sums[0][TRANSFERRED, row] < score.view().standing.ledger.n[TRANSFERRED, row]
    assert [entry.what for entry in score.disputes.log] == [
        "disputed",
        "weighs again",
        "disputed",
        "weighs nothing for good",
    ]


def test_a_disputed_contact_weighs_nothing_at_all() -> None:
    """The agent's sums are those of an agent who never had it."""
    with_it, without = Score(TOPICS), Score(TOPICS)
    for number in range(5):
        with_it.add(contact(number))
        without.add(contact(number))
    with_it.add(contact(5, handle_seconds=3000.0, transferred=True))
    for score in (with_it, without):
        score.close(NIGHT)
    with_it.disputes.dispute("c00005", at=NIGHT)
    assert with_it.view().sums[0][:, 0] == pytest.approx(without.view().sums[0][:, 0])


def test_a_disputed_contact_stays_out_when_its_row_is_no_longer_kept() -> None:
    with_it, without = Score(TOPICS, nights_kept=3), Score(TOPICS, nights_kept=3)
    for score in (with_it, without):
        for number in range(5):
            score.add(contact(number))
    with_it.add(contact(5, handle_seconds=3000.0, transferred=True))
    with_it.came_back("c00005", 1.6 * DAY)
    with_it.disputes.dispute("c00005", at=1.7 * DAY)
    for day in range(2, 15):
        for score in (with_it, without):
            score.close(day * DAY)
    n = without.view().sums[0][:, 0]
    assert with_it.view().sums[0][:, 0] == pytest.approx(n)
    with_it.disputes.reject("c00005", at=14 * DAY)
    assert with_it.view().sums[0][PACE, 0] == pytest.approx(n[PACE] + 1)


def test_two_records_of_a_customer_are_one_contact() -> None:
    split, whole = Score(TOPICS), Score(TOPICS)
    split.add(contact(1, customer="k", handle_seconds=300.0))
    split.add(contact(2, customer="k", handle_seconds=60.0))
    whole.add(contact(1, customer="k", handle_seconds=360.0))
    for score in (split, whole):
        score.close(NIGHT)
    assert figures(split.view()) == figures(whole.view())


def test_of_two_records_the_one_in_an_outage_is_not_charged() -> None:
    whole, alone = Score(TOPICS), Score(TOPICS)
    bad = {"handle_seconds": 3000.0, "transferred": True, "excused": "outage"}
    for first, score in (({}, alone), (bad, whole)):
        score.add(contact(1, **{"handle_seconds": 300.0, **first}))
    whole.add(contact(2, closed_at=1.6 * DAY, customer="k00001", handle_seconds=300.0))
    for score in (whole, alone):
        score.close(NIGHT)
    assert figures(whole.view()) == figures(alone.view())


def test_records_of_two_customers_or_two_days_are_two_contacts() -> None:
    score = Score(TOPICS)
    for number, (customer, at) in enumerate([("k", 1.3), ("m", 1.3), ("k", 2.4), ("", 1.3), ("", 1.31)]):
        score.add(contact(number, customer=customer, closed_at=at * DAY))
    score.close(3 * DAY)
    assert sum(len(rows.contacts) for rows in score.view().batches) == 5


def test_a_second_record_after_midnight_joins_the_first() -> None:
    score = Score(TOPICS)
    score.add(contact(1, customer="k", closed_at=1.9 * DAY))
    score.close(2 * DAY)
    score.add(contact(2, customer="k", closed_at=2.2 * DAY))
    score.close(3 * DAY)
    merged = [one for rows in score.view().batches for one in rows.contacts]
    assert [(one.id, one.handle_seconds) for one in merged] == [("c00001", 720.0)]


def test_coming_back_counts_as_it_ripens() -> None:
    score = Score(TOPICS)
    score.add(contact(1, closed_at=1.5 * DAY))
    seen = []
    for day in range(2, 10):
        score.close(day * DAY)
        seen.append(score.view().sums[0][CAME_BACK, 0])
    assert seen == sorted(seen)
    assert 0 < seen[0] < 0.3
    assert seen[-1] == pytest.approx(1.0)


def test_coming_back_after_the_window_is_no_failure() -> None:
    in_time, late = Score(TOPICS), Score(TOPICS)
    for score, days in ((in_time, 6.9), (late, 7.1)):
        score.add(contact(1, closed_at=1.5 * DAY))
        score.came_back("c00001", (1.5 + days) * DAY)
        for day in range(2, 11):
            score.close(day * DAY)
    row = 0
    assert in_time.view().sums[1][CAME_BACK, row] < 0 < late.view().sums[1][CAME_BACK, row]


def test_a_matter_that_is_not_known_has_an_hour() -> None:
    score = Score(TOPICS)
    score.add(contact(1, matter_known=False, closed_at=1.5 * DAY))
    score.came_back("c00001", 1.5 * DAY + 3700)
    score.close(NIGHT)
    assert score.view().sums[0][CAME_BACK, 0] == pytest.approx(1.0)
    assert score.view().sums[1][CAME_BACK, 0] > 0


def test_who_passes_a_customer_on_is_not_charged_with_the_return() -> None:
    score = Score(TOPICS)
    score.add(contact(1, transferred=True))
    score.came_back("c00001", 1.6 * DAY)
    score.close(NIGHT)
    assert score.view().sums[1][CAME_BACK, 0] > 0
    assert score.view().sums[1][TRANSFERRED, 0] < 0


def test_the_back_offices_fault_is_nobodys() -> None:
    score, untold = Score(TOPICS), Score(TOPICS)
    for one in (score, untold):
        one.add(contact(1))
    score.came_back("c00001", 1.6 * DAY, "c00009")
    for one in (score, untold):
        one.close(NIGHT)
    assert figures(score.view()) != figures(untold.view())
    score.caused_elsewhere("c00009", 1.7 * DAY, "bert")
    assert figures(score.view()) == figures(untold.view())


def test_who_took_it_says_so_in_any_order() -> None:
    score = Score(TOPICS)
    score.caused_elsewhere("c00009", 1.7 * DAY, "bert")
    score.came_back("c00001", 1.6 * DAY, "c00009")
    score.add(contact(1))
    score.close(NIGHT)
    untold = Score(TOPICS)
    untold.add(contact(1))
    untold.close(NIGHT)
    assert figures(score.view()) == figures(untold.view())


def test_nobody_excuses_the_own_contacts() -> None:
    score, silent = Score(TOPICS), Score(TOPICS)
    for one in (score, silent):
        one.add(contact(1))
        one.came_back("c00001", 1.6 * DAY, "c00009")
    score.caused_elsewhere("c00009", 1.7 * DAY, contact(1).agent)
    for one in (score, silent):
        one.close(NIGHT)
    assert figures(score.view()) == figures(silent.view())


@settings(max_examples=15)
@given(SEEDS, st.integers(1, 4))
def test_an_outage_told_late_and_one_taken_back_leave_no_trace(seed: int, day: int) -> None:
    """Bit for bit the score in which it had been known at once, or had never been."""

    def why(one: Contact) -> Excuse:
        return "outage" if one.day == day and one.topic == "claim" else ""

    heard = story(seed)
    known = after([(what, _with(why, values)) for what, values in heard])
    late, never = after(heard), after(heard)
    assert late.excuse(why) == {values[0].agent for what, values in heard if what == "add" and why(values[0])}
    assert figures(late.view()) == figures(known.view())
    late.excuse(lambda one: "")
    assert figures(late.view()) == figures(never.view())


def _with(why: Callable[[Contact], Excuse], values: tuple[Any, ...]) -> tuple[Any, ...]:
    first, *others = values
    return (replace(first, excused=why(first)) if isinstance(first, Contact) else first, *others)


@pytest.mark.parametrize("excuse", ["outage", "promised"])
def test_an_outage_or_a_promised_call_back_is_charged_to_nobody(excuse: Excuse) -> None:
    score = Score(TOPICS)
    score.add(contact(1, handle_seconds=3000.0, transferred=True, excused=excuse))
    score.close(NIGHT)
    assert not score.view().sums[0].any()


def test_the_first_six_weeks_stay_apart() -> None:
    score = Score(TOPICS)
    score.add(contact(1, learning=True))
    score.add(contact(2, closed_at=2.4 * DAY))
    score.close(3 * DAY)
    agents = score.view().standing.ledger.agents
    assert set(agents) == {"anna#learning", "anna"}
    assert score.view().sums[0][PACE].tolist() == [1.0, 1.0]
    assert score.view().state("anna#learning") == "too_early"


def test_a_contact_of_a_few_seconds_counts_only_if_its_customer_comes_back() -> None:
    score = Score(TOPICS)
    score.add(contact(1, handle_seconds=4.0))
    score.came_back("c00001", 1.5 * DAY)
    score.close(NIGHT)
    n, s = score.view().sums
    assert n[PACE, 0] == 0
    assert n[CAME_BACK, 0] > 0 > s[CAME_BACK, 0]


def test_a_mark_before_its_contact_waits_for_it() -> None:
    early, usual = Score(TOPICS), Score(TOPICS)
    early.marked("c00001", 1.6 * DAY, True)
    early.close(NIGHT)
    for score in (early, usual):
        score.add(contact(1, closed_at=1.5 * DAY))
    usual.marked("c00001", 1.6 * DAY, True)
    usual.close(NIGHT)
    assert figures(early.view()) == figures(usual.view())


def test_within_the_day_contacts_count_and_only_the_night_moves_the_par() -> None:
    heard = story(5, days=2)
    score = Score(TOPICS)
    for one in heard:
        tell(score, one)
    score.close(2 * DAY)
    night_before = score.view().standing
    hourly = score.provisional(3 * DAY)
    score.close(3 * DAY)
    tonight = score.view()
    for provisional, final in zip(hourly.sums, tonight.sums, strict=True):
        assert provisional.tolist() == final.tolist()
    assert np.array_equal(hourly.standing.tau, night_before.tau)
    assert hourly.standing.states[: len(night_before.states)] == night_before.states
    assert not np.array_equal(tonight.standing.tau, night_before.tau)


def test_nobody_gains_by_being_fast() -> None:
    """The same work in half the time: no more points for pace."""

    def pace(seconds: float) -> float:
        score = Score(TOPICS)
        for number in range(60):
            score.add(contact(number, agent="anna", handle_seconds=seconds))
            score.add(contact(1000 + number, agent="bert", handle_seconds=360.0))
        score.close(NIGHT)
        view = score.view()
        return float(view.assessment.points[2, view.row("anna")])

    assert pace(180.0) == pace(360.0) == 70.0
    assert pace(720.0) < 65.0


def test_the_context_sentence_tells_mix_from_own() -> None:
    """Anna has the long topic, and takes as long over it as everybody else."""
    score = Score(TOPICS)
    for number in range(1200):
        agent = "anna" if number % 12 == 0 else f"a{number % 5}"
        topic, seconds = ("claim", 900.0) if number % 2 == 0 else ("order", 300.0)
        score.add(contact(number, agent=agent, topic=topic, handle_seconds=seconds))
    score.close(NIGHT)
    told = score.view().context("anna")
    assert told is not None
    assert told.raw > 0.5
    assert told.factors["topic claim"] > 0.2
    assert abs(told.own) < 0.1
    with pytest.raises(KeyError):
        score.view().row("nobody")
