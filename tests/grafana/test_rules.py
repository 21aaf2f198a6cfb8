"""The rules: promtool finds them right, every alert says what to do, and staffing is Erlang C's."""

from __future__ import annotations

import math
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from grafana import erlang
from monitor.erlang import Workload, agents_needed
from monitor.measures import BY_KEY
from tests.grafana.rules import FILES, FOLDER, TESTS, alerts, recorded, rules
from tests.parts import prometheus
from web.exports import series_names

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks.md"
SAYS = {"summary", "description", "summary_nl", "description_nl", "runbook_url"}
NAME = re.compile(r"\b(?:balans_\w+|\w+:balans_\w+:\w+)\b")


def promtool(*words: str | Path) -> None:
    done = subprocess.run(
        [f"{prometheus()}/promtool", *map(str, words)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_finds_the_rules_right() -> None:
    promtool("check", "rules", *FILES)


def test_promtool_finds_the_configuration_right(tmp_path: Path) -> None:
    """As it lies in its place: the rules in `rules` beside it."""
    (tmp_path / "rules").symlink_to(FOLDER)
    configuration = FOLDER.parent / "prometheus" / "prometheus.yml"
    (tmp_path / "prometheus.yml").write_text(configuration.read_text(encoding="utf-8"))
    promtool("check", "config", tmp_path / "prometheus.yml")


@pytest.mark.parametrize("test", TESTS, ids=lambda path: path.stem)
def test_promtool_finds_that_the_alerts_do_what_they_say(test: Path) -> None:
    promtool("test", "rules", test)


def test_every_alert_is_tried() -> None:
    tried = [case for path in TESTS for each in yaml.safe_load(path.read_text())["tests"] for case in _cases(each)]
    firing = {case["alertname"] for case in tried if case["exp_alerts"]}
    assert firing == {alert["alert"] for alert in alerts()}


def _cases(test: dict[str, Any]) -> list[dict[str, Any]]:
    return test.get("alert_rule_test", [])


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: f"{alert['alert']}-{alert['labels']['severity']}")
def test_an_alert_says_how_bad_it_is_what_is_wrong_and_what_to_do(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("critical", "warning", "info")
    assert set(alert["annotations"]) == SAYS
    page, anchor = alert["annotations"]["runbook_url"].split("#")
    assert RUNBOOKS.match(f"*/{page}")
    assert anchor == alert["alert"].lower()
    assert f"\n## {alert['alert']}\n" in RUNBOOKS.read_text(encoding="utf-8")


def test_rules_ask_only_for_series_that_there_are() -> None:
    exported = {f"{name}{part}" for name in series_names() for part in ("", "_sum", "_count")}
    asked = {name for rule in rules() for name in NAME.findall(rule["expr"])}
    assert asked <= exported | recorded()


def test_thresholds_are_those_of_the_table_of_measures() -> None:
    limits = {key: BY_KEY[key].thresholds for key in ("occupancy_ratio", "service_level_ratio")}
    (occupancy,) = (rule["expr"] for rule in alerts() if rule["alert"] == "BalansOccupancyTooHigh")
    assert limits["occupancy_ratio"] is not None
    assert occupancy.endswith(f"> {limits['occupancy_ratio'].act}")
    # With the default target of 80 %, twice the allowed is where the table says: act.
    (burn,) = (
        rule["expr"]
        for rule in alerts()
        if rule["alert"] == "BalansServiceLevelBurning" and rule["labels"]["severity"] == "warning"
    )
    assert limits["service_level_ratio"] is not None
    allowed = 1 - limits["service_level_ratio"].good
    assert (1 - limits["service_level_ratio"].act) / allowed == pytest.approx(float(re.findall(r"> (\d)", burn)[0]))


def by_the_rules(load: float, within_handle_times: float, target: float) -> float:
    """The recorded number of agents, by the very expressions of the file."""
    known = {erlang.LOAD: load, erlang.PATIENCE: within_handle_times * math.sqrt(load), erlang.MISSED: 1 - target}
    expressions = {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}
    for name in (*(erlang.margin(step) for step in range(erlang.STEPS + 1)), erlang.NEEDED):
        known[name] = _evaluated(expressions[name].partition(" or ")[0], known)
    return known[erlang.NEEDED]


def _evaluated(expression: str, known: dict[str, float]) -> float:
    for name, value in known.items():
        expression = expression.replace(name, f"({value!r})")
    functions = {"exp": math.exp, "sqrt": math.sqrt, "ceil": math.ceil, "sgn": lambda x: (x > 0) - (x < 0)}
    return float(eval(expression.replace("^", "**"), {"__builtins__": {}}, functions))


@pytest.mark.parametrize("target", [0.7, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("within_handle_times", [0.02, 0.05, 0.1, 0.3, 1, 3])
def test_the_recorded_need_is_erlang_cs_within_one_person(within_handle_times: float, target: float) -> None:
    for load in (0.1, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300):
        exact = agents_needed(Workload(load, 1, within_handle_times), target)
        assert abs(by_the_rules(load, within_handle_times, target) - exact) <= 1, load
