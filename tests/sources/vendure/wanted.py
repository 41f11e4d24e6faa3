"""What the hub wants of a shop, made up."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hub.model.effects import CREATE_ORDER, PUBLISH_STOCK, SHIP_GOODS, CreateOrder, GoodsLine, PublishStock, ShipGoods
from hub.model.intents import Intent, IntentOf
from hub.model.values import Address
from hub.model.vocabulary import Kind
from sources.kit.stage import Stage
from sources.vendure.rehearsal.stage import VendureStage

ADDRESS = Address(name="Ann Bee", lines=("Row 1", "bus 2", "floor 3"), city="Gent", postcode="9000", country="BE")
ORDER = CreateOrder(
    reference="HUB-1", lines=(), currency_code="EUR", customer_email="Ann@mail.example", ship_to=ADDRESS
)
SHIPMENT = ShipGoods(lines=(), reference="CODE/1", tracking=("T1",), carrier="DHL")
STOCK = PublishStock(sku="MUG", location="WH", quantity=Decimal(40))


def goods(sku: str, units: object, line: str | None = None) -> GoodsLine:
    """Units of one item."""
    return GoodsLine(line_no=1, sku=sku, quantity=Decimal(str(units)), unit="C62", line=line)


def creating(reference: str, *lines: GoodsLine, **changes: Any) -> IntentOf[CreateOrder]:  # Any: fields of CreateOrder
    """The intent that an order of this reference stands in the shop; two mugs where no lines are given."""
    content = replace(ORDER, reference=reference, lines=lines or (goods("MUG", 2),), **changes)
    return IntentOf(
        source="shop", kind=Kind.ORDER, source_id=None, action=CREATE_ORDER, key=f"shop/order.create:{reference}",
        content=content,
    )  # fmt: skip


def shipping(order: str, reference: str, *lines: GoodsLine, tracking: tuple[str, ...] = ()) -> IntentOf[ShipGoods]:
    """The intent that these units of an order have left."""
    content = ShipGoods(lines=lines, reference=reference, tracking=tracking, carrier="DHL")
    return IntentOf(
        source="shop", kind=Kind.ORDER, source_id=order, action=SHIP_GOODS, key=f"shop/ship:{reference}",
        content=content,
    )  # fmt: skip


def publishing(sku: str, units: int, location: str = "WH") -> Intent:
    """The intent that so many units may be sold."""
    content = PublishStock(sku=sku, location=location, quantity=Decimal(units))
    return IntentOf(
        source="shop", kind=Kind.PRODUCT, source_id=None, action=PUBLISH_STOCK, key=f"shop/stock:{sku}:{location}",
        content=content,
    )  # fmt: skip


def vendure(stage: Stage) -> VendureStage:
    """The stage with all its hands."""
    assert isinstance(stage, VendureStage)
    return stage
