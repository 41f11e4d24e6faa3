from hub.call import Call
from hub.model.intents import DeliveryState
from hub.read.sources import SourceState, health_of, sources_of, unread_of
from hub.store import tables
from hub.store.health import health_of_sources
from hub.store.store import Store
from tests.kit.orders import Kept, keep_order, keep_rows, landscape, make_order
from tests.kit.wholes import make_sent

CALL = Call(actor="rep", tenant="acme", correlation_id="correlation-1")


async def test_what_has_failed_thrice_by_itself_counts_as_what_cannot_be_read(store: Store, serving: Store) -> None:
    await keep_order(store, Kept(order=make_order()))
    rows = (("1", 3, "$.total: odd"), ("2", 9, "$.lines: odd"), ("3", 2, "odd"), ("4", 9, None))
    hints = [
        {"source": "shop", "kind": "ORDER", "source_id": name, "reason": "dirty", "attempts": attempts, "error": error}
        for name, attempts, error in rows
    ]
    await keep_rows(store, tables.hint, *hints)
    async with serving.glance(CALL) as tx:
        health = health_of(await health_of_sources(tx, "acme"))
    (source,) = sources_of(health, landscape())
    assert (unread_of(health, "shop"), source.open_hints) == ("ORDER 1: $.total: odd and 1 more", 4)


async def test_waiting_and_dead_work_is_counted_by_source(store: Store, serving: Store) -> None:
    sent = [
        make_sent(state, id=f"d{at}", key=f"k{at}")
        for at, state in enumerate(
            (DeliveryState.PENDING, DeliveryState.REVIEW, DeliveryState.DONE, DeliveryState.DEAD)
        )
    ]
    await keep_order(store, Kept(order=make_order(), deliveries=sent))
    arrived = {"id": "i1", "source": "shop", "delivery_id": "w1", "headers": {}, "body": b"", "state": "DEAD"}
    await keep_rows(store, tables.inbox, arrived | {"correlation_id": "correlation-1"})
    ran = {"source": "shop", "kind": "ORDER", "sweep": "changed", "cursor": {}, "seen": 3, "total": 4}
    await keep_rows(store, tables.cursor, ran)
    async with serving.glance(CALL) as tx:
        (source,) = sources_of(health_of(await health_of_sources(tx, "acme")), landscape())
    assert (source.pending_deliveries, source.open_dead_letters) == (2, 2)
    assert (source.state, source.sweeps[0].initial_load_percent) == (SourceState.NEVER_SYNCED, 75)
