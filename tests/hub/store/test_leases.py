"""Who owns a source, by epoch (design D8; F2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.call import worker_call
from hub.errors import Overtaken, StoreBusy
from hub.store.leases import Claimant, Taken, fence, held, release_lease, renew_lease, take_lease
from hub.store.store import Store

ACME = worker_call("acme")
LENGTH, LONGEST = timedelta(seconds=30), timedelta(seconds=20)
QUIET, BUSY = timedelta(hours=1), timedelta()


def claimant(holder: str) -> Claimant:
    return Claimant(tenant="acme", source="shop", holder=holder, length=LENGTH, longest=LONGEST)


async def take(store: Store, holder: str = "one") -> Taken | None:
    async with store.shard(ACME) as tx:
        return await take_lease(tx, claimant(holder))


async def taken(store: Store, holder: str = "one") -> Taken:
    lease = await take(store, holder)
    assert lease is not None
    return lease


async def run_out(store: Store) -> None:
    async with store.shard(ACME) as tx:
        await tx.execute(text("update lease set until = clock_timestamp() - interval '1 second'"))


async def released(store: Store, holder: str, epoch: int, quiet: timedelta) -> None:
    async with store.shard(ACME) as tx:
        await release_lease(tx, claimant(holder), epoch, quiet)


async def ended(store: Store) -> object:
    async with store.glance(ACME) as tx:
        return await tx.scalar(text("select until from lease"))


async def write_fenced(store: Store, epoch: int) -> None:
    async with store.shard(ACME) as tx:
        await tx.execute(text("insert into root (tenant, id, kind) values ('acme', 'r', 'order')"))
        await fence(tx, "acme", "shop", epoch)


async def take_impatiently(store: Store) -> None:
    async with store.shard(ACME) as rival:
        await rival.execute(text("set local lock_timeout = '50ms'"))
        await take_lease(rival, claimant("two"))


async def test_only_one_worker_holds_a_source(store: Store) -> None:
    assert (await taken(store, "one")).epoch == 1
    assert await take(store, "two") is None


async def test_a_lease_that_ran_out_goes_on_under_a_higher_epoch(store: Store) -> None:
    first = await taken(store, "one")
    await run_out(store)
    assert (await taken(store, "two")).epoch == first.epoch + 1


async def test_the_next_owner_waits_for_the_longest_call_of_the_last(store: Store) -> None:
    await taken(store, "one")
    await run_out(store)
    end = await ended(store)
    assert (await taken(store, "two")).lanes_from - LONGEST == end


async def test_after_a_quiet_release_nothing_needs_to_be_waited_for(store: Store) -> None:
    first = await taken(store, "one")
    await released(store, "one", first.epoch, QUIET)
    end = await ended(store)
    assert (await taken(store, "two")).lanes_from - LONGEST == end  # which lies the longest call in the past


async def test_a_release_with_calls_on_their_way_makes_the_next_owner_wait(store: Store) -> None:
    first = await taken(store, "one")
    async with store.glance(ACME) as tx:
        before = await tx.now()
    await released(store, "one", first.epoch, BUSY)
    assert (await taken(store, "two")).lanes_from > before + LONGEST


async def test_a_release_does_not_shorten_the_wait_for_an_owner_before(store: Store) -> None:
    await taken(store, "one")
    await run_out(store)
    second = await taken(store, "two")
    await released(store, "two", second.epoch, QUIET)
    assert (await taken(store, "three")).lanes_from == second.lanes_from


async def test_a_late_release_takes_nothing_from_the_new_owner(store: Store) -> None:
    first = await taken(store, "one")
    await run_out(store)
    second = await taken(store, "two")
    await released(store, "one", first.epoch, BUSY)
    assert await take(store, "three") is None
    async with store.shard(ACME) as tx:
        await fence(tx, "acme", "shop", second.epoch)


async def test_renewing_keeps_the_epoch_until_another_took_the_source(store: Store) -> None:
    first = await taken(store, "one")
    async with store.shard(ACME) as tx:
        assert await renew_lease(tx, claimant("one"), first.epoch)
        assert await held(tx, "acme", "shop", first.epoch)
    await run_out(store)
    await taken(store, "two")
    async with store.shard(ACME) as tx:
        assert not await renew_lease(tx, claimant("one"), first.epoch)
        assert not await held(tx, "acme", "shop", first.epoch)


async def test_a_stale_epoch_writes_nothing(store: Store) -> None:
    first = await taken(store, "one")
    await run_out(store)
    await taken(store, "two")
    with pytest.raises(Overtaken):
        await write_fenced(store, first.epoch)
    async with store.glance(ACME) as tx:
        assert await tx.scalar(text("select count(*) from root")) == 0


async def test_a_source_that_nobody_ever_held_has_no_epoch_to_pass(store: Store) -> None:
    async with store.shard(ACME) as tx:
        with pytest.raises(Overtaken):
            await fence(tx, "acme", "shop", 0)


async def test_nobody_takes_a_source_over_while_a_fenced_write_is_open(store: Store) -> None:
    first = await taken(store, "one")
    await run_out(store)
    async with store.shard(ACME) as tx:
        await fence(tx, "acme", "shop", first.epoch)
        with pytest.raises(StoreBusy):
            await take_impatiently(store)
