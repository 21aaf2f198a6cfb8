"""Everything about an agent, as a person reads it: no field and no word without a label in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import msgspec.inspect
import pytest

from monitor.balance import Topics
from monitor.people.directory import DirectoryEntry
from monitor.people.everything import Everything
from monitor.people.looks import Look
from monitor.people.page import Dispute, Preference
from monitor.people.sheet import Count, Range, Week
from monitor.settings import PersonRole
from tests.browser.people import AT, sheet
from web.language import LANGUAGES, Language
from web.readable import as_html
from web.readable_labels import CODED, FACTORS, LABELS, WORDS

ZONE = ZoneInfo("Europe/Amsterdam")
ACCOUNT = {"account": "x", "login": "noor", "name": "Noor", "roles": ["agent"], "teams": []}


def parts(kind: msgspec.inspect.Type, field: str = "") -> Iterator[tuple[str, str]]:
    """Every field of a type and what it holds, with each word that the field may have."""
    if isinstance(kind, msgspec.inspect.StructType):
        for one in kind.fields:
            yield one.name, ""
            yield from parts(one.type, one.name)
    elif isinstance(kind, msgspec.inspect.UnionType):
        for one_of in kind.types:
            yield from parts(one_of, field)
    elif isinstance(kind, msgspec.inspect.VarTupleType):
        yield from parts(kind.item_type, field)
    elif isinstance(kind, msgspec.inspect.LiteralType):
        yield from ((field, str(word)) for word in kind.values)


def everything() -> Everything:
    return Everything(
        agent="a-noor",
        directory=DirectoryEntry(agent="a-noor", name="Noor <Vries>", team="amstel"),
        accounts=(ACCOUNT,),
        preferences=("paused",),
        sheet=sheet(),
        weeks=(Week(monday=AT.date(), state="attention", contacts=3),),
        disputes=(
            Dispute(
                dispute="d",
                agent="a-noor",
                contact="c",
                kind="outage",
                words="",
                opened_at=AT,
                due_on=AT.date(),
                outcome="upheld",
            ),
        ),
        objections=(),
        thanks=(),
        looks=(Look(at=AT, name="Kim", what="balance", reason="Weekly"),),
    )


def test_every_field_and_every_word_has_a_label_in_both_languages() -> None:
    found = set(parts(msgspec.inspect.type_info(Everything)))
    fields = {field for field, _ in found} | ACCOUNT.keys()
    inline = {field for kind in (Range, Count) for field in kind.__struct_fields__}
    assert fields - inline == LABELS.keys()
    roles = msgspec.inspect.type_info(PersonRole)
    preferences = msgspec.inspect.type_info(Preference)
    worded = {(field, word) for field, word in found if word} | set(parts(roles, "roles"))
    worded |= set(parts(preferences, "preferences"))
    assert {word for _, word in worded} <= WORDS.keys()
    assert {field for field, _ in worded} <= CODED | {"name"}
    for text in (*LABELS.values(), *WORDS.values()):
        assert text.en
        assert text.nl


def test_every_factor_of_the_context_has_a_name() -> None:
    names = set(Topics(names=("storing",)).factors()) - {"basis"}
    assert {name if name in FACTORS else name.partition(" ")[0] for name in names} == FACTORS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_of_a_field_is_left_on_the_page(language: Language) -> None:
    page = as_html(everything(), language, ZONE)
    assert "_" not in page
    assert "&lt;Vries&gt;" in page
    told = {
        "nl": ("In balans".lower(), "71, tussen 64 en 78", "20 november 2026, 15:30", "onderwerp storing", "4:00"),
        "en": ("in balance", "71, between 64 and 78", "20 November 2026, 15:30", "topic storing", "4:00"),
    }
    for words in told[language]:
        assert words in page
