"""Orders that the hub carries through a real shop, ERP and warehouse: people only pick, pack and send (issue 6)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic

import pytest

from hub.clock import SystemClock
from tests.kit.comes_back import Taking
from tests.kit.stories import one_story
from tests.systems.cancelling import applied, cancel
from tests.systems.carrier import FOR_SALE, Carrier
from tests.systems.coming_back import Return, money_of
from tests.systems.hub import RunningHub, running_hub
from tests.systems.order360 import ORDER360, Json
from tests.systems.papers import Papers, People
from tests.systems.patience import eventually
from tests.systems.plugs import ERP, HOOK_SECRET, SHOP, TENANT, WMS, erp, shop, wms
from tests.systems.screen import screen_of
from tests.systems.tryton_erp.office import office_of
from tests.systems.tryton_erp.start import TrytonErp
from tests.systems.tryton_wms.floor import floor_of
from tests.systems.tryton_wms.start import TrytonWms
from tests.systems.vendure.desk import Desk
from tests.systems.vendure.start import Vendure

PATIENT = 400.0  # seconds: the machine may be busy with other things
SUBMIT = """mutation Submit($input: OrderSubmitInput!) {
  orderSubmit(input: $input) {
    userErrors { code message } order { number } operation { id state } } }"""
ONE_OF_EACH = {
    "shop orders": 1, "parcels in the shop": 1, "sales": 1, "shipments of the ERP": 1, "invoices": 1,
    "shipments of the warehouse": 1,
}  # fmt: skip
CARRIED = {
    "shop orders": ["Shipped"], "parcels in the shop": ["Shipped"], "shipments of the ERP": ["done"],
    "invoices": ["posted"], "shipments of the warehouse": ["done"],
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Way:
    """One order on its way, and how long each part of it took."""

    hub: RunningHub
    people: People
    code: str
    laps: list[str] = field(default_factory=list)

    async def reaches(self, what: str, holds: Callable[[Papers], bool]) -> Papers:
        """Wait until the real systems hold what they should by now."""
        began, found = monotonic(), list[Papers]()

        async def is_so() -> bool:
            found[:] = [await self.people.papers(self.code)]
            return holds(found[0])

        try:
            await eventually(is_so, f"{self.code}: {what}", longest=PATIENT)
        except AssertionError as never:
            shown = "\n".join(screen_of(await self.order())) if await self.order() else "the hub shows no such order"
            held = found[-1].states if found else "nothing"
            message = f"{never}; the systems hold {held}\n{shown}"
            raise AssertionError(message) from None
        self.laps.append(f"  {self.code}: {what} after {monotonic() - began:.1f} s")
        return found[0]

    async def shows(self, what: str, holds: Callable[[Json], bool]) -> None:
        """Wait until the one query shows it."""
        began = monotonic()

        async def is_so() -> bool:
            found = await self.order()
            return bool(found) and holds(found)

        await eventually(is_so, f"{self.code}: the hub shows it {what}", longest=PATIENT)
        self.laps.append(f"  {self.code}: shown {what} after {monotonic() - began:.1f} s")

    async def order(self) -> Json:
        """The order as the graph shows it."""
        found: Json = (await self.hub.rep.data(ORDER360, by={"identifier": self.code}))["order"]
        return found

    async def told(self) -> list[str]:
        """How it went, and one screen."""
        return [*self.laps, *screen_of(await self.order())]


@pytest.fixture(scope="module")
async def of_before(people: People) -> Mapping[str, Papers]:
    """Orders as people left them before there was a hub, one in each stage; what the systems hold of each, by code."""
    carrier = Carrier(shop=people.shop, erp=people.erp, wms=people.wms)
    placed, drafted, booked, waiting, sent, billed = [await people.shop.place(1, 1) for _ in range(6)]
    await carrier.write_down(drafted)
    await people.erp.process(await carrier.write_down(booked))
    await carrier.hand_over(waiting, await people.erp.process(await carrier.write_down(waiting)))
    await carrier.carry_out(sent)
    sale, _, _ = await carrier.carry_out(billed)
    await people.erp.ship(sale)
    await people.erp.bill(sale)
    await people.shop.ship(billed)
    codes = [one.code for one in (placed, drafted, booked, waiting, sent, billed)]
    return {code: await people.papers(code) for code in codes}


@pytest.fixture(scope="module")
async def hub(
    vendure: Vendure, tryton_erp: TrytonErp, tryton_wms: TrytonWms, of_before: Mapping[str, Papers]
) -> AsyncIterator[RunningHub]:
    """Over all three, after `of_before`; what is placed in the shop from now on is the hub's to carry."""
    assert len(of_before) == 6
    baseline = SystemClock().now().isoformat()
    more = {
        "channels.web": {
            "tenant": TENANT, "source": SHOP, "capture": "hub", "baseline_at": baseline, "mirrors": [ERP, WMS],
        },
        "routing.usual": {"tenant": TENANT, "priority": ["WH", "WH-EAST"]},
    }  # fmt: skip
    plugs = {SHOP: shop(vendure), ERP: erp(tryton_erp), WMS: wms(tryton_wms)}
    began = monotonic()
    async with running_hub(plugs, more) as running:
        print(f"\na hub that carries orders, first load done: {monotonic() - began:.1f} s")
        vendure.tell((running.hook, HOOK_SECRET))
        yield running
        vendure.tell()


@pytest.fixture(scope="module")
async def people(desk: Desk, tryton_erp: TrytonErp, tryton_wms: TrytonWms) -> AsyncIterator[People]:
    async with office_of(tryton_erp) as office, floor_of(tryton_wms) as floor:
        yield People(shop=desk, erp=office, wms=floor)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """Lines that are printed when the test has ended."""
    lines: list[str] = []
    yield lines
    with capsys.disabled():
        print("".join(f"\n{line}" for line in lines), end="")


async def test_an_order_placed_in_the_shop_is_carried_to_its_end_and_two_of_three_come_back(
    hub: RunningHub, people: People, say: list[str]
) -> None:
    """By what is sold and what comes back, shop and ERP round a cent apart (systems.md 5, item 19)."""
    order = await people.shop.place(3, 2)
    way = Way(hub=hub, people=people, code=order.code)
    await carried(way, order.tracking)
    names, drawn = await one_story(hub.rep, order.code)
    assert names >= {"ORDER_NUMBER", "ERP_ORDER", "TRACKING", "INVOICE"}
    money = await taken_back(way)
    say += [*await way.told(), money, *drawn]


async def test_an_order_submitted_through_the_hub_is_carried_to_its_end(
    hub: RunningHub, people: People, say: list[str]
) -> None:
    lines = [
        {"lineRef": sku, "sku": sku, "quantity": units, "unitPrice": {"amount": FOR_SALE[sku], "currencyCode": "EUR"}}
        for sku, units in (("TSHIRT-M", "1"), ("MUG", "4"))
    ]
    home = {"name": "Acme NV", "lines": ["Rue Haute 1"], "city": "Brussels", "postcode": "1000", "country": "BE"}
    given = {
        "channel": "web", "customer": {"identifier": "ACME"}, "currencyCode": "EUR", "lines": lines, "shipTo": home,
    }  # fmt: skip
    key = {"idempotency-key": "carried-1"}
    payload, again = [(await hub.rep.ask(SUBMIT, headers=key, input=given)).data["orderSubmit"] for _ in range(2)]
    assert payload["userErrors"] == []
    assert again["order"] == payload["order"]
    way = Way(hub=hub, people=people, code=payload["order"]["number"])
    await carried(way, "TRACK-OF-THE-HUBS-OWN")
    say += await way.told()


async def test_an_order_is_cancelled_after_the_warehouse_has_it(
    hub: RunningHub, people: People, say: list[str]
) -> None:
    order = await people.shop.place(1, 1)
    way = Way(hub=hub, people=people, code=order.code)
    await released(way)
    began = monotonic()
    payload = await cancel(hub, order, "cancel-after-release")
    operation = await applied(hub, payload)
    way.laps.append(f"  {order.code}: cancelled everywhere after {monotonic() - began:.1f} s")
    way.laps += [f"    {one['system']} {one['state']} {one['number']}" for one in operation["perSystem"]]
    found = await way.reaches(
        "given up in all three",
        lambda papers: (
            (papers.states["shop orders"], papers.states["shipments of the warehouse"])
            == (["Cancelled"], ["cancelled"])
        ),
    )
    assert set(found.states["shipments of the ERP"]) <= {"cancelled"}
    assert set(found.states["invoices"]) <= {"cancelled"}, "a draft is left that bills what nobody gets"
    await way.shows("as cancelled", lambda shown: bool(shown["status"] == "CANCELLED"))
    say += await way.told()


async def test_what_was_there_before_the_hub_is_as_people_left_it(
    hub: RunningHub, people: People, of_before: Mapping[str, Papers], say: list[str]
) -> None:
    """Last of all: the hub has carried others meanwhile. It shows these, and has written nothing of them."""
    for code, left in of_before.items():
        shown = (await hub.rep.data(ORDER360, by={"identifier": code}))["order"]
        assert shown["number"] == code
        assert await people.papers(code) == left
    known = """select count(*) from hub.identity i join hub.entity e on e.tenant = i.tenant and e.id = i.entity_id
      join hub.delivery d on d.tenant = e.tenant and d.root_id = e.root_id where i.value = any($1)"""
    assert [tuple(row) for row in await hub.rows(known, list(of_before))] == [(0,)]
    say.append(f"  {len(of_before)} orders of before, each in another stage: not one document differs")


async def released(way: Way) -> None:
    """The ERP has it on its books, and one shipment of it waits in the warehouse."""
    await way.reaches("on the ERP's books", lambda papers: len(papers.sales) == 1)
    await way.reaches("waiting in the warehouse", lambda papers: papers.states["shipments of the warehouse"] != [])
    await way.shows("as released", lambda shown: bool(shown["status"] == "RELEASED"))


async def carried(way: Way, tracking: str) -> None:
    """From its order to its invoice; people do nothing but send what waits in the warehouse."""
    await released(way)
    await way.people.send(way.code, tracking)
    way.laps.append(f"  {way.code}: picked, packed and sent by the warehouse's people")
    await way.reaches("fulfilled in the shop", lambda papers: papers.states["parcels in the shop"] == ["Shipped"])
    found = await way.reaches("shipped and invoiced in the ERP", lambda papers: papers.states == CARRIED)
    assert found.counts == ONE_OF_EACH
    await way.shows("as invoiced", lambda shown: bool(shown["status"] == "INVOICED"))
    assert [one["trackingCode"] for one in found.orders[0]["fulfillments"]] == [tracking]
    assert (await way.order())["exceptionCases"] == []


async def taken_back(way: Way) -> str:
    """One shirt and two mugs should come back, one mug never does, and the shirt is scrap; what the money says."""
    taking = Taking(rep=way.hub.rep, code=way.code)
    back = Return(taking=taking, people=way.people)
    began = monotonic()
    assert (await taking.request((1, 1), (2, 2)))["status"] == "AUTHORIZED"
    await back.until(
        "expected by ERP and warehouse", lambda found: found.agreed == ["processing"] and found.is_expected
    )
    assert (await taking.receive((1, 1), (2, 1)))["physicalState"] == "PARTIAL"
    assert (await taking.inspect((1, 1, "SCRAP"), (2, 1, "RESTOCK")))["status"] == "INSPECTED"
    await taking.refund()
    found = await back.until("paid back by the shop", lambda found: [one[0] for one in found.refunds] == ["Settled"])
    came, waste = {"TSHIRT-M": Decimal(1), "MUG": Decimal(1)}, {"TSHIRT-M": Decimal(1)}
    assert found.came == {"shop": came, "erp": came, "wms": came}
    assert found.wasted == {"erp": waste, "wms": waste}
    assert [one[0] for one in found.memos] == ["posted"], "money went back that nobody has credited"
    way.laps.append(
        f"  {back.reference}: asked for, received, looked at, credited, paid in {monotonic() - began:.1f} s"
    )
    await way.shows("with its return paid for and one mug missing", is_short)
    await taking.close()
    await way.shows("with its return closed by a person", is_ended)
    assert (await back.backs()).ended == found.ended
    return money_of(back, await taking.shown(), found)


def is_short(shown: Json) -> bool:
    """The money is back, and people must say what becomes of what has not come."""
    (back,) = shown["returns"]
    memos = [one["status"] for one in shown["creditMemos"]]
    return (back["financialState"], memos, [one["code"] for one in shown["exceptionCases"]]) == (
        "REFUNDED", ["POSTED"], ["RETURN_DISCREPANCY"],
    )  # fmt: skip


def is_ended(shown: Json) -> bool:
    """Nothing more of it is expected, and nobody has to look at anything."""
    (back,) = shown["returns"]
    return (back["status"], shown["exceptionCases"]) == ("CLOSED", [])
