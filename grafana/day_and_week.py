"""Day and week: today beside the same day last week, and the last seven days by the hour."""

from __future__ import annotations

from collections.abc import Callable

from grafana import queries as q
from grafana.dashboard import Dashboard, Row
from grafana.panels import Panel, Query, of_measure
from monitor.measures import Text

WEEK = "1w"
NOW, THEN = Text("Now", "Nu"), Text("A week ago", "Een week geleden")
DAYS = (
    Text("Today", "Vandaag"),
    Text("Yesterday", "Gisteren"),
    *(Text(f"{days} days ago", f"{days} dagen geleden") for days in range(2, 7)),
)
FEW = "Shares of fewer than ten are left out, and there may be no history of a week."


def _beside_last_week(now: str, then: str) -> tuple[Query, ...]:
    return Query(now, NOW, may_be_empty=FEW), Query(then, THEN, may_be_empty=FEW)


def _offered(window: str, offset: str = "") -> str:
    return q.rise("visits_offered_total", q.QUEUES, window=window, offset=offset)


COMPARED = Row(
    Text("Beside last week", "Naast vorige week"),
    (
        Panel(
            "timeseries",
            Text("Offered per half hour", "Aangeboden per halfuur"),
            _beside_last_week(_offered("30m"), _offered("30m", WEEK)),
            width=12,
            description=Text("Visits begun in the half hour before.", "Bezoeken in het halve uur ervoor begonnen."),
        ),
        of_measure(
            "service_level_ratio",
            "timeseries",
            *_beside_last_week(q.service_level(q.QUEUES), q.service_level(q.QUEUES, offset=WEEK)),
            width=12,
        ),
        of_measure(
            "abandoned_ratio",
            "timeseries",
            *_beside_last_week(q.abandoned(q.QUEUES), q.abandoned(q.QUEUES, offset=WEEK)),
            width=8,
        ),
        of_measure(
            "handle_time_seconds",
            "timeseries",
            *_beside_last_week(
                q.mean("handle_time_seconds", q.SITE), q.mean("handle_time_seconds", q.SITE, offset=WEEK)
            ),
            width=8,
            title=Text("Handle time, whole site", "Afhandeltijd, hele locatie"),
        ),
        of_measure(
            "helped_ratio",
            "timeseries",
            *_beside_last_week(q.helped(q.SITE, window="4h"), q.helped(q.SITE, window="4h", offset=WEEK)),
            width=8,
            title=Text("Helped in one go, whole site", "In één keer geholpen, hele locatie"),
        ),
    ),
)

MATTERS = Row(
    Text("The last 24 hours beside the same a week ago", "De laatste 24 uur naast dezelfde een week geleden"),
    (
        Panel(
            "stat",
            Text("Offered", "Aangeboden"),
            _beside_last_week(_offered("1d"), _offered("1d", WEEK)),
            height=5,
        ),
        of_measure(
            "service_level_ratio",
            "stat",
            *_beside_last_week(
                q.service_level(q.QUEUES, window="1d"), q.service_level(q.QUEUES, window="1d", offset=WEEK)
            ),
            height=5,
        ),
        of_measure(
            "abandoned_ratio",
            "stat",
            *_beside_last_week(q.abandoned(q.QUEUES, window="1d"), q.abandoned(q.QUEUES, window="1d", offset=WEEK)),
            height=5,
        ),
    ),
)


def _by_hour(asked: Callable[[str], str]) -> tuple[Query, ...]:
    """Seven rows, one a day; the columns are the hours of the dashboard's range."""
    offsets = [f"{days}d" if days else "" for days in range(len(DAYS))]
    return tuple(Query(asked(offset), day, may_be_empty=FEW) for offset, day in zip(offsets, DAYS, strict=True))


def _level(offset: str) -> str:
    return q.service_level(q.QUEUES, window="1h", offset=offset)


HEAT = Row(
    Text("By the hour, seven days under one another", "Per uur, zeven dagen onder elkaar"),
    (
        Panel(
            "status-history",
            Text("Offered per hour", "Aangeboden per uur"),
            _by_hour(lambda offset: _offered("1h", offset)),
            width=24,
            height=9,
            interval="1h",
            description=Text(
                "Each row is a day, moved by whole days of 24 hours: on the day the clock changes it is an hour off.",
                "Elke regel is een dag, per 24 uur verschoven: op de dag dat de klok verzet wordt scheelt het een uur.",
            ),
        ),
        of_measure(
            "service_level_ratio",
            "status-history",
            *_by_hour(_level),
            width=24,
            height=9,
            interval="1h",
            title=Text("Service level per hour", "Serviceniveau per uur"),
        ),
    ),
)

DAY_AND_WEEK = Dashboard(
    "week",
    Text("Day and week", "Dag en week"),
    Text(
        "Today beside last week, and where in the day it is busy.",
        "Vandaag naast vorige week, en waar op de dag het druk is.",
    ),
    (COMPARED, MATTERS, HEAT),
    since="now-24h",
    window="1h",
    refresh="5m",
)
