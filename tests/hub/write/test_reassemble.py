"""Everything that is kept is assembled anew; only what comes out otherwise moves."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from hub.model.vocabulary import Kind
from hub.store.store import Store
from hub.write.reassemble import BATCH, Reassembly
from tests.kit.merging import CALL, ERP, SHOP, Looking, order, seen
from tests.kit.stock import counted, lately, stock_of

SPOIL = text("update entity set doc = jsonb_set(doc, '{number}', '\"old\"')")


async def filled(store: Store, orders: int) -> Looking:
    hub = Looking(store)
    await hub.write(*(seen((SHOP, Kind.ORDER, f"o{at}"), order(f"C{at}")) for at in range(orders)))
    await hub.write(seen((ERP, Kind.ORDER, "7"), order("S7", bears=())))
    await hub.write(lately(counted(ERP, stock_of(on_hand=7), source_id="1")))
    return hub


async def test_what_comes_out_the_same_is_neither_written_nor_told(store: Store) -> None:
    hub = await filled(store, 2)
    told = await hub.count("outbox")
    work = Reassembly(store=store, writer=hub.writer, call=CALL)
    assert (await work.count(), [one async for one in work.run()]) == (3, [(3, 0)])
    assert await hub.count("outbox") == told


async def test_a_document_that_an_older_release_wrote_is_written_anew(store: Store) -> None:
    hub = await filled(store, BATCH)
    async with store.shard(CALL) as tx:
        await tx.execute(SPOIL)
    work = Reassembly(store=store, writer=hub.writer, call=CALL)
    assert [one async for one in work.run()] == [(BATCH, BATCH), (1, 1)]
    rows = await hub.rows("select doc ->> 'number' as number, version from entity")
    assert {(row.number, row.version) for row in rows} == {("S7", 2), *((f"C{at}", 2) for at in range(BATCH))}


@pytest.mark.parametrize(
    ("kind", "source", "roots"),
    [(None, SHOP, 2), (None, ERP, 1), (Kind.ORDER, None, 3), (Kind.CUSTOMER, None, 0), (Kind.ORDER, ERP, 1)],
)
async def test_some_of_it_can_be_chosen(store: Store, kind: Kind | None, source: str | None, roots: int) -> None:
    hub = await filled(store, 2)
    work = Reassembly(store=store, writer=hub.writer, call=CALL, kind=kind, source=source)
    assert (await work.count(), sum([looked async for looked, _ in work.run()])) == (roots, roots)
