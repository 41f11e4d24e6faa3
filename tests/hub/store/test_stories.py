"""A story holds what concerns its roots and nothing of the neighbours that one sweep brought along."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hub.call import Call, worker_call
from hub.model.ids import mint
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import Kind, SystemKind
from hub.ports import Hop
from hub.store.hops import HopWriter
from hub.store.store import Store
from hub.store.stories import roots_of, story_rows
from tests.kit.changes import make_change, put_outbox
from tests.kit.merging import ERP, SHOP, Looking, key, order, seen

CALL = worker_call("acme")
START = datetime(2026, 11, 21, 12, tzinfo=UTC)


def hop(kind: HopKind, correlation: str, *roots: str, tenant: str = "acme") -> Hop:
    return Hop(
        id=mint(),
        tenant=tenant,
        correlation_id=correlation,
        kind=kind,
        system=SystemKind.HUB,
        operation="any",
        outcome=HopOutcome.OK,
        started_at=START,
        duration_ms=1,
        roots=roots,
    )


async def put(store: Store, *hops: Hop) -> None:
    writer = HopWriter(store)
    for one in hops:
        writer.record(one)
    await writer.flush()


async def kinds(store: Store, *roots: str, correlations: tuple[str, ...] = (), call: Call = CALL) -> list[str]:
    async with store.glance(call) as tx:
        rows = await story_rows(tx, call.tenant, roots, correlations)
    return sorted(row["kind"] for row in rows.hops)


async def test_one_correlation_id_brings_its_hops_even_those_that_name_no_root(store: Store) -> None:
    await put(store, hop(HopKind.WEBHOOK_IN, "hook-1"), hop(HopKind.SOURCE_CALL, "hook-1", "order-1"))
    assert await kinds(store, "order-1") == ["SOURCE_CALL", "WEBHOOK_IN"]


async def test_of_a_sweep_only_itself_and_what_names_the_root_are_told(store: Store) -> None:
    await put(
        store,
        hop(HopKind.SWEEP, "sweep-1"),
        hop(HopKind.SOURCE_CALL, "sweep-1"),
        hop(HopKind.CHANGE, "sweep-1", "order-1"),
        hop(HopKind.CHANGE, "sweep-1", "order-2"),
    )
    assert await kinds(store, "order-1") == ["CHANGE", "SWEEP"]
    assert await kinds(store, correlations=("sweep-1",)) == ["CHANGE", "CHANGE", "SOURCE_CALL", "SWEEP"]


async def test_what_told_of_an_order_belongs_to_its_story_even_if_one_change_came_of_several(store: Store) -> None:
    hub = Looking(store)
    one = seen((SHOP, Kind.ORDER, "1"), order("C1"))
    other = seen((ERP, Kind.ORDER, "7"), order("S7", bears=(), refers=(key("shop.code", "C1"),)))
    await hub.write(replace(one, correlation_id="sweep-1"), replace(other, correlation_id="sweep-2"))
    await put(store, *(hop(HopKind.SWEEP, f"sweep-{number}") for number in (1, 2, 3)))
    (root,) = [row.id for row in await hub.rows("select id from root")]
    assert await kinds(store, root) == ["SWEEP", "SWEEP"]


async def test_another_tenants_hops_are_not_told(store: Store, serving: Store) -> None:
    await put(store, hop(HopKind.WEBHOOK_IN, "hook-1", "order-1", tenant="beta"))
    assert await kinds(serving, "order-1", correlations=("hook-1",)) == []


async def test_a_correlation_id_leads_to_the_roots_it_touched(store: Store) -> None:
    await put(store, hop(HopKind.CHANGE, "hook-1", "order-1", "order-2"))
    async with store.glance(CALL) as tx:
        assert sorted(await roots_of(tx, "acme", "hook-1")) == ["order-1", "order-2"]
        assert await roots_of(tx, "acme", "hook-2") == []


async def test_changes_that_wait_in_the_outbox_are_not_told_yet(store: Store) -> None:
    async with store.shard(CALL) as tx:
        await put_outbox(tx, make_change())
    async with store.glance(CALL) as tx:
        assert (await story_rows(tx, "acme", ["order-1"], [])).changes == []
