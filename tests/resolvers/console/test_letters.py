"""`deadLetterGroups` and `deadLetters` through the graph."""

from __future__ import annotations

import pytest

from hub.model.ids import from_global
from hub.store.store import Store
from tests.hub.store.test_letters import arrive
from tests.kit.graph import Graph, graph_over
from tests.kit.merging import SHOP, landscape, manifest

LOOK = """{
  deadLetterGroups { groupKey errorClass cause source operation count replayPolicy }
  deadLetters(first: 2) { nodes { id sort order { id } } edges { cursor } pageInfo { hasNextPage } totalCount }
}"""


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    return graph_over((store, serving, tailing), landscape({SHOP: manifest(SHOP)}))


async def test_what_failed_alike_is_one_group(graph: Graph, store: Store) -> None:
    await arrive(store, "a", "bb", "ccc")
    said = await graph.data(LOOK)
    (group,) = said["deadLetterGroups"]
    assert (group["count"], group["errorClass"], group["replayPolicy"]) == (3, "MAPPING", "SAFE")
    listed = said["deadLetters"]
    assert [from_global(one["id"]) for one in listed["nodes"]] == [("DeadLetter", "a"), ("DeadLetter", "bb")]
    assert (listed["pageInfo"]["hasNextPage"], listed["totalCount"]) == (True, 3)
