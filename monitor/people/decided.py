"""A decision as it is read: what the program wrote of itself, in Dutch or English. What a person wrote stays. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Literal

from monitor.measures import Text
from monitor.people.days import written
from monitor.people.page import Decision
from monitor.people.retention import KINDS_OF_THINGS
from monitor.people.switch import GOES_ON, STOPPED

Language = Literal["nl", "en"]
_Told = Callable[[re.Match[str], Language], str]
_ON = {"on": Text(en="on", nl="aan"), "off": Text(en="off", nl="uit")}
_TURNED = {STOPPED: Text(en="Stopped", nl="Gestopt"), GOES_ON: Text(en="Goes on", nl="Gaat weer verder")}
_PROCESSING = Text(en="Processing of persons {0}, balances {1}.", nl="Verwerking van personen {0}, balansen {1}.")
_FORMULA = Text(en="Version {0}, of {1}.", nl="Versie {0}, van {1}.")
_GROUND = Text(en="{0}; works council: {1} ({2})", nl="{0}; ondernemingsraad: {1} ({2})")
_DAYS = Text(en="{0}: {1} days", nl="{0}: {1} dagen")
_NORM = Text(
    en="Norm {0}, learnt from {1} contacts in {2} days, holds from {3}.",
    nl="Norm {0}, geleerd van {1} contacten in {2} dagen, geldt vanaf {3}.",
)


def in_words(decision: Decision, language: Language) -> str:
    """The words of a decision; as they are where they are a person's own, or of a kind that is not known here."""
    pattern, told = _TOLD.get(decision.kind, (None, None))
    found = pattern.fullmatch(decision.words) if pattern else None
    return told(found, language) if told and found else decision.words


def _say(text: Text, language: Language) -> str:
    return text.nl if language == "nl" else text.en


def _filled(text: Text, language: Language, *words: str) -> str:
    return _say(text, language).format(*words)


def _day(iso: str, language: Language) -> str:
    return written(date.fromisoformat(iso), language)


def _processing(found: re.Match[str], language: Language) -> str:
    return _filled(_PROCESSING, language, *(_say(_ON[word], language) for word in found.groups()))


def _ground(found: re.Match[str], language: Language) -> str:
    basis, council, day = found.groups()
    return _filled(_GROUND, language, basis, council, _day(day, language))


def _retention(found: re.Match[str], language: Language) -> str:
    told = []
    for part in found[0].split(", "):
        key, days, _ = part.split(" ")
        label = _say(KINDS_OF_THINGS[key], language) if key in KINDS_OF_THINGS else key
        told.append(_filled(_DAYS, language, label, days))
    return "; ".join(told)


def _formula(found: re.Match[str], language: Language) -> str:
    return _filled(_FORMULA, language, found[1], _day(found[2], language))


def _switch(found: re.Match[str], language: Language) -> str:
    return f"{_say(_TURNED[found[1]], language)}: {found[2]}"


def _norm(found: re.Match[str], language: Language) -> str:
    return _filled(_NORM, language, found[1], found[2], found[3], _day(found[4], language))


_ISO = r"(\d{4}-\d{2}-\d{2})"
_TOLD: dict[str, tuple[re.Pattern[str], _Told]] = {
    "processing": (re.compile(r"processing (on|off), scores (on|off)"), _processing),
    "ground": (re.compile(rf"(.*); works council: (.*) \({_ISO}\)", re.DOTALL), _ground),
    "retention": (re.compile(r"\w+ [\d.e+]+ d(, \w+ [\d.e+]+ d)*"), _retention),
    "formula": (re.compile(rf"version (\S+) of {_ISO}"), _formula),
    "switch": (re.compile(rf"({STOPPED}|{GOES_ON}): (.*)", re.DOTALL), _switch),
    "norm": (
        re.compile(rf"Norm (\d+), learnt from (\d+) contacts in (\d+) days, holds from {_ISO}\."),
        _norm,
    ),
}
