"""Capacity: arrivals, handle time, and the people needed beside those on duty."""

from __future__ import annotations

from grafana import erlang
from grafana import queries as q
from grafana.dashboard import Dashboard, Row
from grafana.panels import Panel, Query, by_label, of_measure
from monitor.measures import BY_KEY, Text

SMALL = "Without a handle time no need can be said: groups of fewer than five people on duty do not show theirs."
ID = by_label("id")
TEAM = by_label("team")
NEEDED, ON_DUTY = Text("Needed", "Nodig"), BY_KEY["on_duty"].label
LOAD = Text("Load (Erlang)", "Belasting (Erlang)")
AT_TEAM = 'site=~"$site", team=~"$team"'
HOW = Text(
    "Live channels by Erlang C for the queue's own target; written work by its load at 85 % occupancy. Queues are "
    "added up as if nobody could help at another: an upper bound.",
    "Gesprekken met Erlang C voor het doel van de wachtrij; schriftelijk werk naar belasting bij 85 % bezetting. "
    "Wachtrijen zijn opgeteld alsof niemand elders kan helpen: een bovengrens.",
)

STAFFING = Row(
    Text("Needed beside on duty", "Nodig naast aanwezig"),
    (
        Panel(
            "timeseries",
            Text("Needed, by team", "Nodig, per team"),
            (Query(f"{erlang.NEEDED_BY_TEAM}{{{AT_TEAM}}}", TEAM, may_be_empty=SMALL),),
            description=HOW,
        ),
        Panel(
            "timeseries",
            Text("On duty, by team", "Aan het werk, per team"),
            (Query(f"{erlang.STAFFED_BY_TEAM}{{{AT_TEAM}}}", TEAM),),
            description=BY_KEY["on_duty"].help,
        ),
        Panel(
            "timeseries",
            Text("More on duty than needed, by team", "Meer aan het werk dan nodig, per team"),
            (
                Query(
                    f"{erlang.STAFFED_BY_TEAM}{{{AT_TEAM}}} - {erlang.NEEDED_BY_TEAM}{{{AT_TEAM}}}",
                    TEAM,
                    may_be_empty=SMALL,
                ),
            ),
            description=Text("Below zero there are too few.", "Onder nul zijn het er te weinig."),
        ),
    ),
)

WORK = Row(
    Text("Work offered", "Aangeboden werk"),
    (
        Panel(
            "timeseries",
            Text("Arrivals per half hour", "Instroom per halfuur"),
            (Query(q.rise("visits_offered_total", q.QUEUES, "id", "30m"), ID),),
            stacked=True,
        ),
        of_measure(
            "handle_time_seconds",
            "timeseries",
            Query(q.mean("handle_time_seconds", q.QUEUES, "id", "2h"), ID, may_be_empty=SMALL),
        ),
        Panel(
            "timeseries",
            LOAD,
            (Query(f"{erlang.LOAD}{{{q.QUEUES}}}", ID, may_be_empty=SMALL),),
            stacked=True,
            description=Text("Arrivals per second x handle time.", "Instroom per seconde x afhandeltijd."),
        ),
    ),
)

BY_QUEUE = Row(
    Text("By queue", "Per wachtrij"),
    (
        Panel(
            "table",
            Text("Queues", "Wachtrijen"),
            (
                Query(
                    q.rise("visits_offered_total", q.QUEUES, "id", "30m"), Text("Per half hour", "Per halfuur"), "short"
                ),
                Query(
                    q.mean("handle_time_seconds", q.QUEUES, "id", "2h"), BY_KEY["handle_time_seconds"].label, "s", SMALL
                ),
                Query(f"sum by (id) ({erlang.LOAD}{{{q.QUEUES}}})", LOAD, "none", SMALL),
                Query(q.now("queue_service_level_target", q.QUEUES, "id"), Text("Target", "Doel"), "percentunit"),
                Query(q.now("queue_within_seconds", q.QUEUES, "id"), Text("Within", "Binnen"), "s"),
                Query(f"sum by (id) ({erlang.NEEDED}{{{q.QUEUES}}})", NEEDED, "short", SMALL),
                Query(q.now("agents_on_duty", q.QUEUES, "id"), ON_DUTY, "short"),
            ),
            width=24,
            height=10,
            description=HOW,
        ),
    ),
)

CAPACITY = Dashboard(
    "capacity",
    Text("Capacity", "Capaciteit"),
    Text(
        "How much work comes, how long it takes, and how many people that needs.",
        "Hoeveel werk er komt, hoe lang het duurt en hoeveel mensen daarvoor nodig zijn.",
    ),
    (STAFFING, WORK, BY_QUEUE),
    since="now-12h",
    refresh="1m",
)
