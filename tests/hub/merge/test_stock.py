"""Inventory through the one writer: figures, ledger, versions, events, reservations in flight, oversold stock."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import anyio
import pytest

from hub.model.changes import Origin
from hub.model.ids import position_id
from hub.model.inventory import ReservationState, StockSupply, SupplyEvent, SupplyKind
from hub.model.observation import Observation
from hub.model.vocabulary import Kind
from hub.store.stock import PUT_RESERVATIONS, ReservationRow
from hub.store.store import Store
from tests.kit.merging import CALL, ERP, SHOP, TENANT, WMS, Looking, at, order, seen
from tests.kit.stock import EAST, MUG, WH, counted, stock_of

POSITION = position_id(MUG, WH)


@pytest.fixture
def hub(store: Store) -> Looking:
    return Looking(store)


async def figures(hub: Looking) -> list[tuple[str, str, str, int]]:
    rows = await hub.rows("select warehouse, source, name, value from stock order by 1, 2, 3")
    return [(row[0], row[1], row[2], int(row[3])) for row in rows]


async def events(hub: Looking) -> list[tuple[str, str, int]]:
    rows = await hub.rows("select type, aggregateid, entity_version from outbox order by id")
    return [(row[0], row[1], row[2]) for row in rows]


async def reserve(hub: Looking, quantity: int, acknowledged: float | None = None, **also: object) -> None:
    row = ReservationRow(
        id="r1",
        root_id="order-1",
        line="1",
        sku=MUG,
        warehouse=WH,
        quantity=Decimal(quantity),
        acknowledged_at=None if acknowledged is None else at(acknowledged),
    )
    async with hub.store.shard(CALL) as tx:
        await PUT_RESERVATIONS.write(tx, TENANT, [replace(row, **also)])  # type: ignore[arg-type]  # fields of the row


async def state_of_reservation(hub: Looking) -> str:
    ((state,),) = await hub.rows("select state from reservation")
    return str(state)


async def oversold(hub: Looking) -> list[tuple[str, str]]:
    rows = await hub.rows("select title, status from exception_case where code = 'OVERSOLD'")
    return [(row[0], row[1]) for row in rows]


async def test_a_first_sight_makes_rows_a_ledger_a_root_and_one_event(hub: Looking) -> None:
    applied = await hub.write(counted(WMS, stock_of(on_hand=7, allocated=2)))
    assert (applied.roots, applied.kept) == ((POSITION,), 1)
    assert await figures(hub) == [(WH, WMS, "ALLOCATED", 2), (WH, WMS, "ON_HAND", 7)]
    assert await events(hub) == [("inventory.adjusted", POSITION, 1)]
    ledger = await hub.rows(
        "select name, type, delta::int, quantity_after::int from movement order by recorded_at, name"
    )
    assert ledger == [("ALLOCATED", "COUNT", 2, 2), ("ON_HAND", "COUNT", 7, 7)]
    assert await hub.rows("select kind, version from root") == [("INVENTORY", 1)]
    assert [await hub.count(table) for table in ("entity", "identity", "link", "identifier")] == [0, 0, 0, 0]


async def test_the_same_figures_again_move_only_the_interval(hub: Looking) -> None:
    await hub.each(counted(WMS, stock_of(on_hand=7)), counted(WMS, stock_of(on_hand=7), 60))
    assert len(await events(hub)) == 1
    assert await hub.count("movement") == 1
    assert await hub.rows("select started = '2026-11-01 12:01:00+00' from record") == [(True,)]


async def test_a_figure_that_moved_moves_the_version_and_the_ledger_adds_up_to_it(hub: Looking) -> None:
    await hub.each(
        counted(WMS, stock_of(on_hand=7, allocated=2)),
        counted(WMS, stock_of(on_hand=9, allocated=1), 60),
        counted(WMS, stock_of(on_hand=4), 120),
    )
    assert await figures(hub) == [(WH, WMS, "ON_HAND", 4)]
    assert [version for _, _, version in await events(hub)] == [1, 2, 3]
    sums = await hub.rows("select name, sum(delta)::int from movement group by 1 order by 1")
    assert sums == [("ALLOCATED", 0), ("ON_HAND", 4)]
    types = await hub.rows("select name, type from movement order by recorded_at, name")
    assert types[2:] == [
        ("ALLOCATED", "DEALLOCATE"), ("ON_HAND", "ADJUST"), ("ALLOCATED", "DEALLOCATE"), ("ON_HAND", "ADJUST"),
    ]  # fmt: skip


async def test_an_answer_asked_for_before_the_kept_one_changes_nothing(hub: Looking) -> None:
    await hub.each(counted(WMS, stock_of(on_hand=4), 60), counted(WMS, stock_of(on_hand=7), 0))
    assert await figures(hub) == [(WH, WMS, "ON_HAND", 4)]


async def test_overlapping_answers_that_differ_are_in_doubt_and_read_again(hub: Looking) -> None:
    await hub.each(counted(WMS, stock_of(on_hand=4), 60), counted(WMS, stock_of(on_hand=7), 60.5))
    assert await figures(hub) == [(WH, WMS, "ON_HAND", 4)]
    assert await hub.rows("select in_doubt from record") == [(True,)]
    assert await hub.rows("select kind, source_id, reason from hint") == [("INVENTORY", "mug@wh", "doubt")]


async def test_a_pushed_body_without_a_version_is_only_a_hint(hub: Looking) -> None:
    await hub.write(counted(WMS, stock_of(on_hand=4), pushed=True))
    assert await figures(hub) == []
    assert await hub.rows("select kind, source_id, reason from hint") == [("INVENTORY", "mug@wh", "webhook")]


async def test_a_position_that_is_gone_loses_its_figures_of_that_source_alone(hub: Looking) -> None:
    await hub.write(counted(WMS, stock_of(on_hand=4)), counted(ERP, stock_of(on_order=9)))
    await hub.write(counted(WMS, None, 60))
    assert await figures(hub) == [(WH, ERP, "ON_ORDER", 9)]
    assert [version for _, _, version in await events(hub)] == [1, 2]
    await hub.write(counted(WMS, stock_of(on_hand=5), 120))
    assert await figures(hub) == [(WH, ERP, "ON_ORDER", 9), (WH, WMS, "ON_HAND", 5)]


async def test_sources_tell_one_position_and_each_keeps_its_own_figures(hub: Looking) -> None:
    await hub.each(
        counted(SHOP, stock_of(on_hand=99), source_id="1/1"),
        counted(ERP, stock_of(on_hand=8), source_id="5"),
        counted(WMS, stock_of(on_hand=7), source_id="5"),
    )
    assert await figures(hub) == [(WH, ERP, "ON_HAND", 8), (WH, SHOP, "ON_HAND", 99), (WH, WMS, "ON_HAND", 7)]
    assert await hub.rows("select version from root where kind = 'INVENTORY'") == [(3,)]


async def test_one_source_that_tells_a_position_in_parts_is_added_up(hub: Looking) -> None:
    await hub.write(
        counted(WMS, stock_of(on_hand=3), source_id="bin-1"), counted(WMS, stock_of(on_hand=4), source_id="bin-2")
    )
    await hub.write(counted(WMS, stock_of(on_hand=5), 60, source_id="bin-1"))
    assert await figures(hub) == [(WH, WMS, "ON_HAND", 9)]


async def test_a_record_that_names_another_warehouse_moves_with_its_figures(hub: Looking) -> None:
    await hub.each(counted(WMS, stock_of(on_hand=3)), counted(WMS, stock_of(warehouse=EAST, on_hand=3), 60))
    assert await figures(hub) == [(EAST, WMS, "ON_HAND", 3)]
    assert [entity for _, entity, _ in await events(hub)] == [POSITION, position_id(MUG, EAST), POSITION]


async def test_a_record_that_names_no_place_is_kept_and_stands_nowhere(hub: Looking) -> None:
    nowhere = replace(stock_of(on_hand=3), refers=())
    await hub.write(counted(WMS, nowhere))
    assert await figures(hub) == []
    assert await hub.rows("select entity_id from record") == [("",)]
    await hub.write(counted(WMS, stock_of(on_hand=3), 60))
    assert await figures(hub) == [(WH, WMS, "ON_HAND", 3)]


async def test_supply_that_moves_is_told_though_no_figure_does(hub: Looking) -> None:
    coming = StockSupply(supply=(SupplyEvent(kind=SupplyKind.PO, quantity=Decimal(5)),))
    await hub.each(counted(ERP, stock_of(on_hand=3)), counted(ERP, stock_of(supply=coming, on_hand=3), 60))
    rows = await hub.rows("select payload -> 'changed_fields' from outbox order by id")
    assert [row[0] for row in rows] == [["quantities"], ["supply"]]


async def test_a_first_load_is_told_as_one(hub: Looking) -> None:
    await hub.write(counted(WMS, stock_of(on_hand=3)), origin=Origin.BASELINE)
    rows = await hub.rows("select payload ->> 'origin', payload ->> 'kind', payload ->> 'change' from outbox")
    assert rows == [("BASELINE", "INVENTORY", "CREATED")]


async def test_stock_and_orders_go_through_one_work(hub: Looking) -> None:
    applied = await hub.write(counted(WMS, stock_of(on_hand=3)), seen((SHOP, Kind.ORDER, "s0"), order()))
    assert len(applied.roots) == 2
    assert applied.kept == 2
    assert [event for event, _, _ in await events(hub)] == ["order.accepted", "inventory.adjusted"]


async def test_more_allocated_than_there_is_opens_a_case_and_stock_that_comes_resolves_it(hub: Looking) -> None:
    await hub.write(counted(WMS, stock_of(on_hand=10, allocated=15)))
    assert await oversold(hub) == [("MUG in WH: 5 more are promised than there are", "NEW")]
    await hub.write(counted(WMS, stock_of(on_hand=20, allocated=15), 60))
    assert await oversold(hub) == [("MUG in WH: 5 more are promised than there are", "RESOLVED")]


async def test_the_copy_of_a_shop_oversells_nothing(hub: Looking) -> None:
    await hub.write(counted(SHOP, stock_of(on_hand=1, allocated=15)))
    assert await oversold(hub) == []


async def test_a_figure_below_what_is_reserved_is_oversold(hub: Looking) -> None:
    await reserve(hub, 6)
    await hub.write(counted(WMS, stock_of(on_hand=10)))
    assert await oversold(hub) == []
    await hub.write(counted(WMS, stock_of(on_hand=5), 60))
    assert await oversold(hub) == [("MUG in WH: 1 more are promised than there are", "NEW")]


async def test_a_reservation_counts_until_figures_that_were_asked_for_after_the_warehouse_had_it(hub: Looking) -> None:
    await reserve(hub, 6, acknowledged=60)
    await hub.write(counted(WMS, stock_of(on_hand=5), 60))
    assert (await state_of_reservation(hub), len(await oversold(hub))) == ("ACTIVE", 1)
    await hub.write(counted(WMS, stock_of(on_hand=5, allocated=5), 61.5))
    assert await state_of_reservation(hub) == "CONSUMED"
    assert [status for _, status in await oversold(hub)] == ["RESOLVED"]


async def test_figures_of_another_system_do_not_end_a_reservation(hub: Looking) -> None:
    await reserve(hub, 1, acknowledged=0)
    await hub.write(counted(WMS, stock_of(on_hand=5)))
    await hub.write(counted(ERP, stock_of(on_hand=5), 60))
    assert await state_of_reservation(hub) == "ACTIVE"


async def test_a_reservation_whose_time_is_over_is_settled_as_expired(hub: Looking) -> None:
    await reserve(hub, 6, expires_at=at(-86_400))
    await hub.write(counted(WMS, stock_of(on_hand=5)))
    assert await state_of_reservation(hub) == ReservationState.EXPIRED
    assert await oversold(hub) == []


HISTORY = (
    (WMS, 0, {"on_hand": 9}),
    (WMS, 10, {"on_hand": 9, "allocated": 4}),
    (ERP, 5, {"on_hand": 8, "on_order": 3}),
    (WMS, 20, None),
    (ERP, 15, {"on_order": 2}),
    (WMS, 30, {"on_hand": 7, "damaged": 1}),
)
"""What two sources said of a position, and when."""


async def test_the_order_in_which_things_are_heard_and_repetition_change_nothing(hub: Looking) -> None:
    """Each item hears the same history in another order, some of it twice."""
    dice = random.Random(7)
    told = []
    for number in range(40):
        heard = [*HISTORY, *dice.sample(HISTORY, 3)] if number else list(HISTORY)
        dice.shuffle(heard)
        told.append([_said(f"SKU-{number:02d}", source, at_, figures) for source, at_, figures in heard])
    for step in range(9):
        await hub.write(*(one[step] for one in told if step < len(one)))
    rows = await hub.rows("select sku, source, name, value::int from stock order by 1, 2, 3")
    right = [(ERP, "ON_ORDER", 2), (WMS, "DAMAGED", 1), (WMS, "ON_HAND", 7)]
    assert [tuple(row) for row in rows] == [(f"SKU-{number:02d}", *one) for number in range(40) for one in right]
    off = """
      select k.sku from stock k where k.value <> (
        select sum(m.delta) from movement m where m.root_id = k.root_id and m.source = k.source and m.name = k.name)
    """
    assert await hub.rows(off) == []


def _said(sku: str, source: str, started: float, figures: dict[str, int] | None) -> Observation:
    content = None if figures is None else stock_of(sku, WH, None, **figures)
    return counted(source, content, started, source_id=sku)


async def test_writers_of_several_sources_meet_on_the_same_positions_and_all_go_through(hub: Looking) -> None:
    dice = random.Random(3)

    async def write(batch: list[Observation]) -> None:
        await hub.write(*batch)

    async with anyio.create_task_group() as group:
        for source, value in ((WMS, 1), (ERP, 2), (SHOP, 3)):
            for turn in range(3):
                skus = dice.sample(range(60), 60)
                batch = [
                    counted(source, stock_of(f"SKU-{sku}", on_hand=value), 10 * turn, source_id=f"{sku}")
                    for sku in skus
                ]
                batch.append(seen((SHOP, Kind.ORDER, f"s{turn}"), order(f"C{turn}"), 10 * turn))
                group.start_soon(write, batch)
    assert await hub.count("stock") == 180
    assert await hub.rows("select distinct version from root where kind = 'INVENTORY'") == [(3,)]


async def test_a_thousand_positions_go_in_one_transaction_and_again_write_no_row(hub: Looking) -> None:
    many = [counted(WMS, stock_of(f"SKU-{number}", on_hand=number), source_id=str(number)) for number in range(1_000)]
    await hub.write(*many)
    assert await hub.count("stock") == 1_000
    later = [replace(one, started=one.started + timedelta(60), finished=one.finished + timedelta(60)) for one in many]
    again = await hub.write(*later)
    assert (again.roots, await hub.count("movement"), await hub.count("outbox")) == ((), 1_000, 1_000)
