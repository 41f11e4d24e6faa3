"""Holding an order through the graph: what is allowed, what is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.graph import REP, Graph, graph_over
from tests.kit.merging import SHOP, Looking, landscape, manifest, order, seen

PLACE = """mutation($code: String = "C1") {
  orderHoldPlace(input: {order: {identifier: $code}, type: MANUAL_CS, reason: "asked to wait"}) @idempotent(key: "k") {
    order { holds { id type placedBy reason blocks } } userErrors { code field }
  }
}"""
RELEASE = """mutation($ids: [ID!]!) {
  orderHoldRelease(input: {order: {identifier: "C1"}, holdIds: $ids}) @idempotent(key: "k") {
    order { holds { id } } userErrors { code field }
  }
}"""
NOTE = """mutation {
  orderNoteAdd(input: {order: {identifier: "C1"}, text: "he called"}) @idempotent(key: "k") {
    order { timeline { nodes { event actor text } } } userErrors { code }
  }
}"""
ALLOWED = '{ order(by: {identifier: "C1"}) { allowedActions { action enabled reasonText } } }'


@pytest.fixture
async def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    lands = landscape({SHOP: manifest(SHOP)})
    await Looking(store, lands).write(seen((SHOP, Kind.ORDER, "1"), order("C1")))
    return graph_over((store, serving, tailing), lands)


async def allowed(graph: Graph) -> dict[str, str | None]:
    found = (await graph.data(ALLOWED))["order"]["allowedActions"]
    return {one["action"]: None if one["enabled"] else one["reasonText"] for one in found}


async def test_an_order_is_held_and_let_go_and_says_what_is_allowed(graph: Graph) -> None:
    assert (await allowed(graph))["orderHoldRelease"] == "nobody holds it by hand"
    (hold,) = (await graph.data(PLACE))["orderHoldPlace"]["order"]["holds"]
    assert (hold["type"], hold["placedBy"], hold["reason"], hold["blocks"]) == (
        "MANUAL_CS", "rep", "asked to wait", ["RELEASED"],
    )  # fmt: skip
    now = await allowed(graph)
    assert {name for name, why in now.items() if why is None} >= {
        "orderCancel", "orderHoldPlace", "orderHoldRelease", "orderNoteAdd",
    }  # fmt: skip
    assert now["orderReleaseToWarehouse"] == "the hub only mirrors this order: it is released where it is managed"
    freed = (await graph.data(RELEASE, variables={"ids": [hold["id"]]}))["orderHoldRelease"]
    assert freed == {"order": {"holds": []}, "userErrors": []}


async def test_a_note_stands_in_the_timeline(graph: Graph) -> None:
    said = (await graph.data(NOTE))["orderNoteAdd"]["order"]["timeline"]["nodes"]
    assert {"event": "order.note_added", "actor": "rep", "text": "orderNoteAdd: he called"} in said


async def test_a_decision_is_an_operation_that_is_done(graph: Graph) -> None:
    note = NOTE.replace("order { timeline { nodes { event actor text } } }", "operation { id }")
    made = (await graph.data(note))["orderNoteAdd"]["operation"]["id"]
    look = "query($id: ID!) { operation(id: $id) { action state done correlationId } }"
    assert (await graph.data(look, variables={"id": made}))["operation"] == {
        "action": "orderNoteAdd",
        "state": "APPLIED",
        "done": True,
        "correlationId": "correlation-rep",
    }
    assert (await graph.data(look, replace(REP, account="acme"), variables={"id": made}))["operation"] is None


async def test_an_order_that_is_not_there_is_said(graph: Graph) -> None:
    said = (await graph.data(PLACE, variables={"code": "nothing"}))["orderHoldPlace"]
    assert said == {"order": None, "userErrors": [{"code": "NOT_FOUND", "field": ["order"]}]}
