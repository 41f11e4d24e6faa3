"""Step 3 on a shelf: homes, keys, links, roots (Id-1 to Id-4)."""

from __future__ import annotations

from itertools import count

from hub.merge.join import Joined, join, place
from hub.merge.keys import RecordKey
from hub.merge.shelf import Entity, IdentityKey, Shelf, Target
from hub.model.intents import DeliveryState
from hub.model.observation import NaturalKey
from hub.model.vocabulary import Kind
from hub.store.records import RecordRow
from hub.store.sameness import IdentityRow
from tests.kit.deliveries import delivery
from tests.kit.merging import ERP, SHOP, WMS, key, order, own, shipment
from tests.kit.shelves import record, shelf_of

CODE = key("shop.code", "C0")
S0, E1, W1 = RecordKey(SHOP, Kind.ORDER, "s0"), RecordKey(ERP, Kind.ORDER, "1"), RecordKey(WMS, Kind.SHIPMENT, "w")
WAITING = order("9", bears=(), refers=(CODE,))


def joined(before: Shelf, *rows: RecordRow) -> tuple[Shelf, Joined]:
    """The shelf after *rows* were kept on it and identified."""
    shelf = before.copy()
    keys = []
    for row in rows:
        keys.append(RecordKey(row.source, row.kind, row.source_id, row.birth))
        shelf.records[keys[-1]] = row
    changed = frozenset(
        borne for name, row in zip(keys, rows, strict=True) for borne in (name.slot.own, *row.content.bears)
    )
    numbers = count()
    return shelf, join(before, shelf, keys, changed, lambda: f"new-{next(numbers)}")


def at_key(shelf: Shelf, borne: NaturalKey, source: str) -> IdentityRow:
    return shelf.identities[IdentityKey(borne, source, "")]


def test_a_first_record_gets_an_entity_and_bears_its_keys() -> None:
    shelf, found = joined(shelf_of(), record(SHOP, "s0"))
    assert shelf.records[S0].entity_id == "new-0"
    assert shelf.entities["new-0"] == Entity(kind=Kind.ORDER, id="new-0", root_id="new-0")
    assert at_key(shelf, CODE, SHOP).entity_id == at_key(shelf, own(SHOP, Kind.ORDER, "s0"), SHOP).entity_id == "new-0"
    assert found.touched == {"new-0"}


def test_a_reference_to_nothing_known_is_kept_unresolved() -> None:
    shelf, _ = joined(shelf_of(), record(ERP, "1", WAITING))
    assert shelf.links[E1] == {CODE: Target(None, None)}


def test_who_waited_for_a_key_is_joined_and_its_reference_leads_there() -> None:
    before = shelf_of(record(ERP, "1", WAITING, entity="a"))
    before.links[E1] = {CODE: Target(None, None)}
    shelf, found = joined(before, record(SHOP, "s0"))
    assert shelf.records[S0].entity_id == "a"
    assert shelf.links[E1] == {CODE: Target("a", Kind.ORDER)}
    assert found.merges == ()


def test_a_merge_moves_everything_to_the_survivor_and_says_which_keys_moved() -> None:
    before = shelf_of(record(ERP, "1", WAITING, entity="a"), record(ERP, "2", WAITING, entity="b"))
    for name, version in (("a", 3), ("b", 7)):
        before.entities[name] = Entity(kind=Kind.ORDER, id=name, root_id=name, version=version)
    before.deliveries["d1"] = delivery(root_id="b", state=DeliveryState.DONE)
    shelf, found = joined(before, record(SHOP, "s0"))
    assert found.merges == (("a", "b"),)
    assert {row.entity_id for row in shelf.records.values()} == {"a"}
    assert (shelf.entities["a"].version, "b" in shelf.entities, shelf.deliveries["d1"].root_id) == (7, False, "a")
    assert found.moved_keys == {own(ERP, Kind.ORDER, "2")}


def test_a_key_that_nobody_bears_any_more_is_given_up() -> None:
    before = shelf_of(record(SHOP, "s0", entity="a"))
    before.identities[IdentityKey(CODE, SHOP, "")] = IdentityRow(
        scheme=CODE.scheme, source=SHOP, value=CODE.value, birth="", kind=Kind.ORDER, entity_id="a"
    )
    shelf, _ = joined(before, record(SHOP, "s0", order("C9"), entity="a"))
    assert IdentityKey(CODE, SHOP, "") not in shelf.identities
    assert at_key(shelf, key("shop.code", "C9"), SHOP).entity_id == "a"


def test_a_key_registered_without_a_record_joins_the_record_that_comes_to_bear_it() -> None:
    """The natural key of a delivery is registered before the call (Id-1)."""
    before = shelf_of(record(SHOP, "s0", entity="a"))
    made = key("erp.request", "hub-1")
    before.identities[IdentityKey(made, ERP, "")] = IdentityRow(
        scheme=made.scheme, source=ERP, value=made.value, birth="", kind=Kind.ORDER, entity_id="a"
    )
    shelf, _ = joined(before, record(ERP, "1", order("9", bears=(made,))))
    assert shelf.records[E1].entity_id == "a"


def test_a_shipment_moves_under_its_order_and_concerns_both_roots() -> None:
    before = shelf_of(record(WMS, "w", shipment(CODE), entity="w"))
    before.links[W1] = {CODE: Target(None, None)}
    before.entities["w"] = Entity(kind=Kind.SHIPMENT, id="w", root_id="w", version=1)
    shelf, found = joined(before, record(SHOP, "s0"))
    _, roots = place(shelf, found.touched)
    assert shelf.entities["w"].root_id == "new-0"
    assert roots == {"w", "new-0"}


def test_a_new_shipment_of_a_known_order_needs_no_root_of_its_own() -> None:
    before = shelf_of(record(SHOP, "s0", entity="a"))
    shelf, found = joined(before, record(WMS, "w", shipment(CODE)))
    _, roots = place(shelf, found.touched)
    assert roots == {"a"}


def test_a_customer_is_led_to_by_its_identity_alone() -> None:
    mention = own(SHOP, Kind.CUSTOMER, "c")
    before = shelf_of()
    before.identities[IdentityKey(mention, SHOP, "")] = IdentityRow(
        scheme=mention.scheme, source=SHOP, value="c", birth="", kind=Kind.CUSTOMER, entity_id="customer"
    )
    shelf, found = joined(before, record(SHOP, "s0", order("C0", refers=(mention,))))
    assert shelf.links[S0] == {mention: Target("customer", Kind.CUSTOMER)}
    assert found.touched == {shelf.records[S0].entity_id}
