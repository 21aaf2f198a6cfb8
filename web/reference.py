"""Writes docs/metrics.md from the table of measures and the table of exports: `python -m web.reference`."""

from __future__ import annotations

from pathlib import Path

from monitor.measures import MEASURES, Measure
from monitor.small_numbers import CONTACTS_NEEDED, INTERVAL_UNDER, PEOPLE_NEEDED, SHOW_FROM
from web.exports import series_names

DOCUMENT = Path(__file__).parents[1] / "docs" / "metrics.md"


def _increase(name: str) -> str:
    return f'sum(increase(balans_{name}{{scope="site"}}[30m]))'


def _over(part: str, whole: str) -> str:
    return f"{_increase(part)} / {_increase(whole)}"


PROMQL: dict[str, str] = {
    "waiting": 'balans_customers_waiting{scope="site"}',
    "longest_wait_seconds": 'time() - balans_longest_wait_began_timestamp_seconds{scope="site"}',
    "service_level_ratio": _over("service_level_in_time_total", "service_level_counted_total"),
    "speed_of_answer_seconds": _over("speed_of_answer_seconds_sum", "speed_of_answer_seconds_count"),
    "abandoned_ratio": (
        f"({_increase('visits_abandoned_total')} - {_increase('visits_short_abandoned_total')})"
        f" / ({_increase('visits_offered_total')} - {_increase('visits_short_abandoned_total')})"
    ),
    "handle_time_seconds": _over("handle_time_seconds_sum", "handle_time_seconds_count"),
    "talk_seconds": _over("talk_seconds_sum", "talk_seconds_count"),
    "occupancy_ratio": _over("occupancy_handling_seconds_total", "occupancy_staffed_seconds_total"),
    "on_duty": 'balans_agents_on_duty{scope="site"}',
    "concurrency": _over("concurrency_contact_seconds_total", "concurrency_busy_seconds_total"),
    "helped_ratio": f"1 - {_over('came_straight_back_total', 'came_straight_back_counted_total')}",
    "repeat_contact_ratio": _over("came_back_total", "came_back_counted_total"),
    "satisfaction_ratio": _over("marks_positive_total", "marks_total"),
    "review_ratio": _over("review_points_total", "review_points_applicable_total"),
    "transfer_ratio": _over("visits_transferred_total", "visits_transferable_total"),
    "bounced_ratio": _over("transfers_bounced_total", "transfers_total"),
    "first_response_seconds": _over("first_response_seconds_sum", "first_response_seconds_count"),
    "backlog": 'balans_backlog{scope="site"}',
    "compliments": _increase("compliments_total"),
    "waiting_per_agent": "balans_customers_waiting / balans_agents_on_duty",
}
"""Each measure that Prometheus can tell, in PromQL: of the whole site, for the last half hour where it needs one."""

NOT_EXPORTED = (
    "balance_helped_ratio",
    "balance_pace_seconds",
    "first_response_open_seconds",
    "oldest_backlog_open_seconds",
    "minutes_since_break",
    "minutes_above_occupancy",
)
"""Measures of the boards and of the API that Prometheus is not given."""

_HEAD = f"""\
# Measures and metrics

This page is made from the tables in the code by `python -m web.reference`; do not edit it by hand.

Numerators and denominators are kept, and sums are pooled: ratios and percentages are never averaged. "Cannot be
said" (`null`, no sample) is not zero. A percentage of fewer than {SHOW_FROM} is not shown; of fewer than \
{INTERVAL_UNDER} it carries its
Wilson 95 % interval. On a wall a figure of quality or pace needs {CONTACTS_NEEDED} contacts and {PEOPLE_NEEDED} \
people on duty; in the API and in
Prometheus the figures of pace and quality of a group with fewer than {PEOPLE_NEEDED} people on duty are left out,
and so are those of the next smallest group where a total would give them away.

## Measures

"""

_PROMETHEUS = """\
## In Prometheus

Scrape `/metrics`. Labels are `scope` (site, line, channel, queue, team) with `id`, and where named a state, a reason,
a source or a board; no label is a person. The channel, line and team of a queue are labels of `balans_queue_info`.
Always choose one `scope`: scopes overlap, so a sum over all of them counts everything several times. Counters count
the site's day and begin again at its midnight, which `rate` and `increase` take as a restart. A series that a small
group may not show is absent.

Waits and handle times are histograms with the same bounds on every scope, so that their quantiles can be pooled:
`histogram_quantile(0.9, sum by (le) (rate(balans_handle_time_seconds_bucket{scope="queue"}[1h])))`. A Prometheus with
`convert_classic_histograms_to_nhcb` keeps each as one native histogram. There are no exemplars: one would point at a
contact.

The measures that it can tell, in PromQL for the whole site; for one queue write `{scope="queue", id="sales"}` instead:

"""


def document() -> str:
    """The whole page."""
    return "\n".join(
        [
            _HEAD + "\n".join(_measure(measure) for measure in MEASURES),
            _PROMETHEUS + "| measure | PromQL |\n| --- | --- |",
            *(
                f"| `{measure.key}` | `{PROMQL[measure.key]}` |"
                for measure in MEASURES
                if measure.key not in NOT_EXPORTED
            ),
            "",
            "All of Balans' metrics (`process_*` comes besides):",
            "",
            "| metric | kind | labels | help |",
            "| --- | --- | --- | --- |",
            *(
                f"| `{name}` | {kind} | {', '.join(labels)} | {help} |"
                for name, (kind, labels, help) in series_names().items()
            ),
            "",
        ]
    )


def _measure(measure: Measure) -> str:
    lines = [
        f"### {measure.label.en} / {measure.label.nl}: `{measure.key}`",
        "",
        f"{measure.help.en}",
        "",
        f"- formula: {measure.formula.en}",
        f"- unit: {measure.unit.replace('_', ' ')}",
    ]
    if thresholds := _thresholds(measure):
        lines.append(f"- bands, by default: {thresholds}")
    return "\n".join([*lines, ""])


def _thresholds(measure: Measure) -> str:
    limits = measure.thresholds
    if limits is None:
        return ""
    if measure.better == "higher":
        return f"good from {limits.good:g}, act below {limits.act:g}, watch between"
    if measure.better == "lower":
        return f"good below {limits.good:g}, act above {limits.act:g}, watch between"
    return f"idle below {limits.idle:g}, good up to {limits.good:g}, watch up to {limits.act:g}, act above"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
