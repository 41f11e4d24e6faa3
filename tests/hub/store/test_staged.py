"""What first loads have read: taken out together with what its keys lead to."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from hub.model.observation import Observation
from hub.model.vocabulary import Kind
from hub.store.staged import Patience, Wanted, read_sweeps, ripe, stage, unstage, waits
from hub.store.store import Store
from tests.kit.merging import CALL, ERP, SHOP, TENANT, WMS, order, seen, shipment

NOW = Patience(least=timedelta(), most=timedelta(), share=0.0)
LATER = Patience(least=timedelta(hours=1), most=timedelta(hours=1), share=1.0)


async def put(store: Store, *page: tuple[Observation, set[int]], patience: Patience = NOW) -> None:
    async with store.shard(CALL) as tx:
        await stage(tx, TENANT, page, patience)


async def taken(store: Store, seeds: int = 1, size: int = 100, *, is_all: bool = False) -> list[tuple[str, str]]:
    async with store.shard(CALL) as tx:
        found = await ripe(tx, TENANT, Wanted(seeds=seeds, size=size, is_all=is_all))
    return [(one.observation.source, one.observation.seen.source_id) for one in found]


async def test_what_one_key_after_the_other_leads_to_comes_along_ripe_or_not(store: Store) -> None:
    await put(store, (seen((SHOP, Kind.ORDER, "1"), order()), {1, 2}), (seen((SHOP, Kind.ORDER, "2"), order()), {9}))
    await put(store, (seen((ERP, Kind.ORDER, "1"), order()), {2, 3}), patience=LATER)
    await put(
        store,
        (seen((WMS, Kind.SHIPMENT, "1"), shipment()), {3, 4}),
        (seen((WMS, Kind.SHIPMENT, "2"), shipment()), {8}),
        patience=LATER,
    )
    assert await taken(store) == [(SHOP, "1"), (ERP, "1"), (WMS, "1")]
    assert await taken(store, seeds=5) == [(SHOP, "1"), (SHOP, "2"), (ERP, "1"), (WMS, "1")]
    assert await taken(store, seeds=5, is_all=True) == [
        (SHOP, "1"), (SHOP, "2"), (ERP, "1"), (WMS, "1"), (WMS, "2"),
    ]  # fmt: skip
    assert len(await taken(store, size=2)) == 2


async def test_what_is_in_work_already_is_not_taken_out_again(store: Store) -> None:
    await put(store, *((seen((SHOP, Kind.ORDER, str(one)), order()), {one}) for one in (1, 2, 3)))
    await put(store, (seen((ERP, Kind.ORDER, "1"), order()), {1, 2}))
    async with store.shard(CALL) as tx:
        first = await ripe(tx, TENANT, Wanted(seeds=1, size=10))
        taken = frozenset(one.id for one in first)
        (other,) = await ripe(tx, TENANT, Wanted(seeds=10, size=10, taken=taken))
    assert [one.observation.seen.source_id for one in first] == ["1", "2", "1"]
    assert other.observation.seen.source_id == "3"


async def test_what_comes_out_is_what_was_put_in_the_first_first(store: Store) -> None:
    late, first = seen((SHOP, Kind.ORDER, "1"), order()), seen((SHOP, Kind.ORDER, "2"), None)
    await put(store, (first, {2}))
    await put(store, (late, {1}))
    async with store.shard(CALL) as tx:
        (one,) = await ripe(tx, TENANT, Wanted(seeds=1, size=10))
        (_, other) = await ripe(tx, TENANT, Wanted(seeds=2, size=10))
    assert (one.observation, other.observation) == (first, late)


async def test_what_was_applied_is_gone_with_its_keys(store: Store) -> None:
    await put(store, (seen((SHOP, Kind.ORDER, "1"), order()), {1, 2}), (seen((SHOP, Kind.ORDER, "2"), order()), {2}))
    async with store.shard(CALL) as tx:
        (first, _) = await ripe(tx, TENANT, Wanted(seeds=1, size=10))
        await unstage(tx, TENANT, [first.id])
        assert await tx.scalar(text("select array_agg(key) from staged_key")) == [2]
        assert await waits(tx, TENANT, SHOP, [Kind.ORDER, Kind.SHIPMENT])
        assert not await waits(tx, TENANT, SHOP, [Kind.SHIPMENT])
        assert not await waits(tx, TENANT, ERP, [Kind.ORDER])
    assert await taken(store) == [(SHOP, "2")]


async def test_a_row_waits_for_as_long_as_the_loads_have_run_in_proportion(store: Store) -> None:
    async with store.shard(CALL) as tx:
        begun = (
            "insert into cursor (tenant, source, kind, sweep, cursor, run_started_at) values (:tenant, 'shop', 'ORDER',"
        )
        await tx.execute(text(f"{begun} 'a', '{{}}', clock_timestamp() - interval '100 s')"), {"tenant": TENANT})
    patience = Patience(least=timedelta(seconds=3), most=timedelta(seconds=500), share=2.0)
    await put(store, (seen((SHOP, Kind.ORDER, "1"), order()), {1}), patience=patience)
    async with store.shard(CALL) as tx:
        assert 198 < await tx.scalar(text("select extract(epoch from ripe_at - clock_timestamp()) from staged")) < 201
        assert await read_sweeps(tx, TENANT) == frozenset()
        await tx.execute(text("update cursor set read_at = clock_timestamp()"))
        assert await read_sweeps(tx, TENANT) == {(SHOP, Kind.ORDER, "a")}


async def test_nothing_is_asked_for_no_rows(store: Store) -> None:
    await put(store)
    async with store.shard(CALL) as tx:
        await unstage(tx, TENANT, [])
    assert await taken(store, is_all=True) == []
