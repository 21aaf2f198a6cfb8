"""The people of the demo: whom one can play with a click, and the directory of the simulated centre."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from collectors.demo import DIRECTORY, Settings
from collectors.demo.centre import AGENTS, TEAMS
from collectors.demo.roster import Duty, roster
from collectors.demo.siteday import SiteDay
from monitor.journal import Database
from monitor.people.accounts import Account, Accounts
from monitor.people.directory import Directory, DirectoryEntry
from monitor.settings import PersonRole
from web.sign_in import demo_account

NAMES: dict[PersonRole, str] = {
    "lead": "Marieke Bos",
    "operations": "Tom Verhoeven",
    "privacy": "Ineke de Graaf",
    "admin": "Sander Vos",
}
AGENT_TEAM = "amstel"


def cast(seed: int, now: datetime, zone: str) -> list[Account]:
    """One account for each role. The agent is of the telephone, on duty for a whole day when most people are; the lead
    leads that agent's team."""
    agent = played_agent(seed, now, zone)
    roles: tuple[PersonRole, ...] = ("agent", *NAMES)
    return [
        Account(
            account=demo_account(role),
            login=demo_account(role),
            name=DIRECTORY[agent] if role == "agent" else NAMES[role],
            made_at=now,
            roles=(role,),
            teams=(AGENT_TEAM,) if role in ("agent", "lead") else tuple(TEAMS) if role == "operations" else (),
            agent=agent if role == "agent" else None,
        )
        for role in roles
    ]


def played_agent(seed: int, now: datetime, zone: str) -> str:
    """The agent of the team whose working day lies closest around one o'clock, of those with a whole day."""
    day = SiteDay.of(now, zone)
    duties = [duty for duty in roster(seed, day) if duty.agent.team == AGENT_TEAM and duty.agent.crew == "day"]

    def off_centre(duty: Duty) -> tuple[bool, int]:
        whole = duty.ends - duty.begins > day.at(7) - day.at(0)
        return not whole, abs((duty.begins + duty.ends) // 2 - day.at(13))

    return min(duties, key=off_centre).agent.id


def directory() -> list[DirectoryEntry]:
    """Everybody who works in the simulated centre."""
    return [
        DirectoryEntry(agent=agent.id, name=DIRECTORY[agent.id], team=agent.team, skills=agent.skills)
        for agent in AGENTS
    ]


async def introduce(database: Database, settings: Settings, clock: Callable[[], datetime], zone: str) -> None:
    """Write them into the demo's own store. Raises PeerUnreachable while that is not there."""
    await Directory(database).replace(directory())
    await Accounts(database).put(*cast(settings.seed, clock(), zone))
