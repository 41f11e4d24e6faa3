"""The search that OpenSearch widens: words of names and descriptions, and identifiers that were mistyped.

Identifiers are asked of PostgreSQL first: they are current there, and where one fits nothing needs to be guessed. What
the engine says is never shown as it is: the store must have each hit under the caller's tenant and account.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from prometheus_client import Counter

from hub.call import Call
from hub.clock import Clock
from hub.errors import SearchAway
from hub.model.finding import LONGEST, normalised
from hub.model.vocabulary import Kind
from hub.search.layout import Layout
from hub.search.port import Findings, Search, SearchFacet, SearchFacetField, Stories, Wanted
from hub.search.rest import Rest
from hub.search.wire import SearchRefused, Wire
from hub.store.finding import NORMALISED, FoundIdentifier, Suspect, recheck
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

FACETS: Mapping[SearchFacetField, str] = {SearchFacetField.KIND: "kind", SearchFacetField.STATUS: "status"}
VALUES = 20  # of one facet
MOST_STORIES = 1_000
"""Roots that are narrowed further by the store."""
SHOWN = ["kind", "id", "identifiers"]
DEGRADED = Counter("opshub_search_degraded_total", "Searches that the engine did not take part in")
DROPPED = Counter("opshub_search_hits_dropped_total", "Hits of the engine that the store does not bear out: see F16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How the engine is asked."""

    wire: Wire
    layout: Layout
    patience: float
    """Seconds."""


class OpenSearch:
    """Searches PostgreSQL, and the engine for what fits nothing there. `store` is of role SERVE: row security on."""

    def __init__(self, own: Search, store: Store, reach: Reach, clock: Clock) -> None:
        self._own = own
        self._store = store
        self._reach = reach
        self._rest = Rest(clock)

    async def find(self, call: Call, wanted: Wanted) -> Findings:
        """As `Search` says; degraded while the engine is away, which nobody waits for."""
        own = await self._own.find(call, wanted)
        if any(one.how <= NORMALISED for one in own.found) or not 0 < len(wanted.text.strip()) <= LONGEST:
            return own
        answer = await self._rest.guard(self._ask(self._reach.layout.entities, query_of(call, wanted)))
        if answer is None:
            DEGRADED.inc()
            return replace(own, degraded=True)
        known = {(one.kind, one.id) for one in own.found}
        more = [one for one in await self._borne_out(call, wanted, answer) if (one.kind, one.id) not in known]
        return Findings(found=[*own.found, *more], facets=facets_of(answer))

    async def stories(self, call: Call, text: str) -> Stories:
        """As `Search` says, typing errors forgiven; of the `MOST_STORIES` that bore the words last."""
        answer = await self._rest.guard(self._ask(self._reach.layout.hops, stories_query(call, text)))
        if answer is None:
            DEGRADED.inc()
            return replace(await self._own.stories(call, text), degraded=True)
        return Stories(roots=tuple(one["key"] for one in answer["aggregations"]["roots"]["buckets"]))

    async def _ask(self, alias: str, query: object) -> Mapping[str, Any]:  # Any: JSON
        reach = self._reach
        try:
            async with asyncio.timeout(reach.patience):
                path = f"/{alias}/_search"
                answer: Mapping[str, Any] = await reach.wire.ask("POST", path, query, patience=reach.patience)
        except TimeoutError as late:
            message = "OpenSearch took too long"
            raise SearchAway(message) from late
        except SearchRefused as refused:  # no index yet, or not one of ours
            log.warning("search.refused", status=refused.status, error=refused.message)
            raise SearchAway(refused.message) from refused
        if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
            message = "OpenSearch answered for a part of the index only"
            raise SearchAway(message)
        return answer

    async def _borne_out(self, call: Call, wanted: Wanted, answer: Mapping[str, Any]) -> Sequence[FoundIdentifier]:
        """The hits that the store has for this caller, the best first."""
        hits = answer["hits"]["hits"]
        if not hits:
            return ()
        suspects = [_suspect(hit["_source"], wanted.text) for hit in hits]
        async with self._store.glance(call) as tx:
            found = await recheck(tx, call.tenant, call.account, suspects)
        best = hits[0]["_score"] or 1.0
        by_key = {(one.kind, one.id): one for one in found}
        lost = [one for one in suspects if (one.kind, one.id) not in by_key]
        if lost:
            DROPPED.inc(len(lost))
            log.warning("search.not_borne_out", count=len(lost), kind=lost[0].kind.value, key=lost[0].id)
        scored = zip(suspects, hits, strict=True)
        return [
            replace(by_key[one.kind, one.id], relevance=round(hit["_score"] / best, 3))
            for one, hit in scored
            if (one.kind, one.id) in by_key
        ]


def query_of(call: Call, wanted: Wanted) -> Mapping[str, Any]:  # Any: JSON
    """What the engine is asked, confined to what the caller may see."""
    bare = normalised(wanted.text)
    fits: list[object] = [
        {"constant_score": {"filter": {"term": {"normalised": bare}}, "boost": 20}},
        {"constant_score": {"filter": {"prefix": {"normalised": bare}}, "boost": 10}},
        {"fuzzy": {"normalised": {"value": bare, "fuzziness": "AUTO:4,10", "prefix_length": 1, "boost": 4}}},
        {"match": {"words": {"query": wanted.text, "operator": "and", "fuzziness": "AUTO", "prefix_length": 1}}},
    ]
    return {
        "size": wanted.size,
        "_source": SHOWN,
        "track_total_hits": False,
        "query": {"bool": {"filter": scope_of(call, wanted.kinds), "must": {"dis_max": {"queries": fits}}}},
        "aggs": {
            field.value: {"terms": {"field": name, "size": VALUES, "order": [{"_count": "desc"}, {"_key": "asc"}]}}
            for field, name in FACETS.items()
        },
    }


def stories_query(call: Call, text: str) -> Mapping[str, Any]:  # Any: JSON
    """Roots by the crossing of theirs that bore the words last."""
    words = {"query": text, "operator": "and", "fuzziness": "AUTO", "prefix_length": 1}
    latest = {"terms": {"field": "roots", "size": MOST_STORIES, "order": {"last": "desc"}}}
    return {
        "size": 0,
        "track_total_hits": False,
        "query": {
            "bool": {
                "filter": [{"term": {"tenant": call.tenant}}],
                "should": [{"match": {field: words}} for field in ("error", "operation.words")],
                "minimum_should_match": 1,
            }
        },
        "aggs": {"roots": latest | {"aggs": {"last": {"max": {"field": "@timestamp"}}}}},
    }


def scope_of(call: Call, kinds: Sequence[Kind] | None) -> list[object]:
    """The caller's tenant and, where he is confined to one, account."""
    scope: list[object] = [{"term": {"tenant": call.tenant}}]
    if kinds is not None:
        scope.append({"terms": {"kind": [kind.value for kind in kinds]}})
    if call.account is not None:
        paths = [{"term": {"account": call.account}}, {"prefix": {"account": f"{call.account}/"}}]
        scope.append({"bool": {"should": paths}})
    return scope


def facets_of(answer: Mapping[str, Any]) -> tuple[SearchFacet, ...]:  # Any: JSON
    """What the engine has counted."""
    return tuple(
        SearchFacet(field=field, value=one["key"], count=one["doc_count"])
        for field in FACETS
        for one in answer["aggregations"][field.value]["buckets"]
    )


def _suspect(source: Mapping[str, Any], text: str) -> Suspect:  # Any: JSON
    """A hit, by the identifier that is most like what was typed."""
    bare = normalised(text)
    likeness = SequenceMatcher(b=bare)

    def like(value: str) -> float:
        likeness.set_seq1(normalised(value))
        return likeness.ratio()

    value = max(source.get("identifiers") or [""], key=like)
    return Suspect(kind=Kind(source["kind"]), id=source["id"], value=value)
