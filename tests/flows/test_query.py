"""Query: the surface's documents over the real endpoint, answered with what the rehearsed shop holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from hub.store.cluster import Cluster
from sources.vendure.rehearsal.state import Order
from tests.kit.caller import Json
from tests.kit.hub import Running, Shop, running_hub
from tests.kit.surface import Literal, document, said
from tests.kit.wait import until_so

TABLE = ("Find", "OrderByAnything", "Order360", "CancelOrder", "OrderFeed")
PARTLY = "Reserved in the warehouse; 4 of 8 shipped; 4 of 8 picked; one parcel on its way, tracking {}."
NO_LITERAL = ("OrdersToChase", "UntilDone", "SourcesHealth")


@pytest.fixture(scope="module")
async def running(cluster: Cluster) -> AsyncIterator[Running]:
    """A hub of its own, over shops as their scene left them."""
    async with running_hub(cluster, orders=100) as found:
        yield found


@pytest.fixture(scope="module")
def parcelled(running: Running) -> Order:
    """An order of which a part has left."""
    return running.shop.some("PartiallyShipped")


@pytest.fixture(scope="module")
def literals(running: Running, parcelled: Order) -> dict[str, Literal]:
    """What each literal of the documents is replaced by: identifiers that the shop gave out by its own rules."""
    tracking = parcelled.parcels[0].tracking
    assert parcelled.customer is not None
    rows = (
        ("Find", "317", tracking, "tracking number of a parcel"),
        ("OrderByAnything", "1Z999AA10123456784", tracking, "tracking number of a parcel"),
        ("Order360", "PO-ACME-7781", parcelled.code, "order code (the shop has no PO numbers)"),
        ("CancelOrder", "SO-10063", running.shop.some("PaymentSettled").code, "order code"),
        ("OrderFeed", "ACME", parcelled.customer.email, "e-mail of the customer"),
    )
    return {name: Literal(document=name, literal=old, replacement=new, is_what=what) for name, old, new, what in rows}


async def test_each_literal_is_replaced_by_an_identifier_of_the_rehearsal(literals: dict[str, Literal]) -> None:
    print("\n" + "\n".join(literal.line for literal in literals.values()))
    print("\n".join(f"{name:16} (no literal identifier)" for name in NO_LITERAL))
    assert tuple(literals) == TABLE
    assert all(said(literal).replace(literal.replacement, literal.literal) == document(name)
               for name, literal in literals.items())  # fmt: skip


async def test_find_names_the_order_and_the_parcel_of_a_tracking_number(
    running: Running, parcelled: Order, literals: dict[str, Literal]
) -> None:
    order = {
        "number": parcelled.code,
        "statusText": PARTLY.format(parcelled.parcels[0].tracking),
        "customer": {"name": "Luc Claes"},
    }
    matched = {"scheme": "TRACKING", "value": parcelled.parcels[0].tracking, "source": "shop"}
    assert (await running.rep.data(said(literals["Find"])))["search"] == {
        "hits": [
            {"kind": "ORDER", "exact": True, "matched": matched, "orders": [order]},
            {"kind": "SHIPMENT", "exact": True, "matched": matched, "orders": [order]},
        ],
        "gaps": [],
    }


async def test_order_by_anything_answers_the_one_order_of_a_tracking_number(
    running: Running, parcelled: Order, literals: dict[str, Literal]
) -> None:
    assert (await running.rep.data(said(literals["OrderByAnything"])))["order"] == {
        "number": parcelled.code,
        "status": "ALLOCATED",
        "statusText": PARTLY.format(parcelled.parcels[0].tracking),
    }


async def test_the_payments_of_an_order_stand_under_it_and_are_found_by_their_reference(
    running: Running, parcelled: Order
) -> None:
    (paid,) = parcelled.payments
    document = """query($by: LookupInput!) {
      order(by: $by) { payments { kind status amount { amount } method pspRef occurredAt orders { number } } }
      payment(by: $by) { pspRef }
    }"""
    said = await running.rep.data(document, by={"identifier": paid.transaction})
    (one,) = said["order"]["payments"]
    assert (one["kind"], one["status"], one["method"], one["pspRef"]) == (
        "CAPTURE", "SUCCEEDED", paid.method, paid.transaction,
    )  # fmt: skip
    assert Decimal(one["amount"]["amount"]) == Decimal(paid.amount) / 100
    assert one["occurredAt"].startswith(f"{paid.updated:%Y-%m-%dT%H:%M:%S}")
    assert one["orders"] == [{"number": parcelled.code}]
    assert said["payment"] == {"pspRef": paid.transaction}


async def test_order_360_shows_what_the_shop_holds(
    running: Running, parcelled: Order, literals: dict[str, Literal]
) -> None:
    order = (await running.rep.data(said(literals["Order360"])))["order"]
    assert order["number"] == parcelled.code
    assert (order["status"], order["isPartial"]) == ("ALLOCATED", True)
    assert order["facets"] == {
        "allocation": "FULL",
        "release": "PARTIAL",
        "ship": "PARTIAL",
        "invoice": "NONE",
        "return": "NONE",
        "payment": "PAID",
    }
    assert order["total"] == {"amount": euros(parcelled.total_gross), "currencyCode": "EUR"}
    assert order["totalsBySystem"] == [
        {
            "system": "COMMERCE",
            "net": {"amount": euros(parcelled.total)},
            "gross": {"amount": euros(parcelled.total_gross)},
            "differs": False,
        }
    ]
    assert sorted(line_of(line) for line in order["lines"]) == sorted(
        (line.variant.sku, str(line.placed), str(parcelled.units(line.id, ("Shipped", "Delivered"))))
        for line in parcelled.lines
    )
    assert parcelled.customer is not None
    assert order["customer"] == {"number": str(parcelled.customer.id), "name": "Luc Claes"}
    assert [event["event"] for event in order["timeline"]["nodes"]] == [
        "order.placed",
        "payment.capture",
        "shipment.picked",
        "shipment.packed",
        "shipment.shipped",
        "order.seen",
    ]
    assert order["trace"] == {"state": "DONE", "blocker": None}
    assert order["allowedActions"][0] == {"action": "orderCancel", "enabled": True, "reasonText": None}


async def test_order_360_has_a_row_for_each_system_and_says_who_said_what_when(
    running: Running, shop: Shop, parcelled: Order, literals: dict[str, Literal]
) -> None:
    order = (await running.rep.data(said(literals["Order360"])))["order"]
    here, *absent = order["systems"]
    assert 0 <= here.pop("ageSeconds") < 300
    assert here == {
        "system": "COMMERCE",
        "source": "shop",
        "state": "PRESENT",
        "number": parcelled.code,
        "rawStatus": "PartiallyShipped",
        "freshness": "FRESH",
        "message": None,
        "url": f"{shop.url}/dashboard/orders/{parcelled.id}",
    }
    assert [(row["system"], row["state"], row["freshness"], row["message"]) for row in absent] == [
        ("ERP", "NOT_EXPECTED", "UNAVAILABLE", "no ERP is connected"),
        ("WMS", "NOT_EXPECTED", "UNAVAILABLE", "no WMS is connected"),
    ]
    told = [(row["group"], row["system"], row["freshness"], row["inConflict"]) for row in order["provenance"]]
    groups = ("COMMERCIAL", "LIFECYCLE", "FULFILLMENT", "PAYMENT", "CUSTOMER")
    assert told == [(group, "COMMERCE", "FRESH", False) for group in groups]
    assert all(0 <= row["ageSeconds"] < 300 for row in order["provenance"])


async def test_order_360_leaves_facts_of_absent_systems_empty(running: Running, literals: dict[str, Literal]) -> None:
    order = (await running.rep.data(said(literals["Order360"])))["order"]
    assert (order["isLate"], order["promisedShipAt"]) == (None, None)
    empty = ("fulfillmentOrders", "invoices", "returns", "exceptionCases", "operations", "holds", "conflicts")
    assert {name: order[name] for name in empty} == {name: [] for name in empty}
    assert [line["warehouse"] for line in order["lines"]] == [None] * len(order["lines"])


async def test_order_360_lists_every_identifier_that_a_caller_may_read_out(
    running: Running, parcelled: Order, literals: dict[str, Literal]
) -> None:
    order = (await running.rep.data(said(literals["Order360"])))["order"]
    assert parcelled.customer is not None
    told = {(one["scheme"], one["value"]) for one in order["identifiers"] if one["source"] == "shop"}
    assert told == {
        ("ORDER_NUMBER", parcelled.code),
        ("CHANNEL_ORDER", parcelled.code),
        ("EMAIL", parcelled.customer.email),
        ("PAYMENT_REF", parcelled.payments[0].transaction),
        ("TRACKING", parcelled.parcels[0].tracking),
    }


async def test_orders_to_chase_is_empty_where_no_erp_is_expected(running: Running) -> None:
    assert (await running.rep.data(document("OrdersToChase")))["orders"] == {
        "nodes": [],
        "pageInfo": {"hasNextPage": False, "endCursor": None},
        "totalCount": 0,
    }


async def test_cancel_order_runs_dry_then_for_real_with_the_same_key_and_until_done_follows_it(
    running: Running, shop: Shop, literals: dict[str, Literal]
) -> None:
    wanted = shop.order(literals["CancelOrder"].replacement)
    asked = said(literals["CancelOrder"])
    dry = (await running.rep.data(asked))["orderCancel"]
    assert (dry["dryRun"], dry["replayed"], dry["userErrors"], dry["operation"]) == (True, False, [], None)
    assert wanted.state == "PaymentSettled"
    real = (await running.rep.data(asked, dryRun=False))["orderCancel"]
    assert (real["dryRun"], real["replayed"], real["userErrors"]) == (False, False, [])
    assert real["consequences"] == dry["consequences"]
    async with running.rep.ws(document("UntilDone"), id=real["operation"]["id"]) as heard:
        await heard.until(lambda one: bool(states(one.events)) and states(one.events)[-1] == ("APPLIED", True))
    assert wanted.state == "Cancelled"
    last: Json = [one for one in heard.events if one["operation"]][-1]["operation"]["perSystem"][0]
    assert last == {"system": "COMMERCE", "state": "APPLIED", "number": wanted.code, "error": None}


async def test_an_email_gives_hits_and_never_the_order(running: Running, parcelled: Order) -> None:
    assert parcelled.customer is not None
    email = parcelled.customer.email
    by_anything = said(
        Literal(document="OrderByAnything", literal="1Z999AA10123456784", replacement=email, is_what="e-mail")
    )
    assert await running.rep.data(by_anything) == {"order": None}
    hits = (await running.rep.data(document("Find"), text=email))["search"]["hits"]
    assert [(hit["kind"], [order["number"] for order in hit["orders"]]) for hit in hits] == [
        ("ORDER", [parcelled.code]),
        ("CUSTOMER", [parcelled.code]),
    ]


async def test_what_is_typed_otherwise_is_found_after_what_is_typed_exactly(running: Running, parcelled: Order) -> None:
    code = parcelled.code
    for typed, is_exact in ((code, True), (f"{code[:8].lower()}-{code[8:]}", False), (code[:10], False)):
        (hit, *_) = (await running.rep.data(document("Find"), text=typed))["search"]["hits"]
        assert (hit["kind"], hit["exact"], hit["matched"]["value"]) == ("ORDER", is_exact, code)


async def test_a_number_that_fits_two_orders_names_them_as_candidates(running: Running, shop: Shop) -> None:
    first, second = await shop.place(1), await shop.place(1)
    ids = []
    for order in (first, second):
        parcel = shop.stand.shop.fulfil(order, [(order.lines[0].id, 1)], "carrier", "3SREUSED")
        shop.stand.shop.move_parcel(order, parcel, "Shipped")
        ids.append((await running.seen(order))["id"])
    by = {"exact": {"scheme": "TRACKING", "value": "3SREUSED"}}

    async def is_ambiguous() -> bool:
        return bool((await running.rep.ask(document("Order360"), by=by)).codes)

    await until_so(is_ambiguous)
    answer = await running.rep.ask(document("Order360"), by=by)
    assert (answer.codes, answer.body["data"]) == (["AMBIGUOUS_IDENTIFIER"], {"order": None})
    (error,) = answer.body["errors"]
    assert {one["id"] for one in error["extensions"]["candidates"]} == set(ids)


async def test_pages_hold_every_order_once_while_orders_come(running: Running, shop: Shop) -> None:
    page = """query Page($after: String) { orders(sort: {field: PLACED_AT, direction: DESC}, first: 40, after: $after) {
      nodes { number } pageInfo { hasNextPage endCursor } totalCount } }"""
    there = {order.code for order in shop.orders}
    found: list[str] = []
    after = None
    while True:
        orders = (await running.rep.data(page, after=after))["orders"]
        found += [node["number"] for node in orders["nodes"]]
        if not orders["pageInfo"]["hasNextPage"]:
            break
        after = orders["pageInfo"]["endCursor"]
        await running.seen(await shop.place(1))
    assert len(found) == len(set(found))
    assert set(found) == there
    assert orders["totalCount"] == len(shop.orders)


async def test_order_feed_begins_with_the_orders_of_the_customer(
    running: Running, parcelled: Order, literals: dict[str, Literal]
) -> None:
    async with running.rep.ws(said(literals["OrderFeed"])) as heard:
        await heard.started()
    assert [(one["kind"], one["order"] and one["order"]["number"]) for one in heard.events] == [
        ("SNAPSHOT", parcelled.code),
        ("SNAPSHOT_END", None),
    ]


async def test_sources_health_says_what_to_do(running: Running) -> None:
    said = await running.rep.data(document("SourcesHealth"))
    assert said["viewer"] == {
        "actor": "rep",
        "tenant": "acme",
        "scopes": ["orders:read", "orders:write", "sources:read", "traces:read"],
    }
    (source,) = said["sources"]
    shown = {name: source[name] for name in ("source", "system", "state", "stateText", "breaker", "lastError")}
    assert shown == {
        "source": "shop",
        "system": "COMMERCE",
        "state": "UP",
        "stateText": "Up to date.",
        "breaker": "CLOSED",
        "lastError": None,
    }
    loaded = [(one["kind"], one["initialLoadPercent"]) for one in source["sweeps"]]
    assert loaded == [("ORDER", 100), ("WAREHOUSE", 100), ("PRODUCT", 100), ("INVENTORY", 100)]
    able = {one["name"]: one["supported"] for one in source["capabilities"]}
    assert (able["read ORDER"], able["order.cancel"], able["order.refund"]) == (True, True, False)


def states(events: list[Json]) -> list[tuple[str, bool]]:
    """State and end of an operation, event by event."""
    return [(one["operation"]["state"], one["operation"]["done"]) for one in events if one["operation"]]


def euros(cents: int) -> str:
    """As the graph writes money."""
    return str(Decimal(cents) / 100) if cents % 100 else f"{cents // 100}.00"


def line_of(line: dict[str, Any]) -> tuple[str, str, str]:
    """Sku, ordered and shipped."""
    return line["sku"], line["quantities"]["ordered"], line["quantities"]["shipped"]
