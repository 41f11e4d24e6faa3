from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.approval import Approval
from hub.model.cases import Hold, HoldType
from hub.model.intents import DeliveryState
from hub.model.order import OrderCommercial, OrderStatus
from hub.model.shipment import ShipmentExceptionKind, ShipmentMilestone
from hub.model.values import FieldConflict
from hub.model.vocabulary import FieldGroup, SystemKind
from hub.read.wording import GONE, is_late, shipment_text, status_text
from tests.kit.orders import NOON, landscape, make_line, make_order, make_shipment
from tests.kit.wholes import NOW, make_accepted, make_sent, make_whole

LATER = NOW + timedelta(minutes=3)


@pytest.mark.parametrize("status", list(OrderStatus))
def test_every_status_is_one_sentence(status: OrderStatus) -> None:
    said = status_text(make_whole(make_order(status=status)))
    assert said[0].isupper()
    assert said.endswith(".")
    assert "None" not in said


def test_an_accepted_order_with_a_cancel_on_its_way() -> None:
    sent = make_sent(DeliveryState.PENDING, attempts=1, next_attempt_at=LATER)
    whole = make_whole(deliveries=(sent,), commands=(make_accepted(accepted_at=NOON - timedelta(minutes=2)),))
    assert status_text(whole) == ("Accepted; cancel at COMMERCE (shop) not confirmed for 4 min, try 2 at 12:05 UTC.")


def test_what_somebody_must_approve_is_said_once() -> None:
    waits = Approval(reason="a cancel above 500 EUR", until=LATER, rule="big", rule_version=1)
    commands = (make_accepted(approval=waits),)
    assert status_text(make_whole(commands=commands)) == "Accepted; somebody must approve: a cancel above 500 EUR."
    hold = Hold(id="h", type=HoldType.APPROVAL, placed_by="hub", placed_at=NOON, reason="submitted above 500 EUR")
    assert status_text(make_whole(commands=commands, holds=(hold,))) == "Accepted; on hold: submitted above 500 EUR."


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (DeliveryState.PENDING, "Accepted; cancel at COMMERCE (shop) not confirmed yet."),
        (DeliveryState.CLAIMED, "Accepted; cancel at COMMERCE (shop) being sent."),
        (DeliveryState.ACCEPTED, "Accepted; cancel at COMMERCE (shop) accepted, not seen done yet."),
        (DeliveryState.UNKNOWN, "Accepted; cancel at COMMERCE (shop): its answer was lost and is being looked up."),
        (DeliveryState.REVIEW, "Accepted; cancel at COMMERCE (shop) waits for a person."),
        (DeliveryState.DEAD, "Accepted; cancel at shop failed and waits for a person: 422."),
        (DeliveryState.REFUSED, "Accepted; cancel refused by shop: 422."),
        (DeliveryState.DONE, "Accepted."),
        (DeliveryState.WITHDRAWN, "Accepted."),
    ],
)
def test_each_state_of_a_delivery_is_said(state: DeliveryState, said: str) -> None:
    assert status_text(make_whole(deliveries=(make_sent(state, error="422"),))) == said


def test_a_shipped_order_names_its_parcels() -> None:
    whole = make_whole(make_order(status=OrderStatus.SHIPPED), shipments=(make_shipment(),))
    assert status_text(whole) == "Shipped; tracking 1Z999AA10123456784."


def test_partial_lateness_holds_gaps_and_conflicts_are_said() -> None:
    head = OrderCommercial(promised_ship_at=NOON)
    conflict = FieldConflict(path="total", group=FieldGroup.COMMERCIAL, chosen="shop", values=())
    order = make_order(
        commercial=head, is_partial=True, lines=(make_line(shipped=5, cancelled=1),), conflicts=(conflict,)
    )
    hold = Hold(id="h", type=HoldType.CREDIT, placed_by="hub", placed_at=NOON)
    whole = make_whole(order, holds=(hold,), landscape=landscape(expects=(SystemKind.ERP,)))
    assert status_text(whole) == (
        "Accepted; 1 of 12 cancelled; 5 of 12 shipped; on hold: credit; late: promised to leave 12:00 UTC; "
        "missing in the ERP; systems disagree about total."
    )


def test_a_partly_shipped_order_tells_what_is_on_its_way_and_what_is_short() -> None:
    lines = (make_line(shipped=12), make_line(sku="LAPTOP", ordered=5, released=5, allocated=2, backordered=3))
    order = make_order(is_partial=True, lines=lines, commercial=OrderCommercial(promised_ship_at=LATER))
    assert status_text(make_whole(order, shipments=(make_shipment(),))) == (
        "Accepted; 12 of 17 shipped; one parcel on its way, tracking 1Z999AA10123456784; "
        "3 of LAPTOP short, expected 12:05 UTC."
    )


@pytest.mark.parametrize(
    ("short", "said"),
    [
        ((), "Accepted."),
        ((("A", 1),), "Accepted; 1 of A short."),
        ((("A", 1), ("B", 20)), "Accepted; 1 of A, 20 of B short."),
        ((("A", 1), ("B", 2), ("C", 3), ("D", 4), ("E", 5)), "Accepted; 1 of A, 2 of B, 3 of C and 2 more short."),
    ],
)
def test_what_is_short_is_named_item_by_item(short: tuple[tuple[str, int], ...], said: str) -> None:
    lines = tuple(make_line(sku=sku, ordered=30, backordered=units) for sku, units in short)
    assert status_text(make_whole(make_order(lines=lines))) == said


def test_what_was_promised_before_now_is_no_expectation() -> None:
    order = make_order(lines=(make_line(backordered=1),), commercial=OrderCommercial(promised_ship_at=NOON))
    assert status_text(make_whole(order)) == "Accepted; 1 of MUG short; late: promised to leave 12:00 UTC."


def test_parcels_of_several_shipments_are_counted() -> None:
    left = (make_shipment(), make_shipment(packages=()), make_shipment(status=ShipmentMilestone.DELIVERED))
    order = make_order(is_partial=True)
    assert status_text(make_whole(order, shipments=left)) == (
        "Accepted; 2 parcels on their way, tracking 1Z999AA10123456784."
    )


@given(st.sampled_from(OrderStatus), st.integers(-100, 100))
def test_late_is_promised_before_now_and_still_here(status: OrderStatus, minutes: int) -> None:
    head = OrderCommercial(promised_ship_at=NOW + timedelta(minutes=minutes))
    assert is_late(make_whole(make_order(status=status, commercial=head))) is (minutes < 0 and status not in GONE)


def test_nothing_promised_is_neither_late_nor_in_time() -> None:
    assert is_late(make_whole()) is None
    assert is_late(make_whole(make_order(commercial=None))) is None


@pytest.mark.parametrize("milestone", list(ShipmentMilestone))
def test_every_milestone_is_one_sentence(milestone: ShipmentMilestone) -> None:
    said = shipment_text(make_shipment(status=milestone))
    assert said[0].isupper()
    assert said.endswith(".")


def test_a_parcel_in_trouble_says_so() -> None:
    parcel = make_shipment(is_partial=True, exceptions=(ShipmentExceptionKind.CUSTOMS_HOLD,))
    assert shipment_text(parcel) == "Shipped; some of its parcels are further; customs hold."
