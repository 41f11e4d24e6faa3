"""What the filter of a subscription means."""

from __future__ import annotations

from dataclasses import replace

import pytest
import strawberry

from hub.errors import Ambiguous, InvalidInput
from hub.model.ids import global_id
from hub.model.order import OrderStatus
from hub.model.shipment import ShipmentMilestone
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store.store import Store
from resolvers.context import Context
from resolvers.endpoint.ports import Asked as HowAsked
from resolvers.feeds.asking import asked_for
from resolvers.feeds.orders import OrderEventFilterInput
from resolvers.feeds.shipments import ShipmentEventFilterInput
from resolvers.feeds.stock import InventoryEventFilterInput
from resolvers.filters import MilestoneFilterInput
from resolvers.inputs import IDFilterInput, LookupInput, OrderStatusFilterInput, StringFilterInput
from subscriptions.topics import Topic
from tests.kit.graph import REP, Graph
from tests.kit.orders import keep_alone, make_customer
from tests.kit.things import make_warehouse


def context(graph: Graph) -> Context:
    return Context(graph.doors, REP, HowAsked(transport="ws", kind="subscription"))


async def test_a_filter_becomes_a_topic_and_the_terms_of_a_list(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    one, other = (strawberry.ID(global_id("Order", name)) for name in ("a", "b"))
    given = OrderEventFilterInput(
        id=IDFilterInput(eq=one, in_=[one, other]),
        customer=LookupInput(identifier="ACME"),
        status=OrderStatusFilterInput(in_=[OrderStatus.SHIPPED], not_in=[OrderStatus.CANCELLED]),
        event=StringFilterInput(eq="order.updated"),
    )
    asked = await asked_for(context(graph), Kind.ORDER, given)
    assert replace(asked.topic, asked="") == Topic(
        tenant="acme",
        kind=Kind.ORDER,
        ids=frozenset({"a"}),
        customer_id="customer-ACME",
        statuses=frozenset({"SHIPPED"}),
        not_statuses=frozenset({"CANCELLED"}),
        events=frozenset({"order.updated"}),
    )
    assert asked.where == {
        "id": ("a",),
        "customer": ("customer-ACME",),
        "status": ("SHIPPED",),
        "not_status": ("CANCELLED",),
    }
    everything = await asked_for(context(graph), Kind.ORDER)
    assert (replace(everything.topic, asked=""), everything.where) == (Topic(tenant="acme", kind=Kind.ORDER), {})


async def test_a_warehouse_is_meant_by_its_code_of_stock_the_code_itself(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.WAREHOUSE, make_warehouse("WH"))
    here = StringFilterInput(in_=["WH", "NOWHERE"])
    given = ShipmentEventFilterInput(
        warehouse=here,
        tracking_number=StringFilterInput(eq="1Z"),
        status=MilestoneFilterInput(eq=ShipmentMilestone.SHIPPED),
    )
    asked = await asked_for(context(graph), Kind.SHIPMENT, given)
    assert asked.topic.warehouses == frozenset({make_warehouse("WH").id})
    assert asked.where == {"warehouse": ("NOWHERE", "WH"), "tracking_number": ("1Z",), "status": ("SHIPPED",)}
    stock = await asked_for(context(graph), Kind.INVENTORY, InventoryEventFilterInput(warehouse=here))
    assert stock.topic.warehouses == frozenset({"NOWHERE", "WH"})


async def test_equal_words_are_one_filter_whatever_their_order(graph: Graph) -> None:
    async def words(*skus: str) -> str:
        given = InventoryEventFilterInput(sku=StringFilterInput(in_=list(skus)))
        return (await asked_for(context(graph), Kind.INVENTORY, given)).topic.asked

    assert await words("A", "B") == await words("B", "A")
    assert await words("A", "B") != await words("A", "C")
    assert (await asked_for(context(graph), Kind.INVENTORY)).topic.asked != ""


async def test_a_customer_that_nobody_knows_has_no_events_and_two_are_said(graph: Graph, store: Store) -> None:
    nobody = await asked_for(
        context(graph), Kind.ORDER, OrderEventFilterInput(customer=LookupInput(identifier="nobody"))
    )
    assert (nobody.topic.ids, nobody.where) == (frozenset(), {"customer": ()})
    for number in ("A", "B"):
        same = Identifier(scheme=IdentifierScheme.EMAIL, value="same@acme.test")
        await keep_alone(store, Kind.CUSTOMER, make_customer(number, identifiers=(same,)))
    both = OrderEventFilterInput(customer=LookupInput(identifier="same@acme.test"))
    with pytest.raises(Ambiguous):
        await asked_for(context(graph), Kind.ORDER, both)
    wrong = OrderEventFilterInput(id=IDFilterInput(eq=strawberry.ID(global_id("Shipment", "s"))))
    with pytest.raises(InvalidInput):
        await asked_for(context(graph), Kind.ORDER, wrong)
