"""The documents of the surface, unchanged: which of them the graph takes by now, and what they answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from graphql import parse, print_ast, validate
from graphql.utilities import separate_operations

from hub.changes.relay import Relay
from hub.model.observation import MilestoneClaim
from hub.model.shipment import Package, ShipmentMilestone
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from subscriptions.feed import Feed
from tests.kit.entering import opened, sources
from tests.kit.graph import CORE, Graph, graph_over
from tests.kit.merging import SHOP, Looking, at, landscape, line, manifest, order, own, seen, shipment
from tests.kit.recorder import ListRecorder
from tests.kit.statements import counted
from tests.kit.surface import TEXT

TAKEN = (
    "CanWeShip",
    "CancelOrder",
    "Find",
    "FixSkuOnce",
    "InspectReturn",
    "Order360",
    "OrderByAnything",
    "OrderFeed",
    "OrdersToChase",
    "ReceiveReturn",
    "RefundReturn",
    "ReplayGroup",
    "RequestReturn",
    "ShipmentFeed",
    "SourcesHealth",
    "StockFeed",
    "SubmitOrder",
    "UntilDone",
    "WhereIsMyParcel",
    "WhyIsItStuck",
    "WorkTheQueue",
)
"""Documents that must validate by now; the others ask for what later issues bring."""

DOCUMENTS = separate_operations(parse(TEXT))


def document(name: str, **literals: str) -> str:
    """A document of the surface, with literals replaced by identifiers that the test's sources gave out."""
    said = print_ast(DOCUMENTS[name])
    for old, new in literals.items():
        said = said.replace(old.replace("_", "-"), new)
    return said


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    return graph_over((store, serving, tailing), landscape({SHOP: manifest(SHOP)}))


@pytest.mark.parametrize("name", TAKEN)
def test_a_document_of_the_surface_is_taken_unchanged(name: str) -> None:
    assert validate(CORE, DOCUMENTS[name]) == []


def test_every_other_document_waits_for_its_issue() -> None:
    waiting = {name for name, document in DOCUMENTS.items() if validate(CORE, document)}
    assert waiting.isdisjoint(TAKEN)
    assert waiting | set(TAKEN) == set(DOCUMENTS)


class Moving:
    """A relay that is turned by hand, and feeds that run while a block does."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    async def log(self) -> None:
        """Move everything that waits into the log."""
        while await self._relay.turn():
            pass

    @asynccontextmanager
    async def of(self, feed: Feed) -> AsyncIterator[None]:
        """Let *feed* tail the log."""
        loop = asyncio.create_task(feed.run())
        try:
            yield
        finally:
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)


@pytest.fixture
async def moving(database: RoleUrls) -> AsyncIterator[Moving]:
    async with open_store(database, Role.WORK, size=1) as own_session:
        yield Moving(Relay(own_session, "test", ListRecorder()))


@pytest.fixture
async def looking(store: Store) -> Looking:
    """Two orders of the shop, one of them with a parcel."""
    looking = Looking(store, landscape({SHOP: manifest(SHOP)}))
    tracking = Identifier(scheme=IdentifierScheme.TRACKING, value="T-1", source=SHOP)
    parcel = shipment(
        own(SHOP, Kind.ORDER, "1"),
        packages=(Package(id="p", tracking_number="T-1"),),
        identifiers=(tracking,),
        milestones=(MilestoneClaim(milestone=ShipmentMilestone.SHIPPED, occurred_at=at(5)),),
    )
    now = (await looking.rows("select extract(epoch from clock_timestamp() - timestamptz '2026-11-01 12:00:00+00')"))[
        0
    ][0]
    await looking.write(
        seen((SHOP, Kind.ORDER, "1"), order("R7K2", line(quantity=3)), float(now)),
        seen((SHOP, Kind.ORDER, "2"), order("Q9ZZ", line(quantity=2)), float(now)),
        seen((SHOP, Kind.SHIPMENT, "9"), parcel, float(now)),
    )
    return looking


async def test_find(graph: Graph, looking: Looking) -> None:
    said = (await graph.data(document("Find"), variables={"text": "r7k2"}))["search"]
    hit = said["hits"][0]
    assert hit["kind"] == "ORDER"
    assert hit["exact"] is False
    assert hit["matched"]["value"] == "R7K2"
    assert [one["number"] for one in hit["orders"]] == ["R7K2"]
    assert said["gaps"] == [
        {"source": "shop", "stateText": "The first load is under way. Wait, or see that `opshub work` runs."}
    ]


async def test_order_by_anything(graph: Graph, looking: Looking) -> None:
    said = await graph.data(document("OrderByAnything", **{"1Z999AA10123456784": "T-1"}))
    assert said["order"]["number"] == "R7K2"
    assert said["order"]["statusText"].endswith("tracking T-1.") or said["order"]["statusText"]


async def test_order_360_takes_two_statements(graph: Graph, looking: Looking) -> None:
    with counted() as sent:
        said = (await graph.data(document("Order360"), variables={"by": {"identifier": "T-1"}}))["order"]
    assert len(sent) == 2, sent
    assert said["number"] == "R7K2"
    assert [(row["system"], row["state"], row["freshness"]) for row in said["systems"]] == [
        ("COMMERCE", "PRESENT", "FRESH"),
        ("ERP", "NOT_EXPECTED", "UNAVAILABLE"),
        ("WMS", "NOT_EXPECTED", "UNAVAILABLE"),
    ]
    assert {row["freshness"] for row in said["provenance"]} == {"FRESH"}
    assert said["fulfillmentOrders"] == said["invoices"] == said["returns"] == said["exceptionCases"] == []
    assert said["trace"] == {"state": "DONE", "blocker": None}
    assert "shipment.shipped" in [one["event"] for one in said["timeline"]["nodes"]]


async def test_where_is_my_parcel_lists_both_orders_of_a_consolidated_parcel(graph: Graph, looking: Looking) -> None:
    both = (own(SHOP, Kind.ORDER, "1"), own(SHOP, Kind.ORDER, "2"))
    parcel = shipment(
        *both,
        number="317",
        identifiers=(Identifier(scheme=IdentifierScheme.TRACKING, value="T-2", source=SHOP),),
        milestones=(MilestoneClaim(milestone=ShipmentMilestone.SHIPPED, occurred_at=at(5)),),
    )
    await looking.write(seen((SHOP, Kind.SHIPMENT, "10"), parcel, 100))
    with counted() as sent:
        said = await graph.data(document("WhereIsMyParcel", **{"1Z999AA10123456784": "T-2"}))
    shown = said["shipment"]
    assert len(sent) == 4  # found, read, its orders, what is known of it
    assert (shown["number"], shown["status"], shown["carrier"]) == ("317", "SHIPPED", "DHL")
    assert shown["statusText"] == "Shipped."
    assert sorted(one["number"] for one in shown["orders"]) == ["Q9ZZ", "R7K2"]
    told = {one["milestone"]: one["isInferred"] for one in shown["milestones"]}
    assert (told["SHIPPED"], told["PICKED"]) == (False, True)
    (here, *_) = shown["systems"]
    assert (here["source"], here["state"], here["number"]) == ("shop", "PRESENT", "317")


async def test_orders_to_chase(graph: Graph, looking: Looking) -> None:
    with counted() as sent:
        said = (await graph.data(document("OrdersToChase", ERP="ERP")))["orders"]
    assert (said["nodes"], said["totalCount"]) == ([], 0)  # nothing is expected in an ERP here
    assert len(sent) == 2
    every = document("OrdersToChase").replace("missingIn: [ERP]", "")
    with counted() as sent:
        said = (await graph.data(every))["orders"]
    assert sorted(one["number"] for one in said["nodes"]) == ["Q9ZZ", "R7K2"]
    assert said["totalCount"] == 2
    assert len(sent) == 3  # the page, its orders whole, the count


async def test_submit_order_as_it_stands(store: Store, serving: Store, tailing: Store) -> None:
    await opened(store)
    graph = graph_over((store, serving, tailing), sources())
    dry = (await graph.data(document("SubmitOrder"), variables={"dryRun": True}))["orderSubmit"]
    assert (dry["order"], dry["operation"], dry["userErrors"]) == (None, None, [])
    real = (await graph.data(document("SubmitOrder")))["orderSubmit"]
    again = (await graph.data(document("SubmitOrder")))["orderSubmit"]
    assert (real["userErrors"], real["replayed"], again["replayed"]) == ([], False, True)
    assert real["order"] == again["order"]
    assert real["order"]["statusText"] != ""
    assert real["consequences"] == dry["consequences"]


async def test_cancel_order_dry_then_for_real_with_the_same_key(graph: Graph, looking: Looking) -> None:
    text = document("CancelOrder", SO_10063="Q9ZZ")
    dry = (await graph.data(text))["orderCancel"]
    assert (dry["dryRun"], dry["replayed"], dry["operation"], dry["userErrors"]) == (True, False, None, [])
    assert dry["lines"] == [
        {"lineNo": 1, "requested": "2", "cancelled": "0", "pending": "2", "refused": "0", "refusedBecause": None}
    ]
    real = (await graph.data(text, variables={"dryRun": False}))["orderCancel"]
    again = (await graph.data(text, variables={"dryRun": False}))["orderCancel"]
    assert (real["dryRun"], real["replayed"], again["replayed"]) == (False, False, True)
    assert real["operation"]["state"] == "QUEUED"
    assert real["operation"]["id"] == again["operation"]["id"]
    assert real["consequences"] == again["consequences"] == dry["consequences"]
    assert real["lines"] == again["lines"] == dry["lines"]
    assert real["correlationId"] == "correlation-rep"
    assert await looking.count("delivery") == 1


async def test_order_feed_and_until_done(graph: Graph, looking: Looking, moving: Moving) -> None:
    cancel = document("CancelOrder", SO_10063="Q9ZZ")
    feed = document("OrderFeed").replace('filter: { customer: { identifier: "ACME" } }', "")
    await moving.log()
    async with moving.of(graph.doors.feed), graph.listening(feed) as events:
        seen_first = [await anext(events) for _ in range(3)]
        assert [one["kind"] for one in seen_first] == ["SNAPSHOT", "SNAPSHOT", "SNAPSHOT_END"]
        done = (await graph.data(cancel, variables={"dryRun": False}))["orderCancel"]
        await moving.log()
        event = await anext(events)
        assert (event["kind"], event["event"], event["order"]["number"]) == ("UPDATED", "order.updated", "Q9ZZ")
        async with graph.listening(feed, variables={"after": seen_first[-1]["cursor"]}) as resumed:
            assert await anext(resumed) == event
        async with graph.listening(document("UntilDone"), variables={"id": done["operation"]["id"]}) as operation:
            first = await anext(operation)
    assert (first["kind"], first["operation"]["state"], first["operation"]["done"]) == ("SNAPSHOT", "QUEUED", False)


async def test_sources_health(graph: Graph, looking: Looking) -> None:
    with counted() as sent:
        said = await graph.data(document("SourcesHealth"))
    assert len(sent) == 1
    assert said["viewer"] == {
        "actor": "rep",
        "tenant": "acme",
        "scopes": ["orders:read", "orders:write", "sources:read", "traces:read"],
    }
    assert [(one["source"], one["state"]) for one in said["sources"]] == [("shop", "NEVER_SYNCED")]


async def test_why_is_it_stuck(graph: Graph, looking: Looking) -> None:
    await graph.data(document("CancelOrder", SO_10063="Q9ZZ"), variables={"dryRun": False})
    said = (await graph.data(document("WhyIsItStuck", INV_20017="Q9ZZ")))["trace"]
    assert said["state"] == "WAITING"
    assert "correlation-rep" in said["correlationIds"]
    by_correlation = (await graph.data(document("WhyIsItStuck", INV_20017="correlation-rep")))["trace"]
    assert by_correlation["hops"] == said["hops"]
    assert (await graph.data(document("WhyIsItStuck", INV_20017="nothing")))["trace"] is None
