"""Transactions of one shard, each confined to its caller's tenant (design D11, threat S8)."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import insert, select, text

from hub.call import worker_call
from hub.errors import HubFault, Misconfigured, StoreBusy
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from hub.store.tables import change_log, root, sequencer

ACME, BOLT = worker_call("acme"), worker_call("bolt")
ROW = {"tenant": "acme", "id": "1", "kind": "order"}
NOWHERE = "postgresql://hub_serve:none@/none?host=/nowhere"


async def ids(store: Store, tenant: str) -> list[str]:
    async with store.glance(worker_call(tenant)) as tx:
        return list(await tx.scalars(select(root.c.id)))


async def put(store: Store, row: dict[str, str], tenant: str) -> None:
    async with store.shard(worker_call(tenant)) as tx:
        await tx.execute(insert(root), row)


async def spoil(store: Store) -> None:
    async with store.shard(ACME) as tx:
        await tx.execute(insert(root), ROW)
        message = "the body failed"
        raise LookupError(message)


async def test_what_one_tenant_writes_another_never_sees(serving: Store) -> None:
    await put(serving, ROW, "acme")
    assert await ids(serving, "acme") == ["1"]
    assert await ids(serving, "bolt") == []


async def test_a_caller_cannot_write_a_row_of_another_tenant(serving: Store) -> None:
    with pytest.raises(HubFault, match="the database refused a statement"):
        await put(serving, ROW, "bolt")
    assert await ids(serving, "acme") == []


async def test_a_failed_block_leaves_nothing_behind(serving: Store) -> None:
    with pytest.raises(LookupError, match="the body failed"):
        await spoil(serving)
    assert await ids(serving, "acme") == []


async def test_workers_cross_tenants_by_a_policy_of_their_own(store: Store, serving: Store) -> None:
    await put(serving, ROW, "acme")
    await put(serving, ROW | {"tenant": "bolt", "id": "2"}, "bolt")
    async with store.across() as tx:
        assert await tx.scalars(select(root.c.id).order_by(root.c.id)) == ["1", "2"]


async def test_serve_never_crosses_tenants(serving: Store) -> None:
    with pytest.raises(HubFault, match="role serve does not cross tenants"):
        async with serving.across():
            pass


async def test_without_a_tenant_no_row_is_seen(serving: Store, database: RoleUrls) -> None:
    await put(serving, ROW, "acme")
    connection = await asyncpg.connect(database.serve)
    try:
        assert await connection.fetch("select id from hub.root") == []
    finally:
        await connection.close()


async def test_a_tenant_without_a_name_is_refused(serving: Store) -> None:
    with pytest.raises(HubFault, match="a tenant without a name"):
        await ids(serving, "")


async def test_tail_reads_the_log_of_every_tenant_and_nothing_else(tailing: Store) -> None:
    async with tailing.across() as tx:
        assert await tx.scalars(select(change_log.c.position)) == []
        assert await tx.scalar(select(sequencer.c.last)) == 0
    with pytest.raises(HubFault, match="the database refused a statement"):
        async with tailing.across() as tx:
            await tx.scalars(select(root.c.id))


async def test_tail_writes_nothing(tailing: Store) -> None:
    with pytest.raises(HubFault, match="the database refused a statement"):
        async with tailing.across() as tx:
            await tx.execute(text("update sequencer set last = 7"))


async def test_serve_reads_leases_and_leaves_them_alone(serving: Store) -> None:
    async with serving.shard(ACME) as tx:
        assert await tx.scalars(text("select source from lease")) == []
    with pytest.raises(HubFault, match="the database refused a statement"):
        async with serving.shard(ACME) as tx:
            await tx.execute(text("insert into lease (tenant, source) values ('acme', 'shop')"))


async def test_two_looks_of_one_glance_see_what_was_committed_between_them(serving: Store) -> None:
    async with serving.glance(ACME) as tx:
        assert await tx.scalars(select(root.c.id)) == []
        await put(serving, ROW, "acme")
        assert await tx.scalars(select(root.c.id)) == ["1"]


async def test_a_shard_that_answers_is_ready(serving: Store) -> None:
    await serving.ready()


async def test_a_shard_that_is_away_is_busy_and_tells_nothing_of_its_address() -> None:
    urls = RoleUrls(owner=NOWHERE, serve=NOWHERE, work=NOWHERE, tail=NOWHERE)
    with pytest.raises(StoreBusy) as caught:
        async with open_store(urls, Role.SERVE, size=1):
            pass
    assert caught.value.message == "the database is away, restarting or overloaded"
    assert caught.value.retryable


async def test_nobody_opens_a_store_as_its_owner(database: RoleUrls) -> None:
    with pytest.raises(Misconfigured, match="the owner only migrates"):
        async with open_store(database, Role.OWNER, size=1):
            pass


async def test_behind_a_pooler_the_tenant_ends_with_the_transaction(database: RoleUrls) -> None:
    pooled = RoleUrls(owner=database.owner, serve=database.serve, work=database.work, tail=database.tail, pooled=True)
    async with open_store(pooled, Role.SERVE, size=1) as store:
        async with store.shard(ACME) as tx:
            await tx.execute(text("insert into hub.root (tenant, id, kind) values ('acme', '1', 'order')"))
        for tenant, seen in (("bolt", []), ("acme", ["1"])):
            async with store.glance(worker_call(tenant)) as tx:
                assert await tx.scalars(text("select id from hub.root")) == seen
        async with store.engine.connect() as connection:
            assert (await connection.execute(text("select id from hub.root"))).all() == []
