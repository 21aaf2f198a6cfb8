"""How long what is kept of people is kept, letting go of what is older, and logging what the configuration
changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import PeerUnreachable
from monitor.instants import to_microseconds
from monitor.journal.database import Database
from monitor.measures import Text
from monitor.people.account_log import KIND
from monitor.people.card import FORMULA, SINCE
from monitor.people.decisions import DecisionKind, Decisions
from monitor.people.tables import decisions, disputes, erased, looks, outages, sessions, sheets, thanks, weeks
from monitor.settings import People, Settings

EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 2.0
WEEKS_DAYS = 13 * 7
LOOKS_DAYS = 2 * 365

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that is kept. `days` None: until it has been decided."""

    key: str
    label: Text
    days: float | None


KINDS_OF_THINGS: dict[str, Text] = {
    "contacts": Text(en="Single contacts", nl="Losse contacten"),
    "sums": Text(en="Sums per agent", nl="Totalen per medewerker"),
    "thanks": Text(en="Thanks of a lead", nl="Bedankjes van een teamleider"),
    "disputes": Text(en="Disputed contacts", nl="Betwiste contacten"),
    "decided": Text(en="Decided disputes", nl="Betwistingen waarover is besloten"),
    "outages": Text(en="Known outages", nl="Bekende storingen"),
    "looks": Text(en="Who looked, and why", nl="Wie er keek, en waarom"),
    "accounts": Text(en="What was done to accounts", nl="Wat er met accounts is gedaan"),
    "quarters": Text(en="Figures by quarter of an hour, without persons", nl="Cijfers per kwartier, zonder personen"),
    "days": Text(en="Figures by day, without persons", nl="Cijfers per dag, zonder personen"),
}
"""What each kind of thing is called, by its key."""


def kinds(settings: Settings) -> tuple[Kind, ...]:
    """Every kind, by the running configuration."""
    days: dict[str, float | None] = {
        "contacts": settings.journal.days,
        "sums": WEEKS_DAYS,
        "thanks": WEEKS_DAYS,
        "disputes": None,
        "decided": WEEKS_DAYS,
        "outages": WEEKS_DAYS,
        "looks": LOOKS_DAYS,
        "accounts": LOOKS_DAYS,
        "quarters": settings.retention.quarter_days,
        "days": settings.retention.day_days,
    }
    return tuple(Kind(key, KINDS_OF_THINGS[key], kept) for key, kept in days.items())


def in_words(settings: Settings) -> str:
    """One line for the log of decisions: a change of it is one."""
    return ", ".join(f"{kind.key} {kind.days:g} d" for kind in kinds(settings) if kind.days is not None)


async def retain(settings: Settings, database: Database, clock: Callable[[], datetime]) -> None:
    """Until cancelled: first log what the configuration has changed, then let go of what is too old, hourly."""
    noted = away = False
    while True:
        try:
            if not noted:
                await note_configuration(settings, database, clock())
                noted = True
            await expire(database, clock(), settings.journal.days)
        except PeerUnreachable as error:
            if not away:
                log.warning("%s Retention waits.", error)
            away = True
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            away = False
            await asyncio.sleep(EVERY_SECONDS)


async def note_configuration(settings: Settings, database: Database, now: datetime) -> None:
    """What the configuration decides, for all agents to read; a line is added when it says something new."""
    says: dict[DecisionKind, str] = {
        "processing": f"processing {_on(settings.people.processing)}, scores {_on(settings.people.scores)}",
        "ground": _ground(settings.people),
        "retention": in_words(settings),
        "formula": f"version {FORMULA} of {SINCE}",
    }
    for kind, words in says.items():
        await Decisions(database).note(kind, words, now)


def _on(switch: bool) -> str:
    return "on" if switch else "off"


def _ground(people: People) -> str:
    council = people.works_council
    told = f"; works council: {council.decision} ({council.date})" if council else ""
    return f"{people.legal_basis or '-'}{told}"


async def expire(database: Database, now: datetime, journal_days: float) -> None:
    """Let go of what is too old."""

    def before(days: float) -> int:
        return to_microseconds(now - timedelta(days=days))

    monday = (now - timedelta(days=WEEKS_DAYS)).date().isoformat()
    await database.write(
        # The score makes each of them anew by the hour; one that it does not tells of contacts that have gone.
        sheets.delete().where(sheets.c.made_at < before(journal_days)),
        weeks.delete().where(weeks.c.monday < monday),
        thanks.delete().where(thanks.c.at < before(WEEKS_DAYS)),
        disputes.delete().where(disputes.c.decided_at < before(WEEKS_DAYS)),
        outages.delete().where(outages.c.ended_at < before(WEEKS_DAYS)),
        outages.delete().where(outages.c.taken_back_at < before(WEEKS_DAYS)),
        looks.delete().where(looks.c.at < before(LOOKS_DAYS)),
        decisions.delete().where(decisions.c.kind == KIND, decisions.c.at < before(LOOKS_DAYS)),
        sessions.delete().where(sessions.c.ends_at < to_microseconds(now)),
        erased.delete().where(erased.c.at < before(journal_days + 1)),
    )
