"""What is done with persons, by the switch in the configuration: kept and scored, or dropped at the collector."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from balans.configuration import journal_address
from balans.directory import patiently
from collectors.anonymous import Anonymous
from collectors.source import Clock, Outlet
from monitor.journal import Journal, database_of
from monitor.people.keeping import Keeping, Trails, forget_everybody
from monitor.people.plan import EVERY_SECONDS, plan_of
from monitor.people.retention import retain
from monitor.people.scoring import Past
from monitor.settings import Settings
from monitor.tasks import task_group

DEMO_EVERY_SECONDS = 60.0
"""How often the demo makes the sheets anew, for those who have no hour to wait."""


def outlet_of(publisher: Outlet, name: str, settings: Settings, clock: Clock) -> Outlet:
    """The switch is here, and nowhere else: with it off no agent's id goes past this point."""
    if settings.people.processing:
        return publisher
    teams = {agent: team for team, members in settings.teams.items() for agent in members.agents}
    kept_in = settings.state_directory / f"{name}.agents"
    return Anonymous(publisher, name, teams, ZoneInfo(settings.site.time_zone), clock, kept_in)


async def keep_people(settings: Settings, journal: Journal, trails: Trails, clock: Clock, past: Past | None) -> None:
    """Sheets, weeks and papers, until cancelled; with the switch off nothing, and what there was goes."""
    async with database_of(journal_address(settings)) as database, task_group() as group:
        group.create_task(retain(settings, database, clock), name="retention")
        if not settings.people.processing:
            await patiently(lambda: forget_everybody(database, settings.state_directory))
            return
        plan = plan_of(settings, DEMO_EVERY_SECONDS if past else EVERY_SECONDS)
        await Keeping(plan, journal, database, trails, clock, settings.state_directory, past).run()
