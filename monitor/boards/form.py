"""A board as people fill it in, and whether it can be one. Pure; the sentences are for who filled it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from monitor.measures import Text
from monitor.settings import BoardDefinition, BoardNotice
from monitor.tiles import TILE_MEASURES

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
TITLE_LETTERS = 60
MOST_TILES = 5
MOST_NOTICES = 5
NOTICE_LETTERS = 200
MOST_TURNS = 20
TURN_SECONDS = (10, 3600)


class NoticeForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice or a known outage. `until` without a zone is the site's clock; null: until somebody takes it away."""

    text: str
    kind: Literal["notice", "outage"] = "notice"
    until: datetime | None = None


class BoardForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wallboard, whole. `title` empty: the site's name. `queues` in their order; none: all. `tiles`: the large
    figures in their order. `target` (0-1) of the service level; null: what the queues' own targets come to. `rotate`:
    the boards a television shows by turns, each for `rotate_seconds`."""

    title: str = ""
    queues: tuple[str, ...] = ()
    tiles: tuple[str, ...] = BoardDefinition().tiles
    target: float | None = None
    hide_waiting: bool = False
    quiet: bool = False
    notices: tuple[NoticeForm, ...] = ()
    rotate: tuple[str, ...] = ()
    rotate_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Known:
    """What a board may name."""

    queues: Collection[str]
    boards: Collection[str]


def form_of(definition: BoardDefinition) -> BoardForm:
    """What a definition looks like filled in."""
    return msgspec.convert(definition.model_dump(), BoardForm)


def definition_of(form: BoardForm, zone: ZoneInfo) -> BoardDefinition:
    """The board of a form without a fault."""
    notices = tuple(
        BoardNotice(text=one.text.strip(), kind=one.kind, until=_in_zone(one.until, zone)) for one in form.notices
    )
    told = {field: getattr(form, field) for field in form.__struct_fields__}
    return BoardDefinition(**{**told, "title": form.title.strip(), "notices": notices})


def _in_zone(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.replace(tzinfo=zone) if at is not None and at.tzinfo is None else at


def name_fault(board: str) -> Text | None:
    """Why this cannot be a board's place in the address."""
    if NAME.fullmatch(board):
        return None
    return Text(
        en="A board's address has at most 63 small letters, digits, - and _, and does not begin with a dash.",
        nl="Het adres van een bord telt hoogstens 63 kleine letters, cijfers, - en _, en begint niet met een streepje.",
    )


def fault(form: BoardForm, known: Known) -> Text | None:
    """The first thing that is wrong with it; None: it can be kept."""
    return next((said for rule in _RULES for said in rule(form, known)), None)


def _title(form: BoardForm, known: Known) -> Iterator[Text]:
    if len(form.title.strip()) > TITLE_LETTERS:
        yield Text(
            en=f"A board's name has at most {TITLE_LETTERS} characters.",
            nl=f"De naam van een bord telt hoogstens {TITLE_LETTERS} tekens.",
        )


def _queues(form: BoardForm, known: Known) -> Iterator[Text]:
    yield from _twice(form.queues, "queue", "wachtrij")
    for queue in form.queues:
        if queue not in known.queues:
            yield Text(en=f"There is no queue {queue[:100]}.", nl=f"Er is geen wachtrij {queue[:100]}.")


def _tiles(form: BoardForm, known: Known) -> Iterator[Text]:
    yield from _twice(form.tiles, "large figure", "groot cijfer")
    if not 1 <= len(form.tiles) <= MOST_TILES:
        yield Text(
            en=f"A board has one to {MOST_TILES} large figures; this one has {len(form.tiles)}.",
            nl=f"Een bord heeft één tot {MOST_TILES} grote cijfers; dit heeft er {len(form.tiles)}.",
        )
    for tile in form.tiles:
        if tile not in TILE_MEASURES:
            yield Text(en=f"There is no large figure {tile[:100]}.", nl=f"Er is geen groot cijfer {tile[:100]}.")


def _target(form: BoardForm, known: Known) -> Iterator[Text]:
    if form.target is not None and not 0 < form.target <= 1:
        yield Text(
            en="A target of the service level lies above 0 % and is at most 100 %.",
            nl="Een doel voor het serviceniveau ligt boven 0 % en is hoogstens 100 %.",
        )


def _notices(form: BoardForm, known: Known) -> Iterator[Text]:
    if len(form.notices) > MOST_NOTICES:
        yield Text(
            en=f"A board has at most {MOST_NOTICES} notices.",
            nl=f"Een bord heeft hoogstens {MOST_NOTICES} mededelingen.",
        )
    if any(not 1 <= len(one.text.strip()) <= NOTICE_LETTERS for one in form.notices):
        yield Text(
            en=f"A notice has 1 to {NOTICE_LETTERS} characters.",
            nl=f"Een mededeling telt 1 tot {NOTICE_LETTERS} tekens.",
        )


def _turns(form: BoardForm, known: Known) -> Iterator[Text]:
    least, most = TURN_SECONDS
    yield from _twice(form.rotate, "board to show by turns", "bord om af te wisselen")
    if len(form.rotate) > MOST_TURNS:
        yield Text(
            en=f"At most {MOST_TURNS} boards take turns.", nl=f"Hoogstens {MOST_TURNS} borden wisselen elkaar af."
        )
    for board in form.rotate:
        if board not in known.boards:
            yield Text(en=f"There is no board called {board[:100]}.", nl=f"Er is geen bord met de naam {board[:100]}.")
    if not least <= form.rotate_seconds <= most:
        yield Text(
            en=f"Each board is shown for {least} to {most} seconds.",
            nl=f"Elk bord wordt {least} tot {most} seconden getoond.",
        )


def _twice(named: Collection[str], en: str, nl: str) -> Iterator[Text]:
    seen: set[str] = set()
    for one in named:
        if one in seen:
            yield Text(en=f"The {en} {one[:100]} is named twice.", nl=f"{one[:100]} staat er twee keer bij ({nl}).")
        seen.add(one)


_RULES: tuple[Callable[[BoardForm, Known], Iterator[Text]], ...] = (
    _title,
    _queues,
    _tiles,
    _target,
    _notices,
    _turns,
)
