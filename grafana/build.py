"""Writes what is made from code: the dashboards in both languages, the capacity rules and docs/dashboards.md.

`python -m grafana.build`; a test says when the committed files are no longer current.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from grafana import erlang
from grafana.balance import BALANCE
from grafana.capacity import CAPACITY
from grafana.dashboard import Dashboard, placed, whole
from grafana.day_and_week import DAY_AND_WEEK
from grafana.operations_now import OPERATIONS_NOW
from grafana.panels import Json, Language, Panel
from grafana.sources import SOURCES_AND_PIPELINE

DASHBOARDS: tuple[Dashboard, ...] = (OPERATIONS_NOW, BALANCE, DAY_AND_WEEK, SOURCES_AND_PIPELINE, CAPACITY)
LANGUAGES: tuple[Language, ...] = ("nl", "en")
FOLDER = Path(__file__).parent
DOCUMENT = FOLDER.parent / "docs" / "dashboards.md"

_HEAD = """\
# Dashboards

This page is made from the code by `python -m grafana.build`; do not edit it by hand. Grafana reads the same panels from
`grafana/dashboards`, once in Dutch and once in English. How to start it all is in [operations.md](operations.md).

Every dashboard has the choices site, channel, team, queue and window. Figures of the chosen queues are pooled from
their sums; figures of people are of the whole site or of the chosen teams, because one person may serve several queues.
Alerts about sources and Balans itself are marked on every time axis, and so is every annotation of Grafana with the tag
`balans-notice`. Each dashboard links to the others, to itself in the other language and to the wallboard.

The place is column, row, width x height in Grafana's grid of 24 columns.
"""


def files() -> Iterator[tuple[Path, str]]:
    """Each generated file with its text."""
    for dashboard in DASHBOARDS:
        for language in LANGUAGES:
            made = json.dumps(whole(dashboard, language), ensure_ascii=False, indent=1)
            yield FOLDER / "dashboards" / language / f"{dashboard.id}.json", made + "\n"
    yield FOLDER / "rules" / "capacity.yml", erlang.rules()
    yield DOCUMENT, "\n".join([_HEAD, *(_page(dashboard) for dashboard in DASHBOARDS)])


def _page(dashboard: Dashboard) -> str:
    """The panel grid of one dashboard, to be read by a person."""
    lines = [f"## {dashboard.title.en} / {dashboard.title.nl}", "", dashboard.description.en, ""]
    drawn = iter(list(placed(dashboard, "en")))
    for row in dashboard.rows:
        next(drawn)
        lines += [f"### {row.title.en}", "", "| place | panel | Dutch | shown as | unit | PromQL |", "|" + " --- |" * 6]
        lines += [_line(panel, next(drawn)) for panel in row.panels]
        lines.append("")
    return "\n".join(lines)


def _line(panel: Panel, made: Json) -> str:
    place = made["gridPos"]
    queries = "<br>".join(_query(target["expr"], target["legendFormat"]) for target in made["targets"])
    where = f"{place['x']}, {place['y']}, {place['w']} x {place['h']}"
    return f"| {where} | {panel.title.en} | {panel.title.nl} | {panel.kind} | {panel.unit} | {queries} |"


def _query(expression: str, legend: str) -> str:
    named = "" if legend == "__auto" else f"{legend}: "
    return f"{named}`{expression.replace('|', chr(92) + '|')}`"


def main() -> None:
    """Write them all."""
    for path, text in files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
