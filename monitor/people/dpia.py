"""What a data protection impact assessment asks, answered from the running configuration: a beginning for the people
who write it, and for the works council (GDPR art. 35; Works Councils Act art. 27)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from monitor.measures import Text
from monitor.people.card import CARD, FORMULA, SINCE
from monitor.people.days import written
from monitor.people.retention import kinds
from monitor.settings import Settings
from monitor.small_numbers import CONTACTS_NEEDED, PEOPLE_NEEDED

MEASURED: tuple[Text, ...] = (
    Text(en="that an agent took a contact, and when", nl="dat een medewerker een contact aannam, en wanneer"),
    Text(
        en="how long it took, whether it was passed on, whether the customer came back, and the mark if there is one",
        nl="hoe lang het duurde, of er werd doorverbonden, of de klant terugkwam, en het cijfer als dat er is",
    ),
    Text(
        en="whether an agent is available, busy, on a break or signed off",
        nl="of een medewerker beschikbaar, bezig, met pauze of afgemeld is",
    ),
    Text(
        en="reviews by people, with their criteria; thanks of customers and leads",
        nl="beoordelingen door mensen, met hun criteria; bedankjes van klanten en leidinggevenden",
    ),
)
NEVER: tuple[Text, ...] = (
    Text(en="idle time, keystrokes, screens or cameras", nl="stilzittijd, toetsaanslagen, schermen of camera's"),
    Text(en="location, voice or emotion", nl="locatie, stem of emotie"),
    Text(
        en="texts of conversations, numbers or addresses of customers",
        nl="gespreksteksten, nummers of adressen van klanten",
    ),
    Text(
        en="a ranking of people, or a decision by the program",
        nl="een ranglijst van mensen, of een besluit door het programma",
    ),
)

_WHO: tuple[Text, ...] = (
    Text(en="The agent: everything about the agent.", nl="De medewerker: alles over zichzelf."),
    Text(
        en="The agent's lead: one agent at a time, with a typed reason that the agent reads.",
        nl="De leidinggevende: één medewerker tegelijk, met een getypte reden die de medewerker leest.",
    ),
    Text(
        en=f"Walls, metrics and exports: groups of at least {PEOPLE_NEEDED} people and {CONTACTS_NEEDED} contacts; "
        "their types have no field for a person.",
        nl=f"Wallboards, metingen en exports: groepen van minstens {PEOPLE_NEEDED} mensen en {CONTACTS_NEEDED} "
        "contacten; hun typen hebben geen veld voor een persoon.",
    ),
)
_RISKS: tuple[tuple[Text, Text], ...] = (
    (
        Text(en="An unfair figure", nl="Een oneerlijk cijfer"),
        Text(
            en="Compared only with what these contacts take everybody; shown with its range; every contact can be "
            "disputed; four weeks unseen first.",
            nl="Alleen vergeleken met wat deze contacten iedereen kosten; getoond met de marge; elk contact is te "
            "betwisten; eerst vier weken ongezien.",
        ),
    ),
    (
        Text(en="Being watched all day", nl="De hele dag bekeken worden"),
        Text(
            en="No stopwatch and no list of people; own figures change at most hourly; every look is logged and read "
            "by whom it is about.",
            nl="Geen stopwatch en geen lijst van mensen; eigen cijfers veranderen hooguit eens per uur; elke blik "
            "wordt vastgelegd en is te lezen door wie het aangaat.",
        ),
    ),
    (
        Text(en="Used for something else", nl="Gebruik voor iets anders"),
        Text(
            en="Nothing is handed on to pay, contract or roster; no decision by the program; a switch stops it at "
            "once.",
            nl="Er gaat niets naar loon, contract of rooster; het programma besluit niets; een schakelaar stopt het "
            "meteen.",
        ),
    ),
    (
        Text(en="Found out about a customer", nl="Iets te weten komen over een klant"),
        Text(
            en="Customers are keyed hashes, made at the source; no texts, numbers or addresses are taken in.",
            nl="Klanten zijn versleutelde codes, gemaakt bij de bron; teksten, nummers en adressen komen er niet in.",
        ),
    ),
)


def dpia(settings: Settings, language: Literal["nl", "en"]) -> str:
    """The text, in Markdown."""
    return "\n".join(_lines(settings, language)) + "\n"


def _lines(settings: Settings, language: Literal["nl", "en"]) -> Iterator[str]:
    def say(en: str, nl: str) -> str:
        return nl if language == "nl" else en

    def items(texts: tuple[Text, ...]) -> Iterator[str]:
        for text in texts:
            yield f"- {getattr(text, language)}"

    people, council = settings.people, settings.people.works_council
    yield say(
        f"# Impact assessment: Balans at {settings.site.name}", f"# Effectbeoordeling: Balans bij {settings.site.name}"
    )
    yield ""
    yield say(
        "Made by Balans from its running configuration. It is a beginning: purpose, necessity and the view of the "
        "people concerned are yours to write.",
        "Door Balans gemaakt uit de lopende configuratie. Het is een begin: doel, noodzaak en de mening van de "
        "betrokkenen schrijf je zelf.",
    )
    yield from ("", say("## Whether and why", "## Of en waarom"), "")
    yield (
        "- "
        + say("Processing of persons: ", "Verwerking van personen: ")
        + (say("on", "aan") if people.processing else say("off", "uit"))
    )
    yield (
        "- "
        + say("Balances of agents: ", "Balans van medewerkers: ")
        + (say("on", "aan") if people.scores else say("off", "uit"))
    )
    yield "- " + say("Legal basis: ", "Grondslag: ") + (people.legal_basis or say("none given", "niet opgegeven"))
    yield (
        "- "
        + say("Works council: ", "Ondernemingsraad: ")
        + (
            f"{council.decision} ({written(council.date, language)})"
            if council
            else say("no decision given", "geen besluit opgegeven")
        )
    )
    yield "- " + say(f"Unseen at first: {people.shadow_days} days", f"Eerst ongezien: {people.shadow_days} dagen")
    yield from ("", say("## What is measured of an agent", "## Wat er van een medewerker wordt gemeten"), "")
    yield from items(MEASURED)
    yield from ("", say("## What is never taken in", "## Wat er nooit in komt"), "")
    yield from items(NEVER)
    yield from ("", say("## From where", "## Waarvandaan"), "")
    for name, table in sorted(settings.collectors.items()):
        yield f"- {name}: {table.get('source', '')}"
    yield from ("", say("## Who sees it", "## Wie het ziet"), "")
    yield from items(_WHO)
    yield from ("", say("## How long it is kept", "## Hoe lang het wordt bewaard"), "")
    for kind in kinds(settings):
        label = getattr(kind.label, language)
        yield f"- {label}: " + (
            say("until decided", "tot er is besloten")
            if kind.days is None
            else f"{kind.days:g} " + say("days", "dagen")
        )
    yield from (
        "",
        say("## The formula, version {} of {}", "## De formule, versie {} van {}").format(
            FORMULA, written(SINCE, language)
        ),
        "",
    )
    yield from items(CARD)
    yield from ("", say("## Risks, and what is done about them", "## Risico's, en wat ertegen is gedaan"), "")
    for risk, answer in _RISKS:
        yield f"- **{getattr(risk, language)}**: {getattr(answer, language)}"
