"""Holding a source (design D8, F2, F36)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.errors import Overtaken
from hub.gate.lease import Lease
from hub.gate.owner import Owner
from hub.store.leases import Claimant
from hub.store.store import Store
from tests.kit.clock import StoppedClock
from tests.kit.gates import ACME
from tests.kit.rows import end_lease

LONGEST = timedelta(seconds=40)


def owner(store: Store, holder: str) -> tuple[Owner, StoppedClock]:
    clock = StoppedClock(at=datetime(2026, 11, 2, tzinfo=UTC))
    claimant = Claimant(tenant="acme", source="shop", holder=holder, length=timedelta(seconds=30), longest=LONGEST)
    return Owner(store, claimant, Lease(clock, "shop"), clock), clock


async def test_one_worker_holds_a_source_and_the_others_wait(store: Store) -> None:
    (first, _), (second, _) = owner(store, "w1"), owner(store, "w2")
    held = await first.take()
    assert held is not None
    assert (held.epoch, held.call.tenant, held.source) == (1, "acme", "shop")
    assert await second.take() is None
    assert await first.renew(held)
    first.lease.check(1)
    with pytest.raises(Overtaken):
        second.lease.check(0)


async def test_a_worker_that_was_stopped_past_its_lease_learns_it_and_writes_nothing(store: Store) -> None:
    (first, clock), (second, _) = owner(store, "w1"), owner(store, "w2")
    held = await first.take()
    assert held is not None
    clock.move(31)
    with pytest.raises(Overtaken):
        first.lease.check(1)
    await end_lease(store, ACME, "shop")
    taken = await second.take()
    assert taken is not None
    assert taken.epoch == 2
    assert not await first.renew(held)
    with pytest.raises(Overtaken):
        first.lease.check(1)
    await first.release(held, quiet=1e9)
    assert await second.renew(taken)


async def test_a_lease_that_ran_out_untaken_is_revived(store: Store) -> None:
    first, clock = owner(store, "w1")
    held = await first.take()
    assert held is not None
    clock.move(31)
    await end_lease(store, ACME, "shop")
    assert await first.renew(held)
    first.lease.check(1)


@pytest.mark.parametrize(("quiet", "waited"), [(0.0, 40.0), (15.0, 25.0), (1e9, 0.0)])
async def test_a_source_given_up_is_free_at_once_and_its_lanes_once_its_calls_are_over(
    store: Store, quiet: float, waited: float
) -> None:
    (first, _), (second, _) = owner(store, "w1"), owner(store, "w2")
    held = await first.take()
    assert held is not None
    async with store.glance(ACME) as tx:
        now = await tx.now()
    await first.release(held, quiet)
    taken = await second.take()
    assert taken is not None
    assert taken.epoch == 2
    assert (taken.lanes_from - now).total_seconds() == pytest.approx(waited, abs=5)
