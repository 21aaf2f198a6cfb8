"""The web side: REST by its own description, messages over the WebSocket, and labels that hostile events made up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import schemathesis
import websockets
from hypothesis import HealthCheck, settings
from prometheus_client.parser import text_string_to_metric_families
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from monitor.engine import Engine
from monitor.feed import Feed
from monitor.settings import Settings
from tests.hostile.malice import DEEP, WORDS
from tests.monitor.centre import Morning, at
from tests.pictures import QUEUES, live, scope, site
from tests.web.conftest import BOARDS, Clock, Served, served
from web.app import create_app


def _application() -> Any:
    feed = Feed()
    feed.latest = site(scope("site", "site", live()), scope("queue", "sales", live()), scope("board", "main", live()))
    return create_app(Settings(boards=BOARDS, queues=QUEUES), feed, clock=Clock())


_BOTH = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
_CONFIG = SchemathesisConfig(
    projects=ProjectsConfig(default=ProjectConfig(generation=GenerationConfig(modes=[*_BOTH], deterministic=True)))
)
api = schemathesis.openapi.from_asgi("/api/openapi.json", _application(), config=_CONFIG)


OF_THE_PAST = ("/api/v1/history", "/api/v1/boards/{board}/at", "/api/v1/figures/at")
"""There is no past here, which they say with 503; and that a period has to be in order is beyond a description."""


@api.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_every_address_answers_as_it_is_described(case: schemathesis.Case) -> None:
    if case.path in OF_THE_PAST:
        answer = case.call_and_validate(excluded_checks=[not_a_server_error, positive_data_acceptance])
        assert 400 <= answer.status_code < 500 or answer.status_code == 503
    else:
        case.call_and_validate()


@pytest.fixture
async def web() -> AsyncIterator[Served]:
    async with served() as running:
        await running.feed.publish(site())
        yield running


MESSAGES = (
    "",
    "\0",
    b"\xff\xfe",
    DEEP[:1000],
    b'{"type":' + DEEP[:900],
    '{"type":"resync","more":"x"}',
    '{"type":1e400}',
    '{"type":"\\ud800"}',
    "x" * 100_000,
)


async def test_a_viewer_that_says_something_else_is_sent_away_and_the_others_stay(web: Served) -> None:
    async with web.board() as quiet:
        await quiet.recv()
        for message in MESSAGES:
            async with web.board() as hostile:
                await hostile.recv()
                await hostile.send(message)
                async with asyncio.timeout(120):
                    await hostile.wait_closed()
                assert hostile.close_code in (1003, 1007, 1009), message
        await quiet.send('{"type":"resync"}')
        async with asyncio.timeout(120):
            while '"snapshot"' not in str(await quiet.recv()):
                pass


@pytest.mark.parametrize("board", ["..%5c..%5cetc", "%00", "x" * 5000, "main%0d%0aSet-Cookie:a=b", "%ff"])
async def test_a_board_that_is_not_there(web: Served, board: str) -> None:
    async with web.board(board) as hostile:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await hostile.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4404
    async with web.client() as client:
        assert (await client.get(f"/api/v1/boards/{board}")).status_code == 404


async def test_labels_made_of_hostile_words_are_still_metrics() -> None:
    engine, pbx = Engine(Settings().site), Morning("\n} 1\nowned 1\x1b[31m")
    engine.advance(at(60))
    for number, word in enumerate(WORDS[1:]):
        engine.apply(pbx.offered(0, f"c{number}", word))
        engine.apply(pbx.agent(0, word, "available", team=word))
    async with served() as running:
        running.feed.latest = engine.figures()
        async with running.client() as client:
            text = (await client.get("/metrics")).text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert "owned" not in families
    labels = [sample.labels for sample in families["balans_customers_waiting"].samples]
    assert {each["id"] for each in labels if each["scope"] == "queue"} == set(WORDS[1:])
