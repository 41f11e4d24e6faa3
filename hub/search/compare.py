"""Whether the index is what the store holds: all counts, and the digests of sampled documents."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from hub.codec import digest
from hub.search.documents import Document, entity_document, entity_id, hop_document, hop_id, instant
from hub.search.means import Means
from hub.search.wire import Wire
from hub.store.indexing import (
    EntityKey,
    IndexedEntity,
    IndexedHop,
    count_of_entities,
    count_of_hops,
    entities_by_keys,
    hops_by_ids,
)

SAMPLED = 500
"""Documents of each sort whose digests are compared."""
LOOKS, PAUSE = 10, 1.0  # times that it is compared while the indexer catches up, seconds between

Row = TypeVar("Row")


class Reservoir(Generic[Row]):
    """Some of many, each as likely as any other."""

    def __init__(self, size: int = SAMPLED) -> None:
        self._size = size
        self._seen = 0
        self.kept: list[Row] = []

    def add(self, row: Row) -> None:
        """Perhaps keep it."""
        self._seen += 1
        if len(self.kept) < self._size:
            self.kept.append(row)
        elif (place := random.randrange(self._seen)) < self._size:  # noqa: S311  no secret: a sample
            self.kept[place] = row


@dataclass(slots=True, kw_only=True)
class Sample:
    """What was drawn while an index was filled."""

    entities: Reservoir[EntityKey] = field(default_factory=Reservoir)
    hops: Reservoir[tuple[str, str]] = field(default_factory=Reservoir)

    def entity(self, row: IndexedEntity) -> None:
        """Perhaps keep its key."""
        self.entities.add(EntityKey(tenant=row.tenant, kind=row.kind, id=row.id))

    def hop(self, row: IndexedHop) -> None:
        """Perhaps keep its key."""
        self.hops.add((row.tenant, row.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The store beside the index."""

    stored: Mapping[str, int]
    """Documents that there should be, by tenant and kind; hops by tenant."""
    indexed: Mapping[str, int]
    """Those that there are."""
    sampled: int
    """Documents whose digests were compared."""
    differing: Sequence[str]
    """Ids of those that differ."""

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        return self.stored == self.indexed and not self.differing


async def compare(means: Means, sample: Sample, before: str, looks: int = LOOKS) -> Comparison:
    """Compare, again while the indexer catches up with what went on meanwhile; of hops those with ids below *before*.

    Raises SearchAway, StoreBusy.
    """
    found = await _look(means, sample, before)
    for _ in range(looks):
        if found.is_equal:
            break
        await asyncio.sleep(PAUSE)
        found = await _look(means, sample, before)
    return found


async def _look(means: Means, sample: Sample, before: str) -> Comparison:
    layout = means.generations.layout
    await means.generations.refresh((layout.entities, layout.hops))
    stored, indexed = await _stored(means, before), await _indexed(means, before)
    entities, hops = await _entities(means, sample.entities.kept), await _hops(means, sample.hops.kept)
    differing = [
        *await _differing(means.wire, layout.entities, entities),
        *await _differing(means.wire, layout.hops, hops),
    ]
    return Comparison(stored=stored, indexed=indexed, sampled=len(entities) + len(hops), differing=differing)


async def _stored(means: Means, before: str) -> Mapping[str, int]:
    async with means.store.survey() as tx:
        entities = await count_of_entities(tx)
        hops = await count_of_hops(tx, means.oldest, before)
    counts = {f"{tenant} {kind}": count for (tenant, kind), count in entities.items()}
    return counts | {f"{tenant} hops": count for tenant, count in hops.items()}


async def _indexed(means: Means, before: str) -> Mapping[str, int]:
    layout = means.generations.layout
    kinds = {"kind": {"terms": {"field": "kind", "size": 100}}}
    tenants = await _tenants(means.wire, layout.entities, {"match_all": {}}, kinds)
    counts = {
        f"{tenant['key']} {kind['key']}": kind["doc_count"] for tenant in tenants for kind in tenant["kind"]["buckets"]
    }
    began = {"range": {"@timestamp": {"gte": instant(means.oldest)}}}
    within = {"bool": {"filter": [began, {"range": {"id": {"lt": before}}}]}}
    tenants = await _tenants(means.wire, layout.hops, within, {})
    return counts | {f"{tenant['key']} hops": tenant["doc_count"] for tenant in tenants}


async def _tenants(wire: Wire, alias: str, query: object, within: object) -> Sequence[Any]:  # Any: JSON
    by_tenant = {"terms": {"field": "tenant", "size": 10_000}, "aggs": within}
    found = await wire.ask("POST", f"/{alias}/_search", {"size": 0, "query": query, "aggs": {"tenant": by_tenant}})
    buckets: Sequence[Any] = found["aggregations"]["tenant"]["buckets"]
    return buckets


async def _entities(means: Means, keys: Sequence[EntityKey]) -> Mapping[str, Document]:
    async with means.store.survey() as tx:
        rows = await entities_by_keys(tx, keys)
    standing = [one for one in rows if one.redirect_to is None]
    return {entity_id(one.tenant, one.kind.value, one.id): entity_document(one) for one in standing}


async def _hops(means: Means, keys: Sequence[tuple[str, str]]) -> Mapping[str, Document]:
    found: dict[str, Document] = {}
    for tenant in {tenant for tenant, _ in keys}:
        async with means.store.survey() as tx:
            rows = await hops_by_ids(tx, tenant, [one for whose, one in keys if whose == tenant])
        found |= {hop_id(one.tenant, one.id): hop_document(one) for one in rows}
    return found


async def _differing(wire: Wire, alias: str, expected: Mapping[str, Document]) -> Sequence[str]:
    if not expected:
        return ()
    body = {"size": len(expected), "query": {"ids": {"values": list(expected)}}}
    found = await wire.ask("POST", f"/{alias}/_search", body)
    there = {hit["_id"]: digest(hit["_source"]) for hit in found["hits"]["hits"]}
    return [one for one, document in expected.items() if there.get(one) != digest(document)]
