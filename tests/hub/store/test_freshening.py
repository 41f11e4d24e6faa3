from datetime import timedelta

from sqlalchemy import text

from hub.call import Call, worker_call
from hub.model.vocabulary import Kind
from hub.store import tables
from hub.store.freshening import Asked, ask_again, still_old
from hub.store.store import Store
from tests.kit.orders import NOON, Kept, keep_order, keep_rows, make_order, make_record

CALL = Call(actor="rep", tenant="acme", correlation_id="correlation-1")
ASKED = Asked(source="shop", kind=Kind.ORDER, source_id="shop-R7K2", since=NOON + timedelta(minutes=1))


async def test_asking_again_raises_one_hint_that_goes_first(store: Store, serving: Store) -> None:
    for _ in range(2):
        async with serving.shard(CALL) as tx:
            await ask_again(tx, "acme", [ASKED], "correlation-1")
    async with store.glance(worker_call("acme")) as tx:
        rows = (await tx.execute(text("select source_id, counter, is_open, priority, reason from hint"))).all()
    assert [tuple(row) for row in rows] == [("shop-R7K2", 2, True, 1, "freshness")]


async def test_an_object_is_old_until_it_was_read_after_it_was_asked_for(store: Store, serving: Store) -> None:
    await keep_order(store, Kept(order=make_order(), records=[make_record()]))
    async with serving.glance(CALL) as tx:
        assert await still_old(tx, "acme", [ASKED]) == 1
    async with store.shard(worker_call("acme")) as tx:
        await tx.execute(tables.record.update().values(started=ASKED.since, finished=ASKED.since))
    async with serving.glance(CALL) as tx:
        assert await still_old(tx, "acme", [ASKED]) == 0


async def test_not_found_is_an_answer_as_well(store: Store, serving: Store) -> None:
    absent = {"source": "shop", "kind": "ORDER", "source_id": "shop-R7K2"}
    await keep_rows(store, tables.absence, absent | {"started": ASKED.since, "finished": ASKED.since})
    async with serving.glance(CALL) as tx:
        assert await still_old(tx, "acme", [ASKED]) == 0
        assert await still_old(tx, "acme", []) == 0
