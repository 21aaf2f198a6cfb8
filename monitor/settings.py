"""What the operator writes: one TOML file, overridden by `BALANS_` environment variables.

Frozen, unknown keys refused, secrets never printed. `balans.example.toml` is checked against this module.
A collector's own keys are validated by the collector; here they are only a table with a `source`.
"""

from __future__ import annotations

import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from monitor.alerts.settings import Alerts
from monitor.errors import ConfigurationError
from monitor.events import Channel
from monitor.table import Table as Table

Role = Literal["collect", "monitor", "web"]
PersonRole = Literal["agent", "lead", "operations", "privacy", "admin"]
"""What a person may be here; docs/access.md says what each may see."""
Identifier = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
"""Names that become part of a topic or an address: no dots, no spaces."""


class OpeningHours(Table):
    """One stretch of a week in the site's zone; several make a week. Outside them contacts are counted apart."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    opens: time
    closes: time


class Queue(Table):
    """How one queue is measured. The table's key is the queue's id as the source says it."""

    label: str = ""
    channel: Channel = "voice"
    line: Literal[1, 2] = 1
    team: str = ""
    """The team that owns the queue: its waiting and service level count for that team too."""
    within_seconds: float = Field(20, gt=0)
    """T of the service level; for mail and social, of the first response."""
    target: float = Field(0.80, gt=0, le=1)
    short_abandon_seconds: float = Field(5, ge=0)
    wrap_up_seconds: float = Field(0, ge=0)
    """For sources that know of no wrap-up of their own."""
    opening_hours: tuple[OpeningHours, ...] = ()


class Team(Table):
    """A team. `agents` lists opaque agent ids, for sources that do not say who belongs where."""

    label: str = ""
    agents: tuple[str, ...] = ()


class BoardNotice(Table):
    """What a lead wants known on a board: a notice, or a known outage. It goes by itself at `until`."""

    text: str = Field(min_length=1, max_length=200)
    kind: Literal["notice", "outage"] = "notice"
    until: AwareDatetime | None = None


class BoardDefinition(Table):
    """A wallboard: which queues (none named: all), and which at most five large figures."""

    title: str = ""
    queues: tuple[str, ...] = ()
    hide_waiting: bool = False
    """Who waits, how many and how long, is left out of the tiles, the rows, the curve and the sentence."""
    target: float | None = Field(None, gt=0, le=1)
    """Of the service level of all its queues together; without it, what their own targets come to."""
    quiet: bool = False
    """Figures only: no sentence of advice, no good news, no flash."""
    notices: tuple[BoardNotice, ...] = Field((), max_length=5)
    rotate: tuple[str, ...] = Field((), max_length=20)
    """The boards that a television which opened this one shows by turns."""
    rotate_seconds: int = Field(60, ge=10, le=3600)
    tiles: tuple[str, ...] = Field(
        ("waiting", "service_level_ratio", "handle_time_seconds", "helped_ratio", "occupancy_ratio"), max_length=5
    )


class Site(Table):
    """The centre. `key_file` holds the key of the pseudonyms; made in the state directory when absent."""

    name: str = "Balans"
    time_zone: str = "Europe/Amsterdam"
    lateness_seconds: float = Field(300, ge=0, le=3600)
    key_file: Path | None = None
    languages: tuple[Literal["nl", "en"], ...] = ("nl", "en")

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name!r} is no time zone, e.g. Europe/Amsterdam") from error
        return name


class Mqtt(Table):
    """The broker. Without `host` Balans starts its own, on loopback."""

    host: str | None = None
    port: int = Field(1883, ge=1, le=65535)
    username: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    tls: bool = False
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    prefix: str = Field("balans/v1", pattern=r"^[a-z0-9_-]+(/[a-z0-9_-]+)*$")
    embedded_port: int = Field(0, ge=0, le=65535)
    """Port of Balans' own broker; 0 takes a free one."""

    @model_validator(mode="after")
    def tls_is_whole(self) -> Mqtt:
        if not self.tls and (self.ca_file or self.certificate_file or self.key_file):
            raise ValueError("ca_file, certificate_file and key_file need tls = true")
        if bool(self.certificate_file) != bool(self.key_file):
            raise ValueError("certificate_file and key_file go together")
        return self


class MonitorRole(Table):
    """The engine. `refresh_seconds` is the least time between two pictures of the figures."""

    refresh_seconds: float = Field(0.1, ge=0.05, le=5)


class JournalKept(Table):
    """Every event in the order of arrival. Without `url` in SQLite, in the state directory."""

    url: SecretStr | None = None
    """postgresql://user:password@host/database"""
    password_file: Path | None = None
    """Holds the password, instead of the URL."""
    days: float = Field(35, gt=0, le=3660)
    snapshot_seconds: float = Field(300, ge=1, le=86400)
    """How often the state of the engine is saved; a restart reads what came after it from the journal."""
    moments_megabytes: int = Field(4096, ge=1)
    """What is kept on disk so that questions about the past are answered at once; beyond it older days take longer."""


class Retention(Table):
    """How long sums without persons are kept; `journal.days` is for events. Shorter takes effect within the hour."""

    quarter_days: float = Field(91, ge=9, le=3660)
    """Quarters of an hour; after that whole days. Longer than the 8 days in which a customer may come back."""
    day_days: float = Field(731, ge=9, le=36600)


class OutboxKept(Table):
    """What each collector keeps on its own disk until the monitor has journalled it. When it is full the source
    waits."""

    megabytes: int = Field(1024, ge=1)


class WorksCouncil(Table):
    """Its decision about person-level processing, as every agent can read it."""

    decision: str = Field(min_length=1)
    date: date


class People(Table):
    """What is processed of persons. Off: agent ids are dropped at the collector, and nothing about a person is
    written, shown or computed. Scores need the legal basis and the works council's decision as well."""

    processing: bool = False
    legal_basis: str = ""
    works_council: WorksCouncil | None = None
    shadow_days: int = Field(28, ge=0)
    """Scores are computed unseen for this long, with a calibration report, before anybody sees one."""
    topics: tuple[str, ...] = ()
    """The topics that are told apart; the queue's name where an event tells no topic."""
    hard_topics: tuple[str, ...] = ()
    complaint_topics: tuple[str, ...] = ()
    directory_file: Path | None = None
    """TOML or CSV: agents with their names, teams, skills and days."""

    @property
    def scores(self) -> bool:
        """Whether a balance may be computed."""
        return self.processing and bool(self.legal_basis) and self.works_council is not None


class Tracing(Table):
    """Traces of what comes in, for OpenTelemetry. Without `endpoint` there are none."""

    endpoint: str | None = Field(None, pattern=r"^https?://")
    """Of OTLP over HTTP, e.g. http://127.0.0.1:4318/v1/traces. Needs the extra `tracing`."""
    sampled_ratio: float = Field(1.0, gt=0, le=1)
    timeout_seconds: float = Field(5, gt=0, le=60)


class Web(Table):
    """Where people look. Balans binds to loopback unless told otherwise."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    max_viewers: int = Field(10_000, ge=1)
    origins: tuple[str, ...] = ()
    """Other sites whose pages may open the live connection, e.g. https://intranet.example; its own always may."""
    https: bool = False
    """People reach it by https only, so cookies are for that alone. A believed X-Forwarded-Proto says so as well."""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    metrics_token_file: Path | None = None
    """With it /metrics wants `Authorization: Bearer <what the file holds>`."""


class OpenIdConnect(Table):
    """People sign in with the organisation's own provider."""

    issuer: str = Field(pattern=r"^https?://")
    client_id: str
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    name: str = ""
    """What the button says."""
    scopes: tuple[str, ...] = ("openid", "profile")
    roles_claim: str = "roles"
    roles: dict[str, PersonRole] = {}
    """What the claim says -> the role here. Nothing mapped: an admin gives the roles."""
    teams_claim: str = ""
    teams: dict[str, str] = {}
    """What the claim says -> the team here; what is not named keeps its name."""
    agent_claim: str = ""
    """The claim with the name or number by which the sources know an agent."""

    @field_validator("issuer")
    @classmethod
    def without_a_slash_to_spare(cls, issuer: str) -> str:
        hosts = ("http://127.0.0.1", "http://localhost", "http://[::1]")
        if issuer.startswith("http://") and not issuer.startswith(hosts):
            raise ValueError("a provider is reached by https")
        return issuer


class SignIn(Table):
    """How people sign in. With this table nothing is open any more but the health of Balans."""

    local: bool = True
    """Accounts with a password, made by `balans account add`."""
    session_hours: float = Field(12, gt=0, le=24 * 31)
    idle_hours: float = Field(2, gt=0, le=24 * 31)
    oidc: OpenIdConnect | None = None


class Settings(BaseSettings):
    """All of it."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="BALANS_",
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    roles: tuple[Role, ...] = ("collect", "monitor", "web")
    state_directory: Path = Path(".balans")
    site: Site = Site()
    mqtt: Mqtt = Mqtt()
    monitor: MonitorRole = MonitorRole()
    journal: JournalKept = JournalKept()
    retention: Retention = Retention()
    outbox: OutboxKept = OutboxKept()
    people: People = People()
    alerts: Alerts = Alerts()
    tracing: Tracing = Tracing()
    web: Web = Web()
    sign_in: SignIn | None = None
    queues: dict[str, Queue] = {}
    teams: dict[str, Team] = {}
    boards: dict[str, BoardDefinition] = {}
    collectors: dict[str, dict[str, Any]] = {}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file."""
        return env_settings, init_settings


def one_sentence(error: ValidationError) -> str:
    """The first thing that is wrong, with its key."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"]) or "the file"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        return f"{key}: there is no such key."
    return f"{key}: {message}."


def load(path: Path | None) -> Settings:
    """The settings of a TOML file (None: defaults) and the environment. Raises ConfigurationError."""
    try:
        table = {} if path is None else tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"Cannot read {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error
    try:
        return Settings(**table)
    except ValidationError as error:
        raise ConfigurationError(f"{path or 'The environment'}: {one_sentence(error)}") from error
