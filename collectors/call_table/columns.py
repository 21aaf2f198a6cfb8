"""What the operator says about a table: where each fact stands, how it is written, what its words mean."""

from __future__ import annotations

from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from monitor.events import Channel, LeftReason
from monitor.settings import Site, Table


class Columns(Table):
    """Which column of the header holds what. Empty: the table does not say."""

    call: tuple[str, ...] = Field(min_length=1)
    """Together they identify a call."""
    offered: str
    """When the customer joined the queue."""
    queue: str = ""
    date: str = ""
    """The day of the call; when given, all other instants are times of day, which may roll over midnight."""
    entered: str = ""
    """When the call came in, before any menu."""
    menu_left: str = ""
    """When the menu was over."""
    queue_left: str = ""
    answered: str = ""
    ended: str = ""
    waited_seconds: str = ""
    talk_seconds: str = ""
    wrap_up_seconds: str = ""
    outcome: str = ""
    customer: str = ""
    agent: str = ""
    topic: str = ""
    channel: str = ""


class Outcomes(Table):
    """The words of the outcome column. Without that column a call with an instant of answering was answered
    and any other was abandoned."""

    answered: tuple[str, ...] = ("answered",)
    abandoned: tuple[str, ...] = ("abandoned",)
    left: dict[str, LeftReason] = {}
    """Other words for leaving, each with its reason, such as VOICEMAIL = "voicemail"."""
    ignored: tuple[str, ...] = ()
    """Rows to pass over; they are counted."""


PRESETS: dict[str, dict[str, Any]] = {
    "anonymous-bank": {
        "time_zone": "Asia/Jerusalem",
        "delimiter": "\t",
        "date_format": "%y%m%d",
        "numbers_restart": "monthly",
        "absent_times": ("0:00:00",),
        "unknown": ("", "0", "NO_SERVER"),
        "agents_are_opaque": True,
        "no_wait_is_before_queue": True,
        "columns": {
            "call": ("vru+line", "call_id"),
            "queue": "type",
            "date": "date",
            "entered": "vru_entry",
            "menu_left": "vru_exit",
            "offered": "q_start",
            "queue_left": "q_exit",
            "answered": "ser_start",
            "ended": "ser_exit",
            "waited_seconds": "q_time",
            "talk_seconds": "ser_time",
            "outcome": "outcome",
            "customer": "customer_id",
            "agent": "server",
        },
        "outcomes": {"answered": ("AGENT",), "abandoned": ("HANG",), "ignored": ("PHANTOM",)},
    }
}


class Settings(Table):
    """One table, or many files of the same shape. What a preset says can be overridden key by key."""

    source: Literal["call_table"]
    preset: Literal["anonymous-bank"] | None = None
    files: str = ""
    """The live collector's files: a path that may hold wildcards, such as `drop/*.csv`."""
    poll_seconds: float = Field(5, ge=0.05)
    time_zone: str = ""
    """Of the times in the table; empty: the site's. Instants that carry an offset of their own keep it."""
    encoding: str = "utf-8-sig"
    delimiter: str = Field(",", min_length=1, max_length=1)
    date_format: str = "%Y-%m-%d"
    instant_format: str = ""
    """As in strptime, or "epoch" for seconds since 1970; empty: ISO 8601."""
    numbers_restart: Literal["never", "daily", "monthly"] = "never"
    """When the same call number may come again for another call."""
    absent_times: tuple[str, ...] = ()
    """How the table writes "no time" of the queue and the conversation, where the duration beside it is zero or
    absent too."""
    unknown: tuple[str, ...] = ("",)
    """How the table writes "no customer" and "no agent"."""
    agents_are_opaque: bool = False
    """True: the agents in the table are pseudonyms already and are passed on as they are."""
    no_wait_is_before_queue: bool = False
    """True: an abandoned call without waiting time never reached a queue."""
    queue: str = Field("calls", min_length=1, max_length=160)
    """Of calls whose queue the table does not say."""
    channel: Channel = "voice"
    columns: Columns
    outcomes: Outcomes = Outcomes()

    @model_validator(mode="before")
    @classmethod
    def preset_under_the_rest(cls, table: Any) -> Any:
        if not isinstance(table, dict) or not isinstance(table.get("preset"), str):
            return table
        merged: dict[str, Any] = dict(PRESETS.get(table["preset"], {}))
        for key, value in table.items():
            below = merged.get(key)
            merged[key] = below | value if isinstance(below, dict) and isinstance(value, dict) else value
        return merged

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        try:
            if name:
                ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name!r} is no time zone, e.g. Europe/Amsterdam") from error
        return name

    @field_validator("encoding")
    @classmethod
    def known_encoding(cls, name: str) -> str:
        try:
            "".encode(name)
        except LookupError as error:
            raise ValueError(f"{name!r} is no encoding, e.g. utf-8") from error
        return name

    def zone(self, site: Site) -> ZoneInfo:
        """The zone of the table's times."""
        return ZoneInfo(self.time_zone or site.time_zone)
