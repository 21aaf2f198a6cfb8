"""What an alert is, as screens, the API and webhooks get it. No field holds a person: who acknowledged it is kept
apart, in monitor/alerts/lifecycle.py and the table of alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from monitor.measures import Text

Kind = Literal[
    "waiting_many",
    "waiting_long",
    "service_level",
    "nobody_available",
    "occupancy",
    "repeat_contacts",
    "source_silent",
    "monitor_behind",
]
Severity = Literal["critical", "warning", "info"]
"""critical: act now; warning: act within this shift; info: talk about it this week."""
SubjectKind = Literal["site", "queue", "team", "source"]
Change = Literal["fired", "acknowledged", "resolved"]


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert that stands. `value` is what was compared with the limit, in the unit of its kind; `runbook` says what
    to do, within this project's documents."""

    key: str
    kind: Kind
    severity: Severity
    subject_kind: SubjectKind
    subject: str
    value: float
    title: Text
    description: Text
    fired_at: datetime
    acknowledged_at: datetime | None = None
    runbook: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to an alert, as webhooks get it. `id` is the same each time the same thing is told."""

    schema: int = 1
    id: str
    change: Change
    at: datetime
    alert: Alert


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """How a webhook fares, counted since the monitor's start. `failed` counts attempts; `dropped` notices that nobody
    will get: overtaken at the bound of its queue, refused by the receiver, or too old."""

    receiver: str
    delivered: int = 0
    failed: int = 0
    dropped: int = 0
    waiting: int = 0
