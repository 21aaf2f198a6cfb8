"""What the operator writes in `[collectors.NAME]` for Asterisk's queue_log."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from monitor.settings import Table


class Settings(Table):
    """Which file, and what it does not say itself."""

    source: Literal["asterisk_queue_log"] = "asterisk_queue_log"
    file: Path = Path("/var/log/asterisk/queue_log")
    position_file: Path | None = None
    """Where reading has come is kept here, so that a restart goes on where it stopped; absent: read from the start."""
    history_hours: float = Field(24, ge=0)
    """How old the first line may be that is used: a log may hold years."""
    poll_seconds: float = Field(0.5, gt=0)
    wrap_up_seconds: float = Field(0, ge=0)
    """Wrap-up of queues that set none of their own in `[queues.NAME]`."""
    other_work_reasons: tuple[str, ...] = ()
    """Pause reasons that are work, such as training; every other pause is a break."""
