"""How many documents the real systems hold of one order, by their own APIs alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.systems.order360 import Json
from tests.systems.tryton_erp.office import Office
from tests.systems.tryton_wms.floor import Floor
from tests.systems.vendure.desk import Desk

FOUND = """query Found($o: OrderListOptions) { orders(options: $o) { items {
  id code state customFields { hubRequestId } fulfillments { state trackingCode } } } }"""
SALE = ("id", "number", "state", "shipments.state", "invoices.state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Everything that three systems hold under one code."""

    orders: list[Json]
    """Of the shop, those in progress left out."""
    sales: list[Json]
    """Of the ERP."""
    shipments: list[Json]
    """Of the warehouse."""

    @property
    def counts(self) -> dict[str, int]:
        """Of each sort of document."""
        return {
            "shop orders": len(self.orders),
            "parcels in the shop": sum(len(one["fulfillments"]) for one in self.orders),
            "sales": len(self.sales),
            "shipments of the ERP": sum(len(one["shipments"]) for one in self.sales),
            "invoices": sum(len(one["invoices"]) for one in self.sales),
            "shipments of the warehouse": len(self.shipments),
        }

    @property
    def states(self) -> dict[str, list[str]]:
        """Of each sort of document."""
        return {
            "shop orders": [one["state"] for one in self.orders],
            "parcels in the shop": [part["state"] for one in self.orders for part in one["fulfillments"]],
            "shipments of the ERP": [part["state"] for one in self.sales for part in one["shipments"]],
            "invoices": [part["state"] for one in self.sales for part in one["invoices"]],
            "shipments of the warehouse": [one["state"] for one in self.shipments],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """At home in all three systems; they carry nothing from one to another."""

    shop: Desk
    erp: Office
    wms: Floor

    async def papers(self, code: str) -> Papers:
        """What is there under the code of a shop's order, or under the hub's own number."""
        either = [{"code": {"eq": code}}, {"hubRequestId": {"eq": code}}]
        orders = await self.shop.hands.admin(FOUND, o={"take": 10, "filter": {"_or": either}})
        sales = await self.erp.hands.rest("GET", "model/sale.sale", d=[["reference", "=", code]], f=SALE)
        shipments = await self.wms.hands.rows(
            "stock.shipment.out", [["reference", "like", f"{code}/%"]], ["id", "number", "reference", "state"]
        )
        return Papers(orders=_placed(orders["items"]), sales=sales, shipments=shipments)

    async def send(self, code: str, tracking: str) -> str:
        """Let the one shipment of a code be assigned, picked, packed under a tracking number, and leave; its number."""
        (shipment,) = (await self.papers(code)).shipments
        await self.wms.assign(str(shipment["id"]))
        await self.wms.send(str(shipment["id"]), tracking)
        return str(shipment["number"])


def _placed(items: list[Any]) -> list[Json]:  # Any: JSON
    """Those that are more than a draft that somebody began."""
    return [one for one in items if one["state"] not in ("Draft", "AddingItems")]
