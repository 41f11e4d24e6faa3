"""What the hub was told to do itself, found again until it is settled, and only while it is wanted."""

from __future__ import annotations

import pytest

from hub.errors import Overtaken
from hub.model.effects import SendOut
from hub.model.returns import ReturnType
from hub.store.hub_work import numbered_by_hub, still_wanted, waiting_work
from hub.store.store import Store
from tests.kit.merging import CALL, TENANT
from tests.kit.sendout import NUMBER, exchanged


async def test_what_waits_is_found_for_the_tenants_asked_for_until_it_is_settled(store: Store) -> None:
    known = await exchanged(store)
    await known.ask(ReturnType.REPLACEMENT)
    await known.come_back()
    async with store.across() as tx:
        (found,) = await waiting_work(tx, [TENANT], 10)
        assert await waiting_work(tx, ["other"], 10) == []
        assert await numbered_by_hub(tx, TENANT, NUMBER) is None
    assert isinstance(found.content, SendOut)
    assert (found.tenant, found.root_id, found.attempts, found.content.number) == (TENANT, known.order_id, 0, NUMBER)
    async with store.shard(CALL) as tx:
        await still_wanted(tx, TENANT, found.id)
    await known.loop.turn()
    async with store.across() as tx:
        assert await waiting_work(tx, [TENANT], 10) == []
        sent = await numbered_by_hub(tx, TENANT, NUMBER)
        with pytest.raises(Overtaken):
            await still_wanted(tx, TENANT, found.id)
    assert sent == ((await known.returned())["replacement_id"], "ACCEPTED")
