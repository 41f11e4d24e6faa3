"""Shipments, their packages and milestones; fulfilment orders, the requests they answer (domain.md 2.2.6, 2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from hub.model.values import Address, Identifier, Money, Speaker, group, internal
from hub.model.vocabulary import FieldGroup


class ShipmentMilestone(StrEnum):
    """How far a parcel is. Ranked; kept as history, which never shrinks (rule Mark-1)."""

    CREATED = "CREATED"
    PICK_STARTED = "PICK_STARTED"
    PICKED = "PICKED"
    PACKED = "PACKED"
    LABELED = "LABELED"
    MANIFESTED = "MANIFESTED"
    READY_FOR_PICKUP = "READY_FOR_PICKUP"
    SHIPPED = "SHIPPED"
    IN_TRANSIT = "IN_TRANSIT"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    AVAILABLE_FOR_COLLECTION = "AVAILABLE_FOR_COLLECTION"
    DELIVERED = "DELIVERED"
    RETURNING = "RETURNING"
    RETURNED_TO_SENDER = "RETURNED_TO_SENDER"
    VOIDED = "VOIDED"
    CANCELLED = "CANCELLED"
    LOST = "LOST"
    UNKNOWN = "UNKNOWN"


class ShipmentExceptionKind(StrEnum):
    """What went wrong on the way; clears by itself when progress resumes (domain.md 2.5.1)."""

    DELIVERY_ATTEMPTED = "DELIVERY_ATTEMPTED"
    DELAYED = "DELAYED"
    ADDRESS_ISSUE = "ADDRESS_ISSUE"
    REFUSED = "REFUSED"
    CUSTOMS_HOLD = "CUSTOMS_HOLD"
    DAMAGED = "DAMAGED"
    LOST_SUSPECTED = "LOST_SUSPECTED"
    WEATHER = "WEATHER"
    CARRIER_CAPACITY = "CARRIER_CAPACITY"
    RECIPIENT_UNAVAILABLE = "RECIPIENT_UNAVAILABLE"
    PAYMENT_DUE = "PAYMENT_DUE"
    LABEL_FAILED = "LABEL_FAILED"
    MISSING_SCAN = "MISSING_SCAN"
    TRACKING_STALE = "TRACKING_STALE"
    NOT_FOUND = "NOT_FOUND"
    SECURITY_HOLD = "SECURITY_HOLD"
    OTHER = "OTHER"


class FulfillmentRequestStatus(StrEnum):
    """The handshake with a warehouse: what was asked and what it answered."""

    UNSUBMITTED = "UNSUBMITTED"
    SUBMITTED = "SUBMITTED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    CANCEL_REQUESTED = "CANCEL_REQUESTED"
    CANCEL_ACCEPTED = "CANCEL_ACCEPTED"
    CANCEL_REJECTED = "CANCEL_REJECTED"
    CLOSED = "CLOSED"
    UNKNOWN = "UNKNOWN"


class ShipmentDirection(StrEnum):
    """Which way the goods go."""

    OUTBOUND = "OUTBOUND"
    RETURN = "RETURN"
    TRANSFER = "TRANSFER"
    DROPSHIP = "DROPSHIP"


class ShipmentMode(StrEnum):
    """How they travel."""

    PARCEL = "PARCEL"
    LTL = "LTL"
    FTL = "FTL"
    COURIER = "COURIER"
    PICKUP = "PICKUP"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One parcel."""

    id: str
    """Stable within the shipment, opaque."""
    tracking_number: str | None = None
    """The carrier's number; carriers reuse them."""
    tracking_url: str | None = None
    """Where the carrier shows it."""
    status: ShipmentMilestone = ShipmentMilestone.UNKNOWN
    """How far this parcel is."""
    sscc: str | None = None
    """Serial shipping container code."""
    weight_kg: Decimal | None = None
    """As weighed."""
    label_url: str | None = internal(None)
    """Its label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLine:
    """What a shipment carries of one item."""

    sku: str
    """The item."""
    quantity: Decimal
    """In the unit of the order line."""
    order_line_id: str | None = internal(None)
    """The order line it fulfils, where matched."""
    line: str = internal("")
    """The source's own line id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A fact in a shipment's history."""

    milestone: ShipmentMilestone
    """What was reached."""
    occurred_at: datetime | None = None
    """When, on the source's clock; null if inferred or not told."""
    source: str | None = None
    """Who told it; null if inferred."""
    is_inferred: bool = False
    """Inserted because a later milestone implies it."""
    part: str = internal("")
    """The package it is about; empty for the whole shipment."""
    also: tuple[str, ...] = internal(())
    """Other sources that told it."""
    is_suspect: bool = internal(False)
    """Its time lies well after the hub heard of it: kept, and no measure counts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentExecution:
    """How the goods left: owned by the warehouse."""

    carrier: str | None = None
    """Carrier or shipping method as written."""
    shipped_at: datetime | None = None
    """When it was handed to the carrier."""
    direction: ShipmentDirection | None = None
    """Which way the goods go."""
    mode: ShipmentMode | None = None
    """How they travel."""
    bill_of_lading: str | None = None
    """Number of the bill of lading."""
    pro_number: str | None = None
    """The freight carrier's own number."""
    freight_cost: Money | None = internal(None)
    """What the carrier charges us."""
    ship_to: Address | None = internal(None)
    """Where it goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentTracking:
    """How the parcel travels: owned by the carrier."""

    estimated_delivery_at: datetime | None = None
    """The carrier's estimate."""
    delivered_at: datetime | None = None
    """When it was delivered."""
    promised_delivery_at: datetime | None = None
    """When it was promised to arrive."""
    signed_by: str | None = None
    """Who signed for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentGroups:
    """What a source can tell about a shipment's head."""

    execution: ShipmentExecution | None = group(FieldGroup.FULFILLMENT)
    """How the goods left."""
    tracking: ShipmentTracking | None = group(FieldGroup.TRACKING)
    """How the parcel travels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Goods that leave together, as the warehouse and the carrier tell it."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the shipment moves."""
    status: ShipmentMilestone
    """The lowest milestone of its packages, as the owner of each rank says."""
    number: str | None = None
    """The warehouse's number; bare numbers collide between systems."""
    is_partial: bool = False
    """Whether its packages differ."""
    exceptions: tuple[ShipmentExceptionKind, ...] = ()
    """What is wrong on the way."""
    groups: ShipmentGroups = ShipmentGroups()
    """The head, group by group."""
    packages: tuple[Package, ...] = ()
    """Its parcels."""
    lines: tuple[ShipmentLine, ...] = ()
    """What it carries."""
    milestones: tuple[Milestone, ...] = ()
    """Its history in ranked order, gaps filled as inferred."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it."""
    order_ids: tuple[str, ...] = internal(())
    """The orders it serves."""
    warehouse_id: str | None = internal(None)
    """The warehouse it leaves."""
    speakers: tuple[Speaker, ...] = internal(())
    """Which record each group was taken from: provenance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfillmentHandshake:
    """What was asked of a warehouse and what it answered: owned by the hub and the warehouse."""

    request_status: FulfillmentRequestStatus = internal(FulfillmentRequestStatus.UNKNOWN)
    """Shown as the request's own `requestStatus`."""
    ack_due_at: datetime | None = None
    """When the warehouse's answer is due."""
    fulfill_at: datetime | None = None
    """Not to be worked on before."""
    fulfill_by: datetime | None = None
    """To have left by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfillmentOrderGroups:
    """What a source can tell about a fulfilment order."""

    handshake: FulfillmentHandshake | None = group(FieldGroup.FULFILLMENT)
    """The handshake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfillmentOrderLine:
    """What was asked of a warehouse for one line. Quantities are cumulative, in the order line's unit."""

    sku: str
    """The item."""
    requested: Decimal
    """Asked for."""
    accepted: Decimal = Decimal(0)
    """The warehouse said yes to."""
    filled: Decimal = Decimal(0)
    """Left."""
    rejected: Decimal = Decimal(0)
    """The warehouse said no to."""
    reject_reason: str | None = None
    """Why, in its words."""
    order_line_id: str | None = internal(None)
    """The order line it serves, where matched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfillmentOrder:
    """A request to one warehouse to ship part of an order."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the request moves."""
    request_status: FulfillmentRequestStatus
    """Where the handshake stands."""
    number: str | None = None
    """The warehouse's number for it."""
    groups: FulfillmentOrderGroups = FulfillmentOrderGroups()
    """The head, group by group."""
    lines: tuple[FulfillmentOrderLine, ...] = ()
    """What was asked, line by line."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it."""
    order_ids: tuple[str, ...] = internal(())
    """The order it belongs to."""
    shipment_ids: tuple[str, ...] = internal(())
    """The shipments that answer it."""
    warehouse_id: str | None = internal(None)
    """The warehouse that was asked."""
    speakers: tuple[Speaker, ...] = internal(())
    """Which record each group was taken from: provenance."""
