"""One order across shop, ERP and warehouse on PostgreSQL, whichever speaks first (Id-1 to Id-5, D2)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from anyio import create_task_group

from hub.codec import decode
from hub.errors import Ambiguous
from hub.model.billing import CreditMemo, Invoice
from hub.model.entities import ENTITIES
from hub.model.finding import Lookup
from hub.model.observation import Content, Observation, line_key
from hub.model.order import Order, OrderCommercial, OrderGroups, OrderStatus
from hub.model.party import CustomerGroups, CustomerProfile
from hub.model.place import Warehouse
from hub.model.product import Product
from hub.model.returns import Return, ReturnFinancialState, ReturnPhysicalState, ReturnStatus
from hub.model.shipment import FulfillmentOrder, FulfillmentRequestStatus, Shipment, ShipmentMilestone
from hub.model.vocabulary import Kind
from hub.read.find import the_order
from hub.store.circle import PAGE
from hub.store.finding import Wanted, find_identifiers
from hub.store.store import Store
from tests.kit.merging import CALL, ERP, SHOP, START, TENANT, WMS, Looking, key, line, own, seen
from tests.kit.trio import (
    CODE,
    ERP_ORDER,
    ERP_SHIPMENT,
    WMS_SHIPMENT,
    erp_shipment,
    sale,
    shop_order,
    warehouse,
    whole_trio,
    wms_shipment,
)


@pytest.fixture
def hub(store: Store) -> Looking:
    return Looking(store)


async def documents(hub: Looking) -> dict[Kind, Any]:  # Any: documents
    """The one document of every kind that there is, with the root it lies under."""
    rows = await hub.rows(
        "select kind, root_id, doc::text from entity where tenant = :tenant and redirect_to is null order by id"
    )
    assert len({kind for kind, _, _ in rows}) == len(rows), f"twice: {[kind for kind, _, _ in rows]}"
    return {Kind(kind): (root, decode(doc, ENTITIES[Kind(kind)])) for kind, root, doc in rows}


@pytest.mark.parametrize("seed", range(4))
async def test_three_systems_tell_of_one_order_in_any_order(hub: Looking, seed: int) -> None:
    told = whole_trio()
    Random(seed).shuffle(told)
    if seed:
        await hub.each(*told)
    else:
        await hub.write(*told)
    found = await documents(hub)
    root, order = found[Kind.ORDER]
    assert isinstance(order, Order)
    below = (
        Kind.SHIPMENT,
        Kind.FULFILLMENT_ORDER,
        Kind.INVOICE,
        Kind.CREDIT_MEMO,
        Kind.RETURN,
    )
    assert [found[kind][0] for kind in below] == [root] * 5
    assert [found[kind][1].order_ids for kind in below] == [(order.id,)] * 5
    _check_order(order, found)
    _check_below(order, found)
    assert [row[0] for row in await hub.rows("select code from exception_case where closed_at is null")] == []


async def test_two_systems_may_give_their_lines_the_same_numbers(hub: Looking) -> None:
    planned = (
        replace(line("7", 3, "CUP"), target=line_key(ERP, Kind.ORDER, "71")),
        replace(line("8", 2, "MUG"), target=line_key(ERP, Kind.ORDER, "70")),
    )
    sent = (line("8", 3, "CUP", shipped=3), line("9", 2, "MUG", shipped=2))
    await hub.write(
        seen((SHOP, Kind.ORDER, "s1"), shop_order(lines=(line("a", 2, "MUG"), line("b", 3, "CUP")))),
        seen((ERP, Kind.ORDER, ERP_ORDER), sale(lines=(line("70", 2, "MUG"), line("71", 3, "CUP")))),
        seen((ERP, Kind.SHIPMENT, ERP_SHIPMENT), erp_shipment(lines=planned)),
        seen((WMS, Kind.SHIPMENT, WMS_SHIPMENT), wms_shipment(lines=sent)),
    )
    found = await documents(hub)
    order, shipment = found[Kind.ORDER][1], found[Kind.SHIPMENT][1]
    items = {one.id: one.sku for one in order.lines}
    assert [(one.line, one.sku, items[one.order_line_id]) for one in shipment.lines] == [
        ("8", "CUP", "CUP"),
        ("9", "MUG", "MUG"),
    ]


def _check_order(order: Order, found: dict[Kind, Any]) -> None:
    assert (order.number, order.status) == (CODE, OrderStatus.INVOICED)
    (line,) = order.lines
    told = line.quantities
    counted = (told.ordered, told.released, told.shipped, told.invoiced, told.returned, told.credited)
    assert counted == tuple(map(Decimal, (2, 2, 2, 2, 1, 1)))
    warehouse = found[Kind.WAREHOUSE][1]
    assert isinstance(warehouse, Warehouse)
    assert (line.warehouse_id, warehouse.code) == (warehouse.id, "WH")
    names = {(one.scheme.value, one.value, one.source) for one in order.identifiers}
    assert {
        ("CHANNEL_ORDER", CODE, "shop"),
        ("ERP_ORDER", "317", "erp"),
        ("WMS_SHIPMENT", "317", "wms"),
        ("ERP_SHIPMENT", "317", "erp"),
        ("TRACKING", "1Z-1", "wms"),
        ("INVOICE", "1001", "erp"),
        ("CREDIT_MEMO", "1002", "erp"),
        ("RMA", f"{CODE}-R1", "erp"),
    } <= names


def _check_below(order: Order, found: dict[Kind, Any]) -> None:
    line = order.lines[0].id
    shipment, request = found[Kind.SHIPMENT][1], found[Kind.FULFILLMENT_ORDER][1]
    assert isinstance(shipment, Shipment)
    assert (shipment.status, shipment.number) == (ShipmentMilestone.SHIPPED, "317")
    assert [(one.tracking_number, one.status) for one in shipment.packages] == [("1Z-1", ShipmentMilestone.SHIPPED)]
    assert [one.order_line_id for one in shipment.lines] == [line]
    assert isinstance(request, FulfillmentOrder)
    assert (request.request_status, request.shipment_ids) == (FulfillmentRequestStatus.ACCEPTED, (shipment.id,))
    assert [(str(one.requested), str(one.accepted), one.order_line_id) for one in request.lines] == [("2", "2", line)]
    invoice, memo = found[Kind.INVOICE][1], found[Kind.CREDIT_MEMO][1]
    assert isinstance(invoice, Invoice)
    assert [(str(one.quantity), one.order_line_id) for one in invoice.lines] == [("2", line)]
    back = found[Kind.RETURN][1]
    assert isinstance(memo, CreditMemo)
    assert (memo.invoice_id, memo.return_id) == (invoice.id, back.id)
    assert isinstance(back, Return)
    states = (back.status, back.physical_state, back.financial_state)
    assert states == (ReturnStatus.INSPECTED, ReturnPhysicalState.RECEIVED, ReturnFinancialState.CREDITED)
    (came,) = back.lines
    assert (came.authorized, came.received, came.credited) == (Decimal(1),) * 3
    assert came.order_line_id == line
    product = found[Kind.PRODUCT][1]
    assert isinstance(product, Product)
    assert (product.sku, product.groups.item and product.groups.item.name) == ("MUG", "erp")
    assert sorted(one.source for one in product.mappings) == ["erp", "shop", "wms"]


async def test_workers_that_hold_parts_of_one_order_never_mint_two(hub: Looking) -> None:
    told = whole_trio()
    for part in range(0, len(told), 4):
        async with create_task_group() as workers:
            for one in told[part : part + 4]:
                workers.start_soon(hub.write, one)
    assert len(await documents(hub)) == len({one.seen.kind for one in told})


async def test_a_purchase_order_typed_by_hand_joins_no_two_orders(hub: Looking) -> None:
    typed = [(ERP, Kind.ORDER, name) for name in ("1", "2")]
    said = [sale(number=name, refers=(key("order.code", "PO-7"),)) for _, _, name in typed]
    wanted = shop_order(
        order=OrderGroups(commercial=OrderCommercial(placed_at=START, po_number="PO-7")), number="C9",
        bears=(key("order.code", "C9"),),
    )  # fmt: skip
    await hub.each(*(seen(slot, one) for slot, one in zip(typed, said, strict=True)))
    await hub.write(seen((SHOP, Kind.ORDER, "s9"), wanted))
    planned = erp_shipment(
        bears=(key("fulfilment.shipment", "PO-7/41"),), refers=(own(*typed[0]), key("order.code", "PO-7"))
    )
    await hub.write(seen((ERP, Kind.SHIPMENT, "41"), planned))
    orders = await hub.rows("select id from entity where kind = 'ORDER' and redirect_to is null")
    assert len(orders) == 3
    ((root, serves),) = await hub.rows("select root_id, doc -> 'order_ids' from entity where kind = 'SHIPMENT'")
    assert [root] == serves
    assert await hub.rows("select count(*) from link where scheme = 'order.code' and target_id is not null") == [(0,)]


async def test_two_shipments_that_turn_out_to_be_one_lead_to_the_survivor(hub: Looking) -> None:
    """Known for long as two, each with a life of its own: then the warehouse corrects its reference."""
    typed_wrong = wms_shipment(refers=(key("fulfilment.shipment", "T4D/317"),), bears=())
    planned = (ERP, Kind.SHIPMENT, ERP_SHIPMENT)
    await hub.each(
        seen((ERP, Kind.ORDER, ERP_ORDER), sale()),
        seen(planned, erp_shipment()),
        seen((WMS, Kind.SHIPMENT, WMS_SHIPMENT), typed_wrong),
        seen(planned, erp_shipment(ShipmentMilestone.PICKED), 5),
        seen((WMS, Kind.SHIPMENT, WMS_SHIPMENT), wms_shipment(), 9),
    )
    ((survivor, root, version),) = await hub.rows(
        "select id, root_id, version from entity where kind = 'SHIPMENT' and redirect_to is null"
    )
    ((order,),) = await hub.rows("select id from entity where kind = 'ORDER'")
    assert root == order
    assert await hub.rows("select redirect_to, version from entity where redirect_to is not null") == [
        (survivor, version)
    ]
    merged = await hub.rows(
        "select aggregateid = :survivor, root_id, entity_version from outbox where type = 'entity.merged' order by 1",
        survivor=survivor,
    )
    assert [row[0] for row in merged] == [False, True]
    assert {row[2] for row in merged} == {version}
    assert merged[1][1] == order


async def test_whoever_names_a_customer_learns_of_it_a_page_at_a_time(hub: Looking) -> None:
    """One ERP party stands for every web buyer, and may be read after all their orders."""
    party = own(ERP, Kind.CUSTOMER, "WEB")
    sales = [
        seen((ERP, Kind.ORDER, f"{number}"), sale(refers=(party,), number=f"{number}")) for number in range(PAGE + 30)
    ]
    await hub.write(*sales)
    web = Content(customer=CustomerGroups(profile=CustomerProfile(name="Web")), number="WEB")
    await hub.write(seen((ERP, Kind.CUSTOMER, "WEB"), web))
    named = "select count(*) from entity where kind = 'ORDER' and customer_id is not null"
    assert await hub.rows(named) == [(PAGE,)]
    ((root,),) = await hub.rows("select id from root where wake_at <= clock_timestamp()")
    await hub.write(wake=(root,))
    assert await hub.rows(named) == [(PAGE + 30,)]
    assert await hub.rows("select id from root where wake_at <= clock_timestamp()") == []


async def test_a_number_that_names_two_orders_is_never_guessed(hub: Looking) -> None:
    """ERP sale 317, and warehouse shipment 317 of another order."""
    await hub.write(
        seen((ERP, Kind.ORDER, "1"), sale(refers=(), number="317")),
        seen((ERP, Kind.ORDER, ERP_ORDER), sale(number="400")),
        seen((ERP, Kind.SHIPMENT, ERP_SHIPMENT), erp_shipment(number="401")),
        seen((WMS, Kind.SHIPMENT, WMS_SHIPMENT), wms_shipment()),
    )
    async with hub.store.glance(CALL) as tx:
        found = await find_identifiers(tx, TENANT, None, Wanted(value="317"))
    assert {(one.kind, one.scheme.value, one.source) for one in found} >= {
        (Kind.ORDER, "ERP_ORDER", ERP),
        (Kind.SHIPMENT, "WMS_SHIPMENT", WMS),
    }
    with pytest.raises(Ambiguous) as refused:
        the_order(Lookup(identifier="317"), found)
    candidates: Any = refused.value.facts["candidates"]
    assert len(candidates) == 2


async def test_what_was_only_looked_at_keeps_the_references_that_nobody_asked_about(hub: Looking) -> None:
    """The warehouse's shipment is looked at because the ERP's comes to bear its key; its place is another matter."""
    await hub.each(
        seen((ERP, Kind.WAREHOUSE, "2"), warehouse("Main DC")),
        seen((WMS, Kind.SHIPMENT, WMS_SHIPMENT), wms_shipment()),
        seen((ERP, Kind.ORDER, ERP_ORDER), sale(refers=())),
        seen((ERP, Kind.SHIPMENT, ERP_SHIPMENT), erp_shipment(refers=(own(ERP, Kind.ORDER, ERP_ORDER),))),
    )
    told = await hub.rows("select scheme, target_id is not null from link where source = 'wms' order by 1")
    assert told == [("fulfilment.shipment", True), ("tracking", False), ("warehouse.code", True)]


async def test_a_chain_of_merges_in_one_transaction_leads_to_its_end(hub: Looking) -> None:
    def place(source: str, moment: float, *codes: str) -> Observation:
        said = replace(warehouse(source), bears=tuple(key("warehouse.code", code) for code in codes))
        return seen((source, Kind.WAREHOUSE, "2"), said, moment)

    await hub.each(place(SHOP, 0, "X"), place(ERP, 0, "Y"), place(WMS, 0, "Z"))
    first, second, third = [row[0] for row in await hub.rows("select id from entity order by id")]
    await hub.write(place(ERP, 5, "Z"), place(WMS, 5, "Z", "X"))
    assert await hub.rows("select id, redirect_to from entity order by id") == [
        (first, None), (second, first), (third, first),
    ]  # fmt: skip
    assert {row[0] for row in await hub.rows("select entity_id from identity")} == {first}
    assert len(await hub.rows("select 1 from outbox where type = 'entity.merged'")) == 3
