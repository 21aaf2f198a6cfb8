"""The open API: what it says is what it describes."""

import itertools
from typing import Any

import msgspec
import pytest

from monitor.board import Board
from monitor.measures import BY_KEY
from monitor.wallboard import wallboard
from tests.pictures import BOARD, NOW, QUEUES, live, scope, site
from tests.web.conftest import Served
from web.api import FiguresAnswer, SourcesAnswer

ADDRESSES = ("/api/v1/boards", "/api/v1/boards/main", "/api/v1/figures", "/api/v1/measures", "/api/v1/sources")


async def test_the_boards_are_listed(web: Served) -> None:
    async with web.client() as client:
        names = (await client.get("/api/v1/boards")).json()
    assert [(name["id"], name["title"], name["queues"]) for name in names] == [
        ("main", "The floor", []),
        ("chat", "Balans", ["webchat"]),
    ]


async def test_a_board_is_the_one_on_the_wall(web: Served) -> None:
    await web.feed.publish(site())
    async with web.client() as client:
        answer = await client.get("/api/v1/boards/main")
    board = wallboard("main", BOARD, QUEUES, site(), site_name="Balans")
    assert msgspec.json.decode(answer.content, type=Board) == board
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("address", ["/api/v1/boards/main", "/api/v1/figures", "/api/v1/sources"])
async def test_without_figures_that_is_said(web: Served, address: str) -> None:
    async with web.client() as client:
        answer = await client.get(address)
    assert (answer.status_code, answer.json()) == (503, {"error": "There are no figures yet."})


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/api/v1/boards/nowhere", 404, "There is no board called nowhere."),
        ("/api/v1/nothing", 404, "There is nothing at this address."),
        ("/api/v1/figures?kind=person", 400, "kind: Input should be"),
        ("/api/v1/figures?window=1y", 400, "window: Input should be"),
    ],
)
async def test_what_is_wrong_is_one_sentence(web: Served, address: str, status: int, sentence: str) -> None:
    await web.feed.publish(site())
    async with web.client() as client:
        answer = await client.get(address)
    assert answer.status_code == status
    assert answer.json()["error"].startswith(sentence)
    assert list(answer.json()) == ["error"]


async def test_nothing_can_be_changed_here(web: Served) -> None:
    async with web.client() as client:
        answer = await client.post("/api/v1/boards", json={})
    assert (answer.status_code, answer.json()["error"]) == (405, "This address does not take that method.")


async def figures(web: Served, **filters: str) -> FiguresAnswer:
    async with web.client() as client:
        answer = await client.get("/api/v1/figures", params=filters)
    return msgspec.json.decode(answer.content, type=FiguresAnswer)


async def test_figures_come_whole(web: Served) -> None:
    await web.feed.publish(site())
    answer = await figures(web)
    assert (answer.at, answer.time_zone, answer.conservation) == (NOW, "Europe/Amsterdam", True)
    assert answer.scopes == site().scopes


async def test_figures_are_narrowed_by_kind_id_and_window(web: Served) -> None:
    await web.feed.publish(site())
    (only,) = (await figures(web, kind="queue", id="sales", window="30m")).scopes
    assert (only.scope.kind, only.scope.id, set(only.windows)) == ("queue", "sales", {"30m"})
    assert (await figures(web, kind="team", id="nobody")).scopes == ()


async def test_of_a_small_group_only_the_work_is_told(web: Served) -> None:
    await web.feed.publish(site(scope("queue", "sales", live(on_duty=2)), scope("queue", "service", live(on_duty=4))))
    for id, shown in (("sales", False), ("service", False), ("webchat", True)):
        (one,) = (await figures(web, kind="queue", id=id)).scopes
        assert one.windows["today"].offered == 100
        assert (one.windows["today"].handle_time_seconds.mean is not None) is shown


async def test_asking_for_one_scope_hides_what_asking_for_all_hides(web: Served) -> None:
    """The complement of a small group stays hidden when it is asked for by itself."""
    await web.feed.publish(site(scope("queue", "sales", live(on_duty=2))))
    together = {one.scope.id: one for one in (await figures(web, kind="queue")).scopes}
    for id, one in together.items():
        assert (await figures(web, kind="queue", id=id)).scopes == (one,)
    assert sum(one.windows["today"].handle_time_seconds.mean is None for one in together.values()) == 2


async def test_the_table_of_measures_is_in_both_languages(web: Served) -> None:
    async with web.client() as client:
        rows = (await client.get("/api/v1/measures")).json()
    assert [row["key"] for row in rows] == list(BY_KEY)
    assert rows[0]["label"] == {"en": "Customers waiting", "nl": "Wachtende klanten"}


async def test_sources_and_pipeline(web: Served) -> None:
    await web.feed.publish(site())
    async with web.client() as client:
        answer = msgspec.json.decode((await client.get("/api/v1/sources")).content, type=SourcesAnswer)
    assert (answer.sources, answer.pipeline) == (site().sources, site().pipeline)


async def test_the_description_is_published_and_every_address_is_described(web: Served) -> None:
    async with web.client() as client:
        document = (await client.get("/api/openapi.json")).json()
    assert set(document["paths"]) == {
        *("/api/v1/boards", "/api/v1/boards/{board}", "/api/v1/figures", "/api/v1/measures", "/api/v1/sources"),
        *("/api/v1/boards/{board}/at", "/api/v1/figures/at"),
        *("/api/v1/alerts", "/api/v1/history", "/api/v1/staffing"),
        *("/healthz", "/readyz", "/metrics"),
    }
    for path in document["paths"].values():
        assert path["get"]["summary"]
        assert path["get"]["description"]


async def test_every_reference_of_the_description_leads_somewhere(web: Served) -> None:
    async with web.client() as client:
        document = (await client.get("/api/openapi.json")).json()
    schemas = document["components"]["schemas"]
    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in schemas


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*map(references, node.values()))
    return set(itertools.chain.from_iterable(map(references, node))) if isinstance(node, list) else set()


@pytest.mark.parametrize("address", ADDRESSES)
async def test_what_is_sent_is_what_is_described(web: Served, address: str) -> None:
    await web.feed.publish(site())
    async with web.client() as client:
        document = (await client.get("/api/openapi.json")).json()
        sent = (await client.get(address)).json()
    described = document["paths"][address.replace("/main", "/{board}")]["get"]["responses"]["200"]
    check(sent, described["content"]["application/json"]["schema"], document["components"]["schemas"])


def check(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    """As much of JSON Schema as msgspec writes for our types: references, unions, objects and arrays."""
    if "$ref" in schema:
        check(value, schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    elif "anyOf" in schema:
        if "discriminator" in schema:
            name = schema["discriminator"]["mapping"][value["type"]].rsplit("/", 1)[1]
            check(value, schemas[name], schemas)
        else:
            assert any(matches(value, choice, schemas) for choice in schema["anyOf"]), (value, schema)
    elif "enum" in schema:
        assert value in schema["enum"]
    elif schema.get("type") == "object":
        assert isinstance(value, dict)
        assert set(schema.get("required", ())) <= set(value)
        properties = schema.get("properties")
        for key, item in value.items():
            if properties is not None:
                assert key in properties, f"{key} is not described"
                check(item, properties[key], schemas)
            elif isinstance(schema.get("additionalProperties"), dict):
                check(item, schema["additionalProperties"], schemas)
    elif schema.get("type") == "array":
        assert isinstance(value, list)
        for item in value:
            check(item, schema["items"], schemas)
    elif "type" in schema:
        kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
        assert isinstance(value, kinds[schema["type"]])  # type: ignore[arg-type]


def matches(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    try:
        check(value, schema, schemas)
    except (AssertionError, KeyError, TypeError):
        return False
    return True


async def test_how_many_people_a_queue_needs(web: Served) -> None:
    async with web.client() as client:
        assert (await client.get("/api/v1/staffing?queue=sales")).status_code == 503
        await web.feed.publish(site())
        found = (await client.get("/api/v1/staffing?queue=sales&agents=12")).json()
        assert [scenario["agents"] for scenario in found["scenarios"]] == [11, 12, 13]
        unknown = await client.get("/api/v1/staffing?queue=nowhere")
        assert (unknown.status_code, unknown.json()["error"]) == (404, "There is no queue called nowhere.")
        assert (await client.get("/api/v1/staffing?queue=sales&agents=0")).status_code == 400
        assert (await client.get("/api/v1/staffing?queue=sales&agents=10001")).status_code == 400
