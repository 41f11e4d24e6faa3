"""What the store holds at the moment somebody asks, as measures: any process can tell, and forgets nothing gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from hub.errors import HubError
from hub.store.bus_places import Behind, behind_on_topics
from hub.store.depths import Depths, depths
from hub.store.followers import Stand, stands
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

QUEUE = ("queue", "tenant", "source", "state")
CASE = ("tenant", "code", "severity")
SOURCE = ("tenant", "source")
FOLLOWER = ("follower",)


class Snapshot:
    """Reads it. `store` is of role WORK."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def text(self) -> bytes:
        """In Prometheus' format; only `opshub_store_up 0` while the store is away."""
        try:
            async with self._store.across() as tx:
                found = families(await depths(tx), await stands(tx), await behind_on_topics(tx))
        except HubError as away:
            log.warning("measures.store_away", error=away.message)
            found = [_up(0)]
        registry = CollectorRegistry()
        registry.register(_Told(found))
        return generate_latest(registry)


class _Told(Collector):
    def __init__(self, told: Sequence[Metric]) -> None:
        self._told = told

    def collect(self) -> Iterable[Metric]:
        return self._told


def families(found: Depths, followers: Sequence[Stand], topics: Sequence[Behind]) -> Sequence[Metric]:
    """Every measure of the store."""
    return [_up(1), *_of_queues(found), *_of_cases(found), *_of_sources(found), *_of_followers(followers, topics)]


def _up(value: int) -> Metric:
    return _gauge("opshub_store_up", "1 where the store answers", (), [((), value)])


def _of_queues(found: Depths) -> Sequence[Metric]:
    labelled = [((one.queue, one.tenant, one.source, one.state), one) for one in found.queues]
    return [
        _gauge("opshub_waiting", "What waits, by queue", QUEUE, [(labels, one.many) for labels, one in labelled]),
        _gauge(
            "opshub_waiting_oldest_seconds",
            "Age of the oldest of it",
            QUEUE,
            [(labels, one.oldest) for labels, one in labelled],
        ),
    ]


def _of_cases(found: Depths) -> Sequence[Metric]:
    labelled = [((one.tenant, one.code, one.severity), one) for one in found.cases]
    return [
        _gauge("opshub_cases_open", "Open exception cases", CASE, [(labels, one.many) for labels, one in labelled]),
        _gauge(
            "opshub_cases_overdue",
            "Open exception cases past their time",
            CASE,
            [(labels, one.overdue) for labels, one in labelled],
        ),
    ]


def _of_sources(found: Depths) -> Sequence[Metric]:
    breakers = [((one.tenant, one.source, one.breaker), 1.0) for one in found.breakers]
    paused = [((one.tenant, one.source), float(one.is_paused)) for one in found.breakers]
    behind = [((one.tenant, one.source, one.kind), one.behind) for one in found.covered]
    return [
        _gauge("opshub_source_lag_seconds", "How long ago all of a kind was last seen", (*SOURCE, "kind"), behind),
        _gauge("opshub_source_breaker", "1 for the state the breaker is in", (*SOURCE, "state"), breakers),
        _gauge("opshub_source_paused", "1 where nothing is sent until an operator acts", SOURCE, paused),
    ]


def _of_followers(followers: Sequence[Stand], topics: Sequence[Behind]) -> Sequence[Metric]:
    named = [((one.name,), one) for one in followers]
    taken = [((one.tenant, one.source, one.topic), one.behind) for one in topics]
    return [
        _gauge(
            "opshub_follower_lag_changes",
            "Changes in the log not yet handed on",
            FOLLOWER,
            [(name, one.behind) for name, one in named],
        ),
        _gauge(
            "opshub_follower_lag_seconds",
            "Age of the oldest change not yet handed on",
            FOLLOWER,
            [(name, one.seconds) for name, one in named],
        ),
        _gauge(
            "opshub_follower_stands",
            "1 where a follower stands still and says why",
            FOLLOWER,
            [(name, one.error is not None) for name, one in named],
        ),
        _gauge(
            "opshub_follower_parked_changes",
            "Changes that were not handed on and wait for a person",
            FOLLOWER,
            [(name, one.parked) for name, one in named],
        ),
        _gauge("opshub_entrance_lag_records", "Records of a topic not yet taken in", (*SOURCE, "topic"), taken),
    ]


def _gauge(name: str, told: str, labels: Sequence[str], values: Sequence[tuple[tuple[str, ...], float]]) -> Metric:
    family = GaugeMetricFamily(name, told, labels=labels)
    for labelled, value in values:
        family.add_metric(labelled, value)
    return family
