"""The same deeds at a rehearsed and at a real Tryton 8.2 are told alike, document by document."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hub.model.effects import (
    CancelOrder,
    CancelReason,
    CancelTarget,
    CreateOrder,
    Effect,
    GoodsLine,
    PostInvoice,
    ShipGoods,
)
from hub.model.intents import IntentOf, Outcome, OutcomeState
from hub.model.observation import Content
from hub.model.values import Address, Money
from hub.model.vocabulary import Kind
from hub.ports import Adapter, Found
from hub.settings import Secret
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.registry import stage
from sources.tryton_erp.rehearsal.hands import Hands
from sources.tryton_erp.rehearsal.stage import Entry, TrytonErpStage, tryton_erp_stage
from tests.systems.tryton_erp.start import TrytonErp

Told = dict[str, Any]  # Any: what a document says, for comparing
LAPTOP = ("LAPTOP", "899.00")


@pytest.fixture(scope="module")
async def rehearsed() -> AsyncIterator[Stage]:
    async with stage("tryton_erp") as made:
        yield made


@pytest.fixture(scope="module")
async def real(tryton_erp: TrytonErp) -> AsyncIterator[Stage]:
    server = tryton_erp
    entry = Entry(database=server.database, user=server.user, password=Secret(server.password), key=Secret(server.key))
    async with tryton_erp_stage(server.url, entry) as made:
        yield made


class Looker:
    """One ERP, its hands and an adapter before it."""

    def __init__(self, where: Stage, adapter: Adapter) -> None:
        assert isinstance(where, TrytonErpStage)
        self.hands: Hands = where.hands
        self._bench, self._adapter = Bench(where), adapter

    async def read(self, kind: Kind, one: object) -> Content:
        found = (await self._adapter.read(self._bench.call, kind, [str(one)]))[str(one)]
        assert isinstance(found, Found), f"{kind.value} {one} reads as {found}"
        content = found.seen[0].content
        assert content is not None
        return content

    async def done(self, content: Effect, kind: Kind = Kind.ORDER, one: object = None) -> Outcome:
        """The outcome of an effect, carried out by the adapter twice: once more is no more."""
        source_id = None if one is None else str(one)
        wanted = IntentOf(source="erp", kind=kind, source_id=source_id, action="any", key="erp/any", content=content)
        outcomes = [await self._adapter.execute(self._bench.call, wanted) for _ in range(2)]
        assert [outcome.state for outcome in outcomes] == [OutcomeState.DONE] * 2, outcomes
        return outcomes[0]

    async def told(self, kind: Kind, one: object) -> Told:
        """What a document says, without what differs from server to server: ids, numbers, instants."""
        content = await self.read(kind, one)
        return {
            "raw": content.raw_status,
            "status": content.status,
            "bears": sorted(key.scheme for key in content.bears),
            "refers": sorted(key.scheme for key in content.refers),
            "identifiers": sorted(one.scheme.value for one in content.identifiers),
            "lines": [(line.sku, line.quantities, line.unit, line.target is not None) for line in content.lines],
            "holds": content.holds,
            "milestones": [claim.milestone for claim in content.milestones],
        }

    async def stock(self, sku: str) -> dict[str, Decimal]:
        """What is told of an item in the first warehouse."""
        async for page in self._adapter.changes(self._bench.call, Kind.INVENTORY, "stock", None):
            for seen in page.found:
                assert seen.content is not None
                if [key.value for key in seen.content.refers] == [sku, "WH"] and seen.content.inventory:
                    figures = seen.content.inventory.figures
                    return {one.name.value: one.value for one in (figures.told if figures else ())}
        message = f"nothing is told of {sku}"
        raise AssertionError(message)


async def sold_and_returned(erp: Looker) -> list[Told]:
    """An order is shipped, invoiced, partly returned and credited."""
    hands, told = erp.hands, []
    code = hands.code()
    order = await hands.place([3, 2], reference=code)
    told.append(await erp.told(Kind.ORDER, order))
    await hands.ship(order)
    sale = await hands.order(order)
    shipment, invoice = sale["shipments"][0]["id"], sale["invoices"][0]["id"]
    told += [await erp.told(Kind.SHIPMENT, shipment), await erp.told(Kind.FULFILLMENT_ORDER, shipment)]
    await hands.deliver(order)
    told += [await erp.told(Kind.SHIPMENT, shipment), await erp.told(Kind.INVOICE, invoice)]
    await hands.press("account.invoice", invoice, "post")
    told += [await erp.told(Kind.INVOICE, invoice), await erp.told(Kind.ORDER, order)]
    back = await hands.sell(f"{code}-R1", [("MUG", "7.50", -1)], origin=order)
    told.append(await erp.told(Kind.RETURN, back))
    await hands.process(back)
    sale = await hands.order(back)
    receipt, note = sale["shipment_returns"][0]["id"], sale["invoices"][0]["id"]
    told += [await erp.told(Kind.RETURN, back), await erp.told(Kind.CREDIT_MEMO, note)]
    for step in ("receive", "do"):
        await hands.press("stock.shipment.out.return", receipt, step)
        told.append(await erp.told(Kind.RETURN, back))
    await hands.press("account.invoice", note, "post")
    return [*told, await erp.told(Kind.RETURN, back), await erp.told(Kind.CREDIT_MEMO, note)]


async def carried_by_the_hub(erp: Looker) -> list[Told]:
    """An order is made, leaves in two parts, is billed; another is taken back after it was processed."""
    hands, told = erp.hands, []
    wanted = CreateOrder(
        reference=hands.code(), currency_code="EUR", warehouse="WH", lines=(_goods("MUG", 5), _goods("TSHIRT-M", 2, 2)),
        ship_to=Address(name="Ana Silva", lines=("Meir 44",), city="Antwerpen", postcode="2000", country="BE"),
    )  # fmt: skip
    order = (await erp.done(wanted)).source_id
    assert order is not None
    told.append(await erp.told(Kind.ORDER, order))
    first = (await hands.order(order))["shipments"][0]["id"]
    some = ShipGoods(reference="1", tracking=("1Z1", "1Z2"), lines=(_goods("MUG", 3),))
    await erp.done(some, Kind.SHIPMENT, first)
    told += [await erp.told(Kind.SHIPMENT, first), await erp.told(Kind.ORDER, order)]
    second = (await hands.order(order))["shipments"][1]["id"]
    rest = ShipGoods(reference="2", tracking=("1Z3",), lines=(_goods("MUG", 2), _goods("TSHIRT-M", 2, 2)))
    await erp.done(rest, Kind.SHIPMENT, second)
    sale = await hands.order(order)
    invoice = sale["invoices"][0]["id"]
    await erp.done(PostInvoice(total=Money(amount=sale["total_amount"], currency_code="EUR")), Kind.INVOICE, invoice)
    told += [await erp.told(Kind.SHIPMENT, second), await erp.told(Kind.ORDER, order)]
    told.append(await erp.told(Kind.INVOICE, invoice))
    other = (await erp.done(replace(wanted, reference=hands.code()))).source_id
    assert other is not None
    lines = (await erp.read(Kind.ORDER, other)).lines
    targets = tuple(CancelTarget(line=line.id, line_no=no, cancelled=Decimal(9)) for no, line in enumerate(lines, 1))
    await erp.done(CancelOrder(lines=targets, reason=CancelReason.CUSTOMER, whole=True), Kind.ORDER, other)
    paper = (await hands.order(other))["shipments"][0]["id"]
    return [*told, await erp.told(Kind.ORDER, other), await erp.told(Kind.SHIPMENT, paper)]


def _goods(sku: str, units: int, number: int = 1) -> GoodsLine:
    price = Money(amount=Decimal("7.50"), currency_code="EUR")
    return GoodsLine(line_no=number, sku=sku, quantity=Decimal(units), unit="C62", unit_price=price)


async def called_off(erp: Looker) -> list[Told]:
    """An order is cancelled after it was processed: the sale ends done."""
    hands = erp.hands
    order = await hands.place([1])
    await hands.process(order)
    sale = await hands.order(order)
    shipment, invoice = sale["shipments"][0]["id"], sale["invoices"][0]["id"]
    await hands.call_off(order)
    (note,) = await hands.rest("GET", "model/account.invoice", d=[["origin_invoices", "=", invoice]], f=["state"])
    return [
        await erp.told(Kind.CREDIT_MEMO, note["id"]),
        await erp.told(Kind.ORDER, order),
        await erp.told(Kind.SHIPMENT, shipment),
        await erp.told(Kind.FULFILLMENT_ORDER, shipment),
        await erp.told(Kind.INVOICE, invoice),
    ]


async def short_of_stock(erp: Looker) -> list[Told]:
    """Five are ordered, three are there: those are assigned, and the header stands still."""
    hands = erp.hands
    before = await erp.stock("LAPTOP")
    order = await hands.sell(hands.code(), [(*LAPTOP, 5)])
    await hands.press("sale.sale", order, "quote")
    await hands.process(order)
    shipment = (await hands.order(order))["shipments"][0]["id"]
    stamp = await hands.rest("GET", f"model/stock.shipment.out/{shipment}", f=["write_date"])
    await hands.press("stock.shipment.out", shipment, "assign_try")
    after = await hands.rest("GET", f"model/stock.shipment.out/{shipment}", f=["write_date", "partially_assigned"])
    assert after["partially_assigned"]
    stood_still = after["write_date"] == stamp["write_date"]
    told = {"before": before, "after": await erp.stock("LAPTOP"), "stood still": stood_still}
    return [told, await erp.told(Kind.SHIPMENT, shipment)]


@pytest.mark.parametrize(
    "deed", [sold_and_returned, carried_by_the_hub, called_off, short_of_stock], ids=lambda deed: deed.__name__
)
async def test_a_rehearsed_and_a_real_erp_are_told_alike(
    rehearsed: Stage, real: Stage, deed: Callable[[Looker], Awaitable[list[Told]]]
) -> None:
    found = []
    for where in (rehearsed, real):
        async with Bench(where).adapter() as adapter:
            found.append(await deed(Looker(where, adapter)))
    assert found[0] == found[1]
    for told in found[1]:
        print(
            {name: value for name, value in told.items() if name in ("raw", "status", "before", "after", "stood still")}
        )
