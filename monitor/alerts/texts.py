"""What an alert says, in English and in Dutch, and where its runbook is. Waiting is work offered: nobody is blamed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from monitor.alerts.alert import Alert, Kind, Severity
from monitor.alerts.lifecycle import Standing
from monitor.measures import Text

RUNBOOKS = "docs/runbooks.md"


@dataclass(frozen=True, slots=True)
class Words:
    """`{subject}` is the label of the queue, team or source; `{number}` is written by `number`."""

    title: Text
    description: Text
    runbook: str
    number: Callable[[float], str] = str


def _count(number: float) -> str:
    return f"{number:.0f}"


def _minutes(number: float) -> str:
    return f"{max(1, int(number // 60))}"


def _percent(number: float) -> str:
    return f"{100 * number:.0f}"


WORDS: dict[Kind, Words] = {
    "waiting_many": Words(
        Text("{subject}: {number} customers wait", "{subject}: {number} klanten wachten"),
        Text(
            "More customers of {subject} wait than the people there can take one each.",
            "Bij {subject} wachten meer klanten dan er mensen zijn om ze te helpen.",
        ),
        "balanswaitingmany",
        _count,
    ),
    "waiting_long": Words(
        Text("{subject}: somebody has waited {number} min", "{subject}: iemand wacht al {number} min"),
        Text(
            "The first in line at {subject} waits far longer than the time to answer within.",
            "De langst wachtende bij {subject} wacht veel langer dan de tijd van het doel.",
        ),
        "balanslongestwait",
        _minutes,
    ),
    "service_level": Words(
        Text("{subject}: customers wait too long", "{subject}: klanten wachten te lang"),
        Text(
            "In the last hour {number} % of the customers of {subject} were answered in time, and it still goes on.",
            "Het laatste uur is bij {subject} {number} % van de klanten op tijd geholpen, en het gaat door.",
        ),
        "balansservicelevelburning",
        _percent,
    ),
    "nobody_available": Words(
        Text("{subject}: open, and nobody is there", "{subject}: open, en er is niemand"),
        Text(
            "Nobody is free, on contact or in wrap-up at {subject}, which is open. Waiting: {number}.",
            "Niemand is vrij, in gesprek of in nawerk bij {subject}, dat open is. Wachtend: {number}.",
        ),
        "balansnobodyavailable",
        _count,
    ),
    "occupancy": Words(
        Text("{subject}: no breathing space", "{subject}: geen ademruimte"),
        Text(
            "In the last half hour {number} % of the time on duty in {subject} went to customers.",
            "Het laatste halfuur ging {number} % van de tijd in {subject} naar klanten.",
        ),
        "balansoccupancytoohigh",
        _percent,
    ),
    "repeat_contacts": Words(
        Text("{subject}: more customers come straight back", "{subject}: meer klanten komen direct terug"),
        Text(
            "In the last hour {number} % came back within ten minutes, more than over the day. "
            "Look for a cause in the work.",
            "Het laatste uur kwam {number} % binnen tien minuten terug, meer dan over de dag. "
            "Zoek de oorzaak in het werk.",
        ),
        "balansrepeatcontactsrising",
        _percent,
    ),
    "source_silent": Words(
        Text("{subject} is silent", "{subject} zwijgt"),
        Text(
            "Nothing has been heard from {subject}: its figures are grey on the walls, its people unknown.",
            "Van {subject} komt niets: de cijfers zijn grijs op de borden, de mensen onbekend.",
        ),
        "balanssourcesilent",
    ),
    "monitor_behind": Words(
        Text("The monitor is {number} s behind", "De monitor loopt {number} s achter"),
        Text(
            "The figures lie {number} s behind what the sources know.",
            "De cijfers lopen {number} s achter op wat de bronnen weten.",
        ),
        "balansmonitorbehind",
        _count,
    ),
}


def alert_of(key: str, standing: Standing, severity: Severity, label: str) -> Alert:
    """An alert that stands, or stood, in words."""
    assert standing.fired_at is not None
    words = WORDS[standing.kind]
    number = words.number(standing.number)

    def say(text: Text) -> Text:
        return Text(en=text.en.format(subject=label, number=number), nl=text.nl.format(subject=label, number=number))

    return Alert(
        key=key,
        kind=standing.kind,
        severity=severity,
        subject_kind=standing.subject_kind,
        subject=standing.subject,
        value=standing.value,
        title=say(words.title),
        description=say(words.description),
        fired_at=standing.fired_at,
        acknowledged_at=standing.acknowledged_at,
        runbook=f"{RUNBOOKS}#{words.runbook}",
    )
