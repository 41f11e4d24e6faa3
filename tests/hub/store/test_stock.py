"""Stock rows, ledger and reservations on PostgreSQL."""

from __future__ import annotations

from decimal import Decimal

import asyncpg
import pytest

from hub.model.ids import position_id
from hub.model.inventory import QuantityName, ReservationState
from hub.model.vocabulary import Kind
from hub.store.circle import SlotAsked
from hub.store.roles import RoleUrls
from hub.store.stock import DROP_STOCK, PUT_RESERVATIONS, PUT_STOCK, ReservationRow, around_positions
from hub.store.store import Store
from tests.kit.merging import CALL, TENANT, WMS, Looking
from tests.kit.stock import MUG, WH, counted, row, stock_of

POSITION = position_id(MUG, WH)


def reserved(number: str, sku: str = MUG, state: ReservationState = ReservationState.ACTIVE) -> ReservationRow:
    return ReservationRow(
        id=number,
        root_id="o",
        line=number,
        sku=sku,
        quantity=Decimal(1),
        state=state,
    )


async def test_everything_kept_of_a_position_comes_in_one_answer(store: Store) -> None:
    await Looking(store).write(counted(WMS, stock_of(on_hand=7)))
    async with store.shard(CALL) as tx:
        await PUT_RESERVATIONS.write(
            tx, TENANT, [reserved("1"), reserved("2", "OTHER"), reserved("3", state=ReservationState.CONSUMED)]
        )
        slots = [SlotAsked(source=WMS, kind=Kind.INVENTORY, source_id="mug@wh")]
        found = await around_positions(tx, TENANT, slots, {POSITION: MUG})
    assert sorted(sort for sort, _ in found) == ["record", "reservation", "stock"]


async def test_a_figure_is_replaced_and_dropped_by_its_key(store: Store) -> None:
    hub = Looking(store)
    first, second = row(WMS, QuantityName.ON_HAND, 7), row(WMS, QuantityName.ON_HAND, "6.5")
    async with store.shard(CALL) as tx:
        await PUT_STOCK.write(tx, TENANT, [first])
        await PUT_STOCK.write(tx, TENANT, [second])
    assert await hub.rows("select value from stock") == [(Decimal("6.5"),)]
    async with store.shard(CALL) as tx:
        await DROP_STOCK.write(tx, TENANT, [second])
    assert await hub.count("stock") == 0


@pytest.mark.parametrize("verb", ["update movement set delta = 0", "delete from movement"])
async def test_the_ledger_is_only_ever_added_to(store: Store, database: RoleUrls, verb: str) -> None:
    await Looking(store).write(counted(WMS, stock_of(on_hand=7)))
    connection = await asyncpg.connect(database.work)
    try:
        await connection.execute("set search_path = hub")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(verb)
    finally:
        await connection.close()
