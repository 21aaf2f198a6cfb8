"""The switch in the configuration: it stands in one place, and off is the default."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from balans.persons import outlet_of
from collectors.anonymous import Anonymous
from monitor.events import Event
from monitor.people.plan import plan_of
from monitor.settings import People, Settings, WorksCouncil


class Nowhere:
    async def put(self, events: Sequence[Event]) -> None:
        raise AssertionError

    async def put_safely(self, events: Sequence[Event]) -> None:
        raise AssertionError


def clock() -> datetime:
    return datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_off_by_default_and_then_no_collector_has_another_outlet(tmp_path: Path) -> None:
    settings = Settings(state_directory=tmp_path)
    assert isinstance(outlet_of(Nowhere(), "pbx", settings, clock), Anonymous)


def test_on_the_events_pass_as_they_are(tmp_path: Path) -> None:
    outlet = Nowhere()
    settings = Settings(state_directory=tmp_path, people=People(processing=True))
    assert outlet_of(outlet, "pbx", settings, clock) is outlet


def test_a_score_needs_the_ground_and_the_works_council() -> None:
    council = WorksCouncil(decision="agreed", date=clock().date())
    assert not plan_of(Settings(people=People(processing=True, legal_basis="6(1)(f)"))).scores
    assert not plan_of(Settings(people=People(processing=True, works_council=council))).scores
    whole = People(processing=True, legal_basis="6(1)(f)", works_council=council)
    assert plan_of(Settings(people=whole)).scores
    assert not plan_of(Settings(people=whole.model_copy(update={"processing": False}))).scores


def test_without_topics_the_queues_are_told_apart() -> None:
    settings = Settings(queues={"help": {}, "sales": {}})  # type: ignore[dict-item]
    assert plan_of(settings).topics.names == ("help", "sales")
