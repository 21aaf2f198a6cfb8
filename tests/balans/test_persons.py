"""The switch, in the configuration and in the officer's hand: it stands in one place, and off is the default."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from balans.persons import keep_people, outlet_of, tell_collectors
from collectors.source import Outlet
from monitor.batch import SwitchPosition
from monitor.bus import Newest, Subscriber, publishing, share_switch
from monitor.events import AgentState, AgentStateChanged
from monitor.journal import database_of, journal_url, opened_journal
from monitor.people.decisions import Decisions
from monitor.people.keeping import Trails
from monitor.people.plan import plan_of
from monitor.people.switch import Switch
from monitor.settings import Mqtt, People, Settings, WorksCouncil
from tests.integration.conftest import RunningBroker
from tests.integration.conftest import running_broker as running_broker

PATIENCE_SECONDS = 60


def clock() -> datetime:
    return datetime(2026, 3, 10, 12, tzinfo=UTC)


def says(state: AgentState, minute: int) -> AgentStateChanged:
    at = clock() + timedelta(minutes=minute)
    return AgentStateChanged(id=f"anna/{minute}", source="pbx", at=at, agent="anna", state=state)


class Monitor:
    """Takes in what the collectors send and what is published of the switch."""

    def __init__(self, mqtt: Mqtt) -> None:
        self._subscriber = Subscriber(mqtt)
        self._more = asyncio.Condition()
        self.agents: list[tuple[str, str]] = []

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Monitor]:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._listen(), name="listener")
            await self._subscriber.ready.wait()
            yield self
            task.cancel()

    async def _listen(self) -> None:
        async with aclosing(self._subscriber.received()) as bursts:
            async for burst in bursts:
                async with self._more:
                    for batch in [one.batch for one in burst if one.batch]:
                        for event in batch.events:
                            assert isinstance(event, AgentStateChanged)
                            self.agents.append((event.agent if event.agent == "anna" else "x", event.state))
                    self._more.notify_all()

    async def until(self, *last: tuple[str, str]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._more:
            await self._more.wait_for(lambda: tuple(self.agents[-len(last) :]) == last)


@asynccontextmanager
async def collector(mqtt: Mqtt, settings: Settings) -> AsyncIterator[Outlet]:
    """As `balans collect` makes it, in a process of its own or not."""
    publishing_to_disk = publishing(mqtt, "pbx", clock, (0.01, 0.1), state_directory=settings.state_directory)
    async with publishing_to_disk as publisher, outlet_of(publisher, settings, clock) as outlet:
        yield outlet


async def test_off_by_default_and_then_no_id_leaves_a_collector(running_broker: RunningBroker, tmp_path: Path) -> None:
    settings = Settings(state_directory=tmp_path)
    async with running_broker() as mqtt, Monitor(mqtt).listening() as monitor, collector(mqtt, settings) as outlet:
        await outlet.put_safely([says("available", 0)])
        await monitor.until(("x", "available"))


async def test_the_officer_turns_it_and_the_collectors_obey_at_once_and_after_a_restart(
    running_broker: RunningBroker, tmp_path: Path
) -> None:
    settings = Settings(state_directory=tmp_path / "collector", people=People(processing=True))
    async with (
        running_broker() as mqtt,
        opened_journal(journal_url(None, tmp_path)),
        database_of(journal_url(None, tmp_path)) as database,
        Monitor(mqtt).listening() as monitor,
        asyncio.TaskGroup() as group,
    ):
        telling = group.create_task(tell_collectors(settings, database, mqtt))
        switch = Switch(database)
        async with collector(mqtt, settings) as outlet:
            await outlet.put_safely([says("available", 0)])
            await monitor.until(("anna", "available"))
            await switch.stop("the works council asks", "1", "Olga", clock())
            await monitor.until(("anna", "offline"), ("x", "available"))
            await outlet.put_safely([says("break", 1)])
            await monitor.until(("x", "break"))
            await switch.go_on("it agrees", "1", "Olga", clock() + timedelta(minutes=2))
            await monitor.until(("x", "offline"), ("anna", "break"))
            await switch.stop("it does not", "1", "Olga", clock() + timedelta(minutes=3))
            await monitor.until(("anna", "offline"), ("x", "break"))
        telling.cancel()
    async with collector(mqtt, settings) as outlet:
        await outlet.put_safely([says("available", 4)])
    async with running_broker() as mqtt, Monitor(mqtt).listening() as monitor, collector(mqtt, settings):
        await monitor.until(("x", "available"))


async def test_a_newcomer_hears_how_the_switch_stands(running_broker: RunningBroker, tmp_path: Path) -> None:
    settings = Settings(state_directory=tmp_path / "collector", people=People(processing=True))
    async with running_broker() as mqtt:
        positions: Newest[SwitchPosition] = Newest()
        sharing = asyncio.create_task(share_switch(mqtt, positions))
        positions.put_nowait(SwitchPosition(on=False))
        async with publishing(mqtt, "pbx", clock, (0.01, 0.1)) as publisher, asyncio.timeout(PATIENCE_SECONDS):
            assert await publisher.switch.get() == SwitchPosition(on=False)
        sharing.cancel()
        await asyncio.gather(sharing, return_exceptions=True)
        async with Monitor(mqtt).listening() as monitor, collector(mqtt, settings) as outlet:
            await outlet.put_safely([says("available", 0)])
            await monitor.until(("x", "available"))


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


@pytest.mark.parametrize("processing", [False, True])
async def test_the_monitor_logs_what_the_configuration_decides_for_all_to_read(
    tmp_path: Path, processing: bool
) -> None:
    settings = Settings(state_directory=tmp_path, people={"processing": processing})  # type: ignore[arg-type]
    url = journal_url(None, tmp_path)
    async with opened_journal(url) as journal, database_of(url) as database:
        task = asyncio.create_task(keep_people(settings, journal, Trails(), clock, None))
        async with asyncio.timeout(60):
            while len(await Decisions(database).all()) < 4:  # noqa: ASYNC110 -- a task of its own writes it
                await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        said = {one.kind: one.words for one in await Decisions(database).all()}
    assert said["processing"].startswith(f"processing {'on' if processing else 'off'}")
