"""Operations now: what a floor leader needs within two seconds, and where it comes from."""

from __future__ import annotations

from grafana import queries as q
from grafana.dashboard import Dashboard, Row
from grafana.panels import Panel, Query, by_label, of_measure
from monitor.events import AGENT_STATES
from monitor.measures import BY_KEY, Text

NOBODY_WAITS = Text("Nobody waits", "Niemand wacht")
WAITS = "The longest wait is absent while nobody waits."
FEW = "Shares of fewer than ten are left out."
SMALL = "Pace of a group of fewer than five people on duty is left out."
WHOLE_SITE = Text("whole site", "hele locatie")
STATES = {
    "available": Text("Available", "Beschikbaar"),
    "on_contact": Text("On contact", "In gesprek"),
    "wrap_up": Text("Wrap-up", "Nawerk"),
    "break": Text("Break", "Pauze"),
}
ID = by_label("id")


def _label(key: str) -> Text:
    return BY_KEY[key].label


HEADLINES = Row(
    Text("Now", "Nu"),
    (
        of_measure("waiting", "stat", Query(q.waiting(q.QUEUES)), width=4, height=5),
        of_measure(
            "longest_wait_seconds",
            "stat",
            Query(q.longest_wait(q.QUEUES), may_be_empty=WAITS),
            width=4,
            height=5,
            empty=NOBODY_WAITS,
        ),
        of_measure("service_level_ratio", "stat", Query(q.service_level(q.QUEUES)), width=4, height=5),
        of_measure("abandoned_ratio", "stat", Query(q.abandoned(q.QUEUES)), width=4, height=5),
        of_measure(
            "occupancy_ratio",
            "stat",
            Query(q.occupancy(q.SITE)),
            width=4,
            height=5,
            title=Text("Occupancy, whole site", "Bezetting, hele locatie"),
        ),
        of_measure(
            "on_duty",
            "stat",
            Query(q.now("agents_on_duty", q.SITE)),
            width=4,
            height=5,
            title=Text("On duty, whole site", "Aan het werk, hele locatie"),
        ),
    ),
)

OVER_TIME = Row(
    Text("Over time", "In de tijd"),
    (
        of_measure(
            "waiting",
            "timeseries",
            Query(q.waiting(q.QUEUES, "id"), ID),
            title=Text("Waiting", "Wachtend"),
            stacked=True,
        ),
        of_measure("service_level_ratio", "timeseries", Query(q.service_level(q.QUEUES, "id"), ID, may_be_empty=FEW)),
        Panel(
            "timeseries",
            Text("People by state, whole site", "Mensen per toestand, hele locatie"),
            (
                Query(
                    'sum by (state) (balans_agents{site=~"$site", scope="site", state!="offline"})',
                    by_label("state"),
                ),
            ),
            stacked=True,
            description=Text("Who serves several queues counts once.", "Wie meer wachtrijen doet, telt één keer."),
        ),
    ),
)


def _agents(state: str, where: str) -> Query:
    return Query(q.now("agents", f'{where}, state="{state}"', "id"), STATES[state], "short")


def _flow(where: str) -> tuple[Query, ...]:
    """What is offered, and how soon it is answered, by id."""
    return (
        Query(q.waiting(where, "id"), _label("waiting"), "short"),
        Query(q.service_level(where, "id"), _label("service_level_ratio"), "percentunit", FEW),
        Query(q.abandoned(where, "id"), _label("abandoned_ratio"), "percentunit", FEW),
        Query(
            q.mean("speed_of_answer_seconds", where, "id"),
            _label("speed_of_answer_seconds"),
            "s",
            "Nobody was answered in the window.",
        ),
        Query(q.rise("visits_offered_total", where, "id"), Text("Offered", "Aangeboden"), "short"),
    )


TABLES = Row(
    Text("By queue, channel and team", "Per wachtrij, kanaal en team"),
    (
        Panel(
            "table",
            Text("Queues", "Wachtrijen"),
            (
                *_flow(q.QUEUES),
                Query(q.longest_wait(q.QUEUES, "id"), _label("longest_wait_seconds"), "s", WAITS),
                *(_agents(state, q.QUEUES) for state in STATES),
            ),
            width=24,
            height=10,
            description=Text(
                "People who serve several queues are counted in each of them.",
                "Wie meer wachtrijen doet, telt in elk daarvan mee.",
            ),
        ),
        Panel(
            "table",
            Text("Channels", "Kanalen"),
            _flow(q.CHANNELS),
            width=12,
            height=8,
            first_column=Text("Channel", "Kanaal"),
        ),
        Panel(
            "table",
            Text("Teams", "Teams"),
            (
                Query(q.now("agents_on_duty", q.TEAMS, "id"), _label("on_duty"), "short"),
                *(_agents(state, q.TEAMS) for state in STATES),
                Query(q.occupancy(q.TEAMS, "id"), _label("occupancy_ratio"), "percentunit", SMALL),
            ),
            width=12,
            height=8,
            first_column=Text("Team", "Team"),
        ),
    ),
)

assert set(STATES) <= set(AGENT_STATES)

OPERATIONS_NOW = Dashboard(
    "now",
    Text("Operations now", "Bedrijfsvoering nu"),
    Text(
        "Waiting, service level, abandonment and occupancy. Figures of the chosen queues are pooled.",
        "Wachten, serviceniveau, ophangen en bezetting. Cijfers van de gekozen wachtrijen zijn samengenomen.",
    ),
    (HEADLINES, OVER_TIME, TABLES),
    refresh="10s",
)
