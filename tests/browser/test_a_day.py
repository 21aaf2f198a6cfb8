"""One day of an agent, of the agent's lead and of the privacy officer, with the real web, database, journal and score,
in browsers of their own: see, dispute, look, decide, hand out, object, erase."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from monitor.journal import URL, database_of, journal_url
from monitor.people import keeping
from monitor.people.accounts import Accounts
from monitor.people.directory import Directory, DirectoryEntry
from monitor.settings import Settings
from tests.browser.conftest import ROOT
from tests.browser.scored import scored
from tests.browser.served import Served, served
from tests.browser.test_accessibility import complaints
from tests.monitor.people.centre import AGENTS, TEAM_OF, at
from tests.people import PASSWORD, account, password_hash

DAYS = 10
NOW = at(DAYS, 1)
NOOR = AGENTS[0]
PATIENCE_MS = 90_000
"""What is written elsewhere reaches an open page within some seconds, on a machine that has much to do."""
REASON = "Our weekly conversation"
SETTINGS = {
    "site": {"name": "The made-up centre", "time_zone": "UTC"},
    "queues": {"desk": {"label": "Desk"}, "chat": {"label": "Chat", "channel": "chat"}},
    "teams": {"north": {"label": "North"}, "south": {"label": "South"}},
    "boards": {"main": {"title": "The floor"}},
    "sign_in": {},
    "people": {
        "processing": True,
        "legal_basis": "Legitimate interest",
        "works_council": {"decision": "Consent of 12 March", "date": "2026-03-12"},
        "shadow_days": 0,
        "topics": ["order", "claim"],
    },
}


async def _enrol(url: URL) -> URL:
    async with database_of(url) as database:
        secret = password_hash()
        await Accounts(database).put(
            account("noor", "agent", teams=["south"], agent=NOOR, password=secret),
            account("kim", "lead", teams=["south"], password=secret),
            account("ineke", "privacy", password=secret),
        )
        entries = [DirectoryEntry(agent=agent, name=f"Colleague {agent}", team=TEAM_OF[agent]) for agent in AGENTS[1:]]
        left_on = date(2026, 12, 31)
        noor = DirectoryEntry(agent=NOOR, name="Noor", team=TEAM_OF[NOOR], left_on=left_on)
        await Directory(database).replace([noor, *entries])
    return url


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(keeping, "KNOWN_SECONDS", 0.05)
    settings, seconds = Settings(**SETTINGS), count()  # type: ignore[arg-type]

    def clock() -> datetime:
        """A second later each time somebody asks."""
        return NOW + timedelta(seconds=next(seconds))

    url = journal_url(None, tmp_path)
    with (
        scored(tmp_path, settings, DAYS, clock),
        served(settings, people=lambda: _enrol(url), clock=clock) as running,
    ):
        yield running


def signed_in(browser: Browser, place: Served, login: str) -> Page:
    """Somebody's own browser, after signing in by hand."""
    page = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768}).new_page()
    page.goto(place.address + "/sign-in")
    page.get_by_label("Name").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/me" if login == "noor" else "**/team" if login == "kim" else "**/privacy")
    return page


def downloaded(page: Page, link: str) -> str:
    with page.expect_download() as begun:
        page.get_by_role("link", name=link).click()
    return begun.value.path().read_text()


def balans(*words: str) -> str:
    """What the command says; raises when it refuses."""
    command = [sys.executable, "-m", "balans", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def test_a_day(browser: Browser, place: Served, tmp_path: Path) -> None:
    # The agent sees the own page, and opens what it comes from down to a contact.
    noor = signed_in(browser, place, "noor")
    expect(noor.get_by_text("Quality and pace together")).to_be_visible()
    noor.locator("details summary").first.click()
    contact = noor.locator("details[open] .lines li").first
    expect(contact).to_contain_text("expected")
    contact.get_by_role("button", name="Is this not right?").click()
    asked = noor.get_by_role("dialog")
    asked.get_by_label("There was an outage").check()
    asked.get_by_label("In your own words").fill("The line was down.")
    asked.get_by_role("button", name="Take it out").click()
    expect(noor.get_by_text("The line was down.")).to_be_visible()
    expect(noor.get_by_text("Disputed: does not count for now")).to_be_visible()
    assert complaints(noor) == []

    # The lead opens one agent with a reason, gives thanks, and decides the dispute.
    kim = signed_in(browser, place, "kim")
    expect(kim.get_by_text("The line was down.")).to_be_visible()
    kim.get_by_label("With whom").select_option(label="Noor")
    kim.get_by_label("Why you want to look").fill(REASON)
    kim.get_by_role("button", name="Look").click()
    expect(kim.get_by_role("heading", name="Noor")).to_be_visible()
    kim.get_by_label("Thank in a sentence").fill("You kept calm.")
    kim.get_by_role("button", name="Thank", exact=True).click()
    expect(kim.get_by_text("Noor sees your thanks now.")).to_be_visible()
    kim.get_by_label("Your answer, for the agent").fill("You are right, it was down.")
    kim.get_by_role("button", name="Right: does not count").click()
    expect(kim.get_by_text("The line was down.")).to_have_count(0)
    assert complaints(kim) == []

    # On the agent's open page, without a reload: the thanks, the outcome, who looked and why.
    expect(noor.get_by_text("You kept calm.")).to_be_visible()
    expect(noor.get_by_text("You are right, it was down.")).to_be_visible()
    expect(noor.get_by_text("You were right: does not count")).to_be_visible()
    expect(noor.get_by_text(f"Your balance: {REASON}")).to_be_visible()

    # The lead tells of an outage that ran the day before; what fell in it does not count, at once and by itself.
    kim.get_by_text("Tell an outage").click()
    kim.get_by_label("What does not work").fill("Orders could not be opened")
    kim.get_by_label("Since").select_option(label="15:00")
    kim.get_by_label("Desk", exact=True).check()
    kim.get_by_role("button", name="Tell it").click()
    outage = kim.get_by_role("listitem").filter(has_text="Orders could not be opened")
    expect(outage).to_contain_text("Told by Kim")
    noor.get_by_text("do not count").click()
    expect(noor.locator("details[open]").get_by_text("during a known outage", exact=True).first).to_be_visible()
    assert complaints(kim) == []
    # It was told wrongly: everything counts as before.
    outage.get_by_text("Told wrongly").click()
    outage.get_by_role("button", name="Take it back").click()
    expect(noor.get_by_text("do not count")).to_have_count(0)

    # The agent takes everything home, and objects.
    noor.goto(place.address + "/privacy")
    told = json.loads(downloaded(noor, "Everything about me, as data"))
    assert [one["reason"] for one in told["looks"]] == [REASON]
    assert [(one["outcome"], one["decided_by"]) for one in told["disputes"]] == [("upheld", "Kim")]
    assert told["sheet"]["lines"]
    readable = noor.context.new_page()
    readable.set_content(downloaded(noor, "Everything about me, to read"))
    expect(readable.get_by_text("You are right, it was down.")).to_be_visible()
    noor.get_by_label("Why (may be left empty)").fill("I would rather not.")
    noor.get_by_role("button", name="I object").click()
    expect(noor.get_by_text("Nothing is computed of you until that has been decided.")).to_be_visible()
    noor.goto(place.address + "/me")
    expect(noor.get_by_text("You have objected to being scored.")).to_be_visible()

    # The officer decides; the agent reads it.
    ineke = signed_in(browser, place, "ineke")
    expect(ineke.get_by_text(REASON)).to_be_visible()
    ineke.get_by_label("Your answer, for the agent").fill("Of course.")
    ineke.get_by_role("button", name="Uphold: is not scored").click()
    expect(ineke.get_by_text("I would rather not.")).to_have_count(0)
    noor.goto(place.address + "/privacy")
    expect(noor.get_by_text("Of course.")).to_be_visible()

    # The agent leaves, and is erased: signed out, and nowhere on the lead's desk.
    config = tmp_path / "balans.toml"
    config.write_text(f'state_directory = "{tmp_path}"\n[people]\nprocessing = true\n')
    assert "is erased from" in balans("person", "erase", NOOR, "--still-here", "--config", str(config))
    noor.goto(place.address + "/me")
    noor.wait_for_url("**/sign-in?next=/me")
    kim.reload()
    expect(kim.locator(".people")).to_contain_text("Colleague")
    expect(kim.get_by_text("Noor")).to_have_count(0)
    with pytest.raises(subprocess.CalledProcessError):
        balans("person", "export", NOOR, "--config", str(config))
    for page in (noor, kim, ineke):
        page.context.close()
