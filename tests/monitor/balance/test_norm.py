"""The norm: learnt, frozen, versioned, compared; and the calibration report before anyone sees a figure."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest

from monitor.balance import Score
from monitor.balance.norm import compare, long_enough, tariff_card
from monitor.balance.outcomes import PACE
from tests.monitor.balance.contacts import DAY, TOPICS, after, contact, story, tell


def test_a_frozen_norm_does_not_follow_what_happens_next() -> None:
    score = after(story(1), days=4)
    norm = score.freeze(version=1)
    for number in range(40):
        score.add(contact(9000 + number, agent="a1", closed_at=5.5 * DAY + number, handle_seconds=1500.0))
    score.close(6 * DAY)
    standing = score.view().standing
    assert standing.norm is norm
    assert np.array_equal(standing.b[PACE], norm.b[PACE])
    assert not np.array_equal(standing.regressions[PACE].b, norm.b[PACE]), "the next norm is learnt meanwhile"
    assert score.view(5 * DAY).standing.norm is None, "the past is not rewritten"


def test_a_norm_takes_effect_from_its_date_and_never_before_what_was_said() -> None:
    score = after(story(1), days=4)
    coming = score.learnt(version=1, since=6 * DAY)
    score.adopt(coming)
    for night in (6, 7):
        score.close(night * DAY)
    assert score.view(6 * DAY).standing.norm is None
    assert score.view(7 * DAY).standing.norm is coming
    with pytest.raises(ValueError, match="after the last night"):
        score.adopt(score.learnt(version=2, since=3 * DAY))


def test_when_all_get_better_all_can_rise() -> None:
    random = Random(4)
    score = Score(TOPICS)

    def days(first: int, last: int, share: float) -> None:
        for day in range(first, last):
            for number in range(120):
                at = day * DAY + 36_000 + number
                one = contact(day * 1000 + number, agent=f"a{number % 6}", closed_at=at)
                score.add(one)
                if random.random() < share:
                    score.came_back(one.id, at + 3600)
            score.close((day + 1) * DAY)

    days(1, 13, 0.4)
    before = score.view().assessment.balance.copy()
    score.freeze(version=1)
    days(13, 25, 0.1)
    assert (score.view().assessment.balance > before + 5).all()


def test_the_tariff_card_multiplies_to_the_expected_time() -> None:
    score = after(story(2))
    norm = score.freeze(version=3)
    one = contact(1, channel="mail", topic="claim", waited_seconds=7200.0)
    card = tariff_card(norm, one, TOPICS)
    assert card[0].factor == "basis"
    assert {line.factor for line in card} >= {"topic claim", "channel mail", "waited, written", "written x hard"}
    e = score.view().standing.regressions[PACE]
    product = math.prod(line.times for line in card)
    from monitor.balance.context import design

    assert product == pytest.approx(math.exp(e.expected(design([one], TOPICS))[0]))


def test_a_new_norm_is_compared_factor_by_factor() -> None:
    score = after(story(2))
    old = score.freeze(version=1)
    assert all(change.before == change.after for change in compare(old, old, TOPICS))
    for one in story(8):
        tell(score, one)
    score.add(contact(77_777, closed_at=5.2 * DAY, handle_seconds=3000.0))
    score.close(6 * DAY)
    new = score.freeze(version=2)
    changes = compare(old, new, TOPICS)
    assert len(changes) == 4 * len(TOPICS.factors())
    assert any(change.before != change.after for change in changes)


def test_a_reference_period_is_four_weeks_and_ten_thousand_contacts() -> None:
    assert long_enough(28, 10_000)
    assert not long_enough(27, 50_000)
    assert not long_enough(60, 9_999)


def test_the_calibration_of_a_world_as_expected() -> None:
    random = Random(9)
    score = Score(TOPICS)
    number = 0
    for day in range(1, 16):
        for _ in range(400):
            number += 1
            topic = random.choice(("order", "claim"))
            at = day * DAY + 30_000 + random.random() * 30_000
            minutes = (4.0 if topic == "order" else 9.0) * random.lognormvariate(0, 0.3)
            agent = f"a{number % 8}"
            score.add(contact(number, agent=agent, topic=topic, closed_at=at, handle_seconds=60 * minutes))
            if random.random() < (0.1 if topic == "order" else 0.3):
                score.came_back(f"c{number:05d}", at + random.expovariate(1 / DAY))
        score.close((day + 1) * DAY)
    pace, transferred, back, satisfied = score.view().calibration()
    assert pace.holds
    assert [decile.n for decile in pace.deciles] == [600] * 10
    assert back.total == pytest.approx(1.0, abs=0.08)
    assert transferred.total is not None
    assert transferred.total < 1.0, "nobody was passed on"
    assert not satisfied.deciles
    assert satisfied.total is None
