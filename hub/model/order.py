"""The order: what was bought, by whom, how far it is (domain.md 2.2.5, 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from hub.model.routing import RoutingDecision
from hub.model.values import Address, FieldConflict, Identifier, Money, Speaker, SystemTotal, group, internal
from hub.model.vocabulary import FacetState, FieldGroup

ZERO = Decimal(0)


class OrderStatus(StrEnum):
    """Where an order stands: the highest rank that every open unit of quantity has reached (domain.md 2.4.2)."""

    PENDING_ACCEPTANCE = "PENDING_ACCEPTANCE"
    ACCEPTED = "ACCEPTED"
    VALIDATED = "VALIDATED"
    ALLOCATED = "ALLOCATED"
    RELEASED = "RELEASED"
    PICKED = "PICKED"
    SHIPPED = "SHIPPED"
    INVOICED = "INVOICED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"
    UNKNOWN = "UNKNOWN"


class PaymentState(StrEnum):
    """How far the money is."""

    NOT_REQUIRED = "NOT_REQUIRED"
    PENDING = "PENDING"
    AUTHORIZED = "AUTHORIZED"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CREDIT_OWED = "CREDIT_OWED"
    UNKNOWN = "UNKNOWN"


class OrderType(StrEnum):
    """Why the order exists."""

    SALES = "SALES"
    B2B_STANDING = "B2B_STANDING"
    REPLACEMENT = "REPLACEMENT"
    EXCHANGE = "EXCHANGE"
    SAMPLE = "SAMPLE"
    INTERCOMPANY = "INTERCOMPANY"
    DROPSHIP = "DROPSHIP"
    OTHER = "OTHER"


class PartialPolicy(StrEnum):
    """What to do when not everything is there."""

    ALLOW = "ALLOW"
    SHIP_COMPLETE = "SHIP_COMPLETE"
    FILL_OR_KILL = "FILL_OR_KILL"


class TaxState(StrEnum):
    """How far the tax of an order is."""

    CALCULATED = "CALCULATED"
    COMMITTED = "COMMITTED"
    ADJUSTED = "ADJUSTED"
    EXEMPT = "EXEMPT"
    UNKNOWN = "UNKNOWN"


class AllocationKind(StrEnum):
    """HARD: these very units are taken. SOFT: so many are promised."""

    HARD = "HARD"
    SOFT = "SOFT"


class AllocationState(StrEnum):
    """Life of an allocation."""

    PROPOSED = "PROPOSED"
    CONFIRMED = "CONFIRMED"
    RELEASED = "RELEASED"
    CONSUMED = "CONSUMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCommercial:
    """What was ordered and agreed: owned by the channel until the ERP has accepted, then by the ERP."""

    channel: str | None = None
    """Where the order was placed."""
    po_number: str | None = None
    """The customer's own purchase order number; never decides sameness."""
    placed_at: datetime | None = None
    """When the customer placed it, on the source's clock."""
    promised_ship_at: datetime | None = None
    """When it was promised to leave."""
    promised_delivery_at: datetime | None = None
    """When it was promised to arrive."""
    type: OrderType | None = None
    """Why the order exists."""
    requested_delivery_at: datetime | None = None
    """When the customer wants it."""
    must_arrive_by: datetime | None = None
    """Worthless to the customer after this."""
    cancel_after: datetime | None = None
    """The customer wants nothing that has not left by then."""
    quote_ref: str | None = None
    """The quotation it follows."""
    currency_code: str | None = None
    """ISO 4217."""
    total: Money | None = None
    """With tax and shipping, as the system that speaks for the group says."""
    net: Money | None = internal(None)
    """Before tax; shown per system in `totalsBySystem`."""
    tax: Money | None = internal(None)
    """Tax alone; shown per system in `totalsBySystem`."""
    replaces_id: str | None = internal(None)
    """The order whose goods came back, where this one goes out instead of them."""
    replaces_return_id: str | None = internal(None)
    """The return that it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderParties:
    """Who buys and where it goes: copies made when the order was placed."""

    customer_name: str | None = internal(None)
    """Name of the buyer as the order has it."""
    customer_email: str | None = internal(None)
    """E-mail of the buyer as the order has it."""
    ship_to: Address | None = None
    """Where it goes."""
    bill_to: Address | None = None
    """Who is billed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPayment:
    """How far the money is, as the payment owner says."""

    state: PaymentState = internal(PaymentState.UNKNOWN)
    """Shown as `facets.payment`."""
    paid: Money | None = None
    """Settled so far."""
    refunded: Money | None = None
    """Given back so far."""
    payment_method: str | None = None
    """As the payment owner names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipping:
    """How it should travel: owned by the channel."""

    shipping_service: str | None = None
    """Service the customer chose."""
    incoterm: str | None = None
    """Who bears cost and risk, three letters."""
    partial_policy: PartialPolicy | None = None
    """What to do when not everything is there."""
    signature_required: bool | None = None
    """Whether somebody must sign for it."""
    shipping_instructions: str | None = None
    """For whoever packs or delivers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTax:
    """What the tax engine said: its committed document wins."""

    tax_engine: str | None = None
    """Who determined it."""
    tax_state: TaxState | None = None
    """How far it is."""
    tax_document: str | None = None
    """The engine's own document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderGroups:
    """What a source can tell about an order's head; the assembled order takes each group from the one that speaks."""

    commercial: OrderCommercial | None = group(FieldGroup.COMMERCIAL)
    """What was ordered and agreed."""
    parties: OrderParties | None = group(FieldGroup.CUSTOMER)
    """Who buys and where it goes."""
    payment: OrderPayment | None = group(FieldGroup.PAYMENT)
    """How far the money is."""
    shipping: OrderShipping | None = group(FieldGroup.FULFILLMENT)
    """How it should travel."""
    tax: OrderTax | None = group(FieldGroup.OTHER)
    """What the tax engine said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacets:
    """How much of the order has reached each step; partial is said here, never in the status."""

    allocation: FacetState = FacetState.NONE
    """Reserved for this order."""
    release: FacetState = FacetState.NONE
    """Handed to a warehouse that said yes."""
    pick: FacetState = FacetState.NONE
    """Picked."""
    pack: FacetState = FacetState.NONE
    """Packed."""
    ship: FacetState = FacetState.NONE
    """Handed to the carrier."""
    delivery: FacetState = FacetState.NONE
    """Delivered."""
    invoice: FacetState = FacetState.NONE
    """On posted invoices."""
    return_: FacetState = FacetState.NONE
    """Come back."""
    payment: PaymentState = PaymentState.UNKNOWN
    """The money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineQuantities:
    """How many units of a line have reached each step. Cumulative; all in the line's unit."""

    ordered: Decimal = ZERO
    """Asked for when the order was placed; a later cancel does not lower it."""
    cancelled: Decimal = ZERO
    """Taken back before shipping."""
    rejected: Decimal = ZERO
    """Refused by a system for good."""
    allocated: Decimal = ZERO
    """Reserved in a warehouse."""
    backordered: Decimal = ZERO
    """Waiting for supply."""
    released: Decimal = ZERO
    """Accepted by a warehouse for work."""
    picked: Decimal = ZERO
    """Picked."""
    short_picked: Decimal = ZERO
    """Not found when picking."""
    packed: Decimal = ZERO
    """In packages."""
    shipped: Decimal = ZERO
    """Handed to the carrier."""
    delivered: Decimal = ZERO
    """Delivered."""
    invoiced: Decimal = ZERO
    """On posted invoices."""
    return_requested: Decimal = ZERO
    """Asked to come back."""
    returned: Decimal = ZERO
    """Come back."""
    credited: Decimal = ZERO
    """Credited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Units of a line that are taken in one warehouse."""

    warehouse_id: str
    """The warehouse."""
    quantity: Decimal
    """In the line's unit."""
    kind: AllocationKind
    """How firmly."""
    state: AllocationState
    """Where it stands."""
    lot: str | None = None
    """The lot, where lots are told apart."""
    source_ref: str | None = None
    """What its owner calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOrigin:
    """Which line of which document stands behind a line of the hub."""

    source: str
    """The source."""
    document: str
    """Source id of the document."""
    line: str
    """The source's own line id."""
    factor: Decimal = Decimal(1)
    """Units of the hub's line in one of the source's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of an order, matched over the systems that hold it (rule Id-5)."""

    id: str
    """Stable, opaque."""
    line_no: int
    """The hub's own number: stable, never reused."""
    sku: str
    """The item."""
    description: str | None = None
    """As the order has it."""
    unit: str = "C62"
    """Unit of every quantity of this line; UN/ECE `C62` is one piece."""
    unit_price: Money | None = None
    """Net price of one unit."""
    status: OrderStatus = OrderStatus.UNKNOWN
    """The highest rank that every open unit of this line has reached."""
    quantities: LineQuantities = LineQuantities()
    """How far its units are."""
    promised_ship_at: datetime | None = None
    """When it was promised to leave."""
    warehouse_id: str | None = internal(None)
    """The warehouse that ships it, where known."""
    origins: tuple[LineOrigin, ...] = internal(())
    """The source lines behind it."""
    is_extra: bool = internal(False)
    """In a mirror but not in the document of the owner."""
    allocations: tuple[Allocation, ...] = internal(())
    """Where its units are taken, as far as the owner of allocation tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as the hub knows it over all systems: assembled from what each source said last.

    The parts come from the systems that speak for them (`provenance`); a dead system makes its part stale, not absent.
    """

    id: str
    """Stable, opaque; survives merges as a redirect."""
    version: int
    """Moves whenever anything in or under the order moves."""
    number: str
    """That of the system where the order was born; never changes."""
    status: OrderStatus
    """The highest rank that every open unit of quantity has reached."""
    is_partial: bool = False
    """Whether some units are further than `status` says."""
    facets: OrderFacets = OrderFacets()
    """How much of the order has reached each step."""
    groups: OrderGroups = OrderGroups()
    """The head, group by group."""
    lines: tuple[OrderLine, ...] = ()
    """What was ordered, in the order of `lineNo`."""
    totals_by_system: tuple[SystemTotal, ...] = ()
    """What each system says it costs."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for this order."""
    conflicts: tuple[FieldConflict, ...] = ()
    """Where systems disagree after everything in flight has settled."""
    routing_decision: RoutingDecision | None = None
    """Which warehouse ships what, why, and what else was looked at; null where the hub did not decide it."""
    earlier_decisions: tuple[RoutingDecision, ...] = internal(())
    """Those that were replaced, oldest first, without what else was looked at; the last of many."""
    customer_id: str | None = internal(None)
    """The customer entity."""
    status_since: datetime | None = internal(None)
    """When the status last moved: sorts TIME_IN_STATUS."""
    speakers: tuple[Speaker, ...] = internal(())
    """Which record each group was taken from: provenance."""

    @property
    def replaces_id(self) -> str | None:
        """The order whose goods came back, where this one goes out instead of them."""
        return None if self.groups.commercial is None else self.groups.commercial.replaces_id

    @property
    def replaces_return_id(self) -> str | None:
        """The return that it is for."""
        return None if self.groups.commercial is None else self.groups.commercial.replaces_return_id
