"""The surface's reading documents as they stand, literals included, on the demo's three systems.

One story on one scene: the tests go on from one another, in the order of the file, which `make test` keeps together.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.demo import pinned
from hub.demo.cast import Role
from hub.store.cluster import Cluster
from sources.kit.rehearsal.faults import Fault, Trouble
from sources.tryton_erp.rehearsal.records import Sale
from tests.kit.caller import Json
from tests.kit.demo import SMALL, Playing, playing
from tests.kit.reach import reach
from tests.kit.surface import document
from tests.kit.wait import until_so

TRACKING_OF_IT = "3SBPT0000000004"
"""Of the parcel of the order that INV-20017 bills."""
ALL_THE_SAME = ("number", "status", "facets", "lines", "invoices", "fulfillmentOrders", "total", "customer")
"""What an answer must not lose."""
AGED = (
    """update record set started = least(started, clock_timestamp() - interval '10 minutes'),
      finished = least(finished, clock_timestamp() - interval '10 minutes') where source = :source""",
    "update coverage set through = least(through, clock_timestamp() - interval '10 minutes') where source = :source",
)
DUE = "update cursor set updated_at = updated_at - interval '1 hour' where source = :source"


@pytest.fixture(scope="module")
async def demo(cluster: Cluster) -> AsyncIterator[Playing]:
    """A small scene with all stories, loaded."""
    async with playing(cluster, SMALL) as found:
        yield found


async def order360(demo: Playing, identifier: str | None = None) -> Json:
    """Order 360, of the document's own literal unless told otherwise."""
    given: dict[str, Any] = {} if identifier is None else {"by": {"identifier": identifier}}
    found: Json = (await demo.rep.data(document("Order360"), **given))["order"]
    return found


def systems(order: Json) -> list[tuple[str, str, str | None, str | None]]:
    """Role, presence, number and raw status, row by row."""
    return [(row["system"], row["state"], row["number"], row["rawStatus"]) for row in order["systems"]]


async def ended(demo: Playing, payload: Json) -> Json:
    """The operation that a mutation led to, once it is done."""

    def dones(events: list[Json]) -> list[Json]:
        return [one["operation"] for one in events if one["operation"] and one["operation"]["done"]]

    async with demo.rep.ws(document("UntilDone"), id=payload["operation"]["id"]) as told:
        await told.until(lambda one: bool(dones(one.events)))
    return dones(told.events)[-1]


async def test_find_lists_every_candidate_of_317(demo: Playing) -> None:
    said = (await demo.rep.data(document("Find")))["search"]
    hits = [
        (one["kind"], one["matched"]["scheme"], one["matched"]["source"], [order["number"] for order in one["orders"]])
        for one in said["hits"]
    ]
    assert {one["exact"] for one in said["hits"]} == {True}
    packed = (await order360(demo, pinned.RETURNED))["number"]
    assert sorted(hits) == sorted(
        [
            *((kind, "WMS_SHIPMENT", "wms", ["SO-10042"]) for kind in ("ORDER", "FULFILLMENT_ORDER", "SHIPMENT")),
            *((kind, "PACKAGE", "wms", [packed]) for kind in ("ORDER", "FULFILLMENT_ORDER", "SHIPMENT")),
            ("CUSTOMER", "ACCOUNT", "erp", ["SO-10031"]),
        ]
    )
    assert said["gaps"] == []


async def test_order_refuses_to_guess_what_317_means(demo: Playing) -> None:
    answer = await demo.rep.ask(document("Order360"), by={"identifier": pinned.NUMBER})
    assert (answer.codes, answer.body["data"]) == (["AMBIGUOUS_IDENTIFIER"], {"order": None})
    candidates = answer.body["errors"][0]["extensions"]["candidates"]
    assert sorted(one["scheme"] for one in candidates) == ["PACKAGE", "WMS_SHIPMENT"]


async def test_order_by_anything_finds_the_order_of_a_parcel(demo: Playing) -> None:
    order = (await demo.rep.data(document("OrderByAnything")))["order"]
    assert (order["number"], order["status"]) == ("SO-10042", "RELEASED")


async def test_order_360_shows_an_order_split_over_two_warehouses_and_short(demo: Playing) -> None:
    order = await order360(demo)
    assert systems(order) == [
        ("COMMERCE", "NOT_EXPECTED", None, None),
        ("ERP", "PRESENT", "SO-10042", "processing"),
        ("WMS", "PRESENT", "317", "done"),
        ("WMS", "PRESENT", "318", "waiting"),
    ]
    assert (order["isPartial"], order["facets"]["ship"], order["customer"]["number"]) == (True, "PARTIAL", "ACME")
    assert order["statusText"] == (
        f"With the warehouse; 34 of 39 shipped; 34 of 39 picked; one parcel on its way, tracking {pinned.TRACKING}; "
        "3 of LAPTOP short."
    )
    lines = [
        (
            one["sku"],
            one["warehouse"]["code"],
            *(one["quantities"][name] for name in ("ordered", "allocated", "backordered", "shipped")),
        )
        for one in order["lines"]
    ]
    assert lines == [
        ("MUG", "WH", "24", "24", "0", "24"),
        ("TSHIRT-M", "WH", "10", "10", "0", "10"),
        ("LAPTOP", "WH-EAST", "5", "2", "3", "0"),
    ]
    parcels = {
        one["warehouse"]["code"]: [
            (shipment["status"], [package["trackingNumber"] for package in shipment["packages"]])
            for shipment in one["shipments"]
        ]
        for one in order["fulfillmentOrders"]
    }
    assert parcels == {"WH": [("SHIPPED", [pinned.TRACKING])], "WH-EAST": [("CREATED", [])]}
    assert (order["conflicts"], order["exceptionCases"], order["trace"]["state"]) == ([], [], "DONE")


async def test_one_order_of_three_systems_is_one_order(demo: Playing) -> None:
    order = await order360(demo, pinned.INVOICE)
    code = order["number"]
    assert systems(order) == [
        ("COMMERCE", "PRESENT", code, "Shipped"),
        ("ERP", "PRESENT", pinned.INVOICED, "processing"),
        ("WMS", "PRESENT", "320", "done"),
    ]
    assert [(one["system"], one["net"], one["differs"]) for one in order["totalsBySystem"]] == [
        ("ERP", {"amount": "223.40"}, False),
        ("COMMERCE", {"amount": "223.40"}, False),
    ]
    assert [(one["number"], one["status"]) for one in order["invoices"]] == [(pinned.INVOICE, "POSTED")]
    ways = [code, pinned.INVOICED, "320", "DN-30004", order["fulfillmentOrders"][0]["number"]]
    assert {(await order360(demo, way))["number"] for way in ways} == {code}


async def test_a_return_hangs_under_its_order(demo: Playing) -> None:
    order = await order360(demo, pinned.RETURNED)
    assert order["returns"] == [
        {"number": pinned.RMA, "status": "AUTHORIZED", "physicalState": "AWAITING", "financialState": "NONE"}
    ]
    assert (await order360(demo, pinned.RMA))["number"] == order["number"]


async def test_orders_to_chase_are_those_that_nobody_could_carry_into_the_erp(demo: Playing) -> None:
    async def all_found_missing() -> bool:
        await demo.do(DUE, source="erp")
        return bool((await demo.rep.data(document("OrdersToChase")))["orders"]["totalCount"] >= pinned.BLOCKED)

    await until_so(all_found_missing, 1.0)  # each only once the ERP has been read past its mirror's time
    codes: list[str] = []
    after = None
    while True:
        page = (await demo.rep.data(document("OrdersToChase"), after=after))["orders"]
        codes += [one["number"] for one in page["nodes"]]
        assert {one["statusText"] for one in page["nodes"]} == {"Reserved in the warehouse; missing in the ERP."}
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    blocked = [cue.play for cue in demo.demo.scene.cues if cue.stage.name == "blocked"]
    assert page["totalCount"] == len(codes) == pinned.BLOCKED
    assert sorted(codes) == sorted(one.reference for one in blocked)
    systems_of_one = systems(await order360(demo, codes[0]))
    assert [(row[0], row[1]) for row in systems_of_one] == [
        ("COMMERCE", "PRESENT"),
        ("ERP", "MISSING"),
        ("WMS", "NOT_EXPECTED"),
    ]


async def test_where_is_my_parcel(demo: Playing) -> None:
    parcel = (await demo.rep.data(document("WhereIsMyParcel")))["shipment"]
    assert (parcel["number"], parcel["status"]) == ("317", "SHIPPED")
    assert parcel["orders"] == [{"number": "SO-10042", "poNumber": pinned.PO}]
    milestones = [(one["milestone"], one["isInferred"]) for one in parcel["milestones"]]
    assert milestones == [("CREATED", False), ("PICKED", False), ("PACKED", True), ("SHIPPED", False)]
    assert systems(parcel)[-1][:2] == ("CARRIER", "NOT_EXPECTED")


async def test_can_we_ship_five_laptops(demo: Playing) -> None:
    said = (await demo.rep.data(document("CanWeShip")))["availability"]
    assert (said["answer"], said["ats"], said["formulaId"]) == ("LIMITED", "3", "ats.v1")
    assert [(one["warehouse"]["code"], one["atp"], one["isCounted"]) for one in said["warehouses"]] == [
        ("WH", "3", True),
        ("WH-EAST", "0", True),
        ("WH-NORTH", "0", True),
        ("WH-SOUTH", "0", True),
        ("WH-WEST", "0", True),
    ]


async def test_why_is_it_stuck_gives_the_same_hops_by_every_number(demo: Playing) -> None:
    stuck = document("WhyIsItStuck")
    trace = (await demo.rep.data(stuck))["trace"]
    assert (trace["state"], trace["missing"], trace["blocker"], trace["degraded"]) == ("DONE", [], None, False)
    assert {hop["system"] for hop in trace["hops"]} >= {"COMMERCE", "ERP", "WMS", "HUB"}
    crossed = [hop for hop in trace["hops"] if hop["kind"] != "CHANGE"]  # what stands in the outbox waits
    longest = max(hop["durationMs"] or 0 for hop in crossed)
    assert trace["slowest"]["durationMs"] == longest
    assert (trace["slowest"]["operation"], longest) in {(hop["operation"], hop["durationMs"]) for hop in crossed}
    order = await order360(demo, pinned.INVOICE)
    for way in (order["number"], pinned.INVOICED, "320", TRACKING_OF_IT):
        other = (await demo.rep.data(stuck.replace(pinned.INVOICE, way)))["trace"]
        assert [(hop["operation"], hop["startedAt"]) for hop in trace["hops"]] == [
            (hop["operation"], hop["startedAt"]) for hop in other["hops"]
        ]


async def test_sources_health_says_that_three_systems_are_up(demo: Playing) -> None:
    said = (await demo.rep.data(document("SourcesHealth")))["sources"]
    assert [(one["source"], one["system"], one["state"], one["breaker"]) for one in said] == [
        ("erp", "ERP", "UP", "CLOSED"),
        ("shop", "COMMERCE", "UP", "CLOSED"),
        ("wms", "WMS", "UP", "CLOSED"),
    ]
    assert {sweep["initialLoadPercent"] for one in said for sweep in one["sweeps"]} == {100}


async def test_cancel_order_asks_the_warehouse_first_for_what_it_has(demo: Playing) -> None:
    said = (await demo.rep.data(document("CancelOrder")))["orderCancel"]
    assert (said["dryRun"], said["userErrors"], said["operation"]) == (True, [], None)
    assert [one["pending"] for one in said["lines"]] == ["6", "10"]
    assert [(one["system"], one["text"]) for one in said["consequences"]][:1] == [
        ("WMS", "wms is asked first to give back what it holds; the others are told what it grants.")
    ]


async def test_what_is_released_and_not_picked_is_cancelled_in_the_warehouse_and_then_elsewhere(demo: Playing) -> None:
    real = (await demo.rep.data(document("CancelOrder"), dryRun=False))["orderCancel"]
    play = next(cue.play for cue in demo.demo.scene.cues if cue.play.sale and cue.play.sale.number == pinned.RELEASED)
    last = await ended(demo, real)
    assert (last["state"], {row["state"] for row in last["perSystem"]}) == ("APPLIED", {"APPLIED"})
    assert play.order is not None
    assert play.sale is not None
    (leg,) = play.legs
    assert (leg.done.state, play.order.state, leg.asked.state) == ("cancelled", "Cancelled", "cancelled")


async def test_what_is_no_more_than_quoted_is_cancelled_in_shop_and_erp(demo: Playing) -> None:
    cancel = document("CancelOrder").replace(pinned.RELEASED, pinned.CANCELLABLE)
    cancel = cancel.replace(pinned.RELEASED.lower(), pinned.CANCELLABLE.lower())
    dry = (await demo.rep.data(cancel))["orderCancel"]
    assert (dry["userErrors"], [one["pending"] for one in dry["lines"]]) == ([], ["3", "2"])
    real = (await demo.rep.data(cancel, dryRun=False))["orderCancel"]
    assert (real["userErrors"], real["consequences"]) == ([], dry["consequences"])
    play = next(
        cue.play for cue in demo.demo.scene.cues if cue.play.sale and cue.play.sale.number == pinned.CANCELLABLE
    )

    async def is_cancelled() -> bool:
        assert play.order is not None
        assert play.sale is not None
        return (play.order.state, play.sale.state) == ("Cancelled", "cancelled")

    last = await ended(demo, real)
    assert await is_cancelled()
    assert (last["state"], {row["state"] for row in last["perSystem"]}) == ("APPLIED", {"APPLIED"})


async def test_submit_order_asked_ten_times_at_once_is_one_order_that_all_three_systems_carry_out(
    demo: Playing,
) -> None:
    """The ERP is dead as it is asked: the order is there all the same, within what the caller will wait."""
    submit = document("SubmitOrder")
    dry = (await demo.rep.data(submit, dryRun=True))["orderSubmit"]
    assert (dry["userErrors"], dry["order"], dry["operation"]) == ([], None, None)
    assert [(one["system"], one["text"]) for one in dry["consequences"]] == [
        ("ERP", "erp gets the order."),
        ("WMS", "wms is asked to ship once the ERP has planned it."),
    ]
    demo.demo.faults("erp").add(Fault(trouble=Trouble.REFUSE))
    first = (await demo.rep.data(submit))["orderSubmit"]
    assert (first["userErrors"], first["replayed"], first["operation"]["done"]) == ([], False, False)
    assert [(one["system"], one["state"]) for one in first["operation"]["perSystem"]] == [("ERP", "QUEUED")]
    demo.demo.faults("erp").heal()
    answers = await asyncio.gather(*(demo.rep.ask(submit) for _ in range(9)))
    assert {code for one in answers for code in one.codes} <= {"IDEMPOTENCY_IN_PROGRESS"}
    said = [one.data["orderSubmit"] for one in answers if not one.codes]
    assert {(one["order"]["number"], one["replayed"]) for one in said} == {(first["order"]["number"], True)}
    last = await ended(demo, first)
    assert (last["state"], [one["state"] for one in last["perSystem"]]) == ("APPLIED", ["APPLIED"])
    found: dict[str, Any] = {}

    async def has_left() -> bool:
        for role in ("erp", "wms"):
            await demo.do(DUE, source=role)
        demo.demo.scene.hands.step()
        found.update(await order360(demo, first["order"]["number"]))
        return bool(found["facets"]["ship"] == "FULL")

    await until_so(has_left)
    chosen = "query D($n: String!) { order(by: {identifier: $n}) { routingDecision { outcome policy explanation } } }"
    decision = (await demo.rep.data(chosen, n=first["order"]["number"]))["order"]["routingDecision"]
    assert (decision["outcome"], decision["policy"]) == ("COMPLETE", "plain")
    (line,) = found["lines"]
    assert (line["sku"], line["warehouse"]["code"], line["quantities"]["shipped"]) == ("MUG", "WH", "12")
    sales = demo.demo.scene.trio.erp.erp.books.tables["sale.sale"].values()
    assert [one.reference for one in sales if isinstance(one, Sale)].count(first["order"]["number"]) == 1
    assert found["exceptionCases"] == []


async def test_every_operation_ends_done_or_stands_in_exactly_one_open_case(demo: Playing) -> None:
    everything = "{operations(first: 100) {nodes {id done order {exceptionCases {code}}} pageInfo {hasNextPage}}}"

    async def is_so() -> bool:
        page = (await demo.rep.data(everything))["operations"]
        assert page["nodes"]
        assert not page["pageInfo"]["hasNextPage"]
        return all(
            one["done"] or [case["code"] for case in one["order"]["exceptionCases"]].count("DEAD_LETTER") == 1
            for one in page["nodes"]
        )

    await until_so(is_so)


async def test_every_order_is_reachable_by_each_of_its_identifiers(demo: Playing) -> None:
    reached = await reach(demo.rep, demo.demo.scene)
    print(f"\n{reached}")
    assert reached.missed == ()
    assert reached.orders == reached.of == SMALL.orders
    assert reached.ambiguous > 0


BROKEN: dict[Role, tuple[str, set[str]]] = {
    "erp": ("ERP", {"COMMERCIAL", "LIFECYCLE", "INVOICING"}),
    "wms": ("WMS", {"FULFILLMENT"}),
    "shop": ("COMMERCE", {"PAYMENT", "FULFILLMENT"}),  # how it is paid, and the service that the customer chose
}
"""What only one of the systems says of a shipped and invoiced order, and soon goes stale where it says no more."""


@pytest.mark.parametrize("role", BROKEN)
async def test_of_a_broken_system_exactly_its_own_part_goes_stale(demo: Playing, role: Role) -> None:
    system, groups = BROKEN[role]
    before = await order360(demo, pinned.INVOICE)
    assert {row["freshness"] for row in (*before["systems"], *before["provenance"])} == {"FRESH"}
    demo.demo.faults(role).add(Fault(trouble=Trouble.REFUSE))

    after: Json = {}

    async def is_stale() -> bool:
        for change in AGED:  # each time: what was under way when it broke may still end, and is news
            await demo.do(change, source=role)
        after.update(await order360(demo, pinned.INVOICE))
        rows = {row["system"] for row in after["systems"] if row["freshness"] == "STALE"}
        told = {row["group"] for row in after["provenance"] if row["freshness"] == "STALE"}
        assert rows <= {system}
        assert told <= groups
        return (rows, told) == ({system}, groups)

    await until_so(is_stale)
    assert {name: after[name] for name in ALL_THE_SAME} == {name: before[name] for name in ALL_THE_SAME}
    demo.demo.faults(role).heal()

    async def is_well() -> bool:
        await demo.do(DUE, source=role)
        rows = (await order360(demo, pinned.INVOICE))["systems"]
        return await demo.is_up() and {row["freshness"] for row in rows} == {"FRESH"}

    await until_so(is_well)


async def test_the_feeds_begin_with_what_there_is_and_go_on_as_acme_s_orders_move(demo: Playing) -> None:
    acme, scene = demo.callers["demo-acme"], demo.demo.scene
    pieces = iter(range(901, 999))
    async with (
        acme.ws(document("OrderFeed")) as orders,
        acme.sse(document("ShipmentFeed")) as parcels,
        demo.rep.ws(document("StockFeed")) as stock,
    ):
        await orders.started()

        async def have_moved() -> bool:
            scene.traffic.step_of("ACME")
            scene.trio.wms.scene.stock("WH", "MUG", next(pieces))
            for role in BROKEN:
                await demo.do(DUE, source=role)
            await asyncio.sleep(0.5)
            return all(heard.changes for heard in (orders, parcels, stock))

        await until_so(have_moved)
    assert [orders.errors, parcels.errors, stock.errors] == [[], [], []]
    kinds = [one["kind"] for one in orders.events]
    ended = kinds.index("SNAPSHOT_END")
    assert set(kinds[:ended]) == {"SNAPSHOT"}
    assert "SNAPSHOT" not in kinds[ended:]
    for name, heard in (("order", orders), ("shipment", parcels)):  # whichever system speaks first, two may become one
        grown = [one for one in heard.changes if one["event"] != "entity.merged"]
        assert {(one["event"].partition(".")[0], one["kind"]) for one in grown} <= {
            (name, "CREATED"),
            (name, "UPDATED"),
        }
    assert all(one["shipmentId"] for one in parcels.changes)
    assert {one["inventoryPosition"]["sku"] for one in stock.changes} <= {"LAPTOP", "MUG"}
    assert {one["merged"] for one in stock.changes} == {0}
    async with acme.ws(document("OrderFeed"), after=orders.events[ended]["cursor"]) as again:
        await again.until(lambda one: len(one.events) >= len(orders.changes))
    told = [[(one["orderId"], one["version"], one["event"]) for one in heard.changes] for heard in (again, orders)]
    assert told[0][: len(told[1])] == told[1]
    assert again.events[0]["kind"] != "SNAPSHOT"


async def test_what_one_unknown_item_blocks_is_one_case_and_said_once_all_of_it_goes_on(demo: Playing) -> None:
    ops = demo.callers["demo-ops"]
    (case,) = (await ops.data(document("WorkTheQueue")))["exceptionCases"]["nodes"]
    assert (case["code"], case["occurrences"], len(case["orders"])) == ("SKU_MAPPING_MISSING", 37, pinned.BLOCKED)
    assert case["suggestedActions"] == [{"action": "skuMappingSet", "enabled": True, "reasonText": None}]
    dry = (await ops.data(document("FixSkuOnce")))["skuMappingSet"]
    assert (await ops.data(document("WorkTheQueue")))["exceptionCases"]["totalCount"] == 1
    real = (await ops.data(document("FixSkuOnce"), dryRun=False))["skuMappingSet"]
    assert (dry["scheduled"], real["scheduled"], real["consequences"]) == (37, 37, dry["consequences"])

    async def is_closed() -> bool:
        return bool((await ops.data(document("WorkTheQueue")))["exceptionCases"]["totalCount"] == 0)

    await until_so(is_closed)
    again = (await ops.data(document("FixSkuOnce"), dryRun=False))["skuMappingSet"]
    assert (again["replayed"], again["scheduled"]) == (True, 37)
    flour = '{ orders(filter: {sku: {eq: "FLOUR"}}) { totalCount } }'
    assert (await ops.data(flour))["orders"]["totalCount"] == pinned.BLOCKED
