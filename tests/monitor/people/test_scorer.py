"""The score, live: exact, the same in every order, and silent about whom nothing may be said."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.events import Cause, Event, in_order_of_life
from monitor.people.plan import Disputed, Employed, Known, Objected, Outage, Plan
from monitor.people.scorer import Scorer
from monitor.people.sheet import Sheet
from tests.monitor.people.centre import AGENTS, PLAN, UNSCORED, at, call, story

NOW = at(3, 12)
STORY = story(1)


def scored(arrivals: Iterable[tuple[datetime, Event]], plan: Plan = PLAN, known: Known | None = None) -> Scorer:
    scorer = Scorer(plan)
    if known is not None:
        scorer.told(known, at(0))
    for arrived_at, event in arrivals:
        scorer.advance(arrived_at)
        scorer.hear(event)
    scorer.advance(NOW)
    return scorer


def in_time(events: Sequence[Event]) -> list[tuple[datetime, Event]]:
    return [(event.at, event) for event in events]


def encoded(scorer: Scorer) -> list[bytes]:
    return [msgspec.json.encode(sheet) for sheet in scorer.sheets(NOW)]


def sheet_of(scorer: Scorer, agent: str, now: datetime = NOW) -> Sheet:
    (sheet,) = scorer.sheets(now, [agent])
    return sheet


@pytest.fixture(scope="module")
def punctual() -> Scorer:
    return scored(in_time(STORY))


def is_exact(sheet: Sheet) -> bool:
    """The parts of the indicators sum to B - 70, and so do those of the groups, what is older, and the par."""
    helped, satisfied, pace = (part.range.points for part in sheet.indicators)
    points = helped**0.5 * satisfied**0.2 * pace**0.3 - 70.0
    assert sheet.balance is None or abs(sheet.balance.points - 70.0 - points) < 1e-9
    groups = sum(group.part for group in sheet.groups) + sheet.earlier_part + sheet.par_part
    return abs(sum(part.part for part in sheet.indicators) - points) < 0.01 and abs(groups - points) < 0.01


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.lists(st.integers(1, 99), max_size=4))
def test_every_part_sums_to_the_whole(seed: int, days: int, disputed: list[int]) -> None:
    scorer = scored(in_time(story(seed, days=days, a_day=6)))
    disputes = {
        str(number): Disputed(agent="a00", contact=f"c{number:05}/1", opened_at=at(2, 12)) for number in disputed
    }
    scorer.told(Known(disputes=disputes), NOW)
    for sheet in scorer.sheets(NOW):
        assert is_exact(sheet), sheet.agent


def test_contacts_sum_to_their_groups(punctual: Scorer) -> None:
    for sheet in punctual.sheets(NOW):
        assert sum(line.part for line in sheet.lines) == pytest.approx(
            sum(group.part for group in sheet.groups), abs=0.01
        )
        assert sum(group.contacts for group in sheet.groups) == sheet.contacts == len(sheet.lines)


def test_natural_units_are_what_happened(punctual: Scorer) -> None:
    passing_on = sheet_of(punctual, "a01")
    helped = next(one for one in passing_on.indicators if one.name == "helped")
    assert helped.transferred is not None
    assert helped.transferred.observed == sum(line.transferred for line in passing_on.lines)
    assert helped.transferred.counted == len(passing_on.lines)
    assert helped.transferred.expected < helped.transferred.observed
    assert helped.came_back is not None
    left_again = next(one for one in sheet_of(punctual, "a02").indicators if one.name == "helped")
    assert left_again.came_back is not None
    assert left_again.came_back.observed > left_again.came_back.expected
    slow = next(one for one in sheet_of(punctual, "a00").indicators if one.name == "pace")
    assert slow.handle is not None
    assert slow.handle.observed > 1.2 * slow.handle.expected


def test_shuffled_within_the_lateness_and_doubled_the_end_is_the_same(punctual: Scorer) -> None:
    random = Random(5)
    late = [(event.at + timedelta(seconds=random.uniform(0, 290)), event) for event in STORY]
    late += [(arrived_at + timedelta(seconds=random.uniform(0, 8000)), event) for arrived_at, event in late[::3]]
    late.sort(key=lambda pair: pair[0])
    assert encoded(scored(late)) == encoded(punctual)


def test_a_restart_midway_changes_nothing(punctual: Scorer) -> None:
    arrivals = in_time(STORY)
    scorer = Scorer(PLAN)
    for number, (arrived_at, event) in enumerate(arrivals):
        if number in (300, 900):
            scorer = pickle.loads(pickle.dumps(scorer))
        scorer.advance(arrived_at)
        scorer.hear(event)
    scorer.advance(NOW)
    assert encoded(scorer) == encoded(punctual)


def test_later_than_the_lateness_counts_all_the_same(punctual: Scorer) -> None:
    late = call("late", "a05", at(1, 10))
    scorer = scored([*in_time(STORY), *((at(3, 10), event) for event in late)])
    assert sheet_of(scorer, "a05").contacts == sheet_of(punctual, "a05").contacts + 1


def test_a_dispute_takes_the_contact_out_at_once_and_rejecting_it_restores_the_balance(punctual: Scorer) -> None:
    scorer: Scorer = pickle.loads(pickle.dumps(punctual))
    before = sheet_of(scorer, "a00")
    contact = min(before.lines, key=lambda line: line.part).contact
    dispute = Disputed(agent="a00", contact=contact, opened_at=NOW - timedelta(seconds=2))
    assert scorer.told(Known(disputes={"d1": dispute}), NOW) == {"a00"}
    during = sheet_of(scorer, "a00")
    line = next(line for line in during.lines if line.contact == contact)
    assert (line.part, line.disputed) == (0.0, "open")
    assert sum(part.part for part in during.indicators) > sum(part.part for part in before.indicators)
    rejected = replace(dispute, outcome="rejected", decided_at=NOW - timedelta(seconds=1))
    scorer.told(Known(disputes={"d1": rejected}), NOW)
    after = sheet_of(scorer, "a00")
    assert next(line for line in after.lines if line.contact == contact).disputed == "rejected"
    assert after.indicators == before.indicators


def test_a_dispute_taken_back_is_none(punctual: Scorer) -> None:
    scorer: Scorer = pickle.loads(pickle.dumps(punctual))
    before = sheet_of(scorer, "a00")
    dispute = Disputed(agent="a00", contact=before.lines[0].contact, opened_at=NOW - timedelta(seconds=5))
    scorer.told(Known(disputes={"d1": dispute}), NOW - timedelta(seconds=4))
    scorer.told(Known(), NOW - timedelta(seconds=1))
    assert sheet_of(scorer, "a00") == before


def test_an_upheld_dispute_holds_when_its_row_has_grown_too_old(punctual: Scorer) -> None:
    scorer: Scorer = pickle.loads(pickle.dumps(punctual))
    contact = sheet_of(scorer, "a00").lines[0].contact
    opened, decided = NOW - timedelta(seconds=5), NOW - timedelta(seconds=4)
    upheld = Disputed(agent="a00", contact=contact, opened_at=opened, decided_at=decided, outcome="upheld")
    scorer.told(Known(disputes={"d1": upheld}), NOW)
    during = sheet_of(scorer, "a00").indicators
    scorer.told(Known(), NOW)
    assert sheet_of(scorer, "a00").indicators == during


def test_in_shadow_nobody_sees_a_figure() -> None:
    scorer = scored(in_time(STORY), replace(PLAN, shadow_days=28))
    sheets = scorer.sheets(NOW)
    assert {sheet.private for sheet in sheets} == {"shadow"}
    assert not any(sheet.balance or sheet.indicators or sheet.groups or sheet.lines for sheet in sheets)
    assert {sheet.state for sheet in sheets} == {"too_early"}
    assert scorer.weeks() == []
    report = scorer.calibration()
    assert report is not None
    assert [outcome.outcome for outcome in report.outcomes] == ["pace", "transferred", "came_back", "satisfied"]
    assert scorer.standing(NOW).shadow_until == at(29)


def test_without_a_legal_basis_there_is_only_everybodys_own_day() -> None:
    scorer = scored(in_time(STORY), UNSCORED)
    sheets = scorer.sheets(NOW)
    assert {sheet.private for sheet in sheets} == {"off"}
    assert scorer.trails(NOW) is None
    assert not scorer.score.ignored
    with pytest.raises(KeyError):
        scorer.score.view()


def test_who_objects_is_not_scored_from_then_on(punctual: Scorer) -> None:
    objection = Objected(agent="a03", made_at=at(1))
    known = Known(objections=(objection,))
    scorer = scored(in_time(STORY), known=known)
    sheet = sheet_of(scorer, "a03")
    assert (sheet.private, sheet.balance, sheet.lines) == ("objected", None, ())
    rejected = replace(objection, outcome="rejected", decided_at=at(2))
    scorer = scored(in_time(STORY), known=Known(objections=(rejected,)))
    days = {line.ended_at.date().day for line in sheet_of(scorer, "a03").lines}
    assert days == {2, 4}
    assert sheet_of(punctual, "a03").contacts > len(sheet_of(scorer, "a03").lines)


def test_the_first_six_weeks_are_a_view_for_the_learner_alone() -> None:
    known = Known(agents={"a04": Employed("north", started_on=date(2026, 2, 20))})
    sheet = sheet_of(scored(in_time(STORY), known=known), "a04")
    assert (sheet.private, sheet.state) == ("learning", "too_early")
    assert sheet.contacts > 0


def test_a_known_outage_is_charged_to_nobody(punctual: Scorer) -> None:
    known = Known(outages=(Outage(began_at=at(0), ended_at=at(1), queues=("desk",)),))
    scorer = scored(in_time(STORY), known=known)

    def counted(of: Scorer) -> int:
        helped = sheet_of(of, "a00").indicators[0]
        assert helped.transferred is not None
        return helped.transferred.counted

    of_the_outage = sum(line.ended_at < at(1) for line in sheet_of(punctual, "a00").lines)
    assert counted(scorer) == counted(punctual) - of_the_outage
    sheet = sheet_of(scorer, "a00")
    assert sheet.excused == {"outage": of_the_outage}
    assert {(line.excused, line.part) for line in sheet.lines if line.ended_at < at(1)} == {("outage", 0.0)}
    assert {line.excused for line in sheet.lines if line.ended_at >= at(1)} == {""}


MORNING = Outage(began_at=at(1, 8), ended_at=at(1, 12), queues=("desk",))


@pytest.mark.parametrize("told_on", [0, 1, 2, 3])
def test_whenever_an_outage_is_told_the_score_ends_the_same(told_on: int) -> None:
    """Before it began, while it ran, after the night, days later: bit for bit."""
    at_once = scored(in_time(STORY), known=Known(outages=(MORNING,)))
    scorer = Scorer(PLAN)
    for arrived_at, event in in_time(STORY):
        if arrived_at >= at(told_on, 10):
            scorer.told(Known(outages=(MORNING,)), arrived_at)
        scorer.advance(arrived_at)
        scorer.hear(event)
    scorer.advance(NOW)
    scorer.told(Known(outages=(MORNING,)), NOW)
    assert encoded(scorer) == encoded(at_once)


def test_an_outage_that_is_closed_later_or_taken_back_leaves_no_trace(punctual: Scorer) -> None:
    scorer: Scorer = pickle.loads(pickle.dumps(punctual))
    concerned = scorer.told(Known(outages=(replace(MORNING, ended_at=None),)), NOW)
    assert {"a00", "a01"} <= concerned
    scorer.told(Known(outages=(MORNING,)), NOW)
    assert encoded(scorer) == encoded(scored(in_time(STORY), known=Known(outages=(MORNING,))))
    assert scorer.told(Known(), NOW)
    assert encoded(scorer) == encoded(punctual)
    assert scorer.told(Known(), NOW) == set()


@pytest.mark.parametrize("cause", ["", "back_office"])
def test_a_coming_back_through_the_back_office_is_charged_to_nobody(punctual: Scorer, cause: Cause) -> None:
    first = call("first", "a05", at(1, 10), customer="k-ours")
    again = call("again", "a06", at(1, 15), customer="k-ours", cause=cause)
    sheet = sheet_of(scored(in_time(in_order_of_life([*STORY, *first, *again]))), "a05")
    line = next(line for line in sheet.lines if line.contact == "first/1")
    assert (line.came_back, line.elsewhere) == ((None, True) if cause else (True, False))


def test_a_promised_call_back_is_charged_to_nobody() -> None:
    promise = call("promise", "a05", at(1, 10), channel="callback", talk_seconds=9000)
    sheet = sheet_of(scored(in_time(in_order_of_life([*STORY, *promise]))), "a05")
    line = next(line for line in sheet.lines if line.contact == "promise/1")
    assert (line.excused, line.part, sheet.excused) == ("promised", 0.0, {"promised": 1})


def test_a_week_is_told_as_it_stood(punctual: Scorer) -> None:
    weeks = dict(punctual.weeks())
    assert set(weeks) == set(AGENTS)
    assert weeks["a00"].monday == at(0).date()
    assert weeks["a00"].contacts == sum(line.ended_at < at(3) for line in sheet_of(punctual, "a00").lines)


def test_what_the_demo_has_behind_it_is_scored_at_once(punctual: Scorer) -> None:
    scorer = Scorer(PLAN)
    for day in range(3):
        scorer.past([event for event in STORY if at(day) <= event.at < at(day + 1)], at(day + 1))
    scorer.freeze()
    assert scorer.standing(NOW).norm == 1
    for event in STORY:
        scorer.hear(event)
    scorer.advance(NOW)
    assert sheet_of(scorer, "a00").contacts == sheet_of(punctual, "a00").contacts


def test_who_is_erased_is_nobody_and_what_is_said_of_others_stays() -> None:
    scorer = scored(in_time(STORY))
    before = {sheet.agent: sheet for sheet in scorer.sheets(NOW)}
    weeks = dict(scorer.weeks())
    gone, others = AGENTS[0], set(AGENTS[1:])
    scorer.told(Known(erased={gone: NOW}), NOW)

    after = {sheet.agent: sheet for sheet in scorer.sheets(NOW)}
    assert set(after) == others
    assert after == {agent: before[agent] for agent in others}
    assert dict(scorer.weeks()) == {agent: weeks[agent] for agent in weeks if agent in others}
    for part in (scorer.score, scorer.day_book):
        assert gone.encode() not in pickle.dumps(part)

    scorer.hear(STORY[0])
    assert {sheet.agent for sheet in scorer.sheets(NOW)} == others
