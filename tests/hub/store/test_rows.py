"""Any number of rows in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from hub.call import worker_call
from hub.store.rows import Batch
from hub.store.store import Store

CALL = worker_call("acme")


@dataclass(frozen=True)
class Named:
    id: str
    kind: str


PUT: Batch[Named] = Batch(
    "id text, kind text", "insert into root (tenant, $columns) select :tenant, $columns from $rows returning id"
)


async def test_rows_travel_together_whatever_they_hold(store: Store) -> None:
    rows = [Named(id=f"{i}'\"\\ é", kind="ORDER") for i in range(300)]
    async with store.shard(CALL) as tx:
        await PUT.write(tx, "acme", rows)
        found = await tx.scalars(text("select id from root where tenant = 'acme'"))
    assert sorted(found) == sorted(row.id for row in rows)


async def test_what_a_statement_returns_can_be_asked_for(store: Store) -> None:
    async with store.shard(CALL) as tx:
        assert await PUT.ask(tx, "acme", [Named(id="1", kind="ORDER")]) == ["1"]


async def test_no_rows_are_no_statement(store: Store) -> None:
    async with store.shard(CALL) as tx:
        await PUT.write(tx, "acme", [])
        assert await PUT.ask(tx, "acme", []) == ()
        assert await tx.scalar(text("select count(*) from root")) == 0
