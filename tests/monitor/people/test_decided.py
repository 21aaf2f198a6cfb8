"""What was decided is read in the reader's language; what a person wrote stays as it was written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.people.decided import in_words
from monitor.people.page import Decision
from monitor.people.retention import in_words as retention
from monitor.people.retention import kinds
from monitor.settings import Settings

AT = datetime(2026, 3, 2, tzinfo=UTC)


def decision(kind: str, words: str) -> Decision:
    return Decision(at=AT, name="", kind=kind, words=words)


@pytest.mark.parametrize(
    ("kind", "words", "dutch"),
    [
        ("processing", "processing on, scores off", "Verwerking van personen aan, balansen uit."),
        ("formula", "version 1 of 2026-11-20", "Versie 1, van 20 november 2026."),
        (
            "ground",
            "Belang; works council: Ja (met zorg) (2026-03-12)",
            "Belang; ondernemingsraad: Ja (met zorg) (12 maart 2026)",
        ),
        ("ground", "Gerechtvaardigd belang", "Gerechtvaardigd belang"),
        ("switch", "stopped: Op verzoek van de raad.", "Gestopt: Op verzoek van de raad."),
        ("switch", "goes on: Alles is\nuitgelegd.", "Gaat weer verder: Alles is\nuitgelegd."),
        ("retention", "contacts 35 d, old 7.5 d", "Losse contacten: 35 dagen; old: 7.5 dagen"),
        (
            "norm",
            "Norm 2, learnt from 900 contacts in 30 days, holds from 2026-05-01.",
            "Norm 2, geleerd van 900 contacten in 30 dagen, geldt vanaf 1 mei 2026.",
        ),
        ("later", "processing on, scores off", "processing on, scores off"),
    ],
)
def test_in_dutch(kind: str, words: str, dutch: str) -> None:
    assert in_words(decision(kind, words), "nl") == dutch


def test_the_program_s_own_words_are_all_understood() -> None:
    said = in_words(decision("retention", retention(Settings())), "nl")
    assert all(kind.label.nl in said for kind in kinds(Settings()) if kind.days is not None)
