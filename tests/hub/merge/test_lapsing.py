"""What is kept for an order that is held too long, through the one writer: let go of once, whoever sees it first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.merge.work import HoldMove, HoldWanted, Work
from hub.model.cases import HoldType
from hub.model.policy import RoutingPolicy
from hub.store.store import Store
from tests.kit.merging import CALL, line
from tests.kit.routed import Routed, bought, lying
from tests.kit.stock import MUG, WH

SHORT = RoutingPolicy(lapse=timedelta(milliseconds=1))


async def held_order(store: Store) -> tuple[Routed, str]:
    hub = Routed(store)
    await hub.by(SHORT)
    await hub.write(lying(5))
    await hub.write(bought("C0", line(quantity=2, sku=MUG)))
    ((root,),) = await hub.rows("select root_id from entity where kind = 'ORDER'")
    place = HoldWanted(type=HoldType.CREDIT, placed_by="rep")
    await hub.writer.write(CALL, Work(holding=HoldMove(order_id=root, place=place)))
    return hub, root


@pytest.mark.parametrize("first", ["order", "stock"])
async def test_it_ends_once_whoever_sees_it_first_and_others_may_have_it(store: Store, first: str) -> None:
    hub, root = await held_order(store)
    assert await hub.rows("select count(*) from reservation where expires_at is not null") == [(1,)]
    if first == "stock":
        await hub.write(lying(5))
    await hub.writer.write(CALL, Work(wake=(root,)))
    await hub.writer.write(CALL, Work(wake=(root,)))
    await hub.write(lying(5))
    assert await hub.stands() == [("1", WH, 2, "EXPIRED")]
    decision = (await hub.order())["routing_decision"]
    assert (decision["outcome"], decision["chosen"]) == ("WAITING", [])
    await hub.write(bought("C1", line(quantity=5, sku=MUG)))
    assert ("1", WH, 5, "ACTIVE") in await hub.stands()
