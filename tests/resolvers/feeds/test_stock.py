"""`inventoryChanged`: by item and warehouse; for staff alone."""

from __future__ import annotations

from hub.model.ids import global_id, position_id
from tests.kit.listening import PORTAL, Listening, take
from tests.kit.merging import WMS
from tests.kit.stock import EAST, MUG, WH, counted, stock_of

WATCH = """subscription Q($initial: Boolean, $filter: InventoryEventFilterInput) {
  inventoryChanged(includeInitial: $initial, filter: $filter) {
    kind event merged changedFields inventoryPositionId inventoryPosition {sku atp}}}"""


async def test_positions_are_heard_of_from_what_there_is_on(hub: Listening) -> None:
    await hub.write(counted(WMS, stock_of(on_hand=7)), counted(WMS, stock_of("PEN", on_hand=1), source_id="pen"))
    async with hub.to(WATCH, initial=True, filter={"sku": {"in": [MUG]}, "warehouse": {"eq": WH}}) as events:
        snapshot, end = await take(events, 2)
        await hub.write(
            counted(WMS, stock_of("PEN", on_hand=2), 5, source_id="pen"),
            counted(WMS, stock_of(MUG, EAST, on_hand=2), 5, source_id="mug@east"),
            counted(WMS, stock_of(on_hand=6), 5),
        )
        moved = await anext(events)
    mug = global_id("InventoryPosition", position_id(MUG, WH))
    assert (snapshot["inventoryPositionId"], end["kind"]) == (mug, "SNAPSHOT_END")
    assert (moved["kind"], moved["event"], moved["merged"]) == ("UPDATED", "inventory.adjusted", 0)
    assert (moved["inventoryPositionId"], moved["inventoryPosition"]) == (mug, {"sku": MUG, "atp": "6"})
    assert moved["changedFields"] == ["quantities"]


async def test_a_confined_caller_hears_of_no_stock(hub: Listening) -> None:
    await hub.write(counted(WMS, stock_of(on_hand=7)))
    async with hub.to(WATCH, PORTAL, initial=True) as events:
        assert (await anext(events))["kind"] == "SNAPSHOT_END"
