"""How far the money is."""

import msgspec
import pytest

from hub.model.order import PaymentState
from sources.vendure.payment import state_of
from sources.vendure.wire import VendurePayment
from tests.sources.vendure.made import Json, payment


@pytest.mark.parametrize(
    ("payments", "total", "right"),
    [
        ([], 100, PaymentState.PENDING),
        ([], 0, PaymentState.NOT_REQUIRED),
        ([payment(100, "Authorized")], 100, PaymentState.AUTHORIZED),
        ([payment(100)], 100, PaymentState.PAID),
        ([payment(60)], 100, PaymentState.PARTIALLY_PAID),
        ([payment(60), payment(40)], 100, PaymentState.PAID),
        ([payment(100)], 70, PaymentState.CREDIT_OWED),
        ([payment(100, "Settled", (30, "Settled"))], 70, PaymentState.PARTIALLY_REFUNDED),
        ([payment(100, "Settled", (30, "Pending"))], 70, PaymentState.CREDIT_OWED),
        ([payment(100, "Settled", (100, "Settled"))], 0, PaymentState.REFUNDED),
        ([payment(100, "Declined")], 100, PaymentState.FAILED),
        ([payment(100, "Error")], 100, PaymentState.FAILED),
        ([payment(100, "Declined"), payment(100)], 100, PaymentState.PAID),
        ([payment(100, "Cancelled")], 100, PaymentState.VOIDED),
        ([payment(100, "Quarantined")], 100, PaymentState.UNKNOWN),
    ],
)
def test_payments_and_refunds_decide(payments: list[Json], total: int, right: PaymentState) -> None:
    assert state_of(msgspec.convert(payments, list[VendurePayment]), total) is right
