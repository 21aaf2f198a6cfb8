"""The privacy page, the officer's switch, and an agent's rights."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from monitor.feed import Feed
from monitor.journal import Database
from monitor.people.accounts import Accounts
from monitor.people.directory import Directory, DirectoryEntry
from monitor.people.disputes import Disputes
from monitor.people.everything import OF_AN_AGENT, Everything, erase, everything_of
from monitor.people.looks import Looks
from monitor.people.objections import Objections
from monitor.people.preferences import Preferences
from monitor.people.sheets import Sheets
from monitor.people.thanks import Thanks
from monitor.settings import Settings
from tests.people import Browser, account, demo_people, store
from tests.pictures import NOW
from tests.web.test_me import sheet
from web.app import create_app

PRIVACY = "/api/v1/privacy"
ON = Settings(
    boards={"main": {}},
    people={
        "processing": True,
        "legal_basis": "Legitimate interest",
        "works_council": {"decision": "Consent of 12 March", "date": "2026-03-12"},
    },
)
REASON = "The works council asked for it."


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with store(tmp_path) as opened:
        await demo_people(opened)
        await Directory(opened).replace([DirectoryEntry(agent="a-1", name="Noor <b>", team="amstel")])
        await Sheets(opened).put_sheets([sheet("a-1"), sheet("a-2")])
        await Thanks(opened).give("a-1", "Kim", "You kept calm.", NOW)
        await Disputes(opened).open("a-1", "a-1-c1", "outage", "No line.", NOW)
        await Looks(opened).add("a-1", "kim", "Kim", "balance", "Weekly conversation", NOW)
        await Objections(opened).make("a-1", "I would rather not.", NOW)
        await Preferences(opened).put("demo-agent", "show_number", True)
        yield opened


def browser_of(database: Database, settings: Settings = ON) -> Browser:
    return Browser(create_app(settings, Feed(), demo=True, database=database, clock=lambda: NOW))


async def test_everybody_may_read_what_is_processed_and_why(database: Database) -> None:
    browser = browser_of(database)
    assert (await browser.get(PRIVACY)).status_code == 401
    await browser.play("operations")
    page = (await browser.get(PRIVACY)).json()
    assert (page["processing"], page["scores"], page["legal_basis"]) == (True, True, "Legitimate interest")
    assert (page["works_council"], page["works_council_on"]) == ("Consent of 12 March", "2026-03-12")
    assert {one["kind"] for one in page["kept"]} >= {"contacts", "sums", "looks"}
    assert page["card"]
    assert (await browser.get(f"{PRIVACY}/officer")).status_code == 403


async def test_the_assessment_says_what_the_configuration_says_in_both_languages(database: Database) -> None:
    browser = browser_of(database)
    await browser.play("privacy")
    english = (await browser.client.get(f"{PRIVACY}/dpia", headers={"accept-language": "en"})).text
    dutch = (await browser.client.get(f"{PRIVACY}/dpia", headers={"accept-language": "nl"})).text
    assert "Legal basis: Legitimate interest" in english
    assert "Grondslag: Legitimate interest" in dutch
    assert len(english.splitlines()) == len(dutch.splitlines())


async def test_the_switch_stops_at_once_what_is_shown_and_what_was_computed(database: Database) -> None:
    agent, officer = browser_of(database), browser_of(database)
    officer.client = agent.client  # one application, two people in turn
    await agent.play("agent")
    assert (await agent.get("/api/v1/me")).status_code == 200

    await officer.play("privacy")
    assert (await officer.send("PUT", f"{PRIVACY}/switch", {"processing": False, "reason": REASON})).status_code == 204
    assert await Sheets(database).sheet("a-1") is None
    page = (await officer.get(PRIVACY)).json()
    assert (page["processing"], page["stopped"], page["scores"]) == (False, True, False)
    assert page["decisions"][0]["words"] == f"Stopped: {REASON}"

    await agent.play("agent")
    refused = await agent.get("/api/v1/me")
    assert (refused.status_code, "stopped" in refused.json()["error"]) == (403, True)
    assert (await agent.get("/api/v1/me/export")).status_code == 200

    await officer.play("privacy")
    assert (await officer.send("PUT", f"{PRIVACY}/switch", {"processing": True, "reason": REASON})).status_code == 204
    await agent.play("agent")
    assert (await agent.get("/api/v1/me")).status_code == 200


async def test_the_switch_cannot_allow_what_the_configuration_does_not(database: Database) -> None:
    officer = browser_of(database, Settings(boards={"main": {}}))
    await officer.play("privacy")
    refused = await officer.send("PUT", f"{PRIVACY}/switch", {"processing": True, "reason": REASON})
    assert refused.status_code == 409
    short = await officer.send("PUT", f"{PRIVACY}/switch", {"processing": False, "reason": "no"})
    assert short.status_code == 400


async def test_an_objection_is_decided_by_the_officer_and_read_by_the_agent(database: Database) -> None:
    browser = browser_of(database)
    await browser.play("agent")
    assert (await browser.post("/api/v1/me/objections", {"words": "Again."})).status_code == 409

    await browser.play("privacy")
    (waiting,) = (await browser.get(f"{PRIVACY}/officer")).json()["objections"]
    address = f"{PRIVACY}/objections/{waiting['objection']}"
    assert (await browser.post(address, {"outcome": "upheld", "answer": "Of course."})).status_code == 204
    assert (await browser.post(address, {"outcome": "upheld", "answer": "Twice."})).status_code == 409
    assert await Objections(database).standing() == {"a-1"}

    await browser.play("agent")
    (mine,) = (await browser.get("/api/v1/me/objections")).json()
    assert (mine["outcome"], mine["answer"]) == ("upheld", "Of course.")
    assert (await browser.send("DELETE", "/api/v1/me/objections")).status_code == 204
    assert await Objections(database).standing() == frozenset()


class _Words(HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


async def test_everything_about_me_is_mine_for_a_program_and_for_a_person(database: Database) -> None:
    browser = browser_of(database)
    await browser.play("agent")
    export = (await browser.get("/api/v1/me/export")).json()
    assert set(export) == set(Everything.__struct_fields__)
    assert all(export[field] for field in Everything.__struct_fields__ if field != "weeks")
    assert "password" not in str(export)
    assert "a-2" not in str(export)

    page = _Words()
    page.feed((await browser.get("/api/v1/me/export.html")).text)
    assert "b" not in page.tags, "a name is text, never markup"
    for words in ("You kept calm.", "No line.", "Weekly conversation", "I would rather not."):
        assert words in page.words


async def test_an_export_looks_into_every_table_that_names_an_agent() -> None:
    looked_into = {"agents", "sheets", "weeks", "disputes", "objections", "thanks", "looks"}
    assert {table.name for table in OF_AN_AGENT} == looked_into


async def test_who_is_erased_is_nowhere_and_nobody_else_is_touched(database: Database) -> None:
    await Accounts(database).put(account("sam", "agent", agent="a-2"))
    assert set(await erase("a-1", database, NOW)) == {
        "agents", "accounts", "sheets", "disputes", "objections", "thanks", "looks",
    }  # fmt: skip
    gone = await everything_of("a-1", database)
    assert gone == Everything(
        agent="a-1", directory=None, accounts=(), preferences=(), sheet=None, weeks=(), disputes=(), objections=(),
        thanks=(), looks=(),
    )  # fmt: skip
    assert (await everything_of("a-2", database)).sheet == sheet("a-2")
    assert [one.login for one in await Accounts(database).all() if one.agent] == ["sam"]


async def test_what_is_too_old_goes(database: Database) -> None:
    from monitor.people.retention import LOOKS_DAYS, WEEKS_DAYS, expire

    await expire(database, NOW + timedelta(days=WEEKS_DAYS + 1), 35)
    kept = await everything_of("a-1", database)
    assert (kept.thanks, len(kept.looks), len(kept.disputes)) == ((), 1, 1)
    await expire(database, NOW + timedelta(days=LOOKS_DAYS + 1), 35)
    assert (await everything_of("a-1", database)).looks == ()
