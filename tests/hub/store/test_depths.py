"""What waits is counted by queue and state, with the age of the oldest; what is finished is not."""

from __future__ import annotations

from sqlalchemy import text

from hub.store.depths import depths
from hub.store.store import Store

DELIVERIES = """
insert into delivery (tenant, id, root_id, source, kind, action, key, content, hash, state, correlation_id, created_at)
select 'acme', 'd' || n, 'r' || n, 'erp', 'ORDER', 'order.create', 'k', '{}', '', state, 'c',
  clock_timestamp() - n * interval '100 s'
from unnest(array['DONE', 'PENDING', 'PENDING', 'REVIEW', 'REFUSED', 'WITHDRAWN']) with ordinality as s (state, n)
"""


async def test_an_empty_store_holds_nothing(store: Store) -> None:
    async with store.across() as tx:
        found = await depths(tx)
    assert [*found.queues, *found.cases, *found.covered, *found.breakers] == []


async def test_what_is_finished_does_not_wait_and_the_oldest_says_for_how_long(store: Store) -> None:
    async with store.across() as tx:
        await tx.execute(text(DELIVERIES))
        found = await depths(tx)
    assert [(one.queue, one.tenant, one.source, one.state, one.many, one.oldest // 100) for one in found.queues] == [
        ("deliveries", "acme", "erp", "PENDING", 2, 3),
        ("deliveries", "acme", "erp", "REVIEW", 1, 4),
    ]
