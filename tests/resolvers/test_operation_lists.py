"""`operations`: what was asked for, narrowed, sorted and paged; and what one may see of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from hub.merge.work import Work
from hub.model.ids import from_global
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.graph import OPS, REP, Graph, graph_over
from tests.kit.merging import CALL, SHOP, Looking, landscape, manifest, order, seen
from tests.kit.statements import counted

LIST = """query ($filter: OperationFilterInput, $sort: OperationSortInput, $first: Int, $after: String) {
  operations(filter: $filter, sort: $sort, first: $first, after: $after) {
    nodes { id action state done actor acceptedAt order { number } perSystem { source state } }
    pageInfo { hasNextPage endCursor } totalCount
  }
}"""
CANCEL = """mutation {orderCancel(input: {order: {identifier: "%s"}, reason: CUSTOMER}) @idempotent(key: "%s") {
  operation {id} userErrors {code}}}"""
NOTE = (
    """mutation {orderNoteAdd(input: {order: {identifier: "C1"}, text: "n"}) @idempotent(key: "n") {operation {id}}}"""
)


@pytest.fixture
async def looking(store: Store) -> Looking:
    """Three orders, each cancelled by a representative; one of the deliveries stopped. A note by an operator."""
    looking = Looking(store, landscape({SHOP: manifest(SHOP)}))
    await looking.write(*(seen((SHOP, Kind.ORDER, str(n)), order(f"C{n}")) for n in (1, 2, 3)))
    return looking


@pytest.fixture
async def graph(store: Store, serving: Store, tailing: Store, looking: Looking) -> Graph:
    graph = graph_over((store, serving, tailing), looking.landscape)
    for n in (1, 2, 3):
        said = await graph.data(CANCEL % (f"C{n}", f"k{n}"))
        assert said["orderCancel"]["userErrors"] == []
    await graph.data(NOTE, OPS)
    async with store.shard(CALL) as tx:
        await tx.execute(text("update delivery set state = 'DONE' where source_id = '1'"))
        await tx.execute(text("update delivery set state = 'DEAD', error = 'e' where source_id = '2'"))
    return graph


async def listed(graph: Graph, call: Any = REP, **asked: Any) -> dict[str, Any]:  # Any: a call, variables, JSON
    found: dict[str, Any] = (await graph.data(LIST, call, variables=asked))["operations"]
    return found


async def numbers(graph: Graph, call: Any = REP, **asked: Any) -> list[str]:
    return [f"{one['action']} {one['order']['number']}" for one in (await listed(graph, call, **asked))["nodes"]]


CANCELS = ["orderCancel C1", "orderCancel C2", "orderCancel C3"]


FILTERS: tuple[tuple[dict[str, Any], list[str]], ...] = (
    ({}, [*CANCELS, "orderNoteAdd C1"]),
    ({"action": {"eq": "orderCancel"}}, CANCELS),
    ({"actor": {"in": ["ops", "x"]}}, ["orderNoteAdd C1"]),
    ({"order": {"identifier": "C2"}}, ["orderCancel C2"]),
    ({"order": {"identifier": "C9"}}, []),
    ({"done": True}, ["orderNoteAdd C1"]),
    ({"done": False, "state": {"in": ["QUEUED", "UNKNOWN"]}}, CANCELS),
    ({"state": {"notIn": ["QUEUED"]}}, ["orderNoteAdd C1"]),
    ({"state": {"eq": "AWAITING_APPROVAL"}}, []),
    ({"acceptedAt": {"lt": "2026-01-01T00:00:00Z"}}, []),
    ({"acceptedAt": {"gte": "2026-01-01T00:00:00Z"}}, [*CANCELS, "orderNoteAdd C1"]),
)


async def test_a_filter_narrows_by_what_it_names(graph: Graph) -> None:
    by = {"field": "ACCEPTED_AT", "direction": "ASC"}
    for narrowed, found in FILTERS:
        assert await numbers(graph, filter=narrowed, sort=by) == found, narrowed
        assert (await listed(graph, filter=narrowed))["totalCount"] == len(found)


async def test_the_newest_comes_first_and_pages_follow_each_other(graph: Graph) -> None:
    everything = await numbers(graph)
    assert everything == ["orderNoteAdd C1", *CANCELS[::-1]]
    first = await listed(graph, first=3)
    assert (len(first["nodes"]), first["pageInfo"]["hasNextPage"]) == (3, True)
    end = first["pageInfo"]["endCursor"]
    assert await numbers(graph, first=3, after=end) == everything[3:]
    answer = await graph.answer(LIST, variables={"filter": {"done": True}, "after": end})
    assert answer.errors is not None  # a cursor is good for its own filter alone
    assert await numbers(graph, sort={"field": "MOVED_AT"}) == everything[::-1]


async def test_a_page_and_its_orders_take_one_statement_each(graph: Graph) -> None:
    page = LIST.replace("totalCount", "")
    with counted() as statements:
        await graph.data(page)
    assert len(statements) == 2


async def test_who_is_confined_sees_operations_on_his_own_orders_and_no_decisions(graph: Graph, store: Store) -> None:
    async with store.shard(CALL) as tx:
        await tx.execute(
            text("update entity set account = 'acme/west' where kind = 'ORDER' and number in ('C1', 'C2')")
        )
    west = replace(REP, account="acme/west")
    assert await numbers(graph, west) == ["orderCancel C2", "orderCancel C1"]
    assert [one["actor"] for one in (await listed(graph, west))["nodes"]] == [None, None]
    assert await numbers(graph, replace(REP, account="acme/east")) == []
    assert await numbers(graph, replace(REP, account="acme")) == ["orderCancel C2", "orderCancel C1"]


async def test_an_operation_stands_in_the_list_as_it_does_by_itself(graph: Graph, looking: Looking) -> None:
    await looking.writer.write(CALL, Work(wake=tuple(root for (root,) in await looking.rows("select id from root"))))
    for one in (await listed(graph))["nodes"]:
        alone = await graph.data(f'{{operation(id: "{one["id"]}") {{action state done perSystem {{source state}}}}}}')
        assert from_global(one["id"])[0] == "Operation"
        assert alone["operation"] == {key: one[key] for key in ("action", "state", "done", "perSystem")}
