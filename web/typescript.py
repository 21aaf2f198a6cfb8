"""What the browser must know of Python: the types it is sent with their decoders, and the table of measures.

`python -m web.typescript DIRECTORY` writes them as modules. The wire leaves out a field that
holds its default, so each decoder puts it back; instants become milliseconds since 1970.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args

import msgspec
from msgspec import inspect

from monitor import board
from monitor.bands import HELPED_FROM_POINTS, SLOWER_TO_PERCENT
from monitor.boards import form
from monitor.events import AGENT_STATES, CHANNELS
from monitor.measures import MEASURES, Better, Thresholds, Unit
from monitor.people import page, sheet
from web import definitions

Language = Literal["nl", "en"]
HEADING = "// Made by web/typescript.py from the Python types. Not kept, not edited.\n"


def struct_types(module: ModuleType = board) -> tuple[type[msgspec.Struct], ...]:
    """Every struct of a module, in its order."""
    return tuple(
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, msgspec.Struct) and thing.__module__ == module.__name__
    )


def board_module() -> str:
    """TypeScript of monitor/board.py: an interface and a decoder for each struct, and one decoder for what a viewer
    receives."""
    lines, structs = _described(board)
    for name in ("Part", "ViewerMessage"):
        members = [cls.__name__ for cls in get_args(getattr(board, name))]
        lines.append(_tagged_union(name, [struct for struct in structs if struct.cls.__name__ in members]))
    lines.append(f"export type AgentState = {_literals(AGENT_STATES)};")
    lines.append(f"export type Channel = {_literals(CHANNELS)};")
    return "\n".join(lines) + "\n"


def people_module() -> str:
    """TypeScript of what the pages of people are sent: an interface and a decoder for each struct."""
    return "\n".join(_described(sheet, page)[0]) + "\n"


def definitions_module() -> str:
    """TypeScript of how boards are defined: an interface and a decoder for each struct."""
    return "\n".join(_described(form, definitions)[0]) + "\n"


def _described(*modules: ModuleType) -> tuple[list[str], list[inspect.StructType]]:
    types = [cls for module in modules for cls in struct_types(module)]
    structs = [info for info in inspect.multi_type_info(types) if isinstance(info, inspect.StructType)]
    lines = [
        HEADING,
        "/** Milliseconds since 1970. */",
        "export type Instant = number;",
        "/** As 2026-11-21. */",
        "export type Day = string;",
        "type Wire = any;",
    ]
    made = [text for struct in structs for text in (_interface(struct), _decoder(struct))]
    if any("each(" in text for text in made):
        lines += [
            "const each = <T>(raw: Record<string, Wire>, decode: (raw: Wire) => T): Record<string, T> =>",
            "  Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, decode(value)]));",
        ]
    return [*lines, "", *made], structs


def measures_module() -> str:
    """TypeScript: the table of measures without its texts, which come with each language."""
    kept = ("unit", "better", "thresholds", "percentage")
    table = {measure.key: {name: _plain(getattr(measure, name)) for name in kept} for measure in MEASURES}
    return "\n".join(
        [
            HEADING,
            f"export type Unit = {_literals(get_args(Unit))};",
            f"export type Better = {_literals(get_args(Better))};",
            f"export type MeasureKey = {_literals(tuple(table))};",
            "export interface MeasureTexts { help: string; formula: string }",
            "export interface Thresholds { good: number; act: number; idle: number | null }",
            "export interface Measure {",
            "  unit: Unit; better: Better; thresholds: Thresholds | null; percentage: boolean;",
            "}",
            f"export const SLOWER_TO_PERCENT = {SLOWER_TO_PERCENT};",
            f"export const HELPED_FROM_POINTS = {HELPED_FROM_POINTS};",
            f"export const MEASURES: Record<MeasureKey, Measure> = {_pretty(table)};",
            "",
        ]
    )


def measure_labels(language: Language) -> str:
    """JSON: the label of each measure in one language."""
    return _pretty({measure.key: getattr(measure.label, language) for measure in MEASURES})


def measure_texts(language: Language) -> str:
    """JSON: help and formula of each measure in one language, fetched when somebody asks."""
    return _pretty(
        {
            measure.key: {name: getattr(getattr(measure, name), language) for name in ("help", "formula")}
            for measure in MEASURES
        }
    )


def _plain(value: Any) -> Any:
    return asdict(value) if isinstance(value, Thresholds) else value


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _literals(words: tuple[Any, ...]) -> str:
    return " | ".join(json.dumps(word) for word in words)


def _camel(name: str) -> str:
    return "decode" + re.sub(r"\W", "", name)


def _interface(struct: inspect.StructType) -> str:
    name = struct.cls.__name__
    fields = [f"  type: {json.dumps(struct.tag)};"] if struct.tag is not None else []
    fields += [f"  {field.encode_name}: {_type(field.type)};" for field in struct.fields]
    return "\n".join([f"export interface {name} {{", *fields, "}"])


def _decoder(struct: inspect.StructType) -> str:
    name = struct.cls.__name__
    fields = [f"  type: {json.dumps(struct.tag)},"] if struct.tag is not None else []
    fields += [f"  {field.encode_name}: {_decoded(field)}," for field in struct.fields]
    raw = "raw: Wire" if struct.fields else "_raw: Wire"
    return "\n".join([f"export const {_camel(name)} = ({raw}): {name} => ({{", *fields, "});", ""])


def _tagged_union(name: str, structs: list[inspect.StructType]) -> str:
    cases = [f"    case {json.dumps(struct.tag)}: return {_camel(struct.cls.__name__)}(raw);" for struct in structs]
    return "\n".join(
        [
            f"export type {name} = {' | '.join(struct.cls.__name__ for struct in structs)};",
            f"export function {_camel(name)}(raw: Wire): {name} {{",
            "  switch (raw.type) {",
            *cases,
            "  }",
            "  throw new TypeError(`unknown type ${raw.type}`);",
            "}",
            "",
        ]
    )


def _type(info: inspect.Type) -> str:
    match info:
        case inspect.StrType():
            return "string"
        case inspect.IntType() | inspect.FloatType():
            return "number"
        case inspect.BoolType():
            return "boolean"
        case inspect.NoneType():
            return "null"
        case inspect.DateTimeType():
            return "Instant"
        case inspect.DateType():
            return "Day"
        case inspect.LiteralType(values=values):
            return _literals(values)
        case inspect.VarTupleType(item_type=item):
            return f"readonly ({_type(item)})[]"
        case inspect.DictType(value_type=value):
            return f"Record<string, {_type(value)}>"
        case inspect.UnionType(types=types):
            return _union_name(types) or " | ".join(_type(member) for member in types)
        case inspect.StructType(cls=cls):
            return cls.__name__
    raise TypeError(f"web/typescript.py knows no TypeScript for {info}")


def _union_name(types: tuple[inspect.Type, ...]) -> str | None:
    """The name of a union of structs, which is decoded by its tag."""
    if all(isinstance(member, inspect.StructType) for member in types):
        wanted = {member.cls for member in types if isinstance(member, inspect.StructType)}
        return next(name for name in ("Part", "ViewerMessage") if set(get_args(getattr(board, name))) == wanted)
    return None


def _decoded(field: inspect.Field) -> str:
    raw = f"raw.{field.encode_name}"
    if field.required:
        return _decode(field.type, raw)
    default = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if _is_plain(field.type):
        # Where null is a value of its own, only what was left out takes the default.
        null_is_said = default is not None and _may_be_null(field.type)
        return f"{raw} === undefined ? {_default(default)} : {raw}" if null_is_said else f"{raw} ?? {_default(default)}"
    if default is None:
        return _decode(field.type, raw)
    return f"{raw} == null ? {_default(default)} : {_decode(field.type, raw)}"


def _default(value: Any) -> str:
    if isinstance(value, msgspec.Struct):
        return f"{_camel(type(value).__name__)}({json.dumps(msgspec.to_builtins(value))})"
    return json.dumps(msgspec.to_builtins(value))


def _may_be_null(info: inspect.Type) -> bool:
    return isinstance(info, inspect.UnionType) and any(isinstance(type, inspect.NoneType) for type in info.types)


def _is_plain(info: inspect.Type) -> bool:
    """Whether JSON's value is already the wanted one."""
    match info:
        case inspect.DateTimeType() | inspect.StructType():
            return False
        case inspect.VarTupleType(item_type=item):
            return _is_plain(item)
        case inspect.DictType(value_type=value):
            return _is_plain(value)
        case inspect.UnionType(types=types):
            return all(_is_plain(member) for member in types)
    return True


def _decode(info: inspect.Type, raw: str) -> str:
    if _is_plain(info):
        return raw
    match info:
        case inspect.DateTimeType():
            return f"Date.parse({raw})"
        case inspect.StructType(cls=cls):
            return f"{_camel(cls.__name__)}({raw})"
        case inspect.VarTupleType(item_type=item):
            return f"{raw}.map((item: Wire) => {_decode(item, 'item')})"
        case inspect.DictType(value_type=value):
            return f"each({raw}, (item) => {_decode(value, 'item')})"
        case inspect.UnionType(types=types):
            name = _union_name(types)
            if name:
                return f"{_camel(name)}({raw})"
            rest = [member for member in types if not isinstance(member, inspect.NoneType)]
            if len(rest) == 1:
                return f"({raw} == null ? null : {_decode(rest[0], raw)})"
    raise TypeError(f"web/typescript.py knows no decoder for {info}")


def write(directory: Path) -> None:
    """Writes the modules; a file that would not change is left alone, so that builds stay fresh."""
    directory.mkdir(parents=True, exist_ok=True)
    texts = {
        "board.ts": board_module(),
        "people.ts": people_module(),
        "definitions.ts": definitions_module(),
        "measures.ts": measures_module(),
        "labels.nl.json": measure_labels("nl"),
        "labels.en.json": measure_labels("en"),
        "measures.nl.json": measure_texts("nl"),
        "measures.en.json": measure_texts("en"),
    }
    for name, text in texts.items():
        path = directory / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
