from dataclasses import fields, is_dataclass

import pytest

from hub.model.place import Warehouse
from hub.model.vocabulary import Kind
from hub.read.whole import Members
from hub.store.store import Store
from resolvers.edges import EDGES, By, Edge, related, resolver_of
from tests.kit.graph import Graph
from tests.kit.orders import Kept, keep_alone, keep_order, make_customer, make_order, make_shipment
from tests.kit.statements import counted


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge.of.__name__}.{edge.name}")
def test_an_edge_starts_at_a_field_that_is_there(edge: Edge) -> None:
    holder = Members if edge.by is By.WHOLE else edge.of
    assert is_dataclass(holder)
    assert edge.key in {spec.name for spec in fields(holder)}
    assert resolver_of(edge).__doc__ == edge.said
    assert edge.name in related(edge.of)


async def test_one_statement_answers_an_edge_for_a_whole_page(graph: Graph, store: Store) -> None:
    for number in range(3):
        await keep_alone(store, Kind.CUSTOMER, make_customer(f"C{number}"))
        await keep_order(store, Kept(order=make_order(f"N{number}", customer_id=f"customer-C{number}")))
    with counted() as sent:
        said = await graph.data("{orders {nodes {number customer {number}}}}")
    assert len(sent) == 2
    assert [(one["number"], one["customer"]["number"]) for one in said["orders"]["nodes"]] == [
        ("N2", "C2"),
        ("N1", "C1"),
        ("N0", "C0"),
    ]


async def test_edges_to_many_and_back(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.WAREHOUSE, Warehouse(id="w", version=1, code="WH"))
    order = make_order()
    parcel = make_shipment(order_ids=(order.id,), warehouse_id="w")
    await keep_order(store, Kept(order=order, members={Kind.SHIPMENT: [parcel]}))
    query = '{order(by: {identifier: "R7K2"}) {customer {name} shipments {number warehouse {code} orders {number}}}}'
    with counted() as sent:
        said = (await graph.data(query))["order"]
    assert len(sent) == 2
    assert said == {
        "customer": None,
        "shipments": [{"number": "317", "warehouse": {"code": "WH"}, "orders": [{"number": "R7K2"}]}],
    }
