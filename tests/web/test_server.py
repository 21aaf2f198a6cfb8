"""Serving: a port or one sentence, and a clean stop."""

import asyncio

import pytest

from monitor.errors import ConfigurationError
from monitor.settings import Web
from tests.web.conftest import served
from web.server import listen


def test_a_free_port_is_found() -> None:
    with listen(Web(port=0)) as listening:
        host, port = listening.getsockname()[:2]
    assert host == "127.0.0.1"
    assert port > 0


def test_a_port_that_is_taken_is_told_in_one_sentence() -> None:
    with listen(Web(port=0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"^Cannot serve on 127\.0\.0\.1 port {port}: .*in use.*\.$"):
            listen(Web(port=port))


def test_a_host_that_is_none_is_told_in_one_sentence() -> None:
    with pytest.raises(ConfigurationError, match=r"^Cannot serve on no\.such\.host\.invalid port 0: "):
        listen(Web(host="no.such.host.invalid", port=0))


async def test_after_stopping_no_task_is_left_and_the_port_is_free() -> None:
    before = asyncio.all_tasks()
    async with served() as web, web.client() as client:
        assert (await client.get("/healthz")).status_code == 200
    assert asyncio.all_tasks() == before
    listen(Web(port=web.port)).close()
