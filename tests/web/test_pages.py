"""The pages and the headers they come with."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from monitor.feed import Feed
from monitor.settings import BoardDefinition, Settings
from web.app import create_app
from web.pages import CONTENT_SECURITY_POLICY, SecurityHeaders, add_pages


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A build as the front end makes it: a page, and assets with their hash in their name."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Balans</title>")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "main-3f2a.js").write_text("export {}")
    return tmp_path


def pages(static: Path, *boards: str) -> httpx.AsyncClient:
    app = FastAPI()
    app.add_middleware(SecurityHeaders)
    add_pages(app, {board: BoardDefinition(title=f"<{board}>") for board in boards}, static)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wall.example")


async def test_the_only_board_is_where_one_starts(built: Path) -> None:
    async with pages(built, "main") as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/wall/main")


@pytest.mark.parametrize(("language", "title"), [("nl-NL,nl;q=0.9", "Borden"), ("de, en", "Boards"), ("", "Boards")])
async def test_several_boards_are_listed_in_the_readers_language(built: Path, language: str, title: str) -> None:
    async with pages(built, "one", "two") as client:
        answer = await client.get("/", headers={"accept-language": language})
    assert f"<h1>{title}</h1>" in answer.text
    assert '<a href="/wall/one">&lt;one&gt;</a>' in answer.text


async def test_without_boards_one_is_told_how_to_make_one(built: Path) -> None:
    async with pages(built) as client:
        answer = await client.get("/")
    assert (answer.status_code, "[boards.main]" in answer.text) == (404, True)


async def test_a_wall_is_the_built_page_and_is_asked_for_each_time(built: Path) -> None:
    async with pages(built, "main") as client:
        answer = await client.get("/wall/main")
    assert (answer.status_code, "Balans" in answer.text) == (200, True)
    assert answer.headers["cache-control"] == "no-cache"


async def test_an_unknown_board_is_told_in_words(built: Path) -> None:
    async with pages(built, "main") as client:
        english = await client.get("/wall/nowhere")
        dutch = await client.get("/wall/nowhere", headers={"accept-language": "nl"})
    assert (english.status_code, english.text) == (404, "There is no board called nowhere here.")
    assert dutch.text == "Er is hier geen bord met de naam nowhere."


async def test_pages_that_are_not_built_say_how(tmp_path: Path) -> None:
    async with pages(tmp_path / "static", "main") as client:
        answer = await client.get("/wall/main")
        missing = await client.get("/assets/main.js")
    assert (answer.status_code, answer.text) == (503, "The pages are not built yet: run `make ui`.")
    assert missing.status_code == 404


async def test_what_carries_its_hash_is_kept_and_the_rest_is_not(built: Path) -> None:
    async with pages(built, "main") as client:
        asset, icon = await client.get("/assets/main-3f2a.js"), await client.get("/favicon.svg")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert icon.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/../settings.py", "/assets/../../web/app.py", "/%2e%2e/app.py"])
async def test_nothing_beside_the_build_is_served(built: Path, path: str) -> None:
    (built.parent / "settings.py").write_text("secret")
    async with pages(built, "main") as client:
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/wall/main", "/assets/main-3f2a.js", "/nothing", "/"])
async def test_every_answer_carries_the_security_headers(built: Path, path: str) -> None:
    async with pages(built, "main") as client:
        headers = (await client.get(path)).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline() -> None:
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


async def test_a_fault_of_ours_is_one_sentence_and_no_trace() -> None:
    app = create_app(Settings(), Feed())

    @app.get("/healthz")
    async def fault() -> None:
        raise RuntimeError("a secret")

    app.router.routes.insert(0, app.router.routes.pop())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://wall.example") as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (500, {"error": "Balans failed to answer; the log says why."})
