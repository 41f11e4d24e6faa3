"""Two managed orders in one shipment and one invoice, through the one writer: one intent for each in all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from hub.merge.work import Work
from hub.model.billing import InvoiceFacts, InvoiceGroups
from hub.model.effects import POST_INVOICE, SHIP_GOODS
from hub.model.manifest import Idempotency, Write
from hub.model.observation import Content, SourceLine, line_key
from hub.model.shipment import ShipmentMilestone
from hub.model.values import Money
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.merging import CALL, ERP, SHOP, WMS, key, line, order, seen, shipment
from tests.kit.routed import Routed, capturing

WRITE = Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=5))
BOTH = (key("shop.code", "C0"), key("shop.code", "C1"))
KEYS = "select key, count(*) from delivery where state = 'PENDING' group by 1 order by 1"


@pytest.fixture
def hub(store: Store) -> Routed:
    known = capturing()
    erp, shop = known.sources[ERP], known.sources[SHOP]
    taking = replace(erp.manifest, writes={SHIP_GOODS: WRITE, POST_INVOICE: WRITE})
    telling = replace(shop.manifest, writes={SHIP_GOODS: WRITE})
    sources = {ERP: replace(erp, manifest=taking), SHOP: replace(shop, manifest=telling)}
    return Routed(store, replace(known, sources={**known.sources, **sources}))


def sold(name: str, units: int, of: str) -> SourceLine:
    """A line of the ERP's that names the line of the sale."""
    return replace(line(name, units), target=line_key(ERP, Kind.ORDER, of))


def bill() -> Content:
    total = Money(amount=Decimal(50), currency_code="EUR")
    return Content(
        invoice=InvoiceGroups(facts=InvoiceFacts(total=total)),
        status="DRAFT",
        refers=BOTH,
        lines=(sold("60", 2, "70"), sold("61", 3, "71")),
    )


async def test_one_shipment_and_one_invoice_of_two_orders_are_told_once_whoever_is_looked_at(hub: Routed) -> None:
    for at, units in ((0, 2), (1, 3)):
        await hub.write(seen((SHOP, Kind.ORDER, f"s{at}"), order(f"C{at}", line("1", units))))
        sale = order(f"S{at}", line(f"7{at}", units), bears=(), refers=(BOTH[at],), identifiers=(), status="VALIDATED")
        await hub.write(seen((ERP, Kind.ORDER, f"e{at}"), sale))
    planned = shipment(
        *BOTH,
        milestone=ShipmentMilestone.CREATED,
        bears=(key("erp.code", "41"),),
        lines=(sold("80", 2, "70"), sold("81", 3, "71")),
    )
    await hub.write(seen((ERP, Kind.SHIPMENT, "41"), planned), seen((ERP, Kind.INVOICE, "6"), bill()))
    assert await hub.rows(KEYS) == []
    left = shipment(key("erp.code", "41"), lines=(line("90", 5, shipped=5),))
    await hub.write(seen((WMS, Kind.SHIPMENT, "9"), left, 60))
    ((entity,),) = await hub.rows("select id from entity where kind = 'SHIPMENT' and redirect_to is null")
    expected = [("erp/invoice:6", 1), ("erp/ship:41", 1), (f"shop/ship:{entity}", 2)]
    assert await hub.rows(KEYS) == expected
    for (root,) in await hub.rows("select id from root where kind in ('ORDER', 'SHIPMENT') order by id desc"):
        await hub.writer.write(CALL, Work(wake=(root,)))
    assert await hub.rows(KEYS) == expected
