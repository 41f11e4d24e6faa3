"""One order as shop, ERP and warehouse tell it, each in its own numbers: for tests of the one writer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hub.model.billing import CreditMemoGroups, InvoiceFacts, InvoiceGroups
from hub.model.observation import Content, Observation, SourceLine, line_key
from hub.model.order import OrderCommercial, OrderGroups
from hub.model.place import WarehouseGroups, WarehouseProfile
from hub.model.product import ProductGroups, ProductItem
from hub.model.returns import ReturnGroups, ReturnRequestFacts
from hub.model.shipment import (
    FulfillmentHandshake,
    FulfillmentOrderGroups,
    Package,
    ShipmentExecution,
    ShipmentGroups,
    ShipmentMilestone,
)
from hub.model.values import Money
from hub.model.vocabulary import Kind
from tests.kit.merging import ERP, SHOP, START, WMS, key, line, own, seen

CODE, NUMBER, TRACKING = "T4D7", "317", "1Z-1"
ERP_ORDER, ERP_SHIPMENT, WMS_SHIPMENT, SHOP_ORDER, PARCEL = "7", "41", "9", "s1", "f1"
PRICE = Money(amount=Decimal(10), currency_code="EUR")


def shop_order(**also: Any) -> Content:  # Any: fields of Content
    """The order as the shop tells it."""
    head = OrderCommercial(placed_at=START, total=Money(amount=Decimal("24.20"), currency_code="EUR"))
    said: dict[str, Any] = {
        "order": OrderGroups(commercial=head),
        "number": CODE,
        "status": "ALLOCATED",
        "bears": (key("order.code", CODE),),
        "refers": (own(SHOP, Kind.CUSTOMER, "c1"),),
        "lines": (line("a", 2, "MUG"),),
    }
    return Content(**said | also)


def sale(**also: Any) -> Content:  # Any: fields of Content
    """The sale as the ERP tells it."""
    said: dict[str, Any] = {
        "order": OrderGroups(commercial=OrderCommercial(placed_at=START)),
        "number": "317",
        "status": "VALIDATED",
        "refers": (key("order.code", CODE), key("warehouse.code", "WH")),
        "lines": (line("70", 2, "MUG"),),
    }
    return Content(**said | also)


def _ask() -> FulfillmentOrderGroups:
    return FulfillmentOrderGroups(handshake=FulfillmentHandshake())


def erp_request(**also: Any) -> Content:  # Any: fields of Content
    """What the ERP asked of the warehouse."""
    said: dict[str, Any] = {
        "fulfillment_order": _ask(),
        "number": NUMBER,
        "status": "SUBMITTED",
        "bears": (key("fulfilment.request", f"{CODE}/{NUMBER}"),),
        "refers": (own(ERP, Kind.ORDER, ERP_ORDER), key("warehouse.code", "WH")),
        "lines": (_of_sale("80", 2),),
    }
    return Content(**said | also)


def wms_request(**also: Any) -> Content:  # Any: fields of Content
    """What the warehouse answered."""
    said: dict[str, Any] = {
        "fulfillment_order": _ask(),
        "number": NUMBER,
        "status": "ACCEPTED",
        "refers": (key("fulfilment.request", f"{CODE}/{NUMBER}"), key("warehouse.code", "WH")),
        "lines": (line("90", 2, "MUG"),),
    }
    return Content(**said | also)


def erp_shipment(milestone: ShipmentMilestone = ShipmentMilestone.CREATED, **also: Any) -> Content:
    """The shipment as the ERP plans it."""  # Any: fields of Content
    said: dict[str, Any] = {
        "shipment": ShipmentGroups(execution=ShipmentExecution()),
        "number": NUMBER,
        "status": milestone.value,
        "bears": (key("fulfilment.shipment", f"{CODE}/{NUMBER}"),),
        "refers": (own(ERP, Kind.ORDER, ERP_ORDER), key("warehouse.code", "WH")),
        "lines": (_of_sale("80", 2),),
    }
    return Content(**said | also)


def wms_shipment(milestone: ShipmentMilestone = ShipmentMilestone.SHIPPED, **also: Any) -> Content:
    """The shipment as the warehouse carries it out, in one package."""  # Any: fields of Content
    said: dict[str, Any] = {
        "shipment": ShipmentGroups(execution=ShipmentExecution(carrier="DHL")),
        "number": NUMBER,
        "status": milestone.value,
        "bears": (key("parcel", f"{CODE}/{TRACKING}"),),
        "refers": (key("fulfilment.shipment", f"{CODE}/{NUMBER}"), key("warehouse.code", "WH")),
        "lines": (line("90", 2, "MUG"),),
        "packages": (Package(id="5", tracking_number=TRACKING),),
    }
    return Content(**said | also)


def shop_parcel(milestone: ShipmentMilestone = ShipmentMilestone.SHIPPED, **also: Any) -> Content:
    """The fulfilment in the shop."""  # Any: fields of Content
    said: dict[str, Any] = {
        "shipment": ShipmentGroups(execution=ShipmentExecution(carrier="manual")),
        "status": milestone.value,
        "bears": (key("parcel", f"{CODE}/{TRACKING}"),),
        "refers": (own(SHOP, Kind.ORDER, SHOP_ORDER),),
        "lines": (replace(line("a", 2, "MUG"), target=line_key(SHOP, Kind.ORDER, "a")),),
        "packages": (Package(id=PARCEL, tracking_number=TRACKING),),
    }
    return Content(**said | also)


def invoice(status: str = "POSTED", units: int = 2, **also: Any) -> Content:  # Any: fields of Content
    """The ERP's bill of the sale."""
    said: dict[str, Any] = {
        "invoice": InvoiceGroups(facts=InvoiceFacts(total=PRICE)),
        "number": "1001",
        "status": status,
        "refers": (own(ERP, Kind.ORDER, ERP_ORDER),),
        "lines": (_of_sale("60", units),),
    }
    return Content(**said | also)


def credit_memo(units: int = 1, **also: Any) -> Content:  # Any: fields of Content
    """The ERP's credit for the return."""
    said: dict[str, Any] = {
        "credit_memo": CreditMemoGroups(),
        "number": "1002",
        "status": "POSTED",
        "refers": (own(ERP, Kind.ORDER, ERP_ORDER), own(ERP, Kind.RETURN, "8"), own(ERP, Kind.INVOICE, "6")),
        "lines": (_of_sale("61", units),),
    }
    return Content(**said | also)


def erp_return(units: int = 1, **also: Any) -> Content:  # Any: fields of Content
    """The return as the ERP allows it."""
    said: dict[str, Any] = {
        "return_": ReturnGroups(request=ReturnRequestFacts()),
        "number": f"{CODE}-R1",
        "status": "AUTHORIZED",
        "bears": (key("return.code", f"{CODE}-R1"),),
        "refers": (own(ERP, Kind.ORDER, ERP_ORDER),),
        "lines": (_of_sale("71", units),),
    }
    return Content(**said | also)


def wms_return(units: int = 1, **also: Any) -> Content:  # Any: fields of Content
    """The return as the warehouse receives it."""
    said: dict[str, Any] = {
        "return_": ReturnGroups(request=ReturnRequestFacts()),
        "number": "3",
        "status": "INSPECTED",
        "refers": (key("return.code", f"{CODE}-R1"), key("warehouse.code", "WH")),
        "lines": (line("91", units, "MUG", returned=units),),
    }
    return Content(**said | also)


def product(name: str) -> Content:
    """The item as a source tells it."""
    return Content(product=ProductGroups(item=ProductItem(name=name)), number="MUG", bears=(key("product.sku", "MUG"),))


def warehouse(name: str) -> Content:
    """The warehouse as a source tells it."""
    return Content(
        warehouse=WarehouseGroups(profile=WarehouseProfile(name=name)),
        number="WH",
        bears=(key("warehouse.code", "WH"),),
    )


def whole_trio() -> list[Observation]:
    """Everything the three say of one order that was shipped, billed and partly returned, and of what it names."""
    said = [
        ((SHOP, Kind.ORDER, SHOP_ORDER), shop_order()),
        ((SHOP, Kind.SHIPMENT, PARCEL), shop_parcel()),
        ((ERP, Kind.ORDER, ERP_ORDER), sale()),
        ((ERP, Kind.FULFILLMENT_ORDER, ERP_SHIPMENT), erp_request()),
        ((ERP, Kind.SHIPMENT, ERP_SHIPMENT), erp_shipment()),
        ((ERP, Kind.INVOICE, "6"), invoice()),
        ((ERP, Kind.RETURN, "8"), erp_return()),
        ((ERP, Kind.CREDIT_MEMO, "12"), credit_memo()),
        ((WMS, Kind.FULFILLMENT_ORDER, WMS_SHIPMENT), wms_request()),
        ((WMS, Kind.SHIPMENT, WMS_SHIPMENT), wms_shipment()),
        ((WMS, Kind.RETURN, "3"), wms_return()),
        *(((source, Kind.WAREHOUSE, "2"), warehouse(source)) for source in (SHOP, ERP, WMS)),
        *(((source, Kind.PRODUCT, "5"), product(source)) for source in (SHOP, ERP, WMS)),
    ]
    return [seen(slot, content, at_, at_ + 1) for at_, (slot, content) in enumerate(said)]


def _of_sale(name: str, units: int) -> SourceLine:
    return replace(line(name, units, "MUG"), target=line_key(ERP, Kind.ORDER, "70"))
