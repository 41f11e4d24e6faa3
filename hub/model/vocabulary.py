"""The closed lists of words that every room uses (design section 3, `surface/surface.graphql`)."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Kind of entity."""

    ORDER = "ORDER"
    FULFILLMENT_ORDER = "FULFILLMENT_ORDER"
    SHIPMENT = "SHIPMENT"
    RETURN = "RETURN"
    INVOICE = "INVOICE"
    CREDIT_MEMO = "CREDIT_MEMO"
    PAYMENT = "PAYMENT"
    CUSTOMER = "CUSTOMER"
    PRODUCT = "PRODUCT"
    WAREHOUSE = "WAREHOUSE"
    INVENTORY = "INVENTORY"
    TRANSFER = "TRANSFER"
    PRICE_REFERENCE = "PRICE_REFERENCE"
    SOURCE = "SOURCE"
    OPERATION = "OPERATION"
    """The life of a command: no document of its own, but its changes are told."""
    EXCEPTION_CASE = "EXCEPTION_CASE"
    """Work for a person: no document of its own, but its changes are told."""


class SystemKind(StrEnum):
    """The role a source plays."""

    COMMERCE = "COMMERCE"
    ERP = "ERP"
    WMS = "WMS"
    CARRIER = "CARRIER"
    PAYMENT = "PAYMENT"
    TAX = "TAX"
    CRM = "CRM"
    RETURNS = "RETURNS"
    HUB = "HUB"
    OTHER = "OTHER"


class IdentifierScheme(StrEnum):
    """What sort of identifier a value is. For finding, not unique; sameness is decided elsewhere."""

    ORDER_NUMBER = "ORDER_NUMBER"
    CHANNEL_ORDER = "CHANNEL_ORDER"
    ERP_ORDER = "ERP_ORDER"
    WMS_SHIPMENT = "WMS_SHIPMENT"
    ERP_SHIPMENT = "ERP_SHIPMENT"
    PO_NUMBER = "PO_NUMBER"
    TRACKING = "TRACKING"
    PACKAGE = "PACKAGE"
    RMA = "RMA"
    INVOICE = "INVOICE"
    CREDIT_MEMO = "CREDIT_MEMO"
    PAYMENT_REF = "PAYMENT_REF"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    ACCOUNT = "ACCOUNT"
    SKU = "SKU"
    GTIN = "GTIN"
    CORRELATION_ID = "CORRELATION_ID"
    OTHER = "OTHER"


class Freshness(StrEnum):
    """How far a fact may be trusted to be current (design D3)."""

    FRESH = "FRESH"
    STALE = "STALE"
    UNAVAILABLE = "UNAVAILABLE"


class FieldGroup(StrEnum):
    """Unit of authority, staleness and provenance."""

    COMMERCIAL = "COMMERCIAL"
    LIFECYCLE = "LIFECYCLE"
    ALLOCATION = "ALLOCATION"
    FULFILLMENT = "FULFILLMENT"
    TRACKING = "TRACKING"
    INVOICING = "INVOICING"
    PAYMENT = "PAYMENT"
    RETURNS = "RETURNS"
    CUSTOMER = "CUSTOMER"
    INVENTORY = "INVENTORY"
    OTHER = "OTHER"


class PresenceState(StrEnum):
    """Whether a system that should know an entity does."""

    PRESENT = "PRESENT"
    PENDING = "PENDING"
    MISSING = "MISSING"
    FAILED = "FAILED"
    CONFLICT = "CONFLICT"
    NOT_EXPECTED = "NOT_EXPECTED"


class FacetState(StrEnum):
    """How much of an order's quantity has reached a step."""

    NONE = "NONE"
    PARTIAL = "PARTIAL"
    FULL = "FULL"
    OVER = "OVER"
