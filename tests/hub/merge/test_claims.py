"""Reservations through the one writer: given under lock, let go of once, counted until the figures contain them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import anyio
import pytest

from hub.merge.claims import Claims, Lying
from hub.merge.work import Work
from hub.model.ids import position_id
from hub.model.inventory import ReservationState
from hub.model.order import PartialPolicy
from hub.model.policy import RoutingPolicy, Shortage
from hub.model.vocabulary import Kind
from hub.store.stock import ReservationRow
from hub.store.store import Store
from tests.kit.merging import CALL, SHOP, START, WMS, key, line, seen, shipment
from tests.kit.routed import Routed, bought, lying, placed
from tests.kit.stock import EAST, MUG, WH

POSITION = position_id(MUG, WH)


@pytest.fixture
def hub(store: Store) -> Routed:
    return Routed(store)


async def cases(hub: Routed, code: str) -> list[tuple[str, str]]:
    rows = await hub.rows("select title, status from exception_case where code = :code", code=code)
    return [(row[0], row[1]) for row in rows]


async def test_an_order_is_given_its_units_and_says_which_warehouse_and_why(hub: Routed) -> None:
    await hub.by()
    await hub.write(lying(5))
    await hub.write(bought("C0", line(quantity=2, sku=MUG)))
    assert await hub.stands() == [("1", WH, 2, "ACTIVE")]
    doc = await hub.order()
    decision = doc["routing_decision"]
    assert (decision["policy"], decision["policy_version"], decision["outcome"]) == ("plain", 1, "COMPLETE")
    assert [(one["warehouse"], one["verdict"], one["rank"]) for one in decision["options"]] == [(WH, "PASS", 1)]
    assert doc["lines"][0]["quantities"]["allocated"] == "2"
    assert (doc["status"], doc["facets"]["allocation"]) == ("ALLOCATED", "FULL")


async def test_what_a_shop_counts_as_allocated_has_no_warehouse_yet(hub: Routed) -> None:
    await hub.by()
    await hub.write(lying(5))
    await hub.write(bought("C0", line(quantity=2, sku=MUG, allocated=2)))
    assert await hub.stands() == [("1", WH, 2, "ACTIVE")]
    assert (await hub.order())["lines"][0]["quantities"]["allocated"] == "2"


async def test_a_position_moves_and_says_so_when_its_units_are_held_back(hub: Routed) -> None:
    await hub.by()
    await hub.write(lying(5))
    await hub.write(bought("C0"))
    assert await hub.rows("select version from root where id = :id", id=POSITION) == [(2,)]
    told = await hub.rows(
        "select entity_version, payload ->> 'changed_fields' from outbox where aggregateid = :id order by id",
        id=POSITION,
    )
    assert [row[0] for row in told] == [1, 2]
    assert "reservations" in told[1][1]


async def test_without_a_policy_the_hub_chooses_no_warehouse(hub: Routed) -> None:
    await hub.write(lying(5))
    await hub.write(bought("C0"))
    assert await hub.stands() == []
    assert (await hub.order())["routing_decision"] is None


async def test_two_orders_of_one_transaction_are_not_given_the_same_unit(hub: Routed) -> None:
    await hub.by()
    await hub.write(lying(3))
    await hub.write(bought("C0", line(quantity=2, sku=MUG)), bought("C1", line(quantity=2, sku=MUG)))
    assert sorted((place, units) for _, place, units, _ in await hub.stands()) == [("", 1), (WH, 1), (WH, 2)]
    ((title, status),) = await cases(hub, "STOCKOUT")
    assert (title.endswith("lacks 1 of MUG"), status) == (True, "NEW")


async def test_orders_at_once_are_given_exactly_what_there_is(hub: Routed) -> None:
    await hub.by(RoutingPolicy(shortage=Shortage.WAIT))
    await hub.write(lying(4), lying(3, EAST))
    async with anyio.create_task_group() as tasks:
        for number in range(12):
            tasks.start_soon(hub.write, bought(f"C{number}"))
    held = await hub.rows(
        "select warehouse, sum(quantity)::int from reservation where state = 'ACTIVE' and quantity > 0 group by 1"
    )
    assert sorted(tuple(row) for row in held) == [(WH, 4), (EAST, 3)]
    assert len(await cases(hub, "STOCKOUT")) == 5


async def test_what_is_cancelled_is_let_go_of_once_and_another_order_takes_it(hub: Routed) -> None:
    await hub.by()
    await hub.write(lying(2))
    await hub.write(bought("C0", line(quantity=2, sku=MUG)))
    await hub.write(bought("C1", line(quantity=2, sku=MUG)))
    await hub.write(seen((SHOP, Kind.ORDER, "C0"), placed("C0", line(quantity=2, sku=MUG), status="CANCELLED"), 60))
    assert ("1", WH, 2, "RELEASED") in await hub.stands()
    ((root,),) = await hub.rows("select root_id from entity where number = 'C1'")
    await hub.writer.write(CALL, Work(wake=(root,)))
    assert await hub.rows(
        "select warehouse, quantity::int, state from reservation where root_id = :root order by id", root=root
    ) == [("", 2, "RELEASED"), (WH, 2, "ACTIVE")]
    assert await cases(hub, "STOCKOUT") == [("order C1 lacks 2 of MUG", "RESOLVED")]


@pytest.mark.parametrize("days", [-36_500, 36_500])
async def test_a_shop_whose_clock_is_wrong_by_a_century_is_served_like_any_other(hub: Routed, days: int) -> None:
    await hub.by()
    await hub.write(lying(5))
    said = placed("C0", line(quantity=2, sku=MUG))
    assert said.order is not None
    assert said.order.commercial is not None
    head = replace(said.order.commercial, placed_at=START + timedelta(days=days))
    skewed = replace(said, order=replace(said.order, commercial=head))
    await hub.write(seen((SHOP, Kind.ORDER, "C0"), skewed))
    is_captured = days > 0  # else it was placed before the hub was to carry anything, by the shop's own word (Flow-3)
    assert await hub.stands() == ([("1", WH, 2, "ACTIVE")] if is_captured else [])
    assert await hub.rows("select code from exception_case") == []


async def test_a_cancelled_part_is_let_go_of(hub: Routed) -> None:
    await hub.by()
    await hub.write(lying(5))
    await hub.write(bought("C0", line(quantity=3, sku=MUG)))
    part = placed("C0", line(quantity=3, sku=MUG, cancelled=1))
    await hub.write(seen((SHOP, Kind.ORDER, "C0"), part, 60))
    assert await hub.stands() == [("1", WH, 2, "ACTIVE")]


async def test_who_wants_all_at_once_holds_nothing_back_until_all_is_there(hub: Routed) -> None:
    await hub.by()
    await hub.write(lying(2))
    whole = PartialPolicy.SHIP_COMPLETE
    await hub.write(bought("C0", line(quantity=3, sku=MUG), partial=whole))
    assert await hub.stands() == []
    assert (await hub.order())["status"] == "ACCEPTED"
    await hub.write(lying(3))
    ((root,),) = await hub.rows("select root_id from entity where number = 'C0'")
    await hub.writer.write(CALL, Work(wake=(root,)))
    assert await hub.stands() == [("1", WH, 3, "ACTIVE")]


async def test_units_count_until_figures_that_were_asked_for_after_the_warehouse_took_them(hub: Routed) -> None:
    await hub.by()
    await hub.write(lying(5))
    await hub.write(bought("C0", line(quantity=2, sku=MUG)))
    await hub.write(lying(5))
    assert await hub.stands() == [("1", WH, 2, "ACTIVE")]
    took = shipment(
        key("shop.code", "C0"), status="PLANNED", milestones=(), lines=(line(sku=MUG, quantity=2, allocated=2),)
    )
    await hub.write(seen((WMS, Kind.SHIPMENT, "5"), took, 60))
    ((acknowledged,),) = await hub.rows("select acknowledged_at is not null from reservation")
    assert acknowledged
    await hub.write(lying(5, ago=60.0, allocated=0))
    assert await hub.stands() == [("1", WH, 2, "ACTIVE")]
    await hub.write(lying(5, allocated=2))
    assert await hub.stands() == [("1", WH, 2, "CONSUMED")]
    assert (await hub.order())["lines"][0]["quantities"]["allocated"] == "2"


async def test_a_count_below_what_is_held_back_is_oversold(hub: Routed) -> None:
    await hub.by()
    await hub.write(lying(5))
    await hub.write(bought("C0", line(quantity=4, sku=MUG)))
    await hub.write(lying(3))
    assert await cases(hub, "OVERSOLD") == [("MUG in WH: 1 more are promised than there are", "NEW")]


async def test_old_figures_promise_nothing(hub: Routed) -> None:
    await hub.by()
    await hub.write(lying(5, ago=7200.0))
    await hub.write(bought("C0"))
    decision = (await hub.order())["routing_decision"]
    assert decision["outcome"] == "WAITING"
    assert [(one["rule"], one["reason"]) for one in decision["options"]] == [("FEED", "the figures of wms are too old")]


async def test_an_order_keeps_the_version_that_it_was_routed_by(hub: Routed) -> None:
    await hub.by(RoutingPolicy(priority=(EAST,)))
    await hub.write(lying(5), lying(1, EAST))
    await hub.write(bought("C0", line(quantity=6, sku=MUG)))
    await hub.by(RoutingPolicy(priority=(WH,), max_splits=1))
    ((root,),) = await hub.rows("select root_id from entity where number = 'C0'")
    await hub.writer.write(CALL, Work(wake=(root,)))
    assert (await hub.order())["routing_decision"]["policy_version"] == 1
    assert sorted((place, units) for _, place, units, _ in await hub.stands()) == [("", 1), (WH, 5)]
    await hub.write(bought("C1"))
    decision = (await hub.order("C1"))["routing_decision"]
    assert (decision["policy_version"], decision["outcome"]) == (2, "WAITING")


async def test_each_decision_that_was_replaced_is_remembered_with_its_version_and_time(hub: Routed) -> None:
    await hub.by()
    await hub.write(lying(1))
    await hub.write(bought("C0", line(quantity=3, sku=MUG)))
    assert (await hub.order())["earlier_decisions"] == []
    ((root,),) = await hub.rows("select root_id from entity where number = 'C0'")
    for units in (2, 3):
        await hub.write(lying(units))
        await hub.writer.write(CALL, Work(wake=(root,)))
    doc = await hub.order()
    earlier = doc["earlier_decisions"]
    assert [(one["outcome"], one["policy_version"], one["options"]) for one in earlier] == [("PARTIAL", 1, [])] * 2
    assert doc["routing_decision"]["outcome"] == "COMPLETE"
    assert sorted(one["decided_at"] for one in earlier) == [one["decided_at"] for one in earlier]
    await hub.writer.write(CALL, Work(wake=(root,)))
    assert (await hub.order())["earlier_decisions"] == earlier


def test_what_was_held_back_for_an_order_that_is_another_one_now_is_let_go_of_under_the_lock_of_its_position() -> None:
    row = ReservationRow(id="o2/1/WH", root_id="o2", line="1", sku=MUG, warehouse=WH, quantity=Decimal(2))
    gone = replace(row, state=ReservationState.RELEASED)
    before = Claims(routings=(), lying=Lying(), mine={"o2": {row.id: row}})
    before.let_go(["o2"])
    assert (before.missing, before.touched) == ({MUG}, set())
    locked = Lying(skus=frozenset({MUG}), locked=(POSITION,), claims={POSITION: [row]})
    after = Claims(routings=(), lying=locked, mine={"o2": {row.id: row}})
    after.let_go(["o1", "o2"])
    assert (after.missing, after.touched, after.changed) == (set(), {POSITION}, {row.id: gone})
    assert locked.claims == {POSITION: []}
