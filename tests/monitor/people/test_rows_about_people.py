"""What is written about a person: disputes, looks, thanks, preferences and sheets, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.errors import Refused
from monitor.journal import Database
from monitor.people.disputes import Disputes, due_on
from monitor.people.looks import Looks
from monitor.people.preferences import Preferences
from monitor.people.sheet import Floor, Present, Range, Sheet, Week
from monitor.people.sheets import Sheets
from monitor.people.thanks import Thanks

FRIDAY = datetime(2026, 3, 6, 15, tzinfo=UTC)


def test_five_working_days_after_a_friday_is_the_next_friday() -> None:
    assert due_on(date(2026, 3, 6)) == date(2026, 3, 13)
    assert due_on(date(2026, 3, 4)) == date(2026, 3, 11)
    assert due_on(date(2026, 3, 7)) == date(2026, 3, 13)


async def test_a_dispute_is_open_until_it_is_decided_once(database: Database) -> None:
    disputes = Disputes(database)
    opened = await disputes.open("a-1", "c-9", "outage", "The line was down.", FRIDAY)
    assert (opened.due_on, opened.outcome) == (date(2026, 3, 13), None)
    assert await disputes.of(["a-1"]) == (opened,)
    assert await disputes.of(["a-2"]) == ()

    later = FRIDAY + timedelta(days=3)
    await disputes.decide(opened.dispute, "upheld", "You are right.", "Kim", later)
    (decided,) = await disputes.of(["a-1", "a-2"])
    assert (decided.outcome, decided.answer, decided.decided_by, decided.decided_at) == (
        "upheld",
        "You are right.",
        "Kim",
        later,
    )
    with pytest.raises(Refused, match="decided already"):
        await disputes.decide(opened.dispute, "rejected", "", "Kim", later)
    with pytest.raises(Refused, match="decided already"):
        await disputes.withdraw(opened.dispute, "a-1")
    with pytest.raises(Refused, match="disputed already"):
        await disputes.open("a-1", "c-9", "outage", "", later)


async def test_only_who_opened_a_dispute_takes_it_back(database: Database) -> None:
    disputes = Disputes(database)
    opened = await disputes.open("a-1", "c-9", "other", "", FRIDAY)
    with pytest.raises(Refused):
        await disputes.withdraw(opened.dispute, "a-2")
    await disputes.withdraw(opened.dispute, "a-1")
    assert await disputes.of(["a-1"]) == ()


async def test_every_look_is_read_by_whom_it_was_about(database: Database) -> None:
    looks = Looks(database)
    await looks.add("a-1", "kim", "Kim", "balance", "Weekly conversation", FRIDAY)
    await looks.add("a-1", "sam", "Sam", "export", "Asked for by the agent", FRIDAY + timedelta(hours=1))
    assert [(look.name, look.what, look.reason) for look in await looks.of("a-1")] == [
        ("Sam", "export", "Asked for by the agent"),
        ("Kim", "balance", "Weekly conversation"),
    ]
    assert await looks.of("a-2") == ()


async def test_thanks_reach_one_agent(database: Database) -> None:
    thanks = Thanks(database)
    await thanks.give("a-1", "Kim", "You kept calm.", FRIDAY)
    assert [(one.given_by, one.words) for one in await thanks.of("a-1")] == [("Kim", "You kept calm.")]
    assert await thanks.of("a-2") == ()


async def test_a_preference_is_on_until_it_is_switched_off(database: Database) -> None:
    preferences = Preferences(database)
    await preferences.put("noor", "show_number", True)
    await preferences.put("noor", "paused", True)
    await preferences.put("noor", "paused", False)
    assert await preferences.of("noor") == {"show_number"}
    assert await preferences.of("kim") == frozenset()


async def test_the_newest_sheet_and_the_weeks_of_an_agent(database: Database) -> None:
    sheets = Sheets(database)
    first = Sheet(agent="a-1", made_at=FRIDAY, night_at=None, formula="1", norm=None, state="too_early")
    second = Sheet(
        agent="a-1", made_at=FRIDAY + timedelta(hours=1), night_at=FRIDAY, formula="1", norm=1, state="in_balance",
        balance=Range(points=71.0, low=66.0, high=76.0),
    )  # fmt: skip
    await sheets.put_sheets([first])
    await sheets.put_sheets([second])
    assert await sheets.sheet("a-1") == second
    assert await sheets.sheet("a-2") is None

    weeks = [Week(monday=date(2026, 2, 23) + timedelta(days=7 * n), state="in_balance", contacts=n) for n in range(3)]
    for week in weeks:
        await sheets.put_week("a-1", week)
    assert await sheets.weeks("a-1") == tuple(weeks)

    await sheets.forget("a-1")
    assert (await sheets.sheet("a-1"), await sheets.weeks("a-1")) == (None, ())


async def test_the_floor_is_the_newest_one(database: Database) -> None:
    sheets = Sheets(database)
    assert await sheets.floor() is None
    for state in ("available", "break"):
        floor = Floor(at=FRIDAY, people=(Present(agent="a-1", state=state, team="north"),))  # type: ignore[arg-type]
        await sheets.put_paper("floor", floor, FRIDAY)
    assert await sheets.floor() == floor
