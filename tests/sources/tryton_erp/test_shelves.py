"""Stock figures."""

from decimal import Decimal

import msgspec
import pytest

from hub.errors import SourceGarbled
from hub.model.inventory import QuantityName
from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.ports import Adapter
from sources.kit.stage import Stage
from sources.tryton_erp.rehearsal.stage import TrytonErpStage
from sources.tryton_erp.shelves import decoded_all
from sources.tryton_erp.wire import Row
from tests.sources.tryton_erp.conftest import CALL


def figures(found: tuple[Seen, ...]) -> dict[tuple[str, str], dict[QuantityName, Decimal]]:
    told: dict[tuple[str, str], dict[QuantityName, Decimal]] = {}
    for seen in found:
        assert seen.content is not None
        assert seen.content.inventory is not None
        assert seen.content.inventory.figures is not None
        sku, place = (key.value for key in seen.content.refers)
        told[sku, place] = {one.name: one.value for one in seen.content.inventory.figures.told}
    return told


async def test_every_item_is_told_in_every_warehouse_page_by_page(adapter: Adapter) -> None:
    pages = [page async for page in adapter.changes(CALL, Kind.INVENTORY, "stock", None)]
    assert [page.is_last for page in pages] == [False, True]
    told = {key: value for page in pages for key, value in figures(page.found).items()}
    assert len(told) == 8
    assert told["FLOUR", "WH"][QuantityName.ON_HAND] == Decimal("250.5")
    assert told["MUG", "WH-EAST"][QuantityName.ON_HAND] == 0
    rest = [page async for page in adapter.changes(CALL, Kind.INVENTORY, "stock", pages[0].cursor)]
    assert {seen.source_id for seen in rest[0].found} == {seen.source_id for seen in pages[1].found}


async def test_what_is_assigned_lies_there_until_it_has_left(erp: Stage, adapter: Adapter) -> None:
    assert isinstance(erp, TrytonErpStage)
    order = await erp.hands.sell(erp.hands.code(), [("LAPTOP", "899.00", 2)])
    await erp.hands.press("sale.sale", order, "quote")
    await erp.hands.process(order)
    (shipment,) = (await erp.truth(order)).parcels
    await erp.hands.press("stock.shipment.out", shipment, "assign_try")
    pages = [page async for page in adapter.changes(CALL, Kind.INVENTORY, "moves", None)]
    told = {key: value for page in pages for key, value in figures(page.found).items()}
    assert told["LAPTOP", "WH"] == {
        QuantityName.ON_HAND: Decimal(3), QuantityName.ALLOCATED: Decimal(2), QuantityName.AVAILABLE: Decimal(1),
    }  # fmt: skip
    again = [page async for page in adapter.changes(CALL, Kind.INVENTORY, "moves", pages[-1].cursor)]
    assert {sku for page in again for sku, _ in figures(page.found)} == {"LAPTOP"}


def test_a_row_that_is_none_is_garbled() -> None:
    with pytest.raises(SourceGarbled, match=r"\$\[1\]"):
        decoded_all([msgspec.Raw(b'{"id": 1}'), msgspec.Raw(b"{}")], Row, "erp")
