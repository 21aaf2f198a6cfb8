"""Quality and speed in balance: helped, satisfied, and pace beside the expected. Groups only, never a person."""

from __future__ import annotations

from grafana import queries as q
from grafana.dashboard import Dashboard, Row
from grafana.panels import TOO_LITTLE, Panel, Query, of_measure
from monitor.measures import BY_KEY, Text

SMALL = "Pace and quality of a group of fewer than five people on duty, and shares of fewer than ten, are left out."
UNEXPECTED = "Nothing is expected until thirty of every topic of the mix have been seen."
UNTOLD = "Only where the source tells of it; the simulated centre has no reviews."
PACE = Text("Pace against expected", "Tempo naast verwacht")
PACE_HELP = Text(
    "Handle time today beside what today's mix of questions takes: 100 % is as expected. A band, never a target.",
    "Afhandeltijd vandaag naast wat de vragen van vandaag vergen: 100 % is zoals verwacht. Een bandbreedte, geen doel.",
)


def _label(key: str) -> Text:
    return BY_KEY[key].label


SITE = Row(
    Text("Whole site", "Hele locatie"),
    (
        of_measure("helped_ratio", "stat", Query(q.helped(q.SITE)), width=4, height=5),
        of_measure("satisfaction_ratio", "stat", Query(q.satisfied(q.SITE)), width=4, height=5),
        of_measure("handle_time_seconds", "stat", Query(q.mean("handle_time_seconds", q.SITE)), width=4, height=5),
        Panel(
            "stat",
            PACE,
            (Query(q.pace(q.SITE), may_be_empty=UNEXPECTED),),
            unit="percentunit",
            description=PACE_HELP,
            width=4,
            height=5,
            empty=TOO_LITTLE,
        ),
        of_measure(
            "repeat_contact_ratio",
            "stat",
            Query(q.share("came_back_total", "came_back_counted_total", q.SITE)),
            width=4,
            height=5,
        ),
        of_measure("compliments", "stat", Query(q.rise("compliments_total", q.SITE)), width=4, height=5),
    ),
)

OVER_TIME = Row(
    Text("Over time", "In de tijd"),
    (
        Panel(
            "timeseries",
            Text("Quality", "Kwaliteit"),
            (
                Query(q.helped(q.SITE), _label("helped_ratio")),
                Query(q.satisfied(q.SITE), _label("satisfaction_ratio")),
            ),
            unit="percentunit",
            width=12,
            most=1.0,
            empty=TOO_LITTLE,
            description=Text("Shares of fewer than ten are left out.", "Delen van minder dan tien blijven weg."),
        ),
        Panel(
            "timeseries",
            Text("Speed", "Snelheid"),
            (
                Query(q.service_level(q.SITE), _label("service_level_ratio")),
                Query(q.pace(q.SITE), PACE, may_be_empty=UNEXPECTED),
            ),
            unit="percentunit",
            width=12,
            empty=TOO_LITTLE,
            description=PACE_HELP,
        ),
    ),
)


def _table(title: Text, where: str, column: Text, width: int) -> Panel:
    columns = (
        Query(q.helped(where, "id"), _label("helped_ratio"), "percentunit", SMALL),
        Query(q.satisfied(where, "id"), _label("satisfaction_ratio"), "percentunit", SMALL),
        Query(q.rise("marks_total", where, "id"), Text("Marks", "Oordelen"), "short", SMALL),
        Query(q.mean("handle_time_seconds", where, "id"), _label("handle_time_seconds"), "s", SMALL),
        Query(q.pace(where, "id"), PACE, "percentunit", SMALL),
        Query(
            q.share("visits_transferred_total", "visits_transferable_total", where, "id"),
            _label("transfer_ratio"),
            "percentunit",
            SMALL,
        ),
        Query(
            q.share("transfers_bounced_total", "transfers_total", where, "id"),
            _label("bounced_ratio"),
            "percentunit",
            SMALL,
        ),
        Query(
            q.share("review_points_total", "review_points_applicable_total", where, "id"),
            _label("review_ratio"),
            "percentunit",
            UNTOLD,
        ),
    )
    return Panel("table", title, columns, width=width, height=9, first_column=column, empty=TOO_LITTLE)


TABLES = Row(
    Text("By queue, line and channel", "Per wachtrij, lijn en kanaal"),
    (
        _table(Text("Queues", "Wachtrijen"), q.QUEUES, Text("Queue", "Wachtrij"), 24),
        _table(Text("Lines", "Lijnen"), q.LINES, Text("Line", "Lijn"), 24),
        _table(Text("Channels", "Kanalen"), q.CHANNELS, Text("Channel", "Kanaal"), 24),
    ),
)

RESPONSE = Row(
    Text("Answers and reach", "Antwoorden en dekking"),
    (
        Panel(
            "timeseries",
            Text("Response to surveys", "Respons op vragenlijsten"),
            (
                Query(
                    q.share("surveys_answered_total", "surveys_asked_total", q.SITE),
                    Text("Response", "Respons"),
                    may_be_empty=SMALL,
                ),
            ),
            unit="percentunit",
            most=1.0,
            empty=TOO_LITTLE,
        ),
        Panel(
            "timeseries",
            Text("Share of customers who are known", "Deel van de klanten dat bekend is"),
            (
                Query(
                    q.share("customers_known_total", "customers_counted_total", q.SITE),
                    Text("Known customers", "Bekende klanten"),
                ),
            ),
            unit="percentunit",
            most=1.0,
            empty=TOO_LITTLE,
            description=Text(
                "Only of known customers can be said whether they came back.",
                "Alleen van bekende klanten is te zeggen of ze terugkwamen.",
            ),
        ),
        Panel(
            "timeseries",
            Text("Still ripening", "Rijpt nog"),
            (Query(q.now("came_back_ripening", q.SITE), Text("Seven days not over", "Zeven dagen nog niet om")),),
            description=Text(
                "Answered visits whose seven days are not over: coming back can still rise.",
                "Geholpen klanten van wie de zeven dagen nog lopen: terugkomen kan nog stijgen.",
            ),
        ),
    ),
)

BALANCE = Dashboard(
    "balance",
    Text("Quality and speed in balance", "Kwaliteit en snelheid in balans"),
    Text(
        "Two sides of one picture: speed cannot lift quality. Groups of five people or more.",
        "Twee kanten van één beeld: snelheid maakt kwaliteit niet goed. Groepen van vijf mensen of meer.",
    ),
    (SITE, OVER_TIME, TABLES, RESPONSE),
    since="now-12h",
    window="4h",
    refresh="1m",
)
