"""Everything about one agent as a page to read: one HTML file that needs nothing else."""

from __future__ import annotations

import html
from typing import Any

import msgspec

from monitor.measures import Text
from monitor.people.everything import Everything
from web.language import Language, say

_TITLE = Text(en="Everything Balans keeps about", nl="Alles wat Balans bewaart over")


def as_html(found: Everything, language: Language) -> str:
    """One page: every field by its name, nested as it is kept."""
    name = found.directory.name if found.directory else found.agent
    title = html.escape(f"{say(_TITLE, language)} {name}")
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "dt{font-weight:600}dd{margin:0 0 .4rem 1.5rem}ol{padding-left:1.5rem}</style></head>"
        f"<body><h1>{title}</h1>{_as_list(msgspec.to_builtins(found))}</body></html>"
    )


def _as_list(value: Any) -> str:
    if isinstance(value, dict):
        rows = (f"<dt>{html.escape(str(key))}</dt><dd>{_as_list(one)}</dd>" for key, one in value.items())
        return f"<dl>{''.join(rows)}</dl>"
    if isinstance(value, list | tuple):
        return f"<ol>{''.join(f'<li>{_as_list(one)}</li>' for one in value)}</ol>" if value else "–"
    return "–" if value is None or value == "" else html.escape(str(value))
