"""What the monitor does every hour with what is too old: each kind that the privacy page shows goes, and only what is
older than it says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from monitor.bus import Subscriber
from monitor.engine import Engine
from monitor.feed import Feed
from monitor.history import HistoryStore, Keeper
from monitor.history.rows import NO_LEVELS
from monitor.history.sums import encoded
from monitor.history.tables import days, quarters
from monitor.instants import to_instant, to_microseconds
from monitor.journal import Database, Entry, Journal, journal_url, opened_journal
from monitor.journal.tables import entries
from monitor.live import Live
from monitor.moments import Moments
from monitor.people.account_log import KIND
from monitor.people.retention import kinds, retain
from monitor.people.tables import decisions, disputes, looks, outages, sheets, thanks, weeks
from monitor.settings import Mqtt, Settings
from monitor.tasks import task_group

NOW = datetime(2028, 3, 2, 12, tzinfo=UTC)
MARGIN = timedelta(days=8)
"""More than a week and less than any kind is kept: weeks go whole."""
SETTINGS = Settings(people={"processing": True})
DAYS: Mapping[str, float | None] = {kind.key: kind.days for kind in kinds(SETTINGS)}


def ages(kind: str) -> dict[str, datetime]:
    """An instant that is too long ago for this kind, and one that is not."""
    kept = DAYS[kind]
    assert kept is not None
    return {"old": NOW - timedelta(days=kept) - MARGIN, "young": NOW - timedelta(days=kept) + MARGIN}


LONG_AGO = ages("quarters")["old"] - timedelta(days=2)


async def filled(journal: Journal, moments: Path) -> None:
    """Of each kind one that is too old and one that is not; and a dispute that nobody has decided for years."""
    for position, (age, instant) in enumerate(ages("contacts").items(), 1):
        at = to_microseconds(instant)
        await journal.append([Entry("pbx", age, 1, 1, b"-")], instant)
        kept_as(moments, f"{position:016d}-{at}", age)
        await journal.beside.write(sheets.insert().values(agent=age, made_at=at, body=b""))
    # The last entry of a journal always stays.
    await journal.append([Entry("pbx", "last", 1, 1, b"-")], NOW)
    decided = {"opened_at": 0, "agent": "a", "contact": "", "kind": "other", "words": "", "decided_by": "p"}
    await journal.beside.write(disputes.insert().values(dispute="undecided", **{**decided, "decided_by": None}))
    for age, instant in ages("decided").items():
        row = {"dispute": age, **decided, "decided_at": to_microseconds(instant), "outcome": "upheld"}
        await journal.beside.write(disputes.insert().values(row))
    for age, instant in ages("sums").items():
        monday = instant.date() - timedelta(days=instant.weekday())
        await journal.beside.write(weeks.insert().values(agent=age, monday=monday.isoformat(), body=b""))
    for age, instant in ages("thanks").items():
        row = {"thanks": age, "agent": "a", "at": to_microseconds(instant), "given_by": "l", "words": ""}
        await journal.beside.write(thanks.insert().values(row))
    for age, instant in ages("looks").items():
        row = {"look": age, "at": to_microseconds(instant), "agent": "a", **dict.fromkeys(("account", "name"), "l")}
        await journal.beside.write(looks.insert().values({**row, "what": "sheet", "reason": "A conversation."}))
    for age, instant in ages("outages").items():
        at = to_microseconds(instant)
        told = {"outage": age, "began_at": at, "ended_at": at, "queues": "[]", "words": "", "told_by": "l"}
        await journal.beside.write(outages.insert().values(told))
    for age, instant in ages("accounts").items():
        row = {"decision": age, "at": to_microseconds(instant), "kind": KIND, **dict.fromkeys(("account", "name"), "l")}
        await journal.beside.write(decisions.insert().values({**row, "words": ""}))
    for table, kind in ((quarters, "quarters"), (days, "days")):
        for age, instant in ages(kind).items():
            await journal.beside.write(table.insert().values(history(table, age, instant)))


def kept_as(moments: Path, name: str, age: str) -> None:
    moments.mkdir(exist_ok=True)
    (moments / f"{name}.moment").write_text(age)


def kept_in(moments: Path) -> set[str]:
    return {moment.read_text() for moment in moments.glob("*.moment")}


def history(table: sa.Table, age: str, instant: datetime) -> dict[str, Any]:
    levels = {name: getattr(NO_LEVELS, name) for name in NO_LEVELS.__struct_fields__}
    began_at = to_microseconds(instant.replace(hour=0))
    shown = {"shown": encoded({})} if table is days else {}
    row = {"kind": "queue", "id": age, "began_at": began_at, "sums": encoded({}), "hidden": False, "corrections": 0}
    return {**row, **levels, **shown}


async def left(database: Database, moments: Path) -> dict[str, set[str]]:
    """What there is, by kind."""

    async def of(column: sa.Column[Any]) -> set[str]:
        return {row[0] for row in await database.rows(sa.select(column))}

    contacts = {
        *(await of(entries.c.epoch) - {"last"}),
        *(await of(sheets.c.agent)),
        *kept_in(moments),
    }
    told = await of(disputes.c.dispute)
    return {
        "contacts": contacts,
        "sums": await of(weeks.c.agent),
        "thanks": await of(thanks.c.thanks),
        "disputes": told & {"undecided"},
        "decided": told - {"undecided"},
        "outages": await of(outages.c.outage),
        "looks": await of(looks.c.look),
        "accounts": {
            row[0] for row in await database.rows(sa.select(decisions.c.decision).where(decisions.c.kind == KIND))
        },
        "quarters": await of(quarters.c.id),
        # The days that old quarters have become are no days too many.
        "days": {row.id for row in await database.rows(sa.select(days)) if to_instant(row.began_at) < LONG_AGO},
    }


async def test_every_hour_what_is_too_old_goes_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "moments"
    async with opened_journal(journal_url(None, tmp_path)) as journal, asyncio.timeout(60):
        await filled(journal, folder)
        before = await left(journal.beside, folder)
        assert before.keys() == DAYS.keys()
        assert all(found in ({"old", "young"}, {"undecided"}) for found in before.values())
        live = Live(
            Engine(SETTINGS.site, {}),
            Subscriber(Mqtt(host="127.0.0.1", port=1)),
            journal,
            Feed(),
            lambda: NOW,
            0.1,
            journal_days=SETTINGS.journal.days,
            moments=Moments(folder, "one"),
            history=Keeper(HistoryStore(journal.beside, SETTINGS.site.time_zone), SETTINGS.site, SETTINGS.retention),
        )
        async with task_group() as group:
            tasks = [
                group.create_task(live.run(), name="monitor"),
                group.create_task(retain(SETTINGS, journal.beside, lambda: NOW), name="retention"),
            ]
            while any("old" in found for found in (await left(journal.beside, folder)).values()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            for task in tasks:
                task.cancel()
        after = await left(journal.beside, folder)
        assert after == {kind: found - {"old"} for kind, found in before.items()}
        rolled_up = {row.id for row in await journal.beside.rows(sa.select(days.c.id, days.c.began_at))}
        assert rolled_up == {"old", "young"}, "old quarters became days"
