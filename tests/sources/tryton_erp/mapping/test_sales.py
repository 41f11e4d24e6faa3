"""Sales as orders."""

from decimal import Decimal

import pytest

from hub.model.cases import HoldType
from hub.model.observation import NaturalKey, SourceQuantities
from hub.model.order import OrderStatus, PaymentState
from hub.model.values import Identifier, Money
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_erp.manifest import OPEN_STATES, STATUSES
from sources.tryton_erp.mapping.sales import HOLDS, PAYMENTS, is_goods, is_return, order_of, quantities_of, seen_of_sale
from sources.tryton_erp.rehearsal.rpc import SELECTIONS
from sources.tryton_erp.wire import TrytonBill, TrytonIgnoredMove, TrytonSale, TrytonSaleLine
from tests.sources.tryton_erp.made import ACME, CODE, DAY, DAY_AT, MADE_AT, READING, done, line, sale


def test_every_word_of_the_three_axes_is_mapped() -> None:
    assert set(STATUSES) == set(SELECTIONS["sale.sale", "state"])
    assert set(HOLDS) == set(SELECTIONS["sale.sale", "shipment_state"])
    assert set(PAYMENTS) == set(SELECTIONS["sale.sale", "invoice_state"])
    assert set(OPEN_STATES) == set(STATUSES) - {"done", "cancelled"}


def test_an_order_tells_who_what_when_and_how_much() -> None:
    given = sale()
    given.shipping_date = DAY
    content = order_of(given, READING)
    assert content.order is not None
    assert content.order.commercial is not None
    told = content.order.commercial
    assert (told.placed_at, told.promised_ship_at, told.currency_code) == (MADE_AT, DAY_AT, "EUR")
    assert [told.total, told.net, told.tax] == [
        Money(amount=Decimal(text), currency_code="EUR") for text in ("45.38", "37.50", "7.88")
    ]
    assert (content.number, content.raw_status, content.status) == ("317", "processing", "VALIDATED")
    assert content.bears == ()
    assert content.refers == (NaturalKey(scheme="order.code", value=CODE),)
    assert content.identifiers == (
        Identifier(scheme=IdentifierScheme.ERP_ORDER, value="317", source="erp"),
        Identifier(scheme=IdentifierScheme.CHANNEL_ORDER, value=CODE, source="erp"),
    )
    (only,) = content.lines
    assert (only.id, only.sku, only.description, only.unit) == ("7", "MUG", "Mug", "C62")
    assert only.unit_price == Money(amount=Decimal("7.5000"), currency_code="EUR")
    assert only.quantities == SourceQuantities(ordered=Decimal(5), cancelled=Decimal(0))
    assert content.account is None


def test_who_buys_is_told_but_for_a_channels_order_whose_party_stands_for_many_buyers() -> None:
    given = sale()
    content = order_of(given, READING)
    assert content.order is not None
    assert content.order.parties is None
    given.party = ACME
    of_account, of_counter = order_of(given, READING), order_of(sale(reference="PO-4711"), READING)
    for told, name, key in ((of_account, "Acme NV", "2"), (of_counter, "Web customers", "4")):
        assert told.order is not None
        assert told.order.parties is not None
        assert (told.order.parties.customer_name, told.order.parties.ship_to is None) == (name, False)
        assert told.refers[-1] == NaturalKey(scheme="erp.CUSTOMER.id", value=key)
    assert of_account.account == "acme"


def test_a_reference_that_somebody_typed_is_the_customers_own_number_and_joins_no_more_than_a_code_would() -> None:
    content = order_of(sale(reference="PO-4711"), READING)
    assert content.order is not None
    assert content.order.commercial is not None
    assert content.order.commercial.po_number == "PO-4711"
    assert (content.bears, content.refers[0]) == ((), NaturalKey(scheme="order.code", value="PO-4711"))
    assert content.identifiers[1].scheme is IdentifierScheme.PO_NUMBER


def test_the_hubs_own_number_is_nobodys_purchase_order() -> None:
    content = order_of(sale(reference="H0A1B2C3D"), READING)
    assert content.order is not None
    assert content.order.commercial is not None
    assert content.order.commercial.po_number is None
    assert content.identifiers[1].scheme is IdentifierScheme.CHANNEL_ORDER


def test_a_draft_has_neither_number_nor_reference_perhaps() -> None:
    given = sale("draft", reference=None)
    given.number = None
    content = order_of(given, READING)
    assert (content.number, content.identifiers) == (None, ())
    assert content.refers == (NaturalKey(scheme="erp.CUSTOMER.id", value="4"),)


def test_services_and_comments_are_part_of_totals_only() -> None:
    cost, note = line(8, "1.0", "SHIPPING", "service"), line(9)
    note.type = "comment"
    bare = TrytonSaleLine(id=10, create_date=line().create_date, type="line")
    assert [is_goods(one) for one in (line(), cost, note, bare)] == [True, False, False, False]
    assert [one.id for one, _ in quantities_of(sale("processing", cost, note, bare, line()))] == [7]


def cancelled(given: TrytonSale) -> Decimal | None:
    return quantities_of(given)[0][1].cancelled


def test_units_that_were_let_be_are_cancelled() -> None:
    part = line()
    part.moves_ignored = [TrytonIgnoredMove(id=1, quantity=Decimal("2.0"))]
    assert cancelled(sale("processing", part)) == 2
    assert cancelled(sale("cancelled")) == 5
    assert cancelled(sale("processing")) == 0


def test_a_sale_that_was_called_off_after_processing_is_done_and_still_cancelled() -> None:
    nothing, part, all_ = line(), line(), line()
    part.moves = [done("3.0"), done("2.0", "cancelled")]
    all_.moves = [done("5.0")]
    found = {state: order_of(sale("done", one), READING).status for state, one in
             {"nothing": nothing, "part": part, "all": all_}.items()}  # fmt: skip
    assert found == {"nothing": "CANCELLED", "part": "COMPLETED", "all": "COMPLETED"}
    assert [cancelled(sale("done", one)) for one in (nothing, part, all_)] == [5, 2, 0]


@pytest.mark.parametrize(("state", "status"), [("draft", "PENDING_ACCEPTANCE"), ("quotation", "PENDING_ACCEPTANCE"),
                                               ("confirmed", "VALIDATED"), ("cancelled", "CANCELLED"),
                                               ("Quarantined", "UNKNOWN")])  # fmt: skip
def test_a_state_means_a_status_and_keeps_its_word(state: str, status: str) -> None:
    content = order_of(sale(state), READING)
    assert (content.raw_status, content.status) == (state, OrderStatus(status).value)


def payment(invoice_state: str, *bills: str) -> PaymentState:
    given = sale()
    given.invoice_state = invoice_state
    given.invoices = [TrytonBill(id=place, state=state) for place, state in enumerate(bills, start=1)]
    content = order_of(given, READING)
    assert content.order is not None
    assert content.order.payment is not None
    return content.order.payment.state


def test_money_follows_the_third_axis_but_for_what_was_credited_in_full() -> None:
    assert payment("partially paid", "paid", "posted") is PaymentState.PARTIALLY_PAID
    assert payment("paid", "paid") is PaymentState.PAID
    assert payment("paid", "cancelled") is PaymentState.VOIDED
    assert payment("bartered") is PaymentState.UNKNOWN


def test_goods_that_were_cancelled_on_their_way_hold_the_order_until_somebody_says_what_now() -> None:
    given = sale()
    given.shipment_state = "exception"
    assert order_of(given, READING).holds == (HoldType.WAREHOUSE,)
    given.shipment_state = "strange"
    assert order_of(given, READING).holds == (HoldType.OTHER,)


def test_a_sale_is_an_order_or_a_return_and_says_that_it_is_not_the_other() -> None:
    back = sale("processing", line(7, "-1.0"), line(8, "1.0", "SHIPPING", "service"))
    assert is_return(back)
    assert not is_return(sale("draft", line(7, "-1.0"), line(8, "2.0")))
    assert [(seen.kind, seen.source_id, seen.content is None) for seen in seen_of_sale(back, READING)] == [
        (Kind.RETURN, "12", False), (Kind.ORDER, "12", True),
    ]  # fmt: skip
    (only,) = seen_of_sale(sale(), READING)
    assert (only.kind, only.source_id, only.raw["reference"]) == (Kind.ORDER, "12", CODE)
