"""How far followers and entrances are behind, as any process can tell: for `/readyz`, `/metrics` and people."""

from __future__ import annotations

from prometheus_client import Gauge

from hub.errors import StoreBusy
from hub.store.bus_places import behind_on_topics
from hub.store.followers import Stand, stands
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

SLOW = 30.0  # seconds of lag that are worth a note

CHANGES = Gauge("opshub_follower_lag_changes", "Changes in the log not yet handed on", ["follower"])
SECONDS = Gauge("opshub_follower_lag_seconds", "Age of the oldest change not yet handed on", ["follower"])
STANDS = Gauge("opshub_follower_stands", "1 where a follower stands still and says why", ["follower"])
PARKED = Gauge("opshub_follower_parked_changes", "Changes that were not handed on and wait for a person", ["follower"])
RECORDS = Gauge("opshub_entrance_lag_records", "Records of a topic not yet taken in", ["tenant", "source", "topic"])


class Lags:
    """Reads them. `store` is of role WORK."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def measure(self) -> None:
        """Set the measures; a store that is away leaves them as they are."""
        try:
            async with self._store.across() as tx:
                followers, topics = await stands(tx), await behind_on_topics(tx)
        except StoreBusy as away:
            log.warning("lags.store_away", error=away.message)
            return
        for one in followers:
            CHANGES.labels(one.name).set(one.behind)
            SECONDS.labels(one.name).set(one.seconds)
            STANDS.labels(one.name).set(one.error is not None)
            PARKED.labels(one.name).set(one.parked)
        for topic in topics:
            RECORDS.labels(topic.tenant, topic.source, topic.topic).set(topic.behind)

    async def notes(self) -> list[str]:
        """What lags, in words; empty where nothing does and where the store is away, which others say."""
        try:
            async with self._store.across() as tx:
                return [note for one in await stands(tx) for note in _notes(one)]
        except StoreBusy:
            return []


def _notes(one: Stand) -> list[str]:
    notes = []
    if one.error is not None or one.seconds > SLOW:
        why = "" if one.error is None else f": {one.error}"
        notes.append(f"{one.name}: {one.behind} changes are not handed on, the oldest for {one.seconds:.0f} s{why}")
    if one.parked:
        notes.append(f"{one.name}: {one.parked} changes are parked: `opshub topics`")
    return notes
