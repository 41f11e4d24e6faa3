"""`traces`: stories by how they stand, why and of what, page by page; for staff alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.errors import CursorInvalid
from hub.model.intents import DeliveryState
from hub.store.store import Store
from tests.kit.graph import REP, Graph
from tests.kit.orders import NOON, Kept, keep_order, make_order
from tests.kit.wholes import make_accepted, make_sent

LIST = """query Q($filter: TraceFilterInput, $first: Int, $after: String) {
  traces(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo {hasNextPage endCursor}
    edges {cursor} nodes {state identifiers {value} blocker {rootCause nextAttemptAt}}}}"""
WHOLE = "query Q { traces { nodes { state hops { kind } waitingMs } } }"


@pytest.fixture
async def kept(store: Store) -> Store:
    """One that waits for a shop which throttles, and one that is done."""
    sent = make_sent(
        DeliveryState.PENDING, attempts=2, error="too fast", error_class="THROTTLED",
        next_attempt_at=NOON + timedelta(hours=1),
    )  # fmt: skip
    await keep_order(store, Kept(order=make_order(), commands=[make_accepted()], deliveries=[sent]))
    return store


async def listed(graph: Graph, **variables: Any) -> Any:  # Any: JSON
    return (await graph.data(LIST, variables=variables))["traces"]


async def test_a_story_is_found_by_how_it_stands_and_why(graph: Graph, kept: Store) -> None:
    for fits in (
        None,
        {"state": ["WAITING"], "errorClass": ["THROTTLED"], "source": {"eq": "shop"}},
        {"id": {"identifier": "R7K2"}},
        {"id": {"identifier": "correlation-1"}},
        {"standingSinceBefore": "2999-01-01T00:00:00Z", "movedAt": {"gte": "2000-01-01T00:00:00Z"}},
    ):
        told = await listed(graph, filter=fits)
        assert (told["totalCount"], [one["state"] for one in told["nodes"]]) == (1, ["WAITING"])
        assert told["nodes"][0]["blocker"]["rootCause"] == "API_THROTTLING"
        assert told["nodes"][0]["blocker"]["nextAttemptAt"] is not None
    nothing: list[dict[str, Any]] = [
        {"state": ["DONE"]}, {"id": {"identifier": "nobody"}}, {"source": {"in": []}}, {"text": "%"},
    ]  # fmt: skip
    for fails in nothing:
        assert (await listed(graph, filter=fails))["nodes"] == []


async def test_hops_are_read_where_they_are_selected(graph: Graph, kept: Store) -> None:
    (told,) = (await graph.data(WHOLE))["traces"]["nodes"]
    assert [one["kind"] for one in told["hops"]] == ["API_IN", "DELIVERY"]


async def test_a_page_goes_on_and_a_cursor_is_the_callers_own(graph: Graph, kept: Store) -> None:
    first = await listed(graph, first=1)
    assert first["pageInfo"]["hasNextPage"] is False
    after = first["pageInfo"]["endCursor"]
    assert (await listed(graph, after=after))["nodes"] == []
    result = await graph.answer(LIST, replace(REP, actor="another"), variables={"after": after})
    assert [type(error.original_error) for error in result.errors or []] == [CursorInvalid]


async def test_traces_are_listed_for_staff_alone(graph: Graph, kept: Store) -> None:
    told = (await graph.data(LIST, replace(REP, account="acme")))["traces"]
    assert (told["nodes"], told["totalCount"]) == ([], 0)
