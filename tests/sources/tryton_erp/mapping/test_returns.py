"""Sales with negative quantities."""

from decimal import Decimal

import pytest

from hub.model.observation import NaturalKey, SourceQuantities
from hub.model.returns import ReturnStatus
from hub.model.values import Money
from hub.model.vocabulary import IdentifierScheme
from sources.tryton_erp.mapping.returns import BEFORE, CONFIRMED, return_of, status_of
from sources.tryton_erp.rehearsal.rpc import SELECTIONS
from sources.tryton_erp.wire import TrytonBill, TrytonReceipt, TrytonSale
from tests.sources.tryton_erp.made import CODE, DAY, DAY_AT, MADE_AT, READING, done, line, money, sale


def back(state: str = "processing", *receipts: str, bills: tuple[str, ...] = (), came: bool = False) -> TrytonSale:
    gone = line(7, "-2.0")
    gone.moves = [done("2.0")] if came else []
    given = sale(state, gone, reference=f"{CODE}-R1")
    given.shipment_returns = [TrytonReceipt(id=place, state=one) for place, one in enumerate(receipts, start=1)]
    given.invoices = [TrytonBill(id=place, state=one) for place, one in enumerate(bills, start=1)]
    return given


def test_every_state_of_a_sale_says_where_a_return_stands() -> None:
    assert set(BEFORE) | CONFIRMED == set(SELECTIONS["sale.sale", "state"])


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (back("draft"), "REQUESTED"),
        (back("quotation"), "REQUESTED"),
        (back("cancelled"), "CANCELLED"),
        (back("confirmed"), "AUTHORIZED"),
        (back("processing", "draft"), "AUTHORIZED"),
        (back("processing", "draft", came=True), "PARTIALLY_RECEIVED"),
        (back("processing", "received"), "RECEIVED"),
        (back("processing", "done"), "INSPECTED"),
        (back("processing", "done", bills=("draft",)), "INSPECTED"),
        (back("processing", "received", bills=("posted",)), "RECEIVED"),
        (back("done", "done", "received", bills=("paid",)), "RECEIVED"),
        (back("processing", "done", bills=("posted",)), "CREDITED"),
        (back("done", "done", bills=("paid",)), "CLOSED"),
        (back("strange"), "UNKNOWN"),
    ],
)
def test_a_return_is_allowed_comes_in_is_put_away_and_credited(given: TrytonSale, status: str) -> None:
    assert status_of(given) is ReturnStatus(status)


def test_a_return_bears_its_reference_and_leads_to_the_first_sale_and_its_code() -> None:
    given = back("processing", "received", came=True)
    given.origin, given.total_amount = "sale.sale,3", money("-18.15")
    given.shipment_returns[0].effective_date = DAY
    content = return_of(given, READING)
    assert (content.number, content.raw_status) == (f"{CODE}-R1", "processing")
    assert content.bears == (NaturalKey(scheme="return.code", value=f"{CODE}-R1"),)
    assert content.refers == (
        NaturalKey(scheme="erp.ORDER.id", value="3"), NaturalKey(scheme="order.code", value=CODE),
        NaturalKey(scheme="erp.CUSTOMER.id", value="4"), NaturalKey(scheme="warehouse.code", value="WH"),
    )  # fmt: skip
    assert [(one.scheme, one.value) for one in content.identifiers] == [
        (IdentifierScheme.RMA, f"{CODE}-R1"), (IdentifierScheme.ERP_ORDER, "317"),
    ]  # fmt: skip
    groups = content.return_
    assert groups is not None
    assert groups.request is not None
    assert groups.receipt is not None
    assert groups.money is not None
    assert (groups.request.requested_at, groups.receipt.received_at) == (MADE_AT, DAY_AT)
    assert groups.money.suggested_refund == Money(amount=Decimal("18.15"), currency_code="EUR")
    assert [one.quantities for one in content.lines] == [
        SourceQuantities(return_requested=Decimal(2), returned=Decimal(2))
    ]


def test_a_return_without_reference_bears_nothing_and_is_called_by_its_number() -> None:
    given = back()
    given.reference, given.total_amount, given.warehouse = None, None, None
    content = return_of(given, READING)
    assert (content.number, content.bears) == ("317", ())
    assert content.refers == (NaturalKey(scheme="erp.CUSTOMER.id", value="4"),)
    assert content.return_ is not None
    assert (content.return_.money, content.return_.receipt) == (None, None)
