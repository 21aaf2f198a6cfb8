"""A real Prometheus over Balans' real web: every query of every panel and rule is asked, and no series is a person.

The demo is played at speed: eight mornings through `/metrics` into Prometheus' own files, then live scrapes.
"""

from __future__ import annotations

import math
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from collectors.demo import DIRECTORY
from collectors.demo.centre import QUEUES
from grafana import erlang
from grafana.build import DASHBOARDS
from grafana.dashboard import Dashboard, whole
from grafana.panels import Panel, Query
from monitor.engine import Engine
from monitor.erlang import Workload, agents_needed
from monitor.events import AgentStateChanged, ContactAnswered, ContactEnded, ContactOffered
from monitor.figures import SiteFigures
from monitor.settings import Settings
from tests.browser.served import Served, served
from tests.grafana.history import Centre, mornings, stamped
from tests.grafana.rules import FOLDER, alerts, rules
from tests.parts import free_port, prometheus
from web.exports import EXPORTS, series_names

START_SECONDS = 120
QUERY_SECONDS = 30
OPENMETRICS = {"accept": "application/openmetrics-text; version=1.0.0"}
SERIES_OF_A_SCOPE = 115
"""More than every export has for one queue, states and reasons included."""
AGENTS, LARGE_QUEUES = 10_000, 40
LABELS = {"__name__", "job", "instance", "site", "scope", "id", "state", "reason", "source", "board", "version"}
LABELS |= {"python", "channel", "line", "team", "alertname", "alertstate", "severity", "kind", "le"}
NO_ALERT_NEED_FIRE = "An alert fires only when something is wrong."
ONLY_WHEN = {
    "queue:balans_longest_wait_seconds:now": "Nobody may be waiting.",
}


@dataclass(frozen=True)
class Asked:
    """One query of one panel or rule, with the reason for which it may find nothing."""

    where: str
    expression: str
    is_range: bool = False
    may_be_empty: str = ""


class Prometheus:
    """A running one."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=QUERY_SECONDS)

    def ask(self, path: str, **words: Any) -> Any:
        """What the API answers; an error is the test's failure."""
        answer = self._http.get(f"/api/v1/{path}", params=words)
        told = answer.json()
        assert told["status"] == "success", (words, told)
        assert not told.get("warnings"), (words, told)
        return told["data"]

    def is_up(self) -> bool:
        try:
            return self._http.get("/-/ready").status_code == 200
        except httpx.TransportError:
            return False

    def found(self, asked: Asked) -> list[dict[str, Any]]:
        """The series of one query, over the last hour where it is drawn over time."""
        if not asked.is_range:
            return list(self.ask("query", query=asked.expression)["result"])
        now = time.time()
        words = {"start": now - 3600, "end": now, "step": 60}
        return list(self.ask("query_range", query=asked.expression, **words)["result"])

    def close(self) -> None:
        self._http.close()


@contextmanager
def live(site: Served, centre: Centre) -> Iterator[None]:
    """Goes on from the history with what happens now."""
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(0.5):
            site.publish(centre.at(datetime.now(UTC)))

    thread = threading.Thread(target=go_on, name="the present")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def write_history(site: Served, centre: Centre, instance: str, now: datetime, folder: Path) -> None:
    """The mornings as blocks of Prometheus."""
    labels = (("job", "balans"), ("instance", instance), ("site", "main"))
    with httpx.Client(base_url=site.address, headers=OPENMETRICS) as client:
        for number, morning in enumerate(mornings(now)):
            file = folder / f"{number}.txt"
            with file.open("w", encoding="utf-8") as out:
                for at in morning:
                    site.publish(centre.at(at))
                    out.write(stamped(client.get("/metrics").text, at, labels))
                out.write("# EOF\n")
            made = subprocess.run(
                [f"{prometheus()}/promtool", "tsdb", "create-blocks-from", "openmetrics", file, folder / "tsdb"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert made.returncode == 0, made.stderr
            file.unlink()


def configuration(targets: dict[str, str], folder: Path) -> Path:
    """The committed configuration, quicker and with the test's own targets."""
    table = yaml.safe_load((FOLDER.parent / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    table["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    table["rule_files"] = [str(FOLDER / "*.yml")]
    (job,) = table["scrape_configs"]
    job["static_configs"] = [{"targets": [target], "labels": {"site": site}} for site, target in targets.items()]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(table))
    return path


@contextmanager
def running_prometheus(configured: Path, folder: Path) -> Iterator[Prometheus]:
    port = free_port()
    command = [
        f"{prometheus()}/prometheus", f"--config.file={configured}", f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=90d", "--log.level=error",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    asking = Prometheus(f"http://127.0.0.1:{port}")
    try:
        until(asking.is_up)
        yield asking
    finally:
        asking.close()
        process.terminate()
        process.wait()


def until(true: Any) -> None:
    """Returns when it is true."""
    deadline = time.monotonic() + START_SECONDS
    while not true():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.2)


def large_figures(agents: int, at: datetime) -> tuple[Settings, SiteFigures]:
    """A centre of many agents, all with a contact behind them."""
    queues = {f"queue-{number}": {"team": f"team-{number % 10}"} for number in range(LARGE_QUEUES)}
    settings = Settings(queues=queues, teams={f"team-{number}": {} for number in range(10)}, boards={"main": {}})
    engine = Engine(settings.site, settings.queues, settings.teams, settings.boards)
    for number in range(agents):
        agent, queue, contact = f"a-{number:012x}", f"queue-{number % LARGE_QUEUES}", f"c-{number}"
        same: dict[str, Any] = {"source": "pbx"}
        engine.apply(
            AgentStateChanged(
                id=f"s{number}", at=at - timedelta(seconds=90), agent=agent, state="available",
                queues=(queue,), team=f"team-{number % 10}", **same,
            )
        )  # fmt: skip
        of = {**same, "contact": contact}
        engine.apply(ContactOffered(id=f"o{number}", at=at - timedelta(seconds=80), queue=queue, **of))
        engine.apply(ContactAnswered(id=f"a{number}", at=at - timedelta(seconds=70), queue=queue, agent=agent, **of))
        engine.apply(ContactEnded(id=f"e{number}", at=at - timedelta(seconds=9), **of))
    engine.advance(at)
    return settings, engine.figures()


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that has seen eight mornings, scrapes the present, and two centres of few and of many agents."""
    folder = tmp_path_factory.mktemp("prometheus")
    now = datetime.now(UTC)
    centre = Centre(now)
    with ExitStack() as running:
        site = running.enter_context(served(centre.settings))
        targets = {"main": site.address.removeprefix("http://")}
        write_history(site, centre, targets["main"], now, folder)
        for name, agents in (("small", AGENTS // 25), ("large", AGENTS)):
            settings, figures = large_figures(agents, now)
            other = running.enter_context(served(settings))
            other.publish(figures)
            targets[name] = other.address.removeprefix("http://")
        running.enter_context(live(site, centre))
        asked = running.enter_context(running_prometheus(configuration(targets, folder), folder))
        # Increases need two scrapes, and the last rules read what earlier ones have recorded.
        recorded = f'count_over_time({erlang.NEEDED_BY_TEAM}{{site="main"}}[1m]) > 2'
        until(lambda: asked.ask("query", query=recorded)["result"])
        until(lambda: len(asked.ask("query", query='up{job="balans"} == 1')["result"]) == len(targets))
        yield asked


def filled_in(expression: str, dashboard: Dashboard) -> str:
    """The query with the dashboard's variables as Grafana sets them at first."""
    first = {"site": "main", "queue": "|".join(QUEUES), "team": ".*", "channel": ".*", "window": dashboard.window}
    for name, value in first.items():
        expression = expression.replace(f"${name}", value)
    assert "$" not in expression
    return expression


def of_panels() -> Iterator[Asked]:
    for dashboard in DASHBOARDS:
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            for query in panel.queries:
                yield of_panel(dashboard, panel, query)


def of_panel(dashboard: Dashboard, panel: Panel, query: Query) -> Asked:
    where = f"{dashboard.id}: {panel.title.en} {query.legend.en}"
    is_range = panel.kind not in ("stat", "table")
    return Asked(where, filled_in(query.expression, dashboard), is_range, query.may_be_empty)


def of_rules() -> Iterator[Asked]:
    for rule in rules():
        name = rule.get("record") or f"{rule['alert']} ({rule['labels']['severity']})"
        yield Asked(name, rule["expr"], may_be_empty=NO_ALERT_NEED_FIRE if "alert" in rule else ONLY_WHEN.get(name, ""))


@pytest.mark.parametrize("asked", [*of_panels(), *of_rules()], ids=lambda asked: asked.where)
def test_every_query_finds_numbers(asked: Asked, asking: Prometheus) -> None:
    series = asking.found(asked)
    if not asked.may_be_empty:
        assert series, asked.expression
    values = [value for one in series for _, value in one.get("values") or [one["value"]]]
    assert all(math.isfinite(float(value)) for value in values), asked.expression


def test_few_queries_find_nothing(asking: Prometheus) -> None:
    """A reason is no excuse: of those queries of panels that may find nothing, most do find something here."""
    doubtful = [asked for asked in of_panels() if asked.may_be_empty]
    empty = [asked.where for asked in doubtful if not asking.found(asked)]
    assert len(empty) < len(doubtful) / 4, empty


def test_what_an_alert_watches_is_there(asking: Prometheus) -> None:
    """An alert that never fires because its series has another name would be silent for ever: each side of its
    conditions has data when the conditions are left out."""
    for alert in alerts():
        for name in set(re.findall(r"[a-z_:0-9]*balans_[a-z_:0-9]+", alert["expr"])):
            assert name in ONLY_WHEN or asking.ask("query", query=name)["result"] or "rejected" in name, (alert, name)


def test_every_variable_has_its_choices(asking: Prometheus) -> None:
    found = {}
    for variable in whole(DASHBOARDS[0], "en")["templating"]["list"]:
        if variable["type"] == "query":
            series, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["definition"]).groups()  # type: ignore[union-attr]
            asked = series.replace("$site", "main").replace("$channel", ".*").replace("$team", ".*")
            found[variable["name"]] = asking.ask(f"label/{label}/values", **{"match[]": asked})
    assert set(found) == {"site", "channel", "team", "queue"}
    assert set(found["site"]) >= {"main"}
    assert set(found["queue"]) == set(QUEUES)
    assert all(found.values())


def test_annotations_can_be_asked_for(asking: Prometheus) -> None:
    for annotation in whole(DASHBOARDS[0], "en")["annotations"]["list"]:
        if "expr" in annotation:
            asking.found(Asked("annotation", annotation["expr"], is_range=True))


def test_the_need_is_erlang_cs_for_the_load_that_was_recorded(asking: Prometheus) -> None:
    def of_queue(expression: str) -> dict[str, float]:
        found = asking.found(Asked("need", expression))
        return {one["metric"]["id"]: float(one["value"][1]) for one in found}

    at = '{site="main", scope="queue"}'
    load, seconds = of_queue(f"{erlang.LOAD}{at}"), of_queue(f"scope:balans_handle_time_seconds:mean2h{at}")
    within, target = of_queue(f"balans_queue_within_seconds{at}"), of_queue(f"balans_queue_service_level_target{at}")
    needed = of_queue(f"{erlang.NEEDED}{at}")
    spoken = [queue for queue in of_queue(f"{erlang.PATIENCE}{at}") if queue in needed]
    assert spoken
    for queue in spoken:
        workload = Workload(load[queue] / seconds[queue], seconds[queue], within[queue])
        exact = agents_needed(workload, target[queue])
        assert abs(needed[queue] - exact) <= 1, queue


def series_of(asking: Prometheus, site: str) -> list[dict[str, str]]:
    start = time.time() - 60
    return list(asking.ask("series", **{"match[]": f'{{site="{site}"}}', "start": start}))


def test_the_number_of_series_depends_on_scopes_and_not_on_people(asking: Prometheus) -> None:
    scraped = {
        site: [series for series in series_of(asking, site) if series["__name__"].startswith("balans_")]
        for site in ("main", "small", "large")
    }
    assert len(scraped["large"]) == len(scraped["small"])
    for found in scraped.values():
        scopes = {(series["scope"], series["id"]) for series in found if "scope" in series}
        assert len(found) <= SERIES_OF_A_SCOPE * len(scopes) + 100


def test_the_site_of_ten_thousand_is_really_one(asking: Prometheus) -> None:
    (told,) = asking.ask("query", query='balans_agents_on_duty{site="large", scope="site"}')["result"]
    assert float(told["value"][1]) == AGENTS


def test_no_series_carries_a_person(asking: Prometheus) -> None:
    people = set(DIRECTORY) | set(DIRECTORY.values()) | {f"a-{number:012x}" for number in range(AGENTS)}
    assert set(asking.ask("labels")) <= LABELS
    for site in ("main", "small", "large"):
        values = {value for series in series_of(asking, site) for value in series.values()}
        assert values
        assert not values & people
        assert not [value for value in values if re.search(r"\ba-[0-9a-f]{8,}", value)]


def test_every_metric_of_the_table_arrives(asking: Prometheus) -> None:
    arrived = {re.sub("_(sum|count|bucket)$", "", series["__name__"]) for series in series_of(asking, "main")}
    sometimes = {"balans_viewers", "balans_events_rejected_total"}
    # No webhook is configured.
    sometimes |= {name for name in series_names() if "began_timestamp" in name or "alert_deliveries" in name}
    assert set(series_names()) - sometimes <= arrived
    assert len(EXPORTS) > 40
