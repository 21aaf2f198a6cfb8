"""How long what is kept of people is kept, and letting go of what is older."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.instants import to_microseconds
from monitor.journal.database import Database
from monitor.measures import Text
from monitor.people.tables import disputes, looks, sessions, thanks, weeks
from monitor.settings import Settings

WEEKS_DAYS = 13 * 7
LOOKS_DAYS = 2 * 365


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that is kept of people. `days` None: until it has been decided."""

    key: str
    label: Text
    days: float | None


def kinds(settings: Settings) -> tuple[Kind, ...]:
    """Every kind, by the running configuration."""
    return (
        Kind("contacts", Text(en="Single contacts", nl="Losse contacten"), settings.journal.days),
        Kind("sums", Text(en="Sums per agent", nl="Sommen per medewerker"), WEEKS_DAYS),
        Kind("thanks", Text(en="Thanks of a lead", nl="Bedankjes van een leidinggevende"), WEEKS_DAYS),
        Kind("disputes", Text(en="Disputed contacts", nl="Betwiste contacten"), None),
        Kind("decided", Text(en="Decided disputes", nl="Besliste betwistingen"), WEEKS_DAYS),
        Kind("looks", Text(en="Who looked, and why", nl="Wie er keek, en waarom"), LOOKS_DAYS),
    )


def in_words(settings: Settings) -> str:
    """One line for the log of decisions: a change of it is one."""
    return ", ".join(f"{kind.key} {kind.days:g} d" for kind in kinds(settings) if kind.days is not None)


async def expire(database: Database, now: datetime) -> None:
    """Let go of what is too old."""

    def before(days: float) -> int:
        return to_microseconds(now - timedelta(days=days))

    monday = (now - timedelta(days=WEEKS_DAYS)).date().isoformat()
    await database.write(
        weeks.delete().where(weeks.c.monday < monday),
        thanks.delete().where(thanks.c.at < before(WEEKS_DAYS)),
        disputes.delete().where(disputes.c.decided_at < before(WEEKS_DAYS)),
        looks.delete().where(looks.c.at < before(LOOKS_DAYS)),
        sessions.delete().where(sessions.c.ends_at < to_microseconds(now)),
    )
