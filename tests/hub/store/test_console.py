"""Claims of the console."""

from __future__ import annotations

import pytest

from hub.call import worker_call
from hub.store.console import Claim, console_command, earlier, put_claim
from hub.store.faults import StoreTaken
from hub.store.store import Store

CALL = worker_call("acme")
CLAIM = Claim(
    id="c1", client="ops", operation="tryIt", key="k", hash="h", input={"a": 1}, correlation_id="correlation-1"
)


async def test_a_claim_is_found_by_its_key_and_by_its_id_and_is_made_once(store: Store) -> None:
    async with store.shard(CALL) as tx:
        assert await earlier(tx, "acme", CLAIM) is None
        await put_claim(tx, "acme", CLAIM, {"made": 1})
    async with store.glance(CALL) as tx:
        kept = await earlier(tx, "acme", CLAIM)
        assert kept is not None
        assert (kept.id, kept.outcome) == ("c1", {"made": 1})
        assert await console_command(tx, "acme", "c1") == kept
        assert await console_command(tx, "beta", "c1") is None
    with pytest.raises(StoreTaken):
        async with store.shard(CALL) as tx:
            await put_claim(tx, "acme", CLAIM, {})
