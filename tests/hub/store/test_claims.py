"""Claiming deliveries: lane by lane, under the owner's epoch (design D7, D8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.errors import Overtaken
from hub.store.claims import OpenDelivery, Owned, Wanted, claim, claim_again, in_doubt, orphans
from hub.store.leases import Claimant, take_lease
from hub.store.store import Store
from tests.kit.gates import ACME, cancel
from tests.kit.rows import Sent, delivery_row, end_lease, put_delivery

OURS = Owned(tenant="acme", source="shop", epoch=1)
ALL = Wanted(room=10)
SECOND = timedelta(seconds=1)
CLAIMANT = Claimant(
    tenant="acme", source="shop", holder="w1", length=timedelta(minutes=5), longest=timedelta(minutes=5)
)


@pytest.fixture
async def owned(store: Store) -> Store:
    async with store.shard(ACME) as tx:
        assert await take_lease(tx, CLAIMANT) is not None
    return store


async def put(store: Store, *rows: Sent) -> None:
    for row in rows:
        await put_delivery(store, ACME, row)


async def claimed(store: Store, wanted: Wanted = ALL, owned: Owned = OURS) -> list[str]:
    async with store.shard(ACME) as tx:
        rows = await claim(tx, owned, wanted)
    assert rows is not None
    return [row.id for row in rows]


async def test_a_claim_counts_the_attempt_and_says_when(owned: Store) -> None:
    await put(owned, Sent(id="d1", intent=cancel("o1")))
    async with owned.shard(ACME) as tx:
        rows = await claim(tx, OURS, ALL)
    assert rows is not None
    (row,) = rows
    assert (row.state.value, row.attempts, row.epoch, row.root_id) == ("CLAIMED", 1, 1, "root-1")
    assert row.intent == replace(cancel("o1"), key="shop/cancel:o1:d1")
    kept = await delivery_row(owned, ACME, "d1")
    assert (kept["state"], kept["attempts"], kept["epoch"]) == ("CLAIMED", 1, 1)
    assert kept["claimed_at"] <= row.now
    assert await claimed(owned) == []


async def test_a_lane_is_served_one_at_a_time_in_order_and_lanes_are_independent(owned: Store) -> None:
    await put(
        owned,
        Sent(id="a1", intent=cancel("o1"), root="a"),
        Sent(id="a2", intent=replace(cancel("o1"), priority=0), root="a"),
        Sent(id="b1", intent=cancel("o2"), root="b"),
    )
    assert await claimed(owned) == ["a1", "b1"]
    assert await claimed(owned) == []


@pytest.mark.parametrize(
    ("state", "follows"),
    [
        *((state, []) for state in ("CLAIMED", "UNKNOWN", "PENDING")),
        *((state, ["d2"]) for state in ("ACCEPTED", "DONE", "REFUSED", "REVIEW", "DEAD", "WITHDRAWN")),
    ],
)
async def test_what_stands_before_it_in_its_lane(owned: Store, state: str, follows: list[str]) -> None:
    before = Sent(id="d1", intent=cancel("o1"), state=state, epoch=1, attempts=1, due=timedelta(hours=1))
    await put(owned, before, Sent(id="d2", intent=cancel("o1")))
    assert await claimed(owned) == follows


async def test_a_call_that_has_not_answered_keeps_its_lane_whatever_became_of_its_row(owned: Store) -> None:
    await put(owned, Sent(id="d1", intent=cancel("o1"), state="DONE"), Sent(id="d2", intent=cancel("o1")))
    assert await claimed(owned, Wanted(room=10, running=("d1",))) == []
    assert await claimed(owned) == ["d2"]


async def test_the_more_urgent_and_then_the_longer_waiting_go_first(owned: Store) -> None:
    for number, (priority, waited) in enumerate([(5, 1), (5, 9), (0, 0), (9, 99)]):
        intent = replace(cancel("o1"), priority=priority)
        await put(owned, Sent(id=f"d{number}", intent=intent, root=f"r{number}", due=-waited * SECOND))
    assert await claimed(owned, Wanted(room=2)) == ["d2", "d1"]
    assert await claimed(owned) == ["d0", "d3"]


async def test_a_retry_waits_for_its_time_and_for_the_budget(owned: Store) -> None:
    await put(
        owned,
        Sent(id="d1", intent=cancel("o1"), root="a", attempts=1, due=timedelta(hours=1)),
        Sent(id="d2", intent=cancel("o2"), root="b", attempts=1),
        Sent(id="d3", intent=cancel("o3"), root="c"),
    )
    assert await claimed(owned, Wanted(room=10, may_retry=False)) == ["d3"]
    assert await claimed(owned) == ["d2"]


async def test_a_row_that_apply_holds_is_left_for_the_next_turn(owned: Store) -> None:
    await put(owned, Sent(id="d1", intent=cancel("o1"), root="a"), Sent(id="d2", intent=cancel("o2"), root="b"))
    async with owned.shard(ACME) as tx:
        await tx.execute(text("select 1 from delivery where id = 'd1' for update"))
        assert await claimed(owned) == ["d2"]
    assert await claimed(owned) == ["d1"]


async def test_an_overtaken_owner_claims_nothing(owned: Store) -> None:
    await put(owned, Sent(id="d1", intent=cancel("o1")), Sent(id="d2", intent=cancel("o2"), root="b", state="UNKNOWN"))
    await end_lease(owned, ACME, "shop")
    async with owned.shard(ACME) as tx:
        assert await take_lease(tx, CLAIMANT) is not None
    with pytest.raises(Overtaken):
        await claimed(owned)
    (doubtful,) = await doubts(owned)
    with pytest.raises(Overtaken):
        async with owned.shard(ACME) as tx:
            await claim_again(tx, OURS, doubtful)
    assert (await delivery_row(owned, ACME, "d1"))["state"] == "PENDING"
    assert (await delivery_row(owned, ACME, "d2"))["state"] == "UNKNOWN"


async def test_a_successor_leaves_lanes_alone_until_the_last_owners_calls_are_over(owned: Store) -> None:
    await put(owned, Sent(id="d1", intent=cancel("o1")))
    second = replace(OURS, epoch=2)
    await end_lease(owned, ACME, "shop", ago=timedelta(minutes=4))
    async with owned.shard(ACME) as tx:
        assert await take_lease(tx, CLAIMANT) is not None
    async with owned.shard(ACME) as tx:
        assert await claim(tx, second, ALL) is None
    async with owned.shard(ACME) as tx:
        await tx.execute(text("update lease set lanes_from = lanes_from - interval '1 minute'"))
    assert await claimed(owned, owned=second) == ["d1"]


async def doubts(store: Store, wanted: Wanted = ALL) -> tuple[OpenDelivery, ...]:
    async with store.glance(ACME) as tx:
        return await in_doubt(tx, OURS, wanted)


async def test_nobody_asks_before_hold_until(owned: Store) -> None:
    hour = timedelta(hours=1)
    await put(
        owned,
        Sent(id="early", intent=cancel("o1"), state="UNKNOWN", hold=hour),
        Sent(id="due", intent=cancel("o2"), state="UNKNOWN"),
        Sent(id="shown?", intent=cancel("o3"), state="ACCEPTED", confirm=-hour),
        Sent(id="in time", intent=cancel("o4"), state="ACCEPTED", confirm=hour),
        Sent(id="review", intent=cancel("o5"), state="REVIEW"),
    )
    assert {row.id for row in await doubts(owned)} == {"due", "shown?"}
    assert [row.id for row in await doubts(owned, Wanted(room=10, running=("due",)))] == ["shown?"]


async def test_telling_again_is_a_claim_of_its_own(owned: Store) -> None:
    await put(owned, Sent(id="d1", intent=cancel("o1"), state="UNKNOWN", attempts=2, epoch=1))
    (row,) = await doubts(owned)
    async with owned.shard(ACME) as tx:
        again = await claim_again(tx, OURS, row)
        assert await claim_again(tx, OURS, row) is None
    assert again is not None
    assert (again.state.value, again.attempts) == ("CLAIMED", 3)


async def test_rows_claimed_by_older_owners_are_orphans(owned: Store) -> None:
    await put(
        owned,
        Sent(id="old", intent=cancel("o1"), state="CLAIMED", epoch=1),
        Sent(id="ours", intent=cancel("o2"), state="CLAIMED", epoch=2),
        Sent(id="doubted", intent=cancel("o3"), state="UNKNOWN", epoch=1),
    )
    async with owned.glance(ACME) as tx:
        assert [row.id for row in await orphans(tx, replace(OURS, epoch=2))] == ["old"]
