"""The warehouse's documents in the hub's words: shipments, requests, returns. Pure functions of the wire types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from hub.model.observation import Content, MilestoneClaim, NaturalKey, Seen, SourceLine, SourceQuantities
from hub.model.returns import ReturnGroups, ReturnReceipt, ReturnStatus
from hub.model.schemes import (
    FULFILMENT_REQUEST,
    FULFILMENT_SHIPMENT,
    ORDER_CODE,
    PARCEL,
    RETURN_CODE,
    WAREHOUSE_CODE,
)
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
from hub.model.values import Address, Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from sources.tryton_wms.amounts import amount, unit_code
from sources.tryton_wms.manifest import STATES
from sources.tryton_wms.wire import AddressRow, MoveRow, OutRow, PackageRow, ReturnRow, ShipmentRow

ZERO = Decimal(0)

REQUESTS: Mapping[str, FulfillmentRequestStatus] = {
    "draft": FulfillmentRequestStatus.SUBMITTED,
    "waiting": FulfillmentRequestStatus.ACCEPTED,
    "assigned": FulfillmentRequestStatus.ACCEPTED,
    "picked": FulfillmentRequestStatus.ACCEPTED,
    "packed": FulfillmentRequestStatus.ACCEPTED,
    "done": FulfillmentRequestStatus.CLOSED,
    "cancelled": FulfillmentRequestStatus.CANCEL_ACCEPTED,
}
"""What a state answers to the one who asked for the goods."""
RETURNS: Mapping[str, ReturnStatus] = {
    "draft": ReturnStatus.AUTHORIZED,
    "received": ReturnStatus.RECEIVED,
    "done": ReturnStatus.INSPECTED,
    "cancelled": ReturnStatus.CANCELLED,
}
"""States of a customer return: `done` is put away."""
_PICKED = ("picked", "packed", "done")
_PACKED = ("packed", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the mapping must know beside the wire."""

    source: str
    """Who says it."""
    console: str | None = None
    """Address of the warehouse's own client, for links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the `reference` of a shipment names: `CODE/NUMBER`, or anything a person typed."""

    whole: str | None
    code: str | None
    """The channel's order."""
    number: str | None
    """The ERP's shipment; None where the reference has no slash."""


def named(reference: str | None) -> Named:
    """A reference taken apart at its last slash (systems.md 3.5)."""
    whole = (reference or "").strip() or None
    if whole is None:
        return Named(whole=None, code=None, number=None)
    code, slash, number = whole.rpartition("/")
    return (
        Named(whole=whole, code=code or None, number=number or None)
        if slash
        else Named(whole=whole, code=whole, number=None)
    )


def seen_of(row: OutRow, reading: Reading, first: Kind) -> tuple[Seen, ...]:
    """One customer shipment as both that it is: what was asked for, and what leaves; *first* leads."""
    raw = msgspec.to_builtins(row)
    contents = {Kind.SHIPMENT: _shipment, Kind.FULFILLMENT_ORDER: _request}
    order = sorted(contents, key=lambda kind: kind is not first)
    return tuple(
        Seen(kind=kind, source_id=str(row.id), content=contents[kind](row, reading), raw=raw) for kind in order
    )


def return_of(row: ReturnRow, reading: Reading) -> Seen:
    """A customer return as the warehouse receives it."""
    received = [move for move in incoming(row) if move.state == "done"]
    away = row.state == "done"
    content = Content(
        return_=ReturnGroups(
            receipt=ReturnReceipt(
                received_at=_first(received) if row.state in ("received", "done") else None,
                inspected_at=_first([row, *_planned(row, "done")]) if away else None,
            )
        ),
        number=row.number,
        raw_status=row.state,
        status=RETURNS.get(row.state, ReturnStatus.UNKNOWN).value,
        refers=(*_keys(RETURN_CODE, named(row.reference).whole), *_keys(WAREHOUSE_CODE, row.warehouse.code)),
        identifiers=_identified(
            reading, ((IdentifierScheme.RMA, row.reference), (IdentifierScheme.WMS_SHIPMENT, row.number))
        ),
        lines=tuple(_return_line(move) for move in incoming(row)),
    )
    return Seen(kind=Kind.RETURN, source_id=str(row.id), content=content, raw=msgspec.to_builtins(row))


# ---------------------------------------------------------------------- a customer shipment


def _shipment(row: OutRow, reading: Reading) -> Content:
    milestone = STATES.get(row.state, ShipmentMilestone.UNKNOWN)
    left = [row, *(move for move in outgoing(row) if move.state == "done")]
    return Content(
        shipment=ShipmentGroups(
            execution=ShipmentExecution(
                carrier=row.carrier.party.name if row.carrier else None,
                shipped_at=_first(left) if milestone is ShipmentMilestone.SHIPPED else None,
                direction=ShipmentDirection.OUTBOUND,
                ship_to=_address(row.address, row.customer.name),
            )
        ),
        number=row.number,
        raw_status=row.state,
        status=milestone.value,
        bears=_parcels(row),
        refers=_refers(row, FULFILMENT_SHIPMENT),
        identifiers=_identifiers(row, reading),
        lines=_lines(row),
        packages=tuple(_package(one, milestone) for one in _packages(row)),
        milestones=_milestones(row, milestone),
    )


def _request(row: OutRow, reading: Reading) -> Content:
    return Content(
        fulfillment_order=FulfillmentOrderGroups(
            handshake=FulfillmentHandshake(request_status=REQUESTS.get(row.state, FulfillmentRequestStatus.UNKNOWN))
        ),
        number=row.number,
        raw_status=row.state,
        status=REQUESTS.get(row.state, FulfillmentRequestStatus.UNKNOWN).value,
        refers=_refers(row, FULFILMENT_REQUEST),
        identifiers=_identifiers(row, reading),
        lines=tuple(_asked(move, row.state) for move in outgoing(row)),
    )


def _refers(row: OutRow, scheme: str) -> tuple[NaturalKey, ...]:
    """The ERP's document where the reference names one, else the channel's order; and the warehouse."""
    name = named(row.reference)
    document = _keys(scheme, name.whole) if name.number else _keys(ORDER_CODE, name.code)
    return (*document, *_keys(WAREHOUSE_CODE, row.warehouse.code))


def _parcels(row: OutRow) -> tuple[NaturalKey, ...]:
    code = named(row.reference).code
    tracked = (one.shipping_reference for one in _packages(row) if one.shipping_reference)
    return tuple(NaturalKey(scheme=PARCEL, value=f"{code}/{number}") for number in tracked if code)


def _identifiers(row: OutRow, reading: Reading) -> tuple[Identifier, ...]:
    name = named(row.reference)
    packages = _packages(row)
    return _identified(
        reading,
        (
            (IdentifierScheme.WMS_SHIPMENT, row.number),
            (IdentifierScheme.CHANNEL_ORDER, name.code),
            (IdentifierScheme.ERP_SHIPMENT, name.number),
            (IdentifierScheme.OTHER, name.whole if name.number else None),
            *((IdentifierScheme.PACKAGE, one.code) for one in packages),
            *((IdentifierScheme.TRACKING, one.shipping_reference) for one in packages),
        ),
    )


def _lines(row: OutRow) -> tuple[SourceLine, ...]:
    """One per outgoing move, oldest first: a line of the order may be several, and several bins may serve one."""
    found: dict[int, Decimal] = {}
    for move in row.moves:
        model, _, origin = (move.origin or "").partition(",")
        if model == "stock.move" and move.state in ("assigned", "done"):
            found[int(origin)] = found.get(int(origin), ZERO) + amount(move.quantity, move.uom.digits)
    is_tried = any(found.values()) and row.state == "waiting"
    picks = bool(_inventory(row))  # a warehouse whose storage is its output plans no picking
    return tuple(
        _line(move, _told(move, row.state, found.get(move.id, ZERO) if picks else None, is_tried=is_tried))
        for move in outgoing(row)
    )


def _told(move: MoveRow, state: str, found: Decimal | None, *, is_tried: bool) -> SourceQuantities:
    units = amount(move.quantity, move.uom.digits)
    return SourceQuantities(
        ordered=units,
        allocated=min(found, units) if found is not None and state not in ("draft", "cancelled") else None,
        backordered=max(ZERO, units - found) if found is not None and is_tried else None,
        picked=units if state in _PICKED else None,
        packed=units if state in _PACKED else None,
        shipped=units if state == "done" else None,
    )


def _asked(move: MoveRow, state: str) -> SourceLine:
    units = amount(move.quantity, move.uom.digits)
    return _line(
        move,
        SourceQuantities(
            ordered=units,
            released=units if state not in ("draft", "cancelled") else ZERO,
            shipped=units if state == "done" else None,
            cancelled=units if state == "cancelled" else None,
        ),
    )


def _package(package: PackageRow, milestone: ShipmentMilestone) -> Package:
    return Package(id=package.code, tracking_number=package.shipping_reference or None, status=milestone)


def _milestones(row: OutRow, reached: ShipmentMilestone) -> tuple[MilestoneClaim, ...]:
    """What the dates of the rows still tell: each is at or after the fact, so the earliest is nearest to it."""
    picked = [move for move in _inventory(row) if move.state == "done"]
    claims = [MilestoneClaim(milestone=ShipmentMilestone.CREATED, occurred_at=row.create_date.instant())]
    if picked and row.state in _PICKED:
        claims.append(MilestoneClaim(milestone=ShipmentMilestone.PICKED, occurred_at=_first(picked)))
    if reached is ShipmentMilestone.PACKED:
        claims.append(MilestoneClaim(milestone=reached, occurred_at=_first([row, *outgoing(row)])))
    if reached is ShipmentMilestone.SHIPPED:
        claims.append(MilestoneClaim(milestone=reached, occurred_at=_first([row, *outgoing(row)])))
    if reached is ShipmentMilestone.CANCELLED:
        claims.append(MilestoneClaim(milestone=reached, occurred_at=row.written()))
    return tuple(claims)


# ---------------------------------------------------------------------- parts


def outgoing(row: ShipmentRow) -> list[MoveRow]:
    """The moves that leave to the customer, oldest first."""
    return sorted((move for move in row.moves if move.to.type == "customer"), key=lambda move: move.id)


def _inventory(row: ShipmentRow) -> list[MoveRow]:
    return [move for move in row.moves if move.to.type != "customer"]


def incoming(row: ReturnRow) -> list[MoveRow]:
    """Moves that bring goods in; those that put them away have one of these as their origin."""
    return sorted((move for move in row.moves if not _puts_away(move)), key=lambda move: move.id)


def _planned(row: ReturnRow, state: str) -> list[MoveRow]:
    return [move for move in row.moves if _puts_away(move) and move.state == state]


def _puts_away(move: MoveRow) -> bool:
    return (move.origin or "").startswith("stock.move,")


def _packages(row: OutRow) -> list[PackageRow]:
    return sorted(row.packages, key=lambda package: package.id)


def _return_line(move: MoveRow) -> SourceLine:
    units = amount(move.quantity, move.uom.digits)
    return _line(move, SourceQuantities(return_requested=units, returned=units if move.state == "done" else ZERO))


def _line(move: MoveRow, quantities: SourceQuantities) -> SourceLine:
    return SourceLine(
        id=str(move.id),
        sku=move.product.code or "",
        description=move.product.name,
        unit=unit_code(move.uom.symbol),
        quantities=quantities,
    )


def _first(rows: Iterable[Any]) -> datetime | None:  # Any: rows with `written`
    return min((row.written() for row in rows), default=None)


def _keys(scheme: str, value: str | None) -> tuple[NaturalKey, ...]:
    return (NaturalKey(scheme=scheme, value=value),) if value else ()


def _identified(reading: Reading, found: Iterable[tuple[IdentifierScheme, str | None]]) -> tuple[Identifier, ...]:
    return tuple(
        Identifier(scheme=scheme, value=value, source=reading.source)
        for scheme, value in dict.fromkeys(found)
        if value is not None and value.strip()
    )


def _address(address: AddressRow, party: str | None) -> Address:
    return Address(
        name=address.party_name or party,
        lines=tuple(line for line in (address.street or "").splitlines() if line.strip()),
        city=address.city,
        postcode=address.postal_code,
        country=(address.country.code if address.country else None) or "ZZ",
    )
