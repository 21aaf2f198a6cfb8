"""The table of measures: every KPI is one row here.

The board, `/metrics`, the documents, the TypeScript types and the dashboards' check all read this table.
Texts are in Dutch and English. Formulas are those of `docs/metrics.md`; thresholds are defaults that the
configuration may change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["count", "seconds", "minutes", "ratio", "per_agent"]
Better = Literal["higher", "lower", "band", "none"]


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    en: str
    nl: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a figure's band changes. `higher`: good at or above `good`, act below `act`. `lower`: good below
    `good`, act above `act`. `band`: idle below `idle`, good up to `good`, watch up to `act`, act above it."""

    good: float
    act: float
    idle: float | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One KPI. `formula` uses the words of the table; `percentage` measures obey the small-number rules
    (nothing shown under n = 10, with their interval under n = 30)."""

    key: str
    unit: Unit
    better: Better
    label: Text
    help: Text
    formula: Text
    thresholds: Thresholds | None = None
    percentage: bool = False


MEASURES: tuple[Measure, ...] = (
    Measure(
        "waiting",
        "count",
        "none",
        Text("Customers waiting", "Wachtende klanten"),
        Text(
            "Customers who have joined a queue and are neither answered nor gone.",
            "Klanten die in een wachtrij staan en nog niet zijn geholpen of vertrokken.",
        ),
        Text(
            "visits begun - answered - abandoned - left otherwise",
            "bezoeken begonnen - beantwoord - opgehangen - anders vertrokken",
        ),
    ),
    Measure(
        "longest_wait_seconds",
        "seconds",
        "none",
        Text("Longest wait", "Langste wachttijd"),
        Text("How long the first in line has waited.", "Hoe lang de langst wachtende klant wacht."),
        Text("now - earliest begin among those waiting", "nu - vroegste begin onder de wachtenden"),
    ),
    Measure(
        "service_level_ratio",
        "ratio",
        "higher",
        Text("Service level", "Serviceniveau"),
        Text(
            "Of the customers who were answered or gave up, the share that was answered in time.",
            "Van de klanten die zijn geholpen of ophingen: het deel dat op tijd is geholpen.",
        ),
        Text(
            "answered within T / (answered + abandoned - short abandons)",
            "beantwoord binnen T / (beantwoord + opgehangen - snel opgehangen)",
        ),
        Thresholds(good=0.80, act=0.60),
        percentage=True,
    ),
    Measure(
        "speed_of_answer_seconds",
        "seconds",
        "lower",
        Text("Speed of answer", "Wachttijd tot antwoord"),
        Text(
            "Mean wait of those who were answered, ringing included.",
            "Gemiddelde wachttijd van wie is geholpen, overgaan inbegrepen.",
        ),
        Text("sum of answered waits / answered", "som van wachttijden / beantwoord"),
    ),
    Measure(
        "abandoned_ratio",
        "ratio",
        "lower",
        Text("Gave up waiting", "Opgehangen in de wachtrij"),
        Text(
            "Share of the customers who gave up, short abandons left out.",
            "Deel van de klanten dat ophing; snel ophangen telt niet mee.",
        ),
        Text("(abandoned - short) / (offered - short)", "(opgehangen - snel) / (aangeboden - snel)"),
        Thresholds(good=0.05, act=0.10),
        percentage=True,
    ),
    Measure(
        "handle_time_seconds",
        "seconds",
        "none",
        Text("Handle time", "Afhandeltijd"),
        Text(
            "Talk, hold and wrap-up together, beside what this mix of questions takes. A band, never a target.",
            "Gesprek, wachtstand en nawerk samen, naast wat deze mix vraagt. Een bandbreedte, nooit een doel.",
        ),
        Text("sum of (talk + hold + wrap-up) / handled", "som van (gesprek + wachtstand + nawerk) / afgehandeld"),
    ),
    Measure(
        "talk_seconds",
        "seconds",
        "none",
        Text("Conversation", "Gespreksduur"),
        Text("Length of the conversation, hold included.", "Duur van het gesprek, wachtstand inbegrepen."),
        Text("sum of conversations / ended", "som van gesprekken / beëindigd"),
    ),
    Measure(
        "occupancy_ratio",
        "ratio",
        "band",
        Text("Occupancy", "Bezetting"),
        Text(
            "Share of time on duty spent helping customers. Breaks and other work are outside it.",
            "Deel van de beschikbare tijd dat aan klanten wordt besteed. Pauzes en ander werk tellen niet mee.",
        ),
        Text("handling / (handling + available)", "bezig / (bezig + beschikbaar)"),
        Thresholds(good=0.85, act=0.90, idle=0.65),
    ),
    Measure(
        "on_duty",
        "count",
        "none",
        Text("People on duty", "Mensen aan het werk"),
        Text(
            "People who are signed in: helping, free, wrapping up, at other work or on a break.",
            "Mensen die zijn aangemeld: in gesprek, vrij, in nawerk, met ander werk of met pauze.",
        ),
        Text("agents neither offline nor unknown", "medewerkers die niet afwezig of onbekend zijn"),
    ),
    Measure(
        "concurrency",
        "per_agent",
        "none",
        Text("At once", "Tegelijk"),
        Text("How many digital contacts are handled side by side.", "Hoeveel digitale contacten naast elkaar lopen."),
        Text("sum of contact time / union of contact time", "som van contacttijd / vereniging van contacttijd"),
    ),
    Measure(
        "helped_ratio",
        "ratio",
        "higher",
        Text("Helped in one go", "In één keer geholpen"),
        Text(
            "Customers who were answered and did not come straight back within ten minutes.",
            "Klanten die zijn geholpen en niet binnen tien minuten terugkwamen.",
        ),
        Text(
            "1 - came straight back / answered of known customers",
            "1 - direct teruggekomen / beantwoord van bekende klanten",
        ),
        percentage=True,
    ),
    Measure(
        "balance_helped_ratio",
        "ratio",
        "higher",
        Text("Helped in one go", "In één keer geholpen"),
        Text(
            "Customers helped without being passed on and without coming back, as far as known, beside what was"
            " expected for the same questions. Within 3 percentage points is as expected.",
            "Klanten die zijn geholpen zonder doorverbinden en zonder terug te komen, voor zover bekend, naast wat bij"
            " dezelfde vragen te verwachten was. Binnen 3 procentpunt is zoals verwacht.",
        ),
        Text("1 - (passed on + came back) / contacts", "1 - (doorverbonden + teruggekomen) / contacten"),
        percentage=True,
    ),
    Measure(
        "balance_pace_seconds",
        "seconds",
        "none",
        Text("Pace", "Tempo"),
        Text(
            "How long a contact takes beside what the same questions usually take. Up to 10 % slower costs nothing;"
            " quicker earns nothing.",
            "Hoe lang een contact duurt naast wat dezelfde vragen gewoonlijk kosten. Tot 10 % langer kost niets;"
            " sneller levert niets op.",
        ),
        Text(
            "geometric mean of (talk + hold + wrap-up)",
            "meetkundig gemiddelde van (gesprek + wachtstand + nawerk)",
        ),
    ),
    Measure(
        "repeat_contact_ratio",
        "ratio",
        "lower",
        Text("Came back", "Teruggekomen"),
        Text(
            "Answered visits whose customer came back within seven days on the same matter.",
            "Geholpen klanten die binnen zeven dagen over hetzelfde terugkwamen.",
        ),
        Text("came back / answered of known customers", "teruggekomen / beantwoord van bekende klanten"),
        percentage=True,
    ),
    Measure(
        "satisfaction_ratio",
        "ratio",
        "higher",
        Text("Satisfied", "Tevreden"),
        Text(
            "Positive marks among all marks that customers gave.", "Positieve oordelen onder alle oordelen van klanten."
        ),
        Text("positive / answers", "positief / antwoorden"),
        percentage=True,
    ),
    Measure(
        "review_ratio",
        "ratio",
        "higher",
        Text("Quality review", "Kwaliteitsbeoordeling"),
        Text("Weighted points reached in quality reviews.", "Behaalde gewogen punten in kwaliteitsbeoordelingen."),
        Text("weighted points / applicable points", "gewogen punten / toepasselijke punten"),
        percentage=True,
    ),
    Measure(
        "transfer_ratio",
        "ratio",
        "none",
        Text("Passed on", "Doorverbonden"),
        Text(
            "Answered visits that were passed on. A right transfer is no fault.",
            "Geholpen klanten die zijn doorverbonden. Terecht doorverbinden is geen fout.",
        ),
        Text("transfers / answered", "doorverbonden / beantwoord"),
        percentage=True,
    ),
    Measure(
        "bounced_ratio",
        "ratio",
        "lower",
        Text("Passed on again", "Opnieuw doorverbonden"),
        Text(
            "Transfers that were sent back or on within a day.",
            "Doorverbindingen die binnen een dag terug of verder gingen.",
        ),
        Text("transfers sent back or on / transfers", "terug of verder doorverbonden / doorverbonden"),
        percentage=True,
    ),
    Measure(
        "first_response_seconds",
        "seconds",
        "lower",
        Text("First response", "Eerste reactie"),
        Text(
            "Until an agent's first human reply, in calendar time.",
            "Tot de eerste menselijke reactie, in kalendertijd.",
        ),
        Text("sum of first responses / responded", "som van eerste reacties / gereageerd"),
    ),
    Measure(
        "first_response_open_seconds",
        "seconds",
        "lower",
        Text("First response, open hours", "Eerste reactie, openingstijd"),
        Text(
            "Until an agent's first human reply, counted in opening hours only.",
            "Tot de eerste menselijke reactie, alleen geteld tijdens openingstijd.",
        ),
        Text(
            "sum of first responses in opening hours / responded",
            "som van eerste reacties in openingstijd / gereageerd",
        ),
    ),
    Measure(
        "backlog",
        "count",
        "none",
        Text("Still to answer", "Nog te beantwoorden"),
        Text("Written work that nobody has answered yet.", "Schriftelijk werk dat nog niemand heeft beantwoord."),
        Text("mail and social offered - answered - left", "mail en social aangeboden - beantwoord - vertrokken"),
    ),
    Measure(
        "oldest_backlog_open_seconds",
        "seconds",
        "none",
        Text("Oldest, open hours", "Oudste, openingstijd"),
        Text(
            "How much of the wait of the oldest unanswered message was in opening hours.",
            "Hoeveel van de wachttijd van het oudste onbeantwoorde bericht in openingstijd viel.",
        ),
        Text("opening hours between its arrival and now", "openingstijd tussen binnenkomst en nu"),
    ),
    Measure(
        "compliments",
        "count",
        "none",
        Text("Compliments", "Complimenten"),
        Text("Thanks that customers gave.", "Bedankjes van klanten."),
        Text("compliments recorded", "vastgelegde complimenten"),
    ),
    Measure(
        "waiting_per_agent",
        "per_agent",
        "none",
        Text("Waiting per agent", "Wachtenden per medewerker"),
        Text(
            "Work offered to each person on duty. It says something about load, never about people.",
            "Aangeboden werk per dienstdoende. Het zegt iets over de drukte, nooit over mensen.",
        ),
        Text("waiting / agents on duty", "wachtend / dienstdoende medewerkers"),
    ),
    Measure(
        "minutes_since_break",
        "minutes",
        "none",
        Text("Since a break", "Sinds een pauze"),
        Text(
            "Half of the people on duty have worked longer than this since their last break. Shown for five or more.",
            "De helft van de mensen aan het werk werkt al langer dan dit sinds hun laatste pauze. Vanaf vijf mensen.",
        ),
        Text(
            "median of (now - end of the last break or sign-in) of those on duty",
            "mediaan van (nu - einde van de laatste pauze of aanmelding) van wie aan het werk is",
        ),
    ),
    Measure(
        "minutes_above_occupancy",
        "minutes",
        "none",
        Text("Too busy today", "Te druk vandaag"),
        Text(
            "Minutes of today in quarters of an hour with more than 90 % of the time spent with customers.",
            "Minuten van vandaag in kwartieren waarin meer dan 90 % van de tijd naar klanten ging.",
        ),
        Text(
            "minutes in quarters of an hour with occupancy above 0.90",
            "minuten in kwartieren met een bezetting boven 0,90",
        ),
    ),
)

BY_KEY: dict[str, Measure] = {measure.key: measure for measure in MEASURES}
