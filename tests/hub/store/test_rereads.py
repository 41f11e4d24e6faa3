"""Which records that are told again move their intervals alone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from hub.model.ids import position_id
from hub.model.vocabulary import Kind
from hub.store.rereads import FIND_STILL, LOCK_ROOTS, MOVE_STILL, Reread
from hub.store.store import Store
from tests.kit.merging import CALL, TENANT, at

PLACE = position_id("MUG", "WH")
RECORD = """
insert into record (tenant, source, kind, source_id, entity_id, content, hash, started, finished)
values ('acme', 'wms', :kind, '1', :entity, '{}', 'h', :started, :finished)
"""
ROOT = "insert into root (tenant, id, kind) values ('acme', :entity, :kind)"
ENTITY = """
insert into entity (tenant, kind, id, root_id, version, root_version, doc)
values ('acme', :kind, :entity, :entity, 1, 1, '{}')
"""
RESERVED = """
insert into reservation (tenant, id, root_id, line, kind, sku, warehouse, quantity, state)
values ('acme', 'v', 'o', '1', 'SOFT', 'MUG', :warehouse, 1, :state)
"""


def told(kind: Kind, *, said: str = "h") -> Reread:
    place = ("MUG", "WH") if kind is Kind.INVENTORY else (None, None)
    return Reread(
        at=3, source="wms", kind=kind, source_id="1", birth="", hash=said, version=None, started=at(10),
        finished=at(11), sku=place[0], warehouse=place[1], below=kind is Kind.SHIPMENT,
    )  # fmt: skip


async def put(store: Store, kind: Kind, *more: tuple[str, dict[str, Any]]) -> None:  # Any: terms of statements
    entity = PLACE if kind is Kind.INVENTORY else "e1"
    named = {"kind": kind.value, "entity": entity, "started": at(0), "finished": at(20)}
    statements: list[tuple[str, dict[str, Any]]] = [
        (RECORD, named),
        (ROOT, {"kind": kind.value, "entity": entity}),
        *more,
    ]
    statements += [] if kind is Kind.INVENTORY else [(ENTITY, {"kind": kind.value, "entity": entity})]
    async with store.shard(CALL) as tx:
        for sql, values in statements:
            await tx.execute(text(sql), values)


async def found(store: Store, *asked: Reread) -> list[str]:
    async with store.shard(CALL) as tx:
        await LOCK_ROOTS.ask(tx, TENANT, asked)
        still = list(await FIND_STILL.ask(tx, TENANT, asked))
        assert list(await MOVE_STILL.ask(tx, TENANT, asked)) == still
    return still


@pytest.mark.parametrize("kind", [Kind.ORDER, Kind.CUSTOMER, Kind.INVENTORY])
async def test_each_end_moves_to_the_later_of_the_two(store: Store, kind: Kind) -> None:
    await put(store, kind)
    assert await found(store, told(kind)) == ["3"]
    async with store.glance(CALL) as tx:
        (row,) = (await tx.execute(text("select started, finished from record"))).all()
    assert (row.started, row.finished) == (at(10), at(20))


async def test_another_content_is_no_reread(store: Store) -> None:
    await put(store, Kind.ORDER)
    assert await found(store, told(Kind.ORDER, said="another")) == []


async def test_what_may_serve_several_orders_goes_the_long_way(store: Store) -> None:
    await put(store, Kind.SHIPMENT)
    assert await found(store, told(Kind.SHIPMENT)) == []


@pytest.mark.parametrize(
    ("warehouse", "state", "still"), [("WH", "ACTIVE", []), ("WH", "CONSUMED", ["3"]), ("B", "ACTIVE", ["3"])]
)
async def test_a_position_of_which_units_are_held_back_goes_the_long_way(
    store: Store, warehouse: str, state: str, still: list[str]
) -> None:
    await put(store, Kind.INVENTORY, (RESERVED, {"warehouse": warehouse, "state": state}))
    assert await found(store, told(Kind.INVENTORY)) == still
