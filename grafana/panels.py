"""Panels as Grafana reads them: a panel says what it shows, `rendered` makes the JSON in one language.

Colours are blue (good), grey (watch) and ochre (act), safe for the colour-blind; a word or a number goes with each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from monitor.measures import BY_KEY, Measure, Text

Json = dict[str, Any]
Language = Literal["nl", "en"]
Kind = Literal["stat", "timeseries", "table", "status-history", "state-timeline"]
Unit = Literal["short", "s", "percentunit", "dateTimeFromNow", "reqps", "bytes", "none"]

GOOD, WATCH, ACT, IDLE = "#3274d9", "#8e8e8e", "#c4821a", "#b8c4d6"
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24
TOO_LITTLE = Text("Too little to say", "Te weinig om te zeggen")
NOTHING_YET = Text("No data", "Geen gegevens")
NO_TEXT = Text("", "")
QUEUE = Text("Queue", "Wachtrij")
UNITS: dict[str, Unit] = {"count": "short", "seconds": "s", "ratio": "percentunit", "per_agent": "none"}


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL expression. `legend` names its series (labels as {{id}}), or its column in a table; `unit` is that
    of the column. `may_be_empty` is the reason for which an ordinary centre can have no data here."""

    expression: str
    legend: Text = NO_TEXT
    unit: Unit | None = None
    may_be_empty: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel of the grid; 24 columns wide at most. `lines` are thresholds: (from value, colour), the first from
    None. A table joins its queries on `joined_by`."""

    kind: Kind
    title: Text
    queries: tuple[Query, ...]
    unit: Unit = "short"
    description: Text = NO_TEXT
    width: int = 8
    height: int = 8
    lines: tuple[tuple[float | None, str], ...] = ()
    empty: Text = NOTHING_YET
    stacked: bool = False
    most: float | None = None
    words: tuple[tuple[str, Text, str], ...] = ()
    joined_by: str = "id"
    first_column: Text = QUEUE
    interval: str = ""


def by_label(name: str) -> Text:
    """A series' name: the value of one of its labels."""
    return Text(f"{{{{{name}}}}}", f"{{{{{name}}}}}")


def of_measure(key: str, kind: Kind, *queries: Query, **more: Any) -> Panel:
    """A panel of one measure, with the label, the help, the unit and the bands of the table of measures."""
    measure = BY_KEY[key]
    says: Json = {
        "title": measure.label,
        "description": explained(measure),
        "unit": UNITS[measure.unit],
        "lines": bands(measure),
        "empty": TOO_LITTLE if measure.percentage else NOTHING_YET,
        "most": 1.0 if measure.unit == "ratio" else None,
    }
    return Panel(kind=kind, queries=queries, **(says | more))


def explained(measure: Measure) -> Text:
    """Help and formula."""
    return Text(f"{measure.help.en} {measure.formula.en}.", f"{measure.help.nl} {measure.formula.nl}.")


def bands(measure: Measure) -> tuple[tuple[float | None, str], ...]:
    """The thresholds of the table of measures as Grafana's steps."""
    limits = measure.thresholds
    if limits is None:
        return ()
    if measure.better == "higher":
        return ((None, ACT), (limits.act, WATCH), (limits.good, GOOD))
    if measure.better == "lower":
        return ((None, GOOD), (limits.good, WATCH), (limits.act, ACT))
    return ((None, IDLE), (limits.idle, GOOD), (limits.good, WATCH), (limits.act, ACT))


def rendered(panel: Panel, number: int, x: int, y: int, language: Language) -> Json:
    """The JSON of a panel at its place."""
    made: Json = {
        "id": number,
        "type": panel.kind,
        "title": getattr(panel.title, language),
        "description": getattr(panel.description, language),
        "datasource": DATASOURCE,
        "gridPos": {"h": panel.height, "w": panel.width, "x": x, "y": y},
        "targets": [_target(panel, query, place, language) for place, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": _defaults(panel, language), "overrides": _overrides(panel, language)},
        "options": _options(panel),
    }
    if panel.interval:
        made["interval"] = panel.interval
    if panel.kind == "table":
        made["transformations"] = _joined(panel, language)
    return made


def _target(panel: Panel, query: Query, place: int, language: Language) -> Json:
    at_once = panel.kind in ("table", "stat")
    return {
        "refId": _reference(place),
        "datasource": DATASOURCE,
        "expr": query.expression,
        "legendFormat": getattr(query.legend, language) or "__auto",
        "editorMode": "code",
        "format": "table" if panel.kind == "table" else "time_series",
        "instant": at_once,
        "range": not at_once,
    }


def _reference(place: int) -> str:
    return chr(ord("A") + place)


def _defaults(panel: Panel, language: Language) -> Json:
    made: Json = {
        "unit": panel.unit,
        "noValue": getattr(panel.empty, language),
        "color": {"mode": "thresholds" if panel.lines else "palette-classic-by-name"},
        "thresholds": {
            "mode": "absolute",
            "steps": [{"value": value, "color": colour} for value, colour in panel.lines or ((None, GOOD),)],
        },
        "mappings": _mappings(panel, language),
        "custom": _drawn(panel),
    }
    if panel.unit == "percentunit":
        made["decimals"] = 0
        made["min"] = 0
    if panel.most is not None:
        made["max"] = panel.most
    if panel.kind in ("timeseries", "table"):
        # Several series in one panel are told apart by their own colours; the bands stay as dashed lines.
        made["color"] = {"mode": "palette-classic-by-name"}
    if panel.kind == "status-history":
        made["color"] = {"mode": "continuous-BlYlRd" if not panel.lines else "thresholds"}
    return made


def _drawn(panel: Panel) -> Json:
    if panel.kind == "timeseries":
        return {
            "lineWidth": 2,
            "fillOpacity": 20 if panel.stacked else 0,
            "showPoints": "never",
            "spanNulls": False,
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
            "thresholdsStyle": {"mode": "dashed" if panel.lines else "off"},
            "axisSoftMin": 0,
        }
    if panel.kind == "table":
        return {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": False}
    if panel.kind in ("status-history", "state-timeline"):
        return {"lineWidth": 1, "fillOpacity": 80}
    return {}


def _mappings(panel: Panel, language: Language) -> list[Json]:
    if not panel.words:
        return []
    options = {
        value: {"text": getattr(text, language), "color": colour, "index": place}
        for place, (value, text, colour) in enumerate(panel.words)
    }
    return [{"type": "value", "options": options}]


def _overrides(panel: Panel, language: Language) -> list[Json]:
    """The unit of each column of a table."""
    if panel.kind != "table":
        return []
    return [
        {
            "matcher": {"id": "byName", "options": getattr(query.legend, language)},
            "properties": [
                {"id": "unit", "value": query.unit},
                *([{"id": "decimals", "value": 0}] if query.unit in ("percentunit", "short") else []),
            ],
        }
        for query in panel.queries
        if query.unit
    ]


def _options(panel: Panel) -> Json:
    if panel.kind == "stat":
        return {
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "colorMode": "value",
            "graphMode": "none",
            "textMode": "auto",
            "justifyMode": "auto",
            "wideLayout": True,
        }
    if panel.kind == "timeseries":
        return {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    if panel.kind == "table":
        return {"showHeader": True, "cellHeight": "sm", "sortBy": []}
    return {"showValue": "auto", "rowHeight": 0.9, "legend": {"showLegend": False, "displayMode": "list"}}


def _joined(panel: Panel, language: Language) -> list[Json]:
    """One row for each label value, one column for each query."""
    named = {
        f"Value #{_reference(place)}": getattr(query.legend, language) for place, query in enumerate(panel.queries)
    }
    order = {panel.joined_by: 0} | {name: place + 1 for place, name in enumerate(named)}
    return [
        {"id": "merge", "options": {}},
        {
            "id": "organize",
            "options": {
                "excludeByName": {"Time": True},
                "indexByName": order,
                "renameByName": {panel.joined_by: getattr(panel.first_column, language), **named},
            },
        },
    ]
