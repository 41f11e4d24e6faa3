"""Returns: sales with negative quantities (systems.md 3.5, domain.md 2.7)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from hub.model.observation import Content, NaturalKey, SourceLine, SourceQuantities
from hub.model.returns import ReturnGroups, ReturnMoney, ReturnReceipt, ReturnRequestFacts, ReturnStatus
from hub.model.schemes import ORDER_CODE, RETURN_CODE, WAREHOUSE_CODE
from hub.model.values import Money
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_erp.mapping.words import Reading, distinct, origin_of, told, unit_code, units
from sources.tryton_erp.wire import TrytonSale, TrytonSaleLine

ZERO = Decimal(0)
_NAMED = re.compile(r"(?P<code>.+)-R\d+")
"""`CODE-R1`: the first return of the order CODE."""
_HANDLED = frozenset({"received", "done", "cancelled"})
_POSTED = frozenset({"posted", "paid"})
BEFORE = {"draft": ReturnStatus.REQUESTED, "quotation": ReturnStatus.REQUESTED, "cancelled": ReturnStatus.CANCELLED}
"""States in which nothing has come of it."""
CONFIRMED = frozenset({"confirmed", "processing", "done"})


def return_of(sale: TrytonSale, reading: Reading) -> Content:
    """The return that a sale is."""
    lines = sorted((line for line in sale.lines if (line.quantity or ZERO) < ZERO), key=lambda line: line.id)
    return Content(
        return_=ReturnGroups(
            request=ReturnRequestFacts(requested_at=sale.create_date.meant()),
            receipt=_receipt(sale, reading),
            money=_money(sale, reading),
        ),
        number=sale.reference or sale.number,
        raw_status=sale.state,
        status=status_of(sale).value,
        bears=told(RETURN_CODE, sale.reference),
        refers=distinct(_refers(sale, reading)),
        identifiers=reading.identified(
            (IdentifierScheme.RMA, sale.reference), (IdentifierScheme.ERP_ORDER, sale.number)
        ),
        lines=tuple(_line(line, sale, reading) for line in lines if line.product is not None),
        account=reading.account(sale.party.code),
        url=reading.url("sale.sale", sale.id),
    )


def status_of(sale: TrytonSale) -> ReturnStatus:
    """Where the work on it stands: allowed, come in, put away, credited.

    Tryton drafts the credit note when goods come in: posted early, it says nothing of what still lies at the door.
    """
    if sale.state in BEFORE:
        return BEFORE[sale.state]
    if sale.state not in CONFIRMED:
        return ReturnStatus.UNKNOWN
    receipts = [receipt.state for receipt in sale.shipment_returns]
    is_back = bool(receipts) and all(state in _HANDLED for state in receipts)
    if is_back and "received" in receipts:
        return ReturnStatus.RECEIVED
    if sale.state == "done":
        return ReturnStatus.CLOSED
    if is_back:
        is_posted = any(bill.state in _POSTED for bill in sale.invoices)
        return ReturnStatus.CREDITED if is_posted else ReturnStatus.INSPECTED
    came = any(move.state == "done" for line in sale.lines for move in line.moves)
    return ReturnStatus.PARTIALLY_RECEIVED if came else ReturnStatus.AUTHORIZED


def _refers(sale: TrytonSale, reading: Reading) -> Iterable[NaturalKey]:
    first = origin_of(sale.origin, "sale.sale")
    if first is not None:
        yield reading.own(Kind.ORDER, first)
    named = _NAMED.fullmatch(sale.reference or "")
    if named is not None:
        yield from told(ORDER_CODE, named["code"])
    yield reading.own(Kind.CUSTOMER, sale.party.id)
    yield from told(WAREHOUSE_CODE, sale.warehouse.code if sale.warehouse else None)


def _receipt(sale: TrytonSale, reading: Reading) -> ReturnReceipt | None:
    days = [day for one in sale.shipment_returns if (day := reading.day(one.effective_date)) is not None]
    return ReturnReceipt(received_at=max(days)) if days else None


def _money(sale: TrytonSale, reading: Reading) -> ReturnMoney | None:
    if sale.total_amount is None:
        return None
    total = reading.money(sale.total_amount, sale.currency.code)
    return ReturnMoney(suggested_refund=Money(amount=-total.amount, currency_code=total.currency_code))


def _line(line: TrytonSaleLine, sale: TrytonSale, reading: Reading) -> SourceLine:
    asked = units(-(line.quantity or ZERO))
    came = sum((move.quantity for move in line.moves if move.state == "done"), ZERO)
    price = line.unit_price
    return SourceLine(
        id=str(line.id),
        sku=(line.product.code if line.product else None) or "",
        description=line.description or None,
        quantities=SourceQuantities(return_requested=asked, returned=units(came)),
        unit=unit_code(line.unit),
        unit_price=reading.money(price, sale.currency.code) if price else None,
    )
