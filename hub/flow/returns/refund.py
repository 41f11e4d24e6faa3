"""What a return is worth, part by part, and what of it may still be given back (domain.md 2.7). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from hub.flow.facts import HUB, Document, KeptDelivery, RootFacts
from hub.flow.returns.asserted import asked_in, order_line, reference_in, refund_name
from hub.model.billing import Payment, PaymentKind, PaymentStatus
from hub.model.effects import Refund
from hub.model.intents import DeliveryState
from hub.model.order import Order, OrderLine
from hub.model.returns import RefundAsked, RefundMethod, RefundPart, RefundPartKind, Return, ReturnLine, ReturnTerms
from hub.model.schemes import RETURN_CODE
from hub.model.values import Money
from hub.model.vocabulary import Kind

ZERO = Decimal(0)
CENT = Decimal("0.01")
PAID = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.PENDING})
"""A refund that counts: the money has gone, or is going."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """What should be given back for a return."""

    total: Money
    """With tax, never below zero and never more than what was paid and is not given back."""
    fee: Money
    """Kept back, before tax."""
    parts: tuple[RefundPart, ...]


def suggested(found: Return, order: Order, terms: ReturnTerms, left: Decimal | None) -> Suggested | None:
    """The refund by price paid, quantity and fees; None where a price is not known.

    *left*: what of the money paid for the order nobody has given back for anything else; None: not known.
    """
    priced = list(_priced(found, order, terms))
    currency = _currency(order)
    if currency is None or any(price is None for _, _, price in priced):
        return None
    goods = [(line, cents(units * price.amount)) for line, units, price in priced if price is not None]
    shipping = _shipping(found, order) if terms.refunds_shipping else ZERO
    fee = sum((_fee(line, net, terms) for line, net in goods), ZERO)
    net = sum((amount for _, amount in goods), ZERO) - fee + shipping
    tax = cents(net * tax_rate(order))
    over = max(net + tax - left, ZERO) if left is not None else ZERO
    amounts = [
        *((RefundPartKind.GOODS, amount, f"{line.sku}, at the price paid", line.line_no) for line, amount in goods),
        (RefundPartKind.FEE, -fee, f"restocking fee of {terms.restocking_percent.normalize():f} %", None),
        (RefundPartKind.SHIPPING, shipping, "shipping, as everything came back", None),
        (RefundPartKind.TAX, tax, "tax, in the order's own proportion", None),
        (RefundPartKind.LIMIT, -over, "no more than was paid and is not given back", None),
    ]
    parts = tuple(
        RefundPart(kind=kind, amount=Money(amount=amount, currency_code=currency), text=text, line_no=line_no)
        for kind, amount, text, line_no in amounts
        if amount != 0
    )
    return Suggested(
        total=Money(amount=net + tax - over, currency_code=currency),
        fee=Money(amount=fee, currency_code=currency),
        parts=parts,
    )


def left_of(order: Order, documents: Mapping[str, Document], mine: Iterable[str]) -> Decimal | None:
    """What was paid for the order and not given back for anything but refunds of the names *mine*; None: not known."""
    payments = [one for one in documents.values() if isinstance(one, Payment) and order.id in one.order_ids]
    names = set(mine)
    paid = [one for one in payments if one.kind is PaymentKind.CAPTURE and one.status is PaymentStatus.SUCCEEDED]
    if not paid:
        head = order.groups.commercial
        return head.total.amount if head is not None and head.total is not None else None
    gone = [one for one in payments if one.kind is PaymentKind.REFUND and one.status in PAID]
    return sum(map(amount_of, paid), ZERO) - sum((amount_of(one) for one in gone if _name(one) not in names), ZERO)


def promised(found: Return, facts: RootFacts, payments: Iterable[Payment]) -> Decimal:
    """Money that shall go back for the order's other returns, that nobody refused and no payment shows yet."""
    settled = {_name(one) for one in payments if one.kind is PaymentKind.REFUND and one.status in PAID} | _refused(
        facts
    )
    others = {
        record.entity_id: key.value
        for record in facts.records
        if (record.source, record.kind) == (HUB, Kind.RETURN) and record.entity_id != found.id
        for key in (*record.content.bears, *record.content.refers)
        if key.scheme == RETURN_CODE
    }
    return sum(
        (
            one.amount.amount
            for other, reference in others.items()
            for one in asked_in(facts, other)
            if one.method is RefundMethod.ORIGINAL_PAYMENT and refund_name(reference, one.number) not in settled
        ),
        ZERO,
    )


def names_of(found: Return, facts: RootFacts) -> tuple[str, ...]:
    """The names under which money is given back for a return."""
    reference = reference_in(facts, found)
    return tuple(refund_name(reference, one.number) for one in asked_in(facts, found.id))


def standing_asks(found: Return, facts: RootFacts) -> list[RefundAsked]:
    """Refunds of a return that nobody has refused."""
    refused, reference = _refused(facts), reference_in(facts, found)
    return [one for one in asked_in(facts, found.id) if refund_name(reference, one.number) not in refused]


def refundable(found: Return, facts: RootFacts) -> Money | None:
    """What may still be given back: what is suggested less what was asked and not refused; None: nobody can say."""
    money = found.groups.money
    told = money.suggested_refund if money is not None else None
    if money is None or told is None:
        return None
    asked = sum((one.amount.amount for one in standing_asks(found, facts)), ZERO)
    gone = max(asked, money.refunded.amount if money.refunded is not None else ZERO)
    return Money(amount=max(told.amount - gone, ZERO), currency_code=told.currency_code)


def given_back(found: Return, facts: RootFacts, payments: Iterable[Payment]) -> Decimal:
    """What has been given back for a return: by the payments that show it, and by deliveries that no payment shows."""
    names = set(names_of(found, facts))
    mine = [one for one in payments if is_refund_of(one, found, names)]
    gone = [one for one in mine if one.status is PaymentStatus.SUCCEEDED]
    seen = {_name(one) for one in gone}
    done = [
        row.content.amount.amount
        for row in rows_of(facts)
        if row.state is DeliveryState.DONE and isinstance(row.content, Refund)
        if row.content.reference in names - seen
    ]
    return sum(map(amount_of, gone), ZERO) + sum(done, ZERO)


def is_refund_of(payment: Payment, found: Return, names: Iterable[str]) -> bool:
    """Whether a payment gives money back for a return."""
    return payment.kind is PaymentKind.REFUND and (payment.return_id == found.id or _name(payment) in set(names))


def rows_of(facts: RootFacts) -> list[KeptDelivery]:
    """The refunds that were sent, or will be."""
    return [row for row in facts.deliveries if isinstance(row.content, Refund)]


def _refused(facts: RootFacts) -> set[str | None]:
    """Names of the refunds that were refused."""
    rows = ((row, row.content) for row in rows_of(facts) if row.state is DeliveryState.REFUSED)
    return {content.reference for _, content in rows if isinstance(content, Refund)}


def amount_of(payment: Payment) -> Decimal:
    """How much a payment moves."""
    told = payment.groups.facts
    return told.amount.amount if told is not None and told.amount is not None else ZERO


def paid_for(line: ReturnLine, terms: ReturnTerms, *, came: bool) -> Decimal:
    """Units of a line that are paid for: what came of what was allowed, in a condition that is paid for."""
    if not came:
        return line.authorized or line.requested
    is_fit = not terms.conditions or line.condition is None or line.condition in terms.conditions
    return min(line.received, line.authorized) if is_fit else ZERO


def _priced(found: Return, order: Order, terms: ReturnTerms) -> Iterator[tuple[ReturnLine, Decimal, Money | None]]:
    came = any(line.received > 0 for line in found.lines)
    for line in found.lines:
        units = paid_for(line, terms, came=came)
        if units > 0:
            of = order_line(line, order)
            yield line, units, None if of is None else of.unit_price


def _fee(line: ReturnLine, net: Decimal, terms: ReturnTerms) -> Decimal:
    return ZERO if line.reason in terms.free_reasons else cents(net * terms.restocking_percent / 100)


def _shipping(found: Return, order: Order) -> Decimal:
    """What shipping cost before tax, where everything that was shipped has come back."""
    head = order.groups.commercial
    back = {line.order_line_id: min(line.received, line.authorized) for line in found.lines}
    if head is None or head.net is None or any(back.get(one.id, ZERO) < one.quantities.shipped for one in order.lines):
        return ZERO
    return max(head.net.amount - sum(map(_worth, order.lines), ZERO), ZERO)


def _worth(line: OrderLine) -> Decimal:
    return ZERO if line.unit_price is None else cents(line.unit_price.amount * line.quantities.ordered)


def tax_rate(order: Order) -> Decimal:
    """Tax in proportion to the net, as whoever speaks for the order says."""
    told = next((one for one in order.totals_by_system if one.net is not None and one.net.amount > 0), None)
    if told is None or told.net is None:
        return ZERO
    if told.tax is not None:
        return told.tax.amount / told.net.amount
    return ZERO if told.gross is None else (told.gross.amount - told.net.amount) / told.net.amount


def _currency(order: Order) -> str | None:
    head = order.groups.commercial
    priced = (line.unit_price.currency_code for line in order.lines if line.unit_price is not None)
    return (head.currency_code if head is not None else None) or next(priced, None)


def cents(amount: Decimal) -> Decimal:
    """Rounded to two places, halves up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def _name(payment: Payment) -> str | None:
    told = payment.groups.facts
    return None if told is None else told.psp_ref
