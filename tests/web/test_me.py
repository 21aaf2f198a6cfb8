"""An agent's own page: that agent's alone, whatever is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.feed import Feed
from monitor.journal import Database
from monitor.people.accounts import Accounts
from monitor.people.looks import Looks
from monitor.people.passwords import hash_of
from monitor.people.sheet import ContactLine, Range, Sheet, Week
from monitor.people.sheets import Sheets
from monitor.people.thanks import Thanks
from monitor.settings import Settings
from tests.people import Browser, account, demo_people, store
from tests.pictures import NOW
from web.app import create_app

ME = "/api/v1/me"
PASSWORD = "a long enough password"


def sheet(agent: str) -> Sheet:
    line = ContactLine(
        contact=f"{agent}-c1",
        ended_at=NOW - timedelta(hours=2),
        channel="voice",
        topic="outage",
        wait="long",
        handle_seconds=600,
        expected_seconds=480,
        expected_coming_back=0.2,
        came_back=True,
        transferred=False,
        positive=None,
        part=-0.4,
    )
    return Sheet(
        agent=agent,
        made_at=NOW,
        night_at=NOW - timedelta(hours=9),
        formula="1",
        norm=1,
        state="in_balance",
        balance=Range(points=69, low=62, high=76),
        lines=(line,),
    )


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with store(tmp_path) as opened:
        await demo_people(opened)
        await Accounts(opened).put(account("demo-agent", "agent", teams=["amstel"], agent="a-1"))
        await Sheets(opened).put_sheets([sheet("a-1"), sheet("a-2")])
        await Thanks(opened).give("a-1", "Kim", "You kept calm.", NOW)
        await Thanks(opened).give("a-2", "Kim", "For somebody else.", NOW)
        await Looks(opened).add("a-1", "kim", "Kim", "balance", "Weekly conversation", NOW)
        yield opened


@pytest.fixture
async def noor(database: Database) -> Browser:
    """The agent a-1 of the demo, signed in."""
    browser = Browser(create_app(Settings(boards={"main": {}}), Feed(), demo=True, database=database))
    await browser.play("agent")
    return browser


async def test_an_agent_sees_the_own_page_and_nobody_elses(noor: Browser) -> None:
    page = (await noor.get(ME)).json()
    assert page["sheet"]["agent"] == "a-1"
    assert [one["words"] for one in page["thanks"]] == ["You kept calm."]
    assert [(one["name"], one["reason"]) for one in page["looks"]] == [("Kim", "Weekly conversation")]
    assert "a-2" not in (await noor.get(f"{ME}?agent=a-2")).text


async def test_who_is_no_agent_has_no_such_page(database: Database) -> None:
    browser = Browser(create_app(Settings(boards={"main": {}}), Feed(), demo=True, database=database))
    assert (await browser.get(ME)).status_code == 401
    for role in ("lead", "operations", "privacy", "admin"):
        await browser.play(role)  # type: ignore[arg-type]
        assert (await browser.get(ME)).status_code == 403


async def test_with_the_switch_off_there_is_no_page(database: Database) -> None:
    await Accounts(database).put(account("noor", "agent", agent="a-1", password=hash_of(PASSWORD)))
    for processing, status in ((True, 200), (False, 403)):
        here = Settings(boards={"main": {}}, sign_in={}, people={"processing": processing})
        browser = Browser(create_app(here, Feed(), database=database))
        assert (await browser.sign_in("noor", PASSWORD)).status_code == 200
        assert (await browser.get(ME)).status_code == status


async def test_a_dispute_is_opened_shown_and_taken_back(noor: Browser) -> None:
    opened = await noor.post(f"{ME}/disputes", {"contact": "a-1-c1", "kind": "outage", "words": "No line."})
    assert opened.status_code == 201
    assert [one["contact"] for one in (await noor.get(ME)).json()["disputes"]] == ["a-1-c1"]
    again = await noor.post(f"{ME}/disputes", {"contact": "a-1-c1", "kind": "other"})
    assert (again.status_code, again.json()["error"]) == (409, "This contact has been disputed already.")

    address = f"{ME}/disputes/{opened.json()['dispute']}"
    assert (await noor.send("DELETE", address)).status_code == 204
    assert (await noor.send("DELETE", address)).status_code == 409
    assert (await noor.get(ME)).json()["disputes"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"contact": "a-2-c1", "kind": "outage"}, 404),
        ({"contact": "a-1-c1", "kind": "because"}, 400),
        ({"contact": "a-1-c1", "kind": "outage", "words": "x" * 501}, 400),
        ({"contact": "a-1-c1", "kind": "outage", "agent": "a-2"}, 400),
    ],
)
async def test_only_the_own_contacts_are_disputed_and_only_in_known_words(
    noor: Browser, body: dict[str, str], status: int
) -> None:
    assert (await noor.post(f"{ME}/disputes", body)).status_code == status
    assert (await noor.get(ME)).json()["disputes"] == []


async def test_let_me_work_keeps_new_figures_away(noor: Browser) -> None:
    assert (await noor.send("PUT", f"{ME}/preferences", {"name": "paused", "on": True})).status_code == 204
    page = (await noor.get(ME)).json()
    assert (page["sheet"], page["preferences"]) == (None, ["paused"])
    await noor.send("PUT", f"{ME}/preferences", {"name": "paused", "on": False})
    assert (await noor.get(ME)).json()["sheet"]["agent"] == "a-1"


async def test_meanwhile_the_weeks_that_are_over_are_the_digest(database: Database) -> None:
    monday = NOW.date() - timedelta(days=NOW.weekday())
    for week in (monday - timedelta(days=7), monday):
        await Sheets(database).put_week("a-1", Week(monday=week, state="in_balance", contacts=40))
    app = create_app(Settings(boards={"main": {}}), Feed(), demo=True, database=database, clock=lambda: NOW)
    noor = Browser(app)
    await noor.play("agent")

    async def weeks() -> list[str]:
        return [one["monday"] for one in (await noor.get(ME)).json()["weeks"]]

    assert len(await weeks()) == 2
    await noor.send("PUT", f"{ME}/preferences", {"name": "paused", "on": True})
    assert await weeks() == [(monday - timedelta(days=7)).isoformat()]


async def test_without_the_sessions_token_nothing_changes(noor: Browser) -> None:
    noor.csrf = "forged"
    assert (await noor.send("PUT", f"{ME}/preferences", {"name": "paused", "on": True})).status_code == 403
    assert (await noor.get(ME)).json()["preferences"] == []
