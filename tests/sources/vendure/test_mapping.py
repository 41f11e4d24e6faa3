"""Vendure's words into the hub's."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import codec
from hub.model.cases import HoldType
from hub.model.observation import Content, NaturalKey, line_key
from hub.model.order import OrderStatus
from hub.model.shipment import ShipmentMilestone
from hub.model.values import Address, Identifier, Money
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.vendure.manifest import OPEN_STATES, STATUSES
from sources.vendure.mapping import PARCELS, Reading, account_of, quantities_of, seen_of
from tests.sources.vendure.made import line, order, parcel

READING = Reading(source="shop", console="https://shop.example/dashboard/")


def content_of(**changes: object) -> Content:
    content = seen_of(order(**changes), READING)[0].content
    assert content is not None
    return content


def test_an_order_brings_its_parcels_its_customer_and_its_payments() -> None:
    seen = seen_of(order(fulfillments=[parcel("4", "Shipped", ("1", 2))]), READING)
    assert [(one.kind, one.source_id) for one in seen] == [
        (Kind.ORDER, "7"),
        (Kind.SHIPMENT, "4"),
        (Kind.CUSTOMER, "3"),
        (Kind.PAYMENT, "1"),
    ]


def test_a_cart_is_no_order() -> None:
    (seen,) = seen_of(order(orderPlacedAt=None, state="AddingItems"), READING)
    assert (seen.source_id, seen.content) == ("7", None)


def test_the_head_is_told_exactly() -> None:
    content = content_of()
    assert (content.number, content.raw_status, content.status) == ("REY1YLBSRBPE544Z", "PaymentSettled", "ALLOCATED")
    assert content.bears == (NaturalKey(scheme="order.code", value="REY1YLBSRBPE544Z"),)
    assert content.refers == (NaturalKey(scheme="shop.CUSTOMER.id", value="3"),)
    assert content.account == "acme"
    assert content.url == "https://shop.example/dashboard/orders/7"
    assert content.order is not None
    assert content.order.commercial is not None
    assert content.order.commercial.placed_at == datetime(2026, 11, 20, 9, 30, 0, 123_000, tzinfo=UTC)
    assert content.order.commercial.total == Money(amount=Decimal("51.43"), currency_code="EUR")
    assert content.order.commercial.net == Money(amount=Decimal("42.50"), currency_code="EUR")
    assert content.order.commercial.tax == Money(amount=Decimal("8.93"), currency_code="EUR")
    assert content.order.parties is not None
    assert content.order.parties.ship_to == Address(
        name="Acme Industrial, Jan Peeters", lines=("Kerkstraat 12",), city="Gent", postcode="9000", country="BE"
    )
    assert content.order.parties.bill_to is None
    assert content.order.parties.customer_email == "jan.peeters@acme.example"


def test_everything_a_caller_may_read_out_is_an_identifier() -> None:
    assert content_of().identifiers == (
        Identifier(scheme=IdentifierScheme.ORDER_NUMBER, value="REY1YLBSRBPE544Z", source="shop"),
        Identifier(scheme=IdentifierScheme.EMAIL, value="Jan.Peeters@acme.example", source="shop"),
        Identifier(scheme=IdentifierScheme.PHONE, value="+32 9 000 00 00", source="shop"),
        Identifier(scheme=IdentifierScheme.PAYMENT_REF, value="tx1", source="shop"),
    )


def test_an_unknown_status_is_unknown_and_keeps_its_word() -> None:
    content = content_of(state="Quarantined")
    assert (content.status, content.raw_status) == (OrderStatus.UNKNOWN.value, "Quarantined")


def test_every_open_state_is_mapped() -> None:
    assert set(OPEN_STATES) < set(STATUSES)


@pytest.mark.parametrize(
    ("quantity", "placed", "parcels", "right"),
    [
        (5, 5, [], {"cancelled": 0, "returned": 0, "shipped": 0, "allocated": 5}),
        (3, 5, [], {"cancelled": 2, "returned": 0, "shipped": 0, "allocated": 3}),
        (4, 4, [parcel("1", "Pending", ("1", 2))], {"cancelled": 0, "returned": 0, "packed": 2, "shipped": 0}),
        (4, 4, [parcel("1", "Shipped", ("1", 2))], {"packed": 2, "shipped": 2, "delivered": 0, "cancelled": 0}),
        (4, 4, [parcel("1", "Cancelled", ("1", 4))], {"packed": 0, "shipped": 0, "cancelled": 0}),
        # recorded on a real Vendure: 4 placed, 2 delivered, then 3 taken off
        (1, 4, [parcel("1", "Delivered", ("1", 2))], {"cancelled": 2, "returned": 1, "delivered": 2, "allocated": 2}),
        (1, 2, [parcel("1", "Delivered", ("1", 2))], {"cancelled": 0, "returned": 1, "delivered": 2}),
        (0, 3, [], {"cancelled": 3, "returned": 0, "allocated": 0}),
        # four concurrent fulfilments of the same two units all succeed (systems.md 5.7)
        (2, 2, [parcel(str(n), "Shipped", ("1", 2)) for n in range(4)], {"shipped": 8, "returned": 0, "cancelled": 0}),
        (3, 0, [], {"ordered": 3, "cancelled": 0}),
    ],
)
def test_quantities_follow_what_was_taken_off_and_what_had_left(
    quantity: int, placed: int, parcels: list[object], right: dict[str, int]
) -> None:
    ((_, told),) = quantities_of(order(lines=[line(quantity=quantity, placed=placed)], fulfillments=parcels))
    assert {name: getattr(told, name) for name in right} == {name: Decimal(units) for name, units in right.items()}


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_no_unit_is_counted_twice(placed: int, gone: int, shipped: int) -> None:
    left = max(0, placed - gone)
    parcels = [parcel("1", "Shipped", ("1", shipped))]
    ((_, told),) = quantities_of(order(lines=[line(quantity=left, placed=placed)], fulfillments=parcels))
    assert told.cancelled is not None
    assert told.returned is not None
    assert told.cancelled >= 0
    assert told.returned >= 0
    assert told.cancelled + told.returned == placed - left


@pytest.mark.parametrize(("state", "milestone"), PARCELS.items())
def test_a_parcels_state_is_a_milestone(state: str, milestone: ShipmentMilestone) -> None:
    content = seen_of(order(fulfillments=[parcel("4", state, ("1", 2))]), READING)[1].content
    assert content is not None
    assert (content.raw_status, content.status) == (state, milestone.value)
    assert content.milestones[-1].milestone is milestone
    assert content.refers == (NaturalKey(scheme="shop.ORDER.id", value="7"),)
    assert [(part.sku, part.quantities.ordered) for part in content.lines] == [("MUG", Decimal(2))]
    assert content.identifiers == (Identifier(scheme=IdentifierScheme.TRACKING, value="T4", source="shop"),)
    assert content.account == "acme"


def test_an_unknown_parcel_state_is_unknown() -> None:
    content = seen_of(order(fulfillments=[parcel("4", "Lost", ("1", 2))]), READING)[1].content
    assert content is not None
    assert content.status == ShipmentMilestone.UNKNOWN.value


def test_the_moment_of_the_last_step_is_known_and_no_other() -> None:
    content = seen_of(order(fulfillments=[parcel("4", "Delivered", ("1", 5))]), READING)[1].content
    assert content is not None
    assert content.shipment is not None
    assert content.shipment.execution is not None
    assert content.shipment.tracking is not None
    assert content.shipment.execution.shipped_at is None
    assert content.shipment.tracking.delivered_at == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_account_is_the_first_group_in_lower_case() -> None:
    made = order().customer
    assert made is not None
    made.groups.append(type(made.groups[0])(id="10", name="Zeta"))
    assert account_of(made) == "acme"
    made.groups.clear()
    assert account_of(made) is None
    assert account_of(None) is None


def test_other_digits_of_minor_units_are_respected() -> None:
    content = seen_of(order(currencyCode="JPY"), Reading(source="shop", digits=0))[0].content
    assert content is not None
    assert content.order is not None
    assert content.order.commercial is not None
    assert content.order.commercial.total == Money(amount=Decimal(5143), currency_code="JPY")


def test_mapping_is_pure_and_survives_the_codec() -> None:
    made = order(fulfillments=[parcel("4", "Shipped", ("1", 2))])
    first, second = seen_of(made, READING), seen_of(made, READING)
    assert first == second
    for one in first:
        assert codec.decode(codec.encode(one.content), Content) == one.content


def test_a_parcels_lines_name_the_order_lines_they_carry() -> None:
    seen = seen_of(order(fulfillments=[parcel("4", "Shipped", ("1", 2))]), READING)
    assert seen[1].content is not None
    assert [one.target for one in seen[1].content.lines] == [line_key("shop", Kind.ORDER, "1")]


@pytest.mark.parametrize(
    ("state", "holds"),
    [
        ("Modifying", (HoldType.APPROVAL,)),
        ("ArrangingAdditionalPayment", (HoldType.PAYMENT_PENDING,)),
        ("PaymentSettled", ()),
    ],
)
def test_states_in_which_nothing_leaves_are_holds(state: str, holds: tuple[HoldType, ...]) -> None:
    assert content_of(state=state).holds == holds


def test_an_order_that_the_hub_made_refers_to_the_hubs_own_number() -> None:
    made = content_of(customFields={"hubRequestId": "HUB-1"})
    assert made.refers[0] == NaturalKey(scheme="order.code", value="HUB-1")
    assert made.bears == (NaturalKey(scheme="order.code", value="REY1YLBSRBPE544Z"),)
    for nobodys in (None, "", "REY1YLBSRBPE544Z"):
        assert [key.scheme for key in content_of(customFields={"hubRequestId": nobodys}).refers] == ["shop.CUSTOMER.id"]


def test_a_parcel_that_the_hub_made_is_known_by_every_number_under_both_codes_and_by_its_shipment() -> None:
    ours = {**parcel("4", "Shipped", ("1", 2)), "method": "DHL [HUB-1/3]", "trackingCode": "T1, T2"}
    (_, seen, *_) = seen_of(order(fulfillments=[ours], customFields={"hubRequestId": "HUB-1"}), READING)
    assert seen.content is not None
    assert seen.content.shipment is not None
    assert seen.content.shipment.execution is not None
    assert seen.content.shipment.execution.carrier == "DHL"
    assert [key.value for key in seen.content.bears] == [
        "REY1YLBSRBPE544Z/T1",
        "REY1YLBSRBPE544Z/T2",
        "HUB-1/T1",
        "HUB-1/T2",
    ]
    assert seen.content.refers[0] == NaturalKey(scheme="fulfilment.shipment", value="HUB-1/3")
    assert [(one.id, one.tracking_number) for one in seen.content.packages] == [("4", "T1"), ("4/2", "T2")]


def test_a_cancelled_double_of_a_parcel_has_no_name() -> None:
    stays, double = ({**parcel(number, "Shipped", ("1", 2)), "trackingCode": "T1"} for number in ("4", "5"))
    double["state"] = "Cancelled"
    named = [one.content for one in seen_of(order(fulfillments=[stays, double]), READING) if one.kind is Kind.SHIPMENT]
    assert [len(content.bears) for content in named if content] == [1, 0]
    alone = [one.content for one in seen_of(order(fulfillments=[double]), READING) if one.kind is Kind.SHIPMENT]
    assert [len(content.bears) for content in alone if content] == [1]


def test_the_service_that_the_customer_chose_is_told() -> None:
    told = content_of(shippingLines=[{"shippingMethod": {"code": "express"}}])
    assert told.order is not None
    assert told.order.shipping is not None
    assert told.order.shipping.shipping_service == "express"
    silent = content_of().order
    assert silent is not None
    assert silent.shipping is None


def test_an_order_that_came_back_as_a_whole_is_not_taken_for_one_that_never_left() -> None:
    back = order(state="Cancelled", lines=[line(quantity=0)], fulfillments=[parcel("9", "Delivered", ("1", 5))])
    off = order(state="Cancelled", lines=[line(quantity=0)])
    contents = [seen_of(one, Reading(source="shop"))[0].content for one in (back, off)]
    assert [one.status if one else None for one in contents] == ["SHIPPED", "CANCELLED"]
