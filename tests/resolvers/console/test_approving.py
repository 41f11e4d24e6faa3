"""`operationApprove` and `operationRefuse` through the graph."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.call import Call
from hub.model.approval import APPROVAL, ApprovalRule
from hub.model.vocabulary import Kind
from hub.store.policies import decide
from hub.store.store import Store
from tests.kit.graph import OPS, REP, Graph, graph_over
from tests.kit.merging import CALL, SHOP, Looking, landscape, manifest, order, seen

CANCEL = """mutation {orderCancel(input: {order: {identifier: "C1"}, reason: CUSTOMER}) @idempotent(key: "k") {
  userErrors {code} lines {requested pending refused} consequences {system text}
  operation {id state done approvalReason perSystem {source}} order {status}}}"""
SAY = """mutation ($id: ID!, $dry: Boolean) {operation%s(input: {operation: $id, reason: "because", dryRun: $dry})
  @idempotent(key: "d") {userErrors {code message} replayed dryRun operation {id state done approvalReason}}}"""
LOOK = '{order(by: {identifier: "C1"}) {operations(pending: true) {state} timeline(first: 9) {nodes {text}}}}'
LEAD = replace(REP, actor="lead", scopes=REP.scopes | {"orders:approve"})


@pytest.fixture
async def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    looking = Looking(store, landscape({SHOP: manifest(SHOP)}))
    await looking.write(seen((SHOP, Kind.ORDER, "1"), order("C1")))
    async with store.shard(CALL) as tx:
        await decide(tx, "acme", (APPROVAL, "cancels"), ApprovalRule(action="orderCancel"), "opshub.toml")
    return graph_over((store, serving, tailing), looking.landscape)


async def say(graph: Graph, word: str, name: str, call: Call = LEAD, *, dry: bool = False) -> dict[str, Any]:
    said: dict[str, Any] = (await graph.data(SAY % word, call, variables={"id": name, "dry": dry}))[f"operation{word}"]
    return said


async def test_a_cancel_waits_and_says_why(graph: Graph) -> None:
    said = (await graph.data(CANCEL))["orderCancel"]
    assert said["userErrors"] == []
    assert said["lines"] == [{"requested": "1", "pending": "1", "refused": "0"}]
    assert said["consequences"][0]["system"] == "HUB"
    operation = said["operation"]
    assert (operation["state"], operation["done"]) == ("AWAITING_APPROVAL", False)
    assert operation["approvalReason"] == "orderCancel needs approval (cancels)"
    assert (await graph.data(LOOK))["order"]["operations"] == [{"state": "AWAITING_APPROVAL"}]


@pytest.mark.parametrize(
    ("word", "state", "reason"),
    [
        ("Approve", "QUEUED", "orderCancel needs approval (cancels); approved by lead: because"),
        ("Refuse", "REJECTED", "orderCancel needs approval (cancels); refused by lead: because"),
    ],
)
async def test_a_decision_answers_with_the_operation_as_it_stands(
    graph: Graph, word: str, state: str, reason: str
) -> None:
    name = (await graph.data(CANCEL))["orderCancel"]["operation"]["id"]
    dry = await say(graph, word, name, dry=True)
    assert (dry["userErrors"], dry["dryRun"], dry["operation"]) == ([], True, None)
    said = await say(graph, word, name)
    assert said["operation"] == {"id": name, "state": state, "done": state == "REJECTED", "approvalReason": reason}
    again = await say(graph, word, name)
    assert (again["replayed"], again["operation"]) == (True, said["operation"])
    told = [one["text"] for one in (await graph.data(LOOK))["order"]["timeline"]["nodes"]]
    assert f"operation{word}: because" in told


async def test_who_asked_is_told_that_somebody_else_must(graph: Graph) -> None:
    both = replace(OPS, actor="rep")
    name = (await graph.data(CANCEL))["orderCancel"]["operation"]["id"]
    (error,) = (await say(graph, "Approve", name, both))["userErrors"]
    assert error["code"] == "APPROVAL_REQUIRED"


async def test_a_key_without_the_scope_decides_nothing(graph: Graph) -> None:
    answer = await graph.answer(SAY % "Approve", REP, variables={"id": "x"})
    assert answer.errors is not None
    assert "this key lacks the scope orders:approve or hub:operate" in answer.errors[0].message
