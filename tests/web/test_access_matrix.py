"""Who may see what: every address, topic, export and metric, tried as everybody, in both directions.

An address without a row, a row without an address, a new topic or a new field with a person in it fails here.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import Message, Receive, Scope, Send

from monitor.asyncapi import document
from monitor.board import Board, DeltaMessage, SnapshotMessage
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.journal import Database
from monitor.people.accounts import Accounts
from monitor.people.directory import Directory, DirectoryEntry
from monitor.people.displays import Display, Displays
from monitor.settings import Settings
from tests.people import SITE, account, store
from tests.pictures import NOW
from tests.web.conftest import Clock
from tools.access import PAGE, with_table
from web.access import ACCESS, BOARD, FIGURES, SWITCHED_OFF, Row, find, may_lead, may_see_agent
from web.api import FiguresAnswer, SourcesAnswer
from web.app import create_app
from web.exports import series_names
from web.gate import NOT_SIGNED_IN, NOT_YOURS, STRANGE_PAGE, Gate, Rules
from web.identity import PERSON_ROLES, Person
from web.sessions import Doorkeeper, hashed
from web.tickets import Tickets

OIDC = {"issuer": "https://login.example", "client_id": "balans"}
SETTINGS = Settings(boards={"main": {}, "other": {}}, sign_in={"oidc": OIDC}, people={"processing": True})
EVERYBODY = ("anybody", *PERSON_ROLES, "nobody in particular", "display of main", "display of other")
"""`nobody in particular` has signed in and has no role."""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with store(tmp_path) as opened:
        teams = {"agent": ["north"], "lead": ["north"]}
        made = [
            account(role, role, teams=teams.get(role, ()), agent="a-1" if role == "agent" else None)
            for role in PERSON_ROLES
        ]
        await Accounts(opened).put(*made, account("nobody in particular"))
        for board in ("main", "other"):
            screen = Display(display=board, label=board, boards=(board,), approved_by="x", approved_at=NOW)
            await Displays(opened).add(screen, hashed(board))
        entries = [DirectoryEntry(agent=f"a-{team}", name=team, team=team) for team in ("north", "south")]
        await Directory(opened).replace(entries)
        yield opened


def addresses(app: FastAPI) -> Iterator[str]:
    """Every method and template that the application answers."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            assert not route.original_route.path, "a second mount"
            yield "GET /assets/{path:path}"  # the build; the gate lets nothing else of it through
        else:
            methods = set(route.methods or {"WS"}) - {"HEAD"}
            yield from (f"{method} {route.path}" for method in methods)


def path_of(template: str, board: str = "main") -> str:
    return re.sub(r"\{\w+(:\w+)?\}", "x", template.partition(" ")[2].replace("{board}", board))


async def test_every_address_has_a_row_and_every_row_an_address(database: Database) -> None:
    served = list(addresses(create_app(SETTINGS, Feed(), database=database)))
    assert set(served) == set(ACCESS)
    assert len(served) == len(set(served))


@pytest.mark.parametrize("key", ACCESS)
def test_an_address_belongs_to_one_row_only(key: str) -> None:
    method, path = key.partition(" ")[0], path_of(key)
    found = find(method, path)
    assert found is not None
    assert found.template == key
    others = dict(ACCESS)
    del others[key]
    assert not any(
        other.startswith(f"{method} ")
        and re.fullmatch(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(other)), f"{method} {path}")
        for other in others
    )


def granted(row: Row, who: str) -> bool:
    """What the table means, said once more and in other words."""
    if row.grant == "anyone":
        return True
    if row.grant in (FIGURES, BOARD):
        return who in PERSON_ROLES or (row.grant == BOARD and who == "display of main")
    return who in row.grant


class LetIn:
    """Stands where the application would, and says yes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
        else:
            await Response("let in")(scope, receive, send)


async def cookie_of(who: str, doorkeeper: Doorkeeper, database: Database) -> tuple[str, str]:
    """The cookie that this one shows, and the token against forgery."""
    if who == "anybody":
        return "", ""
    if who.startswith("display"):
        return f"balans_display={who.removeprefix('display of ')}", ""
    answer, found = Response(), await Accounts(database).of_id(who)
    assert found is not None
    identity = await doorkeeper.begin(found, HTTPConnection(_scope("GET", "/", {})), answer)
    return answer.headers["set-cookie"].partition(";")[0], identity.csrf


def _scope(method: str, path: str, headers: dict[str, str], query: str = "") -> dict[str, Any]:
    return {
        "type": "websocket" if method == "WS" else "http",
        "scheme": "ws" if method == "WS" else "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
        "client": ("192.0.2.1", 1),
        "server": ("balans.example", 80),
    }


async def ask(app: Any, scope: dict[str, Any]) -> tuple[int, bytes]:
    """Status and body; of a WebSocket 101 or 403."""
    sent: list[Message] = []
    kind = "websocket" if scope["type"] == "websocket" else "http"
    coming = iter(({"type": f"{kind}.{'connect' if kind == 'websocket' else 'request'}"},))

    async def receive() -> Message:
        return next(coming, {"type": f"{kind}.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    if scope["type"] == "websocket":
        return (101 if sent[0]["type"] == "websocket.accept" else 403), b""
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize("who", EVERYBODY)
async def test_everybody_reaches_what_is_granted_and_nothing_else(database: Database, who: str) -> None:
    clock = Clock()
    doorkeeper, tickets = Doorkeeper(database, SETTINGS.sign_in, clock, https=False), Tickets(clock)  # type: ignore[arg-type]
    gate = Gate(LetIn(), Rules(doorkeeper=doorkeeper, tickets=tickets, open_figures=False))
    cookie, csrf = await cookie_of(who, doorkeeper, database)
    headers = {"host": "balans.example", "origin": SITE, "cookie": cookie, "x-balans-csrf": csrf}
    reached = {}
    for key in ACCESS:
        method = key.partition(" ")[0]
        identity = await doorkeeper.identify(HTTPConnection(_scope("GET", "/", headers)))
        query = f"ticket={tickets.issue(identity).ticket}" if identity.person else ""
        status, _ = await ask(gate, _scope(method, path_of(key), headers, query))
        assert status in (200, 101, 303, 401, 403), key
        reached[key] = status in (200, 101)
    assert reached == {key: granted(row, who) for key, row in ACCESS.items()}


async def test_the_gate_stands_before_the_real_application(database: Database) -> None:
    """Without a cookie nothing but what is anyone's answers, through the application as it is served."""
    app = create_app(SETTINGS, Feed(), database=database)
    refusals = {NOT_SIGNED_IN.en.encode(), NOT_YOURS.en.encode()}
    for key, row in ACCESS.items():
        if key == "GET /sign-in/oidc":
            continue  # It would go and look for the provider.
        status, body = await ask(app, _scope(key.partition(" ")[0], path_of(key), {"host": "balans.example"}))
        sent_away = status == 303 and "callback" not in key
        told = any(refusal in body for refusal in refusals) or (not body and status == 403)
        refused = sent_away or told
        assert refused == (row.grant != "anyone"), (key, status, body)


@pytest.mark.parametrize("key", [key for key, row in ACCESS.items() if row.grant in (FIGURES, BOARD)])
@pytest.mark.parametrize("way", ["no sign-in configured", "demo"])
async def test_walls_are_open_until_sign_in_is_configured_and_in_the_demo(key: str, way: str) -> None:
    app = create_app(Settings(boards={"main": {}}, sign_in={} if way == "demo" else None), Feed(), demo=way == "demo")
    gate = Gate(LetIn(), Rules(open_figures=True))
    assert (await ask(gate, _scope(key.partition(" ")[0], path_of(key), {})))[0] in (200, 101)
    if not key.startswith("WS"):
        assert (await ask(app, _scope("GET", path_of(key), {})))[0] not in (303, 401, 403)


def test_what_is_open_while_no_sign_in_is_configured_is_of_no_person() -> None:
    assert not [key for key, row in ACCESS.items() if row.of_persons and not isinstance(row.grant, frozenset)]


@pytest.mark.parametrize("key", [key for key, row in ACCESS.items() if row.of_persons])
async def test_while_the_switch_is_off_nobody_gets_anything_about_persons(database: Database, key: str) -> None:
    clock, settings = Clock(), Settings(sign_in={})
    app = create_app(settings, Feed(), database=database, clock=clock)
    doorkeeper = Doorkeeper(database, settings.sign_in, clock, https=False)  # type: ignore[arg-type]
    for role in ACCESS[key].grant:
        cookie, csrf = await cookie_of(role, doorkeeper, database)
        headers = {"host": "balans.example", "origin": SITE, "cookie": cookie, "x-balans-csrf": csrf}
        status, body = await ask(app, _scope(key.partition(" ")[0], path_of(key), headers))
        said = key.startswith("WS") or SWITCHED_OFF.en.encode() in body
        assert (status, said) == (403, True)


@pytest.mark.parametrize(
    "key", [key for key, row in ACCESS.items() if isinstance(row.grant, frozenset) and not key.startswith("GET")]
)
async def test_nothing_is_changed_for_a_page_of_another_site(database: Database, key: str) -> None:
    method, clock = key.partition(" ")[0], Clock()
    doorkeeper = Doorkeeper(database, SETTINGS.sign_in, clock, https=False)  # type: ignore[arg-type]
    gate = Gate(LetIn(), Rules(doorkeeper=doorkeeper, tickets=Tickets(clock), open_figures=False))
    role = sorted(ACCESS[key].grant)[0]
    cookie, csrf = await cookie_of(role, doorkeeper, database)
    for origin, token in (("https://evil.example", csrf), (SITE, ""), (SITE, "guess")):
        headers = {"host": "balans.example", "origin": origin, "cookie": cookie, "x-balans-csrf": token}
        status, body = await ask(gate, _scope(method, path_of(key), headers))
        assert (status, method == "WS" or STRANGE_PAGE.en.encode() in body) == (403, True)


def person(*roles: Any, teams: tuple[str, ...] = (), agent: str | None = None) -> Person:
    return Person(account="p", name="P", roles=frozenset(roles), teams=frozenset(teams), agent=agent)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (person("agent", agent="a-1"), True),
        (person("agent", agent="a-2"), False),
        (person("agent", teams=("north",), agent="a-2"), False),
        (person("lead", teams=("north",)), True),
        (person("lead", teams=("south",)), False),
        (person("lead", teams=("south",), agent="a-1"), False),
        *((person(role, teams=("north",), agent="a-1"), False) for role in ("operations", "privacy", "admin")),
    ],
)
def test_an_agent_is_seen_by_that_agent_and_the_teams_lead(who: Person, may: bool) -> None:
    assert may_see_agent(who, "a-1", "north") is may


def test_nobody_leads_those_without_a_team() -> None:
    assert not may_lead(person("lead", teams=("",)), "")


@pytest.mark.parametrize(("role", "names"), [("lead", {"north"}), ("admin", {"north", "south"})])
async def test_a_lead_reads_the_names_of_the_own_team_only(database: Database, role: str, names: set[str]) -> None:
    clock = Clock()
    doorkeeper = Doorkeeper(database, SETTINGS.sign_in, clock, https=False)  # type: ignore[arg-type]
    cookie, _ = await cookie_of(role, doorkeeper, database)
    app = create_app(SETTINGS, Feed(), database=database, clock=clock)
    _, body = await ask(app, _scope("GET", "/api/v1/directory", {"cookie": cookie}))
    assert {entry["name"] for entry in msgspec.json.decode(body)} == names


OF_A_PERSON = re.compile(r"agent|agent_id|account|login|person|customer|colleague|employee")


def fields_of(annotation: Any, seen: set[Any]) -> Iterator[str]:
    """Every field of a type that is sent, at any depth."""
    if annotation in seen:
        return
    seen.add(annotation)
    described = msgspec.inspect.type_info(annotation)
    waiting: list[Any] = [described]
    known: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in known:
            continue
        known.add(id(one))
        if isinstance(one, msgspec.inspect.StructType):
            yield from (f"{one.cls.__name__}.{field.name}" for field in one.fields)
            waiting += [field.type for field in one.fields]
        for name in ("types", "item_types"):
            waiting += getattr(one, name, ())
        for name in ("item_type", "key_type", "value_type"):
            waiting += [part] if (part := getattr(one, name, None)) is not None else []


@pytest.mark.parametrize("sent", [Board, SnapshotMessage, DeltaMessage, FiguresAnswer, SourcesAnswer, SiteFigures])
def test_what_reaches_a_wall_an_api_or_a_topic_has_no_field_for_a_person(sent: Any) -> None:
    fields = list(fields_of(sent, set()))
    assert fields
    assert [field for field in fields if OF_A_PERSON.fullmatch(field.rpartition(".")[2])] == []


def test_no_metric_has_a_label_for_a_person() -> None:
    labels = {label for _, labels, _ in series_names().values() for label in labels}
    of_the_work = {"scope", "id", "state", "reason", "source", "board", "channel", "line", "team", "outcome"}
    of_alerts = {"kind", "severity", "receiver"}
    assert labels == of_the_work | of_alerts | {"version", "python"}


def test_every_topic_is_known() -> None:
    """Events and the state of a source are between a collector and the monitor, by opaque ids; the switch is a word
    for all; the figures and the live boards are the types that have no field for a person."""
    addresses = {channel["address"] for channel in document()["channels"].values()}
    assert addresses == {
        "balans/v1/events/{collector}",
        "balans/v1/status/{collector}",
        "balans/v1/switch",
        "balans/v1/figures",
        "/ws/board/{board}",
    }


def test_the_page_shows_the_table_as_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page), "run `python tools/access.py`"
