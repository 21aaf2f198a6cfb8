"""Dutch or English, for what the server itself says to a person."""

from __future__ import annotations

from typing import Literal

from monitor.measures import Text

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")


def language_of(accepted: str) -> Language:
    """Whichever the browser names first in its Accept-Language; English when neither."""
    for wish in accepted.split(","):
        language = wish.strip()[:2].lower()
        if language == "nl":
            return "nl"
        if language == "en":
            return "en"
    return "en"


def say(text: Text, language: Language) -> str:
    """The text in that language."""
    return text.nl if language == "nl" else text.en
