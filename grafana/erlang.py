"""Staffing by Erlang C, as recording rules: how many people a queue needs to answer in time.

PromQL cannot count from one to N, so the probability of waiting is Halfin and Whitt's limit of Erlang C
(Oper. Res. 29, 1981) and its safety margin is found by halving. The exact number is `monitor.erlang.agents_needed`: on
all that the tests try, the rules differ from it by one person at most. Erlang C knows no customer who gives up and is
therefore on the careful side.
"""

from __future__ import annotations

from monitor.measures import BY_KEY

STEPS = 7
WIDEST = 2.0
"""The first guess of the margin, in square roots of the load; halving reaches from 0 to twice this."""
RECORDED_BY = "site, scope, id"
LIVE = 'channel=~"voice|video|callback"'
SIDE_BY_SIDE = 'channel!~"voice|video|callback"'

LOAD = "queue:balans_load:erlangs"
PATIENCE = "queue:balans_staffing:patience"
MISSED = "queue:balans_staffing:may_miss"
NEEDED = "queue:balans_agents_needed:count"
NEEDED_BY_TEAM = "team:balans_agents_needed:sum"
STAFFED_BY_TEAM = "team:balans_agents_on_duty:sum"


def rules() -> str:
    """The file of recording rules."""
    most = BY_KEY["occupancy_ratio"].thresholds
    assert most is not None
    written = [
        (LOAD, _LOAD, "Work offered, in people who are busy all the time."),
        (PATIENCE, _PATIENCE, "T of the queue in handle times, times the square root of the load."),
        (MISSED, f"1 - max by ({RECORDED_BY}) (balans_queue_service_level_target)", ""),
        (margin(0), f"{PATIENCE} * 0 + {WIDEST}", "Margin in square roots of the load, halved towards the target."),
        *((margin(step), _halved(step), "") for step in range(1, STEPS + 1)),
        (NEEDED, _needed(most.good), "Live channels by Erlang C; written work by its load at a healthy occupancy."),
        (NEEDED_BY_TEAM, _BY_TEAM, ""),
        (STAFFED_BY_TEAM, _STAFFED, ""),
    ]
    return _HEAD + "".join(_rule(*rule) for rule in written)


_HEAD = """\
# Made by `python -m grafana.build` from grafana/erlang.py, which says how; do not edit by hand.
groups:
  - name: balans-capacity
    rules:
"""

_LOAD = (
    f'sum by ({RECORDED_BY}) (increase(balans_visits_offered_total{{scope="queue"}}[30m])) / 1800'
    " * scope:balans_handle_time_seconds:mean2h"
)
_PATIENCE = (
    f"max by ({RECORDED_BY}) (balans_queue_within_seconds and on ({RECORDED_BY}) balans_queue_info{{{LIVE}}})"
    f" * sqrt({LOAD} > 0) / scope:balans_handle_time_seconds:mean2h"
)
_BY_TEAM = f"sum by (site, team) ({NEEDED} * on ({RECORDED_BY}) group_left (team) balans_queue_info)"
_STAFFED = 'sum by (site, team) (label_replace(balans_agents_on_duty{scope="team"}, "team", "$1", "id", "(.*)"))'


def margin(step: int) -> str:
    """The recorded margin after so many halvings."""
    return f"queue:balans_staffing:margin{step}"


def _halved(step: int) -> str:
    """Up when too many would wait too long, else down. The normal distribution by its logistic approximation."""
    b = margin(step - 1)
    spare = f"{b} * 2.5066 * exp({b} ^ 2 / 2) / (1 + exp(-1.5976 * {b} - 0.07056 * {b} ^ 3))"
    return f"{b} + {WIDEST / 2**step} * sgn(exp(-{b} * {PATIENCE}) / (1 + {spare}) - {MISSED})"


def _needed(healthy: float) -> str:
    by_erlang = f"ceil({LOAD} + {margin(STEPS)} * sqrt({LOAD}))"
    at_once = f"(scope:balans_concurrency:ratio2h >= 1 or {LOAD} * 0 + 1)"
    written = f"{LOAD} and on ({RECORDED_BY}) balans_queue_info{{{SIDE_BY_SIDE}}}"
    return f"{by_erlang} or ceil(({written}) / {at_once} / {healthy:g})"


def _rule(record: str, expression: str, says: str) -> str:
    comment = f"      # {says}\n" if says else ""
    return f"{comment}      - record: {record}\n        expr: >-\n          {expression}\n"
