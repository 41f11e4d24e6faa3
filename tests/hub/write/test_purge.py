"""A retired source is purged: refused where it is too early, in batches, to be gone on with, with a trace of why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import InvalidInput
from hub.intake.muster import PATIENCE
from hub.merge.stock_ground import free_of
from hub.model.manifest import Landscape
from hub.model.vocabulary import Kind
from hub.store.holdings import Held
from hub.store.staged import stage
from hub.store.store import Store
from hub.store.tables import delivery, hint
from hub.write.purge import BATCH, Purge
from tests.kit.merging import CALL, ERP, SHOP, Looking, key, landscape, line, order, seen
from tests.kit.orders import keep_rows
from tests.kit.routed import Routed, bought, lying
from tests.kit.stock import MUG, WH, counted, lately, stock_of

EMPTY = Held(records={}, alone={}, figures=0, deliveries=0)


def retired(*names: str) -> Landscape:
    known = landscape()
    gone = {name: replace(known.sources[name], is_retired=True) for name in names}
    return replace(known, sources={**known.sources, **gone})


def purge(store: Store, sources: Landscape, name: str = SHOP) -> Purge:
    hub = Looking(store, sources)
    return Purge(store=store, writer=hub.writer, call=CALL, binding=sources.sources[name])


async def filled(store: Store, orders: int) -> Looking:
    """Orders of the shop, one of which the ERP has too, stock, and what the hub keeps of the shop itself."""
    hub = Looking(store)
    await hub.write(*(seen((SHOP, Kind.ORDER, f"o{at}"), order(f"C{at}", line("1", 2))) for at in range(orders)))
    await hub.write(seen((ERP, Kind.ORDER, "7"), order("S7", bears=(), refers=(key("shop.code", "C0"),)), started=2))
    await hub.write(lately(counted(SHOP, stock_of(on_hand=7), source_id="1")))
    await keep_rows(store, hint, {"source": SHOP, "kind": "ORDER", "source_id": "o9999", "reason": "webhook"})
    return hub


async def test_everything_that_it_said_goes_batch_by_batch_and_what_others_say_stays(store: Store) -> None:
    hub = await filled(store, BATCH + 1)
    work = purge(store, retired(SHOP))
    assert await work.look() == Held(
        records={Kind.INVENTORY: 1, Kind.ORDER: BATCH + 1}, alone={Kind.ORDER: BATCH}, figures=1, deliveries=0
    )
    counts = [count async for count in work.run("the shop was closed")]
    assert (sum(counts), max(counts)) == (BATCH + 2, BATCH)
    assert await work.look() == EMPTY
    for table in ("record", "identity", "link", "hint", "stock", "raw_answer"):
        rows = await hub.rows(f"select * from {table}")  # noqa: S608 (a name of ours)
        assert {getattr(row, "source", ERP) for row in rows} <= {ERP}
    assert len(await hub.rows("select id from entity where redirect_to is null")) == 1
    assert len(await hub.rows("select id from outbox where type = 'order.deleted'")) == BATCH
    (hop,) = await hub.rows("select operation, source, outcome from hop")
    assert tuple(hop) == (f"source.purged by {CALL.actor}: the shop was closed", SHOP, "OK")


async def test_one_that_was_stopped_in_the_middle_goes_on_with_the_rest(store: Store) -> None:
    await filled(store, BATCH + 1)
    work = purge(store, retired(SHOP))
    async for _ in work.run("stopped"):
        break
    assert sum((await work.look()).records.values()) == 2
    assert [count async for count in work.run("again")] == [1, 1]
    assert await work.look() == EMPTY


async def test_what_a_first_load_has_put_aside_is_not_applied_afterwards(store: Store) -> None:
    hub = await filled(store, 1)
    async with store.shard(CALL) as tx:
        for name in (SHOP, ERP):
            one = seen((name, Kind.ORDER, "9"), order("C9"))
            await stage(tx, CALL.tenant, [(one, (1, 2))], PATIENCE)
    async for _ in purge(store, retired(SHOP)).run("closed"):
        pass
    assert [row.source for row in await hub.rows("select source from staged")] == [ERP]
    assert await hub.count("staged_key") == 2


async def test_a_source_in_use_is_not_purged(store: Store) -> None:
    with pytest.raises(InvalidInput, match=r"shop is in use: set sources.shop.retired = true and restart the hub"):
        await purge(store, landscape()).look()


@pytest.mark.parametrize("state", ["PENDING", "CLAIMED", "UNKNOWN", "ACCEPTED", "REVIEW"])
async def test_a_source_with_open_deliveries_is_not_purged(store: Store, state: str) -> None:
    await owing(store, state)
    with pytest.raises(InvalidInput, match="1 deliveries to shop are open"):
        await purge(store, retired(SHOP)).look()


@pytest.mark.parametrize("state", ["DONE", "REFUSED", "DEAD", "WITHDRAWN"])
async def test_deliveries_that_have_ended_are_in_nobodys_way(store: Store, state: str) -> None:
    await owing(store, state)
    assert await purge(store, retired(SHOP)).look() == EMPTY


async def owing(store: Store, state: str) -> None:
    row = {"id": "d", "root_id": "a", "source": SHOP, "kind": "ORDER", "action": "order.cancel", "key": "k",
           "state": state, "content": {}, "hash": "", "correlation_id": "c"}  # fmt: skip
    await keep_rows(store, delivery, row)


async def test_what_was_held_back_for_orders_that_go_is_free_again(store: Store) -> None:
    hub = Routed(store)
    await hub.by()
    await hub.write(lying(5))
    await hub.write(bought("C0", line(quantity=2, sku=MUG)))
    assert await hub.stands() == [("1", WH, 2, "ACTIVE")]
    known = replace(hub.landscape, sources={**hub.landscape.sources, SHOP: retired(SHOP).sources[SHOP]})
    async for _ in purge(store, known).run("closed"):
        pass
    assert await hub.stands() == [("1", WH, 2, "RELEASED")]
    async with store.shard(CALL) as tx:
        assert await free_of(tx, CALL.tenant, {MUG}, known) == {MUG: 5}
