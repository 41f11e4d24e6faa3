"""What one source said about one object, and the interval in which it was asked (design section 5, Obs-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.model.billing import CreditMemoGroups, InvoiceGroups, PaymentGroups, PriceGroups
from hub.model.cases import HoldType
from hub.model.inventory import InventoryGroups
from hub.model.order import OrderGroups, OrderStatus
from hub.model.party import CustomerGroups
from hub.model.place import Location, WarehouseGroups
from hub.model.product import ProductGroups
from hub.model.returns import ReturnedUnits, ReturnGroups
from hub.model.shipment import FulfillmentOrderGroups, Package, ShipmentExceptionKind, ShipmentGroups, ShipmentMilestone
from hub.model.transfer import TransferGroups
from hub.model.values import Identifier, Money
from hub.model.vocabulary import Kind


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class NaturalKey:
    """A key that decides sameness: of a scheme the manifest declares unique (rule Id-1)."""

    scheme: str
    """Such as `order.code`; the source's own ids have the scheme `{source}.{kind}.id`."""
    value: str
    """Exactly as the source writes it."""


def line_key(source: str, kind: Kind, line: str) -> NaturalKey:
    """How a line of one document names the line of another that it came from (`SourceLine.target`, Id-5)."""
    return NaturalKey(scheme=f"{source}.{kind.value}.line", value=line)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceQuantities:
    """What one source says of one line's units; None where it does not speak. Cumulative, in the line's unit."""

    ordered: Decimal | None = None
    cancelled: Decimal | None = None
    rejected: Decimal | None = None
    allocated: Decimal | None = None
    backordered: Decimal | None = None
    released: Decimal | None = None
    picked: Decimal | None = None
    short_picked: Decimal | None = None
    packed: Decimal | None = None
    shipped: Decimal | None = None
    delivered: Decimal | None = None
    invoiced: Decimal | None = None
    return_requested: Decimal | None = None
    returned: Decimal | None = None
    credited: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One line of a source's document, raw codes kept: crosswalks are applied in `assemble` (design D13)."""

    id: str
    """The source's own line id."""
    sku: str
    """The source's own item code."""
    quantities: SourceQuantities
    """What the source says of its units."""
    description: str | None = None
    unit: str = "C62"
    unit_price: Money | None = None
    total: Money | None = None
    """Net total of the line, where the source tells it."""
    tax: Money | None = None
    """Tax of the line, where the source tells it."""
    target: NaturalKey | None = None
    """The line of another document that the source stores as this line's origin (rule Id-5): a `line_key`."""
    document: NaturalKey | None = None
    """The document the line came from, where a shared document names it."""
    back: ReturnedUnits | None = None
    """Of a return's line: what the source tells beside the number of its units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneClaim:
    """A milestone that a source tells, about the object or one package of it."""

    milestone: ShipmentMilestone
    occurred_at: datetime | None = None
    part: str = ""
    """Package or line id, or empty for the whole."""
    reverses: bool = False
    """A typed reversal: what it names no longer holds (events only)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a source says about one object, in the hub's words. Pure function of its answer.

    `status` is the source's claim in canonical words (an OrderStatus or ShipmentMilestone value), `raw_status` its own
    words; a claim it cannot map is `UNKNOWN`. `repeats` is a rank it only copies from another system (Mark-1).
    Exactly one of the group fields is set: that of the object's kind.
    """

    order: OrderGroups | None = None
    shipment: ShipmentGroups | None = None
    customer: CustomerGroups | None = None
    fulfillment_order: FulfillmentOrderGroups | None = None
    return_: ReturnGroups | None = None
    invoice: InvoiceGroups | None = None
    credit_memo: CreditMemoGroups | None = None
    payment: PaymentGroups | None = None
    product: ProductGroups | None = None
    warehouse: WarehouseGroups | None = None
    inventory: InventoryGroups | None = None
    transfer: TransferGroups | None = None
    price_reference: PriceGroups | None = None
    number: str | None = None
    raw_status: str | None = None
    status: str | None = None
    repeats: OrderStatus | None = None
    bears: tuple[NaturalKey, ...] = ()
    refers: tuple[NaturalKey, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    lines: tuple[SourceLine, ...] = ()
    packages: tuple[Package, ...] = ()
    milestones: tuple[MilestoneClaim, ...] = ()
    holds: tuple[HoldType, ...] = ()
    """What the source says keeps it from going on, now."""
    exceptions: tuple[ShipmentExceptionKind, ...] = ()
    """What the source says is wrong on the way, now."""
    locations: tuple[Location, ...] = ()
    """Of a warehouse: the places inside it."""
    account: str | None = None
    """Path of the customer account the object belongs to: row scope and routing (design D11)."""
    url: str | None = None
    """Where a person sees the object in the source's own console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One object in a source's answer, before the interval is known. `content` None: not found."""

    kind: Kind
    source_id: str
    content: Content | None
    birth: str = ""
    """Creation stamp where the source re-uses ids, sortable; empty otherwise (rule Id-1)."""
    version: int | None = None
    """Only where the manifest declares that it moves on every change (Obs-1)."""
    raw: Any = None  # Any: the vendor's own JSON, kept for `opshub reassemble`
    """The raw answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A `Seen` with its source and the interval in which the source was asked, by the database's clock."""

    source: str
    seen: Seen
    started: datetime
    """The request was not yet sent; minus infinity for a pushed body is said by `pushed`."""
    finished: datetime
    """The answer was complete."""
    pushed: bool = False
    """The source sent it unasked: it was true at some time before it came (Obs-2)."""
    mapping_version: int = 1
    """Version of the adapter's mapping that read it."""
    correlation_id: str = ""
    """What caused the reading."""
