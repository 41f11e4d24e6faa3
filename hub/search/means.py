"""What indexing stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.clock import Clock
from hub.search.bulk import Bulk
from hub.search.generations import Generations
from hub.search.wire import Wire
from hub.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Of one writer of the index. `store` is of role WORK."""

    store: Store
    wire: Wire
    generations: Generations
    bulk: Bulk
    clock: Clock
    retention: timedelta

    @property
    def oldest(self) -> datetime:
        """From when on hops are indexed: the begin of the month that reaches back far enough."""
        then = self.clock.now() - self.retention
        return then.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
