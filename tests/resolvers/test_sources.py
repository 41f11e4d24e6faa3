from hub.store import tables
from hub.store.store import Store
from tests.kit.graph import Graph
from tests.kit.orders import keep_rows
from tests.kit.statements import counted


async def test_every_source_says_how_it_does_in_one_statement(graph: Graph, store: Store) -> None:
    await keep_rows(store, tables.source_state, {"source": "shop", "breaker": "OPEN", "last_error": "timed out"})
    query = "{sources {source system name state stateText breaker sweeps {kind} capabilities {name supported reason}}}"
    with counted() as sent:
        (shop,) = (await graph.data(query))["sources"]
    assert len(sent) == 1
    assert (shop["system"], shop["name"], shop["state"], shop["breaker"]) == ("COMMERCE", "The shop", "DOWN", "OPEN")
    assert shop["stateText"].startswith("No answer (timed out).")
    assert shop["sweeps"] == [{"kind": "ORDER"}]
    assert {"name": "order.amend", "supported": False, "reason": "the shop cannot change an order"} in shop[
        "capabilities"
    ]
