"""An order that is born in the hub shows in the shop it was sold for, once, and both are one."""

from __future__ import annotations

from typing import Any

from hub.store.cluster import Cluster
from sources.tryton_erp.rehearsal.records import Sale
from sources.tryton_wms.rehearsal.state import Shipment
from sources.vendure.rehearsal.state import Order
from tests.kit.house import House, house

SUBMIT = """mutation Submit($input: OrderSubmitInput!) {
  orderSubmit(input: $input) { userErrors { code message } order { number } } }"""
ORDER = """query Order($code: String!) { order(by: {identifier: $code}) {
  number systems { system state } shipments { id } } }"""
HOME = {"name": "Acme NV", "lines": ["Rue Haute 1"], "city": "Brussels", "postcode": "1000", "country": "BE"}
MUGS = {"lineRef": "1", "sku": "MUG", "quantity": "2", "unitPrice": {"amount": "7.50", "currencyCode": "EUR"}}


async def submitted(known: House) -> str:
    """The number of an order that somebody submits for the shop's channel."""
    given = {
        "channel": "web", "customer": {"identifier": "ACME"}, "currencyCode": "EUR", "lines": [MUGS], "shipTo": HOME,
    }  # fmt: skip
    said = await known.hub.rep.ask(SUBMIT, headers={"idempotency-key": "mirrored"}, input=given)
    payload = said.data["orderSubmit"]
    assert payload["userErrors"] == []
    return str(payload["order"]["number"])


def copies(known: House, number: str) -> list[Order]:
    """What the shop has of it."""
    return [one for one in known.director.trio.shop.shop.orders.values() if one.request_id == number]


def requests(known: House, number: str) -> list[Shipment]:
    """What the warehouse has of it."""
    sales = known.director.trio.erp.erp.books.tables["sale.sale"].values()
    planned = [ship for one in sales if isinstance(one, Sale) and one.reference == number for ship in one.shipments]
    return [one for ship in planned for one in known.director.trio.wms.scene.bearing(f"{number}/{ship.number}")]


async def shown(known: House, code: str) -> dict[str, Any]:  # Any: JSON
    """The order as the graph shows it."""
    return (await known.hub.rep.data(ORDER, code=code))["order"] or {}


async def test_an_order_of_the_hubs_is_placed_in_the_shop_ships_there_and_is_one_in_the_graph(cluster: Cluster) -> None:
    async with house(cluster) as known:
        number = await submitted(known)
        await known.until(lambda: [one.state for one in requests(known, number)] == ["waiting"])
        await known.until(lambda: [one.state for one in copies(known, number)] == ["PaymentSettled"])
        (copy,) = copies(known, number)
        (request,) = requests(known, number)
        known.director.trio.wms.scene.carry(request, "done", tracking="TRK-1")
        await known.until(lambda: [one.state for one in copy.parcels] == ["Shipped"])
        assert [(one.tracking, sum(units for _, units in one.lines)) for one in copy.parcels] == [("TRK-1", 2)]
        found = await shown(known, copy.code)
        assert found["number"] == number
        assert {(one["system"], one["state"]) for one in found["systems"]} == {
            ("COMMERCE", "PRESENT"),
            ("ERP", "PRESENT"),
            ("WMS", "PRESENT"),
        }
        assert len(found["shipments"]) == 1
        assert len(copies(known, number)) == len(requests(known, number)) == 1
