"""A whole dashboard: rows of panels on the grid, the variables, the annotations and the links that all share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grafana.panels import ACT, DATASOURCE, GOOD, WIDTH, Json, Language, Panel, rendered
from monitor.measures import Text

SCHEMA_VERSION = 39
"""Of Grafana's dashboard model; Grafana 10.4 and later read it."""
ROW_HEIGHT = 1
OTHER: dict[Language, Language] = {"nl": "en", "en": "nl"}
IN_WORDS = {"nl": "Nederlands", "en": "English"}
NAMES = {
    "site": Text("Site", "Locatie"),
    "channel": Text("Channel", "Kanaal"),
    "team": Text("Team", "Team"),
    "queue": Text("Queue", "Wachtrij"),
    "window": Text("Window", "Venster"),
    "wallboard": Text("Address of Balans", "Adres van Balans"),
    "datasource": Text("Prometheus", "Prometheus"),
}
OUTAGES = Text("Outages and alerts", "Storingen en meldingen")
NOTICES = Text("Notices", "Mededelingen")
TO_THE_WALL = Text("Wallboard", "Wandbord")
OUTAGE_ALERTS = "BalansSourceSilent|BalansDown|BalansFiguresOld|BalansMonitorBehind"


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under one heading, placed from left to right and then below."""

    title: Text
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`id` is part of its address. `since` is the range that it opens with, `window` that of its ratios."""

    id: str
    title: Text
    description: Text
    rows: tuple[Row, ...]
    since: str = "now-3h"
    window: str = "30m"
    refresh: str = "30s"


def uid(dashboard: Dashboard, language: Language) -> str:
    """Grafana's own key of the dashboard in one language."""
    return f"balans-{dashboard.id}-{language}"


def whole(dashboard: Dashboard, language: Language) -> Json:
    """The JSON of the dashboard in one language."""
    return {
        "uid": uid(dashboard, language),
        "title": getattr(dashboard.title, language),
        "description": getattr(dashboard.description, language),
        "tags": ["balans", f"balans-{language}"],
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "browser",
        "time": {"from": dashboard.since, "to": "now"},
        "refresh": dashboard.refresh,
        "annotations": {"list": _annotations(language)},
        "templating": {"list": _variables(dashboard, language)},
        "links": _links(dashboard, language),
        "panels": list(placed(dashboard, language)),
    }


def placed(dashboard: Dashboard, language: Language) -> Iterator[Json]:
    """Headings and panels with their places, none of which overlap."""
    number, y = 1, 0
    for row in dashboard.rows:
        yield _heading(row, number, y, language)
        number, y = number + 1, y + ROW_HEIGHT
        x = tallest = 0
        for panel in row.panels:
            if x + panel.width > WIDTH:
                x, y, tallest = 0, y + tallest, 0
            yield rendered(panel, number, x, y, language)
            number, x, tallest = number + 1, x + panel.width, max(tallest, panel.height)
        y += tallest


def _heading(row: Row, number: int, y: int, language: Language) -> Json:
    place = {"h": ROW_HEIGHT, "w": WIDTH, "x": 0, "y": y}
    return {
        "id": number,
        "type": "row",
        "title": getattr(row.title, language),
        "collapsed": False,
        "gridPos": place,
        "panels": [],
    }


def _variables(dashboard: Dashboard, language: Language) -> list[Json]:
    return [
        {
            "name": "datasource",
            "label": getattr(NAMES["datasource"], language),
            "type": "datasource",
            "query": "prometheus",
            "hide": 0,
        },
        _of_labels("site", "balans_build_info", "site", language, everything=".*"),
        _of_labels("channel", 'balans_queue_info{site=~"$site"}', "channel", language, everything=".*"),
        _of_labels("team", 'balans_queue_info{site=~"$site"}', "team", language, everything=".*"),
        _of_labels(
            "queue",
            'balans_queue_info{site=~"$site", channel=~"$channel", team=~"$team"}',
            "id",
            language,
        ),
        _window(dashboard.window, language),
        {
            "name": "wallboard",
            "label": getattr(NAMES["wallboard"], language),
            "type": "textbox",
            "query": "http://127.0.0.1:8000",
            "current": {"text": "http://127.0.0.1:8000", "value": "http://127.0.0.1:8000"},
            "hide": 2,
        },
    ]


def _of_labels(name: str, series: str, label: str, language: Language, everything: str | None = None) -> Json:
    """A choice of the values of a label. Without `everything`, all means all that the choices before it leave."""
    query = f"label_values({series}, {label})"
    return {
        "name": name,
        "label": getattr(NAMES[name], language),
        "type": "query",
        "datasource": DATASOURCE,
        "definition": query,
        "query": {"query": query, "refId": "variable"},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": everything,
        "current": {"text": ["All"], "value": ["$__all"]},
        "hide": 0,
    }


def _window(standard: str, language: Language) -> Json:
    values = ("15m", "30m", "1h", "4h", "1d", "7d")
    return {
        "name": "window",
        "label": getattr(NAMES["window"], language),
        "type": "custom",
        "query": ",".join(values),
        "options": [{"text": value, "value": value, "selected": value == standard} for value in values],
        "current": {"text": standard, "value": standard},
        "multi": False,
        "includeAll": False,
        "hide": 0,
    }


def _annotations(language: Language) -> list[Json]:
    """Outages from the alerts; notices are Grafana's own, with the tag balans-notice."""
    return [
        {
            "name": getattr(OUTAGES, language),
            "datasource": DATASOURCE,
            "enable": True,
            "iconColor": ACT,
            "expr": f'ALERTS{{alertstate="firing", alertname=~"{OUTAGE_ALERTS}"}}',
            "step": "60s",
            "titleFormat": "{{alertname}}",
            "textFormat": "{{site}} {{source}}",
            "tagKeys": "alertname,severity",
        },
        {
            "name": getattr(NOTICES, language),
            "datasource": {"type": "grafana", "uid": "-- Grafana --"},
            "enable": True,
            "iconColor": GOOD,
            "target": {"type": "tags", "tags": ["balans-notice"], "matchAny": True, "limit": 100},
        },
    ]


def _links(dashboard: Dashboard, language: Language) -> list[Json]:
    other = OTHER[language]
    carried = {"keepTime": True, "includeVars": True, "targetBlank": False}
    return [
        {"title": "Balans", "type": "dashboards", "tags": [f"balans-{language}"], "asDropdown": False, **carried},
        {"title": IN_WORDS[other], "type": "link", "icon": "doc", "url": f"/d/{uid(dashboard, other)}", **carried},
        {
            "title": getattr(TO_THE_WALL, language),
            "type": "link",
            "icon": "external link",
            "url": "${wallboard}",
            "keepTime": False,
            "includeVars": False,
            "targetBlank": True,
        },
    ]
