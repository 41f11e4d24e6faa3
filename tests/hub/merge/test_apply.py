"""The one writer on PostgreSQL: what goes in, what stands in the tables, what is told."""

from __future__ import annotations

import pytest

from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.merging import ERP, SHOP, WMS, Looking, key, order, own, seen, shipment

S0, E1, W1 = (SHOP, Kind.ORDER, "s0"), (ERP, Kind.ORDER, "1"), (WMS, Kind.SHIPMENT, "1")


@pytest.fixture
def hub(store: Store) -> Looking:
    return Looking(store)


async def test_a_first_sight_makes_record_entity_root_and_one_fact(hub: Looking) -> None:
    applied = await hub.write(seen(S0, order()))
    ((entity, root, version, number, status),) = await hub.rows(
        "select id, root_id, version, number, status from entity where tenant = :tenant"
    )
    assert (root, version, number, status) == (entity, 1, "C0", "ACCEPTED")
    assert applied.roots == (entity,)
    assert applied.kept == 1
    ((event, event_root),) = await hub.rows("select type, root_id from outbox")
    assert (event, event_root) == ("order.created", entity)
    assert await hub.rows("select scheme, source, value, entity_id from identity order by 1") == [
        ("shop.ORDER.id", "shop", "s0", entity),
        ("shop.code", "shop", "C0", entity),
    ]


async def test_the_same_answer_again_writes_no_fact_and_only_the_interval(hub: Looking) -> None:
    await hub.write(seen(S0, order()))
    again = await hub.write(seen(S0, order(), 5))
    assert again.roots == ()
    assert await hub.count("outbox") == 1
    ((version, moved),) = await hub.rows(
        "select e.version, r.started = '2026-11-01 12:00:05+00' from entity e, record r"
    )
    assert (version, moved) == (1, True)


async def test_a_shipment_lies_under_its_order_in_either_order_of_arrival(hub: Looking) -> None:
    await hub.write(seen(W1, shipment(own(SHOP, Kind.ORDER, "s0"))))
    await hub.write(seen(S0, order()))
    rows = await hub.rows(
        "select kind, root_id = (select id from entity where kind = 'ORDER') from entity order by kind"
    )
    assert rows == [("ORDER", True), ("SHIPMENT", True)]
    events = [row[0] for row in await hub.rows("select type from outbox order by id")]
    assert events == ["shipment.created", "order.created", "shipment.updated"]
    ((doc,),) = await hub.rows("select doc -> 'order_ids' from entity where kind = 'SHIPMENT'")
    assert len(doc) == 1


async def test_two_orders_that_waited_for_one_key_become_one(hub: Looking) -> None:
    code = key("shop.code", "C0")
    erp = order("9", bears=(), refers=(code,))
    await hub.each(seen(E1, erp), seen((ERP, Kind.ORDER, "2"), erp))
    assert await hub.count("entity where redirect_to is null") == 2
    await hub.write(seen(S0, order()))
    assert await hub.count("entity where redirect_to is null") == 1
    assert await hub.rows("select count(distinct entity_id) from record") == [(1,)]
    merged = await hub.rows("select aggregateid, root_id from outbox where type = 'entity.merged' order by 1")
    assert len(merged) == 2
