"""Positions for readers, on PostgreSQL: filters, order, keyset, row security, what comes with each."""

from __future__ import annotations

import pytest

from hub.call import worker_call
from hub.codec import decode, plain
from hub.store.listing import EVERYTHING, Edge, Slice, Where
from hub.store.positions import Way, count_positions, positions, product_unit
from hub.store.store import Store
from tests.kit.merging import CALL, ERP, TENANT, WMS, Looking
from tests.kit.stock import EAST, WH, counted, stock_of


async def filled(store: Store) -> None:
    hub = Looking(store)
    places = [("MUG", WH), ("MUG", EAST), ("LAPTOP", WH), ("CHAIR", EAST)]
    await hub.write(
        *(counted(WMS, stock_of(*place, on_hand=7), source_id="@".join(place)) for place in places),
        counted(ERP, stock_of("MUG", WH, on_order=3)),
    )


async def listed(
    store: Store, way: Way, part: Slice, where: Where = EVERYTHING, tenant: str = TENANT
) -> list[tuple[str, str]]:
    async with store.glance(worker_call(tenant)) as tx:
        answer = await positions(tx, tenant, where, way, part)
    rows = [decode(said, dict) for said in answer.parts]
    return [(row["sku"], row["warehouse"]) for row in rows]


ALL = Slice(size=100)
IN_ORDER = [("CHAIR", EAST), ("LAPTOP", WH), ("MUG", WH), ("MUG", EAST)]


async def test_positions_come_by_item_or_by_warehouse(store: Store, serving: Store) -> None:
    await filled(store)
    assert await listed(serving, Way(), ALL) == IN_ORDER
    assert await listed(serving, Way(descending=True), ALL) == IN_ORDER[::-1]
    by_place = [("LAPTOP", WH), ("MUG", WH), ("CHAIR", EAST), ("MUG", EAST)]
    assert await listed(serving, Way(by_warehouse=True), ALL) == by_place


async def test_a_page_goes_on_from_its_edge_in_either_direction(store: Store, serving: Store) -> None:
    await filled(store)
    edge = Edge(value="LAPTOP", id=WH)
    assert await listed(serving, Way(), Slice(size=1, edge=edge)) == [("MUG", WH)]
    assert await listed(serving, Way(), Slice(size=9, edge=edge, backward=True)) == [("CHAIR", EAST)]
    last = Slice(size=2, edge=Edge(value="MUG", id=EAST), backward=True)
    assert await listed(serving, Way(), last) == [("LAPTOP", WH), ("MUG", WH)]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"sku": ("MUG",)}, [("MUG", WH), ("MUG", EAST)]),
        ({"warehouse": (EAST,)}, [("CHAIR", EAST), ("MUG", EAST)]),
        ({"sku": ("MUG",), "warehouse": (EAST,)}, [("MUG", EAST)]),
        ({"sku": ()}, []),
        ({"called": ("MUG@WH-EAST",)}, [("MUG", EAST)]),
        ({"called": ("LAPTOP",)}, [("LAPTOP", WH)]),
        ({"ids": ("inventory:WH:MUG", "nonsense")}, [("MUG", WH)]),
    ],
)
async def test_filters_narrow_and_count(
    store: Store, serving: Store, where: dict[str, tuple[str, ...]], found: list[tuple[str, str]]
) -> None:
    await filled(store)
    assert await listed(serving, Way(), ALL, where) == found
    async with serving.glance(CALL) as tx:
        assert await count_positions(tx, TENANT, where) == len(found)


async def test_another_tenant_sees_none_of_it(store: Store, serving: Store) -> None:
    await filled(store)
    assert await listed(serving, Way(), ALL, tenant="beta") == []


async def test_a_position_comes_with_its_figures_and_who_said_them(store: Store, serving: Store) -> None:
    await filled(store)
    async with serving.glance(CALL) as tx:
        answer = await positions(tx, TENANT, {"sku": ("MUG",), "warehouse": (WH,)}, Way(), ALL)
    (said,) = [decode(one, dict) for one in answer.parts]
    assert (said["id"], said["version"], said["place"], said["base_unit"]) == ("inventory:WH:MUG", 1, None, None)
    assert [(one["source"], one["name"], one["value"]) for one in said["figures"]] == [
        (ERP, "ON_ORDER", "3"),
        (WMS, "ON_HAND", "7"),
    ]
    assert sorted(one["source"] for one in said["records"]) == [ERP, WMS]
    assert plain(said["claims"]) == []


async def test_an_item_that_nobody_names_is_not_known(serving: Store) -> None:
    async with serving.glance(CALL) as tx:
        assert await product_unit(tx, TENANT, "NOTHING") == (False, None)
