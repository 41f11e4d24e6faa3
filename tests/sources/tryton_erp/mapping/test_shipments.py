"""Customer shipments: the request and the goods."""

from decimal import Decimal

import pytest

from hub.model.observation import MilestoneClaim, NaturalKey, SourceQuantities, line_key
from hub.model.shipment import FulfillmentRequestStatus, Package, ShipmentMilestone
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_erp.mapping.shipments import MILESTONES, REQUESTS, request_of, seen_of_shipment, shipment_of
from sources.tryton_erp.rehearsal.rpc import SELECTIONS
from sources.tryton_erp.wire import TrytonCarrier, TrytonPackage, Worded
from tests.sources.tryton_erp.made import (
    CODE,
    DAY_AT,
    MADE,
    MADE_AT,
    READING,
    WRITTEN_AT,
    behind,
    move,
    shipment,
)

NAMED = f"{CODE}/44"


def test_every_state_is_mapped_twice() -> None:
    states = set(SELECTIONS["stock.shipment.out", "state"])
    assert (set(MILESTONES), set(REQUESTS)) == (states, states)


def test_one_shipment_is_told_as_the_request_and_as_the_goods() -> None:
    found = seen_of_shipment(shipment("waiting"), READING)
    assert [(seen.kind, seen.source_id) for seen in found] == [(Kind.FULFILLMENT_ORDER, "31"), (Kind.SHIPMENT, "31")]


def test_the_request_bears_what_the_warehouse_will_call_it_by() -> None:
    content = request_of(shipment("waiting"), READING)
    assert content.bears == (NaturalKey(scheme="fulfilment.request", value=NAMED),)
    assert content.refers == (
        NaturalKey(scheme="erp.ORDER.id", value="12"), NaturalKey(scheme="order.code", value=CODE),
        NaturalKey(scheme="warehouse.code", value="WH"),
    )  # fmt: skip
    assert content.fulfillment_order is not None
    assert content.fulfillment_order.handshake is not None
    told = content.fulfillment_order.handshake
    assert (told.request_status, told.fulfill_by) == (FulfillmentRequestStatus.SUBMITTED, DAY_AT)
    assert (content.number, content.raw_status, content.status) == ("44", "waiting", "SUBMITTED")


@pytest.mark.parametrize(("state", "status"), [("draft", "UNSUBMITTED"), ("assigned", "ACCEPTED"), ("done", "CLOSED"),
                                               ("cancelled", "CANCEL_ACCEPTED"), ("lost", "UNKNOWN")])  # fmt: skip
def test_what_the_erp_itself_knows_of_the_answer(state: str, status: str) -> None:
    assert request_of(shipment(state), READING).status == status


def test_goods_that_left_tell_carrier_packages_and_when() -> None:
    given = shipment("shipped")
    given.carrier = TrytonCarrier(id=1, party=Worded(id=1, name="bpost"))
    given.packages = [TrytonPackage(id=5, create_date=MADE, number="9", shipping_reference="3SBPT1")]
    content = shipment_of(given, READING)
    assert content.shipment is not None
    assert content.shipment.execution is not None
    assert (content.shipment.execution.carrier, content.shipment.execution.shipped_at) == ("bpost", WRITTEN_AT)
    assert content.bears == (
        NaturalKey(scheme="fulfilment.shipment", value=NAMED), NaturalKey(scheme="parcel", value=f"{CODE}/3SBPT1"),
    )  # fmt: skip
    assert content.packages == (Package(id="5", tracking_number="3SBPT1", status=ShipmentMilestone.SHIPPED),)
    assert [(one.scheme, one.value) for one in content.identifiers] == [
        (IdentifierScheme.ERP_SHIPMENT, "44"), (IdentifierScheme.PACKAGE, "9"), (IdentifierScheme.TRACKING, "3SBPT1"),
    ]  # fmt: skip
    assert content.milestones == (
        MilestoneClaim(milestone=ShipmentMilestone.CREATED, occurred_at=MADE_AT),
        MilestoneClaim(milestone=ShipmentMilestone.SHIPPED, occurred_at=WRITTEN_AT),
    )


def test_what_has_only_been_planned_has_reached_nothing_else() -> None:
    content = shipment_of(shipment("assigned"), READING)
    assert content.milestones == (MilestoneClaim(milestone=ShipmentMilestone.CREATED, occurred_at=MADE_AT),)
    assert shipment_of(shipment("lost"), READING).status == "UNKNOWN"


def test_bins_split_one_move_into_several_and_the_line_counts_them_together() -> None:
    out = move(71, "70.0", "sale.line,7")
    shelf = (move(72, "60.0", "stock.move,71", "assigned"), move(73, "10.0", "stock.move,71", "draft"))
    (line,) = shipment_of(shipment("waiting", out, inventory=shelf), READING).lines
    assert line.quantities == SourceQuantities(ordered=Decimal(70), allocated=Decimal(60))
    assert (line.id, line.sku, line.target) == ("71", "MUG", line_key("erp", Kind.ORDER, "7"))
    assert line.document is None


@pytest.mark.parametrize(
    ("state", "reached"),
    [("picked", "picked"), ("packed", "picked packed"), ("shipped", "picked packed shipped"),
     ("done", "picked packed shipped"), ("cancelled", "")],
)  # fmt: skip
def test_a_state_says_how_far_its_units_are(state: str, reached: str) -> None:
    (line,) = shipment_of(shipment(state), READING).lines
    told = {name for name in ("picked", "packed", "shipped") if getattr(line.quantities, name) == Decimal(5)}
    assert told == set(reached.split())


def test_a_cancelled_move_is_left_out_unless_all_are() -> None:
    kept, gone = move(71, "3.0", "sale.line,7"), move(72, "2.0", "sale.line,7", "cancelled")
    assert [line.id for line in shipment_of(shipment("waiting", kept, gone), READING).lines] == ["71"]
    kept.state = "cancelled"
    assert [line.id for line in shipment_of(shipment("cancelled", kept, gone), READING).lines] == ["71", "72"]


def test_a_shipment_of_two_sales_bears_both_names_and_each_line_says_whose_it_is() -> None:
    other = move(72, "1.0", "sale.line,9")
    other.sale = behind(13, "K" * 16)
    content = request_of(shipment("waiting", move(71, "5.0", "sale.line,7"), other), READING)
    assert [key.value for key in content.bears] == [NAMED, f"{'K' * 16}/44"]
    assert [line.document for line in content.lines] == [
        NaturalKey(scheme="erp.ORDER.id", value="12"), NaturalKey(scheme="erp.ORDER.id", value="13"),
    ]  # fmt: skip


def test_without_number_or_code_nothing_is_borne() -> None:
    given = shipment("draft")
    given.number = None
    assert request_of(given, READING).bears == ()
    bare = move(71, "5.0", "sale.line,7")
    bare.sale = behind(12, None)
    assert request_of(shipment("waiting", bare), READING).bears == ()
