"""Klantcontact Noord, an invented centre: who works there, which queues there are and what people ask.

Names live only in `DIRECTORY`; everything else knows an agent by an opaque id. The key of those ids is
public because the people do not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from monitor.events import Channel
from monitor.pseudonym import Pseudonyms

Crew = Literal["day", "closing", "night"]
"""`closing` works until midnight and until nobody waits; `night` from midnight to the morning."""

PSEUDONYMS = Pseudonyms(b"Klantcontact Noord does not exist")
SITE_NAME = "Klantcontact Noord"


@dataclass(frozen=True, slots=True)
class DemoQueue:
    """A queue, its volume on an ordinary working day and what is asked there (topic: weight)."""

    label: str
    channel: Channel
    line: Literal[1, 2]
    team: str
    within_seconds: float
    target: float
    volume: float
    topics: dict[str, float]
    opens: float = 0
    closes: float = 24


QUEUES: dict[str, DemoQueue] = {
    "klantenservice": DemoQueue(
        "Klantenservice",
        "voice",
        1,
        "amstel",
        20,
        0.80,
        980,
        {"adreswijziging": 2, "contractwijziging": 3, "opzegging": 2, "storing": 2.5, "klacht": 1.2, "meterstand": 2},
    ),
    "bestellingen": DemoQueue(
        "Bestellingen",
        "voice",
        1,
        "berkel",
        20,
        0.80,
        690,
        {"orderstatus": 4, "levering": 3, "retour": 3, "klacht": 0.6},
        8,
        21,
    ),
    "facturen": DemoQueue(
        "Facturen",
        "voice",
        1,
        "dommel",
        20,
        0.80,
        550,
        {"factuuruitleg": 4, "termijnbedrag": 3, "betaalregeling": 2, "klacht": 0.5},
        8,
        21,
    ),
    "techniek": DemoQueue(
        "Techniek", "voice", 2, "vecht", 60, 0.75, 80, {"slimme meter": 3, "installatie": 2, "storing": 3}, 8, 20
    ),
    "klachten": DemoQueue("Klachten", "voice", 2, "vecht", 60, 0.75, 35, {"klacht": 4, "schadeclaim": 2}, 8, 20),
    "chat": DemoQueue(
        "Chat",
        "chat",
        1,
        "eems",
        60,
        0.80,
        700,
        {"orderstatus": 4, "levering": 3, "retour": 2, "termijnbedrag": 2, "storing": 1},
    ),
    "whatsapp": DemoQueue(
        "WhatsApp",
        "whatsapp",
        1,
        "eems",
        120,
        0.80,
        440,
        {"orderstatus": 3, "levering": 3, "meterstand": 2, "retour": 2},
    ),
    "mail": DemoQueue(
        "E-mail",
        "mail",
        1,
        "linge",
        24 * 3600,
        0.95,
        480,
        {"contractwijziging": 3, "factuuruitleg": 3, "retour": 2, "opzegging": 2, "klacht": 1},
    ),
    "webcare": DemoQueue(
        "Webcare",
        "social",
        1,
        "linge",
        2 * 3600,
        0.80,
        200,
        {"levering": 3, "klacht": 2, "storing": 2, "orderstatus": 3},
    ),
    "video": DemoQueue("Videoadvies", "video", 2, "vecht", 60, 0.80, 40, {"advies": 1}, 9, 20),
    "terugbellen": DemoQueue("Terugbellen", "callback", 1, "amstel", 3600, 0.80, 0, {"terugbelverzoek": 1}),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question takes: median conversation by voice (seconds), the chance that the first answer
    solves it, the chance that the first line must pass it on, and to which queue."""

    talk_seconds: float
    solved: float
    passed_on: float = 0.0
    to: str = ""


TOPICS: dict[str, Topic] = {
    "adreswijziging": Topic(125, 0.96),
    "meterstand": Topic(135, 0.94, 0.07, "techniek"),
    "orderstatus": Topic(130, 0.92),
    "levering": Topic(185, 0.86, 0.05, "klachten"),
    "retour": Topic(180, 0.88, 0.04, "klachten"),
    "factuuruitleg": Topic(210, 0.88),
    "termijnbedrag": Topic(190, 0.90),
    "betaalregeling": Topic(290, 0.82, 0.10, "klachten"),
    "contractwijziging": Topic(250, 0.90, 0.06, "klachten"),
    "opzegging": Topic(230, 0.88, 0.02, "klachten"),
    "storing": Topic(250, 0.72, 0.40, "techniek"),
    "klacht": Topic(330, 0.66, 0.36, "klachten"),
    "schadeclaim": Topic(470, 0.70),
    "slimme meter": Topic(400, 0.74),
    "installatie": Topic(450, 0.76),
    "advies": Topic(560, 0.92),
    "terugbelverzoek": Topic(200, 0.86),
}

HARD_TOPICS = ("storing", "klacht", "schadeclaim", "slimme meter", "installatie")

TEAMS: dict[str, str] = {
    "amstel": "Team Amstel",
    "berkel": "Team Berkel",
    "dommel": "Team Dommel",
    "eems": "Team Eems",
    "linge": "Team Linge",
    "vecht": "Team Vecht",
}

FIRST_LINE = ("klantenservice", "bestellingen", "facturen")
NIGHT_SKILLS = ("klantenservice", "chat", "whatsapp", "webcare")
CLOSING_SKILLS = (*FIRST_LINE, "chat", "whatsapp", "mail", "webcare", "terugbellen")
SKILLS: dict[str, tuple[tuple[str, ...], ...]] = {
    "amstel": (("klantenservice", "terugbellen", "bestellingen"), ("klantenservice", "terugbellen", "facturen")),
    "berkel": (("bestellingen", "klantenservice", "terugbellen"), ("bestellingen", "klantenservice", "facturen")),
    "dommel": (("facturen", "klantenservice", "terugbellen"), ("facturen", "klantenservice", "bestellingen")),
    "eems": (("chat", "whatsapp"), ("whatsapp", "chat"), ("chat", "whatsapp", "webcare")),
    "linge": (("mail", "webcare"), ("mail", "webcare", "whatsapp"), ("webcare", "mail", "klantenservice")),
    "vecht": (("techniek", "video"), ("klachten", "techniek"), ("techniek", "klachten", "video")),
}
"""By team the sets of skills its day people have in turn; an agent's first skill is the agent's own queue."""

_NAMES: dict[str, tuple[str, ...]] = {
    "amstel": (
        "Anouk de Wit",
        "Bas Hoekstra",
        "Charlotte Webb",
        "Daan Postma",
        "Emma Whitfield",
        "Fleur Zijlstra",
        "George Hartley",
        "Hanna Bakhuis",
        "Ilse Terpstra",
        "Jack Ellison",
        "Karim Bouzid",
        "Lotte Veenstra",
        "Ruben Zuidema",
    ),
    "berkel": (
        "Maarten Dijkhuis",
        "Nina Oosterhof",
        "Oliver Prescott",
        "Petra Wiersma",
        "Quinten Smid",
        "Rachel Thornton",
        "Sanne Boersma",
        "Thijs Kuipers",
        "Umar Siddiqui",
        "Vera Haanstra",
        "William Ashby",
    ),
    "dommel": (
        "Yara Mulderij",
        "Zoe Langford",
        "Arjen Poelstra",
        "Bianca Rozema",
        "Callum Fraser",
        "Dewi Santoso",
        "Esther Nijland",
        "Freek Oldenburg",
        "Grace Holloway",
        "Hidde Wierda",
        "Imke Dalstra",
    ),
    "eems": (
        "Jasper Kloosterman",
        "Kate Winslade",
        "Lars Brouwerij",
        "Mila Hummel",
        "Noah Pemberton",
        "Olga Tamminga",
        "Pim Roosjen",
        "Romy Schuitema",
        "Samuel Okafor",
        "Tess Vermeulen",
        "Victor Harding",
    ),
    "linge": (
        "Willemijn Kooistra",
        "Xander Faber",
        "Amelia Rowe",
        "Bram Heidstra",
        "Chantal Buursma",
        "Dylan Meredith",
        "Eline Raadsma",
        "Floris Tuinstra",
        "Gwen Ackerman",
        "Hassan Amrani",
        "Isabel Croft",
    ),
    "vecht": (
        "Joris Wijnalda",
        "Kirsten Haverkamp",
        "Liam Stafford",
        "Marit Sinnema",
        "Niels Bijlsma",
        "Olivia Barrow",
        "Pieter Hofstee",
        "Roos Lindeboom",
        "Stefan Kramers",
    ),
}

_NIGHT = {"amstel": 2, "berkel": 1, "dommel": 1, "eems": 2, "linge": 1, "vecht": 0}
_CLOSING = {"amstel": 2, "berkel": 1, "dommel": 1, "eems": 2, "linge": 1, "vecht": 0}


@dataclass(frozen=True, slots=True)
class Agent:
    """One who works here. `number` counts all agents from 0."""

    id: str
    number: int
    team: str
    crew: Crew
    skills: tuple[str, ...]


def _crew(team: str, place: int) -> Crew:
    if place < _NIGHT[team]:
        return "night"
    return "closing" if place < _NIGHT[team] + _CLOSING[team] else "day"


def _agents() -> tuple[Agent, ...]:
    agents: list[Agent] = []
    for team, names in _NAMES.items():
        for place, name in enumerate(names):
            crew = _crew(team, place)
            by_crew = {"night": NIGHT_SKILLS, "closing": CLOSING_SKILLS}
            skills = by_crew.get(crew) or SKILLS[team][place % len(SKILLS[team])]
            agents.append(Agent(PSEUDONYMS.agent(name), len(agents), team, crew, skills))
    return tuple(agents)


AGENTS: tuple[Agent, ...] = _agents()
DIRECTORY: dict[str, str] = {PSEUDONYMS.agent(name): name for names in _NAMES.values() for name in names}
"""Agent id to name, for screens that may show one to that agent or to a lead."""

_WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _opening_hours(queue: DemoQueue) -> list[dict[str, Any]]:
    if queue.line == 1:
        return []
    return [{"days": _WEEK, "opens": f"{queue.opens:02.0f}:00", "closes": f"{queue.closes:02.0f}:00"}]


def settings_table() -> dict[str, Any]:
    """Site, queues, teams, the board `demo` and the collector, as `monitor.settings.Settings` reads them."""
    return {
        "site": {"name": SITE_NAME},
        "queues": {
            id: {
                "label": queue.label,
                "channel": queue.channel,
                "line": queue.line,
                "team": queue.team,
                "within_seconds": queue.within_seconds,
                "target": queue.target,
                "opening_hours": _opening_hours(queue),
            }
            for id, queue in QUEUES.items()
        },
        "teams": {
            id: {"label": label, "agents": [agent.id for agent in AGENTS if agent.team == id]}
            for id, label in TEAMS.items()
        },
        "boards": {"demo": {"title": SITE_NAME, "queues": list(QUEUES)}},
        "collectors": {"demo": {"source": "demo"}},
        "people": {
            "processing": True,
            "legal_basis": "demo",
            "works_council": {"decision": "Demo: niemand hier bestaat (nobody here exists)", "date": "2026-01-01"},
            "shadow_days": 0,
            "topics": list(TOPICS),
            "hard_topics": list(HARD_TOPICS),
            "complaint_topics": ["klacht"],
        },
    }
