"""How far the money of a Vendure order is, from its payments and refunds."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.order import PaymentState
from sources.vendure.wire import VendurePayment

_KNOWN = frozenset({"Created", "Authorized", "Settled", "Declined", "Error", "Cancelled"})
_FAILED = frozenset({"Declined", "Error"})


def state_of(payments: Sequence[VendurePayment], total: int) -> PaymentState:
    """The payment state of an order that now costs *total* minor units.

    More kept than the order costs is CREDIT_OWED: a cancel in Vendure does not refund. A state Vendure does not have is
    UNKNOWN.
    """
    if any(payment.state not in _KNOWN for payment in payments):
        return PaymentState.UNKNOWN
    settled = sum(payment.amount for payment in payments if payment.state == "Settled")
    refunded = sum(refund.total for payment in payments for refund in payment.refunds if refund.state == "Settled")
    if settled:
        return _of_settled(settled, refunded, total)
    states = {payment.state for payment in payments}
    if "Authorized" in states:
        return PaymentState.AUTHORIZED
    if "Cancelled" in states:
        return PaymentState.VOIDED
    if states & _FAILED:
        return PaymentState.FAILED
    return PaymentState.PENDING if total else PaymentState.NOT_REQUIRED


def _of_settled(settled: int, refunded: int, total: int) -> PaymentState:
    kept = settled - refunded
    if refunded and kept <= 0:
        return PaymentState.REFUNDED
    if kept > total:
        return PaymentState.CREDIT_OWED
    if refunded:
        return PaymentState.PARTIALLY_REFUNDED
    return PaymentState.PAID if kept == total else PaymentState.PARTIALLY_PAID
