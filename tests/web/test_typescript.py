"""The TypeScript that the pages are built on says what the Python types say, all of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from monitor import board
from monitor.events import AGENT_STATES, CHANNELS
from monitor.measures import MEASURES
from web.typescript import board_module, measure_labels, measure_texts, measures_module, struct_types, write


def structs_by_name() -> dict[str, type[msgspec.Struct]]:
    return {
        name: thing
        for name, thing in vars(board).items()
        if isinstance(thing, type) and issubclass(thing, msgspec.Struct) and thing is not msgspec.Struct
    }


def interface(name: str) -> str:
    found = re.search(rf"export interface {name} {{\n(.*?)\n}}", board_module(), re.DOTALL)
    assert found, name
    return found[1]


def test_every_struct_of_the_board_is_covered() -> None:
    assert {cls.__name__ for cls in struct_types()} == set(structs_by_name())
    for name, cls in structs_by_name().items():
        said = interface(name)
        for field in cls.__struct_fields__:
            assert re.search(rf"^  {field}: ", said, re.MULTILINE), f"{name}.{field}"
        assert f"export const decode{name} = " in board_module()


def test_tags_and_unions_are_those_of_the_wire() -> None:
    assert '  type: "tile";' in interface("Tile")
    module = board_module()
    for part in get_args(board.Part):
        assert f'case "{part.__struct_config__.tag}": return decode{part.__name__}(raw);' in module
    assert "export type ViewerMessage = SnapshotMessage | DeltaMessage;" in module


def test_instants_become_milliseconds_and_missing_fields_their_defaults() -> None:
    module = board_module()
    assert "began_at: Date.parse(raw.began_at)," in module
    assert "stale_since: (raw.stale_since == null ? null : Date.parse(raw.stale_since))," in module
    assert 'band: raw.band ?? "none",' in module
    assert "events_waiting: raw.events_waiting ?? 0," in module
    # Hidden is not zero.
    assert "waiting: raw.waiting === undefined ? 0 : raw.waiting," in module
    assert "agents: raw.agents ?? {}," in module


def test_the_words_of_the_vocabulary_are_typed() -> None:
    for name, words in (("AgentState", AGENT_STATES), ("Channel", CHANNELS)):
        assert f"export type {name} = {' | '.join(json.dumps(word) for word in words)};" in board_module()


def test_the_measures_are_those_of_the_table_in_both_languages() -> None:
    for measure in MEASURES:
        assert f'"{measure.key}"' in measures_module()
        assert json.loads(measure_labels("nl"))[measure.key] == measure.label.nl
        assert json.loads(measure_texts("en"))[measure.key]["formula"] == measure.formula.en


def test_a_type_that_has_no_translation_is_refused() -> None:
    from web.typescript import _type

    with pytest.raises(TypeError, match="knows no TypeScript"):
        _type(msgspec.inspect.type_info(bytes))


def test_what_would_not_change_is_not_written_again(tmp_path: Path) -> None:
    write(tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    write(tmp_path)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    by_language = {f"{kind}.{language}.json" for kind in ("labels", "measures") for language in ("nl", "en")}
    assert set(before) == {"board.ts", "people.ts", "definitions.ts", "measures.ts"} | by_language
