"""`shipmentChanged`: by order, by parcel, by customer's account."""

from __future__ import annotations

from hub.model.observation import Observation
from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import Kind
from tests.kit.listening import PORTAL, Listening, take
from tests.kit.merging import SHOP, WMS, key, order, seen, shipment

WATCH = """subscription Q($initial: Boolean, $filter: ShipmentEventFilterInput) {
  shipmentChanged(includeInitial: $initial, filter: $filter) {kind event version shipmentId shipment {status}}}"""
OF_A1, OF_B2 = key("shop.code", "A1"), key("shop.code", "B2")


def parcel(name: str, of: str, started: float = 0, milestone: str = "SHIPPED") -> Observation:
    said = shipment(key("shop.code", of), milestone=ShipmentMilestone(milestone))
    return seen((WMS, Kind.SHIPMENT, name), said, started)


async def test_shipments_of_one_order_are_heard_of_from_what_there_is_on(hub: Listening) -> None:
    await hub.write(
        seen((SHOP, Kind.ORDER, "1"), order("A1"), 0),
        seen((SHOP, Kind.ORDER, "2"), order("B2"), 0),
        parcel("w1", "A1"),
    )
    async with hub.to(WATCH, initial=True, filter={"order": {"identifier": "A1"}}) as events:
        snapshot, end = await take(events, 2)
        await hub.write(parcel("w2", "B2", 5), parcel("w1", "A1", 9, "DELIVERED"), parcel("w3", "A1", 9))
        moved, new = await take(events, 2)
    assert (snapshot["kind"], snapshot["shipment"], end["kind"]) == ("SNAPSHOT", {"status": "SHIPPED"}, "SNAPSHOT_END")
    assert (moved["kind"], moved["event"], moved["shipment"]) == (
        "UPDATED", "shipment.delivered", {"status": "DELIVERED"},
    )  # fmt: skip
    assert (new["kind"], new["event"]) == ("CREATED", "shipment.confirmed")


async def test_a_portal_hears_of_the_shipments_of_its_orders(hub: Listening) -> None:
    await hub.write(
        seen((SHOP, Kind.ORDER, "1"), order("A1", account="acme"), 0),
        seen((SHOP, Kind.ORDER, "2"), order("B2", account="beta"), 0),
    )
    async with hub.to(WATCH, PORTAL, initial=True) as events:
        await take(events, 1)
        await hub.write(parcel("w2", "B2", 5), parcel("w1", "A1", 9))
        mine = await anext(events)
    assert (mine["event"], mine["shipment"]) == ("shipment.confirmed", {"status": "SHIPPED"})


async def test_a_shipment_that_leaves_the_filter_is_told_once_more(hub: Listening) -> None:
    await hub.write(seen((SHOP, Kind.ORDER, "1"), order("A1"), 0))
    async with hub.to(WATCH, initial=True, filter={"status": {"in": ["SHIPPED", "IN_TRANSIT"]}}) as events:
        await take(events, 1)
        await hub.write(parcel("w1", "A1"), parcel("w1", "A1", 5, "IN_TRANSIT"), parcel("w1", "A1", 9, "DELIVERED"))
        told = await take(events, 3)
    assert [one["kind"] for one in told] == ["CREATED", "UPDATED", "DELETED"]
