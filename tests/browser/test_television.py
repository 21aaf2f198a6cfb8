"""A television: paired once, then weeks without a hand on it: boards by turns, restarts, upgrades, being sent away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from monitor.figures import SiteFigures
from monitor.settings import BoardDefinition, Settings
from tests.browser.centre import settings
from tests.browser.conftest import WALL
from tests.browser.served import Served, served
from tests.browser.test_accessibility import complaints
from tests.browser.test_pictures import PICTURES

BACK_AFTER_MS = 30_000
WATCH_FOR_LOADING = "window.neverLoadedAgain = true"


def with_boards(**boards: BoardDefinition) -> Settings:
    """The demo's centre with boards of its own."""
    return settings().model_copy(update={"boards": settings().boards | boards})


@pytest.fixture
def television(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB")
    yield context.new_page()
    context.close()


class Pairing:
    """Stands in for the server's side of pairing: `POST` and `GET /api/v1/pairings`."""

    def __init__(self, page: Page) -> None:
        self.code = 0
        self.state: dict[str, Any] = {"state": "waiting", "board": None}
        self.fault = 0
        page.route("**/api/v1/pairings", self._asked)

    def _asked(self, route: Any) -> None:
        if self.fault:
            route.fulfill(status=self.fault)
        elif route.request.method == "POST":
            self.code += 1
            self.state = {"state": "waiting", "board": None}
            expires_at = datetime.now(UTC) + timedelta(minutes=10)
            made = {"device": f"secret-{self.code}", "code": f"ABC-00{self.code}", "expires_at": expires_at.isoformat()}
            route.fulfill(status=201, json=made)
        elif route.request.headers["authorization"] != f"Bearer secret-{self.code}":
            route.fulfill(status=401)
        else:
            route.fulfill(json=self.state)


def test_a_television_shows_its_code_and_then_its_board(television: Page, afternoon: SiteFigures) -> None:
    pairing = Pairing(television)
    with served(settings()) as site:
        site.publish(afternoon)
        television.goto(f"{site.address}/tv")
        code = television.locator(".code")
        expect(code).to_have_text("ABC-001")
        assert code.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 200
        assert complaints(television) == []
        television.screenshot(path=PICTURES / "tv-pairing-en.png")
        pairing.state = {"state": "approved", "board": "demo"}
        television.wait_for_url(f"{site.address}{WALL}")
        expect(television.locator(".fresh")).to_have_text("Live")
        # After a power cut it opens its first page again, and needs nobody.
        television.goto(f"{site.address}/tv")
        television.wait_for_url(f"{site.address}{WALL}")
        assert pairing.code == 1


def test_a_code_that_is_too_old_gives_way_to_a_new_one(television: Page) -> None:
    pairing = Pairing(television)
    with served(settings()) as site:
        television.goto(f"{site.address}/tv")
        expect(television.locator(".code")).to_have_text("ABC-001")
        pairing.state = {"state": "expired", "board": None}
        expect(television.locator(".code")).to_have_text("ABC-002")


def test_a_server_that_does_not_answer_is_asked_again(television: Page) -> None:
    pairing = Pairing(television)
    pairing.fault = 503
    with served(settings()) as site:
        television.goto(f"{site.address}/tv")
        expect(television.get_by_text("No connection with Balans; trying again.")).to_be_visible()
        pairing.fault = 0
        expect(television.locator(".code")).to_have_text("ABC-001", timeout=BACK_AFTER_MS)


def test_several_boards_come_by_turns(television: Page, afternoon: SiteFigures) -> None:
    pairing = Pairing(television)
    with served(settings()) as site:
        site.publish(afternoon)
        television.goto(f"{site.address}/tv")
        expect(television.locator(".code")).to_be_visible()
        pairing.state = {"state": "approved", "board": "demo", "boards": ["demo", "chat"]}
        television.wait_for_url(re.compile(r"/wall/demo\?rotate=demo,chat$"))


def test_the_boards_of_the_address_follow_one_another_without_loading(television: Page, afternoon: SiteFigures) -> None:
    boards = with_boards(
        phones=BoardDefinition(title="Phones", queues=("klantenservice",)),
        chat=BoardDefinition(title="Chat", queues=("chat",)),
    )
    with served(boards) as site:
        site.publish(afternoon)
        television.clock.install()
        television.goto(f"{site.address}/wall/phones?rotate=phones,chat&every=30")
        heading = television.get_by_role("heading", level=1)
        expect(heading).to_have_text("Phones")
        expect(television.get_by_role("img", name="Board 1 of 2")).to_be_visible()
        television.evaluate(WATCH_FOR_LOADING)
        television.clock.fast_forward(31_000)
        expect(heading).to_have_text("Chat")
        expect(television.get_by_role("img", name="Board 2 of 2")).to_be_visible()
        assert television.url.endswith("/wall/chat?rotate=phones,chat&every=30")
        television.clock.fast_forward(31_000)
        expect(heading).to_have_text("Phones")
        assert television.evaluate("window.neverLoadedAgain")


def test_a_board_may_name_its_own_turns(television: Page, afternoon: SiteFigures) -> None:
    boards = with_boards(
        floor=BoardDefinition(title="Floor", rotate=("floor", "chat"), rotate_seconds=20),
        chat=BoardDefinition(title="Chat", queues=("chat",)),
    )
    with served(boards) as site:
        site.publish(afternoon)
        television.clock.install()
        television.goto(f"{site.address}/wall/floor")
        heading = television.get_by_role("heading", level=1)
        expect(heading).to_have_text("Floor")
        television.clock.fast_forward(21_000)
        expect(heading).to_have_text("Chat")


def test_the_wall_is_live_again_after_a_restart_without_a_hand_or_a_reload(
    television: Page, afternoon: SiteFigures
) -> None:
    with served(settings()) as first:
        first.publish(afternoon)
        television.goto(first.address + WALL)
        expect(television.locator(".fresh")).to_have_text("Live")
        television.evaluate(WATCH_FOR_LOADING)
        port = int(first.address.rsplit(":", 1)[1])
    expect(television.locator(".fresh")).to_have_text("No connection")
    with served(settings(), port=port) as second:
        second.publish(afternoon)
        expect(television.locator(".fresh")).to_have_text("Live", timeout=BACK_AFTER_MS)
        assert television.evaluate("window.neverLoadedAgain")


class Network:
    """Between the page and the server: `away` lets nothing through, as a switch without power; nothing is closed."""

    def __init__(self, page: Page) -> None:
        self.away = False
        self.refused = False
        self.open: list[Any] = []
        page.route_web_socket("**/ws/board/*", self._connected)

    def _connected(self, socket: Any) -> None:
        if self.refused:
            socket.close()
            return
        self.open.append(socket)
        server = socket.connect_to_server()
        server.on_message(lambda text: None if self.away else socket.send(text))


def test_the_wall_is_live_again_after_the_network_was_away(television: Page, afternoon: SiteFigures) -> None:
    network = Network(television)
    with served(settings()) as site:
        site.publish(afternoon)
        television.goto(site.address + WALL)
        expect(television.locator(".fresh")).to_have_text("Live")
        television.evaluate(WATCH_FOR_LOADING)
        network.away = True
        expect(television.locator(".fresh")).to_have_text("No connection", timeout=BACK_AFTER_MS)
        expect(television.get_by_role("alert")).to_contain_text("These figures are from 15:45:00")
        network.away = False
        site.publish(msgspec.structs.replace(afternoon, at=afternoon.at + timedelta(seconds=1)))
        expect(television.locator(".fresh")).to_have_text("Live", timeout=BACK_AFTER_MS)
        assert television.evaluate("window.neverLoadedAgain")


def test_after_an_upgrade_the_page_renews_itself(television: Page, afternoon: SiteFigures) -> None:
    """The page was built by an older version: the server's page names another script."""
    with served(settings()) as first:
        first.publish(afternoon)
        television.goto(first.address + WALL)
        expect(television.locator(".fresh")).to_have_text("Live")
        television.evaluate(
            "document.querySelector('script[type=module]').setAttribute('src', '/assets/index-older.js');"
            + WATCH_FOR_LOADING
        )
        port = int(first.address.rsplit(":", 1)[1])
    expect(television.locator(".fresh")).to_have_text("No connection")
    with served(settings(), port=port) as second:
        second.publish(afternoon)
        television.wait_for_function("() => !window.neverLoadedAgain", timeout=BACK_AFTER_MS)
        expect(television.locator(".fresh")).to_have_text("Live", timeout=BACK_AFTER_MS)


def test_a_message_the_page_does_not_know_is_a_loss_and_never_a_frozen_screen(
    television: Page, afternoon: SiteFigures
) -> None:
    with served(settings()) as site:
        site.publish(afternoon)

        def newer(socket: Any) -> None:
            server = socket.connect_to_server()
            server.on_message(lambda text: socket.send(str(text).replace('"type":"advice"', '"type":"hologram"')))

        television.route_web_socket("**/ws/board/*", newer)
        television.goto(site.address + WALL)
        expect(television.locator(".fresh")).to_have_text("No connection")
        expect(television.get_by_role("alert")).to_contain_text("No connection with Balans yet")


def test_a_television_that_is_sent_away_asks_for_a_code(television: Page, afternoon: SiteFigures) -> None:
    pairing, network = Pairing(television), Network(television)
    with served(settings()) as site:
        site.publish(afternoon)
        television.goto(f"{site.address}/tv")
        expect(television.locator(".code")).to_be_visible()
        pairing.state = {"state": "approved", "board": "demo"}
        expect(television.locator(".fresh")).to_have_text("Live")
        television.route("**/wall/demo", lambda route: route.fulfill(status=401))
        network.refused = True
        for socket in network.open:
            socket.close()
        expect(television.locator(".code")).to_have_text("ABC-002", timeout=BACK_AFTER_MS)


def test_the_screen_is_kept_awake(browser: Browser, site: Served) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.add_init_script("navigator.wakeLock.request = async (kind) => { window.awake = kind; return {}; };")
    page.goto(site.address + WALL)
    page.wait_for_function("() => window.awake === 'screen'")
    context.close()


def test_the_scale_can_be_set_by_the_address(television: Page, site: Served) -> None:
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    television.goto(site.address + WALL)
    television.wait_for_selector(".tile")
    usual = television.evaluate(size)
    television.goto(f"{site.address}{WALL}?scale=1.5")
    television.wait_for_selector(".tile")
    assert television.evaluate(size) == pytest.approx(1.5 * usual)


def test_figures_that_run_behind_are_said_calmly_and_stay_on_the_screen(
    television: Page, site: Served, afternoon: SiteFigures
) -> None:
    television.goto(site.address + WALL)
    expect(television.locator(".fresh")).to_have_text("Live")
    expect(television.locator(".behind")).to_be_hidden()
    late = msgspec.structs.replace(afternoon.pipeline, lag_seconds=95.0, waiting=18_400)
    site.publish(msgspec.structs.replace(afternoon, at=afternoon.at + timedelta(seconds=1), pipeline=late))
    said = television.get_by_role("status")
    expect(said).to_have_text("Figures run 1:35 behind; 18,400 events are being caught up. Nothing is lost.")
    expect(television.locator(".fresh")).to_have_text("1:35 behind")
    expect(television.get_by_role("alert")).to_be_hidden()
