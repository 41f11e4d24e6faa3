"""Which halves there are."""

from __future__ import annotations

from datetime import timedelta

from hub.changes.follow import Following, Seat
from hub.clock import SystemClock
from hub.search.opensearch import OpenSearch
from hub.search.postgres import PostgresSearch
from hub.search.rebuild import NAME
from hub.searching import searching
from hub.settings import SearchSettings
from hub.store.store import Store


async def test_without_an_engine_postgresql_is_searched_and_nothing_indexed(store: Store, serving: Store) -> None:
    seat = Seat(name=NAME, holder="one", lease=timedelta(seconds=30))
    following = Following(store=store, clock=SystemClock(), seat=seat)
    alone = searching(SearchSettings(), serving, following)
    assert (type(alone.search), alone.indexer, alone.wire) == (PostgresSearch, None, None)
    both = searching(SearchSettings(url="http://127.0.0.1:1"), serving, following)
    assert type(both.search) is OpenSearch
    assert both.indexer is not None
    assert both.wire is not None
    await both.wire.close()
