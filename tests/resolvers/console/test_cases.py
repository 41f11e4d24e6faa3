"""The queue through the graph: one case with all its orders, what helps, taken and settled."""

from __future__ import annotations

import pytest

from hub.store.store import Store
from tests.hub.write.test_mapping import BLOCKED
from tests.hub.write.test_mapping import looking as blocked
from tests.kit.graph import OPS, REP, Graph, graph_over
from tests.kit.merging import Looking
from tests.kit.surface import document

looking = blocked
"""37 orders with one unknown item."""
WORK = document("WorkTheQueue")
MOVE = """mutation($id: ID!, $dry: Boolean) {
  exceptionCaseAssign(input: {ids: [$id], assignee: "kim", dryRun: $dry}) @idempotent(key: "k") {
    exceptionCases { id status assignee version } dryRun userErrors { code field }
  }
}"""
SETTLE = """mutation($id: ID!) {
  exceptionCaseResolve(input: {ids: [$id], note: "done"}) @idempotent(key: "k") {
    exceptionCases { status } userErrors { code field }
  }
}"""


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store, looking: Looking) -> Graph:
    return graph_over((store, serving, tailing), looking.landscape)


async def test_the_queue_shows_one_case_with_all_its_orders(graph: Graph) -> None:
    said = await graph.data(WORK, OPS)
    (case,) = said["exceptionCases"]["nodes"]
    assert (case["code"], case["severity"], case["occurrences"]) == ("SKU_MAPPING_MISSING", "S2", BLOCKED)
    assert len({one["number"] for one in case["orders"]}) == BLOCKED
    assert case["suggestedActions"] == [{"action": "skuMappingSet", "enabled": True, "reasonText": None}]
    assert case["slaDueAt"] is not None
    assert said["exceptionCases"]["totalCount"] == 1
    assert said["deadLetterGroups"] == []
    (seen,) = (await graph.data(WORK, REP))["exceptionCases"]["nodes"]
    assert seen["suggestedActions"][0]["enabled"] is False


async def test_a_case_is_taken_and_settled_by_the_id_of_the_list(graph: Graph) -> None:
    (case,) = (await graph.data("{ exceptionCases { nodes { id version } } }"))["exceptionCases"]["nodes"]
    dry = (await graph.data(MOVE, OPS, variables={"id": case["id"], "dry": True}))["exceptionCaseAssign"]
    assert dry["exceptionCases"] == [case | {"status": "ASSIGNED", "assignee": "kim"}]
    real = (await graph.data(MOVE, OPS, variables={"id": case["id"]}))["exceptionCaseAssign"]
    version = case["version"] + BLOCKED
    assert real["exceptionCases"] == [{**case, "status": "ASSIGNED", "assignee": "kim", "version": version}]
    settled = (await graph.data(SETTLE, OPS, variables={"id": case["id"]}))["exceptionCaseResolve"]
    assert settled["exceptionCases"] == [{"status": "CLOSED"}]
    assert (await graph.data("{ exceptionCases { totalCount } }"))["exceptionCases"] == {"totalCount": 0}
    wrong = (await graph.data(SETTLE.replace('"k"', '"k2"'), OPS, variables={"id": "nonsense"}))["exceptionCaseResolve"]
    assert wrong["userErrors"] == [{"code": "NOT_FOUND", "field": ["ids"]}]
