"""Policies: one version of each name is active."""

from __future__ import annotations

from hub.call import worker_call
from hub.store.policies import decide, meanings
from hub.store.store import Store

CALL = worker_call("acme")
NAME = ("sku", "shop|CUP")


async def test_a_new_meaning_takes_the_place_of_the_old_one(store: Store) -> None:
    async with store.shard(CALL) as tx:
        assert await decide(tx, "acme", NAME, {"sku": "MUG"}, "ops") == 1
        assert await decide(tx, "acme", NAME, {"sku": "MUG"}, "ops") == 1
        assert await decide(tx, "acme", NAME, {"sku": "GLASS"}, "ops") == 2
        found = await meanings(tx, "acme", {"shop|CUP", "shop|HAT"}, {"CUP"})
        other = await meanings(tx, "beta", {"shop|CUP"}, ())
    assert (found.rules, found.known) == ({"shop|CUP": {"sku": "GLASS"}}, ())
    assert other.rules == {}
