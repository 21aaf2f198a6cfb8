"""The review form: criteria with their weights, each met, not met or not applicable; a critical error apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.measures import Text


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the form. What it weighs is known to whom it is about."""

    key: str
    label: Text
    weight: int


CRITERIA: tuple[Criterion, ...] = (
    Criterion("understood", Text(en="Understood the question", nl="De vraag begrepen"), 2),
    Criterion("right", Text(en="The answer was right and complete", nl="Het antwoord was juist en volledig"), 3),
    Criterion("clear", Text(en="Clear what happens next", nl="Duidelijk wat er nu gebeurt"), 2),
    Criterion("attentive", Text(en="Attentive and friendly", nl="Aandachtig en vriendelijk"), 2),
    Criterion("recorded", Text(en="Recorded for whoever comes next", nl="Vastgelegd voor wie erna komt"), 1),
)
CRITICAL = Text(
    en="A critical error: harm to the customer, or another person's data given away",
    nl="Een kritieke fout: schade voor de klant, of gegevens van een ander weggegeven",
)


def points(answers: Mapping[str, bool]) -> tuple[int, int]:
    """Weighted points reached, of those that applied. A criterion without an answer did not apply. Raises KeyError
    for one that is not on the form."""
    weights = {criterion.key: criterion.weight for criterion in CRITERIA}
    applied = sum(weights[key] for key in answers)
    return sum(weights[key] for key, met in answers.items() if met), applied
