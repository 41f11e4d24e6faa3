"""A return that a person asks for through the graph: three should come, two do, and one of these is scrap (issue 7).

What the three systems hold of it is read by their own APIs alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from tests.kit.caller import Json
from tests.kit.comes_back import Taking
from tests.systems.papers import People
from tests.systems.patience import eventually

Units: TypeAlias = dict[str, Decimal]
"""By sku; nothing of what there is none of."""
BACK = "stock.shipment.out.return"
CENT = Decimal("0.01")
PATIENT = 400.0  # seconds: the machine may be busy with other things
IN_SHOP = """query($code: String!) { orders(options: {filter: {code: {eq: $code}}}) { items {
  lines { quantity orderPlacedQuantity productVariant { sku } }
  payments { refunds { state total transactionId } } } } }"""
IN_ERP = ("state", "invoices.state", "invoices.number", "invoices.untaxed_amount", "invoices.total_amount")
MOVES = ("quantity", "state", "product.code")
ERP_MOVES = (
    "state", *(f"{side}.{name}" for side in ("incoming_moves", "inventory_moves") for name in MOVES),
    "inventory_moves.to_location.type",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Backs:
    """What the real systems hold of what has come back of one order."""

    agreed: list[str]
    """State of every return of it in the ERP."""
    came: dict[str, Units]
    """By system: units that are back."""
    wasted: dict[str, Units]
    """By system: units of these that are scrap; the shop knows of none."""
    expected: list[str]
    """State of every return of it in the warehouse."""
    memos: list[tuple[str, Decimal, Decimal]]
    """State, net and gross of every credit note of the ERP."""
    refunds: list[tuple[str, Decimal, str]]
    """State, amount and name of every refund of the shop."""

    @property
    def ended(self) -> tuple[object, ...]:
        """What a person who closes it leaves as it is."""
        return self.came, self.wasted, self.memos, self.refunds

    @property
    def is_expected(self) -> bool:
        """The warehouse knows of it, and nothing has come."""
        return self.expected == ["draft"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """One return, as those in front of the graph and those at the systems see it."""

    taking: Taking
    people: People

    @property
    def reference(self) -> str:
        """Its name at the systems."""
        return f"{self.taking.code}-R1"

    async def until(self, what: str, holds: Callable[[Backs], bool]) -> Backs:
        """Wait until the real systems have it as they should by now."""
        found = list[Backs]()

        async def is_so() -> bool:
            found[:] = [await self.backs()]
            return holds(found[0])

        try:
            await eventually(is_so, f"{self.reference}: {what}", longest=PATIENT)
        except AssertionError as never:
            message = f"{never}; the systems have {found}; the graph shows {await self.taking.shown()}"
            raise AssertionError(message) from None
        return found[0]

    async def backs(self) -> Backs:
        """How the three systems have it."""
        agreed, memos, at_erp, erp_waste = await self._in_erp()
        at_shop, refunds = await self._in_shop()
        rows = await self.people.wms.hands.back(self.reference)
        at_dock = _units(move for row in rows for move in row["moves"])
        dock_waste = _units(move for row in rows for move in row["aside"] if _is_waste(move))
        return Backs(
            agreed=agreed,
            expected=[row["state"] for row in rows],
            came={"shop": at_shop, "erp": at_erp, "wms": at_dock},
            wasted={"erp": erp_waste, "wms": dock_waste},
            memos=memos,
            refunds=refunds,
        )

    async def _in_erp(self) -> tuple[list[str], list[tuple[str, Decimal, Decimal]], Units, Units]:
        rest = self.people.erp.hands.rest
        sales = await rest("GET", "model/sale.sale", d=[["reference", "=", self.reference]], f=IN_ERP)
        memos = [
            (one["state"], _exact(one["untaxed_amount"]), _exact(one["total_amount"]))
            for sale in sales
            for one in sale["invoices"]
        ]
        came, waste = list[Any](), list[Any]()
        for sale in sales:
            of = [["moves.origin.sale.id", "=", sale["id"], "sale.line"]]
            for one in await rest("GET", f"model/{BACK}", d=of, f=ERP_MOVES):
                came += one["incoming_moves"]
                waste += [move for move in one["inventory_moves"] if _is_waste(move)]
        return [sale["state"] for sale in sales], memos, _units(came), _units(waste)

    async def _in_shop(self) -> tuple[Units, list[tuple[str, Decimal, str]]]:
        (order,) = (await self.people.shop.hands.admin(IN_SHOP, code=self.taking.code))["items"]
        back = {
            line["productVariant"]["sku"]: Decimal(line["orderPlacedQuantity"] - line["quantity"])
            for line in order["lines"]
            if line["orderPlacedQuantity"] > line["quantity"]
        }
        refunds = [
            (one["state"], Decimal(one["total"]).scaleb(-2), one["transactionId"])
            for payment in order["payments"]
            for one in payment["refunds"]
        ]
        return back, refunds


def money_of(back: Return, shown: Json, found: Backs) -> str:
    """One line: what was credited and what was given back, and how far apart they are before and with tax."""
    (it,) = shown["returns"]
    ((_, net, gross),) = found.memos
    ((_, paid, name),) = found.refunds
    goods = sum(Decimal(part["amount"]["amount"]) for part in it["suggestedRefundParts"] if part["kind"] == "GOODS")
    apart, most = abs(paid + gross), CENT * len(it["lines"])
    assert goods == -net, f"{goods} given back before tax, {-net} credited"
    assert apart <= most, f"{apart} apart with tax, more than a cent a line"
    said = f"{apart} apart, of {most} that {len(it['lines'])} lines may round" if apart else "the same"
    credited, given = f"credited {-net} net, {-gross} gross", f"refund {name} {goods} net, {paid} gross"
    return f"    | money    {back.reference}: {credited}; {given}: net the same, gross {said}"


def _units(moves: Iterable[Any]) -> Units:  # Any: JSON
    found: Units = {}
    for move in moves:
        sku = (move.get("product") or move.get("product."))["code"]
        if move["state"] == "done":
            found[sku] = found.get(sku, Decimal(0)) + Decimal(str(move["quantity"]))
    return found


def _is_waste(move: Json) -> bool:
    there = move.get("to_location") if isinstance(move.get("to_location"), dict) else move.get("to_location.")
    return bool(there and there["type"] == "lost_found")


def _exact(amount: Any) -> Decimal:  # Any: JSON
    return Decimal(amount["decimal"]) if isinstance(amount, dict) else Decimal(str(amount))
