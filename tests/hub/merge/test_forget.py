"""What a retired source said is forgotten for good, through the one writer (design D16)."""

from __future__ import annotations

import pytest

from hub.merge.work import Forget
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.merging import ERP, SHOP, WMS, Looking, key, landscape, line, order, seen, shipment
from tests.kit.stock import EAST, MUG, WH, counted, lately, stock_of

TABLES = ("record", "link", "milestone", "absence", "raw_answer", "identity", "identifier")


@pytest.fixture
def hub(store: Store) -> Looking:
    return Looking(store, landscape())


def shop_order(name: str) -> Forget:
    return Forget(source=SHOP, kind=Kind.ORDER, source_id=name)


async def events(hub: Looking) -> list[tuple[str, str]]:
    rows = await hub.rows("select type, payload ->> 'change' as change from outbox where tenant = :tenant order by id")
    return [(row.type, row.change) for row in rows]


async def test_an_order_that_nobody_else_knows_is_withdrawn_and_told_to_be_gone(hub: Looking) -> None:
    await hub.write(seen((SHOP, Kind.ORDER, "1"), order("C1")))
    (name,) = [row.id for row in await hub.rows("select id from entity where tenant = :tenant")]
    await hub.write(forget=(shop_order("1"),))
    assert {table: await hub.count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)
    (left,) = await hub.rows("select redirect_to, doc::text, number, status, version from entity")
    assert tuple(left) == ("", "{}", None, None, 2)
    assert (await events(hub))[-1] == ("order.deleted", "DELETED")
    (fact,) = await hub.rows("select aggregateid, entity_version from outbox where type = 'order.deleted'")
    assert tuple(fact) == (name, 2)
    assert [tuple(row) for row in await hub.rows("select version, wake_at from root")] == [(2, None)]


async def test_an_order_that_another_source_knows_goes_on_without_what_is_forgotten(hub: Looking) -> None:
    await hub.each(
        seen((SHOP, Kind.ORDER, "1"), order("C1", line("1", 3))),
        seen((ERP, Kind.ORDER, "7"), order("S7", line("1", 3), bears=(), refers=(key("shop.code", "C1"),)), started=2),
    )
    (name,) = [row.id for row in await hub.rows("select id from entity where tenant = :tenant")]
    await hub.write(forget=(shop_order("1"),))
    (left,) = await hub.rows("select id, redirect_to, number, doc::text as doc from entity")
    assert (left.id, left.redirect_to, left.number) == (name, None, "S7")
    assert "C1" not in left.doc
    assert [tuple(row) for row in await hub.rows("select source, target_id from link")] == [(ERP, None)]
    assert [row.source for row in await hub.rows("select source from record")] == [ERP]
    assert {row.source for row in await hub.rows("select source from identity")} == {ERP}
    assert (await events(hub))[-1][1] == "UPDATED"


async def test_what_hung_under_it_stands_by_itself(hub: Looking) -> None:
    await hub.each(
        seen((SHOP, Kind.ORDER, "1"), order("C1")),
        seen((WMS, Kind.SHIPMENT, "5"), shipment(key("shop.code", "C1")), started=2),
    )
    await hub.write(forget=(shop_order("1"),))
    rows = await hub.rows("select kind, root_id = id as alone, redirect_to from entity order by kind")
    assert [tuple(row) for row in rows] == [("ORDER", True, ""), ("SHIPMENT", True, None)]


async def test_what_it_told_of_another_ones_order_goes_and_the_order_moves(hub: Looking) -> None:
    await hub.each(
        seen((SHOP, Kind.ORDER, "1"), order("C1")),
        seen((WMS, Kind.SHIPMENT, "5"), shipment(key("shop.code", "C1")), started=2),
    )
    (before,) = await hub.rows("select version from entity where kind = 'ORDER'")
    await hub.write(forget=(Forget(source=WMS, kind=Kind.SHIPMENT, source_id="5"),))
    (after,) = await hub.rows("select version, redirect_to, doc::text as doc from entity where kind = 'ORDER'")
    assert (after.version, after.redirect_to) == (before.version + 1, None)
    assert await hub.count("milestone") == 0
    assert set((await events(hub))[-2:]) >= {("shipment.deleted", "DELETED")}


async def test_a_redirect_to_what_is_withdrawn_leads_nowhere_and_stays(hub: Looking) -> None:
    await hub.each(
        seen((SHOP, Kind.ORDER, "1"), order("C1", bears=(key("shop.code", "C1"), key("shop.alias", "A1")))),
        seen((ERP, Kind.ORDER, "7"), order("S7", bears=(key("erp.code", "S7"),)), started=2),
        seen((ERP, Kind.ORDER, "7"), order("S7", bears=(), refers=(key("shop.code", "C1"),)), started=4),
    )
    assert len(await hub.rows("select id from entity where redirect_to <> ''")) == 1
    await hub.write(forget=(shop_order("1"), Forget(source=ERP, kind=Kind.ORDER, source_id="7")))
    rows = await hub.rows("select redirect_to from entity order by redirect_to")
    assert [row.redirect_to == "" for row in rows] == [True, False]


async def test_stock_that_is_forgotten_is_counted_no_more(hub: Looking) -> None:
    await hub.write(
        lately(counted(WMS, stock_of(on_hand=7), source_id="1")),
        lately(counted(WMS, stock_of(warehouse=EAST, on_hand=4), source_id="2")),
        lately(counted(ERP, stock_of(on_order=3), source_id="1")),
    )
    await hub.write(forget=(Forget(source=WMS, kind=Kind.INVENTORY, source_id="1"),))
    rows = await hub.rows("select sku, warehouse, source, name, value from stock order by warehouse, source")
    assert [tuple(row)[:4] for row in rows] == [(MUG, WH, ERP, "ON_ORDER"), (MUG, EAST, WMS, "ON_HAND")]
    assert [tuple(row) for row in await hub.rows("select source, source_id from record order by 1")] == [
        (ERP, "1"), (WMS, "2"),
    ]  # fmt: skip
    assert await hub.count("absence") == 0
    assert [int(row.delta) for row in await hub.rows("select delta from movement where name = 'ON_HAND' order by id")][
        -1:
    ] == [-7]


async def test_forgetting_twice_changes_nothing(hub: Looking) -> None:
    await hub.write(seen((SHOP, Kind.ORDER, "1"), order("C1")))
    await hub.write(forget=(shop_order("1"),))
    told = await hub.count("outbox")
    await hub.write(forget=(shop_order("1"),))
    assert await hub.count("outbox") == told
    await hub.write(seen((SHOP, Kind.ORDER, "1"), order("C1"), started=9))
    assert len(await hub.rows("select id from entity where redirect_to is null")) == 1
