"""A shelf is what the tables say, whatever was written."""

from __future__ import annotations

from hub.merge import load
from hub.merge.keys import RecordKey, SlotKey
from hub.merge.shelf import Target
from hub.model.order import Order
from hub.model.vocabulary import Kind
from hub.store.circle import KeyAsked
from hub.store.store import Store
from tests.kit.merging import CALL, SHOP, TENANT, WMS, Looking, key, order, seen, shipment

S0, W1 = (SHOP, Kind.ORDER, "s0"), (WMS, Kind.SHIPMENT, "w")
CODE = key("shop.code", "C0")


async def test_everything_under_a_root_and_around_a_key_comes_back_as_it_was_written(store: Store) -> None:
    hub = Looking(store)
    await hub.write(
        seen(S0, order(raw_status="a"), 0, 9), seen(S0, order(raw_status="b"), 5, 12), seen(W1, shipment(CODE))
    )
    await hub.write(seen(S0, None, 3, 8))
    ((root,),) = await hub.rows("select id from entity where kind = 'ORDER'")
    asked = load.asked(
        [SlotKey(*S0)], [KeyAsked(scheme=CODE.scheme, value=CODE.value, kind=Kind.ORDER, borne=True, changed=True)]
    )
    async with hub.store.shard(CALL) as tx:
        roots = await load.locked_roots(tx, TENANT, frozenset({root, "unknown"}))
        shelf = await load.shelf(tx, TENANT, asked, roots)
    assert set(shelf.roots) == {root}
    kept = shelf.records[RecordKey(*S0)]
    assert kept.content == order(raw_status="a")
    assert kept.rival is not None
    assert kept.rival.content == order(raw_status="b")
    assert shelf.links[RecordKey(*W1)] == {CODE: Target(root, Kind.ORDER)}
    assert isinstance(shelf.entities[root].doc, Order)
    assert {entity.root_id for entity in shelf.entities.values()} == {root}
    assert [found.milestone for found in shelf.milestones] == ["SHIPPED"]
    assert SlotKey(*S0) in shelf.absences
    assert {row.entity_id for row in shelf.identities.values()} == {root}


async def test_nothing_asked_is_nothing_found(store: Store) -> None:
    async with store.shard(CALL) as tx:
        shelf = await load.shelf(tx, TENANT, load.asked([], []), {})
    assert (shelf.records, shelf.entities) == ({}, {})
