"""The engine never raises, whatever an event says, and all that is made of its figures can be made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import contacts, roster
from monitor import engine as bounds
from monitor.engine import Engine
from monitor.errors import Malformed
from monitor.events import Event, decode
from monitor.figures import SiteFigures
from monitor.settings import BoardDefinition, Queue, Site
from monitor.wallboard import wallboard
from tests.hostile.malice import INSTANTS, NOW, events, raw
from tests.monitor.centre import Morning, centre, told

pbx = Morning()
QUEUES = {"sales": Queue(), "mail": Queue(channel="mail")}


def heard(events: Iterable[Event], *, keep_all: bool = False) -> Engine:
    """An engine after the events, in the clock's time unless it keeps all."""
    engine = Engine(Site(), QUEUES, boards={"main": BoardDefinition()}, keep_all=keep_all)
    if not keep_all:
        engine.advance(NOW)
    for event in events:
        engine.apply(event)
    return engine


def shown(engine: Engine) -> SiteFigures:
    """The figures, after the board and the message to other processes were made of them."""
    figures = engine.figures()
    msgspec.json.encode(wallboard("main", BoardDefinition(), QUEUES, figures, site_name="Here"))
    assert msgspec.json.decode(msgspec.json.encode(figures), type=SiteFigures).pipeline == figures.pipeline
    return figures


@settings(max_examples=60)
@given(st.lists(events(), max_size=30), st.booleans())
def test_no_event_can_break_it(hostile: list[Event], keep_all: bool) -> None:
    engine = heard(hostile, keep_all=keep_all)
    for hours in (0, 3, 50):
        engine.advance(NOW + timedelta(hours=hours))
        figures = shown(engine)
        pipeline = figures.pipeline
        assert pipeline.read == pipeline.applied + sum(pipeline.rejected.values())
        assert figures.conservation
    engine.whole()


@pytest.mark.parametrize("instant", INSTANTS)
def test_an_instant_far_away_is_counted_and_the_next_event_is_booked(instant: str) -> None:
    fields = {"type": "agent.state", "id": "1", "source": "pbx", "at": instant, "agent": "ann", "state": "available"}
    try:
        event = decode(raw(fields))
    except Malformed:
        return
    engine = heard([event, *pbx.call(0, "a")])
    assert shown(engine).pipeline.applied >= 4
    engine.advance(NOW + timedelta(days=3))
    shown(engine)


def test_before_its_first_moment_too_the_engine_knows_what_cannot_be() -> None:
    engine = heard(
        [decode(raw({"type": "contact.held", "id": "1", "source": "s", "contact": "c", "at": INSTANTS[-1]}))],
        keep_all=True,
    )
    assert engine.figures().pipeline.rejected == {"future": 1}


def test_a_flood_of_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SOURCES_MAX", 3)
    engine = told(centre(), [Morning(f"source {n}").offered(0, f"c{n}") for n in range(10)])
    figures = engine.figures()
    assert (figures.pipeline.rejected, len(figures.sources)) == ({"too_many_sources": 7}, 3)


def test_a_flood_of_teams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "TEAMS_MAX", 3)
    engine = told(centre(), [pbx.agent(n, f"agent {n}", "available", team=f"team {n}") for n in range(20)])
    teams = [scope.scope.id for scope in engine.figures().scopes if scope.scope.kind == "team"]
    assert {f"team {n}" for n in range(3)} <= set(teams)
    assert "team 3" not in teams
    assert len(engine.roster.agents) == 20


def test_a_flood_of_sets_of_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "GROUPS_MAX", 4)
    engine = told(centre(), [pbx.agent(n, "ann", "available", queues=(f"q{n}",)) for n in range(50)])
    told(engine, [pbx.agent(60, "ann", "offline")])
    figures = engine.figures()
    assert len(engine.roster.groups) <= 5
    of_site = figures.of("site", "site")
    assert of_site is not None
    assert of_site.live.agents == {"offline": 1}


def test_a_flood_of_events_of_one_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "TOLD_MAX", 10)
    engine = told(centre(), [pbx.offered(0, "a"), *(pbx.held(n, "a") for n in range(100))])
    assert engine.figures().pipeline.rejected["too_many_events"] == 91


def test_a_flood_of_visits_of_one_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "VISITS_OF_CONTACT", 5)
    engine = told(centre(), [pbx.offered(n, "a", visit=f"{n}") for n in range(50)])
    assert engine.figures().pipeline.rejected == {"too_many_visits": 45}


def test_queues_cannot_be_made_up_by_visits_that_are_known_or_by_thanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "QUEUES_MAX", 3)
    engine = told(centre(), [pbx.held(0, f"c{n}") for n in range(20)])
    told(engine, [pbx.offered(1, f"c{n}", f"queue {n}") for n in range(20)])
    thanks = [
        {
            "type": "compliment.given",
            "id": f"t{n}",
            "source": "pbx",
            "at": "2026-03-10T08:00:05Z",
            "queue": f"thanks {n}",
        }
        for n in range(20)
    ]
    told(engine, [decode(raw(one)) for one in thanks])
    queues = [scope for scope in engine.figures().scopes if scope.scope.kind == "queue"]
    assert len(queues) == 3
