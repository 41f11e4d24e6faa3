"""`skuMappingSet` through the graph."""

from __future__ import annotations

import pytest

from hub.store.store import Store
from tests.kit.graph import OPS, REP, Graph, graph_over
from tests.kit.merging import SHOP, landscape, manifest

SET = """mutation($sku: String!, $dry: Boolean) {
  skuMappingSet(input: {source: "shop", externalSku: "CUP", sku: $sku, dryRun: $dry}) @idempotent(key: "k") {
    scheduled dryRun replayed operation { id } userErrors { code field } correlationId
  }
}"""


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    return graph_over((store, serving, tailing), landscape({SHOP: manifest(SHOP)}))


async def test_what_the_caller_can_fix_is_told_and_nothing_is_claimed(graph: Graph) -> None:
    said = (await graph.data(SET, OPS, variables={"sku": "MUG"}))["skuMappingSet"]
    assert said == {
        "scheduled": 0,
        "dryRun": False,
        "replayed": False,
        "operation": None,
        "userErrors": [{"code": "UNKNOWN_SKU", "field": ["sku"]}],
        "correlationId": "correlation-ops",
    }


async def test_it_takes_an_operators_scope(graph: Graph) -> None:
    said = await graph.answer(SET, REP, variables={"sku": "MUG"})
    assert said.errors is not None
    assert said.errors[0].original_error is not None
    assert "hub:operate" in str(said.errors[0].message)
