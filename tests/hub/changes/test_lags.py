"""What lags behind is measured and noted, and keeps nobody from answering."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from hub.call import worker_call
from hub.changes.lags import Lags
from hub.store.bus_places import BusPlace, keep_places
from hub.store.followers import park, say_why, take_follower
from hub.store.store import Store
from tests.kit.changes import make_line


@pytest.fixture
async def behind(store: Store) -> Lags:
    """A follower three changes behind that says why, one change parked; a topic seven records behind."""
    async with store.across() as tx:
        await tx.execute(text("update sequencer set last = 3"))
        epoch = await take_follower(tx, "kafka", "one", timedelta(seconds=30))
        assert epoch is not None
        await say_why(tx, "kafka", epoch, "no broker answers")
        await park(tx, "kafka", make_line(1), "too large")
    async with store.shard(worker_call("acme")) as tx:
        place = BusPlace(source="wms", topic="wms.moves", partition=0, next=3, end=10)
        await keep_places(tx, "acme", [place])
    return Lags(store)


async def test_what_lags_is_noted_in_words(behind: Lags) -> None:
    assert await behind.notes() == [
        "kafka: 3 changes are not handed on, the oldest for 0 s: no broker answers",
        "kafka: 1 changes are parked: `opshub topics`",
    ]


async def test_nothing_is_noted_where_nothing_lags(store: Store) -> None:
    assert await Lags(store).notes() == []


async def test_what_lags_is_measured(behind: Lags) -> None:
    await behind.measure()
    named = {
        name: REGISTRY.get_sample_value(f"opshub_follower_{name}", {"follower": "kafka"})
        for name in ("lag_changes", "lag_seconds", "stands", "parked_changes")
    }
    assert named == {"lag_changes": 3, "lag_seconds": 0, "stands": 1, "parked_changes": 1}
    topic = {"tenant": "acme", "source": "wms", "topic": "wms.moves"}
    assert REGISTRY.get_sample_value("opshub_entrance_lag_records", topic) == 7
