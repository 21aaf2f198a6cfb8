"""Where log lines go: text for a person at a terminal, one JSON object a line for a machine. Always stderr."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class JsonLines(logging.Formatter):
    """One log record as one JSON object: `at`, `level`, `logger`, `message` and, after a failure, `error`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up_logging(level: str = "info", stream: TextIO | None = None) -> None:
    """Send the log of the whole program to `stream` (default stderr), once."""
    stream = sys.stderr if stream is None else stream
    lines = logging.StreamHandler(stream)
    lines.setFormatter(logging.Formatter(TEXT, "%H:%M:%S") if stream.isatty() else JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[lines], force=True)
    for chatty in ("httpx", "uvicorn.access", "asyncio", "aiomqtt", "mqtt", "alembic", "aiosqlite"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
