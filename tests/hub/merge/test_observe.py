"""Step 2 over a batch: every slot by itself, in the order in which its observations come."""

from __future__ import annotations

from hub.merge.keys import RecordKey, SlotKey
from hub.merge.observe import counts, observe, slot_of
from hub.model.cases import ExceptionCode
from hub.model.manifest import WebhookTrust
from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import Kind
from tests.kit.merging import SHOP, WMS, at, key, landscape, manifest, order, seen, shipment
from tests.kit.shelves import shelf_of

S0, W0 = (SHOP, Kind.ORDER, "s0"), (WMS, Kind.SHIPMENT, "w0")
KEY = RecordKey(*S0)
PLAIN = landscape()


def test_a_record_that_is_new_has_no_entity_yet() -> None:
    shelf = shelf_of()
    found = observe(shelf, (seen(S0, order(), raw={"id": 1}),), PLAIN)
    row = shelf.records[KEY]
    assert (row.entity_id, row.started, row.finished, row.first_seen_at) == ("", at(0), at(1), at(100))
    assert (found.kept, found.raws) == (1, {"shop/ORDER/s0/": {"id": 1}})


def test_observations_of_one_slot_are_taken_in_turn() -> None:
    shelf = shelf_of()
    answers = (
        seen(S0, order(raw_status="one")),
        seen(S0, order(raw_status="two"), 5),
        seen(S0, order(raw_status="old"), 2),
    )
    found = observe(shelf, answers, PLAIN)
    assert shelf.records[KEY].content.raw_status == "two"
    assert found.kept == 2
    assert found.doubts == set()


def test_a_rival_survives_being_stored_and_loaded() -> None:
    shelf = shelf_of()
    observe(shelf, (seen(S0, order(raw_status="a"), 0, 9), seen(S0, order(raw_status="b"), 5, 12)), PLAIN)
    row = shelf.records[KEY]
    assert row.rival is not None
    assert row.in_doubt
    held = slot_of(shelf, KEY.slot, [KEY]).births[""]
    assert held.rival is not None
    assert held.rival.content.raw_status == "b"


def test_the_same_again_leaves_the_very_row() -> None:
    shelf = shelf_of()
    answer = seen(S0, order())
    observe(shelf, (answer,), PLAIN)
    row = shelf.records[KEY]
    observe(shelf, (answer,), PLAIN)
    assert shelf.records[KEY] is row


def test_a_tombstone_keeps_the_instant_at_which_it_was_first_known() -> None:
    shelf = shelf_of()
    observe(shelf, (seen(S0, order()), seen(S0, None, 5), seen(S0, None, 50)), PLAIN)
    assert shelf.absences[SlotKey(*S0)].finished == at(51)
    observe(shelf, (seen(S0, None, 90),), PLAIN)
    assert shelf.records[KEY].gone_at == at(51)


def test_every_counted_observation_tells_its_milestones_kept_or_dropped_and_once() -> None:
    shelf = shelf_of()
    late = shipment(key("shop.code", "C0"), milestone=ShipmentMilestone.PICKED)
    answers = (seen(W0, shipment(key("shop.code", "C0")), 5), seen(W0, late, 0), seen(W0, late, 0))
    observe(shelf, answers, PLAIN)
    assert {found.milestone for found in shelf.milestones} == {ShipmentMilestone.SHIPPED, ShipmentMilestone.PICKED}


def test_a_body_counts_only_with_a_version_that_decides() -> None:
    body = seen(S0, order(), pushed=True, version=3)
    assert not counts(body, manifest(SHOP))
    assert counts(body, manifest(SHOP, versions=True, webhook=WebhookTrust.BODY))
    assert not counts(seen(S0, order(), pushed=True), manifest(SHOP, versions=True))
    assert counts(seen(S0, order(), pushed=True), manifest(SHOP, pushes_only=True))
    assert counts(seen(S0, order()), None)
    assert not counts(body, None)


def test_a_body_that_counts_for_nothing_is_a_hint_and_tells_nothing() -> None:
    shelf = shelf_of()
    found = observe(shelf, (seen(W0, shipment(key("shop.code", "C0")), pushed=True),), PLAIN)
    assert found.told == {SlotKey(*W0)}
    assert (shelf.records, shelf.milestones) == ({}, {})


def test_a_source_that_went_back_and_an_id_that_came_back_are_noted() -> None:
    versioned = landscape({SHOP: manifest(SHOP, versions=True)})
    shelf = shelf_of()
    found = observe(shelf, (seen(S0, order(), version=9), seen(S0, order("x"), 5, version=3)), versioned)
    assert found.suspicions == {(SlotKey(*S0), ExceptionCode.SOURCE_WENT_BACK)}
    again = observe(shelf, (seen(S0, order("y"), 20, birth="0020", version=1),), versioned)
    assert again.reborn == {RecordKey(*S0, "0020")}
