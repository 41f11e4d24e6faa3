"""Tryton's records, made up."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sources.tryton_erp.mapping.words import Reading
from sources.tryton_erp.wire import (
    Coded,
    TrytonAddress,
    TrytonBilledLine,
    TrytonDay,
    TrytonDecimal,
    TrytonDoneMove,
    TrytonGoods,
    TrytonInvoice,
    TrytonMoment,
    TrytonMove,
    TrytonParty,
    TrytonSale,
    TrytonSaleBehind,
    TrytonSaleLine,
    TrytonShipment,
    TrytonUnit,
)

CODE = "T4D7QK2M9XW3PZ8A"
READING = Reading(source="erp", zone=ZoneInfo("Europe/Brussels"), anonymous=frozenset({"WEB"}))
MADE = TrytonMoment(year=2026, month=11, day=20, hour=9, minute=30, second=1, microsecond=250)
MADE_AT = datetime(2026, 11, 20, 9, 30, 1, 250, tzinfo=UTC)
WRITTEN = TrytonMoment(year=2026, month=11, day=20, hour=11, minute=0, second=0)
WRITTEN_AT = datetime(2026, 11, 20, 11, tzinfo=UTC)
DAY = TrytonDay(year=2026, month=11, day=21)
DAY_AT = datetime(2026, 11, 20, 23, tzinfo=UTC)
EUR, UNIT = Coded(id=1, code="EUR"), TrytonUnit(id=1, symbol="u")
WEB, ACME = TrytonParty(id=4, code="WEB", name="Web customers"), TrytonParty(id=2, code="ACME", name="Acme NV")
HOME = TrytonAddress(
    id=1, party_name="Ana Silva", street="Meir 44\nbus 2", postal_code="2000", city="Antwerpen",
    country=Coded(id=1, code="BE"),
)  # fmt: skip


def money(text: str) -> TrytonDecimal:
    return TrytonDecimal(decimal=text)


def goods(sku: str = "MUG", kind: str = "goods") -> TrytonGoods:
    return TrytonGoods(id=3, code=sku, type=kind)


def done(quantity: str, state: str = "done") -> TrytonDoneMove:
    return TrytonDoneMove(id=9, create_date=MADE, state=state, quantity=Decimal(quantity))


def line(one: int = 7, quantity: str = "5.0", sku: str = "MUG", kind: str = "goods") -> TrytonSaleLine:
    return TrytonSaleLine(
        id=one, create_date=MADE, type="line", product=goods(sku, kind), description=sku.title(),
        quantity=Decimal(quantity), unit=UNIT, unit_price=money("7.5000"),
    )  # fmt: skip


def sale(state: str = "processing", *lines: TrytonSaleLine, reference: str | None = CODE) -> TrytonSale:
    return TrytonSale(
        id=12, create_date=MADE, write_date=WRITTEN, number="317", reference=reference, state=state,
        shipment_state="waiting", invoice_state="pending", currency=EUR, untaxed_amount=money("37.50"),
        tax_amount=money("7.88"), total_amount=money("45.38"), party=WEB, shipment_address=HOME,
        warehouse=Coded(id=5, code="WH"), lines=list(lines or (line(),)),
    )  # fmt: skip


def behind(one: int = 12, reference: str | None = CODE, origin: str | None = None) -> TrytonSaleBehind:
    return TrytonSaleBehind(id=one, number="317", reference=reference, origin=origin)


def move(one: int, quantity: str, origin: str, state: str = "draft") -> TrytonMove:
    return TrytonMove(
        id=one, create_date=MADE, state=state, product=goods(), quantity=Decimal(quantity), unit=UNIT, origin=origin,
        sale=behind() if origin.startswith("sale.line") else None,
    )  # fmt: skip


def shipment(state: str, *outgoing: TrytonMove, inventory: tuple[TrytonMove, ...] = ()) -> TrytonShipment:
    return TrytonShipment(
        id=31, create_date=MADE, write_date=WRITTEN, number="44", state=state, planned_date=DAY, customer=WEB,
        delivery_address=HOME, warehouse=Coded(id=5, code="WH"),
        outgoing_moves=list(outgoing or (move(71, "5.0", "sale.line,7"),)), inventory_moves=list(inventory),
    )  # fmt: skip


def billed(one: int, quantity: str, origin: str | None, kind: str = "goods") -> TrytonBilledLine:
    return TrytonBilledLine(
        id=one, create_date=MADE, type="line", product=goods("MUG", kind), description="Mug",
        quantity=Decimal(quantity), unit=UNIT, unit_price=money("7.50"), origin=origin,
    )  # fmt: skip


def invoice(state: str, total: str, *lines: TrytonBilledLine) -> TrytonInvoice:
    return TrytonInvoice(
        id=21, create_date=MADE, write_date=WRITTEN, number="INV-1", state=state, invoice_date=DAY, currency=EUR,
        untaxed_amount=money("37.50"), tax_amount=money("7.88"), total_amount=money(total), party=ACME,
        invoice_address=HOME, sales=[behind()], lines=list(lines or (billed(81, "5.0", "sale.line,7"),)),
    )  # fmt: skip
