"""What is answered of the past."""

from __future__ import annotations

from datetime import datetime

import msgspec

from monitor.figures import Figures, Scope
from monitor.history import Step


class HistoryInterval(msgspec.Struct, frozen=True, kw_only=True):
    """One step. Where fewer than 5 people were on duty in a quarter of an hour (the mean), how they worked in it is
    left out, here and in every longer step: `partly_hidden`. `longest_wait_seconds` and the expected handle time are
    of an instant and not kept; `waiting` is the number at the end."""

    began_at: datetime
    ended_at: datetime
    figures: Figures
    partly_hidden: bool
    corrections: int
    """How many times something later than the lateness allowed changed it."""
    corrected_at: datetime | None


class HistoryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The steps in which anything was, oldest first. Days and hours are those of the site's clock."""

    scope: Scope
    step: Step
    time_zone: str
    intervals: tuple[HistoryInterval, ...]
