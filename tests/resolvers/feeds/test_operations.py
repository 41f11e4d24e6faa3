"""`operationChanged`: from how an operation stands until it is done."""

from __future__ import annotations

from hub.model.vocabulary import Kind
from tests.kit.listening import PORTAL, Listening, take
from tests.kit.merging import SHOP, order, seen

CANCEL = """mutation {orderCancel(input: {order: {identifier: "A1"}, reason: OTHER}) @idempotent(key: "k") {
  operation {id}}}"""
WATCH = "subscription Q($ids: [ID!]!) {operationChanged(ids: $ids) {kind operationId version operation {state done}}}"


async def test_an_operation_is_watched_from_how_it_stands(hub: Listening) -> None:
    await hub.write(seen((SHOP, Kind.ORDER, "1"), order("A1"), 0))
    named = (await hub.graph.data(CANCEL))["orderCancel"]["operation"]["id"]
    async with hub.to(WATCH, ids=[named]) as events:
        snapshot, end = await take(events, 2)
    assert snapshot == {
        "kind": "SNAPSHOT",
        "operationId": named,
        "version": 1,
        "operation": {"state": "QUEUED", "done": False},
    }
    assert end["kind"] == "SNAPSHOT_END"
    async with hub.to(WATCH, PORTAL, ids=[named]) as events:
        assert (await anext(events))["kind"] == "SNAPSHOT_END"
