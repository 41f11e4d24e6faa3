"""Step 1: which keys may move, what must be locked, and when it is too little."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.merge import load
from hub.merge.keys import RecordKey, SlotKey
from hub.merge.locks import Reach, Widened, Wider, demand, lock, note_keys, reach_of, unmoved
from hub.merge.work import Work
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.merging import CALL, ERP, SHOP, TENANT, WMS, Looking, key, order, own, seen, shipment
from tests.kit.shelves import record

S0, W1 = (SHOP, Kind.ORDER, "s0"), (WMS, Kind.SHIPMENT, "w")
CODE, OTHER, ID = key("shop.code", "C0"), key("shop.code", "C1"), own(SHOP, Kind.ORDER, "s0")
KNOWN = {RecordKey(*S0): record(SHOP, "s0")}


def noted(content_number: str, *, known: bool) -> Reach:
    reach = Reach(slots={SlotKey(*S0)}, records=KNOWN if known else {})
    note_keys(reach, Work(observations=(seen(S0, order(content_number, refers=(key("erp.number", "N"),))),)))
    return reach


def test_all_keys_of_what_is_new_may_move() -> None:
    reach = noted("C0", known=False)
    assert (set(reach.bears), set(reach.refers)) == ({ID, CODE}, {key("erp.number", "N")})
    assert reach.changed == {ID, CODE}


def test_no_key_moves_where_the_same_are_borne() -> None:
    assert noted("C0", known=True).changed == set()


def test_a_key_given_up_and_a_key_taken_on_may_move() -> None:
    reach = noted("C1", known=True)
    assert set(reach.bears) == {ID, CODE, OTHER}
    assert reach.changed == {CODE, OTHER}


def test_a_new_birth_of_a_known_id_may_move_the_id() -> None:
    reach = Reach(slots={SlotKey(*S0)}, records=KNOWN)
    note_keys(reach, Work(observations=(seen(S0, order(), birth="0020"),)))
    assert ID in reach.changed


def test_what_is_not_locked_is_demanded() -> None:
    reach = Reach(changed={CODE})
    demand({"a"}, reach, Wider(roots=frozenset({"a"}), keys=frozenset({(CODE, Kind.ORDER)})))
    with pytest.raises(Widened) as short:
        demand({"a"}, reach, Wider(roots=frozenset({"a", "b"}), keys=frozenset({(OTHER, Kind.ORDER)})))
    assert short.value.wider == Wider(roots=frozenset({"b"}), keys=frozenset({(OTHER, Kind.ORDER)}))


def test_what_was_learned_adds_up() -> None:
    one, two = Wider(roots=frozenset({"a"})), Wider(roots=frozenset({"b"}), keys=frozenset({(CODE, Kind.ORDER)}))
    assert one.and_also(two) == Wider(roots=frozenset({"a", "b"}), keys=two.keys)


def test_a_record_replaced_between_look_and_lock_starts_again() -> None:
    reach = Reach(slots={SlotKey(*S0)}, records=KNOWN)
    unmoved(reach, KNOWN)
    with pytest.raises(Widened):
        unmoved(reach, {RecordKey(*S0): replace(KNOWN[RecordKey(*S0)], hash="other")})
    with pytest.raises(Widened):
        unmoved(reach, {})


async def test_the_keys_lead_to_the_roots_they_concern(store: Store) -> None:
    hub = Looking(store)
    await hub.write(seen(S0, order("C0", refers=(own(SHOP, Kind.CUSTOMER, "c"),))))
    await hub.write(seen((ERP, Kind.ORDER, "9"), order("9", bears=())))
    await hub.write(seen((SHOP, Kind.CUSTOMER, "c"), order("x", bears=())))
    ((shop_order,),) = await hub.rows("select entity_id from record where source_id = 's0'")
    work = Work(observations=(seen(W1, shipment(CODE)),))
    async with hub.store.shard(CALL) as tx:
        reach = await reach_of(tx, TENANT, work, Wider())
        await lock(tx, TENANT, reach)
    assert reach.roots == {shop_order}


async def test_woken_roots_bring_the_keys_of_their_records(store: Store) -> None:
    hub = Looking(store)
    await hub.write(seen(S0, order()))
    ((root,),) = await hub.rows("select id from root")
    async with hub.store.shard(CALL) as tx:
        reach = await reach_of(tx, TENANT, Work(wake=(root,)), Wider(keys=frozenset({(OTHER, Kind.ORDER)})))
        roots = await load.locked_roots(tx, TENANT, frozenset(reach.roots))
    assert reach.changed == {ID, CODE, OTHER}
    assert set(roots) == {root}
