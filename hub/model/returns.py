"""Returns on three axes: workflow, goods, money (domain.md 2.2.7, 2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from hub.model.values import Identifier, Money, Speaker, group, internal
from hub.model.vocabulary import FieldGroup

ZERO = Decimal(0)


class ReturnStatus(StrEnum):
    """Where the work on a return stands."""

    REQUESTED = "REQUESTED"
    IN_REVIEW = "IN_REVIEW"
    AUTHORIZED = "AUTHORIZED"
    IN_TRANSIT = "IN_TRANSIT"
    PARTIALLY_RECEIVED = "PARTIALLY_RECEIVED"
    RECEIVED = "RECEIVED"
    INSPECTED = "INSPECTED"
    CREDITED = "CREDITED"
    CLOSED = "CLOSED"
    DECLINED = "DECLINED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    UNKNOWN = "UNKNOWN"


class ReturnPhysicalState(StrEnum):
    """Where the goods are."""

    NOT_EXPECTED = "NOT_EXPECTED"
    AWAITING = "AWAITING"
    IN_TRANSIT = "IN_TRANSIT"
    PARTIAL = "PARTIAL"
    RECEIVED = "RECEIVED"
    OVER_RECEIVED = "OVER_RECEIVED"
    LOST = "LOST"
    UNKNOWN = "UNKNOWN"


class ReturnFinancialState(StrEnum):
    """How far the money is."""

    NONE = "NONE"
    PENDING = "PENDING"
    PARTIAL = "PARTIAL"
    CREDITED = "CREDITED"
    REFUNDED = "REFUNDED"
    REFUND_FAILED = "REFUND_FAILED"
    WRITTEN_OFF = "WRITTEN_OFF"
    UNKNOWN = "UNKNOWN"


class Disposition(StrEnum):
    """What becomes of a returned unit."""

    RESTOCK = "RESTOCK"
    QUARANTINE = "QUARANTINE"
    REFURBISH = "REFURBISH"
    SCRAP = "SCRAP"
    RETURN_TO_VENDOR = "RETURN_TO_VENDOR"
    DONATE = "DONATE"
    KEEP_WITH_CUSTOMER = "KEEP_WITH_CUSTOMER"
    NOT_RECEIVED = "NOT_RECEIVED"
    UNKNOWN = "UNKNOWN"


class ReturnReason(StrEnum):
    """Why it comes back."""

    DAMAGED_IN_TRANSIT = "DAMAGED_IN_TRANSIT"
    DEFECTIVE = "DEFECTIVE"
    WRONG_ITEM_SHIPPED = "WRONG_ITEM_SHIPPED"
    MISSING_PARTS = "MISSING_PARTS"
    NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED"
    WRONG_SIZE_OR_FIT = "WRONG_SIZE_OR_FIT"
    DUPLICATE_SHIPMENT = "DUPLICATE_SHIPMENT"
    ARRIVED_LATE = "ARRIVED_LATE"
    NO_LONGER_NEEDED = "NO_LONGER_NEEDED"
    ORDERED_IN_ERROR = "ORDERED_IN_ERROR"
    REFUSED_DELIVERY = "REFUSED_DELIVERY"
    RECALL = "RECALL"
    WARRANTY = "WARRANTY"
    OTHER = "OTHER"


class ReturnCondition(StrEnum):
    """How a returned unit looked."""

    NEW = "NEW"
    OPENED = "OPENED"
    DAMAGED = "DAMAGED"
    DEFECTIVE = "DEFECTIVE"
    WRONG_ITEM = "WRONG_ITEM"


class ReturnType(StrEnum):
    """What the customer gets for it."""

    REFUND = "REFUND"
    CREDIT = "CREDIT"
    EXCHANGE = "EXCHANGE"
    REPAIR = "REPAIR"
    REPLACEMENT = "REPLACEMENT"
    ADVANCE_REPLACEMENT = "ADVANCE_REPLACEMENT"


class ReturnInitiator(StrEnum):
    """Who began it."""

    PORTAL = "PORTAL"
    CS = "CS"
    STORE = "STORE"
    CARRIER_REFUSAL = "CARRIER_REFUSAL"
    EDI_180 = "EDI_180"
    WAREHOUSE_BLIND = "WAREHOUSE_BLIND"
    OTHER = "OTHER"


class RefundMethod(StrEnum):
    """How money is given back."""

    ORIGINAL_PAYMENT = "ORIGINAL_PAYMENT"
    CREDIT_MEMO = "CREDIT_MEMO"


class RefundPartKind(StrEnum):
    """What a part of a refund is for."""

    GOODS = "GOODS"
    TAX = "TAX"
    SHIPPING = "SHIPPING"
    FEE = "FEE"
    LIMIT = "LIMIT"
    EXCHANGE = "EXCHANGE"


class SendsAt(StrEnum):
    """What must have happened before the order leaves that goes out instead of what comes back."""

    RECEIVED = "RECEIVED"
    INSPECTED = "INSPECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPart:
    """One part of the refund that is suggested; the parts add up to it."""

    kind: RefundPartKind
    """What it is for."""
    amount: Money
    """Added; what is kept back is negative."""
    text: str
    """In words."""
    line_no: int | None = None
    """The return's line, where it is about one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsked:
    """Money that somebody has said must be given back."""

    number: int
    """The first refund of a return is 1."""
    amount: Money
    """With tax."""
    method: RefundMethod
    """How."""
    command_id: str
    """The command that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeLine:
    """An item that goes out instead of what comes back."""

    sku: str
    """The tenant's own item code."""
    quantity: Decimal
    """In `unit`, greater than zero."""
    unit: str | None = None
    """UN/ECE code; null: the item's base unit."""
    unit_price: Money | None = None
    """Net, of one unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposedUnits:
    """Units that were looked at and what becomes of them."""

    disposition: Disposition
    """What becomes of them."""
    quantity: Decimal
    """In all, in the order line's unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedUnits:
    """What a source tells of the units of a return's line, beside their number."""

    authorized: Decimal | None = None
    """Allowed to come back; None: what was asked, once it is allowed."""
    reason: ReturnReason | None = None
    """Why it comes back."""
    condition: ReturnCondition | None = None
    """How it looked."""
    disposition_requested: Disposition | None = None
    """What should become of it."""
    disposed: tuple[DisposedUnits, ...] = ()
    """What became of the units that were looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnTerms:
    """What was agreed about money as a return was asked for: the policy's word of that day."""

    policy: str = ""
    """Name of the policy; empty: nobody has decided any."""
    version: int = 0
    """Its version."""
    restocking_percent: Decimal = ZERO
    """Of the net price, kept back."""
    free_reasons: tuple[ReturnReason, ...] = ()
    """Reasons for which nothing is kept back."""
    conditions: tuple[ReturnCondition, ...] = ()
    """Conditions in which goods are paid for; none named: all."""
    refunds_shipping: bool = False
    """Whether shipping is paid back once everything that was shipped has come back."""
    pays_ahead: bool = False
    """Whether money may go before the goods are in and credited."""
    sends_at: SendsAt = SendsAt.INSPECTED
    """When the order leaves that goes out instead; an advance replacement goes as soon as the return is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    """One line of a return. Quantities are cumulative, in the order line's unit."""

    line_no: int
    """The hub's own number within the return: stable, never reused."""
    sku: str
    """The item."""
    requested: Decimal = ZERO
    """Asked to come back."""
    authorized: Decimal = ZERO
    """Allowed to come back."""
    received: Decimal = ZERO
    """Come back."""
    inspected: Decimal = ZERO
    """Looked at; never more than received."""
    credited: Decimal = ZERO
    """Credited; never more than authorised."""
    missing: Decimal = ZERO
    """Authorised and not in the parcel."""
    extra: Decimal = ZERO
    """In the parcel and not authorised."""
    reason: ReturnReason | None = None
    """Why it comes back."""
    condition: ReturnCondition | None = None
    """How it looked."""
    disposition_requested: Disposition | None = None
    """What should become of it."""
    disposition_taken: Disposition | None = None
    """What became of it."""
    restocked: Decimal = ZERO
    """Back in stock."""
    quarantined: Decimal = ZERO
    """Kept apart, to be looked at again or made good."""
    scrapped: Decimal = ZERO
    """Thrown away or given away."""
    returned_to_vendor: Decimal = ZERO
    """Sent on to whoever sold it to us."""
    kept: Decimal = ZERO
    """Left with the customer; counted as received."""
    order_line_id: str | None = internal(None)
    """The order line it comes from, where matched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequestFacts:
    """What was asked: owned by whoever began it."""

    type: ReturnType | None = None
    """What the customer gets for it."""
    initiated_via: ReturnInitiator | None = None
    """Who began it."""
    reason: ReturnReason | None = None
    """Why, for the whole return."""
    requested_at: datetime | None = None
    """When, on the source's clock."""
    note: str | None = None
    """For the people who read it later."""
    exchange_lines: tuple[ExchangeLine, ...] = ()
    """Of an exchange: what goes out instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAuthorization:
    """What was allowed: owned by the ERP."""

    authorized_at: datetime | None = None
    """When it was allowed."""
    authorized_by: str | None = None
    """Who allowed it."""
    expires_at: datetime | None = None
    """When it lapses unless something comes back."""
    window_ends_at: datetime | None = None
    """Until when returns of the order are accepted."""
    terms: ReturnTerms | None = internal(None)
    """What was agreed about money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReceipt:
    """What came back: owned by the warehouse."""

    received_at: datetime | None = None
    """When the last of it came."""
    inspected_at: datetime | None = None
    """When the last of it was looked at."""
    label_url: str | None = None
    """The label it travels under."""
    warehouse: str | None = internal(None)
    """Code of the warehouse where it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnMoney:
    """What is given back: owned by the ERP and the payment system."""

    suggested_refund: Money | None = None
    """By price, quantity received and restocking fee."""
    refunded: Money | None = None
    """Given back so far."""
    restocking_fee: Money | None = None
    """Kept back."""
    due: Money | None = None
    """With tax, what the customer owes for what goes out instead: beyond what came back, or for what never did."""
    asked: tuple[RefundAsked, ...] = internal(())
    """What must be given back, as the hub itself says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnGroups:
    """What a source can tell about a return's head."""

    request: ReturnRequestFacts | None = group(FieldGroup.COMMERCIAL)
    """What was asked."""
    authorization: ReturnAuthorization | None = group(FieldGroup.RETURNS)
    """What was allowed."""
    receipt: ReturnReceipt | None = group(FieldGroup.FULFILLMENT)
    """What came back."""
    money: ReturnMoney | None = group(FieldGroup.PAYMENT)
    """What is given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Goods that come back, with what was asked, what came and what was paid for it."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the return moves."""
    number: str
    """The number of the authorisation, else that of the request."""
    status: ReturnStatus
    """Where the work on it stands."""
    physical_state: ReturnPhysicalState = ReturnPhysicalState.UNKNOWN
    """Where the goods are."""
    financial_state: ReturnFinancialState = ReturnFinancialState.UNKNOWN
    """How far the money is."""
    groups: ReturnGroups = ReturnGroups()
    """The head, group by group."""
    lines: tuple[ReturnLine, ...] = ()
    """What comes back."""
    suggested_refund_parts: tuple[RefundPart, ...] = ()
    """What the suggested refund is made of."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it."""
    order_ids: tuple[str, ...] = internal(())
    """The order it comes from."""
    customer_id: str | None = internal(None)
    """The customer entity."""
    warehouse_id: str | None = internal(None)
    """The warehouse that receives it."""
    replacement_id: str | None = internal(None)
    """The order that went out instead."""
    speakers: tuple[Speaker, ...] = internal(())
    """Which record each group was taken from: provenance."""
