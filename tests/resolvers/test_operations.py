from dataclasses import replace

import pytest

from hub.errors import InvalidInput
from hub.model.ids import global_id
from hub.model.intents import DeliveryState
from hub.store.store import Store
from resolvers.operations import local_id
from tests.kit.graph import REP, Graph
from tests.kit.orders import Kept, keep_order, make_order
from tests.kit.statements import counted
from tests.kit.wholes import make_accepted, make_sent

QUERY = f'{{operation(id: "{global_id("Operation", "c1")}") {{action state done perSystem {{source state error}}}}}}'


async def test_an_operation_is_read_with_its_order(graph: Graph, store: Store) -> None:
    sent = make_sent(DeliveryState.DEAD, attempts=3, error="422")
    await keep_order(store, Kept(order=make_order(), account="acme", commands=[make_accepted()], deliveries=[sent]))
    with counted() as statements:
        said = (await graph.data(QUERY))["operation"]
    assert len(statements) == 2
    assert said == {
        "action": "orderCancel",
        "state": "QUEUED",
        "done": False,
        "perSystem": [{"source": "shop", "state": "QUEUED", "error": "422"}],
    }
    assert await graph.data(QUERY, replace(REP, account="beta")) == {"operation": None}


async def test_an_operation_that_is_not_there_is_null(graph: Graph) -> None:
    assert await graph.data(QUERY) == {"operation": None}


def test_the_id_of_something_else_is_refused() -> None:
    assert local_id(global_id("Operation", "c1"), "Operation") == "c1"
    with pytest.raises(InvalidInput, match="id of a Order"):
        local_id(global_id("Order", "c1"), "Operation")
