import inspect

import pytest

from hub.errors import NotFound
from hub.read.whole import Whole
from hub.store.store import Store
from resolvers.context import Context
from resolvers.endpoint.ports import Asked
from resolvers.wholes import of_whole, whole_of
from tests.kit.graph import REP, Graph
from tests.kit.orders import Kept, keep_order, make_order


@of_whole
def number(whole: Whole, context: Context) -> str:
    """Its number."""
    return f"{whole.order.number} for {context.call.actor}"


class Asking:
    """What Strawberry hands over as `info`, as far as it is used."""

    def __init__(self, context: Context) -> None:
        self.context = context


async def test_a_field_is_answered_at_once_where_the_order_has_been_read(graph: Graph, store: Store) -> None:
    order = make_order()
    await keep_order(store, Kept(order=order))
    context = Context(graph.doors, REP, Asked(transport="http", kind="query"))
    later = number(order, Asking(context))
    assert inspect.isawaitable(later)
    assert await later == "R7K2 for rep"
    assert number(order, Asking(context)) == "R7K2 for rep"


async def test_an_order_that_went_meanwhile_is_said_to_be_gone(graph: Graph) -> None:
    context = Context(graph.doors, REP, Asked(transport="http", kind="query"))
    with pytest.raises(NotFound):
        await whole_of("nobody", context)


def test_the_description_is_that_of_the_function() -> None:
    assert number.__doc__ == "Its number."
