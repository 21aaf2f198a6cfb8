"""The wallboard in a real browser: what it shows, that it lives, and that it says so when it does not."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from monitor.figures import Figures, ScopeFigures, ServiceLevel, SiteFigures, SourceHealth
from monitor.settings import BoardNotice
from tests.browser.centre import settings, with_board
from tests.browser.conftest import WALL
from tests.browser.served import Served, served
from tests.browser.test_accessibility import complaints

PAGE_BYTES = 60 * 1024
AT_REST_BYTES = 72 * 1024
"""With the library that draws the curve, fetched after the board is seen."""
LOST_AFTER_MS = 8_000
OLD_AFTER_MS = 20_000
SETTLED_MS = 5_000


def changed(figures: SiteFigures, change: Callable[[ScopeFigures], ScopeFigures], **more: Any) -> SiteFigures:
    """The same picture a second later, each scope changed."""
    at = figures.at + timedelta(seconds=1)
    return msgspec.structs.replace(figures, at=at, scopes=tuple(change(scope) for scope in figures.scopes), **more)


def live(scope: ScopeFigures, **more: Any) -> ScopeFigures:
    return msgspec.structs.replace(scope, live=msgspec.structs.replace(scope.live, **more))


def tile(page: Page, name: str) -> Any:
    return page.locator(".tile", has=page.get_by_role("heading", name=name))


def test_five_large_figures_each_with_its_name(page: Page) -> None:
    names = [heading.inner_text().split("\n")[0] for heading in page.locator(".tile h2").all()]
    assert names == ["Customers waiting", "Service level", "Handle time", "Helped in one go", "Occupancy"]
    expect(tile(page, "Service level").locator(".large")).to_contain_text(re.compile(r"\d+%"))


def test_a_row_for_each_queue_first_and_second_line_apart(page: Page) -> None:
    lines = page.locator("tbody")
    expect(lines).to_have_count(2)
    expect(lines.nth(0)).to_contain_text("First line")
    expect(lines.nth(1)).to_contain_text("Second line")
    queues = settings().queues
    assert lines.nth(0).locator("tr.queue").count() == sum(queue.line == 1 for queue in queues.values())
    assert lines.nth(1).locator("tr.queue").count() == sum(queue.line == 2 for queue in queues.values())
    assert page.get_by_role("table").first.get_by_role("rowheader", name="Klantenservice").count() == 1


def test_a_row_for_each_channel(page: Page) -> None:
    page.get_by_role("button", name="Channels").click()
    names = [name.inner_text().strip() for name in page.locator("tr.channel th").all()]
    assert sorted(names) == ["Call-back", "Chat", "Mail", "Phone", "Social media", "Video", "WhatsApp"]


def test_new_figures_reach_the_screen(page: Page, site: Served, afternoon: SiteFigures) -> None:
    site.publish(changed(afternoon, lambda scope: live(scope, waiting=4321, backlog=0)))
    expect(tile(page, "Customers waiting").locator(".large")).to_contain_text("4,321", timeout=2_000)


def test_the_longest_wait_counts_on_between_messages(page: Page) -> None:
    wait = tile(page, "Customers waiting").locator(".beside .figure").first
    before = wait.inner_text()
    expect(wait).not_to_have_text(before, timeout=3_000)


def test_no_data_zero_and_too_little_look_different(page: Page, site: Served, afternoon: SiteFigures) -> None:
    def windows(level: ServiceLevel) -> dict[str, Figures]:
        return {window: Figures(service_level=level) for window in ("30m", "60m", "today")}

    levels = {
        "nothing": ServiceLevel(),
        "zero": ServiceLevel(numerator=0, denominator=40, ratio=0.0),
        "too little": ServiceLevel(numerator=3, denominator=4, ratio=0.75),
    }
    seen = {}
    large = tile(page, "Service level").locator(".large")
    expected = {"nothing": "no data", "zero": "0%", "too little": "too few"}
    for name, level in levels.items():
        change = lambda scope, level=level: msgspec.structs.replace(scope, windows=windows(level))  # noqa: E731
        site.publish(changed(afternoon, change))
        expect(large).to_contain_text(expected[name], timeout=3_000)
        seen[name] = large.screenshot()
    assert len(set(seen.values())) == 3


def test_every_figure_opens_its_formula_window_and_n(page: Page) -> None:
    figures = page.locator("main .figure")
    assert figures.count() > 50
    for place in (0, 1, 2, 3, 4, 5, 6, 7, 8, 12, figures.count() - 1):
        figures.nth(place).click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator("dl")).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    tile(page, "Service level").locator(".large .figure").click()
    dialog = page.get_by_role("dialog", name="Service level")
    expect(dialog).to_contain_text("answered within T / (answered + abandoned - short abandons)")
    expect(dialog).to_contain_text("the last 30 minutes")
    expect(dialog).to_contain_text(re.compile(r"Counted \(n\)\s*\d+"))


def test_the_explanation_opens_and_closes_by_keyboard_and_gives_the_focus_back(page: Page) -> None:
    figure = tile(page, "Occupancy").locator(".large .figure")
    figure.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Occupancy")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(figure).to_be_focused()


def test_a_lost_connection_is_said_and_the_figures_are_grey(browser: Browser, afternoon: SiteFigures) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    page = context.new_page()
    with served(settings()) as first:
        first.publish(afternoon)
        page.goto(first.address + WALL)
        expect(page.locator(".fresh")).to_have_text("Live")
        port = int(first.address.rsplit(":", 1)[1])
    expect(page.get_by_role("alert")).to_contain_text("Connection lost", timeout=LOST_AFTER_MS)
    expect(page.get_by_role("alert")).to_contain_text("15:45:00")
    expect(page.locator(".wall")).to_have_attribute("data-fresh", "false")
    assert "grayscale" in page.locator("main").evaluate("main => getComputedStyle(main).filter")
    wait = tile(page, "Customers waiting").locator(".beside .figure").first
    stands = wait.inner_text()
    page.wait_for_timeout(1_500)
    assert wait.inner_text() == stands
    # The server comes back at the same place: the page finds it by itself.
    with served(settings(), port=port) as second:
        second.publish(afternoon)
        expect(page.locator(".fresh")).to_have_text("Live", timeout=30_000)
        expect(page.get_by_role("alert")).to_be_hidden()
    context.close()


def test_figures_that_stand_still_are_said_to_be_old(page: Page) -> None:
    """The web server lives and its heartbeat is heard, but nothing comes from the monitor."""
    expect(page.locator(".fresh")).to_have_text("Figures are old", timeout=OLD_AFTER_MS)
    expect(page.get_by_role("alert")).to_contain_text("have not moved since 15:45:00")


def test_a_silent_source_is_grey_with_the_time_of_its_last_news(
    page: Page, site: Served, afternoon: SiteFigures
) -> None:
    since = afternoon.at - timedelta(minutes=10)
    sources = (SourceHealth(source="demo", state="silent", since=since, cannot_tell=("transfers",)),)
    site.publish(changed(afternoon, lambda scope: live(scope, stale_since=since), sources=sources))
    expect(tile(page, "Customers waiting").locator(".stale")).to_have_text("no news since 15:35")
    expect(page.locator(".sources")).to_contain_text("silent since 15:35")
    expect(page.locator(".sources")).to_contain_text("cannot tell: transfers")


def test_who_waits_can_be_hidden_and_is_not_shown_as_zero(browser: Browser, afternoon: SiteFigures) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    with served(with_board(hide_waiting=True)) as site:
        site.publish(afternoon)
        page.goto(site.address + WALL)
        page.wait_for_selector(".tile")
        expect(page.locator(".tile")).to_have_count(4)
        expect(page.locator("td.waiting")).to_have_count(0)
        expect(page.locator("main")).not_to_contain_text(re.compile("customers waiting|longest", re.IGNORECASE))
        page.get_by_role("button", name="as a table").click()
        expect(page.get_by_role("columnheader", name="Waiting")).to_have_count(0)
        assert complaints(page) == []
    context.close()


def test_notices_stand_in_the_centres_own_words_with_their_kind(browser: Browser, afternoon: SiteFigures) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    notices = (BoardNotice(kind="outage", text="No labels today"), BoardNotice(text="Cake at four"))
    with served(with_board(notices=notices)) as site:
        site.publish(afternoon)
        page.goto(site.address + WALL)
        expect(page.locator(".notices li")).to_have_text(["Known outage No labels today", "Notice Cake at four"])
        assert complaints(page) == []
    context.close()


def test_a_quiet_board_shows_figures_only_and_flashes_nothing(browser: Browser, afternoon: SiteFigures) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    with served(with_board(quiet=True)) as site:
        site.publish(afternoon)
        page.goto(site.address + WALL)
        page.wait_for_selector(".tile")
        expect(page.locator(".advice, .news")).to_have_count(0)
        site.publish(changed(afternoon, lambda scope: live(scope, waiting=4321, backlog=0)))
        flashed = page.locator(".large .changed").first
        expect(flashed).to_be_attached()
        assert flashed.evaluate("one => getComputedStyle(one).animationName") == "none"
    context.close()


def test_both_languages_by_the_browser_by_hand_and_by_the_address(browser: Browser, site: Served) -> None:
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    page.goto(site.address + WALL)
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page.locator(".tile h2").first).to_have_text("Wachtende klanten")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".tile h2").first).to_have_text("Customers waiting")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    expect(page.locator(".tile h2").first).to_have_text("Customers waiting")
    page.goto(f"{site.address}{WALL}?lang=nl")
    expect(page.locator(".tile h2").first).to_have_text("Wachtende klanten")
    context.close()


def test_dark_and_light_by_the_device_and_by_hand(browser: Browser, site: Served) -> None:
    context = browser.new_context(color_scheme="dark", locale="en-GB")
    page = context.new_page()
    page.goto(site.address + WALL)
    page.wait_for_selector(".tile")

    def brightness() -> int:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(number) for number in re.findall(r"\d+", colour)[:3])

    assert brightness() < 200
    page.get_by_role("button", name="Theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert brightness() > 600
    context.close()


def test_the_text_grows_and_the_choice_is_kept(page: Page) -> None:
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before = page.evaluate(size)
    page.get_by_role("button", name="Larger text").click()
    grown = page.evaluate(size)
    assert grown > before
    page.reload()
    page.wait_for_selector(".tile")
    assert page.evaluate(size) == grown


def test_the_curve_can_be_read_as_text_and_as_a_table(page: Page) -> None:
    drawing = page.get_by_role("img", name=re.compile(r"Today in quarters of an hour: [\d,]+ offered"))
    expect(drawing).to_be_visible()
    page.get_by_role("button", name="as a table").click()
    expect(page.get_by_role("region", name="Today").get_by_role("row").nth(1)).to_contain_text("%")


@pytest.mark.parametrize(
    ("width", "height"), [(1920, 1080), (1600, 1000), (1366, 768), (820, 1180), (390, 844), (320, 640)]
)
def test_nothing_falls_off_the_side(browser: Browser, site: Served, width: int, height: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="nl-NL")
    page = context.new_page()
    page.goto(site.address + WALL)
    page.wait_for_selector(".tile")
    # Until the font is there and the rows have found their height, the page may still move.
    page.wait_for_function(f"() => document.documentElement.scrollWidth <= {width}", timeout=SETTLED_MS)
    if width >= 1366:
        page.wait_for_function(f"() => document.documentElement.scrollHeight <= {height}", timeout=SETTLED_MS)
        frame = "(f => f.scrollWidth === f.clientWidth && f.scrollHeight === f.clientHeight)"
        page.wait_for_function(f"() => {frame}(document.querySelector('.rows-frame'))", timeout=SETTLED_MS)
    context.close()


def test_the_large_figures_can_be_read_from_five_metres(browser: Browser, site: Served) -> None:
    """On a television of 1920x1080 a capital of 24 pixels is 15 mm high on 55 inch: ten minutes of arc at 5 m."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB")
    page = context.new_page()
    page.goto(site.address + WALL)
    page.wait_for_selector(".tile")
    sizes = "[...document.querySelectorAll('.large .value')].map(v => parseFloat(getComputedStyle(v).fontSize))"
    assert min(page.evaluate(sizes)) >= 100
    context.close()


def fetched(page: Page, address: str) -> dict[str, int]:
    """What the page at an address fetches until it is at rest: file and bytes as gzip would send them."""
    bodies: dict[str, bytes] = {}
    page.on("requestfinished", lambda request: bodies.update({request.url: request.response().body()}))
    page.goto(address)
    page.wait_for_selector(".tile")
    page.wait_for_load_state("networkidle")
    return {url.rsplit("/", 1)[1]: len(gzip.compress(body, 9)) for url, body in bodies.items() if "/ws/" not in url}


def test_the_page_is_painted_from_at_most_sixty_kilobytes(browser: Browser, site: Served) -> None:
    """All that the first paint needs, and more than that is never fetched before it: without the drawing of the curve,
    which is held back here, the whole board stands there."""
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    page.route("**/assets/drawing-*", lambda route: route.abort())
    sizes = fetched(page, site.address + WALL)
    total = sum(sizes.values())
    print(f"first paint: {total} bytes gzip of {PAGE_BYTES}: {sizes}")  # noqa: T201
    assert total <= PAGE_BYTES
    assert len(sizes) >= 5
    assert page.locator(".tile").count() == 5
    assert page.locator("tr.queue").count() == len(settings().queues)
    expect(page.locator(".here")).to_be_attached()
    context.close()


def test_what_comes_after_the_first_paint_is_bounded_and_explanations_wait_until_asked(
    browser: Browser, site: Served
) -> None:
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    sizes = fetched(page, site.address + WALL)
    print(f"page at rest: {sum(sizes.values())} bytes gzip of {AT_REST_BYTES}: {sizes}")  # noqa: T201
    assert sum(sizes.values()) <= AT_REST_BYTES
    assert any(name.startswith("drawing-") for name in sizes)
    assert not any(name.startswith("expla") for name in sizes)
    with page.expect_response("**/assets/explain-*"):
        page.locator(".tile .large .figure").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    context.close()


def test_reduced_motion_is_honoured(browser: Browser, site: Served, afternoon: SiteFigures) -> None:
    context = browser.new_context(reduced_motion="reduce", locale="en-GB")
    page = context.new_page()
    page.goto(site.address + WALL)
    page.wait_for_selector(".tile")
    site.publish(changed(afternoon, lambda scope: live(scope, waiting=4321, backlog=0)))
    flashed = page.locator(".large .changed").first
    expect(flashed).to_be_attached()
    assert flashed.evaluate("one => getComputedStyle(one).animationName") == "none"
    context.close()
