"""A lead's desk for the pictures: the people of the simulated team Amstel, where the work was hard, one alert and one
dispute."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from collectors.demo.centre import AGENTS, DIRECTORY
from monitor.alerts.alert import Alert
from monitor.events import AgentState
from monitor.figures import SiteFigures
from monitor.journal import Database
from monitor.measures import Text
from monitor.people.directory import Directory, DirectoryEntry
from monitor.people.disputes import Disputes
from monitor.people.sheet import Floor, Present, Process, ProcessRow
from monitor.people.sheets import Sheets
from tests.browser.centre import AFTERNOON

COLLEAGUES = tuple(agent for agent in AGENTS if agent.team == "amstel")
STATES: tuple[AgentState, ...] = ("on_contact", "available", "wrap_up", "on_contact", "break", "ringing", "offline")
ROWS = (
    ProcessRow(
        by="topic",
        name="storing",
        contacts=240,
        handle_observed_seconds=560,
        handle_expected_seconds=500,
        helped_observed=0.61,
        helped_expected=0.66,
    ),
    ProcessRow(
        by="hour",
        name="13",
        contacts=310,
        handle_observed_seconds=418,
        handle_expected_seconds=402,
        helped_observed=0.84,
        helped_expected=0.85,
    ),
    ProcessRow(
        by="channel",
        name="chat",
        contacts=190,
        handle_observed_seconds=371,
        handle_expected_seconds=384,
        helped_observed=0.88,
        helped_expected=0.87,
    ),
    ProcessRow(
        by="topic",
        name="meterstand",
        contacts=205,
        handle_observed_seconds=212,
        handle_expected_seconds=210,
        helped_observed=0.94,
        helped_expected=0.93,
    ),
)
ALERT = Alert(
    key="waiting_long/queue/klantenservice",
    kind="waiting_long",
    severity="warning",
    subject_kind="queue",
    subject="klantenservice",
    value=372,
    title=Text(en="Klantenservice: somebody has waited 6 min", nl="Klantenservice: iemand wacht al 6 min"),
    description=Text(
        en="The first in line at Klantenservice waits far longer than the time to answer within.",
        nl="De langst wachtende bij Klantenservice wacht veel langer dan de tijd van het doel.",
    ),
    fired_at=AFTERNOON - timedelta(minutes=4),
    runbook="docs/runbooks.md#balanslongestwait",
)


def alarmed(figures: SiteFigures) -> SiteFigures:
    """The same figures, and something that asks for somebody."""
    return msgspec.structs.replace(figures, alerts=(ALERT,))


async def seat(database: Database, *others: DirectoryEntry) -> None:
    """The team in the directory and on the floor; what the work was like; and one thing to decide."""
    team = [
        DirectoryEntry(agent=one.id, name=DIRECTORY[one.id], team=one.team, skills=one.skills) for one in COLLEAGUES
    ]
    await Directory(database).replace([*team, *others])
    present = tuple(
        Present(agent=one.id, state=STATES[place % len(STATES)], team=one.team, queues=one.skills)
        for place, one in enumerate(COLLEAGUES)
    )
    sheets = Sheets(database)
    await sheets.put_paper("floor", Floor(at=AFTERNOON, people=present), AFTERNOON)
    await sheets.put_paper("process", Process(at=AFTERNOON, rows={"amstel": ROWS}), AFTERNOON)
    asked = COLLEAGUES[1].id
    await Disputes(database).open(asked, "c-1", "wrong_topic", "Dit was een verhuizing, geen storing.", AFTERNOON)
