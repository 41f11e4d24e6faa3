"""What indexing is tried on: an engine in memory or a real one, hops, and what writes to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hub.clock import Clock, SystemClock
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.ports import Hop
from hub.search.bulk import Bulk
from hub.search.generations import Generations
from hub.search.ids import floor_of, millisecond_of
from hub.search.layout import Layout
from hub.search.means import Means
from hub.search.wire import Wire
from hub.store.hops import put_hops
from hub.store.store import Store

PREFIX = "t-"
NOW = SystemClock().now()
"""Hops are indexed as long as they are young."""

_USUAL = Hop(
    id="", tenant="acme", correlation_id="c-1", kind=HopKind.SOURCE_CALL, system=SystemKind.ERP, operation="read ORDER",
    outcome=HopOutcome.OK, started_at=NOW, duration_ms=12, roots=("order-1",),
)  # fmt: skip


async def no_pause(seconds: float) -> None:
    """No time passes."""
    del seconds


def means_over(wire: Wire, store: Store, prefix: str = PREFIX, clock: Clock | None = None) -> Means:
    """A writer of the index under *prefix*; `store` is of role WORK."""
    generations = Generations(wire, Layout(prefix=prefix, replicas=0))
    return Means(
        store=store, wire=wire, generations=generations, bulk=Bulk(wire, no_pause), clock=clock or SystemClock(),
        retention=timedelta(days=90),
    )  # fmt: skip


def id_at(moment: datetime, number: int = 0) -> str:
    """The id of a hop that was recorded then."""
    start = floor_of(millisecond_of(moment))
    return f"{start[:14]}7{start[15:19]}8{start[20:24]}{number:012x}"


def make_hop(seconds: float, number: int = 0, **said: Any) -> Hop:  # Any: any field of a hop
    """A hop so long ago."""
    moment = NOW - timedelta(seconds=seconds)
    usual: dict[str, Any] = {"id": id_at(moment, number), "started_at": moment}
    return replace(_USUAL, **(usual | said))


async def keep_hops(store: Store, hops: Sequence[Hop]) -> None:
    """Write them. `store` is of role WORK."""
    async with store.across() as tx:
        await put_hops(tx, hops)
