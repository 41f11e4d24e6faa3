"""Invoices, credit memos, payments and prices that the hub refers to and never computes (domain.md 2.2.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from hub.model.values import Address, Identifier, Money, Speaker, group, internal
from hub.model.vocabulary import FieldGroup


class InvoiceStatus(StrEnum):
    """Where an invoice stands."""

    DRAFT = "DRAFT"
    POSTED = "POSTED"
    SENT = "SENT"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"
    OVERDUE = "OVERDUE"
    DISPUTED = "DISPUTED"
    CANCELLED = "CANCELLED"
    REVERSED = "REVERSED"
    UNKNOWN = "UNKNOWN"


class CreditMemoStatus(StrEnum):
    """Where a credit memo stands."""

    DRAFT = "DRAFT"
    POSTED = "POSTED"
    APPLIED = "APPLIED"
    REFUNDED = "REFUNDED"
    VOID = "VOID"
    UNKNOWN = "UNKNOWN"


class PaymentKind(StrEnum):
    """What a payment does."""

    AUTH = "AUTH"
    CAPTURE = "CAPTURE"
    REFUND = "REFUND"
    VOID = "VOID"


class PaymentStatus(StrEnum):
    """Where a payment stands."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class PriceSource(StrEnum):
    """Where a price comes from."""

    LIST = "LIST"
    CONTRACT = "CONTRACT"
    PROMO = "PROMO"
    QUOTE = "QUOTE"
    SPOT = "SPOT"


class PriceStatus(StrEnum):
    """Whether a price holds now."""

    ACTIVE = "ACTIVE"
    FUTURE = "FUTURE"
    EXPIRED = "EXPIRED"
    CONFLICT = "CONFLICT"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingLine:
    """One line of an invoice or credit memo."""

    sku: str | None = None
    """The item; none for charges."""
    description: str | None = None
    """As printed."""
    quantity: Decimal | None = None
    """In the order line's unit."""
    unit_price: Money | None = None
    """Net price of one unit."""
    tax: Money | None = None
    """Tax of the line."""
    total: Money | None = None
    """Net total of the line."""
    order_line_id: str | None = internal(None)
    """The order line it bills, where matched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFacts:
    """What is owed: owned by the ERP."""

    issue_date: date | None = None
    """When it was issued."""
    due_date: date | None = None
    """When it must be paid."""
    terms: str | None = None
    """Payment terms as printed."""
    total: Money | None = None
    """With tax."""
    net: Money | None = None
    """Before tax."""
    tax: Money | None = None
    """Tax alone."""
    bill_to: Address | None = None
    """Who is billed."""
    document_url: str | None = None
    """The printed form."""
    posting_ref: str | None = internal(None)
    """The ledger's own reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSettlement:
    """What was paid of it: owned by the ERP."""

    paid: Money | None = None
    """Paid so far."""
    outstanding: Money | None = None
    """Still owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceGroups:
    """What a source can tell about an invoice."""

    facts: InvoiceFacts | None = group(FieldGroup.INVOICING)
    """What is owed."""
    settlement: InvoiceSettlement | None = group(FieldGroup.PAYMENT)
    """What was paid of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A bill for what was shipped; posted by the ERP only."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the invoice moves."""
    status: InvoiceStatus
    """Where it stands."""
    number: str | None = None
    """Null until it is posted."""
    groups: InvoiceGroups = InvoiceGroups()
    """The head, group by group."""
    lines: tuple[BillingLine, ...] = ()
    """What it bills."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it."""
    order_ids: tuple[str, ...] = internal(())
    """The orders it bills; several for a summary invoice."""
    customer_id: str | None = internal(None)
    """The customer entity."""
    speakers: tuple[Speaker, ...] = internal(())
    """Which record each group was taken from: provenance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemoFacts:
    """What is credited: owned by the ERP."""

    issue_date: date | None = None
    """When it was issued."""
    total: Money | None = None
    """With tax; positive."""
    reason: str | None = None
    """Why, as the ERP says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemoGroups:
    """What a source can tell about a credit memo."""

    facts: CreditMemoFacts | None = group(FieldGroup.INVOICING)
    """What is credited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemo:
    """A bill turned round."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the credit memo moves."""
    status: CreditMemoStatus
    """Where it stands."""
    number: str | None = None
    """Null until it is posted."""
    groups: CreditMemoGroups = CreditMemoGroups()
    """The head, group by group."""
    lines: tuple[BillingLine, ...] = ()
    """What it credits."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it."""
    order_ids: tuple[str, ...] = internal(())
    """The orders it concerns."""
    invoice_id: str | None = internal(None)
    """The invoice it turns round."""
    return_id: str | None = internal(None)
    """The return it pays for."""
    speakers: tuple[Speaker, ...] = internal(())
    """Which record each group was taken from: provenance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFacts:
    """Money that moved: owned by the payment system."""

    kind: PaymentKind | None = internal(None)
    """Shown as the payment's own `kind`."""
    amount: Money | None = None
    """How much; positive."""
    method: str | None = None
    """As the payment system names it."""
    psp: str | None = None
    """The payment system."""
    psp_ref: str | None = None
    """Its own reference."""
    occurred_at: datetime | None = None
    """When, on the source's clock."""
    message: str | None = None
    """The payment system's words, where it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentGroups:
    """What a source can tell about a payment."""

    facts: PaymentFacts | None = group(FieldGroup.PAYMENT)
    """Money that moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """An authorisation, capture, refund or void."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the payment moves."""
    kind: PaymentKind
    """What it does."""
    status: PaymentStatus
    """Where it stands."""
    groups: PaymentGroups = PaymentGroups()
    """The head, group by group."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it."""
    order_ids: tuple[str, ...] = internal(())
    """The orders it pays."""
    return_id: str | None = internal(None)
    """The return it pays for."""
    speakers: tuple[Speaker, ...] = internal(())
    """Which record each group was taken from: provenance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTier:
    """The price from some quantity on."""

    min_quantity: Decimal
    """From this many units."""
    price: Money
    """Net price of one unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFacts:
    """What it costs for whom: owned by the ERP, a promotion by the channel."""

    list_price: Money | None = None
    """Before any agreement."""
    net_price: Money | None = None
    """What this customer pays for one unit."""
    price_source: PriceSource | None = None
    """Where it comes from."""
    contract_number: str | None = None
    """The agreement behind it."""
    tiers: tuple[PriceTier, ...] = ()
    """By quantity."""
    valid_from: datetime | None = None
    """Holds from."""
    valid_to: datetime | None = None
    """Holds until."""
    is_tax_included: bool | None = None
    """Whether tax is in it."""
    evaluated_at: datetime | None = None
    """When the owner computed it."""
    expires_at: datetime | None = None
    """When the answer must be asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceGroups:
    """What a source can tell about a price."""

    facts: PriceFacts | None = group(FieldGroup.COMMERCIAL)
    """What it costs for whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceReference:
    """A price that another system computed; the hub only refers to it."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the reference moves."""
    sku: str
    """The item."""
    status: PriceStatus
    """Whether it holds now."""
    unit: str = "C62"
    """The unit it is for."""
    currency_code: str | None = None
    """ISO 4217."""
    groups: PriceGroups = PriceGroups()
    """The price, group by group."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it."""
    customer_id: str | None = internal(None)
    """The customer it is for; none: a segment or everybody."""
    speakers: tuple[Speaker, ...] = internal(())
    """Which record each group was taken from: provenance."""
