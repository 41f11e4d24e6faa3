"""One real order through every room: placed, changed and cancelled in a real Vendure, seen through a real hub."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tests.kit.caller import Json
from tests.systems.cancelling import applied, cancel, seen
from tests.systems.hub import RunningHub
from tests.systems.patience import eventually
from tests.systems.subscriber import heard, subscribed
from tests.systems.vendure.desk import Desk, Placed
from tests.systems.vendure.start import Vendure

ORDER = """query Order360($text: String!) {
  order(by: {identifier: $text}) {
    number status placedAt currencyCode
    total { amount currencyCode }
    totalsBySystem { system source net { amount } gross { amount } differs }
    facets { payment ship }
    customer { number name email }
    shipTo { name lines city country }
    identifiers { scheme value source }
    lines { lineNo sku description unitPrice { amount } quantities { ordered cancelled shipped delivered } }
    systems { system source state number rawStatus lastSeenAt ageSeconds freshness message url }
    provenance { group system source observedAt ageSeconds freshness inConflict }
    shipments {
      status packages { trackingNumber status } lines { sku quantity }
      provenance { group source ageSeconds freshness } } } }"""
FOUND = "query Find($text: String!) { search(text: $text) { hits { kind exact orders { number } } } }"
TRACE = """query Trace($by: LookupInput!) {
  trace(by: $by) { state missing correlationIds hops { kind system source operation outcome correlationId } } }"""
BOUNDARIES = {"API_IN", "DELIVERY", "SOURCE_CALL", "CHANGE", "PUSH", "WEBHOOK_IN"}


@pytest.fixture(scope="module")
async def order(hub: RunningHub, desk: Desk) -> Placed:
    """Placed through the shop's own Shop API; the hub has heard of it."""
    placed = await desk.place(3, 2)
    await seen(hub, placed)
    return placed


async def asked(hub: RunningHub, text: str) -> Json:
    """The order by anything that names it."""
    found: Json = (await hub.rep.data(ORDER, text=text))["order"]
    return found


def euros(cents: int) -> Decimal:
    return Decimal(cents) / 100


async def test_an_order_placed_in_the_shop_is_seen_as_the_shop_itself_shows_it(
    hub: RunningHub, desk: Desk, order: Placed
) -> None:
    truth, here = await desk.truth(order), await asked(hub, order.code)
    buyer, address = truth["customer"], truth["shippingAddress"]
    assert (here["number"], here["status"], here["facets"]) == (
        truth["code"],
        "ALLOCATED",
        {"payment": "PAID", "ship": "NONE"},
    )
    assert datetime.fromisoformat(here["placedAt"]) == datetime.fromisoformat(truth["orderPlacedAt"])
    assert (here["total"]["currencyCode"], Decimal(here["total"]["amount"])) == ("EUR", euros(truth["totalWithTax"]))
    assert [Decimal(one["net"]["amount"]) for one in here["totalsBySystem"]] == [euros(truth["total"])]
    assert here["customer"] == {
        "number": buyer["id"],
        "name": f"{buyer['firstName']} {buyer['lastName']}",
        "email": buyer["emailAddress"],
    }
    assert here["shipTo"] == {
        "name": address["fullName"],
        "lines": [address["streetLine1"]],
        "city": address["city"],
        "country": address["countryCode"],
    }
    assert [(line["sku"], line["description"], line["quantities"]["ordered"]) for line in here["lines"]] == [
        (line["productVariant"]["sku"], line["productVariant"]["name"], str(line["quantity"]))
        for line in truth["lines"]
    ]
    assert [Decimal(line["unitPrice"]["amount"]) for line in here["lines"]] == [
        euros(line["proratedUnitPrice"]) for line in truth["lines"]
    ]
    told = {(one["scheme"], one["value"]) for one in here["identifiers"] if one["source"] == "shop"}
    assert told >= {("CHANNEL_ORDER", truth["code"]), ("PAYMENT_REF", truth["payments"][0]["transactionId"])}


async def test_every_fact_has_a_source_and_an_age(hub: RunningHub, vendure: Vendure, desk: Desk, order: Placed) -> None:
    truth, here = await desk.truth(order), await asked(hub, order.code)
    shop, *absent = here["systems"]
    placed_at = datetime.fromisoformat(truth["orderPlacedAt"])
    assert datetime.fromisoformat(shop.pop("lastSeenAt")) >= placed_at
    assert shop.pop("ageSeconds") >= 0
    assert shop == {
        "system": "COMMERCE",
        "source": "shop",
        "state": "PRESENT",
        "number": truth["code"],
        "rawStatus": truth["state"],
        "freshness": "FRESH",
        "message": None,
        "url": f"{vendure.url}/dashboard/orders/{order.id}",
    }
    assert [(one["system"], one["state"]) for one in absent] == [("ERP", "NOT_EXPECTED"), ("WMS", "NOT_EXPECTED")]
    told = [(one["group"], one["system"], one["source"], one["freshness"]) for one in here["provenance"]]
    groups = ("COMMERCIAL", "LIFECYCLE", "FULFILLMENT", "PAYMENT", "CUSTOMER")
    assert told == [(group, "COMMERCE", "shop", "FRESH") for group in groups]
    assert all(one["ageSeconds"] >= 0 and not one["inConflict"] for one in here["provenance"])
    assert all(datetime.fromisoformat(one["observedAt"]) >= placed_at for one in here["provenance"])


async def test_another_tenant_sees_none_of_it(hub: RunningHub, order: Placed) -> None:
    assert (await hub.stranger.data(ORDER, text=order.code)) == {"order": None}
    assert (await hub.stranger.data(FOUND, text=order.code))["search"]["hits"] == []


async def test_what_the_shop_ships_is_pushed_and_found_by_its_tracking_number(
    hub: RunningHub, desk: Desk, order: Placed
) -> None:
    async with subscribed(hub.rep, "ws") as socket, subscribed(hub.rep, "sse") as stream:
        await desk.ship(order)
        for subscriber in (socket, stream):
            await heard(subscriber, order, status="SHIPPED")
    here, truth = await asked(hub, order.tracking), await desk.truth(order)
    assert (here["number"], here["status"], here["systems"][0]["rawStatus"]) == (order.code, "SHIPPED", truth["state"])
    assert [line["quantities"]["shipped"] for line in here["lines"]] == ["3", "2"]
    (parcel,) = here["shipments"]
    assert (parcel["status"], parcel["packages"]) == (
        "SHIPPED",
        [{"trackingNumber": order.tracking, "status": "SHIPPED"}],
    )
    assert {one["quantity"] for one in parcel["lines"]} == {"3", "2"}
    assert {(one["source"], one["freshness"]) for one in parcel["provenance"]} == {("shop", "FRESH")}
    assert [one["trackingCode"] for one in truth["fulfillments"]] == [order.tracking]
    hits = (await hub.rep.data(FOUND, text=order.tracking))["search"]["hits"]
    assert {(one["kind"], one["exact"], one["orders"][0]["number"]) for one in hits} == {
        ("ORDER", True, order.code),
        ("SHIPMENT", True, order.code),
    }


async def test_an_order_is_cancelled_through_the_hub_dry_first_and_read_back_in_the_shop(
    hub: RunningHub, desk: Desk
) -> None:
    order = await desk.place(3, 2)
    await seen(hub, order)
    dry = await cancel(hub, order, "whole", dryRun=True)
    assert (dry["dryRun"], dry["operation"]) == (True, None)
    assert await desk.units(order) == ("PaymentSettled", [(3, 3), (2, 2)])
    real = await cancel(hub, order, "whole")
    assert (real["dryRun"], real["replayed"], real["consequences"]) == (False, False, dry["consequences"])
    done = await applied(hub, real)
    assert done == {
        "state": "APPLIED",
        "done": True,
        "perSystem": [
            {
                "system": "COMMERCE",
                "source": "shop",
                "state": "APPLIED",
                "number": order.code,
                "attempts": 1,
                "error": None,
            }
        ],
    }
    assert await desk.units(order) == ("Cancelled", [(0, 3), (0, 2)])
    again = await cancel(hub, order, "whole")
    assert (again["replayed"], again["operation"]["id"]) == (True, real["operation"]["id"])
    (cancellation,) = await desk.cancellations(order)
    assert {(line["orderLineId"], line["quantity"]) for line in cancellation["lines"]} == {
        (int(line["id"]), line["orderPlacedQuantity"]) for line in (await desk.truth(order))["lines"]
    }

    async def is_shown() -> bool:
        here = await asked(hub, order.code)
        return [line["quantities"]["cancelled"] for line in here["lines"]] == ["3", "2"] and (
            here["status"],
            here["systems"][0]["rawStatus"],
        ) == ("CANCELLED", "Cancelled")

    await eventually(is_shown, "the graph shows what the shop says of the cancel")


async def test_units_of_one_line_are_cancelled_through_the_hub_and_read_back_in_the_shop(
    hub: RunningHub, desk: Desk
) -> None:
    order = await desk.place(5, 3)
    await seen(hub, order)
    payload = await cancel(hub, order, "part", lines=[{"lineNo": 1, "quantity": "2"}])
    assert (await applied(hub, payload))["perSystem"][0]["attempts"] == 1
    assert await desk.units(order) == ("PaymentSettled", [(3, 5), (3, 3)])
    (cancellation,) = await desk.cancellations(order)
    assert [line["quantity"] for line in cancellation["lines"]] == [2]
    assert cancellation["shippingCancelled"] is False


async def test_the_trace_of_the_order_code_shows_every_boundary_that_was_crossed(
    hub: RunningHub, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    found: list[Json] = []
    async with subscribed(hub.rep):
        order = await desk.place(2)
        await seen(hub, order)
        payload = await cancel(hub, order, "traced")
        await applied(hub, payload)

        async def is_whole() -> bool:
            found[:] = [(await hub.rep.data(TRACE, by={"identifier": order.code}))["trace"]]
            is_told = found[0]["missing"] == [] and found[0]["state"] == "DONE"  # hops are written a moment later
            kinds = {one["kind"] for one in about(found[0], payload)}
            return is_told and kinds >= BOUNDARIES - {"WEBHOOK_IN"}

        await eventually(is_whole, "the trace shows every boundary, and none of them by what it left behind")
    (trace,) = found
    mine = about(trace, payload)
    assert next(one["operation"] for one in mine if one["kind"] == "API_IN") == "orderCancel"
    assert {(one["system"], one["source"]) for one in mine if one["kind"] == "DELIVERY"} == {("COMMERCE", "shop")}
    assert {one["kind"] for one in trace["hops"]} >= BOUNDARIES
    assert {one["source"] for one in trace["hops"] if one["kind"] == "WEBHOOK_IN"} == {"shop"}
    with capsys.disabled():
        kinds = [one["kind"] for one in trace["hops"]]
        counted = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
        print(f"\ntrace of {order.code}: {len(kinds)} hops: {counted}")


def about(trace: Json, payload: Json) -> list[Json]:
    """Hops that a mutation caused."""
    return [one for one in trace["hops"] if one["correlationId"] == payload["correlationId"]]
