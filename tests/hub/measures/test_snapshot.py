"""What the store holds is told as it stands, and nothing of what is gone."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from hub.call import worker_call
from hub.measures.snapshot import Snapshot
from hub.store.bus_places import BusPlace, keep_places
from hub.store.cluster import Cluster
from hub.store.followers import park, say_why, take_follower
from hub.store.roles import Role
from hub.store.store import Store, open_store
from tests.kit.changes import make_line
from tests.kit.pg import fresh_database

ROWS = (
    """insert into delivery (tenant, id, root_id, source, kind, action, key, content, hash, state, correlation_id,
         created_at)
       select 'acme', 'd' || n, 'r' || n, 'erp', 'ORDER', 'order.create', 'erp/order.create', '{}', '', state, 'c',
         clock_timestamp() - interval '100 s'
       from unnest(array['PENDING', 'PENDING', 'DEAD', 'DONE', 'WITHDRAWN']) with ordinality as s (state, n)""",
    """insert into coverage (tenant, source, kind, sweep, through)
       values ('acme', 'erp', 'ORDER', 'late', clock_timestamp() - interval '500 s'),
              ('acme', 'erp', 'ORDER', 'early', clock_timestamp())""",
    """insert into source_state (tenant, source, breaker, is_paused)
       values ('acme', 'erp', 'OPEN', false), ('acme', 'shop', 'CLOSED', true)""",
    """insert into root (tenant, id, kind, wake_at)
       values ('acme', 'late', 'ORDER', clock_timestamp() - interval '9 s'),
              ('acme', 'early', 'ORDER', clock_timestamp() + interval '1 h')""",
    """insert into exception_case (tenant, id, root_id, code, dedup_key, severity, queue, title, sla_due_at, closed_at)
       values ('acme', 'k1', 'r1', 'ERP_REJECTED', '1', 'S2', 'ORDER_DESK', '', now() - interval '1 s', null),
              ('acme', 'k2', 'r2', 'ERP_REJECTED', '2', 'S2', 'ORDER_DESK', '', now() + interval '1 h', null),
              ('acme', 'k3', 'r3', 'ERP_REJECTED', '3', 'S2', 'ORDER_DESK', '', null, now())""",
)


LABELS = ("queue", "tenant", "source", "follower", "code", "severity", "kind", "state", "topic")


async def told(store: Store) -> dict[tuple[str, ...], float]:
    """Value by name and the values of its labels."""
    said = (await Snapshot(store).text()).decode()
    return {
        (sample.name, *(sample.labels[name] for name in LABELS if name in sample.labels)): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


async def test_what_waits_lags_fails_and_stands_open_is_told(store: Store) -> None:
    async with store.across() as tx:
        for row in ROWS:
            await tx.execute(text(row))
    found = await told(store)
    ages = {key: found.pop(key) for key in list(found) if key[0].endswith("_seconds")}
    assert found == {
        ("opshub_store_up",): 1,
        ("opshub_waiting", "deliveries", "acme", "erp", "PENDING"): 2,
        ("opshub_waiting", "deliveries", "acme", "erp", "DEAD"): 1,
        ("opshub_waiting", "wake", "acme", "", "DUE"): 1,
        ("opshub_cases_open", "acme", "ERP_REJECTED", "S2"): 2,
        ("opshub_cases_overdue", "acme", "ERP_REJECTED", "S2"): 1,
        ("opshub_source_breaker", "acme", "erp", "OPEN"): 1,
        ("opshub_source_breaker", "acme", "shop", "CLOSED"): 1,
        ("opshub_source_paused", "acme", "erp"): 0,
        ("opshub_source_paused", "acme", "shop"): 1,
    }
    assert {key: value // 100 for key, value in ages.items() if value < 600} == {
        ("opshub_waiting_oldest_seconds", "deliveries", "acme", "erp", "PENDING"): 1,
        ("opshub_waiting_oldest_seconds", "deliveries", "acme", "erp", "DEAD"): 1,
        ("opshub_waiting_oldest_seconds", "wake", "acme", "", "DUE"): 0,
        ("opshub_source_lag_seconds", "acme", "erp", "ORDER"): 5,
    }


async def test_followers_and_topics_behind_are_told(store: Store) -> None:
    async with store.across() as tx:
        await tx.execute(text("update sequencer set last = 3"))
        epoch = await take_follower(tx, "kafka", "one", timedelta(seconds=30))
        assert epoch is not None
        await say_why(tx, "kafka", epoch, "no broker answers")
        await park(tx, "kafka", make_line(1), "too large")
    async with store.shard(worker_call("acme")) as tx:
        place = BusPlace(source="wms", topic="wms.moves", partition=0, next=3, end=10)
        await keep_places(tx, "acme", [place])
    assert await told(store) == {
        ("opshub_store_up",): 1,
        ("opshub_follower_lag_changes", "kafka"): 3,
        ("opshub_follower_lag_seconds", "kafka"): 0,
        ("opshub_follower_stands", "kafka"): 1,
        ("opshub_follower_parked_changes", "kafka"): 1,
        ("opshub_entrance_lag_records", "acme", "wms", "wms.moves"): 7,
    }


async def test_what_is_gone_is_not_told_any_more(store: Store) -> None:
    async with store.across() as tx:
        await tx.execute(text(ROWS[2]))
    assert ("opshub_source_breaker", "acme", "erp", "OPEN") in await told(store)
    async with store.across() as tx:
        await tx.execute(text("delete from source_state"))
    assert await told(store) == {("opshub_store_up",): 1}


async def test_a_store_that_is_away_is_told_as_such(cluster: Cluster) -> None:
    async with AsyncExitStack() as stack:
        async with fresh_database(cluster) as urls:
            gone = await stack.enter_async_context(open_store(urls, Role.WORK, size=1))
        assert await told(gone) == {("opshub_store_up",): 0}
