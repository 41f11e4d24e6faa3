"""One order that shop, ERP and warehouse tell of, each in its own numbers, as the graph shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from hub.model.manifest import Landscape
from hub.model.vocabulary import Kind, SystemKind
from hub.store import tables
from hub.store.store import Store
from tests.kit.graph import Graph, graph_over
from tests.kit.merging import CALL, CARRIER, ERP, SHOP, WMS, Looking, landscape, seen
from tests.kit.orders import keep_rows
from tests.kit.statements import counted
from tests.kit.surface import document
from tests.kit.trio import CODE, SHOP_ORDER, TRACKING, shop_order, whole_trio

ORDER360 = document("Order360")


def trio() -> Landscape:
    """The three, where every order of the shop is expected in the ERP and at the warehouse."""
    sources = {name: one for name, one in landscape().sources.items() if name != CARRIER}
    expects = (SystemKind.ERP, SystemKind.WMS)
    return Landscape(tenant="acme", sources={**sources, SHOP: replace(sources[SHOP], expects=expects)})


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    return graph_over((store, serving, tailing), trio())


@pytest.fixture
async def hub(store: Store) -> Looking:
    """The store, after all three have told everything just now."""
    hub = Looking(store, trio())
    await hub.write(*whole_trio())
    await told_now(hub)
    return hub


async def told_now(hub: Looking) -> None:
    await do(hub, "update record set started = clock_timestamp(), finished = clock_timestamp()")


async def do(hub: Looking, sql: str) -> None:
    """Change tables as time would."""
    async with hub.store.shard(CALL) as tx:
        await tx.execute(text(sql))


async def shown(graph: Graph, typed: str = CODE) -> dict[str, Any]:
    with counted() as sent:
        order: dict[str, Any] = (await graph.data(ORDER360, variables={"by": {"identifier": typed}}))["order"]
    assert len(sent) == 2, sent
    return order


def freshness(order: Mapping[str, Any]) -> dict[str, set[str]]:
    """What is fresh and what is stale, by system: rows of the strip, and groups."""
    found: dict[str, set[str]] = {}
    for row in order["systems"]:
        found.setdefault(row["freshness"], set()).add(row["system"])
    for row in order["provenance"]:
        found.setdefault(row["freshness"], set()).add(f"{row['system']} {row['group']}")
    return found


@pytest.mark.usefixtures("hub")
async def test_order_360_assembles_what_the_three_say_in_two_statements(graph: Graph) -> None:
    order = await shown(graph)
    assert (order["number"], order["status"], order["isPartial"]) == (CODE, "INVOICED", False)
    assert [(row["system"], row["source"], row["state"], row["number"]) for row in order["systems"]] == [
        ("COMMERCE", "shop", "PRESENT", CODE),
        ("ERP", "erp", "PRESENT", "317"),
        ("WMS", "wms", "PRESENT", "317"),
    ]
    (line,) = order["lines"]
    assert (line["sku"], line["warehouse"]) == ("MUG", {"code": "WH"})
    told = line["quantities"]
    assert (told["ordered"], told["released"], told["shipped"], told["invoiced"], told["returned"]) == (
        "2", "2", "2", "2", "1",
    )  # fmt: skip
    (request,) = order["fulfillmentOrders"]
    assert (request["number"], request["requestStatus"], request["warehouse"]) == ("317", "ACCEPTED", {"code": "WH"})
    assert [one["packages"][0]["trackingNumber"] for one in request["shipments"]] == [TRACKING]
    assert [(one["number"], one["status"]) for one in order["invoices"]] == [("1001", "POSTED")]
    assert [(one["status"], one["physicalState"], one["financialState"]) for one in order["returns"]] == [
        ("INSPECTED", "RECEIVED", "CREDITED")
    ]
    assert {one["system"] for one in order["totalsBySystem"]} <= {"COMMERCE", "ERP"}


@pytest.mark.usefixtures("hub")
async def test_each_identifier_of_each_system_leads_to_the_one_order(graph: Graph) -> None:
    order = await shown(graph)
    typed = {one["value"] for one in order["identifiers"]}
    assert {CODE, "317", TRACKING, "1001", "1002", f"{CODE}-R1"} <= typed
    for one in sorted(typed):
        assert (await shown(graph, one))["number"] == CODE
    hits = (await graph.data(document("Find"), variables={"text": "317"}))["search"]["hits"]
    found = {(one["kind"], one["matched"]["scheme"], one["matched"]["source"]) for one in hits}
    assert {kind for kind, _, _ in found} == {"ORDER", "SHIPMENT", "FULFILLMENT_ORDER"}
    assert {one["number"] for hit in hits for one in hit["orders"]} == {CODE}


async def test_a_dead_erp_makes_exactly_its_groups_and_its_row_stale(graph: Graph, hub: Looking) -> None:
    before = await shown(graph)
    assert freshness(before).keys() == {"FRESH"}
    await do(hub, "update record set started = started - interval '1 hour' where source = 'erp'")
    await do(hub, "update record set finished = started where source = 'erp'")
    after = await shown(graph)
    assert freshness(after)["STALE"] == {
        "ERP",
        "ERP COMMERCIAL",
        "ERP INVOICING",
        "ERP LIFECYCLE",
        "ERP RETURNS",
    }  # derived: as old as its oldest input
    assert {one.split()[0] for one in freshness(after)["FRESH"]} == {"COMMERCE", "WMS"}
    for order in (before, after):
        del order["provenance"]
        for row in order["systems"]:
            del row["ageSeconds"], row["freshness"], row["message"]
    assert after == before


async def test_an_order_that_two_systems_lack_has_their_rows_missing(graph: Graph, store: Store) -> None:
    hub = Looking(store, trio())
    for source, kind in ((ERP, Kind.ORDER), (WMS, Kind.SHIPMENT), (WMS, Kind.FULFILLMENT_ORDER)):
        covered = {"source": source, "kind": kind.value, "sweep": "changed"}
        async with store.shard(CALL) as tx:
            now = await tx.now()
        await keep_rows(store, tables.coverage, covered | {"through": now})
    await hub.write(seen((SHOP, Kind.ORDER, SHOP_ORDER), shop_order()))
    await told_now(hub)
    order = await shown(graph)
    rows = {row["system"]: row for row in order["systems"]}
    assert (rows["ERP"]["state"], rows["ERP"]["freshness"]) == ("MISSING", "FRESH")
    assert rows["ERP"]["message"].startswith("not found there as of ")
    assert rows["COMMERCE"]["state"] == "PRESENT"
    assert "missing in the ERP" in order["statusText"]
    chased = (await graph.data(document("OrdersToChase")))["orders"]
    assert ([one["number"] for one in chased["nodes"]], chased["totalCount"]) == ([CODE], 1)


@pytest.mark.usefixtures("hub")
async def test_every_kind_that_the_three_tell_is_listed_with_where_it_is_known(graph: Graph) -> None:
    roots = ("shipments", "fulfillmentOrders", "returns", "invoices", "creditMemos", "products", "warehouses")
    listed = " ".join(f"{root} {{nodes {{id version systems {{source state}}}} totalCount}}" for root in roots)
    said = await graph.data(f"{{{listed}}}")
    assert {root: said[root]["totalCount"] for root in roots} == dict.fromkeys(roots, 1)
    present = {
        root: {row["source"] for row in said[root]["nodes"][0]["systems"] if row["state"] == "PRESENT"}
        for root in roots
    }
    assert present["shipments"] == {"shop", "erp", "wms"}
    assert all(names <= {"shop", "erp", "wms"} for names in present.values())
