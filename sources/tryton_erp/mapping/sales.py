"""Sales: an order on three axes, or a return where all its goods come back (systems.md 5.13)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from hub.model.cases import HoldType
from hub.model.ids import OWN_NUMBER
from hub.model.observation import Content, Seen, SourceLine, SourceQuantities
from hub.model.order import OrderCommercial, OrderGroups, OrderParties, OrderPayment, OrderStatus, PaymentState
from hub.model.schemes import ORDER_CODE
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_erp.manifest import STATUSES
from sources.tryton_erp.mapping.returns import return_of
from sources.tryton_erp.mapping.words import Reading, address_of, told, unit_code, units
from sources.tryton_erp.wire import TrytonBill, TrytonSale, TrytonSaleLine

ZERO = Decimal(0)
HUBS_OWN = re.compile(OWN_NUMBER)
MOVED = frozenset({"goods", "assets"})
"""Types of products that lie in a warehouse; others, carrier costs among them, are part of totals only."""

PAYMENTS: Mapping[str, PaymentState] = {
    "none": PaymentState.PENDING,
    "pending": PaymentState.PENDING,
    "awaiting payment": PaymentState.PENDING,
    "partially paid": PaymentState.PARTIALLY_PAID,
    "paid": PaymentState.PAID,
    "exception": PaymentState.FAILED,
}
"""The axis `invoice_state`; `exception`: an invoice was cancelled and nobody has said what now."""

HOLDS: Mapping[str, tuple[HoldType, ...]] = {
    "none": (),
    "waiting": (),
    "partially shipped": (),
    "sent": (),
    "exception": (HoldType.WAREHOUSE,),
}
"""The axis `shipment_state`; `exception`: goods were cancelled on their way and nobody has said what now."""


def seen_of_sale(sale: TrytonSale, reading: Reading) -> tuple[Seen, ...]:
    """What a sale is, and that it is not the other: its lines may turn round while it is a draft."""
    one, raw = str(sale.id), msgspec.to_builtins(sale)
    if is_return(sale):
        back = Seen(kind=Kind.RETURN, source_id=one, content=return_of(sale, reading), raw=raw)
        return (back, Seen(kind=Kind.ORDER, source_id=one, content=None))
    return (Seen(kind=Kind.ORDER, source_id=one, content=order_of(sale, reading), raw=raw),)


def is_return(sale: TrytonSale) -> bool:
    """Whether all of its goods come back."""
    counts = [line.quantity for line in sale.lines if is_goods(line) and line.quantity]
    return bool(counts) and all(count < ZERO for count in counts)


def is_goods(line: TrytonSaleLine) -> bool:
    """Whether a line is about something that lies in a warehouse."""
    return line.type == "line" and line.product is not None and line.product.type in MOVED


def quantities_of(sale: TrytonSale) -> list[tuple[TrytonSaleLine, SourceQuantities]]:
    """The goods that are sold, oldest line first, with what was called off.

    A sale that was cancelled after processing ends `done` (trap 13): what of it was never moved is cancelled.
    """
    lines = [line for line in sale.lines if is_goods(line) and (line.quantity or ZERO) > ZERO]
    return [(line, _quantities(sale, line)) for line in sorted(lines, key=lambda line: line.id)]


def _quantities(sale: TrytonSale, line: TrytonSaleLine) -> SourceQuantities:
    ordered = units(line.quantity or ZERO)
    if sale.state == "cancelled":
        cancelled = ordered
    elif sale.state == "done":
        cancelled = max(ZERO, ordered - sum((move.quantity for move in line.moves if move.state == "done"), ZERO))
    else:
        cancelled = min(ordered, sum((move.quantity for move in line.moves_ignored), ZERO))
    return SourceQuantities(ordered=ordered, cancelled=units(cancelled))


def order_of(sale: TrytonSale, reading: Reading) -> Content:
    """The order that a sale is."""
    lines = quantities_of(sale)
    buyer = _names_buyer(sale, reading)
    return Content(
        order=OrderGroups(
            commercial=_commercial(sale, reading),
            parties=_parties(sale) if buyer else None,
            payment=OrderPayment(state=_payment(sale)),
        ),
        number=sale.number,
        raw_status=sale.state,
        status=_status(sale, lines).value,
        holds=HOLDS.get(sale.shipment_state, (HoldType.OTHER,)),
        refers=(*told(ORDER_CODE, sale.reference), *([reading.own(Kind.CUSTOMER, sale.party.id)] if buyer else [])),
        identifiers=reading.identified(
            (IdentifierScheme.ERP_ORDER, sale.number),
            (_scheme(sale, reading), sale.reference),
        ),
        lines=tuple(_line(line, quantities, sale, reading) for line, quantities in lines),
        account=reading.account(sale.party.code),
        url=reading.url("sale.sale", sale.id),
    )


def _status(sale: TrytonSale, lines: Sequence[tuple[TrytonSaleLine, SourceQuantities]]) -> OrderStatus:
    nothing_left = bool(lines) and all(told.cancelled == told.ordered for _, told in lines)
    if sale.state == "done" and nothing_left:
        return OrderStatus.CANCELLED
    return STATUSES.get(sale.state, OrderStatus.UNKNOWN)


def _payment(sale: TrytonSale) -> PaymentState:
    if sale.invoices and all(_is_void(bill) for bill in sale.invoices):
        return PaymentState.VOIDED  # credited in full: Tryton calls it paid
    return PAYMENTS.get(sale.invoice_state, PaymentState.UNKNOWN)


def _is_void(bill: TrytonBill) -> bool:
    return bill.state == "cancelled"


def _names_buyer(sale: TrytonSale, reading: Reading) -> bool:
    """Whether it says who buys. Of a channel's order for a party that stands for many buyers, only the channel does."""
    return sale.party.code not in reading.anonymous or not sale.reference or _is_typed(sale, reading)


def _parties(sale: TrytonSale) -> OrderParties:
    return OrderParties(
        customer_name=sale.party.name,
        ship_to=address_of(sale.shipment_address),
        bill_to=address_of(sale.invoice_address),
    )


def _commercial(sale: TrytonSale, reading: Reading) -> OrderCommercial:
    code = sale.currency.code
    total, net, tax = sale.total_amount, sale.untaxed_amount, sale.tax_amount
    return OrderCommercial(
        po_number=sale.reference if _is_typed(sale, reading) else None,
        placed_at=sale.create_date.meant(),
        promised_ship_at=reading.day(sale.shipping_date),
        currency_code=code,
        total=reading.money(total, code) if total else None,
        net=reading.money(net, code) if net else None,
        tax=reading.money(tax, code) if tax else None,
    )


def _line(line: TrytonSaleLine, quantities: SourceQuantities, sale: TrytonSale, reading: Reading) -> SourceLine:
    price = line.unit_price
    return SourceLine(
        id=str(line.id),
        sku=(line.product.code if line.product else None) or "",
        description=line.description or None,
        quantities=quantities,
        unit=unit_code(line.unit),
        unit_price=reading.money(price, sale.currency.code) if price else None,
    )


def _scheme(sale: TrytonSale, reading: Reading) -> IdentifierScheme:
    return IdentifierScheme.PO_NUMBER if _is_typed(sale, reading) else IdentifierScheme.CHANNEL_ORDER


def _is_typed(sale: TrytonSale, reading: Reading) -> bool:
    """Whether somebody typed the reference: it is the customer's own number, neither a channel's code nor the hub's."""
    given = sale.reference or ""
    return bool(given) and not any(code.fullmatch(given) for code in (reading.channel_code, HUBS_OWN))
