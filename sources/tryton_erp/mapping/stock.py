"""Stock figures per item and warehouse, and transfers between warehouses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from hub.model.inventory import InventoryGroups, NamedQuantity, QuantityName, StockFigures
from hub.model.observation import Content, Seen, SourceLine, SourceQuantities
from hub.model.schemes import PRODUCT_SKU, WAREHOUSE_CODE
from hub.model.transfer import TransferExecution, TransferGroups, TransferRequest, TransferStatus
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_erp.mapping.words import Reading, distinct, told, unit_code, units
from sources.tryton_erp.wire import TrytonStock, TrytonTransfer, TrytonTransferMove

ZERO = Decimal(0)
PARTS = "-"
"""Between the ids of warehouse and product: a position has no id of its own."""
TRANSFERS: Mapping[str, TransferStatus] = {
    "request": TransferStatus.REQUESTED,
    "draft": TransferStatus.DRAFT,
    "waiting": TransferStatus.APPROVED,
    "assigned": TransferStatus.RELEASED,
    "packed": TransferStatus.RELEASED,
    "shipped": TransferStatus.IN_TRANSIT,
    "done": TransferStatus.RECEIVED,
    "cancelled": TransferStatus.CANCELLED,
}
"""States of stock.shipment.internal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the ERP says of one item in one warehouse."""

    warehouse: int
    code: str
    """Of the warehouse."""
    row: TrytonStock
    assigned: Decimal
    """What of it is assigned to leave."""


def position_id(warehouse: int, product: int) -> str:
    """Id of a position."""
    return f"{warehouse}{PARTS}{product}"


def position_of(position: str) -> tuple[int, int] | None:
    """Ids of warehouse and product; None for what is no id of a position."""
    parts = position.split(PARTS)
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    return int(parts[0]), int(parts[1])


def seen_of_figures(figures: Figures, reading: Reading) -> Seen:
    """Three figures: what lies there, what of it is assigned, and what is free."""
    lies = figures.row.quantity or ZERO
    values = {
        QuantityName.ON_HAND: lies,
        QuantityName.ALLOCATED: figures.assigned,
        QuantityName.AVAILABLE: lies - figures.assigned,
    }
    content = Content(
        inventory=InventoryGroups(
            figures=StockFigures(
                told=tuple(
                    NamedQuantity(name=name, value=units(value), source=reading.source)
                    for name, value in values.items()
                ),
                unit=unit_code(figures.row.default_uom),
            )
        ),
        refers=(*told(PRODUCT_SKU, figures.row.code), *told(WAREHOUSE_CODE, figures.code)),
    )
    raw = {"warehouse": figures.code, "product": msgspec.to_builtins(figures.row), "assigned": str(figures.assigned)}
    return Seen(kind=Kind.INVENTORY, source_id=position_id(figures.warehouse, figures.row.id), content=content, raw=raw)


def seen_of_transfer(transfer: TrytonTransfer, reading: Reading) -> tuple[Seen, ...]:
    """An internal shipment; one within a warehouse leads from it to itself."""
    source = transfer.warehouse.code if transfer.warehouse else None
    target = transfer.to_warehouse.code if transfer.to_warehouse else None
    content = Content(
        transfer=TransferGroups(
            request=TransferRequest(
                from_warehouse=source,
                to_warehouse=target,
                requested_at=transfer.create_date.meant(),
                expected_at=reading.day(transfer.planned_date),
            ),
            execution=TransferExecution(
                shipped_at=reading.day(transfer.effective_start_date),
                received_at=reading.day(transfer.effective_date) if transfer.state == "done" else None,
            ),
        ),
        number=transfer.number,
        raw_status=transfer.state,
        status=TRANSFERS.get(transfer.state, TransferStatus.UNKNOWN).value,
        refers=distinct((*told(WAREHOUSE_CODE, source), *told(WAREHOUSE_CODE, target))),
        identifiers=reading.identified((IdentifierScheme.OTHER, transfer.number)),
        lines=_lines(transfer),
        url=reading.url("stock.shipment.internal", transfer.id),
    )
    one = str(transfer.id)
    return (Seen(kind=Kind.TRANSFER, source_id=one, content=content, raw=msgspec.to_builtins(transfer)),)


def _lines(transfer: TrytonTransfer) -> tuple[SourceLine, ...]:
    """One line per item: with a way between there are two moves for each, without it one."""
    arriving = {row.id for row in transfer.incoming_moves}
    leaving = {row.id for row in transfer.outgoing_moves} or arriving
    asked: defaultdict[int, list[TrytonTransferMove]] = defaultdict(list)
    for move in sorted(transfer.moves, key=lambda move: move.id):
        if move.state != "cancelled" or transfer.state == "cancelled":
            asked[move.product.id].append(move)
    return tuple(
        SourceLine(
            id=str(product),
            sku=moves[0].product.code or "",
            quantities=SourceQuantities(
                ordered=_sum(moves, arriving or leaving or None),
                shipped=_sum(moves, leaving or None, done=True),
                delivered=_sum(moves, arriving or None, done=True),
            ),
            unit=unit_code(moves[0].unit),
        )
        for product, moves in asked.items()
    )


def _sum(moves: list[TrytonTransferMove], ids: set[int] | None, *, done: bool = False) -> Decimal:
    wanted = [move for move in moves if (ids is None or move.id in ids) and (not done or move.state == "done")]
    return units(sum((move.quantity for move in wanted), ZERO))
