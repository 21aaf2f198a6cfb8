"""A norm is learnt by the score, adopted by people from a date on, logged, and then judged by."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from monitor.errors import ConfigurationError
from monitor.journal import database_of, journal_url, opened_journal
from monitor.people.kept_norm import KeptNorm
from monitor.people.known import read_known
from monitor.people.norms import Norms
from monitor.people.scorer import Scorer
from monitor.people.sheets import Sheets
from monitor.people.tables import decisions
from tests.monitor.people.centre import PLAN, at, story

NOW = at(3, 12)


def taught() -> Scorer:
    scorer = Scorer(PLAN)
    for event in story(6, days=3, a_day=5):
        scorer.hear(event)
    scorer.advance(NOW)
    return scorer


def learnt_enough(scorer: Scorer) -> KeptNorm:
    learnt = scorer.learnt()
    assert learnt is not None
    assert (learnt.version, learnt.days) == (1, 3)
    return msgspec.structs.replace(learnt, days=28, contacts=10_000)


async def test_too_little_was_learnt(tmp_path: Path) -> None:
    url = journal_url(None, tmp_path)
    async with opened_journal(url), database_of(url) as database:
        with pytest.raises(ConfigurationError, match="nothing yet"):
            await Norms(database).adopt(at(4), "c", "C", NOW)
        await Sheets(database).put_paper("learnt", taught().learnt(), NOW)
        with pytest.raises(ConfigurationError, match="28 days"):
            await Norms(database).adopt(at(4), "c", "C", NOW)


async def test_adopted_from_a_date_to_come_logged_and_judged_by(tmp_path: Path) -> None:
    scorer, url = taught(), journal_url(None, tmp_path)
    async with opened_journal(url), database_of(url) as database:
        norms = Norms(database)
        await Sheets(database).put_paper("learnt", learnt_enough(scorer), NOW)
        with pytest.raises(ConfigurationError, match="to come"):
            await norms.adopt(NOW - timedelta(seconds=1), "c", "C", NOW)
        first = await norms.adopt(at(4), "c", "C", NOW)
        second = await norms.adopt(at(5), "c", "C", NOW)
        assert (first.version, second.version) == (1, 2)
        assert await norms.adopted() == (first, second)
        rows = await database.rows(sa.select(decisions.c.kind, decisions.c.words).order_by(decisions.c.words))
        assert [row.kind for row in rows] == ["norm", "norm"]
        assert rows[0].words.startswith("Norm 1, learnt from 10000 contacts in 28 days, holds from")
        known = await read_known(database, PLAN.topics)
    scorer.told(known, NOW)
    assert scorer.standing(NOW).norm == 2
    assert scorer.sheets(NOW, ["a00"])[0].norm is None, "it holds from a day to come"
    later = at(4, 12)
    scorer.advance(later)
    assert scorer.sheets(later, ["a00"])[0].norm == 1
    np_before, np_after = scorer.score.newest_norm, second.norm()
    assert np_before is not None
    assert [list(one) for one in np_before.b] == [list(one) for one in np_after.b]


async def test_a_norm_of_other_topics_is_left_out(tmp_path: Path) -> None:
    url = journal_url(None, tmp_path)
    async with opened_journal(url), database_of(url) as database:
        await Sheets(database).put_paper("learnt", learnt_enough(taught()), NOW)
        await Norms(database).adopt(at(4), "c", "C", NOW)
        topics = msgspec.structs.replace(PLAN.topics, names=("other",))
        assert (await read_known(database, topics)).norms == ()
