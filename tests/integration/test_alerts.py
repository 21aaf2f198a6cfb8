"""Alerts on their way: into the database and back, and to webhooks that answer, refuse, hang or are away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from collectors.webhook.signature import check_signature
from monitor.alerts import store
from monitor.alerts.alarms import Alarms
from monitor.alerts.alert import Alert, Notice
from monitor.alerts.delivery import WAITING, Deliveries
from monitor.alerts.keeper import Keeper
from monitor.alerts.settings import Webhook
from monitor.figures import SiteFigures, SourceHealth
from monitor.journal import database_of, journal_url, opened_journal
from monitor.measures import Text
from monitor.settings import Settings
from tests.parts import running_postgresql
from tests.pictures import NOW, site

SECRET = "a secret of the tests".replace(" ", "-")
KEY = "source_silent:source:pbx"
LOST = (SourceHealth(source="pbx", state="lost"),)


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[sa.URL]:
    """Of a journal with its tables."""
    if request.param == "sqlite":
        address = journal_url(None, tmp_path)
        async with opened_journal(address):
            pass
        yield address
        return
    async with running_postgresql() as postgresql:
        address = journal_url(postgresql, tmp_path)
        async with opened_journal(address):
            pass
        yield address


def watched(alarms: Alarms, sources: tuple[SourceHealth, ...], begin: int, end: int) -> SiteFigures:
    """A picture each second, from so many seconds to so many; the last."""
    picture = site()
    for second in range(begin, end + 1):
        picture = alarms.seen(site(sources=sources, at=NOW + timedelta(seconds=second)))
    return picture


async def test_an_alert_and_its_acknowledgement_outlive_the_monitor(url: sa.URL) -> None:
    async with database_of(url) as database:
        first = Alarms(Settings())
        keeper = Keeper(first, database)
        await keeper.restore()
        (alert,) = watched(first, LOST, 0, 61).alerts
        await keeper.keep()
        assert await store.acknowledge(database, KEY, alert.fired_at, "account-7", NOW)
        assert await store.acknowledge(database, KEY, alert.fired_at, "account-8", NOW), "it stands, as it was"

        told: list[Notice] = []
        second = Alarms(Settings(), told.append)
        keeper = Keeper(second, database)
        await keeper.restore()
        await keeper.keep()
        (again,) = watched(second, LOST, 70, 72).alerts
        assert (again.fired_at, again.acknowledged_at) == (alert.fired_at, NOW)
        assert second.state.firing[KEY].acknowledged_by == "account-7"
        assert [notice.change for notice in told] == ["acknowledged"], "it is not told again that it fired"


async def test_an_acknowledgement_is_of_one_firing_and_goes_with_it(url: sa.URL) -> None:
    async with database_of(url) as database:
        alarms = Alarms(Settings(alerts={"cool_down_seconds": 0}))
        keeper = Keeper(alarms, database)
        (first,) = watched(alarms, LOST, 0, 61).alerts
        await keeper.keep()
        await store.acknowledge(database, KEY, first.fired_at, "account-7", NOW)
        assert not watched(alarms, (), 62, 100).alerts
        (again,) = watched(alarms, LOST, 101, 170).alerts
        await keeper.keep()
        assert alarms.state.firing[KEY].acknowledged_at is None
        assert not await store.acknowledge(database, KEY, first.fired_at, "account-7", NOW), "that one is over"
        assert [row[0] for row in await database.rows(sa.text("SELECT count(*) FROM alerts"))] == [1]  # type: ignore[arg-type]
        assert again.fired_at > first.fired_at


async def test_what_only_came_near_is_not_kept(url: sa.URL) -> None:
    async with database_of(url) as database:
        alarms = Alarms(Settings())
        watched(alarms, LOST, 0, 30)
        await Keeper(alarms, database).keep()
        assert alarms.state.standing
        assert await store.kept(database) == {}


# Webhooks


@dataclass
class Receiver:
    """An HTTP server that answers as it is told, and what it was sent."""

    answers: list[int] = field(default_factory=list)
    sent: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    hangs: bool = False
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/alerts"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.sent.append((headers, body))
        if self.hangs:
            await reader.read()
        status = self.answers.pop(0) if self.answers else 204
        writer.write(f"HTTP/1.1 {status} So\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        writer.close()


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[Receiver]:
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


def notice(number: int = 0) -> Notice:
    words = Text("pbx is silent", "pbx zwijgt")
    alert = Alert(
        key=KEY, kind="source_silent", severity="critical", subject_kind="source", subject="pbx", value=1, title=words,
        description=words, fired_at=NOW, runbook="docs/runbooks.md#balanssourcesilent",
    )  # fmt: skip
    return Notice(id=f"{KEY}:{number}", change="fired", at=NOW, alert=alert)


@pytest.fixture
async def deliveries(tmp_path: Path) -> AsyncIterator[Callable[..., Deliveries]]:
    """Running deliveries to the receivers named."""
    file = tmp_path / "secret"
    file.write_text(SECRET)
    async with asyncio.TaskGroup() as group:
        running: list[asyncio.Task[None]] = []

        def made(timeout_seconds: float = 10, give_up_seconds: float = 3600, **urls: str) -> Deliveries:
            hooks = {name: Webhook(url=url, secret_file=file) for name, url in urls.items()}
            one = Deliveries(
                hooks,
                lambda: datetime.now(UTC),
                waits=(0.01, 0.02),
                give_up_seconds=give_up_seconds,
                timeout_seconds=timeout_seconds,
            )
            running.append(group.create_task(one.run(), name="webhooks"))
            return one

        yield made
        for task in running:
            task.cancel()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not true():  # noqa: ASYNC110 -- what is waited for has no event
            await asyncio.sleep(0.005)


async def test_a_notice_is_signed_as_balans_itself_checks_signatures(deliveries: Callable[..., Deliveries]) -> None:
    async with receiving(Receiver()) as receiver:
        made = deliveries(ops=receiver.url)
        made.tell(notice())
        await until(lambda: made.counted()[0].delivered == 1)
        ((headers, body),) = receiver.sent
        check_signature(
            [SECRET.encode()],
            headers["x-balans-timestamp"],
            headers["x-balans-signature"],
            body,
            now=datetime.now(UTC).timestamp(),
            window_seconds=300,
        )
        assert msgspec.json.decode(body, type=Notice) == notice()
        assert json.loads(body)["alert"]["title"] == {"en": "pbx is silent", "nl": "pbx zwijgt"}


async def test_what_fails_is_tried_again_in_order(deliveries: Callable[..., Deliveries]) -> None:
    async with receiving(Receiver(answers=[500, 429])) as receiver:
        made = deliveries(ops=receiver.url)
        made.tell(notice(1))
        made.tell(notice(2))
        await until(lambda: made.counted()[0].delivered == 2)
        assert [json.loads(body)["id"][-1] for _, body in receiver.sent] == ["1", "1", "1", "2"]
        assert (made.counted()[0].failed, made.counted()[0].dropped) == (2, 0)


async def test_a_refusal_is_not_tried_again(deliveries: Callable[..., Deliveries]) -> None:
    async with receiving(Receiver(answers=[404])) as receiver:
        made = deliveries(ops=receiver.url)
        made.tell(notice(1))
        made.tell(notice(2))
        await until(lambda: made.counted()[0].delivered == 1)
        assert (made.counted()[0].failed, made.counted()[0].dropped) == (1, 1)


async def test_a_receiver_that_is_away_is_given_up_in_the_end(deliveries: Callable[..., Deliveries]) -> None:
    made = deliveries(ops="http://127.0.0.1:9/", give_up_seconds=0.05)
    made.tell(notice())
    await until(lambda: made.counted()[0].dropped == 1)
    assert made.counted()[0].failed >= 2


async def test_a_receiver_that_hangs_delays_nobody_and_its_queue_is_bounded(
    deliveries: Callable[..., Deliveries],
) -> None:
    async with receiving(Receiver(hangs=True)) as slow, receiving(Receiver()) as quick:
        made = deliveries(slow=slow.url, quick=quick.url)
        made.tell(notice(0))
        await until(lambda: len(slow.sent) == 1)
        for number in range(WAITING + 5):
            made.tell(notice(number))
            await until(lambda: made.counted()[1].waiting == 0)
        held, told = made.counted()
        await until(lambda: made.counted()[1].delivered == WAITING + 6)
        assert (held.waiting, held.dropped, held.delivered) == (WAITING, 5, 0)
        assert told.dropped == 0


async def test_a_hanging_receiver_is_left_after_a_while(deliveries: Callable[..., Deliveries]) -> None:
    async with receiving(Receiver(hangs=True)) as slow:
        made = deliveries(ops=slow.url, timeout_seconds=0.05)
        made.tell(notice())
        await until(lambda: made.counted()[0].failed >= 2)
