"""A lead's desk: own teams only, in alphabetical order, one agent at a time and with a reason."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from monitor.events import ContactReviewed, Event
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.journal import Database
from monitor.people.directory import Directory, DirectoryEntry
from monitor.people.disputes import Disputes
from monitor.people.looks import Looks
from monitor.people.reviews import points
from monitor.people.sheet import Floor, GroupPart, Present, Range, Week
from monitor.people.sheets import Sheets
from monitor.people.thanks import Thanks
from monitor.settings import Settings
from tests.people import Browser, demo_people, store
from tests.pictures import NOW, site
from tests.web.test_me import sheet
from web.app import create_app

TEAM = "/api/v1/team"
LAST_MONDAY = (NOW - timedelta(days=7)).date()
"""NOW is a Monday: its week still runs, and is nobody's but the agent's."""
REASON = "Our weekly conversation"
SETTINGS = Settings(boards={"main": {"title": "The floor"}}, teams={"amstel": {"label": "Amstel"}, "maas": {}})


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with store(tmp_path) as opened:
        await demo_people(opened)
        await Directory(opened).replace(
            [
                DirectoryEntry(agent="a-3", name="Zoë", team="amstel"),
                DirectoryEntry(agent="a-1", name="adam", team="amstel", skills=("outage",)),
                DirectoryEntry(agent="a-2", name="Bo", team="maas"),
            ]
        )
        groups = tuple(
            GroupPart(topic=topic, channel="voice", wait="short", contacts=9, part=part)
            for topic, part in (("invoice", 0.4), ("outage", -2.1), ("moving", 1.2))
        )
        sheets = Sheets(opened)
        await sheets.put_sheets([msgspec.structs.replace(sheet(agent), groups=groups) for agent in ("a-1", "a-2")])
        balance = Range(points=58, low=51, high=64)
        for monday, state in ((LAST_MONDAY, "attention"), (NOW.date(), "strong")):
            week = Week(monday=monday, state=state, contacts=120, balance=balance)  # type: ignore[arg-type]
            await sheets.put_week("a-1", week)
        floor = Floor(at=NOW, people=(Present(agent="a-1", state="on_contact", team="amstel"),))
        await sheets.put_paper("floor", floor, NOW)
        yield opened


@pytest.fixture
def told() -> list[Event]:
    """What the desk has put on the bus."""
    return []


@pytest.fixture
async def kim(database: Database, told: list[Event]) -> Browser:
    """The lead of team Amstel, signed in."""

    async def tell(event: Event) -> None:
        told.append(event)

    browser = Browser(create_app(SETTINGS, Feed(), demo=True, database=database, clock=lambda: NOW, tell=tell))
    await browser.play("lead")
    return browser


async def test_the_team_is_in_alphabetical_order_with_states_and_without_figures(kim: Browser) -> None:
    page = (await kim.get(TEAM)).json()
    assert page["colleagues"] == [
        {"agent": "a-1", "name": "adam", "state": "on_contact", "skills": ["outage"]},
        {"agent": "a-3", "name": "Zoë", "state": "offline", "skills": []},
    ]
    assert page["teams"] == {"amstel": "Amstel"}
    for word in ("balance", "points", "attention"):
        assert word not in str({key: page[key] for key in page if key != "review"})


async def test_who_looks_says_why_and_the_agent_reads_it(kim: Browser, database: Database) -> None:
    address = f"{TEAM}/people/a-1/look"
    assert (await kim.post(address, {})).status_code == 400
    assert (await kim.post(address, {"reason": "hm"})).status_code == 400
    assert await Looks(database).of("a-1") == ()

    shown = (await kim.post(address, {"reason": REASON})).json()
    assert (shown["name"], shown["state"], shown["week_of"]) == ("adam", "attention", LAST_MONDAY.isoformat())
    assert [(one["topic"], one["speaks"]) for one in shown["reasons"]] == [("outage", "against"), ("moving", "for")]
    assert "points" not in str(shown)
    assert [(look.name, look.what, look.reason) for look in await Looks(database).of("a-1")] == [
        ("Demo-Lead", "balance", REASON)
    ]


async def test_nobody_of_another_team_and_nobody_who_is_not_there(kim: Browser, database: Database) -> None:
    for agent in ("a-2", "a-9"):
        for what, body in (("look", {"reason": REASON}), ("thanks", {"words": "Hi"}), ("reviews", {})):
            assert (await kim.post(f"{TEAM}/people/{agent}/{what}", body)).status_code in (400, 404)
    refused = [(await kim.post(f"{TEAM}/people/{agent}/look", {"reason": REASON})).json() for agent in ("a-2", "a-9")]
    assert refused[0] == refused[1], "it cannot be told whether somebody is in another team or nowhere"
    assert await Looks(database).of("a-2") == ()


async def test_thanks_reach_the_agent(kim: Browser, database: Database) -> None:
    assert (await kim.post(f"{TEAM}/people/a-1/thanks", {"words": "You kept calm."})).status_code == 204
    assert [(one.given_by, one.words) for one in await Thanks(database).of("a-1")] == [("Demo-Lead", "You kept calm.")]


async def test_a_dispute_is_decided_once_by_the_agents_own_lead(kim: Browser, database: Database) -> None:
    disputes = Disputes(database)
    mine = await disputes.open("a-1", "a-1-c1", "outage", "No line.", NOW)
    others = await disputes.open("a-2", "a-2-c1", "outage", "", NOW)
    page = (await kim.get(TEAM)).json()
    assert ([one["dispute"] for one in page["disputes"]], page["names"]) == ([mine.dispute], {"a-1": "adam"})
    which = page["disputed"][mine.dispute]
    assert (which["contact"], which.keys()) == ("a-1-c1", {"contact", "ended_at", "channel", "topic"})

    verdict = {"outcome": "upheld", "answer": "You are right."}
    assert (await kim.post(f"{TEAM}/disputes/{others.dispute}", verdict)).status_code == 404
    assert (await kim.post(f"{TEAM}/disputes/{mine.dispute}", verdict)).status_code == 204
    assert (await kim.post(f"{TEAM}/disputes/{mine.dispute}", verdict)).status_code == 409
    (decided,) = await disputes.of(["a-1"])
    assert (decided.outcome, decided.answer, decided.decided_by) == ("upheld", "You are right.", "Demo-Lead")
    assert (await kim.get(TEAM)).json().get("disputes", []) == []


def test_points_of_a_review_are_weighted_and_what_did_not_apply_is_left_out() -> None:
    assert points({"right": True, "recorded": False}) == (3, 4)
    assert points({}) == (0, 0)
    with pytest.raises(KeyError):
        points({"quick": True})


async def test_a_review_goes_on_the_bus_like_that_of_any_source(kim: Browser, told: list[Event]) -> None:
    address = f"{TEAM}/people/a-1/reviews"
    answers = {"right": True, "clear": False}
    assert (await kim.post(address, {"contact": "a-1-c1", "answers": answers})).status_code == 204
    (event,) = told
    assert isinstance(event, ContactReviewed)
    assert (event.contact, event.points, event.applicable, event.critical_error) == ("a-1-c1", 3, 5, False)

    assert (await kim.post(address, {"contact": "a-2-c1", "answers": answers})).status_code == 404
    assert (await kim.post(address, {"contact": "a-1-c1", "answers": {"quick": True}})).status_code == 400
    assert len(told) == 1


@pytest.mark.parametrize(
    ("contact", "visit", "of_contact"),
    [("mail/2026/17", "", "mail/2026/17"), ("mail/2026/17/second", "second", "mail/2026/17"), ("c1/a/b", "a/b", "c1")],
)
async def test_a_review_names_the_contact_as_its_source_did(
    kim: Browser, database: Database, told: list[Event], contact: str, visit: str, of_contact: str
) -> None:
    """A slash may be the source's own: only the sheet knows where the name of a visit begins."""
    one = sheet("a-1")
    line = msgspec.structs.replace(one.lines[0], contact=contact, visit=visit)
    await Sheets(database).put_sheets([msgspec.structs.replace(one, lines=(line,))])
    review = {"contact": contact, "answers": {"right": True}}
    assert (await kim.post(f"{TEAM}/people/a-1/reviews", review)).status_code == 204
    (event,) = told
    assert isinstance(event, ContactReviewed)
    assert (event.contact, event.visit) == (of_contact, visit)


async def test_with_the_switch_off_queues_stay_and_people_go(database: Database) -> None:
    browser = Browser(create_app(SETTINGS, Feed(), demo=True, database=database, clock=lambda: NOW))
    await browser.play("privacy")
    stop = {"processing": False, "reason": "The works council asked for it."}
    assert (await browser.send("PUT", "/api/v1/privacy/switch", stop)).status_code == 204
    await browser.play("lead")
    page = (await browser.get(TEAM)).json()
    assert (page["persons"], page.get("colleagues", [])) == (False, [])
    assert (await browser.post(f"{TEAM}/people/a-1/look", {"reason": REASON})).status_code == 403


async def test_the_queues_of_the_past_are_those_of_the_own_teams(database: Database) -> None:
    class Yesterday:
        async def figures(self, instant: datetime) -> SiteFigures:
            return site()

    browser = Browser(create_app(SETTINGS, Feed(), demo=True, database=database, past=Yesterday()))
    await browser.play("lead")
    then = (await browser.get(f"{TEAM}/at?instant=2026-03-01T10:00:00Z")).json()
    assert "colleagues" not in then
    assert set(then) == {"at", "queues"}
    assert (await browser.get(f"{TEAM}/at?instant=yesterday")).status_code == 400


async def test_an_agent_has_no_desk(database: Database) -> None:
    browser = Browser(create_app(SETTINGS, Feed(), demo=True, database=database))
    for role in ("agent", "operations", "privacy", "admin"):
        await browser.play(role)  # type: ignore[arg-type]
        assert (await browser.get(TEAM)).status_code == 403
