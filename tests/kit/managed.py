"""An order that the hub manages, in values: what shop, ERP and warehouse say of it at each step of its life."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hub.flow.facts import KeptLink, KeptRecord, RootFacts
from hub.model.billing import InvoiceFacts, InvoiceGroups
from hub.model.effects import (
    CANCEL_ORDER,
    CREATE_ORDER,
    POST_INVOICE,
    REQUEST_FULFILMENT,
    SHIP_GOODS,
)
from hub.model.manifest import Idempotency, Landscape, Write
from hub.model.observation import Content, NaturalKey, line_key
from hub.model.order import OrderCommercial, OrderGroups, OrderParties, OrderPayment, PaymentState
from hub.model.shipment import FulfillmentHandshake, FulfillmentOrderGroups, Package, ShipmentExecution, ShipmentGroups
from hub.model.values import Address
from hub.model.vocabulary import Kind
from tests.kit.facts import ERP, SHOP, START, WMS, at, binding, eur, facts, landscape, line, link, order_record, record

CODE, NUMBER, TRACKING = "T4D7", "41", "1Z-1"
NAMED = f"{CODE}/{NUMBER}"
WRITE = Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=30))
ERP_CREATE, FULFIL = f"{ERP}/order.create", f"{WMS}/fulfil:41"
ERP_SHIP, SHOP_SHIP, INVOICE = f"{ERP}/ship:41", f"{SHOP}/ship:s1", f"{ERP}/invoice:6"


def offering(*actions: str) -> dict[str, Write]:
    """What a source takes from the hub."""
    return dict.fromkeys(actions, WRITE)


SHOP_BINDING = binding(SHOP, writes=offering(CANCEL_ORDER, SHIP_GOODS), captures=True, baseline_at=START)
ERP_BINDING = binding(ERP, writes=offering(CANCEL_ORDER, CREATE_ORDER, SHIP_GOODS, POST_INVOICE))
WMS_BINDING = binding(WMS, writes=offering(CANCEL_ORDER, REQUEST_FULFILMENT))
TRIO: Landscape = landscape(SHOP_BINDING, ERP_BINDING, WMS_BINDING)


def shop_order(units: int = 2, seen: tuple[float, float] = (0, 1), **more: Any) -> KeptRecord:  # Any: of Content
    """The order as the shop tells it, paid."""
    counters = {name: more.pop(name) for name in ("cancelled", "shipped") if name in more}
    said: dict[str, Any] = {
        "order": OrderGroups(
            commercial=OrderCommercial(placed_at=at(5), currency_code="EUR"),
            parties=OrderParties(
                customer_email="ann@example.com",
                ship_to=Address(name="Ann", lines=("Rue 1",), city="Brussels", postcode="1000", country="BE"),
            ),
            payment=OrderPayment(state=PaymentState.PAID),
        ),
        "number": CODE,
        "status": "ALLOCATED",
        "bears": (NaturalKey(scheme="order.code", value=CODE),),
    }
    return order_record(SHOP, Content(lines=(line("a", units, price=10, **counters),), **said | more), seen)


def sale(units: int = 2, seen: tuple[float, float] = (200, 201), **more: Any) -> KeptRecord:  # Any: of Content
    """The sale as the ERP tells it."""
    counters = {name: more.pop(name) for name in ("cancelled",) if name in more}
    said: dict[str, Any] = {
        "order": OrderGroups(commercial=OrderCommercial(placed_at=at(150), currency_code="EUR")),
        "number": "317",
        "status": "VALIDATED",
        "refers": (NaturalKey(scheme="order.code", value=CODE),),
    }
    return order_record(ERP, Content(lines=(line("70", units, price=10, **counters),), **said | more), seen)


def erp_request(units: int = 2, status: str = "SUBMITTED", name: str = "41", **more: Any) -> KeptRecord:
    """What the ERP plans to have shipped."""  # Any: of KeptRecord
    said = Content(
        fulfillment_order=FulfillmentOrderGroups(handshake=FulfillmentHandshake()),
        number=name,
        status=status,
        bears=(NaturalKey(scheme="fulfilment.request", value=f"{CODE}/{name}"),),
        refers=(NaturalKey(scheme="warehouse.code", value="WH"),),
        lines=(replace(line("80", units), target=line_key(ERP, Kind.ORDER, "70")),),
    )
    return _below((ERP, Kind.FULFILLMENT_ORDER), said, f"f{name}", name, more)


def erp_shipment(units: int = 2, status: str = "CREATED", name: str = "41", **more: Any) -> KeptRecord:
    """The same as goods that leave."""  # Any: of KeptRecord
    said = Content(
        shipment=ShipmentGroups(execution=ShipmentExecution()),
        number=name,
        status=status,
        bears=(NaturalKey(scheme="fulfilment.shipment", value=f"{CODE}/{name}"),),
        lines=(replace(line("80", units), target=line_key(ERP, Kind.ORDER, "70")),),
    )
    return _below((ERP, Kind.SHIPMENT), said, "s1" if name == "41" else f"s{name}", name, more)


def wms_request(units: int = 2, status: str = "ACCEPTED", **more: Any) -> KeptRecord:  # Any: of KeptRecord
    """What the warehouse answered."""
    shipped: dict[str, Any] = {"shipped": units} if status == "CLOSED" else {}
    said = Content(
        fulfillment_order=FulfillmentOrderGroups(handshake=FulfillmentHandshake()),
        number="9",
        status=status,
        refers=(NaturalKey(scheme="fulfilment.request", value=NAMED),),
        lines=(line("90", units, **shipped),),
    )
    return _below((WMS, Kind.FULFILLMENT_ORDER), said, "f41", "9", more)


def wms_shipment(units: int = 2, status: str = "CREATED", **more: Any) -> KeptRecord:  # Any: of KeptRecord
    """What the warehouse does."""
    shipped: dict[str, Any] = {"shipped": units} if status == "SHIPPED" else {}
    said = Content(
        shipment=ShipmentGroups(execution=ShipmentExecution(carrier="DHL", shipped_at=at(400))),
        number="9",
        status=status,
        refers=(
            NaturalKey(scheme="fulfilment.shipment", value=NAMED),
            NaturalKey(scheme="warehouse.code", value="WH"),
        ),
        bears=(NaturalKey(scheme="parcel", value=f"{CODE}/{TRACKING}"),) if status == "SHIPPED" else (),
        lines=(line("90", units, **shipped),),
        packages=(Package(id="5", tracking_number=TRACKING),) if status == "SHIPPED" else (),
    )
    return _below((WMS, Kind.SHIPMENT), said, "s1", "9", more)


def shop_parcel(units: int = 2, status: str = "SHIPPED", **more: Any) -> KeptRecord:  # Any: of KeptRecord
    """The fulfilment in the shop."""
    said = Content(
        shipment=ShipmentGroups(execution=ShipmentExecution()),
        status=status,
        bears=(NaturalKey(scheme="parcel", value=f"{CODE}/{TRACKING}"),),
        lines=(replace(line("a", units, shipped=units), target=line_key(SHOP, Kind.ORDER, "a")),),
        packages=(Package(id="f1", tracking_number=TRACKING),),
    )
    return _below((SHOP, Kind.SHIPMENT), said, "s1", "f1", more)


def invoice(units: int = 2, status: str = "DRAFT", **more: Any) -> KeptRecord:  # Any: of KeptRecord
    """The ERP's bill."""
    said = Content(
        invoice=InvoiceGroups(facts=InvoiceFacts(total=eur("24.20"))),
        number="1001",
        status=status,
        lines=(replace(line("60", units), target=line_key(ERP, Kind.ORDER, "70")),),
    )
    return _below((ERP, Kind.INVOICE), said, "i6", "6", more)


def managed(*records: KeptRecord, **more: Any) -> RootFacts:  # Any: of RootFacts
    """The facts of a managed order, two hundred seconds after the start."""
    more = {"landscape": TRIO, "managed_by": "HUB", "now": at(200), **more}
    return facts(*(records or (shop_order(),)), **more)


def _below(at_: tuple[str, Kind], said: Content, entity: str, name: str, more: dict[str, Any]) -> KeptRecord:
    """A record of something under the order."""
    links: tuple[KeptLink, ...] = (link("o1", Kind.ORDER),)
    return record(*at_, said, more.pop("seen", (300, 301)), entity_id=entity, source_id=name, links=links, **more)


def units_of(*lines: Any) -> list[tuple[str | None, Decimal]]:  # Any: goods lines
    """(the source's line, units) of what an intent carries."""
    return [(one.line, one.quantity) for one in lines]
