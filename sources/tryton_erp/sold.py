"""What `order.create` means for the sales that bear its reference (systems.md 5.6): pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from hub.model.effects import CreateOrder, GoodsLine
from hub.model.intents import Outcome, OutcomeState
from sources.kit.values import exact
from sources.tryton_erp.deed import Make, Plan, Press, Step, Tried
from sources.tryton_erp.forms import FoundLine, FoundSale

SALE = "sale.sale"
ZERO = Decimal(0)
NEXT = {"draft": "quote", "quotation": "confirm", "confirmed": "process"}
"""The button that brings a sale on."""
BINDING = frozenset({"confirmed", "processing", "done"})


def planned(sales: Sequence[FoundSale], content: CreateOrder, tried: Tried, *, is_back: bool = False) -> Plan:
    """What is next; *is_back*: with a return, which is a sale of negative quantities.

    One that is binding stands for the order, whatever it holds; of several the oldest, and the words say so. One that
    is not binding is gone on with if it is the very order, else it is rewritten: one sale of a reference, ever. What
    somebody cancelled is not made again.
    """
    sold = sorted((sale for sale in sales if _is_return(sale) == is_back), key=lambda sale: sale.id)
    alive = [sale for sale in sold if sale.state != "cancelled"]
    binding = [sale for sale in alive if sale.state in BINDING]
    same = [sale for sale in alive if is_same(sale, content)]
    for first in [*binding, *same][:1]:
        return _onwards(first, alive, tried)
    if alive:
        return Plan(outcome=_told(OutcomeState.PARTIAL, alive[0]), step=_rewritten(alive[0]))
    if sold:
        return Plan(outcome=_told(OutcomeState.REFUSED, sold[0], "the sale was cancelled in the ERP"))
    return Plan(outcome=Outcome(state=OutcomeState.ABSENT), step=Make())


def _rewritten(sale: FoundSale) -> Step:
    """Back to the desk first: only a draft may be written."""
    if sale.state != "draft":
        return Press(model=SALE, one=sale.id, button="draft")
    return Make(over=sale.id, lines=tuple(line.id for line in sale.lines))


def is_same(sale: FoundSale, content: CreateOrder) -> bool:
    """Whether a sale is for the goods, at the prices, for the customer and from the warehouse that are wanted."""
    if content.customer is not None and str(sale.party.id) != content.customer:
        return False
    if content.warehouse is not None and (sale.warehouse is None or sale.warehouse.code != content.warehouse):
        return False
    priced = all(line.unit_price is not None for line in content.lines)
    there = Counter(_sold(line, priced=priced) for line in sale.lines if line.type == "line" and line.product)
    return there == Counter(_wanted(line, priced=priced) for line in content.lines)


def quantity_of(line: GoodsLine) -> Decimal:
    """Units in the ERP's own unit."""
    return line.quantity / line.factor


def price_of(line: GoodsLine) -> Decimal | None:
    """Net price of one of the ERP's own unit."""
    return None if line.unit_price is None else line.unit_price.amount * line.factor


def _onwards(sale: FoundSale, alive: Sequence[FoundSale], tried: Tried) -> Plan:
    words = None
    if len(alive) > 1:
        numbers = ", ".join(one.number or f"draft {one.id}" for one in alive)
        words = f"{len(alive)} sales of this reference stand in the ERP: {numbers}"
    step: Step = Press(model=SALE, one=sale.id, button=NEXT.get(sale.state, ""))
    if sale.state not in NEXT or (sale.state in BINDING and tried.has(step)):  # a worker will process it in its time
        return Plan(outcome=_told(OutcomeState.DONE, sale, words))
    return Plan(outcome=_told(OutcomeState.PARTIAL, sale, words), step=step, is_last=sale.state != "draft")


def _told(state: OutcomeState, sale: FoundSale, words: str | None = None) -> Outcome:
    return Outcome(state=state, reference=sale.number, source_id=str(sale.id), words=words)


def _is_return(sale: FoundSale) -> bool:
    counts = [line.quantity for line in sale.lines if line.product and line.quantity]
    return bool(counts) and all(count < ZERO for count in counts)


def _sold(line: FoundLine, *, priced: bool) -> tuple[str, Decimal, Decimal | None]:
    price = exact(line.unit_price.decimal) if priced and line.unit_price else None
    return (line.product.code if line.product else None) or "", line.quantity or ZERO, price


def _wanted(line: GoodsLine, *, priced: bool) -> tuple[str, Decimal, Decimal | None]:
    return line.sku, quantity_of(line), price_of(line) if priced else None
