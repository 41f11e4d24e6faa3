from dataclasses import replace
from typing import Any

import pytest

from hub.call import worker_call
from hub.errors import Ambiguous
from hub.model.ids import global_id
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store import tables
from hub.store.store import Store
from tests.kit.graph import REP, Graph, graph_over
from tests.kit.orders import (
    Kept,
    keep_alone,
    keep_order,
    keep_rows,
    landscape,
    make_customer,
    make_order,
    make_shipment,
)
from tests.kit.statements import counted
from tests.kit.things import (
    make_credit,
    make_invoice,
    make_payment,
    make_product,
    make_return,
    make_transfer,
    make_warehouse,
)

QUERY = """query Q($text: String!, $kinds: [EntityKind!], $first: Int) {
  search(text: $text, kinds: $kinds, first: $first) {
    hits {kind exact score matched {scheme value source} node {__typename id} orders {number customer {name}}}
  }
}"""


async def test_one_box_finds_every_kind_and_its_orders(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer("317"))
    order = make_order(customer_id="customer-317")
    await keep_order(store, Kept(order=order, members={Kind.SHIPMENT: [make_shipment("317")]}))
    with counted() as sent:
        hits = (await graph.data(QUERY, variables={"text": "317"}))["search"]["hits"]
    assert len(sent) == 3  # identifiers, the things, their orders
    assert [(hit["kind"], hit["exact"], hit["matched"]["scheme"], hit["node"]["__typename"]) for hit in hits] == [
        ("CUSTOMER", True, "ACCOUNT", "Customer"),
        ("SHIPMENT", True, "WMS_SHIPMENT", "Shipment"),
    ]
    assert [hit["orders"] for hit in hits] == [[{"number": "R7K2", "customer": {"name": "ACME Corp"}}]] * 2


async def test_kinds_and_sizes_narrow_it(graph: Graph, store: Store) -> None:
    for number in range(3):
        await keep_order(store, Kept(order=make_order(f"PO-{number}")))
    narrowed = await graph.data(QUERY, variables={"text": "PO-", "kinds": ["ORDER"], "first": 2})
    assert len(narrowed["search"]["hits"]) == 2
    none = await graph.data(QUERY, variables={"text": "PO-", "kinds": ["SHIPMENT", "PRODUCT"]})
    assert none["search"]["hits"] == []


async def test_a_portal_finds_his_own_alone(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order("A1"), account="acme"))
    await keep_order(store, Kept(order=make_order("A11"), account="beta"))
    hits = (await graph.data(QUERY, replace(REP, account="acme"), variables={"text": "A1"}))["search"]["hits"]
    assert [hit["matched"]["value"] for hit in hits] == ["A1"]


async def test_what_lags_is_named_beside_the_hits_and_only_read_when_asked(graph: Graph) -> None:
    with counted() as sent:
        said = await graph.data('{search(text: "nothing") {hits {kind} gaps {source state stateText}}}')
    assert len(sent) == 2
    assert said["search"]["hits"] == []
    assert [(one["source"], one["state"]) for one in said["search"]["gaps"]] == [("shop", "NEVER_SYNCED")]


def bearing(scheme: IdentifierScheme, source: str) -> tuple[Identifier, ...]:
    return (Identifier(scheme=scheme, value="317", source=source),)


@pytest.fixture
async def collision(store: Store) -> None:
    """317 is a shipment of the warehouse, a package of another, a sale and a party of the ERP, in three orders."""
    await keep_alone(store, Kind.CUSTOMER, make_customer("A-9", identifiers=bearing(IdentifierScheme.ACCOUNT, "erp")))
    parcel = make_shipment("317", order_ids=("order-A1",), identifiers=bearing(IdentifierScheme.WMS_SHIPMENT, "wms"))
    boxed = make_shipment("9", order_ids=("order-B2",), identifiers=bearing(IdentifierScheme.PACKAGE, "wms"))
    await keep_order(store, Kept(order=make_order("A1"), members={Kind.SHIPMENT: [parcel]}))
    await keep_order(store, Kept(order=make_order("B2"), members={Kind.SHIPMENT: [boxed]}))
    await keep_order(store, Kept(order=make_order("C3", identifiers=bearing(IdentifierScheme.ERP_ORDER, "erp"))))


@pytest.mark.usefixtures("collision")
async def test_a_bare_number_lists_every_candidate_with_its_scheme_source_and_orders(graph: Graph) -> None:
    with counted() as sent:
        hits = (await graph.data(QUERY, variables={"text": "317"}))["search"]["hits"]
    assert len(sent) == 3
    found = {
        (hit["kind"], hit["matched"]["scheme"], hit["matched"]["source"]): [one["number"] for one in hit["orders"]]
        for hit in hits
    }
    assert found == {
        ("ORDER", "ERP_ORDER", "erp"): ["C3"],
        ("SHIPMENT", "WMS_SHIPMENT", "wms"): ["A1"],
        ("SHIPMENT", "PACKAGE", "wms"): ["B2"],
        ("CUSTOMER", "ACCOUNT", "erp"): [],
    }


@pytest.mark.usefixtures("collision")
async def test_order_refuses_to_guess_and_takes_the_scheme_for_an_answer(graph: Graph) -> None:
    said = await graph.answer('{order(by: {identifier: "317"}) {number}}')
    assert said.data == {"order": None}
    assert said.errors is not None
    wrong = said.errors[0].original_error
    assert isinstance(wrong, Ambiguous)
    candidates: Any = wrong.facts["candidates"]
    assert {(one["scheme"], one["source"], one["id"]) for one in candidates} == {
        ("WMS_SHIPMENT", "wms", global_id("Order", "order-A1")),
        ("PACKAGE", "wms", global_id("Order", "order-B2")),
        ("ERP_ORDER", "erp", global_id("Order", "order-C3")),
    }
    for scheme, number in (("WMS_SHIPMENT", "A1"), ("PACKAGE", "B2"), ("ERP_ORDER", "C3")):
        exact = f'{{order(by: {{exact: {{scheme: {scheme}, value: "317"}}}}) {{number}}}}'
        assert await graph.data(exact) == {"order": {"number": number}}
    by_source = '{order(by: {exact: {scheme: WMS_SHIPMENT, value: "317", source: "erp"}}) {number}}'
    assert await graph.data(by_source) == {"order": None}


async def test_every_kind_is_found(graph: Graph, store: Store) -> None:
    things: dict[Kind, Any] = {
        Kind.PRODUCT: make_product(identifiers=bearing(IdentifierScheme.SKU, "erp")),
        Kind.WAREHOUSE: make_warehouse(identifiers=bearing(IdentifierScheme.OTHER, "erp")),
        Kind.TRANSFER: make_transfer(identifiers=bearing(IdentifierScheme.OTHER, "erp")),
        Kind.INVOICE: make_invoice(identifiers=bearing(IdentifierScheme.INVOICE, "erp")),
        Kind.CREDIT_MEMO: make_credit(identifiers=bearing(IdentifierScheme.CREDIT_MEMO, "erp")),
        Kind.PAYMENT: make_payment(identifiers=bearing(IdentifierScheme.PAYMENT_REF, "shop")),
        Kind.RETURN: make_return(identifiers=bearing(IdentifierScheme.RMA, "erp")),
    }
    for kind, thing in things.items():
        await keep_alone(store, kind, thing)
    hits = (await graph.data(QUERY, variables={"text": "0317"}))["search"]["hits"]
    assert {hit["kind"] for hit in hits} == {kind.value for kind in things}
    assert {hit["exact"] for hit in hits} == {False}
    narrowed = await graph.data(QUERY, variables={"text": "317", "kinds": ["PRODUCT", "INVOICE"]})
    assert {hit["kind"] for hit in narrowed["search"]["hits"]} == {"PRODUCT", "INVOICE"}


async def test_only_sources_that_lag_are_gaps(graph_of_two: Graph, store: Store) -> None:
    async with store.shard(worker_call("acme")) as tx:
        now = await tx.now()
    seen = {"source": "shop", "kind": "ORDER", "sweep": "changed", "through": now}
    await keep_rows(store, tables.coverage, seen)
    await keep_rows(store, tables.source_state, {"source": "erp", "breaker": "OPEN", "last_error": "refused"})
    gaps = (await graph_of_two.data('{search(text: "nothing") {gaps {source state stateText}}}'))["search"]["gaps"]
    assert [(one["source"], one["state"]) for one in gaps] == [("erp", "DOWN")]
    assert "refused" in gaps[0]["stateText"]


@pytest.fixture
def graph_of_two(store: Store, serving: Store, tailing: Store) -> Graph:
    return graph_over((store, serving, tailing), landscape(erp=True))
