"""What is done with persons, by the configuration and the officer's switch: kept and scored, or dropped at the
collector."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from balans.configuration import journal_address
from balans.directory import patiently
from collectors.anonymous import Anonymous
from collectors.names import KeptNames
from collectors.source import Clock, Outlet
from monitor.batch import SwitchPosition
from monitor.bus import Newest, Publisher, share_switch
from monitor.errors import PeerUnreachable
from monitor.journal import Database, Journal, database_of
from monitor.people.keeping import Keeping, Trails, forget_everybody
from monitor.people.known import newest_switch
from monitor.people.plan import EVERY_SECONDS, plan_of
from monitor.people.retention import retain
from monitor.people.scoring import Past
from monitor.settings import Mqtt, Settings
from monitor.tasks import task_group

DEMO_EVERY_SECONDS = 60.0
"""How often the demo makes the sheets anew, for those who have no hour to wait."""
LOOK_SECONDS = 1.0
"""How often the officer's decision is looked at."""


@asynccontextmanager
async def outlet_of(publisher: Publisher, settings: Settings, clock: Clock) -> AsyncIterator[Outlet]:
    """The switch is here, and nowhere else: while it is off no agent's id goes past this point."""
    name = publisher.collector
    teams = {agent: team for team, members in settings.teams.items() for agent in members.agents}
    kept = KeptNames(names_file(settings, name))
    zone, allowed = ZoneInfo(settings.site.time_zone), settings.people.processing
    outlet = Anonymous(publisher, name, teams, zone, clock, kept, allowed=allowed)
    async with task_group() as group:
        obeying = group.create_task(outlet.obey(publisher.switch), name=f"switch for {name}")
        try:
            yield outlet
        finally:
            obeying.cancel()


def names_file(settings: Settings, collector: str) -> Path:
    """Where a collector remembers how the switch stands."""
    return settings.state_directory / f"{collector}.agents"


async def tell_collectors(settings: Settings, database: Database, mqtt: Mqtt) -> None:
    """How the switch stands, on the bus, until cancelled: off where the configuration or the officer says so."""
    positions: Newest[SwitchPosition] = Newest()
    async with task_group() as group:
        group.create_task(share_switch(mqtt, positions), name="switch on the bus")
        said: SwitchPosition | None = None
        while True:
            with suppress(PeerUnreachable):
                stopped, since = await newest_switch(database)
                position = SwitchPosition(on=settings.people.processing and not stopped, since=since)
                if position != said:
                    said = position
                    positions.put_nowait(position)
            await asyncio.sleep(LOOK_SECONDS)


async def keep_people(settings: Settings, journal: Journal, trails: Trails, clock: Clock, past: Past | None) -> None:
    """Sheets, weeks and papers, until cancelled; with the switch off nothing, and what there was goes."""
    async with database_of(journal_address(settings)) as database, task_group() as group:
        group.create_task(retain(settings, database, clock), name="retention")
        if not settings.people.processing:
            await patiently(lambda: forget_everybody(database, settings.state_directory))
            return
        plan = plan_of(settings, DEMO_EVERY_SECONDS if past else EVERY_SECONDS)
        await Keeping(plan, journal, database, trails, clock, settings.state_directory, past).run()
