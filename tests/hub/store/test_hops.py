"""The recorder never blocks its caller, and what it holds is written in order or counted as lost."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from hub.model.ids import mint
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.ports import Hop
from hub.store.hops import LIMIT, HopWriter
from hub.store.store import Store
from hub.store.tables import hop, hop_root

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


def made(*roots: str) -> Hop:
    return Hop(
        id=mint(),
        tenant="acme",
        correlation_id="correlation-1",
        kind=HopKind.SOURCE_CALL,
        system=SystemKind.COMMERCE,
        source="shop",
        operation="read ORDER",
        outcome=HopOutcome.RETRY,
        started_at=START,
        duration_ms=12,
        waiting_ms=3,
        attempt=2,
        error="no answer",
        roots=roots,
    )


async def test_what_was_recorded_is_written_with_its_roots(store: Store) -> None:
    writer = HopWriter(store)
    one = made("order-1", "order-2", "order-1")
    writer.record(one)
    await writer.flush()
    async with store.across() as tx:
        row = (await tx.execute(select(hop))).one()
        roots = await tx.scalars(select(hop_root.c.root_id).order_by(hop_root.c.root_id))
    assert (row.id, row.outcome, row.duration_ms, row.waiting_ms, row.attempt) == (one.id, "RETRY", 12, 3, 2)
    assert (row.source, row.error) == ("shop", "no answer")
    assert list(roots) == ["order-1", "order-2"]


async def test_nothing_recorded_writes_nothing(store: Store) -> None:
    await HopWriter(store).flush()
    async with store.across() as tx:
        assert (await tx.execute(select(hop))).all() == []


async def test_hops_beyond_what_may_wait_are_counted(store: Store) -> None:
    writer = HopWriter(store)
    for _ in range(LIMIT + 3):
        writer.record(made())
    assert writer.dropped == 3
