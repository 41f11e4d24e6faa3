import asyncio
from dataclasses import replace
from typing import Any

import pytest

from hub.call import worker_call
from hub.errors import Ambiguous
from hub.model.ids import global_id
from hub.model.values import Identifier, Speaker
from hub.model.vocabulary import FieldGroup, IdentifierScheme, Kind
from hub.store import tables
from hub.store.store import Store
from resolvers.entities import SHOWN, roots
from tests.kit.graph import REP, Graph
from tests.kit.orders import Kept, keep_alone, keep_order, make_customer, make_order, make_record, make_shipment
from tests.kit.statements import counted
from tests.kit.things import (
    make_credit,
    make_invoice,
    make_payment,
    make_price,
    make_product,
    make_request,
    make_return,
    make_transfer,
    make_warehouse,
    named,
)

MADE: dict[Kind, Any] = {
    Kind.SHIPMENT: make_shipment(),
    Kind.FULFILLMENT_ORDER: make_request(identifiers=named(IdentifierScheme.ERP_SHIPMENT, "F1")),
    Kind.RETURN: make_return(),
    Kind.INVOICE: make_invoice(),
    Kind.CREDIT_MEMO: make_credit(),
    Kind.PAYMENT: make_payment(),
    Kind.CUSTOMER: make_customer(),
    Kind.PRODUCT: make_product(),
    Kind.WAREHOUSE: make_warehouse(),
    Kind.TRANSFER: make_transfer(),
    Kind.PRICE_REFERENCE: make_price(identifiers=named(IdentifierScheme.OTHER, "P")),
}


async def test_every_kind_is_found_by_its_own_identifier_and_by_id_and_says_where_it_is_known(
    graph: Graph, store: Store
) -> None:
    for kind, document in MADE.items():
        speaker = Speaker(group=FieldGroup.COMMERCIAL, source="shop", kind=kind, source_id=f"shop-{document.id}")
        document = replace(document, speakers=(speaker,))
        await keep_alone(store, kind, document)
        record = make_record(kind=kind, source_id=f"shop-{document.id}", entity_id=document.id)
        await keep_order(store, Kept(order=make_order(kind.value), records=[record]))
    for shown in SHOWN:
        if shown.kind is Kind.ORDER:
            continue
        document, root = MADE[shown.kind], camel(shown.one)
        asked = "{id systems {source state} provenance {group source} __typename}"
        typed = document.identifiers[0].value
        with counted() as sent:
            found = (await graph.data(f'{{{root}(by: {{identifier: "{typed}"}}) {asked}}}'))[root]
        assert len(sent) == 3, shown.kind  # found, read, what is known of it
        assert found["id"] == global_id(found["__typename"], document.id)
        assert found["provenance"] == [{"group": "COMMERCIAL", "source": "shop"}]
        by_id = (await graph.data(f'{{{root}(by: {{id: "{found["id"]}"}}) {asked}}}'))[root]
        assert by_id == found
        node = (await graph.data(f'{{node(id: "{found["id"]}") {{id __typename}}}}'))["node"]
        assert node == {"id": found["id"], "__typename": found["__typename"]}


def camel(name: str) -> str:
    first, *rest = name.strip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)


async def test_two_that_fit_are_named_and_someone_elses_is_missing(graph: Graph, store: Store) -> None:
    for number in ("A", "B"):
        same = (Identifier(scheme=IdentifierScheme.EMAIL, value="same@acme.test"),)
        await keep_alone(store, Kind.CUSTOMER, make_customer(number, identifiers=same), account=number.lower())
    said = await graph.answer('{customer(by: {identifier: "same@acme.test"}) {number}}')
    assert said.data == {"customer": None}
    assert said.errors is not None
    wrong = said.errors[0].original_error
    assert isinstance(wrong, Ambiguous)
    assert [one["id"] for one in wrong.facts["candidates"]] == [  # type: ignore[attr-defined]  # dicts
        global_id("Customer", f"customer-{number}") for number in ("A", "B")
    ]
    own = await graph.data('{customer(by: {identifier: "same@acme.test"}) {number}}', replace(REP, account="a"))
    assert own == {"customer": {"number": "A"}}
    assert await graph.data('{invoice(by: {identifier: "INV-9"}) {number}}') == {"invoice": None}


async def test_systems_of_a_page_are_read_in_one_statement(graph: Graph, store: Store) -> None:
    for number in range(4):
        await keep_alone(store, Kind.INVOICE, make_invoice(f"I{number}"))
    with counted() as sent:
        said = await graph.data("{invoices {nodes {number systems {system} provenance {group}}}}")
    assert len(sent) == 2
    assert [one["systems"] for one in said["invoices"]["nodes"]] == [[{"system": "ERP"}]] * 4


async def answering_soon(store: Store, source_id: str) -> None:
    """A worker that reads the shipment anew as soon as it is asked to."""
    while True:
        async with store.glance(worker_call("acme")) as tx:
            asked = (await tx.execute(tables.hint.select())).all()
        if asked:
            assert [(one.source, one.kind, one.source_id) for one in asked] == [("shop", "SHIPMENT", source_id)]
            async with store.shard(worker_call("acme")) as tx:
                now = await tx.now()
                await tx.execute(tables.record.update().values(started=now, finished=now))
            return
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("most", [60, None])
async def test_a_fresher_shipment_is_asked_for_and_waited_for(graph: Graph, store: Store, most: int | None) -> None:
    parcel = make_shipment(order_ids=("order-R7K2",))
    record = make_record(kind=Kind.SHIPMENT, source_id="9", entity_id=parcel.id)
    await keep_order(store, Kept(order=make_order(), members={Kind.SHIPMENT: [parcel]}, records=[record]))
    query = 'query Q($most: Int) {shipment(by: {identifier: "317"}, maxStalenessSeconds: $most) {systems {ageSeconds}}}'
    worker = asyncio.create_task(answering_soon(store, "9")) if most else None
    said = (await graph.data(query, variables={"most": most}))["shipment"]["systems"][0]
    if worker is not None:
        await worker
    assert (said["ageSeconds"] < 60) is (most is not None)


def test_every_kind_has_a_field_for_one_and_one_for_many() -> None:
    assert {shown.many for shown in SHOWN} <= roots().keys()
    assert len(roots()) == 2 * len(SHOWN) - 1


async def test_a_portal_sees_nothing_of_another_account_by_any_way(graph: Graph, store: Store) -> None:
    """Someone else's is missing: by identifier, by id, in lists, by edges of his own, in what a search finds."""
    for account in ("acme", "beta"):
        for kind, document in MADE.items():
            theirs = replace(document, id=f"{document.id}-{account}")
            await keep_alone(store, kind, theirs, account=account)
    portal = replace(REP, actor="portal", account="acme")
    for shown in SHOWN:
        if shown.kind is Kind.ORDER:
            continue
        typed, one, many = MADE[shown.kind].identifiers[0].value, camel(shown.one), camel(shown.many)
        name = type(MADE[shown.kind]).__name__
        mine, others = (global_id(name, f"{MADE[shown.kind].id}-{account}") for account in ("acme", "beta"))
        assert (await graph.data(f'{{{one}(by: {{identifier: "{typed}"}}) {{id}}}}', portal))[one] == {"id": mine}
        assert (await graph.data(f'{{{one}(by: {{id: "{others}"}}) {{id}}}}', portal))[one] is None
        assert (await graph.data(f'{{node(id: "{others}") {{id}}}}', portal))["node"] is None
        listed = (await graph.data(f"{{{many} {{nodes {{id}} totalCount}}}}", portal))[many]
        assert listed == {"nodes": [{"id": mine}], "totalCount": 1}
        hits = (await graph.data(f'{{search(text: "{typed}") {{hits {{node {{id}}}}}}}}', portal))["search"]["hits"]
        assert others not in {hit["node"]["id"] for hit in hits}
        assert mine in {hit["node"]["id"] for hit in hits}


async def test_a_parcel_shared_with_somebody_else_names_only_ones_own_orders(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer("BETA"), account="beta")
    await keep_order(store, Kept(order=make_order("B2", customer_id="customer-BETA"), account="beta"))
    parcel = make_shipment(order_ids=("order-A1", "order-B2"))
    bill = make_invoice(order_ids=("order-A1", "order-B2"), customer_id="customer-BETA")
    members: dict[Kind, list[Any]] = {Kind.SHIPMENT: [parcel], Kind.INVOICE: [bill]}
    await keep_order(store, Kept(order=make_order("A1"), account="acme", members=members))
    query = "{shipments {nodes {orders {number}}} invoices {nodes {orders {number} customer {number}}}}"
    said = await graph.data(query, replace(REP, actor="portal", account="acme"))
    assert said["shipments"]["nodes"] == [{"orders": [{"number": "A1"}]}]
    assert said["invoices"]["nodes"] == [{"orders": [{"number": "A1"}], "customer": None}]
