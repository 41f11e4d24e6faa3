"""Stock on its way from one of our places to another (domain.md 2.2.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from hub.model.values import Identifier, Speaker, group, internal
from hub.model.vocabulary import FieldGroup

ZERO = Decimal(0)


class TransferStatus(StrEnum):
    """Where a transfer stands."""

    DRAFT = "DRAFT"
    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    RELEASED = "RELEASED"
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    IN_TRANSIT = "IN_TRANSIT"
    PARTIALLY_RECEIVED = "PARTIALLY_RECEIVED"
    RECEIVED = "RECEIVED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"
    EXCEPTION = "EXCEPTION"
    UNKNOWN = "UNKNOWN"


class TransferReason(StrEnum):
    """Why stock moves."""

    REBALANCE = "REBALANCE"
    REPLENISH = "REPLENISH"
    CUSTOMER_SPECIFIC = "CUSTOMER_SPECIFIC"
    RECALL = "RECALL"
    CONSOLIDATION = "CONSOLIDATION"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLine:
    """One item of a transfer. Quantities are cumulative, in `unit`."""

    sku: str
    """The item."""
    unit: str = "C62"
    """Unit of every quantity of this line."""
    requested: Decimal = ZERO
    """Asked for."""
    shipped: Decimal = ZERO
    """Left."""
    received: Decimal = ZERO
    """Arrived."""
    accepted: Decimal = ZERO
    """Arrived in good order."""
    rejected: Decimal = ZERO
    """Arrived and refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRequest:
    """What was asked: owned by the ERP."""

    from_warehouse: str | None = internal(None)
    """Code of the warehouse it leaves, as the record's reference `warehouse.code` names it."""
    to_warehouse: str | None = internal(None)
    """Code of the warehouse where it arrives."""
    reason: TransferReason | None = None
    """Why stock moves."""
    requested_by: str | None = None
    """Who asked for it."""
    requested_at: datetime | None = None
    """When, on the source's clock."""
    expected_at: datetime | None = None
    """When it should arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferExecution:
    """What happened: owned by the warehouses."""

    shipped_at: datetime | None = None
    """When the last of it left."""
    received_at: datetime | None = None
    """When the last of it arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferGroups:
    """What a source can tell about a transfer."""

    request: TransferRequest | None = group(FieldGroup.COMMERCIAL)
    """What was asked."""
    execution: TransferExecution | None = group(FieldGroup.FULFILLMENT)
    """What happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Stock that moves between two of our places."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the transfer moves."""
    status: TransferStatus
    """Where it stands."""
    number: str | None = None
    """The ERP's number."""
    groups: TransferGroups = TransferGroups()
    """The head, group by group."""
    lines: tuple[TransferLine, ...] = ()
    """What moves."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it."""
    from_warehouse_id: str | None = internal(None)
    """Where it leaves."""
    to_warehouse_id: str | None = internal(None)
    """Where it arrives."""
    speakers: tuple[Speaker, ...] = internal(())
    """Which record each group was taken from: provenance."""
