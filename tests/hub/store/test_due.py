"""One look says where something is due (design D8)."""

from __future__ import annotations

from datetime import timedelta

from hub.model.vocabulary import Kind
from hub.store.due import Due, due_at
from hub.store.hints import RAISE_HINTS, HintRow
from hub.store.inbox import Arrival, put_arrival
from hub.store.store import Store
from tests.kit.gates import ACME, cancel
from tests.kit.rows import Sent, put_delivery

SHOP, ERP = ("acme", "shop"), ("acme", "erp")
NOTHING = Due(arrivals=False, pending=frozenset(), doubtful=frozenset(), hinted=frozenset())


async def seen(store: Store, *sources: tuple[str, str]) -> Due:
    async with store.survey() as tx:
        return await due_at(tx, sources)


async def test_where_nothing_waits_nothing_is_due(store: Store) -> None:
    await put_delivery(store, ACME, Sent(id="later", intent=cancel("o1"), due=timedelta(hours=1)))
    assert await seen(store, SHOP, ERP) == NOTHING
    assert await seen(store) == NOTHING


async def test_each_sort_of_work_is_told_where_it_is(store: Store) -> None:
    await put_delivery(store, ACME, Sent(id="d1", intent=cancel("o1")))
    await put_delivery(store, ACME, Sent(id="d2", intent=cancel("o2"), state="UNKNOWN"))
    hint = HintRow(
        source="erp", kind=Kind.ORDER, source_id="o1", reason="webhook", priority=5, wait_seconds=0.0,
        correlation_id="c1",
    )  # fmt: skip
    async with store.shard(ACME) as tx:
        await RAISE_HINTS.write(tx, "acme", [hint])
    here, there = frozenset({SHOP}), frozenset({ERP})
    assert await seen(store, SHOP, ERP) == Due(arrivals=False, pending=here, doubtful=here, hinted=there)
    assert await seen(store, ("beta", "shop")) == NOTHING


async def test_what_came_in_is_due_whoever_sent_it(store: Store) -> None:
    arrival = Arrival(
        id="a1", tenant="acme", source="gone", delivery_id="1", headers={}, body=b"1", correlation_id="c1"
    )
    async with store.shard(ACME) as tx:
        await put_arrival(tx, arrival)
    assert (await seen(store)).arrivals
    assert (await seen(store, SHOP)).arrivals
