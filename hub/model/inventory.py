"""Stock of one item in one warehouse: named quantities, movements, reservations (domain.md 2.2.4, 2.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from hub.model.place import Warehouse
from hub.model.values import Identifier, Money, group, internal
from hub.model.vocabulary import FieldGroup, Freshness


class QuantityName(StrEnum):
    """What a stock figure counts (domain.md 2.6.1)."""

    ON_HAND = "ON_HAND"
    ALLOCATED = "ALLOCATED"
    RESERVED = "RESERVED"
    PICKED = "PICKED"
    DAMAGED = "DAMAGED"
    QUALITY_HOLD = "QUALITY_HOLD"
    QUARANTINE = "QUARANTINE"
    EXPIRED = "EXPIRED"
    OTHER_UNSELLABLE = "OTHER_UNSELLABLE"
    IN_TRANSIT_IN = "IN_TRANSIT_IN"
    IN_TRANSIT_OUT = "IN_TRANSIT_OUT"
    ON_ORDER = "ON_ORDER"
    RETURN_EXPECTED = "RETURN_EXPECTED"
    BACKORDERED = "BACKORDERED"
    SAFETY_STOCK = "SAFETY_STOCK"
    CHANNEL_BUFFER = "CHANNEL_BUFFER"
    AVAILABLE = "AVAILABLE"


class SupplyKind(StrEnum):
    """Where more stock comes from."""

    PO = "PO"
    TRANSFER_IN = "TRANSFER_IN"
    RETURN_EXPECTED = "RETURN_EXPECTED"
    PRODUCTION = "PRODUCTION"
    OTHER = "OTHER"


class MovementType(StrEnum):
    """Why a stock figure moved."""

    RECEIPT = "RECEIPT"
    ISSUE = "ISSUE"
    ADJUST = "ADJUST"
    ALLOCATE = "ALLOCATE"
    DEALLOCATE = "DEALLOCATE"
    RESERVE = "RESERVE"
    RELEASE = "RELEASE"
    TRANSFER_OUT = "TRANSFER_OUT"
    TRANSFER_IN = "TRANSFER_IN"
    COUNT = "COUNT"
    RETURN_IN = "RETURN_IN"
    STATUS_CHANGE = "STATUS_CHANGE"
    OTHER = "OTHER"


class AvailabilityAnswer(StrEnum):
    """Whether what was asked for can be promised."""

    IN_STOCK = "IN_STOCK"
    """All of it, now."""
    LIMITED = "LIMITED"
    """Part of it, now."""
    BACKORDER = "BACKORDER"
    """None now, all of it in time: `promiseDate` says when."""
    UNAVAILABLE = "UNAVAILABLE"
    """None now, and nothing that is known to come suffices in time."""
    UNKNOWN = "UNKNOWN"
    """None that is known for certain: figures that could say are too old, or were never told."""


class ReservationKind(StrEnum):
    """What a soft claim is for."""

    CART = "CART"
    ORDER_SOFT = "ORDER_SOFT"
    CHANNEL_POOL = "CHANNEL_POOL"
    TRANSFER = "TRANSFER"
    MANUAL = "MANUAL"


class ReservationState(StrEnum):
    """Whether a soft claim still counts."""

    ACTIVE = "ACTIVE"
    CONSUMED = "CONSUMED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedQuantity:
    """One stock figure and who says it."""

    name: QuantityName
    """What it counts."""
    value: Decimal
    """In the position's unit; may be negative."""
    source: str
    """The source that says it."""
    observed_at: datetime | None = internal(None)
    """Since when the source is known to say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyEvent:
    """More stock that is expected."""

    kind: SupplyKind
    """Where it comes from."""
    quantity: Decimal
    """How much."""
    eta: date | None = None
    """When."""
    reference: str | None = None
    """The document behind it."""
    confidence: Decimal = Decimal(1)
    """Share of it that may be promised, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockFigures:
    """What is there: owned by the warehouse."""

    told: tuple[NamedQuantity, ...] = internal(())
    """The figures by name, shown in `quantities`; a source may leave out what it does not know."""
    unit: str | None = internal(None)
    """Unit of the figures; None: that of the item."""
    last_count_at: datetime | None = None
    """When it was last counted by hand."""
    last_movement_at: datetime | None = None
    """When it last moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockSupply:
    """What will come: owned by the ERP."""

    supply: tuple[SupplyEvent, ...] = ()
    """Expected receipts in order of time."""
    safety_stock: Decimal | None = None
    """Never promised."""
    unit_cost: Money | None = internal(None)
    """Value of one unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryGroups:
    """What a source can tell about a position; its content refers to `product.sku` and `warehouse.code`."""

    figures: StockFigures | None = group(FieldGroup.INVENTORY)
    """What is there."""
    supply: StockSupply | None = group(FieldGroup.ALLOCATION)
    """What will come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryPosition:
    """Stock of one item in one warehouse, with the figure that may be promised and the formula behind it.

    Never stored: made of narrow rows whenever it is read, so what depends on the present is part of it.
    """

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the position moves."""
    sku: str
    """The item."""
    warehouse: Warehouse
    """Where it lies; its code alone while no system has described the warehouse."""
    unit: str = "C62"
    """Unit of every figure; UN/ECE `C62` is one piece."""
    atp: Decimal = Decimal(0)
    """Available to promise now; signed."""
    formula_id: str = ""
    """The formula that made `atp`."""
    quantities: tuple[NamedQuantity, ...] = ()
    """Every figure that any source tells, the source beside it."""
    freshness: Freshness = Freshness.UNAVAILABLE
    """Whether the figures behind `atp` may be trusted to be current."""
    age_seconds: int = 0
    """How long ago the oldest figure behind `atp` was true."""
    is_counted: bool = True
    """Whether promises count on it."""
    excluded_because: str | None = None
    """Why they do not."""
    groups: InventoryGroups = InventoryGroups()
    """What the speaking sources tell, group by group."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Whether a quantity of an item can be promised, from when, and from which warehouses."""

    sku: str
    """The item."""
    unit: str
    """Unit of every figure."""
    answer: AvailabilityAnswer
    """In one word."""
    promise_date: date | None = None
    """The first day from which the whole quantity can be promised, as far as supply is known."""
    ats: Decimal | None = None
    """Available to sell now, never below zero; null where no warehouse can be counted."""
    formula_id: str
    """The formula that made `ats`."""
    as_of: datetime
    """Every figure that is counted was true at this instant or later."""
    warehouses: tuple[InventoryPosition, ...] = ()
    """Every warehouse asked for that is known to hold it, also those that are not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryMovement:
    """One line of the stock ledger; never changed once written."""

    id: str
    """Stable, opaque."""
    position_id: str
    """The position that moved."""
    type: MovementType
    """Why it moved."""
    name: QuantityName
    """The figure that moved."""
    delta: Decimal
    """By how much; signed."""
    source: str
    """Who told it."""
    quantity_after: Decimal | None = None
    """What the figure was then, where told."""
    reason_code: str | None = None
    """The source's own reason."""
    document: str | None = None
    """The source's document behind it."""
    occurred_at: datetime | None = None
    """When, on the source's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A soft claim of the hub on stock, until the warehouse has it (design section 8)."""

    id: str
    """Stable, opaque."""
    kind: ReservationKind
    """What it is for."""
    sku: str
    """The item."""
    quantity: Decimal
    """How much."""
    state: ReservationState
    """Whether it still counts."""
    warehouse: str | None = None
    """Code of the warehouse, where one is meant."""
    order_line_id: str | None = None
    """The order line it serves."""
    acknowledged_at: datetime | None = None
    """When the warehouse said that it has it, by the database's clock: figures asked for later contain it."""
    expires_at: datetime | None = None
    """When it stops counting."""
