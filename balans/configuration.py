"""The whole configuration, checked across its tables, and what it starts in plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from balans.registry import KINDS, collector_settings
from monitor.errors import ConfigurationError
from monitor.journal import URL, journal_url
from monitor.settings import BoardDefinition, Settings, load
from monitor.tiles import TILE_MEASURES

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def load_checked(path: Path | None) -> Settings:
    """The settings, with every collector's own keys and every reference between tables checked. Where no board
    is configured there is one, `main`, with everything on it.

    Raises ConfigurationError with the key that is wrong."""
    if path is not None and not path.exists():
        raise ConfigurationError(f"There is no {path}; balans.example.toml shows what belongs in it.")
    settings = load(path)
    where = path or "The environment"
    for table in ("queues", "teams", "boards", "collectors"):
        for name in getattr(settings, table):
            if table != "queues" and not NAME.fullmatch(name):
                raise ConfigurationError(f"{where}: {table}.{name}: a name is made of small letters, digits, - and _.")
    try:
        for name, table_of_collector in settings.collectors.items():
            collector_settings(name, table_of_collector)
        _journal_place(settings)
    except ConfigurationError as error:
        raise ConfigurationError(f"{where}: {error}") from error
    for receiver in settings.alerts.webhooks:
        if not NAME.fullmatch(receiver):
            raise ConfigurationError(
                f"{where}: alerts.webhooks.{receiver}: a name is made of small letters, digits, - and _."
            )
    for board, definition in settings.boards.items():
        for queue in definition.queues:
            if settings.queues and queue not in settings.queues:
                raise ConfigurationError(f"{where}: boards.{board}.queues: there is no [queues.{queue}].")
        for tile in definition.tiles:
            if tile not in TILE_MEASURES:
                raise ConfigurationError(f"{where}: boards.{board}.tiles: there is no large figure {tile!r}.")
    for queue, measured in settings.queues.items():
        if settings.teams and measured.team and measured.team not in settings.teams:
            raise ConfigurationError(f"{where}: queues.{queue}.team: there is no [teams.{measured.team}].")
    return settings if settings.boards else settings.model_copy(update={"boards": {"main": BoardDefinition()}})


def journal_address(settings: Settings) -> URL:
    """Where the journal is, with what opens it. Raises ConfigurationError."""
    return _journal_place(settings, settings.journal.password_file)


def _journal_place(settings: Settings, password_file: Path | None = None) -> URL:
    url = settings.journal.url
    return journal_url(url.get_secret_value() if url else None, settings.state_directory, password_file)


def with_roles(settings: Settings, roles: Sequence[str]) -> Settings:
    """The same settings for a process that plays only `roles`. Raises ConfigurationError."""
    known = [role for role in ("collect", "monitor", "web") if role in roles]
    for word in roles:
        if word not in known:
            raise ConfigurationError(f"There is no role {word!r}; the roles are collect, monitor and web.")
    return settings.model_copy(update={"roles": tuple(known)})


def with_only_collector(settings: Settings, name: str) -> Settings:
    """The same settings for a process that only runs the collector `name`. Raises ConfigurationError."""
    if name not in settings.collectors:
        known = ", ".join(settings.collectors) or "none"
        raise ConfigurationError(f"There is no [collectors.{name}] in the configuration; there is {known}.")
    return settings.model_copy(update={"roles": ("collect",), "collectors": {name: settings.collectors[name]}})


def in_words(path: Path, settings: Settings) -> list[str]:
    """What `balans run` starts with these settings, one line a part."""
    return [f"{path} is in order. `balans run` starts here:", *(f"  - {part}" for part in _parts(settings))]


def _parts(settings: Settings) -> list[str]:
    parts = []
    if "collect" in settings.roles:
        parts += [f"collector {name}: {KINDS[table['source']].title}" for name, table in settings.collectors.items()]
        if not settings.collectors:
            parts.append("no collector, because there is no [collectors.NAME]: nothing will be seen")
    if "monitor" in settings.roles:
        parts.append(
            f"the monitor of {settings.site.name} ({settings.site.time_zone}), "
            f"with {_count(len(settings.queues), 'queue')} and {_count(len(settings.teams), 'team')} configured"
        )
        address = _journal_place(settings).render_as_string(hide_password=True)
        parts.append(f"its journal {address}, kept for {settings.journal.days:g} days")
        parts += [f"its alerts, told to the webhook {name}" for name in settings.alerts.webhooks]
    if "web" in settings.roles:
        where = f"http://{settings.web.host}:{settings.web.port}"
        parts += [f"the wallboard {where}/wall/{board}" for board in settings.boards]
    parts.append(_broker(settings))
    return parts


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _broker(settings: Settings) -> str:
    mqtt = settings.mqtt
    if mqtt.host is not None:
        return f"all of it talks over the MQTT broker at {mqtt.host}:{mqtt.port}{' with TLS' if mqtt.tls else ''}"
    if "monitor" in settings.roles:
        return "its own MQTT broker on loopback, because mqtt.host is not set"
    return f"all of it talks over the broker that the monitor starts on this machine, port {mqtt.embedded_port}"
