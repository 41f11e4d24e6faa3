"""Each payment and refund of an order is a document of its own."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hub.model.billing import PaymentFacts, PaymentKind, PaymentStatus
from hub.model.observation import Content, NaturalKey, Seen
from hub.model.values import Money
from hub.model.vocabulary import Kind
from sources.vendure.charges import PAYMENTS, REFUNDS, charges_of
from tests.sources.vendure.made import Json, order, payment

COMMON = Content(refers=(NaturalKey(scheme="shop.ORDER.id", value="7"),), account="acme")
THEN = {"createdAt": "2026-11-20T09:30:00.000Z", "updatedAt": "2026-11-20T09:31:00.000Z"}


def told(*payments: Json) -> list[Seen]:
    return list(charges_of(order(payments=list(payments)), COMMON, 2))


def facts_of(one: Seen) -> PaymentFacts:
    assert one.content is not None
    assert one.content.payment is not None
    assert one.content.payment.facts is not None
    return one.content.payment.facts


def test_a_payment_comes_before_its_refunds_and_is_told_exactly() -> None:
    refund = {"id": "1", "state": "Settled", "total": 1250, "method": "card", "transactionId": "r1", "reason": "broken"}
    paid, back = told(payment(5143) | THEN | {"method": "card", "refunds": [refund | THEN]})
    assert [(one.kind, one.source_id) for one in (paid, back)] == [(Kind.PAYMENT, "1"), (Kind.PAYMENT, "refund-1")]
    moved = datetime(2026, 11, 20, 9, 31, tzinfo=UTC)
    assert facts_of(paid) == PaymentFacts(
        kind=PaymentKind.CAPTURE,
        amount=Money(amount=Decimal("51.43"), currency_code="EUR"),
        method="card",
        psp_ref="tx1",
        occurred_at=moved,
    )
    assert facts_of(back) == PaymentFacts(
        kind=PaymentKind.REFUND,
        amount=Money(amount=Decimal("12.50"), currency_code="EUR"),
        method="card",
        psp_ref="r1",
        occurred_at=moved,
        message="broken",
    )
    assert paid.content is not None
    assert (paid.content.number, paid.content.raw_status, paid.content.status) == ("tx1", "Settled", "SUCCEEDED")
    assert (paid.content.refers, paid.content.account) == (COMMON.refers, "acme")


@pytest.mark.parametrize(("state", "right"), [*PAYMENTS.items(), ("Quarantined", (None, PaymentStatus.UNKNOWN))])
def test_a_state_says_what_a_payment_does_and_where_it_stands(
    state: str, right: tuple[PaymentKind | None, PaymentStatus]
) -> None:
    (one,) = told(payment(100, state))
    assert one.content is not None
    assert (facts_of(one).kind, one.content.status) == (right[0], right[1].value)
    assert facts_of(one).occurred_at is None


@pytest.mark.parametrize(("state", "right"), [*REFUNDS.items(), ("Quarantined", PaymentStatus.UNKNOWN)])
def test_a_state_says_where_a_refund_stands(state: str, right: PaymentStatus) -> None:
    _, one = told(payment(100, "Settled", (30, state)))
    assert one.content is not None
    assert (facts_of(one).kind, one.content.status, one.content.number) == (PaymentKind.REFUND, right.value, None)


def test_an_order_without_payments_tells_none() -> None:
    assert told() == []
    assert list(charges_of(order(payments=None), COMMON, 2)) == []


@pytest.mark.parametrize(
    ("transaction", "reason", "back"),
    [
        ("CODE-R2/1", "broken [CODE-R2/1]", "CODE-R2"),
        (None, "broken [CODE-R2/1]", "CODE-R2"),
        ("pi_123", "broken [CODE-R2/1]", "CODE-R2"),
        ("pi_123", "by hand", None),
    ],
)
def test_a_refund_of_the_hubs_names_the_return_it_pays_for(
    transaction: str | None, reason: str, back: str | None
) -> None:
    refund = {"id": "1", "state": "Pending", "total": 1250, "transactionId": transaction, "reason": reason}
    _, seen = told(payment(5143) | {"refunds": [refund]})
    assert seen.content is not None
    named = [key.value for key in seen.content.refers if key.scheme == "return.code"]
    assert named == ([back] if back else [])
