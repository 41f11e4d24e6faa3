"""From settings to searching: what answers callers, and what keeps the index like the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from hub.changes.follow import Following
from hub.clock import Clock
from hub.search.bulk import Bulk
from hub.search.generations import Generations
from hub.search.indexer import Indexer
from hub.search.layout import layout_of
from hub.search.means import Means
from hub.search.opensearch import OpenSearch, Reach
from hub.search.port import Search
from hub.search.postgres import PostgresSearch
from hub.search.wire import Wire, wire_of
from hub.settings import SearchSettings
from hub.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """Both halves. `wire` is closed by whoever opened it."""

    search: Search
    indexer: Indexer | None
    """None where PostgreSQL alone is searched."""
    wire: Wire | None


def searching(settings: SearchSettings, serve: Store, following: Following) -> Searching:
    """The halves; nothing is asked yet. Raises Misconfigured without the engine's client."""
    own, wire = PostgresSearch(serve), wire_of(settings)
    if wire is None:
        return Searching(search=own, indexer=None, wire=None)
    reach = Reach(wire=wire, layout=layout_of(settings), patience=settings.patience_ms / 1000)
    means = means_of(settings, wire, following.store, following.clock)
    search = OpenSearch(own, serve, reach, following.clock)
    return Searching(search=search, indexer=Indexer(following, means), wire=wire)


def means_of(settings: SearchSettings, wire: Wire, store: Store, clock: Clock) -> Means:
    """What one writer of the index stands on. `store` is of role WORK."""
    return Means(
        store=store,
        wire=wire,
        generations=Generations(wire, layout_of(settings)),
        bulk=Bulk(wire),
        clock=clock,
        retention=timedelta(days=settings.retention_days),
    )
