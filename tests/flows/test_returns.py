"""A return through three rehearsed systems: asked for, received in part, one scrapped, credited, refunded, closed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hub.store.cluster import Cluster
from sources.tryton_erp.rehearsal.records import Move, Sale
from sources.tryton_wms.rehearsal.state import MOVE, RETURN
from sources.tryton_wms.rehearsal.state import Move as Carried
from sources.tryton_wms.rehearsal.state import Shipment as Expected
from sources.vendure.rehearsal.state import Order, Refund
from tests.kit.house import House, carried, house

CENT = Decimal("0.01")
SAYS = """mutation Say($input: %s!) { %s(input: $input) {
  userErrors { code message } operation { id state } } }"""
BACK = """query Back($by: LookupInput!) { return(by: $by) {
  id number status physicalState financialState suggestedRefund { amount } refunded { amount }
  lines { lineNo sku authorized received inspected credited missing restocked } } }"""


async def say(known: House, what: str, **given: object) -> None:
    """Tell the hub something of a return, which it must not refuse."""
    kind = f"{what[0].upper()}{what[1:]}Input"
    said = await known.hub.rep.ask(SAYS % (kind, what), headers={"idempotency-key": f"{what}-1"}, input=given)
    assert said.data[what]["userErrors"] == []


async def told(known: House, code: str) -> dict[str, Any]:  # Any: JSON
    """The return as the graph shows it; empty while it does not."""
    return (await known.hub.rep.data(BACK, by={"identifier": f"{code}-R1"}))["return"] or {}


def expected(known: House, code: str) -> list[Expected]:
    """The warehouse's documents of the return."""
    rows = known.director.trio.wms.depot.all(RETURN, Expected)
    return [one for one in rows if one.reference == f"{code}-R1"]


def came(known: House, code: str) -> list[Decimal]:
    """Units that the warehouse has taken in, move by move."""
    depot = known.director.trio.wms.depot
    moves = [depot.get(MOVE, at, Carried) for one in expected(known, code) for at in one.moves]
    return [move.quantity for move in moves if move.origin is None and move.state == "done"]


def scrapped(known: House, code: str) -> list[Decimal]:
    """Units of the return that the warehouse has moved to what is lost."""
    depot = known.director.trio.wms.depot
    ours = {(MOVE, at) for one in expected(known, code) for at in one.moves}
    moves = [move for move in depot.all(MOVE, Carried) if move.shipment is None and move.origin in ours]
    return [move.quantity for move in moves if move.state == "done"]


def agreed(known: House, code: str) -> list[Sale]:
    """The ERP's sales of negative quantities for the return."""
    sales = known.director.trio.erp.erp.books.tables["sale.sale"].values()
    return [one for one in sales if isinstance(one, Sale) and one.reference == f"{code}-R1"]


def booked(sale: Sale) -> list[float]:
    """Units that the ERP has taken in of a return."""
    moves: list[Move] = [move for line in sale.lines for move in line.moves]
    return [move.quantity for move in moves if move.state == "done"]


def refunds(order: Order) -> list[Refund]:
    """Money that the shop has given back."""
    return [refund for payment in order.payments for refund in payment.refunds]


async def sent_back(known: House, order: Order) -> None:
    """Three may come back, two do; every system that should expect them does."""
    code, one = order.code, {"lineNo": 1, "reason": "DEFECTIVE", "quantity": "3"}
    await say(known, "returnRequest", order={"identifier": code}, lines=[one], authorize=True)
    await known.until(lambda: [one.state for one in expected(known, code)] == ["draft"])
    await known.until(lambda: [one.state for one in agreed(known, code)] == ["processing"])
    line = {"lineNo": 1, "quantity": "2", "condition": "DAMAGED"}
    await say(known, "returnReceive", **{"return": {"identifier": f"{code}-R1"}}, warehouse="WH", lines=[line])
    await known.until(lambda: [one.state for one in expected(known, code)] == ["received"])


async def judged(known: House, order: Order) -> Sale:
    """One of the two is good, one is scrap: stock, ERP and shop follow, and the ERP credits."""
    code = order.code
    lines = [{"lineNo": 1, "quantity": "1", "dispositionTaken": what} for what in ("RESTOCK", "SCRAP")]
    await say(known, "returnInspect", **{"return": {"identifier": f"{code}-R1"}}, lines=lines)
    await known.until(lambda: scrapped(known, code) == [1])
    (sale,) = agreed(known, code)
    await known.until(lambda: [bill.state for bill in sale.invoices] == ["posted"])
    await known.until(lambda: order.lines[0].quantity == 1)
    return sale


async def test_two_of_three_come_back_and_four_systems_agree_to_the_cent(cluster: Cluster) -> None:
    async with house(cluster) as known:
        order = known.place(("MUG", 3), ("TSHIRT-M", 1))
        await carried(known, order)
        await sent_back(known, order)
        sale = await judged(known, order)
        await say(known, "returnRefund", **{"return": {"identifier": f"{order.code}-R1"}})
        await known.until(lambda: [one.state for one in refunds(order)] == ["Settled"])
        (memo,), (refund,) = sale.invoices, refunds(order)
        assert refund.transaction == f"{order.code}-R1/1"
        assert [sum(came(known, order.code)), sum(booked(sale)), 3 - order.lines[0].quantity] == [2, 2, 2]
        assert memo.untaxed_amount == -2 * Decimal(order.lines[0].variant.price) / 100
        assert abs(Decimal(refund.total) / 100 + memo.total_amount) <= CENT
        assert len(agreed(known, order.code)) == len(expected(known, order.code)) == 1
        shown = await told(known, order.code)
        line = shown["lines"][0]
        assert [line[name] for name in ("authorized", "received", "inspected")] == ["3", "2", "2"]
        assert await known.rows("select count(*) from delivery where state in ('DEAD', 'REVIEW', 'REFUSED')") == [(0,)]
