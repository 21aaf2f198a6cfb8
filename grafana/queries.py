"""PromQL for the dashboards: sums are pooled over the chosen queues, ratios are made from the sums.

A percentage of fewer than ten is left out, as on every screen. Windows are the dashboard's `$window`.
"""

from __future__ import annotations

from monitor.small_numbers import SHOW_FROM

SITE = 'site=~"$site", scope="site"'
QUEUES = 'site=~"$site", scope="queue", id=~"$queue"'
TEAMS = 'site=~"$site", scope="team", id=~"$team"'
CHANNELS = 'site=~"$site", scope="channel", id=~"$channel"'
LINES = 'site=~"$site", scope="line"'
WINDOW = "$window"

LIVE_CHANNELS = 'balans_queue_info{site=~"$site", channel!~"mail|social"}'
"""Where a customer waits for somebody now; written work can wait its turn."""


def rise(metric: str, where: str, by: str = "", window: str = WINDOW, offset: str = "") -> str:
    """How much a counter rose in the window, pooled; one series for each `by`."""
    back = f" offset {offset}" if offset else ""
    return f"sum{_by(by)}(increase(balans_{metric}{{{where}}}[{window}]{back}))"


def over(part: str, whole: str) -> str:
    """A quotient of two sums."""
    return f"({part}) / ({whole})"


def share(part: str, whole: str, where: str, by: str = "", window: str = WINDOW, offset: str = "") -> str:
    """A pooled share of two counters, left out where it is of too few."""
    return of_enough(rise(part, where, by, window, offset), rise(whole, where, by, window, offset))


def of_enough(part: str, whole: str) -> str:
    """A share of two sums, left out where the whole is too small to say anything."""
    return f"({part}) / (({whole}) >= {SHOW_FROM})"


def mean(durations: str, where: str, by: str = "", window: str = WINDOW, offset: str = "") -> str:
    """The pooled mean of a summary; without a sample there is none."""
    counted = rise(f"{durations}_count", where, by, window, offset)
    return over(rise(f"{durations}_sum", where, by, window, offset), f"{counted} > 0")


def service_level(where: str, by: str = "", window: str = WINDOW, offset: str = "") -> str:
    """In time among those answered or given up, short abandons left out."""
    return share("service_level_in_time_total", "service_level_counted_total", where, by, window, offset)


def abandoned(where: str, by: str = "", window: str = WINDOW, offset: str = "") -> str:
    """Given up among those offered, short abandons left out of both."""
    short = rise("visits_short_abandoned_total", where, by, window, offset)
    part = f"{rise('visits_abandoned_total', where, by, window, offset)} - {short}"
    return of_enough(part, f"{rise('visits_offered_total', where, by, window, offset)} - {short}")


def occupancy(where: str, by: str = "", window: str = WINDOW) -> str:
    """Time handling in the time on duty and not away."""
    handling = rise("occupancy_handling_seconds_total", where, by, window)
    return over(handling, f"{rise('occupancy_staffed_seconds_total', where, by, window)} > 0")


def helped(where: str, by: str = "", window: str = WINDOW, offset: str = "") -> str:
    """Who did not come straight back."""
    return f"1 - {share('came_straight_back_total', 'came_straight_back_counted_total', where, by, window, offset)}"


def satisfied(where: str, by: str = "", window: str = WINDOW, offset: str = "") -> str:
    """Positive marks."""
    return share("marks_positive_total", "marks_total", where, by, window, offset)


def pace(where: str, by: str = "") -> str:
    """Handle time today beside what today's mix takes: 1 is as expected."""
    expected = f"sum{_by(by)}(balans_expected_handle_time_seconds{{{where}}} * balans_handle_time_seconds_count)"
    return over(f"sum{_by(by)}(balans_handle_time_seconds_sum{{{where}}} and balans_expected_handle_time_seconds)",
                f"{expected} > 0")  # fmt: skip


def now(metric: str, where: str, by: str = "") -> str:
    """A gauge, added up."""
    return f"sum{_by(by)}(balans_{metric}{{{where}}})"


def waiting(where: str, by: str = "") -> str:
    """Those who wait for somebody now."""
    return f"{now('customers_waiting', where, by)} - {now('backlog', where, by)}"


def longest_wait(where: str, by: str = "") -> str:
    """How long the first in line has waited, written work left out."""
    began = f"balans_longest_wait_began_timestamp_seconds{{{where}}}"
    return f"max{_by(by)}(time() - ({began} and on (site, scope, id) {LIVE_CHANNELS}))"


def _by(labels: str) -> str:
    return f" by ({labels}) " if labels else ""
