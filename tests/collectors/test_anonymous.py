"""The switch is off: no agent leaves the collector, and the centre's figures stay what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collectors import demo
from collectors.anonymous import INSTANT, Anonymous
from collectors.demo.centre import AGENTS, QUEUES, TEAMS
from collectors.names import KeptNames
from monitor.engine import Engine
from monitor.events import AgentStateChanged, ContactAnswered, ContactOffered, ContactWrappedUp, Event, encode
from monitor.figures import SiteFigures
from monitor.settings import Queue, Settings, Site, Team

ZONE = ZoneInfo("Europe/Amsterdam")
TEAM_OF = {agent.id: agent.team for agent in AGENTS}


def at(hour: float, day: int = 10) -> datetime:
    return datetime(2026, 3, day, tzinfo=ZONE).astimezone(UTC) + timedelta(hours=hour)


NINE = at(9)


@dataclass
class Beyond:
    """What came through."""

    events: list[Event] = field(default_factory=list)

    async def put(self, events: Sequence[Event]) -> None:
        self.events += events

    async def put_safely(self, events: Sequence[Event]) -> None:
        self.events += events


@dataclass
class Setting:
    kept_in: Path
    now: datetime = NINE
    beyond: Beyond = field(default_factory=Beyond)
    secrets: int = 0
    allowed: bool = False

    def outlet(self) -> Anonymous:
        def draw() -> str:
            self.secrets += 1
            return f"secret {self.secrets}"

        kept = KeptNames(self.kept_in / "pbx.agents")
        return Anonymous(self.beyond, "pbx", TEAM_OF, ZONE, lambda: self.now, kept, draw, allowed=self.allowed)


def says(agent: str, state: str, when: datetime, team: str = "") -> AgentStateChanged:
    return AgentStateChanged(
        id=f"{agent}.{when}",
        source="pbx",
        at=when,
        agent=agent,
        state=state,
        team=team,
        queues=("chat",),  # type: ignore[arg-type]
    )


def answers(agent: str, contact: str, when: datetime) -> ContactAnswered:
    return ContactAnswered(id=f"{contact}.a", source="pbx", at=when, contact=contact, queue="chat", agent=agent)


def wraps_up(contact: str, when: datetime) -> ContactWrappedUp:
    return ContactWrappedUp(id=f"{contact}.w", source="pbx", at=when, contact=contact)


def told(events: Sequence[Event]) -> SiteFigures:
    centre = Settings(**demo.settings_table())
    engine = Engine(centre.site, centre.queues, centre.teams)
    for event in events:
        engine.apply(event)
    return engine.figures()


async def test_a_day_of_a_centre_shows_the_same_figures_and_nobody(tmp_path: Path) -> None:
    events = list(demo.events(date(2026, 3, 10)))
    setting = Setting(tmp_path)
    outlet = setting.outlet()
    for first in range(0, len(events), 10):
        setting.now = events[first].at
        await outlet.put(events[first : first + 10])
    everything = b"\n".join(map(encode, setting.beyond.events)).decode()
    assert not [agent.id for agent in AGENTS if agent.id in everything]
    plain, without = told(events), told(setting.beyond.events)
    for scope in plain.scopes:
        other = without.of(scope.scope.kind, scope.scope.id)
        assert other is not None
        here = {state: count for state, count in scope.live.agents.items() if state != "offline"}
        assert {state: count for state, count in other.live.agents.items() if state != "offline"} == here
        assert other.live.on_duty == scope.live.on_duty
        for window, figures in scope.windows.items():
            assert (
                other.windows[window].occupancy.ratio is None
                or abs(other.windows[window].occupancy.numerator - figures.occupancy.numerator) < 1e-6
            ), (scope.scope, window)
            assert other.windows[window].handle_time_seconds == figures.handle_time_seconds


async def test_the_same_day_the_same_id_and_the_next_day_another(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    outlet = setting.outlet()
    await outlet.put([says("anna", "available", at(9)), says("anna", "break", at(10))])
    setting.now = at(9, day=11)
    await outlet.put([says("anna", "available", at(9, day=11))])
    first, second, gone, again, third = setting.beyond.events
    assert isinstance(first, AgentStateChanged)
    assert isinstance(third, AgentStateChanged)
    assert first.agent == second.agent == gone.agent  # type: ignore[union-attr]
    assert (gone.state, again.state) == ("offline", "break")  # type: ignore[union-attr]
    assert again.agent == third.agent != first.agent  # type: ignore[union-attr]
    assert again.queues == ("chat",)  # type: ignore[union-attr]


async def test_who_helps_somebody_in_the_quiet_hour_is_not_two_people(tmp_path: Path) -> None:
    setting = Setting(tmp_path, now=at(3.9))
    outlet = setting.outlet()
    await outlet.put([says("anna", "available", at(3.8)), answers("anna", "c1", at(3.9))])
    setting.now = at(4.1)
    await outlet.put([wraps_up("c1", at(4.1)), answers("anna", "c2", at(4.2))])
    states = [event for event in setting.beyond.events if isinstance(event, AgentStateChanged)]
    assert [(event.state, event.at) for event in states] == [
        ("available", at(3.8)),
        ("offline", at(3.9) + INSTANT),
        ("available", at(4.1)),
    ]
    answered = setting.beyond.events[-1]
    assert isinstance(answered, ContactAnswered)
    assert answered.agent == states[-1].agent != states[0].agent


async def test_a_restart_on_the_same_day_goes_on_with_the_same_ids(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    await setting.outlet().put([says("anna", "available", at(9))])
    await setting.outlet().put([says("anna", "break", at(9.5))])
    first, second = setting.beyond.events
    assert first.agent == second.agent  # type: ignore[union-attr]


async def test_a_restart_on_another_day_signs_off_the_ids_of_yesterday(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    await setting.outlet().put([says("anna", "available", at(9))])
    setting.now = at(9, day=11)
    await setting.outlet().put([says("anna", "available", at(9, day=11))])
    first, gone, second = setting.beyond.events
    assert (gone.agent, gone.state) == (first.agent, "offline")  # type: ignore[union-attr]
    assert second.agent != first.agent  # type: ignore[union-attr]
    assert "anna" not in (tmp_path / "pbx.agents").read_text()
    assert (tmp_path / "pbx.agents").stat().st_mode & 0o077 == 0


async def test_who_only_answers_is_counted_in_the_team_all_the_same(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    agent = next(agent for agent in AGENTS if agent.team == "eems")
    offered = ContactOffered(id="c1.o", source="pbx", at=at(9), contact="c1", queue="chat")
    await setting.outlet().put([offered, answers(agent.id, "c1", at(9))])
    engine = Engine(Site(), {"chat": Queue()}, {team: Team() for team in TEAMS})
    for event in setting.beyond.events:
        engine.apply(event)
    team = engine.figures().of("team", "eems")
    assert team is not None
    assert team.live.agents == {"on_contact": 1}
    assert QUEUES["chat"].channel == "chat"


async def test_a_disk_that_is_full_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "no folder").touch()
    setting = Setting(tmp_path / "no folder")
    outlet = setting.outlet()
    await outlet.put([says("demo:1", "available", NINE)])
    await outlet.put([says("demo:1", "break", NINE + timedelta(minutes=5))])
    assert len(setting.beyond.events) == 2
    assert caplog.text.count("cannot be written") == 1
    (tmp_path / "no folder").unlink()
    (tmp_path / "no folder").mkdir()
    await outlet.put([says("demo:1", "available", NINE + timedelta(minutes=9))])
    assert (tmp_path / "no folder" / "pbx.agents").exists()
