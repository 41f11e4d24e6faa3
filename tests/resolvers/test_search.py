from dataclasses import replace

from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.graph import REP, Graph
from tests.kit.orders import Kept, keep_alone, keep_order, make_customer, make_order, make_shipment
from tests.kit.statements import counted

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
