from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLObjectType

from hub.model.vocabulary import Kind
from hub.store.store import Store
from resolvers.ahead import needs_whole
from resolvers.selection import Chosen
from tests.kit.graph import CORE, Graph
from tests.kit.orders import Kept, keep_alone, keep_order, make_customer, make_line, make_order, make_shipment
from tests.kit.statements import counted
from tests.kit.things import make_warehouse

OF_THE_PRESENT = {
    "statusText", "isLate", "systems", "provenance", "allowedActions", "holds", "exceptionCases", "operations",
    "timeline", "trace",
}  # fmt: skip


def test_exactly_what_its_document_and_its_edges_do_not_answer_needs_an_order_whole() -> None:
    order = CORE.type_map["Order"]
    assert isinstance(order, GraphQLObjectType)
    assert {name for name in order.fields if needs_whole(Chosen({name: Chosen()}))} == OF_THE_PRESENT
    assert not needs_whole(Chosen(__typename=Chosen()))


@pytest.fixture
async def two(store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    for code in ("E", "W"):
        await keep_alone(store, Kind.WAREHOUSE, make_warehouse(code))
    for number in ("A1", "B2"):
        line = replace(make_line(), warehouse_id="warehouse-E")
        order = make_order(number, customer_id="customer-ACME", lines=(line,))
        parcel = make_shipment(f"S{number}", order_ids=(order.id,), warehouse_id="warehouse-W")
        await keep_order(store, Kept(order=order, members={Kind.SHIPMENT: [parcel]}))


ONE = 'order(by: {identifier: "B2"})'
CASES: tuple[tuple[str, int, bool, dict[str, Any]], ...] = (
    # document, statements, whether an order is read whole, the last order
    ("{orders {nodes {number}}}", 1, False, {"number": "B2"}),
    ("{orders {nodes {lines {warehouse {code}}}}}", 2, False, {"lines": [{"warehouse": {"code": "E"}}]}),
    ("{orders {nodes {...F}}} fragment F on Order {parcels: shipments {number}}", 2, False,
     {"parcels": [{"number": "SB2"}]}),
    ("{orders {nodes {shipments @skip(if: true) {number} number}}}", 1, False, {"number": "B2"}),
    ("{orders {nodes {shipments {number} statusText}}}", 2, True,
     {"shipments": [{"number": "SB2"}], "statusText": "Accepted."}),
    ("{" + ONE + " {number}}", 2, False, {"number": "B2"}),
    ("{" + ONE + " {customer {number} shipments {number warehouse {code} orders {number}}}}", 5, False,
     {"customer": {"number": "ACME"},
      "shipments": [{"number": "SB2", "warehouse": {"code": "W"}, "orders": [{"number": "B2"}]}]}),
    ("{" + ONE + " {customer {number} shipments {number warehouse {code} orders {isLate}}}}", 6, True,
     {"customer": {"number": "ACME"},
      "shipments": [{"number": "SB2", "warehouse": {"code": "W"}, "orders": [{"isLate": None}]}]}),
    ("{" + ONE + " {isLate customer {number} shipments {number warehouse {code}}}}", 2, True,
     {"isLate": None, "customer": {"number": "ACME"},
      "shipments": [{"number": "SB2", "warehouse": {"code": "W"}}]}),
    ("{" + ONE + " {shipments {number provenance {source}}}}", 2, True,
     {"shipments": [{"number": "SB2", "provenance": []}]}),
    ('{customer(by: {identifier: "ACME"}) {orders(first: 2) {shipments {number} isLate}}}', 4, True,
     {"orders": [{"shipments": [{"number": number}], "isLate": None} for number in ("SB2", "SA1")]}),
)  # fmt: skip


@pytest.mark.usefixtures("two")
async def test_a_level_is_read_at_once_and_nothing_else_is(graph: Graph) -> None:
    for document, statements, whole, shown in CASES:
        with counted() as sent:
            (said,) = (await graph.data(document)).values()
        assert (said["nodes"][0] if "nodes" in said else said) == shown, document
        assert len(sent) == statements, (document, sent)
        assert any("join record" in one for one in sent) is whole, document
