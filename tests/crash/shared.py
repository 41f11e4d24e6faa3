"""Orders that several systems share, as they are and as people are shown them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model.ids import from_global, global_id
from tests.crash.graph import CALLED, JOINED, LED, Graph
from tests.crash.journeys import Travels, Way
from tests.crash.judge.evidence import EntityRow, Led, Shown
from tests.crash.plan import ERP, Reach
from tests.crash.wire import NoAnswer

TRIES = 3
AGAIN = 0.3  # seconds
NAMES = {"ORDER": "Order", "SHIPMENT": "Shipment", "FULFILLMENT_ORDER": "FulfillmentOrder", "INVOICE": "Invoice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """All of a seed's."""

    wanted: tuple[Shown, ...]
    shown: tuple[Shown, ...]
    led: tuple[Led, ...]


async def shared_of(travels: Travels, graph: Graph, entities: Sequence[EntityRow]) -> Shared:
    """Ask *graph* for each shared order, and for every entity that was merged away."""
    tenant = travels.joint.tenant
    gone = [row for row in entities if row.redirect_to and row.tenant == tenant and row.kind in NAMES]
    return Shared(
        wanted=tuple(_wanted(tenant, way) for way in travels.ways),
        shown=tuple([await _shown(graph, tenant, way) for way in travels.ways]),
        led=tuple([await _led(graph, row) for row in gone]),
    )


def _wanted(tenant: str, way: Way) -> Shown:
    sale, has_left = way.sale, way.journey.reach is Reach.LEFT
    systems = {"COMMERCE", *(("ERP",) if sale is not None else ()), *(("WMS",) if way.request is not None else ())}
    return Shown(
        tenant=tenant,
        code=way.order.code,
        id="",
        number=way.order.code,
        present=frozenset(systems),
        erp_number_leads_to=None if sale is None else way.order.code,
        lines={sku: (units, units if has_left else 0) for sku, units in way.journey.lines},
        shipments=0 if sale is None else len(sale.shipments),
        requests=0 if sale is None else len(sale.shipments),
        invoices=0 if sale is None else len(sale.invoices),
    )


async def _shown(graph: Graph, tenant: str, way: Way) -> Shown:
    code, sale = way.order.code, way.sale
    number = "" if sale is None else str(sale.number)
    called = await _asked(graph, CALLED, number=number, source=f"{ERP}-{tenant}") if number else {}
    found = (await _asked(graph, JOINED, code=code)).get("order")
    if found is None:
        return Shown(tenant=tenant, code=code, id=None)
    return Shown(
        tenant=tenant,
        code=code,
        id=from_global(found["id"])[1],
        number=found["number"],
        erp_number_leads_to=(called.get("order") or {}).get("number"),
        present=frozenset(one["system"] for one in found["systems"] if one["state"] == "PRESENT"),
        lines={line["sku"]: _units(line["quantities"]) for line in found["lines"]},
        shipments=len(found["shipments"] or ()),
        requests=len(found["fulfillmentOrders"] or ()),
        invoices=len(found["invoices"] or ()),
    )


def _units(quantities: Mapping[str, Any]) -> tuple[int, int]:  # Any: JSON
    return int(float(quantities["ordered"])), int(float(quantities["shipped"]))


async def _led(graph: Graph, row: EntityRow) -> Led:
    found = (await _asked(graph, LED, id=global_id(NAMES[row.kind], row.id))).get("node")
    return Led(tenant=row.tenant, kind=row.kind, id=row.id, to=None if found is None else from_global(found["id"])[1])


async def _asked(graph: Graph, document: str, **variables: str) -> Mapping[str, Any]:  # Any: JSON
    for _ in range(TRIES):
        try:
            return (await graph.ask(document, None, **variables)).data
        except NoAnswer:
            await asyncio.sleep(AGAIN)
    return {}
