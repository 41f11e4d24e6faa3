from typing import Any

import pytest

from hub.errors import CursorInvalid, InvalidInput
from hub.model.entities import ENTITIES
from hub.model.vocabulary import Kind
from hub.store.store import Store
from resolvers.entities import SHOWN
from resolvers.filters import ShipmentFilterInput
from resolvers.lists import plural_of, shapes_of
from tests.kit.graph import CORE, REP, Graph
from tests.kit.orders import Kept, keep_alone, keep_order, make_order, make_shipment
from tests.kit.statements import counted
from tests.kit.things import make_product

PAGE = """query Page($first: Int, $after: String, $last: Int, $before: String, $by: ProductSortField!) {
  products(first: $first, after: $after, last: $last, before: $before, sort: {field: $by}) {
    nodes {sku} edges {cursor node {sku}} pageInfo {hasNextPage hasPreviousPage startCursor endCursor}
  }
}"""


@pytest.fixture
async def five(store: Store) -> None:
    for sku in "EDCBA":
        await keep_alone(store, Kind.PRODUCT, make_product(sku))


async def page(graph: Graph, **variables: Any) -> dict[str, Any]:
    said: dict[str, Any] = (await graph.data(PAGE, variables={"by": "SKU"} | variables))["products"]
    return said


@pytest.mark.usefixtures("five")
async def test_a_list_pages_both_ways(graph: Graph) -> None:
    first = await page(graph, first=2)
    assert [one["sku"] for one in first["nodes"]] == ["A", "B"]
    assert [edge["node"]["sku"] for edge in first["edges"]] == ["A", "B"]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert first["pageInfo"]["startCursor"] == first["edges"][0]["cursor"]
    rest = await page(graph, after=first["pageInfo"]["endCursor"])
    assert [one["sku"] for one in rest["nodes"]] == ["C", "D", "E"]
    back = await page(graph, last=2, before=rest["pageInfo"]["endCursor"])
    assert [one["sku"] for one in back["nodes"]] == ["C", "D"]


@pytest.mark.usefixtures("five")
async def test_a_cursor_is_bound_to_kind_filter_and_sort(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order(), members={Kind.SHIPMENT: [make_shipment()]}))
    cursor = (await page(graph, first=2))["pageInfo"]["endCursor"]
    for document in (
        '{products(after: "%s", sort: {field: NAME}) {nodes {sku}}}',
        '{products(after: "%s", sort: {field: SKU, direction: DESC}) {nodes {sku}}}',
        '{products(after: "%s", sort: {field: SKU}, filter: {sku: {eq: "A"}}) {nodes {sku}}}',
        '{shipments(after: "%s") {nodes {number}}}',
    ):
        said = await graph.answer(document % cursor)
        assert said.errors is not None
        assert isinstance(said.errors[0].original_error, CursorInvalid)


@pytest.mark.usefixtures("five")
async def test_what_fits_is_counted_only_where_that_is_selected(graph: Graph) -> None:
    with counted() as sent:
        await graph.data("{products(first: 2) {nodes {sku}}}")
    assert len(sent) == 1
    with counted() as sent:
        said = await graph.data('{products(first: 2, filter: {sku: {in: ["A", "B", "C"]}}) {nodes {sku} totalCount}}')
    assert (len(sent), said["products"]["totalCount"]) == (2, 3)


async def test_a_page_has_at_most_a_hundred(graph: Graph) -> None:
    said = await graph.answer("{customers(first: 101) {nodes {number}}}")
    assert said.errors is not None
    assert isinstance(said.errors[0].original_error, InvalidInput)


async def test_a_portal_lists_his_own_alone(graph: Graph, store: Store) -> None:
    for account in ("acme", "beta"):
        parcel = make_shipment(f"S-{account}", order_ids=(f"order-{account}",))
        kept = Kept(order=make_order(account), account=account, members={Kind.SHIPMENT: [parcel]})
        await keep_order(store, kept)
    portal = type(REP)(actor="portal", tenant="acme", scopes=REP.scopes, correlation_id="c", account="acme")
    said = await graph.data("{shipments {nodes {number} totalCount} products {totalCount}}", portal)
    assert said == {"shipments": {"nodes": [{"number": "S-acme"}], "totalCount": 1}, "products": {"totalCount": 0}}


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.many)
def test_every_list_has_the_shape_of_orders(shown: Any) -> None:
    name = ENTITIES[shown.kind].__name__
    connection, edge = CORE.type_map[f"{name}Connection"], CORE.type_map[f"{name}Edge"]
    assert set(connection.fields) == {"nodes", "edges", "pageInfo", "totalCount"}  # type: ignore[attr-defined]  # object type
    assert set(edge.fields) == {"node", "cursor"}  # type: ignore[attr-defined]  # as above


def test_the_types_of_a_list_are_made_once() -> None:
    assert shapes_of(Kind.SHIPMENT, ShipmentFilterInput) is shapes_of(Kind.SHIPMENT, ShipmentFilterInput)
    assert plural_of(Kind.CREDIT_MEMO) == "credit memos"
