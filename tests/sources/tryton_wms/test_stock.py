"""Stock through the life of a shipment, a return and a transfer, by four questions a warehouse."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from hub.clock import SystemClock
from hub.model.vocabulary import Kind
from hub.ports import Adapter, Found, Missing
from hub.settings import Secret
from sources.kit.serve import serving
from sources.tryton_wms.adapter import TrytonWmsSettings, connect
from sources.tryton_wms.rehearsal.stand import DATABASE, Stand
from tests.sources.tryton_wms.conftest import CALL, PASSWORD, USER

INVENTORY = Kind.INVENTORY


@pytest.fixture
async def adapter(stand: Stand) -> AsyncIterator[Adapter]:
    settings = TrytonWmsSettings(user=USER, password=Secret(PASSWORD), database=DATABASE, page=3)
    async with serving(stand.app) as url:
        made = connect(settings, url=url, source="wms", clock=SystemClock())
        await made.login(CALL)
        yield made
        await made.close()


async def counted(adapter: Adapter) -> dict[str, tuple[Decimal, ...]]:
    """Figures by `warehouse sku`, of a whole sweep."""
    found = {}
    async for page in adapter.changes(CALL, INVENTORY, "all", None):
        for seen in page.found:
            assert seen.content is not None
            assert seen.content.inventory is not None
            assert seen.content.inventory.figures is not None
            sku, place = (key.value for key in seen.content.refers)
            found[f"{place} {sku}"] = tuple(one.value for one in seen.content.inventory.figures.told)
    return found


def figures(*values: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(value) for value in values)


async def test_every_item_is_told_of_in_every_warehouse(adapter: Adapter) -> None:
    found = await counted(adapter)
    assert found == {
        "WH TSHIRT-M": figures(100, 0, 0, 0),
        "WH MUG": figures(500, 0, 0, 0),
        "WH LAPTOP": figures(3, 0, 0, 0),
        "WH FLOUR": (Decimal("250.5"), Decimal(0), Decimal(0), Decimal(0)),
        "WH-EAST TSHIRT-M": figures(20, 0, 0, 0),
        "WH-EAST MUG": figures(0, 0, 0, 0),
        "WH-EAST LAPTOP": figures(2, 0, 0, 0),
        "WH-EAST FLOUR": figures(0, 0, 0, 0),
    }


async def test_units_are_promised_staged_and_gone(stand: Stand, adapter: Adapter) -> None:
    scene = stand.scene
    one = scene.take_in("C/1", [("TSHIRT-M", 70), ("MUG", 2)])
    right = {
        "waiting": (figures(100, 0, 0, 0), figures(500, 0, 0, 0)),
        "assigned": (figures(100, 70, 0, 0), figures(500, 2, 0, 0)),
        "picked": (figures(100, 70, 70, 0), figures(500, 2, 2, 0)),
        "packed": (figures(100, 70, 70, 0), figures(500, 2, 2, 0)),
        "done": (figures(30, 0, 0, 0), figures(498, 0, 0, 0)),
    }
    for state, (shirts, mugs) in right.items():
        scene.carry(one, state)
        found = await counted(adapter)
        assert (found["WH TSHIRT-M"], found["WH MUG"]) == (shirts, mugs), state


async def test_what_comes_back_is_on_hold_until_it_is_put_away(stand: Stand, adapter: Adapter) -> None:
    back = stand.scene.expect_back("C-R1", [("MUG", 4)])
    stand.scene.receive(back, put_away=False)
    assert (await counted(adapter))["WH MUG"] == figures(504, 0, 0, 4)
    stand.work.done(back)
    assert (await counted(adapter))["WH MUG"] == figures(504, 0, 0, 0)


async def test_goods_on_the_road_are_nowhere(stand: Stand, adapter: Adapter) -> None:
    road = stand.scene.transfer("WH", "WH-EAST", [("MUG", 10)], lead_days=2, upto="assigned")
    assert (await counted(adapter))["WH MUG"] == figures(500, 10, 0, 0)
    stand.work.ship(road)
    found = await counted(adapter)
    assert (found["WH MUG"], found["WH-EAST MUG"]) == (figures(490, 0, 0, 0), figures(0, 0, 0, 0))
    stand.work.done(road)
    assert (await counted(adapter))["WH-EAST MUG"] == figures(10, 0, 0, 0)


async def test_a_killed_stocktaking_goes_on_where_it_was(adapter: Adapter) -> None:
    whole = [page async for page in adapter.changes(CALL, INVENTORY, "all", None)]
    assert [len(page.found) for page in whole] == [3, 1, 3, 1]
    for kept in range(1, len(whole)):
        rest = [page async for page in adapter.changes(CALL, INVENTORY, "all", whole[kept - 1].cursor)]
        assert [page.found for page in rest] == [page.found for page in whole[kept:]]
    assert [page.is_last for page in whole] == [False, False, False, True]
    assert whole[-1].cursor == {"warehouse": None, "after": None}


async def test_positions_are_read_again_by_warehouse_and_item(stand: Stand, adapter: Adapter) -> None:
    pages = [page async for page in adapter.changes(CALL, INVENTORY, "all", None)]
    known = {seen.source_id: seen for page in pages for seen in page.found}
    some = list(known)[::3]
    answers = await adapter.read(CALL, INVENTORY, [*some, "1/999", "999/1", "x", "1", "/", ""])
    assert [answers[one] for one in some] == [Found(seen=(known[one],)) for one in some]
    assert [answers[one] for one in ("1/999", "999/1", "x", "1", "/", "")] == [Missing()] * 6


async def test_a_system_without_warehouses_has_no_stock(adapter: Adapter, stand: Stand) -> None:
    for place in stand.depot.zones:
        stand.depot.tables.of("stock.location").drop(place)
    pages = [page async for page in adapter.changes(CALL, INVENTORY, "all", None)]
    assert [(page.found, page.is_last) for page in pages] == [((), True)]
