"""People for the pages about them: an agent with a balance, a lead, an officer; nobody here exists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from monitor.balance.context import Excuse
from monitor.journal import URL, database_of, journal_url, opened_journal
from monitor.people.accounts import Accounts
from monitor.people.directory import DirectoryEntry
from monitor.people.disputes import Disputes
from monitor.people.looks import Looks
from monitor.people.objections import Objections
from monitor.people.outages import Outages
from monitor.people.sheet import (
    ContactLine,
    ContextSentence,
    Count,
    GroupPart,
    Indicator,
    OwnDay,
    Range,
    Sheet,
    Week,
)
from monitor.people.sheets import Sheets
from monitor.people.thanks import Thanks
from monitor.settings import People, WorksCouncil
from tests.browser.centre import settings
from tests.browser.desk import COLLEAGUES, seat
from tests.people import account

AT = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
AGENT = "a-noor"
TEAM = "amstel"
SETTINGS = settings().model_copy(
    update={
        "people": People(
            processing=True,
            legal_basis="Legitimate interest (GDPR art. 6.1.f)",
            works_council=WorksCouncil(decision="Consent of 12 March", date=date(2026, 3, 12)),
        )
    }
)
GROUPS = (
    ("factuur", "voice", "normal", 20, 2.1),
    ("verhuizing", "mail", "long", 31, 1.2),
    ("adreswijziging", "chat", "short", 17, 0.6),
    ("storing", "voice", "long", 33, -3.2),
    ("klacht", "voice", "normal", 16, -0.9),
)


def lines() -> tuple[ContactLine, ...]:
    """The contacts of the groups, two hours apart."""
    made: list[ContactLine] = [_excused(number, "outage") for number in range(6)] + [_excused(6, "promised")]
    for topic, channel, wait, contacts, part in GROUPS:
        for number in range(contacts):
            made.append(
                ContactLine(
                    contact=f"c-{topic}-{number}",
                    ended_at=AT - timedelta(hours=2 * len(made)),
                    channel=channel,  # type: ignore[arg-type]
                    topic=topic,
                    wait=wait,  # type: ignore[arg-type]
                    handle_seconds=240 + 37 * (number % 9),
                    expected_seconds=395,
                    expected_coming_back=0.15,
                    came_back=None if number < 3 else number % 7 == 0,
                    transferred=number % 11 == 5,
                    positive=None if number % 4 else number % 3 > 0,
                    part=part / contacts,
                )
            )
    return tuple(made)


def _excused(number: int, why: Excuse) -> ContactLine:
    return ContactLine(
        contact=f"c-excused-{number}",
        ended_at=AT - timedelta(days=3, minutes=9 * number),
        channel="callback" if why == "promised" else "voice",
        topic="factuur",
        wait="long",
        handle_seconds=640,
        expected_seconds=395,
        expected_coming_back=0.15,
        came_back=None,
        transferred=number == 2,
        positive=None,
        part=0,
        excused=why,
    )


def sheet(agent: str = AGENT) -> Sheet:
    """In balance, after some months."""
    return Sheet(
        agent=agent,
        made_at=AT,
        night_at=AT - timedelta(hours=15),
        formula="1",
        norm=1,
        state="in_balance",
        balance=Range(points=71.3, low=64, high=78),
        contacts=412,
        ripening=63,
        indicators=(
            Indicator(
                name="helped",
                n=300,
                range=Range(points=73, low=66, high=80),
                part=1.6,
                came_back=Count(counted=212, observed=29, expected=33.1),
                transferred=Count(counted=212, observed=11, expected=13),
            ),
            Indicator(
                name="satisfied",
                n=30,
                range=Range(points=69, low=60, high=77),
                part=-0.3,
                positive=Count(counted=34, observed=24, expected=24.8),
            ),
            Indicator(
                name="pace",
                n=300,
                range=Range(points=70, low=66, high=70),
                part=0,
                handle=Count(counted=205, observed=412, expected=395),
            ),
        ),
        context=ContextSentence(raw=0.20, factors={"topic storing": 0.14, "pressure": 0.06}, own=0.02),
        groups=tuple(
            GroupPart(topic=topic, channel=channel, wait=wait, contacts=contacts, part=part)  # type: ignore[arg-type]
            for topic, channel, wait, contacts, part in GROUPS
        ),
        lines=lines(),
        excused={"outage": 6, "promised": 1},
        today=OwnDay(
            day=AT.date(),
            contacts={"voice": 18, "mail": 9, "chat": 4},
            helped=26,
            compliments=("Eindelijk iemand die meedacht. Dank je wel!",),
            breaks=2,
            break_seconds=2100,
            last_break_ended_at=AT - timedelta(minutes=70),
        ),
    )


async def filled(folder: Path) -> URL:
    """A database in which all of them are; where it is."""
    url = journal_url(None, folder)
    async with opened_journal(url), database_of(url) as database:
        roles = ("agent", "lead", "operations", "privacy", "admin")
        await Accounts(database).put(
            *(account(f"demo-{role}", role, teams=[TEAM], agent=AGENT if role == "agent" else None) for role in roles)
        )
        await seat(database, DirectoryEntry(agent=AGENT, name="Noor de Vries", team=TEAM, skills=("klantenservice",)))
        sheets = Sheets(database)
        of_mail = next(line for line in lines() if line.channel == "mail")
        disputed = (msgspec.structs.replace(of_mail, contact="c-1"),)
        await sheets.put_sheets([sheet(), msgspec.structs.replace(sheet(COLLEAGUES[1].id), lines=disputed)])
        for number in range(13):
            low = 58 + number * 0.6
            range_ = Range(points=low + 7, low=low, high=low + 14 - number * 0.2) if number > 1 else None
            week = Week(
                monday=date(2026, 8, 24) + timedelta(days=7 * number),
                state="in_balance" if range_ else "too_early",
                contacts=180,
                balance=range_,
            )
            await sheets.put_week(AGENT, week)
        await Thanks(database).give(AGENT, "Kim", "Sterk hoe je rustig bleef bij de storing.", AT - timedelta(days=2))
        disputes = Disputes(database)
        opened = await disputes.open(AGENT, "c-klacht-0", "wrong_topic", "", AT - timedelta(days=9))
        await disputes.decide(opened.dispute, "upheld", "Klopt, dit was een claim.", "Kim", AT - timedelta(days=5))
        looks = Looks(database)
        await looks.add(AGENT, "demo-lead", "Kim Jansen", "balance", "Wekelijks gesprek", AT - timedelta(days=5))
        outages = Outages(database)
        some = ["chat", "klantenservice"]
        now = datetime.now(UTC)
        earlier = await outages.tell(
            "Inloggen op het portaal lukt niet",
            [],
            now - timedelta(hours=9),
            None,
            "Kim Jansen",
            now - timedelta(hours=8),
        )
        await outages.close(earlier, now - timedelta(hours=7), "Bram de Wit", now - timedelta(hours=7))
        wrong = await outages.tell("De printer doet het niet", some, now, None, "Kim Jansen", now)
        await outages.take_back(wrong, "Kim Jansen", now)
        words = "Facturen openen lukt niet; ICT is ermee bezig"
        await outages.tell(words, some, now - timedelta(minutes=25), None, "Kim Jansen", now - timedelta(minutes=20))
        await Objections(database).make("a-bram", "Ik wil eerst de norm begrijpen.", AT - timedelta(days=1))
    return url
