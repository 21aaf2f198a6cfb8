"""Everything about one agent as a page to read: one HTML file that needs nothing else. Every field by its label."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from monitor.measures import Text
from monitor.people.days import written
from monitor.people.everything import Everything
from web.language import Language, say
from web.readable_labels import CODED, FACTORS, LABELS, WORDS

_TITLE = Text(en="Everything Balans keeps about {name}", nl="Alles wat Balans bewaart over {name}")
_NOTHING = Text(en="nothing", nl="niets")
_BETWEEN = Text(en="{points}, between {low} and {high}", nl="{points}, tussen {low} en {high}")
_OF = Text(en="{observed} of {counted}; {expected} expected", nl="{observed} van {counted}; {expected} verwacht")
_BESIDE = Text(
    en="{observed}, {expected} expected; {counted} contacts", nl="{observed}, {expected} verwacht; {counted} contacten"
)
_YES, _NO = Text(en="yes", nl="ja"), Text(en="no", nl="nee")
_SHARES = frozenset({"raw", "own", "expected_coming_back"})
_DAYS = frozenset({"started_on", "left_on", "day", "monday", "due_on"})
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#17212e}"
    "h1{font-size:1.6rem}h2{font-size:1.25rem;margin:2.2rem 0 .5rem;border-top:1px solid #ccc;padding-top:1rem}"
    "dl{display:grid;grid-template-columns:minmax(10rem,max-content) 1fr;gap:.3rem 1.5rem;margin:0}"
    "dt,th{color:#55606e;font-weight:400}dd{margin:0;min-width:0}"
    "div.wide{overflow-x:auto}table{border-collapse:collapse}"
    "th,td{text-align:left;padding:.3rem 1.2rem .3rem 0;border-bottom:1px solid #ddd;vertical-align:top}"
)


def as_html(found: Everything, language: Language, zone: ZoneInfo) -> str:
    """One page, in the site's own time."""
    name = found.directory.name if found.directory else found.agent
    title = html.escape(say(_TITLE, language).format(name=name))
    page = _Page(language, zone)
    sections = "".join(
        f"<h2>{page.label(key)}</h2>{page.value(key, value)}" for key, value in msgspec.to_builtins(found).items()
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>{sections}</body></html>"
    )


class _Page:
    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self._language, self._zone = language, zone

    def label(self, key: str) -> str:
        return html.escape(say(LABELS[key], self._language))

    def value(self, key: str, value: Any, parent: str = "") -> str:
        """HTML of the value of a field."""
        if isinstance(value, dict):
            return self._struct(key, value)
        if isinstance(value, list | tuple):
            return self._list(key, value)
        return html.escape(self._plain(key, value, parent))

    def _struct(self, key: str, value: dict[str, Any]) -> str:
        if value.keys() == {"points", "low", "high"}:
            return self._filled(_BETWEEN, {name: self._number(one, 0) for name, one in value.items()})
        if value.keys() == {"counted", "observed", "expected"}:
            timed = key == "handle"
            told = {name: _minutes(value[name]) if timed else self._number(value[name], 1) for name in value}
            return self._filled(_BESIDE if timed else _OF, told | {"counted": self._number(value["counted"], 0)})
        if key == "factors":
            return self._rows((self._factor(name), self._share(one)) for name, one in value.items())
        if key in ("contacts", "excused"):
            return self._rows((say(WORDS[name], self._language), str(one)) for name, one in value.items())
        pairs = (f"<dt>{self.label(name)}</dt><dd>{self.value(name, one, key)}</dd>" for name, one in value.items())
        return f"<dl>{''.join(pairs)}</dl>"

    def _list(self, key: str, value: Sequence[Any]) -> str:
        if not value:
            return html.escape(say(_NOTHING, self._language))
        if not isinstance(value[0], dict):
            return ", ".join(self.value(key, one) for one in value)
        names = list(value[0])
        head = "".join(f"<th>{self.label(name)}</th>" for name in names)
        rows = ("".join(f"<td>{self.value(name, one[name], key)}</td>" for name in names) for one in value)
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'

    def _plain(self, key: str, value: Any, parent: str) -> str:
        if value is None or value == "":
            return "–"
        if isinstance(value, bool):
            return say(_YES if value else _NO, self._language)
        if key in CODED or (key == "name" and parent == "indicators"):
            return say(WORDS[value], self._language) if value in WORDS else str(value)
        if key in _DAYS:
            return written(date.fromisoformat(value), self._language)
        if key == "at" or key.endswith("_at"):
            at = datetime.fromisoformat(value).astimezone(self._zone)
            return f"{written(at.date(), self._language)}, {at:%H:%M}"
        if key.endswith("_seconds"):
            return _minutes(value)
        if key in _SHARES:
            return self._share(value)
        return self._number(value, 2) if isinstance(value, float) else str(value)

    def _rows(self, rows: Any) -> str:
        return f"<dl>{''.join(f'<dt>{html.escape(one)}</dt><dd>{html.escape(other)}</dd>' for one, other in rows)}</dl>"

    def _filled(self, text: Text, values: dict[str, str]) -> str:
        return html.escape(say(text, self._language).format(**values))

    def _factor(self, name: str) -> str:
        kind, _, rest = name.partition(" ")
        found = FACTORS.get(name) or FACTORS.get(kind)
        spoken = say(WORDS[rest], self._language) if kind == "channel" and rest in WORDS else rest
        return say(found, self._language).format(name=spoken) if found else name

    def _share(self, ratio: float) -> str:
        return f"{self._number(100 * ratio, 0)}%"

    def _number(self, value: float, digits: int) -> str:
        told = f"{value:.{digits}f}"
        return told.replace(".", ",") if self._language == "nl" else told


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
