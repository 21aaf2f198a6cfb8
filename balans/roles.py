"""The roles put together: collectors, broker, monitor and web in one process, as the settings name them.

Stops in the order of the flow: collectors deliver what they hold, the broker goes last.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

from balans.cast import introduce
from balans.configuration import journal_address
from balans.desk import Desk
from balans.directory import patiently, pseudonyms_of, take_over
from balans.memory import look_for_cycles_seldom
from balans.persons import keep_people, outlet_of, tell_collectors
from balans.registry import collector_settings, make_collector
from collectors import demo
from collectors.source import Clock, Collector, Surroundings
from monitor.alerts.alarms import Alarms
from monitor.alerts.delivery import Deliveries
from monitor.alerts.keeper import Keeper
from monitor.broker import USER, embedded_broker
from monitor.bus import LOOPBACK, Subscriber, check, follow_figures, publishing, share_figures
from monitor.engine import Engine
from monitor.errors import ConfigurationError, PeerUnreachable
from monitor.feed import Feed
from monitor.history import HistoryStore
from monitor.history import Keeper as HistoryKeeper
from monitor.journal import Database, database_of, patiently_opened_journal
from monitor.journal.store import FILE as JOURNAL
from monitor.live import Live
from monitor.lookback import Lookback
from monitor.moments import FOLDER as MOMENTS
from monitor.moments import Moments
from monitor.past import Kept
from monitor.people.keeping import Trails
from monitor.people.scoring import Past
from monitor.people.standing import StandingOutages
from monitor.settings import Mqtt, Settings
from monitor.snapshot import FILE, SnapshotFile, fingerprint
from monitor.tasks import task_group
from monitor.tracing import traces
from web.app import create_app
from web.server import listen, serve

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 0.5

Ready = Callable[[str, Feed], Coroutine[Any, Any, None]]
"""Called with the web's address once it listens; it may take its time."""


def utc_now() -> datetime:
    """The clock of everything that runs live."""
    return datetime.now(UTC)


def run_until_signal(work: Coroutine[Any, Any, None]) -> int:
    """Run `work` until it ends or SIGINT or SIGTERM asks for a clean stop; the exit code. A second signal
    ends the program without waiting."""

    async def stoppable() -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        stopped = False

        def stop() -> None:
            nonlocal stopped
            stopped = True
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        try:
            await work
        except asyncio.CancelledError:
            if not stopped:
                raise

    look_for_cycles_seldom()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(stoppable())
    return 0


async def serve_roles(
    settings: Settings, *, simulated: bool = False, ready: Ready | None = None, past: Past | None = None
) -> None:
    """Everything that `settings.roles` names, until cancelled. `past`: days to be scored before the journal. Raises
    AskAPerson of whichever part raises it first."""
    _make_state_directory(settings.state_directory)
    _look_for_the_key(settings)
    clock, feed = _clock(settings), Feed()
    collectors = _collectors(settings, clock) if "collect" in settings.roles else []
    async with contextlib.AsyncExitStack() as holding:
        listening = holding.enter_context(listen(settings.web)) if "web" in settings.roles else None
        async with _broker(settings) as mqtt, _looking_back(settings, clock) as lookback, task_group() as group:
            _start_figures(group, settings, mqtt, feed, clock, past)
            for collector in collectors:
                group.create_task(_collect(collector, settings, mqtt, clock), name=f"collector {collector.name}")
            if listening is not None:
                opening = database_of(journal_address(settings), wait=False)
                database = await holding.enter_async_context(opening)
                desk = Desk(mqtt, clock, settings.state_directory)
                group.create_task(desk.run(), name="desk")
                app = create_app(
                    settings,
                    feed,
                    demo=simulated,
                    clock=clock,
                    database=database,
                    wall_clock=utc_now,
                    agent_id=_agent_id(settings),
                    tell=desk.tell,
                    past=lookback,
                )
                group.create_task(serve(app, listening, settings.web.proxies), name="web")
                group.create_task(_introduce_people(settings, database, clock, simulated), name="directory")
                await (ready or _say_where)(_address(listening), feed)


def _agent_id(settings: Settings) -> Callable[[str], str]:
    """How a provider's name of an agent becomes the id of the events, where one is asked for it."""
    oidc = settings.sign_in.oidc if settings.sign_in else None
    return pseudonyms_of(settings).agent if oidc is not None and oidc.agent_claim else str


async def _introduce_people(settings: Settings, database: Database, clock: Clock, simulated: bool) -> None:
    """Who is who, once the store is there: of the simulated centre, or of `people.directory_file`."""
    if simulated:
        centre = demo.Settings(**settings.collectors["demo"])
        await patiently(lambda: introduce(database, centre, clock, settings.site.time_zone))
    elif (path := settings.people.directory_file) is not None and settings.people.processing:
        await patiently(lambda: take_over(path, settings, database))


def _start_figures(
    group: asyncio.TaskGroup, settings: Settings, mqtt: Mqtt, feed: Feed, clock: Clock, past: Past | None
) -> None:
    """Fill the feed: from a monitor here, or from one in another process where only the web is here."""
    if "monitor" in settings.roles:
        group.create_task(_measure(settings, mqtt, feed, clock, past), name="monitor")
        if _others_may_show(settings):
            group.create_task(share_figures(mqtt, feed), name="figures for other processes")
    elif "web" in settings.roles:
        group.create_task(follow_figures(mqtt, feed), name="figures of another process")


async def _measure(settings: Settings, mqtt: Mqtt, feed: Feed, clock: Clock, past: Past | None) -> None:
    """Begins again when the database goes away while it begins; later it waits for it where it is."""
    while True:
        try:
            await _measure_once(settings, mqtt, feed, clock, past)
        except PeerUnreachable as error:
            log.warning("%s The monitor begins again.", error)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        else:
            return


async def _measure_once(settings: Settings, mqtt: Mqtt, feed: Feed, clock: Clock, past: Past | None) -> None:
    kept = settings.journal
    trails = Trails()
    kept_past = _kept(settings)
    moments = Moments(kept_past.folder, kept_past.fingerprint, kept.moments_megabytes * 1024**2)
    deliveries = Deliveries(settings.alerts.webhooks, utc_now)
    alarms = Alarms(settings, deliveries.tell, deliveries.counted)
    address = kept_past.url
    async with contextlib.AsyncExitStack() as parts:
        traced = parts.enter_context(traces(settings.tracing))
        journal = await parts.enter_async_context(patiently_opened_journal(address))
        _remove_foreign(moments)
        database = await parts.enter_async_context(database_of(address))
        group = await parts.enter_async_context(task_group())
        keeper = Keeper(alarms, database)
        await keeper.restore()
        outages = StandingOutages(database, clock)
        live = Live(
            Engine(settings.site, settings.queues, settings.teams, settings.boards),
            Subscriber(mqtt),
            journal,
            feed,
            clock,
            settings.monitor.refresh_seconds,
            snapshots=SnapshotFile(settings.state_directory / FILE, kept_past.fingerprint),
            snapshot_seconds=kept.snapshot_seconds,
            journal_days=kept.days,
            moments=moments,
            history=HistoryKeeper(
                HistoryStore(journal.beside, settings.site.time_zone), settings.site, settings.retention
            ),
            balance=lambda: trails.newest,
            complete=lambda figures: outages.seen(alarms.seen(figures)),
            traces=traced,
        )
        group.create_task(keeper.run(), name="alerts into the database")
        group.create_task(outages.run(), name="known outages")
        group.create_task(deliveries.run(), name="alerts to webhooks")
        group.create_task(tell_collectors(settings, database, mqtt), name="switch for the collectors")
        group.create_task(keep_people(settings, journal, trails, clock, past), name="what is kept of people")
        await live.run()


def _remove_foreign(moments: Moments) -> None:
    """What stays is of no use to anybody, and of no harm."""
    try:
        moments.remove_foreign()
    except OSError as error:
        log.warning("Moments of another version cannot be removed: %s.", error.strerror)


def _kept(settings: Settings) -> Kept:
    measured = [settings.site, *settings.queues.items(), *settings.teams.items(), *settings.boards.items()]
    return Kept(
        url=journal_address(settings),
        folder=settings.state_directory / MOMENTS,
        fingerprint=fingerprint(repr(measured)),
        site=settings.site,
        queues=settings.queues,
        teams=settings.teams,
        boards=settings.boards,
    )


@contextlib.asynccontextmanager
async def _looking_back(settings: Settings, clock: Clock) -> AsyncIterator[Lookback | None]:
    """Questions about the past are answered where both the web and the journal are."""
    if not {"monitor", "web"} <= set(settings.roles):
        yield None
        return
    lookback = Lookback(_kept(settings), settings.journal.days, clock)
    async with lookback.running():
        yield lookback


async def _say_where(address: str, feed: Feed) -> None:
    log.info("The web listens at %s", address)


def _make_state_directory(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"state_directory: cannot make {path}: {error.strerror}.") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ConfigurationError(f"state_directory: this user cannot write in {path}.")


def _look_for_the_key(settings: Settings) -> None:
    """A journal that was restored without it goes on, and knows nobody any more: that must not go unseen."""
    key = settings.site.key_file or settings.state_directory / "pseudonyms.key"
    if not key.exists() and (settings.state_directory / JOURNAL).exists():
        log.error(
            "The key of the pseudonyms is missing beside a journal, and a new one is made: everybody gets another id. "
            "If there is a backup of %s, stop Balans and put it back.",
            key,
        )


def _collectors(settings: Settings, clock: Clock) -> list[Collector]:
    surroundings = Surroundings(
        settings.site, settings.queues, pseudonyms_of(settings), clock, settings.state_directory
    )
    return [make_collector(name, table, surroundings) for name, table in settings.collectors.items()]


def _clock(settings: Settings) -> Clock:
    """The simulated centre may run faster than life; then everybody takes the time from the same fast clock."""
    for name, table in settings.collectors.items():
        keys = collector_settings(name, table)
        if isinstance(keys, demo.Settings) and keys.speed != 1:
            return demo.FastClock(utc_now, keys.speed)
    return utc_now


async def _collect(collector: Collector, settings: Settings, mqtt: Mqtt, clock: Clock) -> None:
    outlet = publishing(
        mqtt,
        collector.name,
        clock,
        state_directory=settings.state_directory,
        bound_bytes=settings.outbox.megabytes * 1024**2,
    )
    async with outlet as publisher, outlet_of(publisher, settings, clock) as beyond_the_switch:
        await collector.run(beyond_the_switch)


@contextlib.asynccontextmanager
async def _broker(settings: Settings) -> AsyncIterator[Mqtt]:
    """How to reach the broker. Without `mqtt.host` the process with the monitor starts one; the others on the
    same machine find it by its fixed port and its password in the state directory."""
    mqtt = settings.mqtt
    if mqtt.host is None and "monitor" in settings.roles:
        async with embedded_broker(settings.state_directory, mqtt.embedded_port, mqtt.prefix) as own:
            yield own
        return
    foreign = await broker_in_reach(settings)
    # One look before all parts connect: refused credentials are then said once. A broker that is away may return.
    with contextlib.suppress(PeerUnreachable):
        await check(foreign)
    yield foreign


async def broker_in_reach(settings: Settings) -> Mqtt:
    """The configured broker, or the one that the monitor starts on this machine, once it has. Raises
    ConfigurationError."""
    mqtt = settings.mqtt
    if mqtt.host is not None:
        return mqtt
    if mqtt.embedded_port == 0:
        raise ConfigurationError(
            "Without the monitor role this process needs to be told a broker: mqtt.host, or mqtt.embedded_port "
            "for the one that the monitor starts on this machine."
        )
    password_file = broker_password(settings)
    if not password_file.exists():
        log.warning("Waiting for the monitor on this machine to make %s", password_file)
    while not password_file.exists():  # noqa: ASYNC110 -- another process makes it
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    return Mqtt(host=LOOPBACK, port=mqtt.embedded_port, username=USER, password_file=password_file, prefix=mqtt.prefix)


def broker_password(settings: Settings) -> Path:
    """Where the monitor on this machine leaves the password of the broker that it starts."""
    return settings.state_directory.absolute() / "broker" / "password"


def _others_may_show(settings: Settings) -> bool:
    """Whether a web role in another process could reach the broker at all."""
    return settings.mqtt.host is not None or settings.mqtt.embedded_port != 0


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
