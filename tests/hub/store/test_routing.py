"""What routing reads: every version of its policies, where items lie, what is held back and waited for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hub.model.ids import position_id
from hub.model.policy import ROUTING, RoutingPolicy
from hub.store.policies import decide
from hub.store.routing import positions_with, reservations_of, routings_of, waiting_for, warehouses_of
from hub.store.stock import PUT_RESERVATIONS, ReservationRow
from hub.store.store import Store
from tests.kit.merging import CALL, TENANT
from tests.kit.routed import Routed, lying
from tests.kit.stock import EAST, MUG, WH

ROW = ReservationRow(id="o1/1/WH", root_id="o1", line="1", sku=MUG, warehouse=WH, quantity=Decimal(2))
WAITS = replace(ROW, id="o2/1/", root_id="o2", warehouse="", quantity=Decimal("1.5"))


async def test_policies_are_read_with_their_history(store: Store) -> None:
    later = RoutingPolicy(max_splits=2)
    async with store.across() as tx:
        await decide(tx, TENANT, (ROUTING, "plain"), RoutingPolicy(), "anna")
        await decide(tx, TENANT, (ROUTING, "plain"), later, "anna")
        found = await routings_of(tx, TENANT)
        assert await routings_of(tx, "beta") == ()
    assert [(one.name, one.version, one.is_active, one.policy) for one in found] == [
        ("plain", 1, False, RoutingPolicy()),
        ("plain", 2, True, later),
    ]


async def test_positions_of_an_item_are_those_that_anybody_tells_a_figure_of(store: Store) -> None:
    hub = Routed(store)
    await hub.write(lying(1), lying(2, EAST), lying(3, sku="CUP"))
    async with store.shard(CALL) as tx:
        assert await positions_with(tx, TENANT, {MUG}) == {position_id(MUG, WH): MUG, position_id(MUG, EAST): MUG}
        assert await warehouses_of(tx, TENANT, {WH}) == {}


async def test_what_is_held_back_comes_whole_and_what_waits_by_item(store: Store) -> None:
    async with store.shard(CALL) as tx:
        await PUT_RESERVATIONS.write(tx, TENANT, [ROW, WAITS])
        assert await reservations_of(tx, TENANT, ["o1"]) == [ROW]
        (waits,) = await waiting_for(tx, TENANT, {MUG})
        assert (waits.root_id, waits.sku, waits.quantity) == ("o2", MUG, Decimal("1.5"))
        assert await waiting_for(tx, TENANT, {"CUP"}) == []
