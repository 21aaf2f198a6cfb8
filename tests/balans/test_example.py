"""balans.example.toml holds every key there is, and is in order with all of them in use."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from balans.configuration import in_words, load_checked
from balans.registry import KINDS
from monitor.settings import Settings

EXAMPLE = Path(__file__).parents[2] / "balans.example.toml"
AT_REST = re.compile(r"^#(?=\S)", re.MULTILINE)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The tables that a field's annotation allows, and whether they stand under names of the operator's choice."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, tuple, dict):
        for part in get_args(annotation):
            yield from models_in(part)


def missing(model: type[BaseModel], table: Any, path: str) -> Iterator[str]:
    """Keys of the model that the table does not show, anywhere below."""
    for key, field in model.model_fields.items():
        if key not in table:
            yield f"{path}.{key}"
            continue
        for inner in models_in(field.annotation):
            tables = examples(field.annotation, table[key])
            absent = [set(missing(inner, one, f"{path}.{key}")) for one in tables]
            yield from set.intersection(*absent) if absent else {f"{path}.{key}: no example"}


def examples(annotation: Any, value: Any) -> list[Any]:
    """The tables behind a key: itself, those of a list, or those under names."""
    if isinstance(value, list):
        return value
    return list(value.values()) if get_origin(annotation) is dict else [value]


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """The example with every key at rest in use."""
    path = tmp_path / "balans.toml"
    path.write_text(AT_REST.sub("", EXAMPLE.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def test_the_example_is_in_order_as_it_is() -> None:
    assert in_words(EXAMPLE, load_checked(EXAMPLE))


def test_the_example_is_in_order_with_every_key_in_use_that_does_not_exclude_another(whole: Path) -> None:
    text = whole.read_text().replace("tls = false", "tls = true")
    whole.write_text(re.sub(r"^secret = .*$", "", text, flags=re.MULTILINE))

    assert load_checked(whole).mqtt.host == "mqtt.example.org"


def test_no_key_of_the_settings_is_missing(whole: Path) -> None:
    assert not list(missing(Settings, tomllib.loads(whole.read_text()), "settings"))


@pytest.mark.parametrize("word", sorted(KINDS))
def test_every_source_is_shown_with_all_its_keys(word: str, whole: Path) -> None:
    tables = tomllib.loads(whole.read_text())["collectors"].values()
    shown = [set(missing(KINDS[word].settings, table, word)) for table in tables if table["source"] == word]

    assert shown, f"no [collectors.NAME] with source = {word!r}"
    assert not set.intersection(*shown)
