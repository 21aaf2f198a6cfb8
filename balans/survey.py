"""`balans survey import`: customers' marks from a table to a monitor that runs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from balans.roles import broker_in_reach, broker_password
from collectors.survey import SOURCE, Kind, SurveyColumns, marks
from monitor.bus import publishing
from monitor.errors import ConfigurationError, PeerUnreachable
from monitor.outbox import Outbox
from monitor.settings import Settings

Progress = Callable[[str, int, int], object]
AT_ONCE = 500
LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 30.0
"""How long the monitor may take nothing in before this gives up."""


async def import_survey(
    path: Path, columns: SurveyColumns, kind: Kind, settings: Settings, progress: Progress
) -> tuple[int, Counter[str]]:
    """How many marks went, and what could not be read, by reason; returns when the monitor has journalled all.
    `progress` hears how many of how many. Raises ConfigurationError, and PeerUnreachable where no monitor takes them
    in: then they wait in the outbox, and go first next time."""
    unreadable: Counter[str] = Counter()
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            found = list(marks(lines, columns, kind, ZoneInfo(settings.site.time_zone), unreadable))
    except OSError as error:
        raise ConfigurationError(f"Cannot read {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8: {error}.") from error
    if settings.mqtt.host is None and not broker_password(settings).exists():
        raise ConfigurationError(
            f"No monitor has run with {settings.state_directory}: start it, or name its configuration with --config."
        )
    mqtt = await broker_in_reach(settings)
    async with publishing(mqtt, SOURCE, lambda: datetime.now(UTC), state_directory=settings.state_directory) as outlet:
        for first in range(0, len(found), AT_ONCE):
            await outlet.put_safely(found[first : first + AT_ONCE])
        await _until_journalled(outlet.outbox, progress)
    return len(found), unreadable


async def _until_journalled(outbox: Outbox, progress: Progress) -> None:
    clock = asyncio.get_running_loop().time
    total, waiting, since = outbox.buffered, outbox.buffered, clock()
    while waiting:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await outbox.until_journalled()
        if outbox.buffered != waiting:
            waiting, since = outbox.buffered, clock()
            progress("marks", total - waiting, total)
        elif clock() > since + PATIENCE_SECONDS:
            raise PeerUnreachable(
                f"No monitor takes the marks in; {waiting} wait in the outbox, and the next import sends them first."
            )
