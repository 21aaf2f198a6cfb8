"""The feed: the newest picture for everybody, and nobody waits for anybody."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, date, datetime, timedelta

from monitor.feed import Feed
from monitor.figures import SiteFigures

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def picture(number: int) -> SiteFigures:
    return SiteFigures(
        at=NOON + timedelta(seconds=number), day=date(2026, 3, 2), time_zone="Europe/Amsterdam", scopes=()
    )


async def test_who_comes_late_gets_the_newest_at_once() -> None:
    feed = Feed()
    await feed.publish(picture(1))
    await feed.publish(picture(2))
    async with aclosing(feed.pictures()) as pictures:
        assert await anext(pictures) == picture(2)


async def test_a_reader_waits_for_the_first_picture() -> None:
    feed = Feed()
    async with aclosing(feed.pictures()) as pictures, asyncio.TaskGroup() as group:
        first = group.create_task(anext(pictures), name="reader")
        await asyncio.sleep(0)
        assert not first.done()
        await feed.publish(picture(1))
    assert first.result() == picture(1)


async def test_a_slow_reader_skips_pictures_and_delays_nobody() -> None:
    feed = Feed()
    async with aclosing(feed.pictures()) as slow, aclosing(feed.pictures()) as quick:
        await feed.publish(picture(0))
        assert await anext(slow) == await anext(quick) == picture(0)
        for number in range(1, 100):
            await feed.publish(picture(number))
            assert await anext(quick) == picture(number)
        assert await anext(slow) == picture(99)


async def test_the_same_picture_is_not_shown_twice() -> None:
    feed = Feed()
    await feed.publish(picture(1))
    async with aclosing(feed.pictures()) as pictures, asyncio.TaskGroup() as group:
        await anext(pictures)
        second = group.create_task(anext(pictures), name="reader")
        await asyncio.sleep(0)
        assert not second.done()
        await feed.publish(picture(2))
    assert second.result() == picture(2)


async def test_a_reader_that_goes_leaves_the_others_alone() -> None:
    feed = Feed()
    async with aclosing(feed.pictures()) as stays:
        async with asyncio.TaskGroup() as group, aclosing(feed.pictures()) as goes:
            waiting = group.create_task(anext(goes), name="reader that goes")
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
        await feed.publish(picture(1))
        assert await anext(stays) == picture(1)
