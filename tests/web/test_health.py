"""Alive, and ready: in words what is not."""

from datetime import timedelta

import pytest

from monitor.figures import SourceHealth
from tests.pictures import NOW, ago, site
from tests.web.conftest import Served
from web.health import FRESH_SECONDS, readiness


async def test_the_process_is_alive_before_there_are_figures(web: Served) -> None:
    async with web.client() as client:
        alive, ready = await client.get("/healthz"), await client.get("/readyz")
    assert alive.status_code == 200
    assert (ready.status_code, ready.json()["problems"]) == (503, ["The monitor has given no figures yet."])


async def test_fresh_figures_make_it_ready_and_old_ones_no_longer(web: Served) -> None:
    await web.feed.publish(site())
    async with web.client() as client:
        assert (await client.get("/readyz")).status_code == 200
        web.clock.now = NOW + timedelta(seconds=61)
        old = await client.get("/readyz")
        assert (await client.get("/healthz")).status_code == 200
    assert old.status_code == 503
    assert old.json()["problems"] == ["The figures are 61 s old: the monitor stands still or has lost the broker."]


@pytest.mark.parametrize(("age", "ok"), [(FRESH_SECONDS, True), (FRESH_SECONDS + 1, False)])
def test_how_old_is_old(age: int, ok: bool) -> None:
    assert readiness(site(), NOW + timedelta(seconds=age)).ok is ok


def test_figures_that_do_not_add_up_are_a_problem() -> None:
    health = readiness(site(conservation=False), NOW)
    assert not health.ok
    assert health.problems[0].startswith("The figures do not add up")


def test_a_silent_source_is_told_and_the_rest_still_shows() -> None:
    silent = SourceHealth(source="pbx", state="silent", since=ago(minutes=5))
    health = readiness(site(sources=(silent,)), NOW)
    assert health.ok
    assert health.remarks == ("Source pbx is silent since 2026-03-09 10:10:00 UTC.",)
