"""The sweeps of records."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hub.model.vocabulary import Kind
from hub.ports import Adapter, ChangePage
from sources.kit.stage import Stage
from sources.tryton_erp.rehearsal.stage import TrytonErpStage
from tests.sources.tryton_erp.conftest import CALL

Cursor = Mapping[str, Any]


async def walked(adapter: Adapter, kind: Kind, sweep: str, cursor: Cursor | None = None) -> list[ChangePage]:
    return [page async for page in adapter.changes(CALL, kind, sweep, cursor)]


def ids(pages: list[ChangePage], kind: Kind) -> list[int]:
    return [int(seen.source_id) for page in pages for seen in page.found if seen.kind is kind and seen.content]


async def test_a_first_run_goes_from_the_newest_back_and_knows_how_many_there_are(erp: Stage, adapter: Adapter) -> None:
    made = [int(await erp.place(1)) for _ in range(4)]
    pages = await walked(adapter, Kind.ORDER, "changed")
    found = ids(pages, Kind.ORDER)
    assert found == sorted(found, reverse=True)
    assert set(made) <= set(found)
    assert {page.total for page in pages} == {len(found)}


async def test_the_next_run_lists_what_is_younger_than_its_overlap_again_and_nothing_older(
    erp: Stage, adapter: Adapter
) -> None:
    await erp.place(1)
    last = (await walked(adapter, Kind.ORDER, "changed"))[-1].cursor
    assert set(last) == {"seen"}
    assert last["seen"] > "2026"
    year = int(str(last["seen"])[:4])
    later = {"seen": re.sub(r"^\d{4}", str(year - 1), str(last["seen"]))}
    again = await walked(adapter, Kind.ORDER, "changed", later)
    assert again[-1].total is None
    assert ids(again, Kind.ORDER)


async def test_a_move_leads_to_its_shipment_whose_header_stood_still(erp: Stage, adapter: Adapter) -> None:
    assert isinstance(erp, TrytonErpStage)
    lines = [("LAPTOP", "899.00", 5)]  # only three are there
    order = await erp.hands.sell(erp.hands.code(), lines)
    await erp.hands.press("sale.sale", order, "quote")
    await erp.hands.process(order)
    (shipment,) = (await erp.truth(order)).parcels
    stamp = await erp.hands.rest("GET", f"model/stock.shipment.out/{shipment}", f=["write_date"])
    cursor = {"seen": stamp["write_date"].isoformat() + "Z"}
    await erp.hands.press("stock.shipment.out", shipment, "assign_try")
    after = await erp.hands.rest("GET", f"model/stock.shipment.out/{shipment}", f=["write_date", "partially_assigned"])
    assert (after["write_date"], after["partially_assigned"]) == (stamp["write_date"], True)
    pages = await walked(adapter, Kind.SHIPMENT, "changed", cursor)
    (seen,) = [one for page in pages for one in page.found if one.kind is Kind.SHIPMENT and one.source_id == shipment]
    assert seen.content is not None
    assert [(line.quantities.ordered, line.quantities.allocated) for line in seen.content.lines] == [
        (Decimal(5), Decimal(3))
    ]


async def test_what_is_finished_is_not_among_the_open_ones(erp: Stage, adapter: Adapter) -> None:
    open_, off = await erp.place(1), await erp.place(1)
    await erp.take_off(off, "", 1)
    pages = await walked(adapter, Kind.ORDER, "open")
    assert int(open_) in ids(pages, Kind.ORDER)
    assert int(off) not in ids(pages, Kind.ORDER)
    assert pages[-1].cursor == {}


async def test_returns_have_a_sweep_of_their_own(erp: Stage, adapter: Adapter) -> None:
    assert isinstance(erp, TrytonErpStage)
    back = await erp.hands.sell("K" * 16 + "-R1", [("MUG", "7.50", -1)])
    pages = await walked(adapter, Kind.RETURN, "changed")
    assert ids(pages, Kind.RETURN) == [int(back)]
