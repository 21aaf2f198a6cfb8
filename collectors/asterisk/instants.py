"""Asterisk's epochs as aware instants."""

from __future__ import annotations

from datetime import UTC, datetime


def instant(seconds: float) -> datetime:
    """An epoch in seconds as an aware instant in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
