from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any

import pytest

from hub.errors import InvalidInput
from hub.model.order import OrderCommercial
from hub.model.place import Warehouse
from hub.model.vocabulary import Kind
from hub.read.whole import Members
from hub.store import tables
from hub.store.store import Store
from resolvers.edges import EDGES, By, Edge, related, resolver_of
from tests.kit.graph import Graph
from tests.kit.orders import NOON, Kept, keep_alone, keep_order, keep_rows, make_customer, make_order, make_shipment
from tests.kit.statements import counted
from tests.kit.things import (
    make_credit,
    make_invoice,
    make_payment,
    make_price,
    make_request,
    make_return,
    make_transfer,
    make_warehouse,
)


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge.of.__name__}.{edge.name}")
def test_an_edge_starts_at_a_field_that_is_there(edge: Edge) -> None:
    holder = Members if edge.by is By.WHOLE else edge.of
    assert is_dataclass(holder)
    assert edge.key in {spec.name for spec in fields(holder)} or isinstance(getattr(holder, edge.key), property)
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
    assert len(sent) == 4  # what it is, the order, its shipments, their warehouses
    assert said == {
        "customer": None,
        "shipments": [{"number": "317", "warehouse": {"code": "WH"}, "orders": [{"number": "R7K2"}]}],
    }


def of(number: int, **said: Any) -> Kept:  # Any: fields of the order
    """An order of a customer with one of everything under it."""
    order = make_order(f"N{number}", customer_id=f"customer-C{number}", **said)
    whose = {"order_ids": (order.id,), "customer_id": f"customer-C{number}"}
    under: dict[Kind, list[Any]] = {
        Kind.SHIPMENT: [make_shipment(f"S{number}", order_ids=(order.id,), warehouse_id="warehouse-WH")],
        Kind.FULFILLMENT_ORDER: [make_request(f"F{number}", order_ids=(order.id,), warehouse_id="warehouse-WH",
                                              shipment_ids=(f"shipment-S{number}",))],
        Kind.RETURN: [make_return(f"R{number}", warehouse_id="warehouse-WH", **whose)],
        Kind.INVOICE: [make_invoice(f"I{number}", **whose)],
        Kind.CREDIT_MEMO: [make_credit(f"M{number}", order_ids=(order.id,), invoice_id=f"invoice-I{number}",
                                       return_id=f"return-R{number}")],
        Kind.PAYMENT: [make_payment(f"P{number}", order_ids=(order.id,), return_id=f"return-R{number}")],
    }  # fmt: skip
    return Kept(order=order, members=under)


@pytest.fixture
async def three(store: Store) -> None:
    for code in ("WH", "WH-EAST"):
        await keep_alone(store, Kind.WAREHOUSE, make_warehouse(code))
    await keep_alone(store, Kind.CUSTOMER, make_customer("ABOVE"))
    for number in range(3):
        await keep_alone(store, Kind.CUSTOMER, make_customer(f"C{number}", parent_id="customer-ABOVE"))
        await keep_order(store, of(number))
        await keep_alone(store, Kind.TRANSFER, make_transfer(f"T{number}"))
        await keep_alone(store, Kind.PRICE_REFERENCE, make_price(f"X{number}", customer_id=f"customer-C{number}"))


PAGES: tuple[tuple[str, int, dict[str, Any]], ...] = (
    # document, statements, the first node
    (
        """{orders {nodes {customer {number parent {number}} shipments {number warehouse {code} orders {number}}
          fulfillmentOrders {number order {number} warehouse {code} shipments {number}}
          returns {number order {number} warehouse {code}} invoices {number orders {number} customer {number}}
          creditMemos {number invoice {number} return {number}} payments {return {number}} }}}""",
        4,  # the page, what hangs under its orders, their customers, warehouses with the account above
        {
            "customer": {"number": "C2", "parent": {"number": "ABOVE"}},
            "shipments": [{"number": "S2", "warehouse": {"code": "WH"}, "orders": [{"number": "N2"}]}],
            "fulfillmentOrders": [
                {
                    "number": "F2",
                    "order": {"number": "N2"},
                    "warehouse": {"code": "WH"},
                    "shipments": [{"number": "S2"}],
                }
            ],
            "returns": [{"number": "R2", "order": {"number": "N2"}, "warehouse": {"code": "WH"}}],
            "invoices": [{"number": "I2", "orders": [{"number": "N2"}], "customer": {"number": "C2"}}],
            "creditMemos": [{"number": "M2", "invoice": {"number": "I2"}, "return": {"number": "R2"}}],
            "payments": [{"return": {"number": "R2"}}],
        },
    ),
    (
        "{shipments {nodes {number warehouse {code} orders {number customer {number}}}}}",
        3,  # the page, warehouses with orders, customers
        {
            "number": "S2",
            "warehouse": {"code": "WH"},
            "orders": [{"number": "N2", "customer": {"number": "C2"}}],
        },
    ),
    (
        "{fulfillmentOrders {nodes {number order {number} warehouse {code} shipments {number}}}}",
        2,  # the page; orders, warehouses and shipments
        {"number": "F2", "order": {"number": "N2"}, "warehouse": {"code": "WH"}, "shipments": [{"number": "S2"}]},
    ),
    (
        "{returns {nodes {number order {number} customer {number} warehouse {code}}}}",
        2,
        {
            "number": "R2",
            "order": {"number": "N2"},
            "customer": {"number": "C2"},
            "warehouse": {"code": "WH"},
        },
    ),
    (
        "{creditMemos {nodes {number orders {number} invoice {number} return {number}}}}",
        2,
        {"number": "M2", "orders": [{"number": "N2"}], "invoice": {"number": "I2"}, "return": {"number": "R2"}},
    ),
    (
        "{payments {nodes {orders {number} return {number}}}}",
        2,
        {"orders": [{"number": "N2"}], "return": {"number": "R2"}},
    ),
    (
        """{customers(first: 3, sort: {field: NUMBER, direction: DESC}) {nodes {number parent {number}
          orders(first: 2) {number shipments {number}} returns {number} invoices {number order: orders {number}}}}}""",
        6,  # the page, parents, newest orders, returns, invoices, shipments of the orders
        {
            "number": "C2",
            "parent": {"number": "ABOVE"},
            "orders": [{"number": "N2", "shipments": [{"number": "S2"}]}],
            "returns": [{"number": "R2"}],
            "invoices": [{"number": "I2", "order": [{"number": "N2"}]}],
        },
    ),
    (
        "{transfers {nodes {number fromWarehouse {code} toWarehouse {code}}}}",
        2,
        {"number": "T2", "fromWarehouse": {"code": "WH"}, "toWarehouse": {"code": "WH-EAST"}},
    ),
    (
        "{priceReferences(sort: {field: SKU, direction: DESC}) {nodes {sku customer {number}}}}",
        2,
        {"sku": "X2", "customer": {"number": "C2"}},
    ),
)


@pytest.mark.usefixtures("three")
async def test_each_edge_of_a_page_is_one_statement_per_level(graph: Graph) -> None:
    for document, statements, first in PAGES:
        with counted() as sent:
            (said,) = (await graph.data(document)).values()
        assert said["nodes"][0] == first, document
        assert len(sent) == statements, (document, sent)


@pytest.mark.usefixtures("three")
async def test_the_size_of_a_page_costs_no_statement(graph: Graph) -> None:
    for asked, statements, _ in PAGES:
        document = asked.replace("first: 3, ", "")
        root = document.split("{")[1].split("(")[0].strip()
        narrowed = document.replace(f"{root}(", f"{root}(first: 1, ") if f"{root}(" in document else (
            document.replace(root, f"{root}(first: 1)", 1)
        )  # fmt: skip
        with counted() as sent:
            (said,) = (await graph.data(narrowed)).values()
        assert len(said["nodes"]) == 1
        assert len(sent) == statements, document


async def test_the_newest_of_a_customer_alone_and_no_more_than_a_hundred(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    for day in range(3):
        placed = OrderCommercial(placed_at=NOON + timedelta(days=day))
        await keep_order(store, Kept(order=make_order(f"N{day}", customer_id="customer-ACME", commercial=placed)))
    said = await graph.data('{customer(by: {identifier: "ACME"}) {orders(first: 2) {number}}}')
    assert said["customer"]["orders"] == [{"number": "N2"}, {"number": "N1"}]
    wrong = await graph.answer('{customer(by: {identifier: "ACME"}) {orders(first: 101) {number}}}')
    assert wrong.errors is not None
    assert isinstance(wrong.errors[0].original_error, InvalidInput)


async def test_what_was_merged_away_answers_as_its_survivor(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    gone = {"kind": "CUSTOMER", "id": "old", "root_id": "old", "redirect_to": "customer-ACME", "doc": {}}
    await keep_rows(store, tables.entity, gone)
    await keep_alone(store, Kind.INVOICE, make_invoice(customer_id="old"))
    said = await graph.data("{invoices {nodes {customer {number}}}}")
    assert said["invoices"]["nodes"] == [{"customer": {"number": "ACME"}}]
