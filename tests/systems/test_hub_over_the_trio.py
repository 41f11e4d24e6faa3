"""One order through a real shop, ERP and warehouse, seen through a hub after every step; then one of them dies."""

from __future__ import annotations

import statistics
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

import pytest

from tests.systems.carrier import Carrier
from tests.systems.hub import RunningHub, running_hub
from tests.systems.order360 import ORDER360, Json, Picture, picture_of, told_by
from tests.systems.patience import eventually
from tests.systems.plugs import ERP, HOOK_SECRET, SHOP, WMS, erp, shop, wms
from tests.systems.running import Server
from tests.systems.tryton_erp.office import office_of
from tests.systems.tryton_erp.start import TrytonErp
from tests.systems.tryton_wms.floor import floor_of
from tests.systems.tryton_wms.start import TrytonWms
from tests.systems.vendure.desk import Desk, Placed
from tests.systems.vendure.start import Vendure

GROUPS = (
    "commercial", "lifecycle", "allocation", "fulfillment", "tracking", "invoicing", "payment", "returns", "customer",
)  # fmt: skip
TARGETS = dict.fromkeys(GROUPS, "PT75S")
"""Staleness, told by the operator: a little more than the slowest sweep of what an order is made of."""
PATIENT = 420.0  # seconds: nothing is missed before five minutes have passed
ASKED = 150
"""How often the query is asked for its percentiles."""
FOUND = """query Find($text: String!) {
  search(text: $text, first: 50) { hits { kind exact matched { scheme value source } orders { id number } } } }"""
SOURCES = "{ sources { source state } }"
UNITS = {"TSHIRT-M": 2, "MUG": 3}


@dataclass(slots=True, kw_only=True)
class Journey:
    """One order on its way, and what it must look like by now."""

    hub: RunningHub
    carrier: Carrier
    order: Placed
    forgotten: Placed
    """One that nobody carries anywhere."""
    unasked: Placed
    """One that the ERP has taken on, and of which the warehouse was never told."""
    picture: Picture
    known: dict[str, str] = field(default_factory=dict)
    """What the systems called things on the way."""

    async def asked(self, text: str | None = None) -> Json:
        """The order, by anything that names it; HTTP 200, without errors."""
        found: Json = (await self.hub.rep.data(ORDER360, by={"identifier": text or self.order.code}))["order"]
        return found

    async def shows(self, what: str, **changed: Any) -> str:  # Any: parts of a picture
        """Wait until the one query shows the order as it now must be; how long that took, in words."""
        self.picture = replace(self.picture, **changed)
        began, answers = monotonic(), list[Json]()

        async def is_right() -> bool:
            answers[:] = [await self.asked()]
            return bool(answers[0]) and picture_of(answers[0]) == self.picture

        try:
            await eventually(is_right, f"{what}: it is shown")
        except AssertionError:
            assert picture_of(answers[0]) == self.picture
            raise
        behind = ", ".join(
            f"{one['source']} {one['ageSeconds']} s" for one in answers[0]["systems"] if one["ageSeconds"] is not None
        )
        return f"  {what}: shown after {monotonic() - began:.1f} s; behind: {behind} "

    def counted(self, **each: int | None) -> dict[str, dict[str, int]]:
        """The lines with further quantities: all that was ordered where no number is given."""
        return {
            sku: told | {name: UNITS[sku] if units is None else units for name, units in each.items()}
            for sku, told in self.picture.lines.items()
        }

    def in_system(self, source: str, number: str | None, raw: str) -> dict[str, tuple[str, str | None, str | None]]:
        """The strip of systems with one more, or otherwise, PRESENT."""
        return {**self.picture.systems, source: ("PRESENT", number, raw)}


@pytest.fixture(scope="module")
async def hub(vendure: Vendure, tryton_erp: TrytonErp, tryton_wms: TrytonWms) -> AsyncIterator[RunningHub]:
    """Over all three; nobody else is told of the shop's events."""
    told = {"staleness": TARGETS}
    plugs = {
        SHOP: {**shop(vendure), **told},
        ERP: {**erp(tryton_erp), **told},
        WMS: {**wms(tryton_wms), **told},
    }
    began = monotonic()
    async with running_hub(plugs) as running:
        print(f"\na hub over all three, first load done: {monotonic() - began:.1f} s")
        vendure.tell((running.hook, HOOK_SECRET))
        yield running
        vendure.tell()


@pytest.fixture(scope="module")
def servers(vendure: Vendure, tryton_erp: TrytonErp, tryton_wms: TrytonWms) -> dict[str, Server]:
    return {ERP: tryton_erp.server, WMS: tryton_wms.server, SHOP: vendure.server}


@pytest.fixture(scope="module")
async def journey(hub: RunningHub, desk: Desk, tryton_erp: TrytonErp, tryton_wms: TrytonWms) -> AsyncIterator[Journey]:
    async with office_of(tryton_erp) as office, floor_of(tryton_wms) as floor:
        carrier = Carrier(shop=desk, erp=office, wms=floor)
        forgotten, unasked = await desk.place(1), await desk.place(2)
        await office.process(await carrier.write_down(unasked))
        order = await desk.place(*UNITS.values())
        placed = Picture(
            status="ALLOCATED",
            facets={"allocation": "FULL", "payment": "PAID"},
            systems={
                SHOP: ("PRESENT", order.code, "PaymentSettled"),
                ERP: ("PENDING", None, None),
                WMS: ("PENDING", None, None),
            },
            totals={SHOP: ("67.30", "81.44", False)},
            lines={sku: {"ordered": units, "allocated": units} for sku, units in UNITS.items()},
        )
        yield Journey(hub=hub, carrier=carrier, order=order, forgotten=forgotten, unasked=unasked, picture=placed)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """Lines that are printed when the test has ended."""
    lines: list[str] = []
    yield lines
    with capsys.disabled():
        print("".join(f"\n{line}" for line in lines), end="")


async def test_what_is_placed_in_the_shop_is_expected_elsewhere(journey: Journey, say: list[str]) -> None:
    say.append(await journey.shows("placed in the shop"))


async def test_a_draft_in_the_erp_joins_by_its_reference(journey: Journey, say: list[str]) -> None:
    journey.known["sale"] = await journey.carrier.write_down(journey.order)
    say.append(
        await journey.shows(
            "written down in the ERP",
            systems=journey.in_system(ERP, None, "draft"),
            # the ERP sells no shipping: 5.00 net and its tax are the shop's alone
            totals={SHOP: ("67.30", "81.44", False), ERP: ("62.30", "75.38", True)},
        )
    )


async def test_a_processed_sale_asks_the_warehouse_for_a_shipment(journey: Journey, say: list[str]) -> None:
    number = await journey.carrier.erp.process(journey.known["sale"])
    truth = await journey.carrier.erp.truth(journey.known["sale"])
    journey.known |= {"ERP_ORDER": truth["number"], "ERP_SHIPMENT": number}
    say.append(
        await journey.shows(
            "processed in the ERP",
            systems=journey.in_system(ERP, truth["number"], "processing"),
            totals={ERP: ("62.30", "75.38", False), SHOP: ("67.30", "81.44", True)},
            requests=((number, "SUBMITTED"),),
            shipments=((number, "CREATED", ()),),
            invoices=((None, "DRAFT", "75.38"),),
        )
    )


async def test_the_warehouse_answers_what_it_was_asked_for_under_a_number_of_its_own(
    journey: Journey, say: list[str]
) -> None:
    handed = await journey.carrier.hand_over(journey.order, journey.known["ERP_SHIPMENT"])
    truth = await journey.carrier.wms.truth(handed)
    journey.known |= {"handed": handed, "WMS_SHIPMENT": truth["number"]}
    say.append(
        await journey.shows(
            "waiting in the warehouse",
            status="RELEASED",
            facets=journey.picture.facets | {"release": "FULL"},
            systems=journey.in_system(WMS, truth["number"], "waiting"),
            lines=journey.counted(released=None),
            requests=((truth["number"], "ACCEPTED"),),
            shipments=((truth["number"], "CREATED", ()),),
        )
    )
    await journey.carrier.wms.assign(handed)
    say.append(
        await journey.shows("assigned in the warehouse", systems=journey.in_system(WMS, truth["number"], "assigned"))
    )


async def test_what_has_left_the_warehouse_is_shipped_with_its_tracking_number(
    journey: Journey, say: list[str]
) -> None:
    number, tracking = journey.known["WMS_SHIPMENT"], journey.order.tracking
    await journey.carrier.wms.send(journey.known["handed"], tracking)
    (parcel,) = (await journey.carrier.wms.truth(journey.known["handed"]))["parcels"]
    journey.known |= {"PACKAGE": parcel["code"], "TRACKING": tracking}
    say.append(
        await journey.shows(
            "picked, packed and gone",
            status="SHIPPED",
            facets=journey.picture.facets | {"pick": "FULL", "pack": "FULL", "ship": "FULL"},
            systems=journey.in_system(WMS, number, "done"),
            lines=journey.counted(picked=None, packed=None, shipped=None),
            requests=((number, "CLOSED"),),
            shipments=((number, "SHIPPED", (tracking,)),),
        )
    )


async def test_what_the_erp_bills_is_invoiced(journey: Journey, say: list[str]) -> None:
    await journey.carrier.erp.ship(journey.known["sale"])
    invoice = journey.known["INVOICE"] = await journey.carrier.erp.bill(journey.known["sale"])
    say.append(
        await journey.shows(
            "shipped and billed in the ERP",
            status="INVOICED",
            facets=journey.picture.facets | {"invoice": "FULL"},
            lines=journey.counted(invoiced=None),
            invoices=((invoice, "POSTED", "75.38"),),
        )
    )


async def test_what_the_shop_delivers_is_complete(journey: Journey, say: list[str]) -> None:
    await journey.carrier.shop.ship(journey.order)
    await journey.carrier.shop.deliver(journey.order)
    say.append(
        await journey.shows(
            "fulfilled and delivered in the shop",
            status="COMPLETED",
            facets=journey.picture.facets | {"delivery": "FULL"},
            systems=journey.in_system(SHOP, journey.order.code, "Delivered"),
            lines=journey.counted(delivered=None),
            shipments=((journey.known["WMS_SHIPMENT"], "DELIVERED", (journey.order.tracking,)),),
        )
    )


async def test_a_partial_return_is_allowed_received_and_credited(journey: Journey, say: list[str]) -> None:
    code, lines = f"{journey.order.code}-R1", journey.picture.lines
    back = await journey.carrier.take_back(journey.order, journey.known["sale"], "TSHIRT-M", 1)
    journey.known["RMA"] = code
    say.append(
        await journey.shows(
            "return allowed in the ERP",
            lines=lines | {"TSHIRT-M": lines["TSHIRT-M"] | {"returnRequested": 1}},
            returns=((code, "AUTHORIZED", "AWAITING", "NONE"),),
            credits=((None, "DRAFT", "24.08"),),
        )
    )
    memo = journey.known["CREDIT_MEMO"] = await journey.carrier.receive(back)
    say.append(
        await journey.shows(
            "received and credited in the ERP",
            facets=journey.picture.facets | {"return": "PARTIAL"},
            lines=lines | {"TSHIRT-M": lines["TSHIRT-M"] | {"returnRequested": 1, "returned": 1, "credited": 1}},
            returns=((code, "CREDITED", "RECEIVED", "CREDITED"),),
            credits=((memo, "POSTED", "24.08"),),
        )
    )


async def test_what_the_shop_refunds_is_refunded(journey: Journey, say: list[str]) -> None:
    assert await journey.carrier.shop.pay_back(journey.order, 1, "refund-1") == 2408
    say.append(
        await journey.shows(
            "refunded in the shop",
            facets=journey.picture.facets | {"payment": "PARTIALLY_REFUNDED"},
            # the shop takes what came back off its total, the ERP keeps a document of its own
            totals={ERP: ("62.30", "75.38", False), SHOP: ("47.40", "57.36", True)},
            refunded="24.08",
        )
    )
    here = await journey.asked()
    assert (here["conflicts"], here["holds"], here["exceptionCases"]) == ([], [], [])
    assert here["customer"]["email"] is not None


async def test_each_identifier_of_each_system_leads_to_the_order(journey: Journey, say: list[str]) -> None:
    here = await journey.asked()
    told = {(one["scheme"], one["value"], one["source"]) for one in here["identifiers"]}
    schemes = (
        "ERP_ORDER", "ERP_SHIPMENT", "WMS_SHIPMENT", "PACKAGE", "TRACKING", "INVOICE", "CREDIT_MEMO", "RMA",
    )  # fmt: skip
    assert {(scheme, journey.known[scheme]) for scheme in schemes} <= {(scheme, value) for scheme, value, _ in told}
    for scheme, value, source in sorted(told):
        exact = {"scheme": scheme, "value": value, "source": source}
        hits = (await journey.hub.rep.data(FOUND, text=value))["search"]["hits"]
        named = [hit for hit in hits if hit["exact"] and hit["kind"] != "CUSTOMER"]
        candidates = {order["number"] for hit in named for order in hit["orders"]}
        assert journey.order.code in candidates, exact
        if scheme == "EMAIL":  # lists orders, and names none of them
            continue
        answer, bare = [await journey.hub.rep.ask(ORDER360, by=by) for by in ({"exact": exact}, {"identifier": value})]
        assert (answer.data["order"] or {}).get("number") == journey.order.code, exact
        if len(candidates) > 1:
            assert bare.codes == ["AMBIGUOUS_IDENTIFIER"], exact
        else:
            assert (bare.data["order"] or {}).get("number") == journey.order.code, exact
    say.append(f"  identifiers: {len(told)} of {len(told)} lead to the order")


async def test_a_number_that_two_orders_bear_lists_both_and_joins_neither(journey: Journey, say: list[str]) -> None:
    typed, hands = journey.known["ERP_ORDER"], journey.carrier.erp.hands
    other = await hands.sell(typed, [("MUG", "7.50", 1)])  # somebody typed the customer's number: it is one of ours
    await hands.process(other)
    number = (await journey.carrier.erp.truth(other))["number"]
    found, ids = list[Json](), dict[str, str]()

    async def are_both_there() -> bool:
        hits = (await journey.hub.rep.data(FOUND, text=typed))["search"]["hits"]
        found[:] = [hit for hit in hits if hit["exact"]]
        ids.update({order["number"]: order["id"] for hit in found for order in hit["orders"]})
        return {journey.order.code, number} <= ids.keys()

    await eventually(are_both_there, f"{typed} lists both orders")
    answer = await journey.hub.rep.ask(ORDER360, by={"identifier": typed})
    assert (answer.status, answer.body["data"], answer.codes) == (200, {"order": None}, ["AMBIGUOUS_IDENTIFIER"])
    (wrong,) = answer.body["errors"]
    assert {ids[journey.order.code], ids[number]} <= {one["id"] for one in wrong["extensions"]["candidates"]}
    for scheme, value, right in (("ERP_ORDER", typed, journey.order.code), ("PO_NUMBER", typed, number)):
        exact = {"scheme": scheme, "value": value, "source": ERP}
        assert (await journey.hub.rep.data(ORDER360, by={"exact": exact}))["order"]["number"] == right
    assert picture_of(await journey.asked()) == journey.picture
    things = ", ".join(f"{hit['kind']} by {hit['matched']['scheme']}" for hit in found)
    say.append(f"  {typed} means {len(found)} things: {things}")


@pytest.mark.parametrize("dead", [ERP, WMS, SHOP])
async def test_while_a_system_is_dead_exactly_its_own_part_is_stale(
    journey: Journey, servers: dict[str, Server], dead: str, say: list[str]
) -> None:
    await eventually(lambda: is_stale(journey, None), "everything is fresh before the kill")
    healthy = await percentiles(journey)
    pid, signal = servers[dead].pid, servers[dead].kill()
    began = monotonic()
    try:
        await eventually(lambda: is_stale(journey, dead), f"exactly what {dead} says is stale")
        aged, down = monotonic() - began, await percentiles(journey)
        here, sources = await journey.asked(), (await journey.hub.rep.data(SOURCES))["sources"]
    finally:
        servers[dead].start()
    assert picture_of(here) == journey.picture
    (state,) = [one["state"] for one in sources if one["source"] == dead]
    assert state in ("DEGRADED", "DOWN")  # DOWN only when half of its calls of five minutes have failed
    began = monotonic()
    await eventually(lambda: is_stale(journey, None), f"everything is fresh again after {dead} came back")
    (row,) = [one for one in here["systems"] if one["source"] == dead]
    say += [
        f"  {dead}, pid {pid}, killed by signal {signal}: its part stale after {aged:.0f} s, {state}: {row['message']}",
        f"    Order360 p50/p99, {ASKED} times each: healthy {shown(healthy)}, dead {shown(down)}; ratio "
        f"{down[0] / healthy[0]:.2f} / {down[1] / healthy[1]:.2f}",
        f"    fresh again {monotonic() - began:.0f} s after it was up",
    ]


async def test_what_was_not_carried_over_is_missing_where_it_should_be(journey: Journey, say: list[str]) -> None:
    rows: list[tuple[str, Json]] = []

    async def are_missed() -> bool:
        rows.clear()
        for order, source in ((journey.forgotten, ERP), (journey.unasked, WMS)):
            here = await journey.asked(order.code)
            rows.extend((order.code, one) for one in here["systems"] if one["source"] == source)
        return all(one["state"] == "MISSING" for _, one in rows)

    began = monotonic()
    await eventually(are_missed, "the ERP misses one order and the warehouse another", longest=PATIENT)
    say += [f"  {code} in {one['source']}: {one['state']}: {one['message']}" for code, one in rows]
    say.append(f"  said {monotonic() - began:.0f} s after everything else")


async def is_stale(journey: Journey, dead: str | None) -> bool:
    """Whether exactly the rows of *dead* are stale, of the order and of all below it; None: nothing is."""
    here = await journey.asked()
    rows = [*here["systems"], *told_by(here)]
    return all((one["freshness"] == "STALE") == (one["source"] == dead) for one in rows)


async def percentiles(journey: Journey) -> tuple[float, float]:
    """Milliseconds within which half, and 99 of 100, of the answers came."""
    taken = []
    for _ in range(ASKED):
        began = monotonic()
        await journey.asked()
        taken.append((monotonic() - began) * 1000)
    cuts = statistics.quantiles(taken, n=100)
    return cuts[49], cuts[98]


def shown(pair: tuple[float, float]) -> str:
    """Percentiles for people."""
    return f"{pair[0]:.0f} / {pair[1]:.0f} ms"
