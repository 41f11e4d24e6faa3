"""Effects for the ERP, made up."""

from dataclasses import replace
from decimal import Decimal

from hub.model.effects import CreateOrder, Effect, GoodsLine, ShipGoods
from hub.model.intents import Intent, IntentOf
from hub.model.values import Money
from hub.model.vocabulary import Kind
from tests.sources.tryton_erp.made import CODE


def eur(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency_code="EUR")


def goods(sku: str = "MUG", units: str = "5", price: str | None = "7.50", *, no: int = 1, **more: object) -> GoodsLine:
    made = GoodsLine(
        line_no=no, sku=sku, quantity=Decimal(units), unit="C62", unit_price=None if price is None else eur(price)
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields of GoodsLine


def order(*lines: GoodsLine, **more: object) -> CreateOrder:
    made = CreateOrder(reference=CODE, currency_code="EUR", warehouse="WH", lines=lines or (goods(),))
    return replace(made, **more)  # type: ignore[arg-type]  # fields of CreateOrder


def left(*lines: GoodsLine, tracking: tuple[str, ...] = ("1Z1",)) -> ShipGoods:
    return ShipGoods(reference=f"{CODE}/44", lines=lines or (goods(),), tracking=tracking)


def intent(content: Effect, *, kind: Kind = Kind.ORDER, one: str | None = None) -> Intent:
    return IntentOf(source="erp", kind=kind, source_id=one, action="any", key="erp/any", content=content)
