"""What ERP and warehouse have in their own books of goods that came back, and of what was credited for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from sources.tryton_erp.rehearsal.records import Invoice, Sale
from sources.tryton_wms.rehearsal.state import LOCATION, MOVE, PRODUCT, RETURN, Move, Product, Shipment
from tests.crash.joint import PRICE, Joint
from tests.crash.judge.returned import Memo, Slip, Units
from tests.crash.plan import ERP, WMS

POSTED = ("posted", "paid")
ZERO = Decimal(0)


def is_credited(joint: Joint, reference: str) -> bool:
    """Whether the ERP has posted a credit memo of the return."""
    sales = (one for one in _returns(joint) if one.reference == reference)
    return any(bill.state in POSTED and bill.untaxed_amount < ZERO for sale in sales for bill in sale.invoices)


def slips(joint: Joint) -> Iterator[Slip]:
    """Every return there is, by whoever has it."""
    for sale in _returns(joint):
        came, aside = Counter[str](), Counter[str]()
        for shipment in sale.shipment_returns:
            storage = shipment.warehouse.storage_location
            _count(came, ((m.product.code, m.quantity) for m in shipment.incoming_moves if m.state == "done"))
            elsewhere = (m for m in shipment.inventory_moves if m.state == "done" and m.to_location is not storage)
            _count(aside, ((m.product.code, m.quantity) for m in elsewhere))
        yield Slip(
            tenant=joint.tenant, role=ERP, reference=sale.reference or "", source_id=str(sale.id), state=sale.state,
            came=_units(came), aside=_units(aside),
        )  # fmt: skip
    yield from _at_warehouse(joint)


def memos(joint: Joint) -> Iterator[Memo]:
    """Every credit memo of a return, posted or not."""
    for sale in _returns(joint):
        for bill in sale.invoices:
            units = Counter[str]()
            _count(units, ((x.product.code, -(x.quantity or 0)) for x in bill.lines if x.product is not None))
            yield Memo(
                tenant=joint.tenant, reference=sale.reference or "", source_id=str(bill.id), state=bill.state,
                units=_units(units), net=-bill.untaxed_amount,
            )  # fmt: skip


def price() -> Decimal:
    """Net, of one unit of anything that was sold."""
    return Decimal(PRICE)


def is_return(sale: Sale) -> bool:
    """Whether it is a sale of negative quantities."""
    return any((line.quantity or 0) < 0 for line in sale.lines)


def is_credit(bill: Invoice) -> bool:
    """Whether it gives something back."""
    return any((line.quantity or 0) < 0 for line in bill.lines)


def _returns(joint: Joint) -> Iterator[Sale]:
    yield from (sale for sale in joint.erp.erp.books.tables["sale.sale"].values() if is_return(sale))


def _at_warehouse(joint: Joint) -> Iterator[Slip]:
    depot = joint.wms.depot
    customers = depot.by_code(LOCATION, "CUS")
    moves = [one for one in depot.tables.rows(MOVE) if isinstance(one, Move) and one.state == "done"]
    for row in depot.tables.rows(RETURN):
        if not isinstance(row, Shipment):
            continue
        came, aside = Counter[str](), Counter[str]()
        brought = {m.id: m for m in moves if m.shipment == (RETURN, row.id) and m.from_location == customers}
        _count(came, ((depot.get(PRODUCT, m.product, Product).code or "", m.quantity) for m in brought.values()))
        off = [m for m in moves if m.shipment is None and m.origin is not None and m.origin[1] in brought]
        _count(aside, ((depot.get(PRODUCT, m.product, Product).code or "", m.quantity) for m in off))
        yield Slip(
            tenant=joint.tenant, role=WMS, reference=row.reference or "", source_id=str(row.id), state=row.state,
            came=_units(came), aside=_units(aside),
        )  # fmt: skip


def _count(into: Counter[str], found: Iterable[tuple[str, float | Decimal]]) -> None:
    for sku, units in found:
        into[sku] += int(units)


def _units(found: Counter[str]) -> Units:
    return tuple(sorted((sku, units) for sku, units in found.items() if units))
