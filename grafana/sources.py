"""Sources and pipeline: is everything heard, booked and shown?"""

from __future__ import annotations

from grafana.dashboard import Dashboard, Row
from grafana.panels import ACT, GOOD, Panel, Query, by_label
from monitor.measures import Text

AT = '{site=~"$site"}'
SOURCE = by_label("source")
UP = (("1", Text("Heard", "Gehoord"), GOOD), ("0", Text("Silent", "Stil"), ACT))
ADDS_UP = (("1", Text("Adds up", "Klopt"), GOOD), ("0", Text("Does not add up", "Klopt niet"), ACT))
NOBODY = Text("Nobody looks", "Niemand kijkt")
NONE_REFUSED = "Nothing was refused."
NO_WEBHOOK = "No webhook is configured."
NOBODY_LOOKS = "Nobody looks at a board."

STANDING = Row(
    Text("Now", "Nu"),
    (
        Panel(
            "stat",
            Text("Sources heard", "Bronnen gehoord"),
            (
                Query(f"sum(balans_source_up{AT})", Text("heard", "gehoord")),
                Query(f"count(balans_source_up{AT})", Text("configured", "ingesteld")),
            ),
            width=5,
            height=5,
        ),
        Panel(
            "stat",
            Text("Age of the figures", "Leeftijd van de cijfers"),
            (Query(f"max(time() - balans_figures_timestamp_seconds{AT})"),),
            unit="s",
            width=5,
            height=5,
            lines=((None, GOOD), (20.0, ACT)),
            description=Text(
                "Of the newest picture that Prometheus has.", "Van het nieuwste beeld dat Prometheus heeft."
            ),
        ),
        Panel(
            "stat",
            Text("Behind", "Achterstand"),
            (Query(f"max(balans_events_behind_seconds{AT})"),),
            unit="s",
            width=5,
            height=5,
            lines=((None, GOOD), (30.0, ACT)),
            description=Text(
                "Age of the newest event when it was booked.", "Leeftijd van de nieuwste gebeurtenis bij het boeken."
            ),
        ),
        Panel(
            "stat",
            Text("Bookkeeping", "Boekhouding"),
            (Query(f"min(balans_conservation{AT})"),),
            width=5,
            height=5,
            words=ADDS_UP,
            description=Text(
                "Offered is answered, abandoned, left and waiting together.",
                "Aangeboden is beantwoord, opgehangen, vertrokken en wachtend samen.",
            ),
        ),
        Panel(
            "stat",
            Text("Version", "Versie"),
            (Query(f"sum by (version) (balans_build_info{AT})", by_label("version")),),
            width=4,
            height=5,
            description=Text("How many run of each version.", "Hoeveel er van elke versie draaien."),
        ),
    ),
)

SOURCES = Row(
    Text("Sources", "Bronnen"),
    (
        Panel(
            "state-timeline",
            Text("Heard or silent", "Gehoord of stil"),
            (Query(f"min by (source) (balans_source_up{AT})", SOURCE),),
            words=UP,
        ),
        Panel(
            "timeseries",
            Text("Since the last word", "Sinds het laatste woord"),
            (Query(f"max by (source) (time() - balans_source_last_heard_timestamp_seconds{AT})", SOURCE),),
            unit="s",
        ),
        Panel(
            "timeseries",
            Text("Events per second", "Gebeurtenissen per seconde"),
            (Query(f"sum by (source) (rate(balans_source_events_total{AT}[$window]))", SOURCE),),
            unit="reqps",
        ),
    ),
)

EVENTS = Row(
    Text("Events", "Gebeurtenissen"),
    (
        Panel(
            "timeseries",
            Text("Read and booked per second", "Gelezen en geboekt per seconde"),
            (
                Query(f"sum(rate(balans_events_read_total{AT}[$window]))", Text("read", "gelezen")),
                Query(f"sum(rate(balans_events_applied_total{AT}[$window]))", Text("booked", "geboekt")),
            ),
            unit="reqps",
        ),
        Panel(
            "timeseries",
            Text("Rejected, by reason", "Geweigerd, naar reden"),
            (
                Query(
                    f"sum by (reason) (increase(balans_events_rejected_total{AT}[$window]))",
                    by_label("reason"),
                    may_be_empty=NONE_REFUSED,
                ),
            ),
            empty=Text("Nothing was refused", "Niets geweigerd"),
        ),
        Panel(
            "timeseries",
            Text("Late, out of order, reconciled", "Laat, uit volgorde, rechtgezet"),
            (
                Query(f"sum(increase(balans_events_late_total{AT}[$window]))", Text("late", "laat")),
                Query(
                    f"sum(increase(balans_events_out_of_order_total{AT}[$window]))",
                    Text("out of order", "uit volgorde"),
                ),
                Query(f"sum(increase(balans_events_reconciled_total{AT}[$window]))", Text("reconciled", "rechtgezet")),
            ),
        ),
    ),
)

WAITING = Row(
    Text("On the way", "Onderweg"),
    (
        Panel(
            "timeseries",
            Text("Events in outboxes", "Gebeurtenissen in de uitgaande bakken"),
            (Query(f"sum(balans_events_waiting{AT})", Text("waiting", "wachtend")),),
            description=Text(
                "What collectors keep on their disks until the monitor has journalled it.",
                "Wat verzamelaars op schijf bewaren tot de monitor het in het journaal heeft.",
            ),
        ),
        Panel(
            "timeseries",
            Text("Behind, and the journal's delay", "Achterstand, en vertraging van het journaal"),
            (
                Query(f"max(balans_figures_behind_seconds{AT})", Text("figures behind", "achterstand cijfers")),
                Query(f"max(balans_journal_delay_seconds{AT})", Text("journal", "journaal")),
            ),
            unit="s",
        ),
        Panel(
            "timeseries",
            Text("Alerts of Balans itself", "Meldingen van Balans zelf"),
            (
                Query(f"sum by (severity) (balans_alerts{AT})", by_label("severity")),
                Query(
                    'sum(increase(balans_alert_deliveries_total{site=~"$site", outcome="dropped"}[$window]))',
                    Text("not delivered", "niet afgeleverd"),
                    may_be_empty=NO_WEBHOOK,
                ),
            ),
        ),
    ),
)

SHOWING = Row(
    Text("Showing", "Tonen"),
    (
        Panel(
            "timeseries",
            Text("Viewers, by board", "Kijkers, per bord"),
            (Query(f"sum by (board) (balans_viewers{AT})", by_label("board"), may_be_empty=NOBODY_LOOKS),),
            empty=NOBODY,
        ),
        Panel(
            "timeseries",
            Text("Boards made and messages encoded per second", "Borden gemaakt en berichten gecodeerd per seconde"),
            (
                Query(f"sum(rate(balans_boards_computed_total{AT}[$window]))", Text("boards", "borden")),
                Query(f"sum(rate(balans_board_messages_encoded_total{AT}[$window]))", Text("messages", "berichten")),
            ),
            unit="reqps",
        ),
        Panel(
            "timeseries",
            Text("Viewers overtaken, resynchronised, refused", "Kijkers ingehaald, opnieuw gelijkgezet, geweigerd"),
            (
                Query(f"sum(increase(balans_viewers_overtaken_total{AT}[$window]))", Text("overtaken", "ingehaald")),
                Query(
                    f"sum(increase(balans_viewers_resynchronised_total{AT}[$window]))",
                    Text("resynchronised", "opnieuw gelijkgezet"),
                ),
                Query(f"sum(increase(balans_viewers_refused_total{AT}[$window]))", Text("refused", "geweigerd")),
            ),
        ),
    ),
)

PROCESS = Row(
    Text("The process", "Het proces"),
    (
        Panel(
            "timeseries",
            Text("Processor", "Processor"),
            (
                Query(
                    'rate(process_cpu_seconds_total{site=~"$site", job="balans"}[$window])',
                    by_label("instance"),
                ),
            ),
            unit="percentunit",
            description=Text("Of one core.", "Van één kern."),
        ),
        Panel(
            "timeseries",
            Text("Memory", "Geheugen"),
            (Query('process_resident_memory_bytes{site=~"$site", job="balans"}', by_label("instance")),),
            unit="bytes",
        ),
        Panel(
            "timeseries",
            Text("Scrapes", "Metingen door Prometheus"),
            (Query('scrape_duration_seconds{site=~"$site", job="balans"}', by_label("instance")),),
            unit="s",
            description=Text(
                "How long Prometheus takes to read the metrics.", "Hoe lang Prometheus over het lezen doet."
            ),
        ),
    ),
)

SOURCES_AND_PIPELINE = Dashboard(
    "sources",
    Text("Sources and pipeline", "Bronnen en verwerking"),
    Text(
        "Whether everything is heard, booked and shown; what was refused, and why.",
        "Of alles is gehoord, geboekt en getoond; wat is geweigerd, en waarom.",
    ),
    (STANDING, SOURCES, EVENTS, WAITING, SHOWING, PROCESS),
    window="15m",
    refresh="10s",
)
