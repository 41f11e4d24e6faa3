"""How far back hops are indexed."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.store.store import Store
from tests.kit.clock import StoppedClock
from tests.kit.engine import ListEngine
from tests.kit.indexing import means_over


async def test_months_are_kept_whole(store: Store) -> None:
    clock = StoppedClock(datetime(2026, 11, 22, 3, tzinfo=UTC))
    assert means_over(ListEngine(), store, clock=clock).oldest == datetime(2026, 8, 1, tzinfo=UTC)
