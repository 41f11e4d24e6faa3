"""One view over what stopped on its way out and on its way in."""

from __future__ import annotations

from hub.call import worker_call
from hub.model.letters import DeadLetterStatus
from hub.store.inbox import Arrival, bury_arrival, put_arrival
from hub.store.letters import Chosen, count_letters, groups, letters, settle_arrivals
from hub.store.store import Store

CALL = worker_call("acme")
OPEN = DeadLetterStatus.OPEN


async def arrive(store: Store, *names: str) -> None:
    async with store.shard(CALL) as tx:
        for name in names:
            arrival = Arrival(
                id=name, tenant="acme", source="shop", delivery_id=name, headers={}, body=b"{", correlation_id="c"
            )
            await put_arrival(tx, arrival)
            await bury_arrival(tx, name, f"no JSON at byte {len(name)}", "MAPPING")


async def test_bodies_that_fail_alike_are_one_group_and_are_settled_once(store: Store) -> None:
    await arrive(store, "a", "bb", "ccc")
    async with store.shard(CALL) as tx:
        (group,) = await groups(tx, "acme", None, OPEN)
        assert (group.count, group.cause, group.operation) == (3, "no JSON at byte #", "webhook")
        chosen = Chosen(group_key=group.group_key)
        (first, second) = await letters(tx, "acme", chosen, (2, None))
        (third,) = await letters(tx, "acme", chosen, (2, (second.since, second.id)))
        assert [first.id, second.id, third.id] == ["a", "bb", "ccc"]
        assert await settle_arrivals(tx, "acme", ["a"], "PENDING", None) == ["a"]
        assert await settle_arrivals(tx, "acme", ["a", "bb"], "DISCARDED", "discarded by ops") == ["bb"]
        assert await count_letters(tx, "acme", chosen) == 1
        assert await count_letters(tx, "acme", Chosen(), DeadLetterStatus.DISCARDED) == 1
        assert await count_letters(tx, "acme", Chosen(source="erp")) == 0
        assert await groups(tx, "beta", None, OPEN) == []
