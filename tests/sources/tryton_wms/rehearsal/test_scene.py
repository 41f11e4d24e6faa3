"""What a director lets happen, by codes and references."""

from datetime import UTC, datetime, timedelta

import pytest

from sources.tryton_wms.rehearsal.scene import STAGES
from sources.tryton_wms.rehearsal.stand import Stand
from sources.tryton_wms.rehearsal.state import PACKAGE, Package

THEN = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("stage", STAGES)
def test_a_shipment_is_carried_to_any_stage(stand: Stand, stage: str) -> None:
    one = stand.scene.take_in("C/1", [("MUG", 1)], wait=False)
    assert stand.scene.carry(one, stage).state == stage
    assert stand.scene.carry(one, stage).state == stage


def test_what_is_short_stops_unless_it_is_restocked(stand: Stand) -> None:
    one = stand.scene.take_in("C/1", [("LAPTOP", 500)])
    assert stand.scene.carry(one, "done").state == "waiting"
    assert stand.scene.carry(one, "done", restock=True).state == "done"


def test_parcels_share_what_leaves(stand: Stand) -> None:
    one = stand.scene.take_in("C/1", [("MUG", 1), ("TSHIRT-M", 2), ("LAPTOP", 1)])
    stand.scene.carry(one, "done", tracking=["T1", "T2"])
    parcels = [stand.depot.get(PACKAGE, number, Package) for number in one.packages]
    assert [(parcel.shipping_reference, len(parcel.moves)) for parcel in parcels] == [("T1", 2), ("T2", 1)]
    two = stand.scene.carry(stand.scene.take_in("C/2", [("MUG", 1)]), "done", tracking=["T3", "T4"])
    assert len(two.packages) == 1


def test_documents_are_found_by_their_reference(stand: Stand) -> None:
    one, back = stand.scene.take_in("C/1", [("MUG", 1)]), stand.scene.expect_back("C-R1", [("MUG", 1)])
    assert stand.scene.find("C/1") is one
    assert stand.scene.find("C-R1") is back
    stand.scene.take_in(None, [("MUG", 1)])
    with pytest.raises(LookupError):
        stand.scene.find("C/2")
    assert (stand.scene.bearing("C/1"), stand.scene.bearing("C/2")) == ([one], [])
    assert stand.scene.counts() == {
        "stock.shipment.out": 2, "stock.shipment.out.return": 1, "stock.shipment.internal": 0,
    }  # fmt: skip


def test_many_are_lived_through_in_the_past(stand: Stand) -> None:
    orders = [
        {"reference": f"C/{number}", "lines": [("MUG", 3)], "at": THEN + timedelta(minutes=number),
         "left_at": THEN + timedelta(days=1), "tracking": f"T{number}", "upto": "done" if number % 2 else "picked"}
        for number in range(200)
    ]  # fmt: skip
    stand.scene.fulfil_all(orders)
    one, two = stand.scene.find("C/1"), stand.scene.find("C/2")
    assert (one.state, two.state, stand.depot.clock.at) == ("done", "picked", None)
    assert one.create_date == (THEN + timedelta(minutes=1)).replace(tzinfo=None)
    assert one.write_date == (THEN + timedelta(days=1)).replace(tzinfo=None)
    assert (len(one.packages), len(two.packages)) == (1, 0)


def test_a_cancelled_shipment_stays_cancelled(stand: Stand) -> None:
    one = stand.scene.cancel(stand.scene.take_in("C/1", [("MUG", 1)]))
    assert one.state == "cancelled"
    assert stand.scene.short_pick(one).state == "cancelled"


@pytest.mark.parametrize("upto", ["draft", "waiting", "assigned", "shipped", "done"])
def test_a_transfer_goes_as_far_as_told(stand: Stand, upto: str) -> None:
    assert stand.scene.transfer("WH", "WH-EAST", [("MUG", 1)], lead_days=1, upto=upto).state == upto
    assert stand.scene.transfer("WH", "WH-EAST", [("MUG", 1)], upto="shipped").state == "assigned"
