"""What a caller asked, and its life seen from outside (design D4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from hub.model.effects import CancelReason
from hub.model.order import PartialPolicy
from hub.model.returning import RETURN_COMMANDS, AnyReturnCommand
from hub.model.values import Address, Money, internal
from hub.model.vocabulary import SystemKind


class OperationState(StrEnum):
    """QUEUED: hub holds it. ACCEPTED: target said yes. APPLIED: read back. UNKNOWN: being resolved, do not resend."""

    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    QUEUED = "QUEUED"
    ACCEPTED = "ACCEPTED"
    APPLIED = "APPLIED"
    PARTIALLY_APPLIED = "PARTIALLY_APPLIED"
    REJECTED = "REJECTED"
    UNKNOWN = "UNKNOWN"


class UserErrorCode(StrEnum):
    """What a caller can fix in the input."""

    INVALID = "INVALID"
    REQUIRED = "REQUIRED"
    NOT_FOUND = "NOT_FOUND"
    AMBIGUOUS_IDENTIFIER = "AMBIGUOUS_IDENTIFIER"
    CONFLICT = "CONFLICT"
    NOT_ALLOWED_IN_STATUS = "NOT_ALLOWED_IN_STATUS"
    BLOCKED_BY_HOLD = "BLOCKED_BY_HOLD"
    APPROVAL_REQUIRED = "APPROVAL_REQUIRED"
    CAPABILITY_ABSENT = "CAPABILITY_ABSENT"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    UNKNOWN_SKU = "UNKNOWN_SKU"
    QUANTITY_INVALID = "QUANTITY_INVALID"
    UNIT_INVALID = "UNIT_INVALID"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    DUPLICATE_LINE = "DUPLICATE_LINE"
    DUPLICATE_ORDER = "DUPLICATE_ORDER"
    CUSTOMER_BLOCKED = "CUSTOMER_BLOCKED"
    CREDIT_EXCEEDED = "CREDIT_EXCEEDED"
    PRICE_MISMATCH = "PRICE_MISMATCH"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    ALREADY_SHIPPED = "ALREADY_SHIPPED"
    EXCEEDS_RETURNABLE = "EXCEEDS_RETURNABLE"
    EXCEEDS_REFUNDABLE = "EXCEEDS_REFUNDABLE"
    REJECTED_BY_SOURCE = "REJECTED_BY_SOURCE"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineQuantity:
    """A line of the order and how many of its units."""

    line_no: int
    """The hub's line number."""
    quantity: Decimal
    """In the line's unit, greater than zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCommand:
    """Take back an order, or some units of some lines, before they ship."""

    order_id: str
    """The order, already found."""
    reason: CancelReason
    """Why."""
    lines: tuple[LineQuantity, ...] | None = None
    """Units to cancel by line; None for all that is open."""
    note: str | None = None
    """For the people who read it later."""
    refund: bool = True
    """Whether to give money back."""
    notify_customer: bool = True
    """Whether the customer should hear of it."""
    expected_version: int | None = None
    """The version the caller saw; another one is a conflict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWanted:
    """A line of an order that a caller submits."""

    line_ref: str
    """The caller's own name of the line, unique in the order."""
    sku: str
    """The tenant's own item code."""
    quantity: Decimal
    """In `unit`, greater than zero."""
    unit: str | None = None
    """UN/ECE code; None: the item's base unit."""
    unit_price: Money | None = None
    """Net price agreed for one unit; None: whatever the ERP says it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitCommand:
    """An order that enters through the hub, which then carries it on."""

    order_id: str
    """The order's id, minted with the command."""
    channel: str
    """Where it was placed: the name of a channel, or of a source of the tenant."""
    customer_id: str
    """The customer, already found."""
    currency_code: str
    """ISO 4217."""
    lines: tuple[LineWanted, ...]
    """At least one."""
    ship_to: Address
    """Where it goes."""
    channel_order_id: str | None = None
    """What the channel calls it: unique within the channel."""
    po_number: str | None = None
    """The customer's own purchase order number; never decides sameness."""
    bill_to: Address | None = None
    """Who is billed; None: as `ship_to`."""
    shipping_service: str | None = None
    """Service the customer chose."""
    requested_delivery_on: date | None = None
    """When the customer wants it."""
    partial_policy: PartialPolicy = PartialPolicy.ALLOW
    """What to do when not everything is there."""
    note: str | None = None
    """For the people who read it later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendCommand:
    """Change an order that has not been released: where it goes, when, and how many of what."""

    order_id: str
    """The order, already found."""
    ship_to: Address | None = None
    """Where it goes instead; None: as it is."""
    requested_delivery_on: date | None = None
    """When the customer wants it instead; None: as it is."""
    lines: tuple[LineQuantity, ...] = ()
    """Lines that shall have fewer units, and how many they shall have."""
    added: tuple[LineWanted, ...] = ()
    """Lines that come on top."""
    note: str | None = None
    """For the people who read it later."""
    expected_version: int | None = None
    """The version the caller saw; another one is a conflict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCommand:
    """Let the warehouse begin now, before the time or in spite of the rule that keeps it waiting."""

    order_id: str
    """The order, already found."""
    note: str | None = None
    """For the people who read it later."""
    expected_version: int | None = None
    """The version the caller saw; another one is a conflict."""


OrderCommand = CancelCommand | SubmitCommand | AmendCommand | ReleaseCommand
"""What a caller may ask of an order."""
Command = OrderCommand | AnyReturnCommand
"""What a caller may ask of an order or a return of it."""

COMMAND_OF: dict[str, type[Command]] = {
    "orderCancel": CancelCommand,
    "orderSubmit": SubmitCommand,
    "orderAmend": AmendCommand,
    "orderReleaseToWarehouse": ReleaseCommand,
    **RETURN_COMMANDS,
}
"""Type of each mutation's input, for reading a command back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserError:
    """Something the caller can fix in the input."""

    code: UserErrorCode
    """What is wrong, for programs."""
    message: str
    """What is wrong, for people, and what to do."""
    field: tuple[str, ...] | None = None
    """Path into the input."""
    retryable: bool = False
    """Whether the same request may succeed later."""
    source: str | None = None
    """The source that refused, if one did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What a command does elsewhere; the same list on a dry run and for real."""

    system: SystemKind
    """Role of the source."""
    source: str
    """The source it happens at."""
    text: str
    """One sentence."""
    reversible: bool
    """Whether it can be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCancelOutcome:
    """What became of the cancel on one line."""

    line_no: int
    """The hub's line number."""
    requested: Decimal
    """Asked for by this command."""
    cancelled: Decimal
    """Cancelled so far by this command."""
    pending: Decimal
    """Still being asked of a system."""
    refused: Decimal
    """Refused for good."""
    refused_because: str | None = None
    """The source's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationTarget:
    """How far an operation is at one system."""

    system: SystemKind
    """Role of the source."""
    source: str
    """The source."""
    state: OperationState
    """Where it stands there."""
    number: str | None = None
    """What the source calls the document."""
    attempts: int = 0
    """Calls made so far."""
    next_attempt_at: datetime | None = None
    """When the next call is due; null where none is planned."""
    error: str | None = None
    """Why it is not done, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The life of a command, seen from outside."""

    id: str
    """Stable, opaque."""
    action: str
    """The mutation's name."""
    state: OperationState
    """The least advanced of its systems, or PARTIALLY_APPLIED."""
    done: bool
    """Nothing more will happen by itself."""
    correlation_id: str
    """Leads to the trace."""
    confirmation_due_at: datetime | None = None
    """When the systems' confirmation is due."""
    per_system: tuple[OperationTarget, ...] = ()
    """One row per system the command acts on."""
    approval_reason: str | None = None
    """Why somebody must approve it, and what was decided."""
    accepted_at: datetime | None = None
    """When it was asked for."""
    actor: str | None = internal(None)
    """Who asked for it."""
    version: int = internal(1)
    """Moves whenever the operation moves."""
    root_id: str | None = internal(None)
    """The root it acts on."""
