"""What goes out instead, set against what comes back: the rest is given back, or due (to the cent). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from hub.flow.facts import RootFacts
from hub.flow.returns.asserted import order_line, terms_of
from hub.flow.returns.refund import ZERO, Suggested, cents, paid_for, tax_rate
from hub.flow.returns.replacing import (
    LIKE_FOR_LIKE,
    LOOKED_AT,
    has_gone,
    is_dropped,
    out_lines,
    wish_of,
)
from hub.model.order import Order
from hub.model.returns import RefundPart, RefundPartKind, Return, ReturnType
from hub.model.values import Money


def offset(worth: Suggested, found: Return, order: Order, facts: RootFacts) -> tuple[Suggested, Money | None]:
    """(what is to be given back, what is due) of a return for which goods go out; any other as it is.

    Where a person has decided that nothing goes out after all, what came back is paid for.
    """
    kind = None if is_dropped(found, facts) else wish_of(found, facts).type
    if kind in LIKE_FOR_LIKE:
        nothing = Money(amount=ZERO, currency_code=worth.total.currency_code)
        due = _kept(found, order, facts) if kind is ReturnType.ADVANCE_REPLACEMENT else ZERO
        return Suggested(total=nothing, fee=nothing, parts=()), _money(due, worth)
    lines = out_lines(found, order, facts) if kind is ReturnType.EXCHANGE else ()
    if not lines:
        return worth, None
    out = gross_of(((line.quantity, line.unit_price) for line in lines), order)
    covered = min(out, worth.total.amount)
    part = RefundPart(
        kind=RefundPartKind.EXCHANGE,
        amount=Money(amount=-covered, currency_code=worth.total.currency_code),
        text="goes out instead, with tax",
    )
    rest = Money(amount=worth.total.amount - covered, currency_code=worth.total.currency_code)
    parts = (*worth.parts, part) if covered else worth.parts
    return replace(worth, total=rest, parts=parts), _money(out - covered, worth)


def gross_of(priced: Iterable[tuple[Decimal, Money | None]], order: Order) -> Decimal:
    """What goods cost with tax, in the order's own proportion; each line rounded to the cent, then the tax."""
    net = sum((cents(units * price.amount) for units, price in priced if price is not None), ZERO)
    return net + cents(net * tax_rate(order))


def _kept(found: Return, order: Order, facts: RootFacts) -> Decimal:
    """What went out ahead for goods that then stayed away."""
    if found.status not in LOOKED_AT or not has_gone(found, facts):
        return ZERO
    terms = terms_of(found)
    away = [
        (line.authorized - paid_for(line, terms, came=True), order_line(line, order))
        for line in found.lines
        if line.authorized > 0
    ]
    return gross_of(((units, of.unit_price) for units, of in away if of is not None), order)


def _money(amount: Decimal, worth: Suggested) -> Money | None:
    return Money(amount=amount, currency_code=worth.total.currency_code) if amount > 0 else None
