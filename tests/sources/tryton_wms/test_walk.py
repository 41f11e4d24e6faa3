"""Sweeps over the rehearsal: newest first, what hangs on a head, what is gone."""

from collections.abc import Mapping
from typing import Any

import pytest

from hub.errors import CursorExpired
from hub.model.vocabulary import Kind
from hub.ports import Adapter, ChangePage
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.tryton_wms.rehearsal.hands import Hands
from sources.tryton_wms.rehearsal.stage import TrytonWmsStage
from sources.tryton_wms.walk import absent
from tests.sources.tryton_wms.conftest import CALL

SHIPMENT = Kind.SHIPMENT
Run = tuple[list[ChangePage], Mapping[str, Any]]


async def run(adapter: Adapter, sweep: str, cursor: Mapping[str, Any] | None = None, kind: Kind = SHIPMENT) -> Run:
    pages = [page async for page in adapter.changes(CALL, kind, sweep, cursor)]
    return pages, pages[-1].cursor


def ids(pages: list[ChangePage], kind: Kind = SHIPMENT) -> list[str]:
    return [seen.source_id for page in pages for seen in page.found if seen.kind is kind]


def hands_of(wms: Stage) -> Hands:
    assert isinstance(wms, TrytonWmsStage)
    return wms.hands


async def test_a_first_run_goes_from_the_newest_down_and_says_how_many_there_are(wms: Stage) -> None:
    mine = [await wms.place(1) for _ in range(4)]
    async with Bench(wms).adapter(page=2) as adapter:
        pages, _ = await run(adapter, "changed")
    found = ids(pages)
    assert found == sorted(found, key=int, reverse=True)
    assert found[:4] == mine[::-1]
    assert ids(pages, Kind.FULFILLMENT_ORDER) == found
    assert {page.total for page in pages} == {len(found)}


@pytest.mark.parametrize("step", ["assign_try", "parcel", "relabel"])
async def test_what_leaves_the_heads_date_alone_is_still_seen(wms: Stage, step: str) -> None:
    hands = hands_of(wms)
    one = await wms.place(900_000)  # more than there is: assigned in part, which writes moves alone
    if step != "assign_try":
        await hands.assign(one)
        await hands.step(one, "pick")
        await hands.parcel(one, "FIRST")
    async with Bench(wms).adapter() as adapter:
        _, cursor = await run(adapter, "changed")
        (row,) = await hands.rows("stock.shipment.out", [["id", "=", int(one)]], ["write_date"])
        before = row["write_date"]
        if step == "assign_try":
            await hands.step(one, "assign_try")
        elif step == "parcel":
            await hands.parcel(one, "SECOND")
        else:
            await hands.relabel(one)
        (row,) = await hands.rows("stock.shipment.out", [["id", "=", int(one)]], ["write_date"])
        assert row["write_date"] == before
        pages, _ = await run(adapter, "changed", cursor)
        assert one in ids(pages)


async def test_a_later_run_reads_what_was_written_since_with_overlap(wms: Stage) -> None:
    async with Bench(wms).adapter(page=2) as adapter:
        _, cursor = await run(adapter, "changed")
        later = {"seen": "2100-01-01T00:00:00+00:00"}
        with pytest.raises(CursorExpired):
            await run(adapter, "changed", later)
        one = await wms.place(2)
        pages, after = await run(adapter, "changed", cursor)
        assert one in ids(pages)
        assert after["seen"] > cursor["seen"]
        assert (after["at"], after["until"], after["down"]) == (None, None, False)


async def test_what_is_deleted_while_it_was_open_is_gone_as_both_that_it_was(wms: Stage) -> None:
    hands = hands_of(wms)
    kept, dropped, left = [await wms.place(1) for _ in range(3)]
    async with Bench(wms).adapter(page=2) as adapter:
        pages, cursor = await run(adapter, "open")
        assert {kept, dropped, left} <= set(ids(pages))
        await hands.rpc("model.stock.shipment.out.delete", [int(dropped)])
        await wms.ship(left)
        pages, cursor = await run(adapter, "open", cursor)
        told = {(seen.kind, seen.source_id): seen.content for page in pages for seen in page.found}
        assert told[SHIPMENT, dropped] is told[Kind.FULFILLMENT_ORDER, dropped] is None
        gone_out = told[SHIPMENT, left]
        assert gone_out is not None
        assert gone_out.raw_status == "done"
        pages, _ = await run(adapter, "open", cursor)
        assert not {dropped, left} & set(ids(pages))


@pytest.mark.parametrize(
    ("kind", "sweep", "codes"),
    [
        (Kind.PRODUCT, "changed", ["FLOUR", "LAPTOP", "MUG", "TSHIRT-M"]),
        (Kind.WAREHOUSE, "all", ["WH", "WH-EAST"]),
    ],
)
async def test_masters_come_by_their_codes(wms: Stage, kind: Kind, sweep: str, codes: list[str]) -> None:
    async with Bench(wms).adapter(page=1) as adapter:
        pages, cursor = await run(adapter, sweep, kind=kind)
        told = [seen.content.number for page in pages for seen in page.found if seen.content]
        assert told == codes
        again, _ = await run(adapter, sweep, cursor, kind=kind)
        assert len(again) >= 1


def test_an_absent_object_of_another_kind_is_absent_once() -> None:
    assert [(one.kind, one.source_id, one.content) for one in absent(Kind.RETURN, "7")] == [(Kind.RETURN, "7", None)]
    assert [one.kind for one in absent(Kind.FULFILLMENT_ORDER, "7")] == [SHIPMENT, Kind.FULFILLMENT_ORDER]
