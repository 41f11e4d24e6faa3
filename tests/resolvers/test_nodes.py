from dataclasses import replace

from hub.errors import InvalidInput
from hub.model.cases import CaseQueue, CaseStatus, ExceptionCase, ExceptionCode, RootCause, Severity
from hub.model.ids import global_id
from hub.model.vocabulary import Kind
from hub.store import tables
from hub.store.store import Store
from tests.kit.graph import REP, Graph
from tests.kit.orders import NOON, Kept, keep_alone, keep_order, keep_rows, make_customer, make_order
from tests.kit.wholes import make_accepted

CASE = ExceptionCase(
    id="x", version=1, code=ExceptionCode.DEAD_LETTER, severity=Severity.S2, status=CaseStatus.NEW,
    queue=CaseQueue.CS, title="It failed", root_cause=RootCause.UNKNOWN, occurrences=1, first_seen_at=NOON,
)  # fmt: skip


async def test_anything_is_found_again_by_its_id(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    await keep_order(store, Kept(order=make_order(), commands=[make_accepted()], cases=[CASE]))
    await keep_rows(
        store, tables.entity, {"kind": "ORDER", "id": "old", "root_id": "old", "redirect_to": "order-R7K2", "doc": {}}
    )
    ids = [
        global_id("Order", "order-R7K2"),
        global_id("Order", "old"),
        global_id("Customer", "customer-ACME"),
        global_id("Operation", "c1"),
        global_id("ExceptionCase", "x"),
        global_id("Source", "shop"),
        global_id("Order", "nobody"),
        global_id("Operation", "nobody"),
        global_id("Unheard", "of"),
    ]
    query = "query Q($ids: [ID!]!) {nodes(ids: $ids) {__typename id}}"
    said = (await graph.data(query, variables={"ids": ids}))["nodes"]
    names = ["Order", "Order", "Customer", "Operation", "ExceptionCase", "Source"]
    assert [None if one is None else one["__typename"] for one in said] == [*names, None, None, None]
    assert said[0] == said[1]
    assert [one["id"] for one in said[2:6]] == ids[2:6]


async def test_one_node(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order(), account="acme"))
    query = f'{{node(id: "{global_id("Order", "order-R7K2")}") {{... on Order {{number}}}}}}'
    assert await graph.data(query) == {"node": {"number": "R7K2"}}
    assert await graph.data(query, replace(REP, account="beta")) == {"node": None}
    said = await graph.answer('{node(id: "rubbish") {id}}')
    assert said.errors is not None
    assert isinstance(said.errors[0].original_error, InvalidInput)


async def test_more_than_a_hundred_ids_are_refused(graph: Graph) -> None:
    said = await graph.answer("query Q($ids: [ID!]!) {nodes(ids: $ids) {id}}", variables={"ids": ["x"] * 101})
    assert said.errors is not None
    assert isinstance(said.errors[0].original_error, InvalidInput)


async def test_the_viewer_is_who_the_credential_says(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer(), account="acme")
    query = "{viewer {actor tenant scopes account {name}}}"
    rep = (await graph.data(query))["viewer"]
    assert (rep["actor"], rep["tenant"], rep["account"]) == ("rep", "acme", None)
    portal = (await graph.data(query, replace(REP, scopes=frozenset(), account="acme")))["viewer"]
    assert (portal["scopes"], portal["account"]) == ([], {"name": "ACME Corp"})
    assert (await graph.data(query, replace(REP, account="acme/deeper")))["viewer"]["account"] is None


async def test_cases_are_for_staff(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order(), account="acme", cases=[CASE]))
    query = f'{{node(id: "{global_id("ExceptionCase", "x")}") {{id}}}}'
    assert await graph.data(query, replace(REP, account="acme")) == {"node": None}
