"""What is held of a source, and in which order it is to be forgotten."""

from __future__ import annotations

from hub.model.vocabulary import Kind
from hub.store.holdings import Held, held_of, next_slots
from hub.store.store import Store
from tests.kit.merging import CALL, ERP, SHOP, TENANT, Looking, key, order, seen
from tests.kit.stock import counted, lately, stock_of


async def filled(store: Store) -> None:
    hub = Looking(store)
    await hub.each(
        seen((SHOP, Kind.ORDER, "2"), order("C2")),
        seen((SHOP, Kind.ORDER, "1"), order("C1")),
        seen((ERP, Kind.ORDER, "7"), order("S7", bears=(), refers=(key("shop.code", "C1"),)), started=2),
        lately(counted(SHOP, stock_of(on_hand=7), source_id="1")),
    )


async def test_what_is_held_is_counted_and_what_nobody_else_tells_of_apart(store: Store) -> None:
    await filled(store)
    async with store.glance(CALL) as tx:
        shop, erp, nobody = [await held_of(tx, TENANT, name) for name in (SHOP, ERP, "web")]
    assert shop == Held(records={Kind.INVENTORY: 1, Kind.ORDER: 2}, alone={Kind.ORDER: 1}, figures=1, deliveries=0)
    assert erp == Held(records={Kind.ORDER: 1}, alone={}, figures=0, deliveries=0)
    assert nobody == Held(records={}, alone={}, figures=0, deliveries=0)


async def test_objects_come_root_by_root_and_then_those_under_none(store: Store) -> None:
    await filled(store)
    async with store.glance(CALL) as tx:
        first, reached = await next_slots(tx, TENANT, SHOP, "", 1)
        second, end = await next_slots(tx, TENANT, SHOP, reached, 5)
        assert await next_slots(tx, TENANT, SHOP, end, 5) == ([], "")
        rest, _ = await next_slots(tx, TENANT, SHOP, None, 5)
    assert [*first, *second] == [(Kind.ORDER, "2"), (Kind.ORDER, "1")]  # as they were minted
    assert rest == [(Kind.INVENTORY, "1"), (Kind.ORDER, "1"), (Kind.ORDER, "2")]
