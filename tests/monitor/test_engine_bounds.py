"""Every memory of the engine has a bound; beyond it, input is counted and refused, and nothing else is lost."""

from __future__ import annotations

import pytest

from monitor import engine as bounds
from monitor import mixes
from tests.monitor.centre import Morning, centre, today, told

pbx = Morning()


def test_a_flood_of_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "QUEUES_MAX", 3)
    engine = told(centre(), [pbx.offered(0, f"c{n}", f"queue {n}") for n in range(10)])
    assert engine.figures().pipeline.rejected == {"too_many_queues": 8}
    told(engine, pbx.call(5, "known"))
    assert today(engine).answered == 1


def test_a_flood_of_visits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "VISITS_MAX", 5)
    engine = told(centre(), [pbx.offered(n, f"c{n}") for n in range(9)])
    assert engine.figures().pipeline.rejected == {"too_many_visits": 4}
    told(engine, [pbx.answered(20, "c0")])
    assert (today(engine).answered, today(engine).waiting) == (1, 4)


def test_a_flood_of_agents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "AGENTS_MAX", 2)
    engine = told(centre(), [pbx.agent(0, f"agent {n}", "available") for n in range(5)])
    told(engine, [pbx.offered(0, "a"), pbx.answered(1, "a", agent="agent 9")])
    assert engine.figures().pipeline.rejected == {"too_many_agents": 4}
    assert len(engine.roster.agents) == 2


def test_a_flood_of_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixes, "KINDS_MAX", 4)
    kinds = mixes.Mixes()
    assert len({kinds.number(f"topic {n}", "voice", 1) for n in range(100)}) == 5
