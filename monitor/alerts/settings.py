"""`[alerts]`: for each kind of alert whether it is on, when it begins and ends; quiet hours; webhooks."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from monitor.alerts.alert import Kind, Severity
from monitor.errors import ConfigurationError
from monitor.table import Table

SHORTEST_SECRET = 16
"""Characters of a webhook's secret, at the least."""
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Condition(Table):
    """When something that is so or is not becomes an alert: it must be so for `for_seconds`, and has ended when it was
    not so for `leave_seconds`."""

    on: bool = True
    severity: Severity
    for_seconds: float = Field(ge=0, le=86400)
    leave_seconds: float = Field(ge=0, le=86400)

    @property
    def limits(self) -> tuple[float, float]:
        """From where it is so, and down to where it is not."""
        return 1.0, 0.0


class Limit(Condition):
    """The same for a number: from `enter` up it is so, down to `leave` it is not, and between them nothing changes."""

    enter: float
    leave: float

    @model_validator(mode="after")
    def a_band_lies_between(self) -> Limit:
        if self.leave >= self.enter:
            raise ValueError("leave must be less than enter: between them nothing changes")
        return self

    @property
    def limits(self) -> tuple[float, float]:
        return self.enter, self.leave


class WaitingMany(Limit):
    """Customers who wait for somebody now, for each person on duty in the queue (counted as five where fewer are)."""

    severity: Severity = "warning"
    enter: float = 1.0
    leave: float = 0.5
    for_seconds: float = Field(120, ge=0, le=86400)
    leave_seconds: float = Field(120, ge=0, le=86400)


class WaitingLong(Limit):
    """Seconds by which the longest wait exceeds the queue's `within_seconds`."""

    severity: Severity = "warning"
    enter: float = 300
    leave: float = 60
    for_seconds: float = Field(60, ge=0, le=86400)
    leave_seconds: float = Field(60, ge=0, le=86400)


class ServiceLevelBurning(Limit):
    """How many times as many customers as the target allows were not answered in time, in the last quarter of an hour
    and in the last hour: the lesser of the two."""

    severity: Severity = "warning"
    enter: float = 2.0
    leave: float = 1.0
    for_seconds: float = Field(300, ge=0, le=86400)
    leave_seconds: float = Field(300, ge=0, le=86400)


class NobodyAvailable(Condition):
    """Nobody helps customers of a queue that is open."""

    severity: Severity = "critical"
    for_seconds: float = Field(120, ge=0, le=86400)
    leave_seconds: float = Field(60, ge=0, le=86400)


class OccupancyHigh(Limit):
    """Occupancy of the last half hour, of a team or the site."""

    severity: Severity = "warning"
    enter: float = 0.90
    leave: float = 0.85
    for_seconds: float = Field(1800, ge=0, le=86400)
    leave_seconds: float = Field(600, ge=0, le=86400)


class RepeatContactsRising(Limit):
    """The lower bound of the last hour's share that came straight back (Wilson, 95 %), over today's share: from 1 up
    the hour is worse than chance explains."""

    severity: Severity = "info"
    enter: float = 1.0
    leave: float = 0.75
    for_seconds: float = Field(900, ge=0, le=86400)
    leave_seconds: float = Field(900, ge=0, le=86400)


class SourceSilent(Condition):
    """A collector's peer is away or says nothing."""

    severity: Severity = "critical"
    for_seconds: float = Field(60, ge=0, le=86400)
    leave_seconds: float = Field(30, ge=0, le=86400)


class MonitorBehind(Limit):
    """Seconds by which the figures lie behind what collectors know."""

    severity: Severity = "warning"
    enter: float = 30
    leave: float = 5
    for_seconds: float = Field(120, ge=0, le=86400)
    leave_seconds: float = Field(60, ge=0, le=86400)


class QuietHours(Table):
    """A stretch of the week, in the site's zone, in which webhooks are told only what is critical. One that ends before
    it begins runs over midnight and belongs to the day on which it begins."""

    days: tuple[Day, ...] = DAYS
    begins: time
    ends: time

    def hold(self, local: datetime) -> bool:
        """Whether this instant, in the site's zone, is in it."""
        today, yesterday, now = DAYS[local.weekday()], DAYS[local.weekday() - 1], local.time()
        if self.begins <= self.ends:
            return today in self.days and self.begins <= now < self.ends
        return (today in self.days and now >= self.begins) or (yesterday in self.days and now < self.ends)


class Webhook(Table):
    """Who is told, over HTTP, signed like the events that Balans takes in."""

    url: str
    secret_file: Path
    """Its first line is the secret."""

    @field_validator("url")
    @classmethod
    def over_http(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")):
            raise ValueError("a webhook's url begins with https:// or http://")
        return url

    def secret(self) -> bytes:
        """Raises ConfigurationError when the file cannot be used."""
        try:
            words = self.secret_file.read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"alerts.webhooks: cannot read the secret in {self.secret_file}.") from error
        if not words or len(words[0]) < SHORTEST_SECRET:
            raise ConfigurationError(
                f"alerts.webhooks: {self.secret_file} needs a secret of at least {SHORTEST_SECRET} characters."
            )
        return words[0].encode()


class Alerts(Table):
    """Everything about alerts. One that has ended begins again after `cool_down_seconds` at the soonest."""

    cool_down_seconds: float = Field(600, ge=0, le=86400)
    quiet_hours: tuple[QuietHours, ...] = ()
    webhooks: dict[str, Webhook] = {}
    waiting_many: WaitingMany = WaitingMany()
    waiting_long: WaitingLong = WaitingLong()
    service_level: ServiceLevelBurning = ServiceLevelBurning()
    nobody_available: NobodyAvailable = NobodyAvailable()
    occupancy: OccupancyHigh = OccupancyHigh()
    repeat_contacts: RepeatContactsRising = RepeatContactsRising()
    source_silent: SourceSilent = SourceSilent()
    monitor_behind: MonitorBehind = MonitorBehind()

    def of(self, kind: Kind) -> Condition:
        """When this kind of alert begins and ends."""
        condition: Condition = getattr(self, kind)
        return condition

    def quiet(self, local: datetime) -> bool:
        """Whether this instant, in the site's zone, is in quiet hours."""
        return any(stretch.hold(local) for stretch in self.quiet_hours)
