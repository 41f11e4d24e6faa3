"""Customer shipments, each told twice: as what was asked of a warehouse, and as goods that leave (systems.md 3.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from hub.model.observation import Content, MilestoneClaim, NaturalKey, Seen, SourceLine, SourceQuantities, line_key
from hub.model.schemes import FULFILMENT_REQUEST, FULFILMENT_SHIPMENT, ORDER_CODE, PARCEL, WAREHOUSE_CODE
from hub.model.shipment import (
    FulfillmentHandshake,
    FulfillmentOrderGroups,
    FulfillmentRequestStatus,
    Package,
    ShipmentDirection,
    ShipmentExecution,
    ShipmentGroups,
    ShipmentMilestone,
)
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_erp.mapping.words import Reading, address_of, distinct, origin_of, told, unit_code, units
from sources.tryton_erp.wire import TrytonMove, TrytonSaleBehind, TrytonShipment

ZERO = Decimal(0)
MILESTONES: Mapping[str, ShipmentMilestone] = {
    "draft": ShipmentMilestone.CREATED,
    "waiting": ShipmentMilestone.CREATED,
    "assigned": ShipmentMilestone.CREATED,
    "picked": ShipmentMilestone.PICKED,
    "packed": ShipmentMilestone.PACKED,
    "shipped": ShipmentMilestone.SHIPPED,
    "done": ShipmentMilestone.SHIPPED,
    "cancelled": ShipmentMilestone.CANCELLED,
}
"""How far the goods are, state by state."""
REQUESTS: Mapping[str, FulfillmentRequestStatus] = {
    "draft": FulfillmentRequestStatus.UNSUBMITTED,
    "waiting": FulfillmentRequestStatus.SUBMITTED,
    "assigned": FulfillmentRequestStatus.ACCEPTED,
    "picked": FulfillmentRequestStatus.ACCEPTED,
    "packed": FulfillmentRequestStatus.ACCEPTED,
    "shipped": FulfillmentRequestStatus.ACCEPTED,
    "done": FulfillmentRequestStatus.CLOSED,
    "cancelled": FulfillmentRequestStatus.CANCEL_ACCEPTED,
}
"""What was asked, and what the ERP itself knows of the answer: a warehouse's own word goes before it."""
_PICKED = ("picked", "packed", "shipped", "done")
_PACKED = ("packed", "shipped", "done")
_LEFT = ("shipped", "done")
_TAKEN = frozenset({"assigned", "done"})


def seen_of_shipment(shipment: TrytonShipment, reading: Reading) -> tuple[Seen, ...]:
    """The request, then the shipment."""
    one, raw = str(shipment.id), msgspec.to_builtins(shipment)
    return (
        Seen(kind=Kind.FULFILLMENT_ORDER, source_id=one, content=request_of(shipment, reading), raw=raw),
        Seen(kind=Kind.SHIPMENT, source_id=one, content=shipment_of(shipment, reading), raw=raw),
    )


def request_of(shipment: TrytonShipment, reading: Reading) -> Content:
    """What was asked of the warehouse."""
    status = REQUESTS.get(shipment.state, FulfillmentRequestStatus.UNKNOWN)
    return Content(
        fulfillment_order=FulfillmentOrderGroups(
            handshake=FulfillmentHandshake(request_status=status, fulfill_by=reading.day(shipment.planned_date))
        ),
        number=shipment.number,
        raw_status=shipment.state,
        status=status.value,
        bears=_keys(FULFILMENT_REQUEST, shipment, [shipment.number]),
        refers=_refers(shipment, reading),
        identifiers=reading.identified((IdentifierScheme.ERP_SHIPMENT, shipment.number)),
        lines=_lines(shipment, reading),
        account=reading.account(shipment.customer.code),
        url=reading.url("stock.shipment.out", shipment.id),
    )


def shipment_of(shipment: TrytonShipment, reading: Reading) -> Content:
    """The goods that leave."""
    milestone = MILESTONES.get(shipment.state, ShipmentMilestone.UNKNOWN)
    noted = (shipment.shipping_reference or "").split(",")  # of several parcels, one field holds all numbers
    tracked = [*(package.shipping_reference for package in shipment.packages), *noted]
    return Content(
        shipment=ShipmentGroups(
            execution=ShipmentExecution(
                carrier=shipment.carrier.party.name if shipment.carrier else None,
                shipped_at=shipment.touched() if shipment.state in _LEFT else None,
                direction=ShipmentDirection.OUTBOUND,
                ship_to=address_of(shipment.delivery_address),
            )
        ),
        number=shipment.number,
        raw_status=shipment.state,
        status=milestone.value,
        bears=(
            *_keys(FULFILMENT_SHIPMENT, shipment, [shipment.number]),
            *_keys(PARCEL, shipment, tracked),
        ),
        refers=_refers(shipment, reading),
        identifiers=reading.identified(
            (IdentifierScheme.ERP_SHIPMENT, shipment.number),
            *((IdentifierScheme.PACKAGE, package.number) for package in shipment.packages),
            *((IdentifierScheme.TRACKING, tracking) for tracking in tracked),
        ),
        lines=_lines(shipment, reading),
        packages=tuple(
            Package(id=str(package.id), tracking_number=package.shipping_reference or None, status=milestone)
            for package in sorted(shipment.packages, key=lambda package: package.id)
        ),
        milestones=_milestones(shipment, milestone),
        account=reading.account(shipment.customer.code),
        url=reading.url("stock.shipment.out", shipment.id),
    )


def _sales(shipment: TrytonShipment) -> list[TrytonSaleBehind]:
    found = {move.sale.id: move.sale for move in shipment.outgoing_moves if move.sale is not None}
    return [found[one] for one in sorted(found)]


def _keys(scheme: str, shipment: TrytonShipment, numbers: Iterable[str | None]) -> tuple[NaturalKey, ...]:
    """`CODE/NUMBER` for each order the shipment serves: what the warehouse will call it by."""
    codes = [sale.reference for sale in _sales(shipment) if sale.reference]
    return distinct(
        key for number in numbers if number for code in codes for key in told(scheme, f"{code.strip()}/{number}")
    )


def _refers(shipment: TrytonShipment, reading: Reading) -> tuple[NaturalKey, ...]:
    sales = _sales(shipment)
    return distinct(
        (
            *(reading.own(Kind.ORDER, sale.id) for sale in sales),
            *(key for sale in sales for key in told(ORDER_CODE, sale.reference)),
            *told(WAREHOUSE_CODE, shipment.warehouse.code),
        )
    )


def _lines(shipment: TrytonShipment, reading: Reading) -> tuple[SourceLine, ...]:
    allocated = _allocated(shipment)
    moves = sorted(shipment.outgoing_moves, key=lambda move: move.id)
    kept = [move for move in moves if move.state != "cancelled" or shipment.state == "cancelled"]
    shares_lines = len(_sales(shipment)) > 1
    return tuple(
        SourceLine(
            id=str(move.id),
            sku=move.product.code or "",
            quantities=_quantities(shipment.state, units(move.quantity), allocated.get(move.id)),
            unit=unit_code(move.unit),
            target=_target(move, reading),
            document=reading.own(Kind.ORDER, move.sale.id) if shares_lines and move.sale else None,
        )
        for move in kept
    )


def _allocated(shipment: TrytonShipment) -> Mapping[int, Decimal]:
    """Units that are assigned on the shelf, by the move that takes them out: bins split one into several (trap 15)."""
    found: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for move in shipment.inventory_moves:
        out = origin_of(move.origin, "stock.move")
        if out is not None and move.state in _TAKEN:
            found[out] += move.quantity
    return found


def _quantities(state: str, number: Decimal, allocated: Decimal | None) -> SourceQuantities:
    return SourceQuantities(
        ordered=number,
        allocated=units(allocated) if allocated is not None and state != "cancelled" else None,
        picked=number if state in _PICKED else None,
        packed=number if state in _PACKED else None,
        shipped=number if state in _LEFT else None,
    )


def _target(move: TrytonMove, reading: Reading) -> NaturalKey | None:
    line = origin_of(move.origin, "sale.line")
    return line_key(reading.source, Kind.ORDER, str(line)) if line is not None else None


def _milestones(shipment: TrytonShipment, reached: ShipmentMilestone) -> tuple[MilestoneClaim, ...]:
    made = MilestoneClaim(milestone=ShipmentMilestone.CREATED, occurred_at=shipment.create_date.meant())
    if reached in (ShipmentMilestone.CREATED, ShipmentMilestone.UNKNOWN):
        return (made,)
    return (made, MilestoneClaim(milestone=reached, occurred_at=shipment.touched()))
