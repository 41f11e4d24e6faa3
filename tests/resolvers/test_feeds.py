import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import strawberry

from hub.changes.relay import Relay
from hub.errors import Ambiguous, CursorInvalid, InvalidInput
from hub.model.ids import global_id
from hub.model.order import OrderStatus
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from resolvers.context import Context
from resolvers.endpoint.ports import Asked
from resolvers.feeds import NOBODY, OrderEventFilterInput, order_topic, snapshot_filter
from resolvers.inputs import IDFilterInput, LookupInput, OrderStatusFilterInput, StringFilterInput
from subscriptions.topics import Topic
from tests.kit.graph import REP, Graph, graph_over
from tests.kit.merging import SHOP, Looking, manifest, order, seen
from tests.kit.merging import landscape as sources
from tests.kit.orders import keep_alone, make_customer
from tests.kit.recorder import ListRecorder

PORTAL = replace(REP, actor="portal", account="acme")
WATCH = """subscription Q($after: String, $initial: Boolean) {orderChanged(after: $after, includeInitial: $initial) {
  cursor kind event version changedFields merged orderId order {number version}}}"""


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    return graph_over((store, serving, tailing), sources({SHOP: manifest(SHOP)}))


@pytest.fixture
def looking(store: Store) -> Looking:
    return Looking(store, sources({SHOP: manifest(SHOP)}))


@pytest.fixture
async def relay(database: RoleUrls) -> AsyncIterator[Relay]:
    async with open_store(database, Role.WORK, size=1) as own:
        leading = Relay(own, "test", ListRecorder())
        await leading.turn()
        yield leading


@asynccontextmanager
async def tailed(graph: Graph) -> AsyncIterator[None]:
    """Let the graph's feed tail the log."""
    loop = asyncio.create_task(graph.doors.feed.run())
    try:
        yield
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


async def take(events: AsyncIterator[Any], count: int) -> list[Any]:
    return [await anext(events) for _ in range(count)]


async def test_a_stream_begins_with_what_there_is_and_goes_on(graph: Graph, looking: Looking, relay: Relay) -> None:
    await looking.write(seen((SHOP, Kind.ORDER, "1"), order("A1"), 0))
    await relay.turn()
    async with tailed(graph), graph.listening(WATCH, variables={"initial": True}) as events:
        snapshot, end = await take(events, 2)
        await looking.write(seen((SHOP, Kind.ORDER, "2"), order("B2"), 5))
        await relay.turn()
        created = await anext(events)
    assert (snapshot["kind"], snapshot["event"], snapshot["order"]["number"]) == ("SNAPSHOT", None, "A1")
    assert (end["kind"], end["orderId"], end["order"]) == ("SNAPSHOT_END", None, None)
    assert (created["kind"], created["event"], created["merged"]) == ("CREATED", "order.created", 0)
    assert (created["version"], created["order"]) == (1, {"number": "B2", "version": 1})
    assert created["orderId"] is not None


async def test_a_cursor_resumes_behind_its_event(graph: Graph, looking: Looking, relay: Relay) -> None:
    async with tailed(graph):
        async with graph.listening(WATCH, variables={"initial": True}) as events:
            (end,) = await take(events, 1)
        for number in ("A1", "B2", "C3"):
            await looking.write(seen((SHOP, Kind.ORDER, number), order(number), 0))
        await relay.turn()
        async with graph.listening(WATCH, variables={"after": end["cursor"], "initial": True}) as events:
            first = await take(events, 3)
        async with graph.listening(WATCH, variables={"after": first[0]["cursor"]}) as events:
            assert await take(events, 2) == first[1:]
    assert [one["order"]["number"] for one in first] == ["A1", "B2", "C3"]


async def test_the_entity_is_as_it_stands_now(graph: Graph, looking: Looking, relay: Relay) -> None:
    async with tailed(graph), graph.listening(WATCH, variables={"initial": True}) as events:
        await take(events, 1)
        await looking.write(seen((SHOP, Kind.ORDER, "1"), order("A1"), 0))
        await looking.write(seen((SHOP, Kind.ORDER, "1"), order("A1", raw_status="Shipped", status="SHIPPED"), 5))
        await relay.turn()
        created, updated = await take(events, 2)
    assert (created["version"], created["order"]["version"]) == (1, 2)
    assert (updated["kind"], updated["version"], updated["order"]["version"]) == ("UPDATED", 2, 2)


async def test_a_portal_hears_of_his_account_alone(graph: Graph, looking: Looking, relay: Relay) -> None:
    async with tailed(graph), graph.listening(WATCH, PORTAL, variables={"initial": True}) as events:
        await take(events, 1)
        for number, account in (("A1", "beta"), ("B2", None), ("C3", "acme/north")):
            await looking.write(seen((SHOP, Kind.ORDER, number), order(number, account=account), 0))
        await relay.turn()
        assert (await anext(events))["order"]["number"] == "C3"


async def test_a_cursor_of_another_filter_or_caller_is_refused(graph: Graph, looking: Looking, relay: Relay) -> None:
    await looking.write(seen((SHOP, Kind.ORDER, "1"), order("A1"), 0))
    await relay.turn()
    async with tailed(graph):
        async with graph.listening(WATCH, variables={"initial": True}) as events:
            cursor = (await take(events, 2))[1]["cursor"]
        with pytest.raises(CursorInvalid):
            async with graph.listening(WATCH, PORTAL, variables={"after": cursor}) as events:
                await anext(events)


async def test_an_operation_is_watched_until_it_is_done(graph: Graph, looking: Looking, relay: Relay) -> None:
    await looking.write(seen((SHOP, Kind.ORDER, "1"), order("A1"), 0))
    cancel = """mutation {orderCancel(input: {order: {identifier: "A1"}, reason: OTHER}) @idempotent(key: "k") {
      operation {id}}}"""
    done = (await graph.data(cancel))["orderCancel"]["operation"]["id"]
    watch = """subscription Q($ids: [ID!]!) {operationChanged(ids: $ids) {
      kind operationId version operation {state done}}}"""
    async with tailed(graph), graph.listening(watch, variables={"ids": [done]}) as events:
        snapshot, end = await take(events, 2)
    assert snapshot == {
        "kind": "SNAPSHOT",
        "operationId": done,
        "version": 1,
        "operation": {"state": "QUEUED", "done": False},
    }
    assert end["kind"] == "SNAPSHOT_END"
    async with tailed(graph), graph.listening(watch, PORTAL, variables={"ids": [done]}) as events:
        assert (await anext(events))["kind"] == "SNAPSHOT_END"


def context(graph: Graph) -> Context:
    return Context(graph.doors, REP, Asked(transport="ws", kind="subscription"))


async def test_a_filter_becomes_a_topic(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    one, other = (strawberry.ID(global_id("Order", name)) for name in ("a", "b"))
    given = OrderEventFilterInput(
        id=IDFilterInput(eq=one, in_=[one, other]),
        customer=LookupInput(identifier="ACME"),
        status=OrderStatusFilterInput(in_=[OrderStatus.SHIPPED], not_in=[OrderStatus.CANCELLED]),
        event=StringFilterInput(eq="order.updated"),
    )
    topic = await order_topic(context(graph), given)
    assert topic == Topic(
        tenant="acme",
        kind=Kind.ORDER,
        ids=frozenset({"a"}),
        customer_id="customer-ACME",
        statuses=frozenset({"SHIPPED"}),
        not_statuses=frozenset({"CANCELLED"}),
        events=frozenset({"order.updated"}),
    )
    assert snapshot_filter(topic) == {
        "id": ("a",),
        "customer": ("customer-ACME",),
        "status": ("SHIPPED",),
        "not_status": ("CANCELLED",),
    }
    assert await order_topic(context(graph), None) == Topic(tenant="acme", kind=Kind.ORDER)


async def test_a_customer_that_nobody_knows_has_no_events_and_two_are_said(graph: Graph, store: Store) -> None:
    nobody = OrderEventFilterInput(customer=LookupInput(identifier="nobody"))
    assert (await order_topic(context(graph), nobody)).ids == NOBODY
    for number in ("A", "B"):
        same = Identifier(scheme=IdentifierScheme.EMAIL, value="same@acme.test")
        await keep_alone(store, Kind.CUSTOMER, make_customer(number, identifiers=(same,)))
    both = OrderEventFilterInput(customer=LookupInput(identifier="same@acme.test"))
    with pytest.raises(Ambiguous):
        await order_topic(context(graph), both)
    wrong = OrderEventFilterInput(id=IDFilterInput(eq=strawberry.ID(global_id("Shipment", "s"))))
    with pytest.raises(InvalidInput):
        await order_topic(context(graph), wrong)
