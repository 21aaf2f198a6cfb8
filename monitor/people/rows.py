"""Ids and instants of the rows about people."""

from __future__ import annotations

import secrets
from datetime import datetime

from monitor.instants import to_instant


def new_id() -> str:
    """Opaque, and not to be guessed."""
    return secrets.token_hex(12)


def instant_or_none(microseconds: int | None) -> datetime | None:
    """The instant of a column that may be empty."""
    return None if microseconds is None else to_instant(microseconds)
