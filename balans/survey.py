"""`balans survey import`: customers' marks from a table to a monitor that runs."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from balans.roles import broker_in_reach
from collectors.survey import SOURCE, Kind, SurveyColumns, marks
from monitor.bus import publishing
from monitor.errors import ConfigurationError
from monitor.settings import Settings

AT_ONCE = 500


async def import_survey(path: Path, columns: SurveyColumns, kind: Kind, settings: Settings) -> tuple[int, Counter[str]]:
    """How many marks went, and what could not be read, by reason; returns when the monitor has journalled all. Raises
    ConfigurationError."""
    unreadable: Counter[str] = Counter()
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            found = list(marks(lines, columns, kind, ZoneInfo(settings.site.time_zone), unreadable))
    except OSError as error:
        raise ConfigurationError(f"Cannot read {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8: {error}.") from error
    mqtt = await broker_in_reach(settings)
    async with publishing(mqtt, SOURCE, lambda: datetime.now(UTC), state_directory=settings.state_directory) as outlet:
        for first in range(0, len(found), AT_ONCE):
            await outlet.put_safely(found[first : first + AT_ONCE])
    return len(found), unreadable
