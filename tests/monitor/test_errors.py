"""The tree of errors says what happens next."""

from __future__ import annotations

import inspect
import re

import pytest

from monitor import errors
from monitor.errors import AskAPerson, BalansError, DropAndCount, Malformed, Refused, Retry

CLASSES = {name: found for name, found in vars(errors).items() if inspect.isclass(found)}


def test_every_error_stands_in_the_drawing_under_its_parent() -> None:
    drawn: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"([│├└─ ]*)([A-Z][A-Za-z]+)  ", line)
        if found:
            drawn.append((len(found[1]), found[2]))
    assert {name for _, name in drawn} == set(CLASSES)
    for place, (depth, name) in enumerate(drawn):
        above = [parent for level, parent in drawn[:place] if level < depth]
        if above:
            assert CLASSES[name].__base__ is CLASSES[above[-1]], name


@pytest.mark.parametrize("found", [found for found in CLASSES.values() if found is not BalansError])
def test_every_leaf_says_one_thing_that_happens_next(found: type[BalansError]) -> None:
    assert sum(issubclass(found, kind) for kind in (AskAPerson, Retry, DropAndCount)) == 1


def test_what_is_dropped_is_counted_under_a_word() -> None:
    assert Malformed("Half an event.").reason == "malformed"
    assert Refused("Twice.", "replayed").reason == "replayed"
    assert str(Refused("Twice.", "replayed")) == "Twice."
