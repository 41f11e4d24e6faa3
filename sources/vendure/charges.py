"""Each payment and refund of a Vendure order as a document of its own: pure functions of the wire types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import msgspec

from hub.model.billing import PaymentFacts, PaymentGroups, PaymentKind, PaymentStatus
from hub.model.observation import Content, NaturalKey, Seen
from hub.model.schemes import RETURN_CODE
from hub.model.vocabulary import Kind
from sources.kit.values import instant, minor
from sources.vendure.wire import VendureOrder, VendurePayment, VendureRefund

PAYMENTS: Mapping[str, tuple[PaymentKind | None, PaymentStatus]] = {
    "Created": (None, PaymentStatus.PENDING),
    "Authorized": (PaymentKind.AUTH, PaymentStatus.SUCCEEDED),
    "Settled": (PaymentKind.CAPTURE, PaymentStatus.SUCCEEDED),
    "Declined": (None, PaymentStatus.FAILED),
    "Error": (None, PaymentStatus.FAILED),
    "Cancelled": (PaymentKind.AUTH, PaymentStatus.CANCELLED),
}
"""What a payment in a state does, and where it stands. Vendure keeps one payment through all of them."""
REFUNDS: Mapping[str, PaymentStatus] = {
    "Pending": PaymentStatus.PENDING,
    "Settled": PaymentStatus.SUCCEEDED,
    "Failed": PaymentStatus.FAILED,
}
_RETURNED = re.compile(r"(?P<back>[^\s\[\]]+-R\d+)/\d+\]?$")
"""The hub's own name of a refund: the return that it pays for, and which one of it."""
OF_A_REFUND = "refund-"
"""Before the id of a refund: payments and refunds each count from 1."""


def charges_of(order: VendureOrder, common: Content, digits: int) -> Iterator[Seen]:
    """The order's payments, each before its refunds, oldest first; *common*: what all of them refer to."""
    for payment in sorted(order.payments or (), key=_by_age):
        raw = msgspec.to_builtins(payment)
        yield Seen(kind=Kind.PAYMENT, source_id=payment.id, content=_payment(payment, order, common, digits), raw=raw)
        for refund in sorted(payment.refunds, key=_by_age):
            content = _refund(refund, order, common, digits)
            yield Seen(
                kind=Kind.PAYMENT,
                source_id=f"{OF_A_REFUND}{refund.id}",
                content=content,
                raw=msgspec.to_builtins(refund),
            )


def _payment(payment: VendurePayment, order: VendureOrder, common: Content, digits: int) -> Content:
    kind, status = PAYMENTS.get(payment.state, (None, PaymentStatus.UNKNOWN))
    moved = payment.updated_at or payment.created_at
    facts = PaymentFacts(
        kind=kind,
        amount=minor(payment.amount, order.currency_code, digits=digits),
        method=payment.method,
        psp_ref=payment.transaction_id or None,
        occurred_at=instant(moved) if moved else None,
        message=payment.error_message or None,
    )
    return _told(common, facts, payment.state, status)


def _refund(refund: VendureRefund, order: VendureOrder, common: Content, digits: int) -> Content:
    moved = refund.updated_at or refund.created_at
    facts = PaymentFacts(
        kind=PaymentKind.REFUND,
        amount=minor(refund.total, order.currency_code, digits=digits),
        method=refund.method,
        psp_ref=refund.transaction_id or None,
        occurred_at=instant(moved) if moved else None,
        message=refund.reason or None,
    )
    named = _RETURNED.search(refund.transaction_id or "") or _RETURNED.search(refund.reason or "")
    if named is not None:
        back = NaturalKey(scheme=RETURN_CODE, value=named["back"])
        common = replace(common, refers=(*common.refers, back))
    return _told(common, facts, refund.state, REFUNDS.get(refund.state, PaymentStatus.UNKNOWN))


def _told(common: Content, facts: PaymentFacts, state: str, status: PaymentStatus) -> Content:
    return replace(
        common, payment=PaymentGroups(facts=facts), number=facts.psp_ref, raw_status=state, status=status.value
    )


def _by_age(one: VendurePayment | VendureRefund) -> tuple[int, str]:
    return len(one.id), one.id
