"""Deciding about dead letters through the graph."""

from __future__ import annotations

import pytest

from hub.model.ids import global_id
from hub.store.store import Store
from tests.hub.store.test_letters import arrive
from tests.kit.graph import OPS, Graph, graph_over
from tests.kit.merging import SHOP, landscape, manifest

REPLAY = """mutation($dry: Boolean) {
  deadLetterReplay(input: {dryRun: $dry, select: {source: "shop"}, reason: "mended"}) @idempotent(key: "k") {
    matched scheduled skipped { reason count } dryRun replayed userErrors { code }
  }
}"""
OTHERS = """mutation($a: ID!, $b: ID!) {
  deadLetterDiscard(input: {select: {ids: [$a]}, reason: "a test"}) @idempotent(key: "k") { scheduled }
  deadLetterResolve(input: {select: {ids: [$b]}, outcome: DONE, reason: "?"}) @idempotent(key: "k") {
    scheduled skipped { count }
  }
}"""


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    return graph_over((store, serving, tailing), landscape({SHOP: manifest(SHOP)}))


async def test_the_dry_run_counts_what_the_real_run_does(graph: Graph, store: Store) -> None:
    await arrive(store, "a", "bb", "ccc")
    dry = (await graph.data(REPLAY, OPS, variables={"dry": True}))["deadLetterReplay"]
    real = (await graph.data(REPLAY, OPS))["deadLetterReplay"]
    again = (await graph.data(REPLAY, OPS))["deadLetterReplay"]
    assert (dry["matched"], dry["scheduled"], dry["skipped"]) == (3, 3, [])
    assert real == dry | {"dryRun": False}
    assert again == real | {"replayed": True}


async def test_a_body_is_given_up_and_cannot_be_done(graph: Graph, store: Store) -> None:
    await arrive(store, "a", "bb")
    ids = {"a": global_id("DeadLetter", "a"), "b": global_id("DeadLetter", "bb")}
    said = await graph.data(OTHERS, OPS, variables=ids)
    assert said["deadLetterDiscard"] == {"scheduled": 1}
    assert said["deadLetterResolve"] == {"scheduled": 0, "skipped": [{"count": 1}]}
