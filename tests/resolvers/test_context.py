import asyncio

from hub.model.vocabulary import Kind
from hub.store.store import Store
from resolvers.context import Context
from resolvers.endpoint.ports import Asked
from tests.kit.graph import REP, Graph
from tests.kit.orders import Kept, keep_alone, keep_order, make_customer, make_order, make_shipment
from tests.kit.statements import counted

ASKED = Asked(transport="http", kind="query")


async def test_orders_asked_for_together_are_read_in_one_statement(graph: Graph, store: Store) -> None:
    for number in ("A1", "B2"):
        await keep_order(store, Kept(order=make_order(number)))
    context = Context(graph.doors, REP, ASKED)
    with counted() as sent:
        found = await asyncio.gather(*(context.whole(one) for one in ("order-A1", "order-B2", "nobody", "order-A1")))
    assert len(sent) == 1
    assert [None if one is None else one.order.number for one in found] == ["A1", "B2", None, "A1"]


async def test_what_came_with_an_order_is_not_read_again(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    order = make_order(customer_id="customer-ACME")
    await keep_order(store, Kept(order=order, members={Kind.SHIPMENT: [make_shipment()]}))
    context = Context(graph.doors, REP, ASKED)
    await context.whole(order.id)
    keys = [(Kind.ORDER, order.id), (Kind.CUSTOMER, "customer-ACME"), (Kind.SHIPMENT, "shipment-317")]
    with counted() as sent:
        found = await context.entities(keys)
    assert sent == []
    assert [one.number for one in found] == ["R7K2", "ACME", "317"]


async def test_sources_are_read_once(graph: Graph) -> None:
    context = Context(graph.doors, REP, ASKED)
    with counted() as sent:
        first, second = await asyncio.gather(context.sources(), context.sources())
    assert first == second
    assert len(sent) == 1


async def test_another_context_reads_afresh(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order("A1")))
    with counted() as sent:
        for _ in range(2):
            await Context(graph.doors, REP, ASKED).whole("order-A1")
    assert len(sent) == 2


async def test_what_is_not_visible_is_left_out(graph: Graph) -> None:
    context = Context(graph.doors, REP, ASKED)
    assert await context.entity((Kind.ORDER, "nobody")) is None
    assert await context.entities([(Kind.ORDER, "nobody")]) == []
    assert await context.entities_by_key([(Kind.ORDER, "nobody")]) == {}
