"""What the store holds at the moment somebody asks, as measures: any process can tell, and forgets nothing gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from hub.errors import HubError
from hub.store.bus_places import Behind, behind_on_topics
from hub.store.depths import Depth, Depths, OpenCases, depths
from hub.store.followers import Stand, stands
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

Values = Iterable[tuple[tuple[str, ...], float]]
"""Labels, and what is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was read of the store at one moment."""

    depths: Depths
    followers: Sequence[Stand]
    topics: Sequence[Behind]


QUEUE = ("queue", "tenant", "source", "state")
CASE = ("tenant", "code", "severity")
SOURCE = ("tenant", "source")
FOLLOWER = ("follower",)


def _queue(one: Depth) -> tuple[str, ...]:
    return (one.queue, one.tenant, one.source, one.state)


def _case(one: OpenCases) -> tuple[str, ...]:
    return (one.tenant, one.code, one.severity)


GAUGES: Sequence[tuple[str, str, Sequence[str], Callable[[Standing], Values]]] = (
    ("opshub_waiting", "What waits, by queue", QUEUE,
     lambda standing: ((_queue(one), one.many) for one in standing.depths.queues)),
    ("opshub_waiting_oldest_seconds", "Age of the oldest of it", QUEUE,
     lambda standing: ((_queue(one), one.oldest) for one in standing.depths.queues)),
    ("opshub_cases_open", "Open exception cases", CASE,
     lambda standing: ((_case(one), one.many) for one in standing.depths.cases)),
    ("opshub_cases_overdue", "Open exception cases past their time", CASE,
     lambda standing: ((_case(one), one.overdue) for one in standing.depths.cases)),
    ("opshub_source_lag_seconds", "How long ago all of a kind was last seen", (*SOURCE, "kind"),
     lambda standing: (((one.tenant, one.source, one.kind), one.behind) for one in standing.depths.covered)),
    ("opshub_source_breaker", "1 for the state the breaker is in", (*SOURCE, "state"),
     lambda standing: (((one.tenant, one.source, one.breaker), 1) for one in standing.depths.breakers)),
    ("opshub_source_paused", "1 where nothing is sent until an operator acts", SOURCE,
     lambda standing: (((one.tenant, one.source), one.is_paused) for one in standing.depths.breakers)),
    ("opshub_follower_lag_changes", "Changes in the log not yet handed on", FOLLOWER,
     lambda standing: (((one.name,), one.behind) for one in standing.followers)),
    ("opshub_follower_lag_seconds", "Age of the oldest change not yet handed on", FOLLOWER,
     lambda standing: (((one.name,), one.seconds) for one in standing.followers)),
    ("opshub_follower_stands", "1 where a follower stands still and says why", FOLLOWER,
     lambda standing: (((one.name,), one.error is not None) for one in standing.followers)),
    ("opshub_follower_parked_changes", "Changes that were not handed on and wait for a person", FOLLOWER,
     lambda standing: (((one.name,), one.parked) for one in standing.followers)),
    ("opshub_entrance_lag_records", "Records of a topic not yet taken in", (*SOURCE, "topic"),
     lambda standing: (((one.tenant, one.source, one.topic), one.behind) for one in standing.topics)),
)  # fmt: skip
"""Name, words, labels, and where the values come from."""
NOTHING = Standing(depths=Depths(queues=(), cases=(), covered=(), breakers=()), followers=(), topics=())


class Snapshot:
    """Reads it. `store` is of role WORK."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def text(self) -> bytes:
        """In Prometheus' format; only `opshub_store_up 0` while the store is away."""
        try:
            async with self._store.across() as tx:
                standing = Standing(
                    depths=await depths(tx), followers=await stands(tx), topics=await behind_on_topics(tx)
                )
            found = families(standing)
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


def families(standing: Standing) -> Sequence[Metric]:
    """Every measure of the store."""
    return [_up(1), *(_gauge(name, told, labels, values(standing)) for name, told, labels, values in GAUGES)]


def _up(value: int) -> Metric:
    return _gauge("opshub_store_up", "1 where the store answers", (), [((), value)])


def _gauge(name: str, told: str, labels: Sequence[str], values: Values) -> Metric:
    family = GaugeMetricFamily(name, told, labels=labels)
    for labelled, value in values:
        family.add_metric(labelled, value)
    return family
