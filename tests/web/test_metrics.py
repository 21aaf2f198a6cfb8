"""What Prometheus gets: the figures of the moment, with bounded labels and no person."""

import itertools
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from monitor.alerts.alert import Delivery
from monitor.events import AGENT_STATES, LEFT_REASONS
from monitor.feed import Feed
from monitor.figures import Durations, Pipeline, SiteFigures, SourceHealth
from monitor.histogram import BOUNDS
from monitor.settings import OpeningHours, Queue, Settings
from tests.pictures import NOW, QUEUES, ago, busy_figures, live, scope, site
from tests.web.conftest import Served
from web.exports import EXPORTS, HEALTH, SCOPE_KINDS, series_names
from web.hub import Hub
from web.metrics import FiguresCollector

Series = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def collector(figures: SiteFigures | None, queues: Mapping[str, Queue] = QUEUES) -> FiguresCollector:
    feed = Feed()
    feed.latest = figures
    hub = Hub(lambda id, figures: pytest.fail("nobody looks"), feed, 1)
    return FiguresCollector(Settings(queues=dict(queues)), feed, hub, lambda: NOW)


def scraped(collecting: FiguresCollector) -> Series:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in collecting.collect()
        for sample in family.samples
    }


def series(figures: SiteFigures) -> Series:
    return scraped(collector(figures))


def of(name: str, kind: str, id: str, **more: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    return f"balans_{name}", tuple(sorted({"scope": kind, "id": id, **more}.items()))


def test_the_service_level_is_exported_as_its_sums() -> None:
    got = series(site())
    assert got[of("service_level_in_time_total", "queue", "sales")] == 84
    assert got[of("service_level_counted_total", "queue", "sales")] == 99


def test_waits_and_handle_times_are_histograms_whose_counts_never_fall() -> None:
    def told(*up_to: int) -> SiteFigures:
        lasted = Durations(mean=100.0, n=up_to[-1] + 1, up_to=up_to)
        return site(scope("queue", "sales", handle_time_seconds=lasted))

    def buckets(got: Series) -> dict[float, float]:
        name = "balans_handle_time_seconds_bucket"
        mine = [(dict(labels), value) for (each, labels), value in got.items() if each == name]
        return {float(labels["le"]): value for labels, value in mine if labels["id"] == "sales"}

    collecting = collector(told(0, 0, 1, 2, 5, 6, 7, 8, 8, 9))
    first = buckets(scraped(collecting))
    assert sorted(first) == [*map(float, BOUNDS), math.inf]
    assert (first[60], first[3600], first[math.inf]) == (2, 9, 10)
    collecting._feed.latest = told(0, 0, 1, 1, 6, 7, 8, 9, 9, 9)
    later = buckets(scraped(collecting))
    assert (later[60], later[120]) == (2, 6), "a correction is not taken for a restart"
    assert [later[bound] for bound in sorted(later)] == sorted(later.values())


def test_durations_are_a_sum_and_a_count() -> None:
    got = series(site())
    assert got[of("handle_time_seconds_count", "queue", "sales")] == 90
    assert got[of("handle_time_seconds_sum", "queue", "sales")] == pytest.approx(402.4 * 90)


def test_what_is_so_now_is_a_gauge() -> None:
    now = live(waiting=3, longest_wait_began_at=ago(minutes=1), stale_since=ago(seconds=9))
    got = series(site(scope("queue", "sales", now)))
    assert got[of("customers_waiting", "queue", "sales")] == 3
    assert got[of("longest_wait_began_timestamp_seconds", "queue", "sales")] == ago(minutes=1).timestamp()
    assert got[of("agents", "queue", "sales", state="on_contact")] == 7
    assert got[of("agents", "queue", "sales", state="wrap_up")] == 0
    assert got[of("stale", "queue", "sales")] == 1


def test_what_cannot_be_said_has_no_sample() -> None:
    got = series(site())
    assert of("longest_wait_began_timestamp_seconds", "queue", "sales") not in got
    unknown = series(site(scope("queue", "sales", expected_handle_time_seconds=None)))
    assert of("expected_handle_time_seconds", "queue", "sales") not in unknown


def test_what_was_left_is_told_by_reason_of_the_vocabulary() -> None:
    got = series(site(scope("queue", "sales", left={"timeout": 2, "a-5ec2e7": 1})))
    reasons = {
        dict(labels)["reason"]: value for (name, labels), value in got.items() if name == "balans_visits_left_total"
    }
    assert reasons["timeout"] == 2
    assert set(reasons) == set(LEFT_REASONS) - {"abandoned", "before_queue"}


def test_a_corrected_count_is_not_taken_for_a_restart() -> None:
    collecting = collector(site(scope("queue", "sales", abandoned=7)))
    key = of("visits_abandoned_total", "queue", "sales")
    assert scraped(collecting)[key] == 7
    collecting._feed.latest = site(scope("queue", "sales", abandoned=6))
    assert scraped(collecting)[key] == 7
    collecting._feed.latest = site(scope("queue", "sales", abandoned=8))
    assert scraped(collecting)[key] == 8


def test_at_midnight_the_counters_begin_again() -> None:
    collecting = collector(site(scope("queue", "sales", abandoned=7)))
    scraped(collecting)
    collecting._feed.latest = site(scope("queue", "sales", abandoned=0), day=date(2026, 3, 10))
    assert scraped(collecting)[of("visits_abandoned_total", "queue", "sales")] == 0


def test_of_a_small_group_pace_and_quality_are_absent_and_work_is_not() -> None:
    small = [scope("team", "night", live(on_duty=2)), scope("team", "late", live(on_duty=3))]
    got = series(site(*small, scope("team", "day", live(on_duty=9))))
    for export in EXPORTS:
        told = {
            dict(labels)["id"]
            for (name, labels), _ in got.items()
            if name.startswith(f"balans_{export.name}") and dict(labels).get("scope") == "team"
        }
        if export.personal:
            assert "night" not in told
            assert "late" not in told
    assert got[of("visits_offered_total", "team", "night")] == 100
    assert got[of("handle_time_seconds_count", "team", "day")] == 90


def test_sources_and_pipeline() -> None:
    sources = (
        SourceHealth(source="pbx", state="up", last_heard_at=ago(seconds=3), events=40),
        SourceHealth(source="chat", state="silent"),
    )
    pipeline = Pipeline(read=50, applied=47, rejected={"duplicate": 3}, late=2, out_of_order=1, behind_seconds=0.4)
    got = series(site(sources=sources, pipeline=pipeline))
    assert got["balans_source_up", (("source", "pbx"),)] == 1
    assert got["balans_source_up", (("source", "chat"),)] == 0
    assert got["balans_source_last_heard_timestamp_seconds", (("source", "pbx"),)] == ago(seconds=3).timestamp()
    assert got["balans_events_read_total", ()] == 50
    assert got["balans_events_rejected_total", (("reason", "duplicate"),)] == 3
    assert got["balans_events_late_total", ()] == 2
    assert got["balans_conservation", ()] == 1
    assert got["balans_figures_age_seconds", ()] == 0


def test_how_a_queue_is_measured_is_told_with_its_place() -> None:
    got = series(site(scope("queue", "webchat"), scope("queue", "found-later")))
    assert got[of("queue_info", "queue", "webchat", channel="chat", line="1", team="")] == 1
    assert got[of("queue_within_seconds", "queue", "webchat")] == 60
    assert got[of("queue_service_level_target", "queue", "found-later")] == Queue().target


@pytest.mark.parametrize(("closes", "is_open"), [(time(18), 1), (time(11), 0)])
def test_a_queue_is_open_by_the_sites_own_clock(closes: time, is_open: int) -> None:
    hours = OpeningHours(days=("mon",), opens=time(8), closes=closes)
    collecting = collector(site(scope("queue", "sales")), {"sales": Queue(opening_hours=(hours,))})
    # NOW is a Monday, a quarter past eleven in Amsterdam.
    assert scraped(collecting)[of("queue_open", "queue", "sales")] == is_open


def test_before_the_first_figures_balans_tells_of_itself() -> None:
    names = {name for name, _ in scraped(collector(None))}
    assert "balans_build_info" in names
    assert "balans_figures_timestamp_seconds" not in names


def test_every_metric_is_in_the_table_and_the_table_holds_no_other() -> None:
    everything = site(
        *(
            scope(kind, "x", live(waiting=1, longest_wait_began_at=NOW, oldest_backlog_began_at=NOW))
            for kind in SCOPE_KINDS
        ),
        deliveries=(Delivery(receiver="ops"),),
    )
    names = {re.sub("_(sum|count|bucket)$", "", name) for name, _ in series(everything)}
    # Nobody looks, so that no board has viewers.
    assert names == set(series_names()) - {"balans_viewers"}


AGENT = st.from_regex(r"a-[0-9a-f]{12}", fullmatch=True)


@given(st.lists(AGENT, min_size=1, max_size=4, unique=True))
def test_no_agent_can_become_a_label_or_a_metric(agents: list[str]) -> None:
    """Even when the figures, by a fault, named agents wherever they hold a free word as a key."""
    words = dict.fromkeys(agents, 1)
    leaky = site(
        *(scope(kind, "x", live(agents=words), left=words) for kind in SCOPE_KINDS),
        pipeline=Pipeline(rejected=words),
        curves=dict.fromkeys(agents, ()),
        thanks=tuple(agents),
    )
    registry = CollectorRegistry()
    registry.register(collector(leaky))
    text = generate_latest(registry).decode()
    assert not any(agent in text for agent in agents)


def test_labels_are_bounded_words() -> None:
    allowed = {"scope", "id", "state", "reason", "source", "board", "channel", "line", "team"}
    allowed |= {"kind", "severity", "receiver", "outcome"}
    allowed |= {"version", "python"}
    for name, (_, labels, _) in series_names().items():
        assert set(labels) <= allowed, name
    assert not any(part in name for name in series_names() for part in ("agent_", "customer_", "_person"))
    values = {value for _, labels in series(site()) for key, value in labels if key == "state"}
    assert values == set(AGENT_STATES)


def test_names_follow_the_conventions() -> None:
    for name, (kind, _, help) in series_names().items():
        assert name.startswith("balans_")
        assert name.endswith("_total") == (kind == "counter"), name
        assert "minute" not in name
        assert not name.endswith("_ratio"), "sums are exported, not ratios"
        assert help.endswith(".")
    names = [export.name for export in EXPORTS] + list(HEALTH)
    assert len(names) == len(set(names))


@given(st.integers(0, 1_000), st.integers(0, 1_000))
def test_any_window_can_be_pooled_from_the_counters(before: int, more: int) -> None:
    """The increase between two scrapes, summed over queues, is the pooled service level of that window."""

    def counted(extra: int) -> Series:
        level = msgspec.structs.replace(
            busy_figures().service_level, numerator=before + extra, denominator=2 * (before + extra)
        )
        return series(
            site(scope("queue", "sales", service_level=level), scope("queue", "service", service_level=level))
        )

    first, second = counted(0), counted(more)
    rise = {
        part: sum(
            second[of(f"service_level_{part}_total", "queue", id)]
            - first[of(f"service_level_{part}_total", "queue", id)]
            for id in ("sales", "service")
        )
        for part in ("in_time", "counted")
    }
    assert rise == {"in_time": 2 * more, "counted": 4 * more}


def parsed(text: str) -> Iterable[str]:
    return itertools.chain.from_iterable(
        (sample.name for sample in family.samples) for family in text_string_to_metric_families(text)
    )


async def test_a_scrape_is_in_prometheus_own_format(web: Served) -> None:
    await web.feed.publish(site())
    async with web.client() as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    names = set(parsed(answer.text))
    assert {"balans_customers_waiting", "balans_handle_time_seconds_sum", "process_cpu_seconds_total"} <= names


async def test_openmetrics_is_given_to_who_asks(web: Served) -> None:
    await web.feed.publish(site())
    async with web.client() as client:
        answer = await client.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
    histogram = r'balans_handle_time_seconds_bucket\{id="sales",le="10\.0",scope="queue"\}'
    assert re.search(histogram, answer.text)
    assert not re.search(r"^[^#\n]+ # ", answer.text, re.MULTILINE), "no exemplars"


def test_values_are_numbers() -> None:
    assert all(math.isfinite(value) for value in series(site()).values())
