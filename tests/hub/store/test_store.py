"""Transactions of one shard, each confined to its caller's tenant (design D11, threat S8)."""

from __future__ import annotations

from sqlalchemy import insert, select

from hub.call import worker_call
from hub.store.store import Store
from hub.store.tables import root

ACME, BOLT = worker_call("acme"), worker_call("bolt")


async def test_what_one_tenant_writes_another_never_sees(serving: Store) -> None:
    async with serving.shard(ACME) as tx:
        await tx.execute(insert(root), {"tenant": "acme", "id": "1", "kind": "order"})
    async with serving.glance(BOLT) as tx:
        assert await tx.scalars(select(root.c.id)) == []
    async with serving.glance(ACME) as tx:
        assert await tx.scalars(select(root.c.id)) == ["1"]
