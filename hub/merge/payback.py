"""The money of a return: what it is worth, what has gone back, and whether it is over by that (domain.md 2.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hub.flow.facts import Document, RootFacts
from hub.flow.returns.asserted import asked_in, own_of, reference_in, terms_of
from hub.flow.returns.offset import offset
from hub.flow.returns.refund import given_back, left_of, names_of, promised, rows_of, suggested
from hub.flow.returns.replacing import (
    LOOKED_AT,
    ORDER_TYPES,
    is_dropped,
    is_like_for_like,
    is_owed,
    replacement_in,
    wish_of,
)
from hub.model.billing import Payment, PaymentKind
from hub.model.effects import CreateReturn, InspectReturn, ReceiveReturn, Refund, TakeBack
from hub.model.intents import DeliveryState
from hub.model.order import Order
from hub.model.returns import (
    RefundMethod,
    Return,
    ReturnFinancialState,
    ReturnMoney,
    ReturnStatus,
    ReturnType,
)
from hub.model.values import Money

PAID = frozenset({ReturnFinancialState.CREDITED, ReturnFinancialState.REFUNDED})
_SETTLED = frozenset({DeliveryState.DONE, DeliveryState.WITHDRAWN})


def paid_back(found: Return, order: Order, facts: RootFacts, documents: Mapping[str, Document]) -> Return:
    """The return with what should be given back for it, what was, and how it stands by that."""
    payments = [one for one in documents.values() if isinstance(one, Payment)]
    left = left_of(order, documents, names_of(found, facts))
    left = None if left is None else left - promised(found, facts, payments)
    worth = suggested(found, order, terms_of(found), left)
    money = found.groups.money or ReturnMoney()
    if worth is not None:
        worth, due = offset(worth, found, order, facts)
        money = replace(
            money, due=due, suggested_refund=worth.total, restocking_fee=worth.fee if worth.fee.amount else None
        )
    gone = given_back(found, facts, payments)
    if gone and money.suggested_refund is not None:
        money = replace(money, refunded=Money(amount=gone, currency_code=money.suggested_refund.currency_code))
    found = replace(
        found,
        groups=found.groups if money == ReturnMoney() else replace(found.groups, money=money),
        suggested_refund_parts=() if worth is None else worth.parts,
    )
    found = replace(found, replacement_id=replacement_in(found, facts))
    found = replace(found, financial_state=_financial(found, order, facts))
    return replace(found, status=_status(found, order, facts, payments))


def _financial(found: Return, order: Order, facts: RootFacts) -> ReturnFinancialState:
    """How far the money is, refunds that the hub sent counted in."""
    money, names = found.groups.money or ReturnMoney(), set(names_of(found, facts))
    is_even = is_like_for_like(found, facts) and not is_owed(found, order, facts) and not is_dropped(found, facts)
    if is_even and found.status in LOOKED_AT:
        return ReturnFinancialState.CREDITED if _is_as_asked(found) else found.financial_state
    if money.refunded is not None and money.refunded.amount > 0:
        whole = money.suggested_refund is None or money.refunded.amount >= money.suggested_refund.amount
        return ReturnFinancialState.REFUNDED if whole else ReturnFinancialState.PARTIAL
    sent = [row for row in rows_of(facts) if isinstance(row.content, Refund) and row.content.reference in names]
    if sent and sent[-1].state is DeliveryState.REFUSED:
        return ReturnFinancialState.REFUND_FAILED
    return found.financial_state


def _status(found: Return, order: Order, facts: RootFacts, payments: list[Payment]) -> ReturnStatus:
    """Of a return that the hub carries: CREDITED once money has gone back, CLOSED once nothing of it is open."""
    status = found.status
    if own_of(facts, found.id) is None:
        return status
    if status is ReturnStatus.INSPECTED and found.financial_state in PAID:
        status = ReturnStatus.CREDITED
    if status is not ReturnStatus.CREDITED:
        return status
    is_owing = _is_under_way(found, facts) or is_owed(found, order, facts)
    is_over = _is_as_asked(found) and _is_paid(found, order, facts, payments) and not is_owing
    return ReturnStatus.CLOSED if is_over else status


def _is_paid(found: Return, order: Order, facts: RootFacts, payments: list[Payment]) -> bool:
    """Whether the customer has what is due: the money by the way it was paid, or the credit."""
    if found.financial_state is ReturnFinancialState.REFUNDED:
        return True
    told, money = found.groups.request, found.groups.money
    if money is not None and money.suggested_refund is not None and money.suggested_refund.amount == 0:
        return True  # nothing of what was paid is left to be given back
    if found.financial_state is not ReturnFinancialState.CREDITED:
        return False
    is_credit = told is not None and told.type is ReturnType.CREDIT
    is_credit = is_credit or any(one.method is RefundMethod.CREDIT_MEMO for one in asked_in(facts, found.id))
    is_for_goods = wish_of(found, facts).type in ORDER_TYPES and not _rest(found)
    is_unpaid = not any(one.kind is PaymentKind.CAPTURE and order.id in one.order_ids for one in payments)
    return is_credit or is_for_goods or is_unpaid


def _is_as_asked(found: Return) -> bool:
    return all(line.missing == line.extra == 0 and line.received == line.inspected for line in found.lines)


def _rest(found: Return) -> bool:
    """Whether money is to be given back beside the goods that go out."""
    told = found.groups.money.suggested_refund if found.groups.money is not None else None
    return told is not None and told.amount > 0


def _is_under_way(found: Return, facts: RootFacts) -> bool:
    """Whether some system has still to be told something of it."""
    reference = reference_in(facts, found)
    names = {reference, *names_of(found, facts)}
    return any(
        row.state not in _SETTLED and row.content.reference in names
        for row in facts.deliveries
        if isinstance(row.content, CreateReturn | ReceiveReturn | InspectReturn | TakeBack | Refund)
    )
