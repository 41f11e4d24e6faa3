"""Invoices, and the credit notes among them: those with a negative total (systems.md 3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from hub.model.billing import (
    CreditMemoFacts,
    CreditMemoGroups,
    CreditMemoStatus,
    InvoiceFacts,
    InvoiceGroups,
    InvoiceSettlement,
    InvoiceStatus,
)
from hub.model.observation import Content, NaturalKey, Seen, SourceLine, SourceQuantities, line_key
from hub.model.schemes import RETURN_CODE
from hub.model.values import Money
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.kit.values import exact
from sources.tryton_erp.mapping.words import Reading, address_of, distinct, origin_of, told, unit_code, units
from sources.tryton_erp.wire import TrytonBilledLine, TrytonInvoice, TrytonSaleBehind

ZERO = Decimal(0)
INVOICES: Mapping[str, InvoiceStatus] = {
    "draft": InvoiceStatus.DRAFT,
    "validated": InvoiceStatus.DRAFT,
    "posted": InvoiceStatus.POSTED,
    "paid": InvoiceStatus.PAID,
    "cancelled": InvoiceStatus.CANCELLED,
}
"""States of an invoice."""
CREDITS: Mapping[str, CreditMemoStatus] = {
    "draft": CreditMemoStatus.DRAFT,
    "validated": CreditMemoStatus.DRAFT,
    "posted": CreditMemoStatus.POSTED,
    "paid": CreditMemoStatus.APPLIED,
    "cancelled": CreditMemoStatus.VOID,
}
"""States of a credit note."""
_OPEN = frozenset({"posted", "paid"})


def seen_of_invoice(invoice: TrytonInvoice, reading: Reading) -> tuple[Seen, ...]:
    """What an invoice is, and that it is not the other: its sign may change while it is a draft."""
    one, raw = str(invoice.id), msgspec.to_builtins(invoice)
    if is_credit(invoice):
        memo = Seen(kind=Kind.CREDIT_MEMO, source_id=one, content=memo_of(invoice, reading), raw=raw)
        return (memo, Seen(kind=Kind.INVOICE, source_id=one, content=None))
    return (Seen(kind=Kind.INVOICE, source_id=one, content=invoice_of(invoice, reading), raw=raw),)


def is_credit(invoice: TrytonInvoice) -> bool:
    """Whether it gives money back."""
    return exact(invoice.total_amount.decimal) < ZERO


def invoice_of(invoice: TrytonInvoice, reading: Reading) -> Content:
    """A bill."""
    code = invoice.currency.code
    settlement = _settlement(invoice, reading)
    status = INVOICES.get(invoice.state, InvoiceStatus.UNKNOWN)
    if status is InvoiceStatus.POSTED and settlement and settlement.paid and settlement.paid.amount > ZERO:
        status = InvoiceStatus.PARTIALLY_PAID
    return Content(
        invoice=InvoiceGroups(
            facts=InvoiceFacts(
                issue_date=invoice.invoice_date.meant() if invoice.invoice_date else None,
                terms=invoice.payment_term.name if invoice.payment_term else None,
                total=reading.money(invoice.total_amount, code),
                net=reading.money(invoice.untaxed_amount, code),
                tax=reading.money(invoice.tax_amount, code),
                bill_to=address_of(invoice.invoice_address),
            ),
            settlement=settlement,
        ),
        number=invoice.number,
        raw_status=invoice.state,
        status=status.value,
        refers=distinct(
            (
                *(reading.own(Kind.ORDER, sale.id) for sale in _by_id(invoice.sales)),
                reading.own(Kind.CUSTOMER, invoice.party.id),
            )
        ),
        identifiers=reading.identified((IdentifierScheme.INVOICE, invoice.number)),
        lines=_lines(invoice, reading),
        account=reading.account(invoice.party.code),
        url=reading.url("account.invoice", invoice.id),
    )


def memo_of(invoice: TrytonInvoice, reading: Reading) -> Content:
    """A bill turned round; its amounts are told positive."""
    total = reading.money(invoice.total_amount, invoice.currency.code)
    status = CREDITS.get(invoice.state, CreditMemoStatus.UNKNOWN)
    return Content(
        credit_memo=CreditMemoGroups(
            facts=CreditMemoFacts(
                issue_date=invoice.invoice_date.meant() if invoice.invoice_date else None,
                total=Money(amount=-total.amount, currency_code=total.currency_code),
                reason=invoice.reference or None,
            )
        ),
        number=invoice.number,
        raw_status=invoice.state,
        status=status.value,
        refers=distinct(_behind(invoice, reading)),
        identifiers=reading.identified((IdentifierScheme.CREDIT_MEMO, invoice.number)),
        lines=_lines(invoice, reading),
        account=reading.account(invoice.party.code),
        url=reading.url("account.invoice", invoice.id),
    )


def _settlement(invoice: TrytonInvoice, reading: Reading) -> InvoiceSettlement | None:
    """What was paid: nothing is owed before it is posted, and nothing after it is cancelled."""
    if invoice.state not in _OPEN:
        return None
    total = reading.money(invoice.total_amount, invoice.currency.code)
    owed = exact(invoice.amount_to_pay.decimal) if invoice.amount_to_pay and invoice.state == "posted" else ZERO
    return InvoiceSettlement(
        paid=Money(amount=total.amount - owed, currency_code=total.currency_code),
        outstanding=Money(amount=owed, currency_code=total.currency_code),
    )


def _behind(invoice: TrytonInvoice, reading: Reading) -> Iterable[NaturalKey]:
    """The invoices it turns round with their orders; or the return it pays for, with the order that came back."""
    for turned in sorted(invoice.origin_invoices, key=lambda one: one.id):
        yield reading.own(Kind.INVOICE, turned.id)
        for sale in _by_id(turned.sales):
            yield reading.own(Kind.ORDER, sale.id)
    for back in [] if invoice.origin_invoices else _by_id(invoice.sales):
        yield reading.own(Kind.RETURN, back.id)
        yield from told(RETURN_CODE, back.reference)
        first = origin_of(back.origin, "sale.sale")
        if first is not None:
            yield reading.own(Kind.ORDER, first)
    yield reading.own(Kind.CUSTOMER, invoice.party.id)


def _by_id(sales: Iterable[TrytonSaleBehind]) -> list[TrytonSaleBehind]:
    return sorted(sales, key=lambda sale: sale.id)


def _lines(invoice: TrytonInvoice, reading: Reading) -> tuple[SourceLine, ...]:
    lines = sorted((line for line in invoice.lines if line.type == "line"), key=lambda line: line.id)
    return tuple(_line(line, invoice, reading) for line in lines)


def _line(line: TrytonBilledLine, invoice: TrytonInvoice, reading: Reading) -> SourceLine:
    """One line; a service or a charge has no item."""
    sign = -1 if is_credit(invoice) else 1
    number = units(sign * (line.quantity or ZERO))
    price = line.unit_price
    is_goods = line.product is not None and line.product.type != "service"
    cost = reading.money(price, invoice.currency.code) if price else None
    return SourceLine(
        id=str(line.id),
        sku=(line.product.code if line.product and is_goods else None) or "",
        description=line.description or None,
        quantities=SourceQuantities(credited=number) if is_credit(invoice) else SourceQuantities(invoiced=number),
        unit=unit_code(line.unit),
        unit_price=cost,
        target=_target(line, reading, is_credit=is_credit(invoice)) if is_goods else None,
    )


def _target(line: TrytonBilledLine, reading: Reading, *, is_credit: bool) -> NaturalKey | None:
    sold, billed = origin_of(line.origin, "sale.line"), origin_of(line.origin, "account.invoice.line")
    if sold is not None:
        return line_key(reading.source, Kind.RETURN if is_credit else Kind.ORDER, str(sold))
    return line_key(reading.source, Kind.INVOICE, str(billed)) if billed is not None else None
