"""A real OpenSearch: the contract, words and typing errors, foreign documents, bad ones, rebuilds under readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.changes.follow import Following, Holding, Seat
from hub.clock import SystemClock
from hub.model.trace import HopOutcome
from hub.search.bulk import Written
from hub.search.compare import Sample, compare
from hub.search.documents import Action
from hub.search.ids import floor_of
from hub.search.indexer import Indexer
from hub.search.means import Means
from hub.search.opensearch import OpenSearch, query_of
from hub.search.port import Search, SearchFacet, SearchFacetField, Wanted
from hub.search.rebuild import NAME, Rebuild
from hub.searching import means_of, searching
from hub.settings import SearchSettings
from hub.store.finding import ALIKE
from hub.store.store import Store
from tests.engines.opensearch.start import Engine
from tests.kit.changes import make_line
from tests.kit.graph import REP
from tests.kit.indexing import NOW, keep_hops, make_hop
from tests.kit.orders import Kept, keep_order, make_order
from tests.kit.searched import CONTRACT, PORTAL, STRANGER, Check, keep_things, told

PATIENCE_MS = 10_000  # the machine may be busy: what is proven here is what is found, not how fast


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A hub's two halves over a real node, under a prefix of their own."""

    search: Search
    indexer: Indexer
    means: Means

    async def index(self, *entities: str) -> None:
        """As the follower does, of what has changed; then searchable at once."""
        page = [make_line(n, entity_id=one, root_id=one) for n, one in enumerate(entities, 1)]
        held = Holding(SystemClock(), NAME, 1)
        held.hold(asked_at=SystemClock().monotonic(), length=timedelta(seconds=600))
        await self.indexer.apply(page, held)
        await self.refresh()

    async def index_hops(self) -> None:
        """As a process that begins does: it looks far behind."""
        seat = Seat(name=NAME, holder="another", lease=timedelta(seconds=9))
        await Indexer(Following(store=self.means.store, clock=SystemClock(), seat=seat), self.means).turn()
        await self.refresh()

    async def refresh(self) -> None:
        """Let everything be found."""
        layout = self.means.generations.layout
        await self.means.generations.refresh([layout.entities, layout.hops])


@asynccontextmanager
async def over(engine: Engine, store: Store, serving: Store) -> AsyncIterator[Opened]:
    settings = SearchSettings(
        url=engine.url, prefix=f"t{uuid4().hex[:8]}-", replicas=0, patience_ms=PATIENCE_MS
    )  # fmt: skip
    seat = Seat(name=NAME, holder="one", lease=timedelta(seconds=600))
    found = searching(settings, serving, Following(store=store, clock=SystemClock(), seat=seat))
    assert found.wire is not None
    assert found.indexer is not None
    means = means_of(settings, found.wire, store, SystemClock())
    try:
        yield Opened(search=found.search, indexer=found.indexer, means=means)
    finally:
        await means.generations.drop([*await means.generations.indices(), means.generations.layout.places])
        await found.wire.close()


@pytest.fixture
async def opened(opensearch: Engine, store: Store, serving: Store) -> AsyncIterator[Opened]:
    """With `keep_things` in store and index."""
    await keep_things(store)
    async with over(opensearch, store, serving) as found:
        await found.indexer.turn()
        await found.refresh()
        yield found


@pytest.mark.parametrize("check", CONTRACT, ids=lambda check: check.__name__)
async def test_it_keeps_the_contract(opened: Opened, store: Store, check: Check) -> None:
    assert isinstance(opened.search, OpenSearch)
    await check(opened.search, store)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SO-10052", "order-SO-10051"),
        ("SO-01051", "order-SO-10051"),
        ("SO-1051", "order-SO-10051"),
        ("Northwnd", "customer-4711"),
        ("traders northwind", "customer-4711"),
        ("blue mog", "order-SO-10051"),
        ("ÉNAMEL", "order-SO-10051"),
    ],
)
async def test_one_typing_error_and_words_in_any_order_are_forgiven(opened: Opened, text: str, found: str) -> None:
    assert await told(opened.search, REP, text) == [(found, ALIKE)]
    assert found not in [one for one, _ in await told(opened.search, STRANGER, text)]


async def test_everything_that_fits_is_counted_by_status_too(opened: Opened) -> None:
    found = await opened.search.find(REP, Wanted(text="SO-", size=1))
    assert found.facets == (
        SearchFacet(field=SearchFacetField.KIND, value="ORDER", count=2),
        SearchFacet(field=SearchFacetField.STATUS, value="ACCEPTED", count=2),
    )
    assert (await opened.search.find(PORTAL, Wanted(text="SO-", size=1))).facets[0].count == 1


async def test_a_document_of_a_foreign_tenant_is_dropped(opened: Opened) -> None:
    """Somebody writes into the index what is not so (F16)."""
    layout = opened.means.generations.layout
    poison = {"tenant": "acme", "kind": "ORDER", "id": "order-SO-77777", "normalised": ["so77778"], "version": 1}
    action = Action(index=layout.entities, id="acme:ORDER:order-SO-77777", document=poison, version=1)
    assert await opened.means.bulk.write([action]) == Written(done=1)
    await opened.refresh()
    assert await told(opened.search, REP, "SO-77779") == []


async def test_a_bad_document_is_set_aside_and_the_rest_is_there(opened: Opened) -> None:
    layout = opened.means.generations.layout
    good: dict[str, Any] = {"tenant": "acme", "kind": "ORDER", "id": "x", "version": 3, "words": ["marmalade"]}
    bad = {**good, "id": "y", "placed_at": "the day before yesterday"}
    actions = [
        Action(index=layout.entities, id=one["id"], document=one, version=3) for one in (bad, good)
    ]  # fmt: skip
    assert await opened.means.bulk.write(actions) == Written(done=2, set_aside=1)
    await opened.refresh()
    query = {"query": {"exists": {"field": "problem"}}}
    answer = await opened.means.wire.ask("POST", f"/{layout.entities}/_search", query)
    (hit,) = answer["hits"]["hits"]
    assert (hit["_id"], hit["_source"]["problem"].split(":")[0]) == ("y", "mapper_parsing_exception")


async def test_an_older_version_never_wins_and_a_merge_deletes(opened: Opened, store: Store) -> None:
    await keep_order(store, Kept(order=make_order("ZEBRA-1")))
    await opened.index("order-ZEBRA-1")
    layout = opened.means.generations.layout
    async with store.across() as tx:
        await tx.connection.exec_driver_sql("update entity set version = 9 where id = 'order-ZEBRA-1'")
    await opened.index("order-ZEBRA-1")
    old = Action(index=layout.entities, id="acme:ORDER:order-ZEBRA-1", document=None, version=8)
    assert await opened.means.bulk.write([old]) == Written(done=1)
    await opened.refresh()
    assert await told(opened.search, REP, "ZEBRO-1") == [("order-ZEBRA-1", ALIKE)]
    async with store.across() as tx:
        await tx.connection.exec_driver_sql(
            "update entity set redirect_to = 'order-SO-10051', version = 10 where id = 'order-ZEBRA-1'"
        )
    await opened.index("order-ZEBRA-1")
    assert await told(opened.search, REP, "ZEBRO-1") == []


async def test_traces_are_found_by_words_of_their_crossings(opened: Opened, store: Store) -> None:
    failed = {"outcome": HopOutcome.FAILED, "operation": "order.create"}
    hops = [
        make_hop(30, 1, roots=("a",), error="read timed out after 30 s", **failed),
        make_hop(20, 2, roots=("b",), error="Connection refused", **failed),
        make_hop(10, 3, roots=("c",), error="the invoice timed out", **failed),
        make_hop(5, 4, roots=("d",), error="timed out", tenant="beta", **failed),
    ]
    await keep_hops(store, hops)
    await opened.index_hops()
    for text, roots in (
        ("timed out", ("c", "a")),
        ("timd out", ("c", "a")),
        ("conection", ("b",)),
        ("create", ("c", "b", "a")),
    ):
        assert (await opened.search.stories(REP, text)).roots == roots


async def test_a_replay_of_hops_never_doubles_also_over_a_change_of_month(opened: Opened, store: Store) -> None:
    hops = [make_hop(day * 86_400, day) for day in range(0, 70, 7)]
    await keep_hops(store, hops)
    for _ in range(2):
        await opened.means.generations.keep_place(await opened.means.generations.expected(), 0)
        await opened.index_hops()
    found = await compare(opened.means, Sample(), floor_of(2**47))
    assert (found.indexed["acme hops"], found.is_equal) == (len(hops), True)
    months = {one.started_at.strftime("%Y.%m") for one in hops} | {NOW.strftime("%Y.%m")}
    indices = await opened.means.generations.indices()
    assert {opened.means.generations.layout.month_of(one) for one in indices} - {None} == months


async def test_readers_notice_nothing_of_a_rebuild_and_what_changes_meanwhile_is_there(
    opened: Opened, store: Store
) -> None:
    searches = 0
    done = asyncio.Event()
    generations = opened.means.generations
    query = query_of(REP, Wanted(text="blue mog"))

    async def search_on() -> None:
        nonlocal searches
        while not done.is_set():
            answer = await opened.means.wire.ask("POST", f"/{generations.layout.entities}/_search", query)
            assert [hit["_source"]["id"] for hit in answer["hits"]["hits"]] == ["order-SO-10051"]
            assert answer["_shards"]["failed"] == 0
            searches += 1

    async def made() -> set[str | None]:
        return {generations.layout.generation_of(one) for one in await generations.indices()}

    reading = asyncio.create_task(search_on())
    await keep_hops(store, [make_hop(60 + n, n) for n in range(50)])
    for _ in range(3):
        report = await Rebuild(opened.means).run(restart=False)
        assert report.comparison.is_equal
        assert report.comparison.stored["acme hops"] == 50
    done.set()
    await reading
    assert searches > 0
    assert len(await made()) == 4
    await generations.tidy()
    assert await made() == {await generations.current()}


async def test_a_node_that_dies_is_degraded_and_nothing_is_missing_once_it_is_back(
    opensearch: Engine, opened: Opened, store: Store
) -> None:
    opensearch.server.kill()
    try:
        found = await opened.search.find(REP, Wanted(text="blue mog"))
        assert (found.found, found.degraded) == ([], True)
        assert [one for one, _ in await told(opened.search, REP, "SO-1")] == ["order-SO-10051"]
        await keep_hops(store, [make_hop(1)])
    finally:
        await asyncio.to_thread(opensearch.server.start)
    await opened.index_hops()
    found_again = await compare(opened.means, Sample(), floor_of(2**47))
    assert (found_again.indexed["acme hops"], found_again.is_equal) == (1, True)
