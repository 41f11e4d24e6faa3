"""Stock in the graph: CanWeShip as it stands, positions by name, pages, nodes, scopes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hub.merge.work import Work
from hub.model.ids import global_id, position_id
from hub.model.manifest import ChannelRules
from hub.store.store import Store
from tests.kit import surface
from tests.kit.graph import REP, Graph, graph_over
from tests.kit.merging import CALL, ERP, SHOP, WMS, landscape
from tests.kit.statements import counted as statements
from tests.kit.stock import EAST, MUG, WH, counted, lately, stock_of

CAN_WE_SHIP = surface.document("CanWeShip")
PAGE = """
query Page($after: String, $filter: InventoryPositionFilterInput, $sort: InventoryPositionSortInput) {
  inventoryPositions(first: 2, after: $after, filter: $filter, sort: $sort) {
    totalCount
    nodes { id sku warehouse { code } atp version }
    pageInfo { hasNextPage endCursor }
  }
}
"""


@pytest.fixture
async def stocked(store: Store, serving: Store, tailing: Store) -> Graph:
    graph = graph_over(
        (store, serving, tailing), replace(landscape(), channels={"web": ChannelRules(threshold=Decimal(1))})
    )
    observations = (
        lately(counted(WMS, stock_of(on_hand=7, allocated=2), source_id="1")),
        lately(counted(ERP, stock_of(on_order="2.5"), source_id="1")),
        lately(counted(SHOP, stock_of(on_hand=99), source_id="1")),
        lately(counted(WMS, stock_of(warehouse=EAST, on_hand=4), source_id="2"), ago=7_200),
        lately(counted(WMS, stock_of("LAPTOP", on_hand=1), source_id="3")),
    )
    await graph.writer.write(CALL, Work(observations=observations))
    return graph


async def test_can_we_ship_says_what_from_where_and_why_not(stocked: Graph) -> None:
    with statements() as sent:
        said = (await stocked.data(CAN_WE_SHIP.replace("LAPTOP", MUG)))["availability"]
    assert len(sent) == 1, sent
    assert (said["answer"], said["ats"], said["unit"], said["formulaId"]) == ("IN_STOCK", "5", "C62", "ats.v1")
    here, there = said["warehouses"]
    assert (here["warehouse"]["code"], here["atp"], here["isCounted"], here["excludedBecause"]) == (WH, "5", True, None)
    assert [(one["name"], one["value"], one["source"]) for one in here["quantities"]] == [
        ("ON_HAND", "99", SHOP), ("ON_HAND", "7", WMS), ("ALLOCATED", "2", WMS), ("ON_ORDER", "2.5", ERP),
    ]  # fmt: skip
    assert (there["warehouse"]["code"], there["isCounted"], there["freshness"]) == (EAST, False, "STALE")
    assert there["excludedBecause"] == ("the figures of wms are too old: last confirmed 2 h ago, expected every 15 min")


async def test_can_we_ship_runs_as_it_stands(stocked: Graph) -> None:
    said = (await stocked.data(CAN_WE_SHIP))["availability"]
    assert (said["answer"], said["ats"], said["promiseDate"]) == ("LIMITED", "1", None)


async def test_availability_takes_its_arguments(stocked: Graph) -> None:
    document = """
      query($sku: String!, $n: Decimal, $w: [String!], $d: Date, $c: String) {
        availability(sku: $sku, quantity: $n, warehouses: $w, requiredBy: $d, channel: $c) { answer ats }
      }"""

    async def ask(**variables: Any) -> Any:  # Any: JSON
        return (await stocked.data(document, variables=variables))["availability"]

    assert await ask(sku=MUG, n="6", d="2030-01-01") == {"answer": "LIMITED", "ats": "5"}
    assert await ask(sku=MUG, w=[EAST]) == {"answer": "UNKNOWN", "ats": None}
    assert await ask(sku=MUG, n="5", c="web") == {"answer": "LIMITED", "ats": "4"}
    assert await ask(sku="NOTHING") is None
    for refused in ({"sku": MUG, "n": "0"}, {"sku": MUG, "c": "shop"}):
        assert (await stocked.answer(document, variables=refused)).errors is not None


async def test_positions_come_page_by_page(stocked: Graph) -> None:
    first = (await stocked.data(PAGE))["inventoryPositions"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    assert [(one["sku"], one["warehouse"]["code"], one["atp"]) for one in first["nodes"]] == [
        ("LAPTOP", WH, "1"), (MUG, WH, "5"),
    ]  # fmt: skip
    after = {"after": first["pageInfo"]["endCursor"]}
    rest = (await stocked.data(PAGE, variables=after))["inventoryPositions"]
    assert [one["warehouse"]["code"] for one in rest["nodes"]] == [EAST]
    narrowed = {"filter": {"sku": {"in": [MUG]}, "warehouse": {"eq": EAST}}, "sort": {"field": "WAREHOUSE"}}
    found = (await stocked.data(PAGE, variables=narrowed))["inventoryPositions"]
    assert (found["totalCount"], [one["sku"] for one in found["nodes"]]) == (1, [MUG])


async def test_a_position_is_found_by_name_and_again_by_its_id(stocked: Graph) -> None:
    document = "query($by: LookupInput!) { inventoryPosition(by: $by) { id sku supply { eta } identifiers { value } } }"
    by_name = {"by": {"identifier": "MUG@WH-EAST"}}
    found = (await stocked.data(document, variables=by_name))["inventoryPosition"]
    assert found["id"] == global_id("InventoryPosition", position_id(MUG, EAST))
    again = await stocked.data(
        "query($id: ID!) { node(id: $id) { id ... on InventoryPosition { sku version warehouse { code } } } }",
        variables={"id": found["id"]},
    )
    assert again["node"] == {"id": found["id"], "sku": MUG, "version": 1, "warehouse": {"code": EAST}}
    both = await stocked.answer(document, variables={"by": {"identifier": MUG}})
    assert both.errors is not None


async def test_a_key_without_the_scope_is_refused_and_a_confined_one_sees_nothing(stocked: Graph) -> None:
    refused = await stocked.answer(CAN_WE_SHIP, replace(REP, scopes=frozenset()))
    assert refused.errors is not None
    portal = replace(REP, account="acme")
    assert await stocked.data(CAN_WE_SHIP, portal) == {"availability": None}
    assert (await stocked.data(PAGE, portal))["inventoryPositions"]["totalCount"] == 0
    name = global_id("InventoryPosition", position_id(MUG, WH))
    assert await stocked.data("query($id: ID!) { node(id: $id) { id } }", portal, variables={"id": name}) == {
        "node": None
    }
