"""A command waits for the sources at which something may still move by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from hub.model.intents import DeliveryState
from hub.store.settling import unsettled
from hub.store.store import Store
from tests.kit.scripted_shop import ScriptedShop
from tests.kit.station import CALL, Station

MOVING = {DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED}


@pytest.fixture
async def accepted(store: Store) -> str:
    """The id of a command that waits for one shop."""
    station = Station(store=store, shop=ScriptedShop())
    station.shop.place("o1")
    await station.take()
    await station.see("o1")
    command = (await station.cancel("o1")).command_id
    assert command is not None
    return command


async def test_it_waits_while_a_delivery_may_still_move_by_itself(store: Store, accepted: str) -> None:
    async with store.shard(CALL) as tx:
        for state in DeliveryState:
            await tx.execute(text("update delivery set state = :state"), {"state": state.value})
            assert await unsettled(tx, "acme", accepted) == (["shop"] if state in MOVING else [])


async def test_it_waits_for_nothing_of_others(store: Store, accepted: str) -> None:
    async with store.glance(CALL) as tx:
        assert await unsettled(tx, "acme", accepted) == ["shop"]
        assert await unsettled(tx, "acme", "another command") == []
        assert await unsettled(tx, "beta", accepted) == []
