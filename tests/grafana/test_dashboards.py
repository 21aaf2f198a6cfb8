"""The dashboards as Grafana loads them: current, in two languages, readable, of known metrics, and of nobody."""

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from grafana import erlang
from grafana.build import DASHBOARDS, LANGUAGES, files
from grafana.dashboard import OUTAGE_ALERTS, Dashboard, uid, whole
from grafana.panels import WIDTH, Json, Panel, bands
from monitor.measures import BY_KEY
from tests.grafana.rules import alerts, recorded
from web.exports import series_names

UNITS = {"short", "s", "percentunit", "reqps", "bytes", "none"}
NAME = re.compile(r"\b(?:balans_\w+|\w+:balans_\w+:\w+)\b")
VARIABLE = re.compile(r"\$(\w+)")
EVERYTHING = [(dashboard, language) for dashboard in DASHBOARDS for language in LANGUAGES]
every_dashboard = pytest.mark.parametrize(
    ("dashboard", "language"), EVERYTHING, ids=[f"{dashboard.id}-{language}" for dashboard, language in EVERYTHING]
)


def panels(made: Json) -> list[Json]:
    return [panel for panel in made["panels"] if panel["type"] != "row"]


def own(dashboard: Dashboard) -> list[Panel]:
    return [panel for row in dashboard.rows for panel in row.panels]


@pytest.mark.parametrize("path", [path for path, _ in files()], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_committed_file_is_current(path: Path) -> None:
    made = dict(files())[path]
    assert path.read_text(encoding="utf-8") == made, "run `python -m grafana.build` and commit what it writes"


def test_no_file_is_left_from_a_dashboard_that_is_gone() -> None:
    written = {path for path, _ in files()}
    assert set((Path(__file__).parents[2] / "grafana" / "dashboards").rglob("*.json")) <= written


@every_dashboard
def test_panels_lie_within_the_grid_and_do_not_overlap(dashboard: Dashboard, language: Any) -> None:
    places = [panel["gridPos"] for panel in whole(dashboard, language)["panels"]]
    assert all(place["x"] + place["w"] <= WIDTH for place in places)
    for one, other in combinations(places, 2):
        apart_across = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        apart_down = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart_across or apart_down, (one, other)


@every_dashboard
def test_every_panel_says_what_it_is_in_what_unit_and_what_no_data_means(dashboard: Dashboard, language: Any) -> None:
    made = whole(dashboard, language)
    assert len({panel["id"] for panel in made["panels"]}) == len(made["panels"])
    for panel in panels(made):
        assert panel["title"]
        assert panel["targets"]
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"] in UNITS
        assert defaults["noValue"]
        assert len({target["legendFormat"] for target in panel["targets"]}) == len(panel["targets"]), panel["title"]


@every_dashboard
def test_only_variables_that_there_are_are_used(dashboard: Dashboard, language: Any) -> None:
    made = whole(dashboard, language)
    known = {variable["name"] for variable in made["templating"]["list"]}
    assert {"site", "team", "queue", "channel"} <= known
    assert set(VARIABLE.findall(json.dumps(made["panels"]))) <= known
    for variable in made["templating"]["list"]:
        assert set(VARIABLE.findall(str(variable.get("definition", "")))) <= known


@every_dashboard
def test_every_series_that_is_asked_for_is_exported_or_recorded(dashboard: Dashboard, language: Any) -> None:
    asked = set(NAME.findall(json.dumps([panel["targets"] for panel in panels(whole(dashboard, language))])))
    exported = {f"{name}{part}" for name in series_names() for part in ("", "_sum", "_count")}
    assert asked
    assert asked <= exported | recorded()


@every_dashboard
def test_links_lead_to_the_others_the_other_language_and_the_wall(dashboard: Dashboard, language: Any) -> None:
    links = whole(dashboard, language)["links"]
    addresses = {f"/d/{uid(each, other)}" for each, other in EVERYTHING}
    assert [link["tags"] for link in links if link["type"] == "dashboards"] == [[f"balans-{language}"]]
    assert {link["url"] for link in links if link["type"] == "link"} - addresses == {"${wallboard}"}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.id)
def test_both_languages_say_the_same_in_other_words(dashboard: Dashboard) -> None:
    dutch, english = (whole(dashboard, language) for language in ("nl", "en"))
    assert dutch["title"] != english["title"]
    for one, other in zip(panels(dutch), panels(english), strict=True):
        assert [target["expr"] for target in one["targets"]] == [target["expr"] for target in other["targets"]]
        assert one["gridPos"] == other["gridPos"]
    for panel in own(dashboard):
        for text in (panel.title, panel.empty, *(query.legend for query in panel.queries)):
            assert bool(text.nl) == bool(text.en)
        assert (panel.description.nl == panel.description.en) == (not panel.description.en), panel.title


def test_titles_and_addresses_are_unique() -> None:
    made = [whole(dashboard, language) for dashboard, language in EVERYTHING]
    assert len({each["uid"] for each in made}) == len({(each["title"]) for each in made}) == len(made)


def test_nothing_asks_for_a_person() -> None:
    words = json.dumps([whole(dashboard, language)["panels"] for dashboard, language in EVERYTHING]).lower()
    assert not re.search(r"agent_id|agent=|person=|customer=|by \(agent", words)


def test_thresholds_are_those_of_the_table_of_measures() -> None:
    assert [value for value, _ in bands(BY_KEY["service_level_ratio"])] == [None, 0.6, 0.8]
    assert [value for value, _ in bands(BY_KEY["abandoned_ratio"])] == [None, 0.05, 0.1]
    assert [value for value, _ in bands(BY_KEY["occupancy_ratio"])] == [None, 0.65, 0.85, 0.9]


def test_outages_are_marked_by_alerts_that_there_are() -> None:
    assert set(OUTAGE_ALERTS.split("|")) <= {alert["alert"] for alert in alerts()}


def test_the_recorded_names_of_the_staffing_rules_are_those_that_are_asked_for() -> None:
    assert {erlang.LOAD, erlang.NEEDED, erlang.NEEDED_BY_TEAM, erlang.STAFFED_BY_TEAM} <= recorded()
