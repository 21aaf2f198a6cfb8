"""A day as people write it, in Dutch and English. Pure."""

from __future__ import annotations

from datetime import date
from typing import Literal

_DUTCH = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
_ENGLISH = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def written(day: date, language: Literal["nl", "en"]) -> str:
    """20 november 2026."""
    months = _DUTCH if language == "nl" else _ENGLISH
    return f"{day.day} {months[day.month - 1]} {day.year}"
