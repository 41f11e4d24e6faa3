"""Customers: who buys, on what terms, and how much may still be owed (domain.md 2.2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model.values import Address, Identifier, Money, Speaker, group, internal
from hub.model.vocabulary import FieldGroup


class CustomerType(StrEnum):
    """What sort of buyer it is."""

    B2B_ACCOUNT = "B2B_ACCOUNT"
    B2C_PERSON = "B2C_PERSON"
    MARKETPLACE_BUYER = "MARKETPLACE_BUYER"
    PARTNER = "PARTNER"
    INTERNAL = "INTERNAL"
    UNKNOWN = "UNKNOWN"


class CustomerStatus(StrEnum):
    """Whether one may sell to it."""

    ACTIVE = "ACTIVE"
    PROSPECT = "PROSPECT"
    ON_HOLD = "ON_HOLD"
    BLOCKED = "BLOCKED"
    CLOSED = "CLOSED"
    UNKNOWN = "UNKNOWN"


class CreditStatus(StrEnum):
    """What the owner of the credit says of it."""

    OK = "OK"
    WARN = "WARN"
    HOLD = "HOLD"
    UNKNOWN = "UNKNOWN"


class CreditOverride(StrEnum):
    """AUTO: by the figures. FORCE_ON, FORCE_OFF: a person has decided."""

    AUTO = "AUTO"
    FORCE_ON = "FORCE_ON"
    FORCE_OFF = "FORCE_OFF"


class AddressType(StrEnum):
    """What an address of a customer is for."""

    BILL = "BILL"
    SHIP = "SHIP"
    RETURN = "RETURN"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person at the customer."""

    name: str | None = None
    """As written."""
    role: str | None = None
    """What the person does there."""
    email: str | None = None
    """Lower case."""
    phone: str | None = None
    """E.164 where it could be read as such, else as written."""
    preferred_channel: str | None = None
    """How the person wants to be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAddress:
    """One address of the customer's book; orders keep their own copies."""

    type: AddressType
    """What it is for."""
    address: Address
    """The address."""
    instructions: str | None = None
    """For whoever delivers there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelIdentity:
    """The name a channel knows the customer by."""

    channel: str
    """The channel."""
    external_id: str
    """Its own customer id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerProfile:
    """Who the customer is: owned by the ERP, by the shop for web buyers."""

    name: str | None = None
    """Company or person."""
    email: str | None = None
    """Lower case; proposes a match, never decides sameness."""
    phone: str | None = None
    """As written."""
    type: CustomerType | None = None
    """What sort of buyer it is."""
    status: CustomerStatus | None = None
    """Whether one may sell to it."""
    contacts: tuple[Contact, ...] = ()
    """People there."""
    addresses: tuple[CustomerAddress, ...] = ()
    """Its address book."""
    channel_identities: tuple[ChannelIdentity, ...] = ()
    """What channels call it."""
    segments: tuple[str, ...] = ()
    """Segments it is counted to."""
    account_manager: str | None = None
    """Who looks after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTerms:
    """On what terms it buys: owned by the ERP."""

    price_list: str | None = None
    """Name of its price list."""
    discount_group: str | None = None
    """Name of its discount group."""
    currency_code: str | None = None
    """ISO 4217."""
    payment_terms: str | None = None
    """As the ERP names them."""
    partial_allowed: bool | None = None
    """Whether part of an order may leave alone."""
    backorder_allowed: bool | None = None
    """Whether what is missing may follow."""
    substitution_allowed: bool | None = None
    """Whether another item may be sent instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCredit:
    """How much it may still owe: owned by the ERP."""

    limit: Money | None = None
    """Most it may owe."""
    exposure: Money | None = None
    """Owed and on order."""
    available: Money | None = None
    """Still free."""
    overdue: Money | None = None
    """Owed past its day."""
    oldest_overdue_days: int | None = None
    """How long the oldest debt is overdue."""
    credit_status: CreditStatus = CreditStatus.UNKNOWN
    """What the owner says of it."""
    override: CreditOverride = CreditOverride.AUTO
    """Whether a person has decided instead."""
    as_of: datetime | None = None
    """When the figures were made, on the source's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerGroups:
    """What a source can tell about a customer."""

    profile: CustomerProfile | None = group(FieldGroup.CUSTOMER)
    """Who the customer is."""
    terms: CustomerTerms | None = group(FieldGroup.COMMERCIAL)
    """On what terms it buys."""
    credit: CustomerCredit | None = group(FieldGroup.PAYMENT)
    """How much it may still owe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer account or a web buyer."""

    id: str
    """Stable, opaque."""
    version: int
    """Moves whenever the customer moves."""
    number: str
    """That of the system where the customer was born."""
    groups: CustomerGroups = CustomerGroups()
    """The head, group by group."""
    identifiers: tuple[Identifier, ...] = ()
    """Everything a caller may read out for it."""
    parent_id: str | None = internal(None)
    """The account above it."""
    speakers: tuple[Speaker, ...] = internal(())
    """Which record each group was taken from: provenance."""
