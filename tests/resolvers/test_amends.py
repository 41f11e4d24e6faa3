"""`orderAmend` and `orderReleaseToWarehouse` over a real store: what they answer, and what they never do."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.model.effects import REQUEST_FULFILMENT
from hub.model.ids import global_id
from hub.model.manifest import Idempotency, Landscape, Write
from hub.store.store import Store
from hub.write.desk import Asking
from resolvers.errors import shown
from tests.kit.entering import REP as CLERK
from tests.kit.entering import desk_of, opened, sources, submission
from tests.kit.graph import Graph, graph_over
from tests.kit.merging import WMS, Looking, landscape, manifest

INPUT = {"orderAmend": "OrderAmendInput", "orderReleaseToWarehouse": "OrderReleaseToWarehouseInput",
         "orderCancel": "OrderCancelInput"}  # fmt: skip
HOME = {"name": "ACME", "lines": ["Dock 2"], "city": "Ghent", "country": "BE"}


def land() -> Landscape:
    """A warehouse that takes requests beside the rest."""
    takes = {REQUEST_FULFILMENT: Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=30))}
    wms = landscape({WMS: replace(manifest(WMS), writes=takes)}).sources
    return replace(sources(), sources={**sources().sources, **wms})


@pytest.fixture
async def looking(store: Store) -> Looking:
    """A hub through which one order came."""
    looking = await opened(store)
    await desk_of(looking).submit(CLERK, await submission(looking, po_number="PO-1"), Asking(key="first"))
    return looking


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store, looking: Looking) -> Graph:
    return graph_over((store, serving, tailing), land())


async def ask(graph: Graph, mutation: str, key: str = "k", **said: Any) -> dict[str, Any]:  # Any: fields of the input
    text = f"""mutation Q($input: {INPUT[mutation]}!, $key: String!) {{
      {mutation}(input: $input) @idempotent(key: $key) {{
      order {{ status lines {{ lineNo sku quantities {{ ordered cancelled }} }}
               allowedActions {{ action enabled reasonCode }} timeline(first: 20) {{ edges {{ node {{ text }} }} }} }}
      userErrors {{ code field }} operation {{ state }} consequences {{ source text }} dryRun replayed }} }}"""
    given = {"order": {"identifier": "PO-1"}} | said
    answer: dict[str, Any] = (await graph.data(text, variables={"input": given, "key": key}))[mutation]
    return answer


async def test_an_order_that_no_system_has_is_changed_in_the_hub(graph: Graph, looking: Looking) -> None:
    more = [{"lineRef": "2", "sku": "MUG", "quantity": "1", "unit": "CS"}]
    said = await ask(graph, "orderAmend", shipTo=HOME, lines=[{"lineNo": 1, "quantity": "10"}], add=more)
    assert said["userErrors"] == []
    assert [(one["quantities"]["ordered"], one["quantities"]["cancelled"]) for one in said["order"]["lines"]] == [
        ("12", "2"),
        ("12", "0"),
    ]
    assert await looking.rows(
        "select doc -> 'groups' -> 'parties' -> 'ship_to' ->> 'city' from entity where kind = 'ORDER'"
    ) == [("Ghent",)]
    assert (await ask(graph, "orderAmend", shipTo=HOME, lines=[{"lineNo": 1, "quantity": "10"}], add=more))["replayed"]


async def test_what_comes_on_top_is_an_item_that_somebody_knows(graph: Graph, looking: Looking) -> None:
    said = await ask(graph, "orderAmend", add=[{"lineRef": "2", "sku": "NONE", "quantity": "1"}])
    assert [(one["code"], one["field"]) for one in said["userErrors"]] == [("UNKNOWN_SKU", ["add", "0", "sku"])]


async def test_the_warehouse_is_let_begin(graph: Graph, looking: Looking) -> None:
    dry = await ask(graph, "orderReleaseToWarehouse", dryRun=True)
    assert (dry["operation"], [one["source"] for one in dry["consequences"]]) == (None, ["wms"])
    said = await ask(graph, "orderReleaseToWarehouse", note="they are waiting")
    assert (said["userErrors"], said["consequences"]) == ([], dry["consequences"])
    told = [one["node"]["text"] for one in said["order"]["timeline"]["edges"]]
    assert "rep asked: orderReleaseToWarehouse: they are waiting" in told


async def test_an_order_that_no_system_has_is_cancelled_in_the_hub(graph: Graph, looking: Looking) -> None:
    said = await ask(graph, "orderCancel", reason="CUSTOMER")
    assert (said["userErrors"], said["order"]["status"]) == ([], "CANCELLED")
    actions = {one["action"]: (one["enabled"], one["reasonCode"]) for one in said["order"]["allowedActions"]}
    assert actions["orderAmend"] == actions["orderReleaseToWarehouse"] == (False, "NOT_ALLOWED_IN_STATUS")


async def test_what_may_be_done_is_told(graph: Graph, looking: Looking) -> None:
    said = await ask(graph, "orderAmend", dryRun=True, shipTo=HOME)
    actions = {one["action"]: one["enabled"] for one in said["order"]["allowedActions"]}
    assert (actions["orderAmend"], actions["orderReleaseToWarehouse"], actions["orderCancel"]) == (True, True, True)


SOUND: dict[str, Any] = {
    "order": {"identifier": "PO-1"}, "shipTo": HOME, "requestedDeliveryDate": "2099-01-01", "note": "a note",
    "lines": [{"lineNo": 1, "quantity": "1"}], "add": [{"lineRef": "9", "sku": "MUG", "quantity": "1"}],
    "expectedVersion": 1, "reason": "OTHER",
}  # fmt: skip
FIELDS = {
    "orderAmend": ("order", "shipTo", "requestedDeliveryDate", "note", "lines", "add", "expectedVersion"),
    "orderReleaseToWarehouse": ("order", "note", "expectedVersion"),
    "orderCancel": ("order", "note", "lines", "expectedVersion", "reason"),
}
ODD: tuple[Any, ...] = (
    "", "\0", "x" * 5000, "-1", "NaN", None, [], 7, 2**40, -1, True, {}, "2020-01-01", {"identifier": "a\0b"},
    {"id": global_id("Order", "nothing")}, {**HOME, "country": "\0"}, {**HOME, "name": "\0"},
    [{"lineNo": 1, "quantity": "-1"}], [{"lineNo": 2**31 - 1, "quantity": "1"}], [{"lineNo": 1, "quantity": "0.5"}],
    [{"lineRef": "\0", "sku": "\0", "quantity": "0"}], [{"lineRef": "1", "sku": "MUG", "quantity": "1"}] * 2,
)  # fmt: skip
ROWS = "select (select count(*) from command), (select sum(version) from entity), (select max(hash) from record)"


@pytest.mark.parametrize("mutation", FIELDS)
async def test_odd_input_is_refused_in_kind_and_writes_nothing(graph: Graph, looking: Looking, mutation: str) -> None:
    chance, before = random.Random(mutation), await looking.rows(ROWS)
    text = f"""mutation Q($input: {INPUT[mutation]}!, $key: String!) {{
      {mutation}(input: $input) @idempotent(key: $key) {{ userErrors {{ code }} }} }}"""
    for name in FIELDS[mutation]:
        for odd in chance.sample(ODD, 8):
            given = {one: SOUND[one] for one in FIELDS[mutation] if one != "expectedVersion"} | {name: odd}
            said = await graph.answer(text, variables={"input": given, "key": f"{name}{chance.random()}"})
            ran = [one for one in said.errors or () if one.path]
            codes = {shown(one.original_error).code for one in ran if one.original_error is not None}
            assert "INTERNAL" not in codes, (given, said.errors)
            if said.errors or said.data is None or said.data[mutation]["userErrors"]:
                assert await looking.rows(ROWS) == before, given
            before = await looking.rows(ROWS)
