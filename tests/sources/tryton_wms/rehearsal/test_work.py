"""Tryton 6.0's own transitions, and what each does to moves."""

from decimal import Decimal

import pytest

from sources.tryton_wms.rehearsal.stand import Stand
from sources.tryton_wms.rehearsal.state import Shipment
from sources.tryton_wms.rehearsal.work import PackageMismatch


def inner(stand: Stand, shipment: Shipment) -> list[tuple[int, str]]:
    """Units and states of the moves that pick."""
    return [(int(move.quantity), move.state) for move in stand.work.inventory(shipment)]


def outer(stand: Stand, shipment: Shipment) -> list[tuple[int, str]]:
    """Units and states of the moves that leave."""
    return [(int(move.quantity), move.state) for move in stand.work.outgoing(shipment)]


def test_each_sort_of_document_counts_from_one_without_a_prefix(stand: Stand) -> None:
    scene = stand.scene
    shipments = [scene.take_in(f"C/{number}", [("MUG", 1)]) for number in (1, 2)]
    assert [one.number for one in shipments] == ["1", "2"]
    assert scene.expect_back("C-R1", [("MUG", 1)]).number == "1"
    assert scene.transfer("WH", "WH-EAST", [("MUG", 1)]).number == "1"


def test_a_whole_life(stand: Stand) -> None:
    one, work = stand.scene.take_in("C/1", [("TSHIRT-M", 70)], wait=False), stand.work
    assert (one.state, outer(stand, one), inner(stand, one)) == ("draft", [(70, "draft")], [])
    work.wait(one)
    assert (one.state, inner(stand, one)) == ("waiting", [(70, "draft")])
    assert work.assign_try(one)
    assert (one.state, inner(stand, one)) == ("assigned", [(60, "assigned"), (10, "assigned")])
    work.pick(one)
    assert (one.state, inner(stand, one), outer(stand, one)) == (
        "picked",
        [(60, "done"), (10, "done")],
        [(70, "draft")],
    )
    work.package(one, [move.id for move in work.outgoing(one)], "TRK")
    work.pack(one)
    assert (one.state, outer(stand, one)) == ("packed", [(70, "assigned")])
    work.done(one)
    assert (one.state, outer(stand, one), one.effective_date) == ("done", [(70, "done")], stand.depot.today())


def test_a_partial_assignment_writes_moves_and_not_the_head(stand: Stand) -> None:
    one = stand.scene.take_in("C/1", [("LAPTOP", 5)])
    before = one.write_date
    assert not stand.work.assign_try(one)
    assert (one.state, one.write_date, inner(stand, one)) == ("waiting", before, [(2, "draft"), (3, "assigned")])
    assert not stand.work.assign_try(one)
    stand.scene.stock("WH", "LAPTOP", 2)
    assert stand.work.assign_try(one)
    assert (one.state, inner(stand, one)) == ("assigned", [(2, "assigned"), (3, "assigned")])


def test_waiting_again_plans_anew(stand: Stand) -> None:
    one = stand.scene.take_in("C/1", [("LAPTOP", 5)])
    stand.work.assign_try(one)
    stand.work.wait(one)
    assert inner(stand, one) == [(5, "draft")]


def test_a_short_pick_shrinks_what_leaves_and_packing_forgets_what_is_nothing(stand: Stand) -> None:
    one = stand.scene.take_in("C/1", [("LAPTOP", 5), ("MUG", 1)], warehouse="WH-EAST")
    stand.scene.short_pick(one)
    assert (one.state, outer(stand, one)) == ("picked", [(2, "draft"), (0, "draft")])
    stand.work.pack(one)
    assert outer(stand, one) == [(2, "assigned")]


def test_what_may_not_go_on_is_skipped_in_silence(stand: Stand) -> None:
    one = stand.scene.take_in("C/1", [("MUG", 1)])
    before = one.write_date
    for step in (stand.work.done, stand.work.receive, stand.work.ship):
        step(one)
    assert (one.state, one.write_date) == ("waiting", before)
    stand.scene.carry(one, "done")
    for again in (stand.work.cancel, stand.work.draft, stand.work.wait, stand.work.pick, stand.work.pack):
        again(one)
    stand.work.assign_force(one)
    assert one.state == "done"


def test_cancelling_gives_back_what_was_assigned_and_a_draft_begins_anew(stand: Stand) -> None:
    one = stand.scene.take_in("C/1", [("LAPTOP", 3)])
    stand.work.assign_try(one)
    stand.work.cancel(one)
    assert (one.state, inner(stand, one), outer(stand, one)) == ("cancelled", [(3, "cancelled")], [(3, "cancelled")])
    stand.work.draft(one)
    stand.work.wait(one)
    assert stand.work.assign_try(one)


def test_force_promises_what_is_not_there(stand: Stand) -> None:
    one = stand.scene.take_in("C/1", [("LAPTOP", 50)])
    stand.work.assign_force(one)
    stand.scene.carry(one, "done")
    zones = stand.depot.zones[one.warehouse or 0]
    assert (one.state, stand.depot.quantity(3, (zones.storage,))) == ("done", Decimal(-50))


def test_all_or_nothing_lies_in_packages(stand: Stand) -> None:
    one = stand.scene.take_in("C/1", [("MUG", 1), ("TSHIRT-M", 1)])
    stand.scene.carry(one, "picked")
    stand.work.package(one, [stand.work.outgoing(one)[0].id], "TRK")
    with pytest.raises(PackageMismatch):
        stand.work.pack(one)
    assert one.state == "picked"


def test_a_return_is_received_and_put_away(stand: Stand) -> None:
    back = stand.scene.expect_back("C-R1", [("MUG", 2)])
    stand.scene.receive(back, put_away=False)
    moves = [(int(move.quantity), move.state, move.origin) for move in stand.work.moves(back)]
    came = stand.work.moves(back)[0].id
    assert (back.state, moves) == ("received", [(2, "done", None), (2, "draft", ("stock.move", came))])
    stand.work.done(back)
    assert {move.state for move in stand.work.moves(back)} == {"done"}


def test_a_transfer_with_a_lead_time_goes_through_transit(stand: Stand) -> None:
    road = stand.scene.transfer("WH", "WH-EAST", [("MUG", 10)], lead_days=2, upto="shipped")
    states = [(move.from_location == road.transit_location, move.state) for move in stand.work.moves(road)]
    assert (road.state, sorted(states)) == ("shipped", [(False, "done"), (True, "draft")])
    stand.work.done(road)
    assert {move.state for move in stand.work.moves(road)} == {"done"}


def test_a_transfer_without_one_goes_at_once(stand: Stand) -> None:
    road = stand.scene.transfer("WH", "WH-EAST", [("MUG", 10)])
    assert (road.state, road.transit_location, len(road.moves)) == ("done", None, 1)
