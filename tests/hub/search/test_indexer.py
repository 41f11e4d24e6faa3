"""The index follows the log: each entity as it is now, merged ones gone, nothing where there is no index."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.changes.follow import Following, Holding, Seat
from hub.clock import SystemClock
from hub.errors import SearchAway
from hub.model.vocabulary import Kind
from hub.search.indexer import Indexer
from hub.search.rebuild import NAME
from hub.store.store import Store
from tests.kit.changes import make_line
from tests.kit.engine import ListEngine
from tests.kit.indexing import NOW, PREFIX, keep_hops, make_hop, means_over
from tests.kit.orders import Kept, keep_order, make_order
from tests.kit.searched import keep_things


def indexer(engine: ListEngine, store: Store) -> Indexer:
    seat = Seat(name=NAME, holder="one", lease=timedelta(seconds=30))
    following = Following(store=store, clock=SystemClock(), seat=seat)
    return Indexer(following, means_over(engine, store))


def holding() -> Holding:
    held = Holding(SystemClock(), NAME, 1)
    held.hold(asked_at=SystemClock().monotonic(), length=timedelta(seconds=30))
    return held


async def test_the_first_turn_makes_an_index_of_what_there_is(store: Store) -> None:
    engine = ListEngine()
    await keep_things(store)
    await keep_hops(store, [make_hop(30)])
    await indexer(engine, store).turn()
    assert set(engine.documents(f"{PREFIX}entity")) == {
        "acme:CUSTOMER:customer-4711", "acme:ORDER:order-SO-10051", "acme:ORDER:order-SO-20099",
        "acme:SHIPMENT:shipment-317", "beta:ORDER:order-SO-77777",
    }  # fmt: skip
    assert len(engine.documents(f"{PREFIX}hop")) == 1
    assert "buyer@acme.test" not in str(engine.indices)


async def test_a_page_brings_each_entity_as_it_is_now(store: Store) -> None:
    engine = ListEngine()
    mine = indexer(engine, store)
    await mine.turn()
    await keep_order(store, Kept(order=make_order("A1")))
    lines = [make_line(n, entity_id="order-A1", root_id="order-A1") for n in (1, 2)]
    await mine.apply([*lines, make_line(3, kind=Kind.INVENTORY, entity_id="x")], holding())
    (document,) = engine.documents(f"{PREFIX}entity").values()
    assert (document["number"], document["normalised"], document["updated_at"][:4]) == ("A1", ["a1"], "2026")
    async with store.across() as tx:
        await tx.connection.exec_driver_sql("update entity set redirect_to = 'order-A0', version = 2")
    await mine.apply(lines, holding())
    assert engine.documents(f"{PREFIX}entity") == {}


async def test_without_an_index_a_page_waits_and_makes_none(store: Store) -> None:
    engine = ListEngine()
    await keep_order(store, Kept(order=make_order("A1")))
    with pytest.raises(SearchAway):
        await indexer(engine, store).apply([make_line(1, entity_id="order-A1")], holding())
    assert engine.indices == {}


async def test_months_that_are_too_old_are_deleted_by_the_hub_itself(store: Store) -> None:
    engine = ListEngine()
    mine = indexer(engine, store)
    await mine.turn()
    (generation,) = {one.rsplit("-", 1)[1] for one in engine.indices if one.startswith(f"{PREFIX}entity")}
    old = f"{PREFIX}hop-2020.01-{generation}"
    engine.indices[old] = {}
    await mine.turn()
    assert old in engine.indices  # looked for once an hour
    again = indexer(engine, store)
    await again.turn()
    assert old not in engine.indices
    assert NOW.strftime(f"{PREFIX}hop-%Y.%m") in engine.aliases
