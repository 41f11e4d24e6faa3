"""Where deliveries belong, and their locks."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from hub.call import worker_call
from hub.store.deliveries import PUT_DELIVERIES, Whereabouts, lock_deliveries, whereabouts
from hub.store.faults import StoreContended
from hub.store.store import Store
from tests.kit.deliveries import delivery

CALL = worker_call("acme")


async def test_a_delivery_is_written_again_under_its_id(store: Store) -> None:
    async with store.shard(CALL) as tx:
        await PUT_DELIVERIES.write(tx, "acme", [delivery("1"), delivery("2", root_id="b")])
        await PUT_DELIVERIES.write(tx, "acme", [delivery("1", root_id="b", key="k2")])
        assert await whereabouts(tx, "acme", ("1", "2", "3")) == {
            "1": Whereabouts(root_id="b", source="shop"),
            "2": Whereabouts(root_id="b", source="shop"),
        }
        assert await whereabouts(tx, "acme", ()) == {}


async def test_no_claim_comes_between_reading_and_writing(store: Store) -> None:
    async with store.shard(CALL) as tx:
        await PUT_DELIVERIES.write(tx, "acme", [delivery("1")])
    async with store.shard(CALL) as tx:
        await lock_deliveries(tx, "acme", ("a",))
        with pytest.raises(StoreContended):
            async with store.shard(CALL) as other:
                await other.execute(text("select id from delivery for update nowait"))
