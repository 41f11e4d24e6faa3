"""Vendure's own payloads, its spelling kept: exactly the fields that the documents in `documents` select."""

from __future__ import annotations

import msgspec


class _Wire(msgspec.Struct, rename="camel"):
    pass


class VendureAddress(_Wire, kw_only=True):
    """OrderAddress: a copy made at checkout."""

    full_name: str | None = None
    company: str | None = None
    street_line1: str | None = None
    street_line2: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone_number: str | None = None


class VendureGroup(_Wire, kw_only=True):
    """CustomerGroup."""

    id: str
    name: str


class VendureCustomer(_Wire, kw_only=True):
    """Customer; a guest is one too."""

    id: str
    email_address: str
    first_name: str
    last_name: str
    phone_number: str | None = None
    groups: list[VendureGroup] = []


class VendureVariant(_Wire, kw_only=True):
    """ProductVariant."""

    sku: str
    name: str


class VendureLocation(_Wire, kw_only=True):
    """StockLocation."""

    id: str
    name: str
    description: str = ""


class VendureLevel(_Wire, kw_only=True):
    """StockLevel: what the shop believes to lie in one place."""

    stock_on_hand: int
    stock_allocated: int
    stock_location: VendureLocation


class VendureGood(_Wire, kw_only=True):
    """ProductVariant with its stock."""

    id: str
    sku: str
    name: str
    stock_levels: list[VendureLevel]


class ListedGood(_Wire, kw_only=True):
    """Just enough of a variant or a location to page on, and to say which one is broken."""

    id: str
    created_at: str


class VendureLine(_Wire, kw_only=True):
    """OrderLine. Money in minor units; `quantity` shrinks with every cancel and return, `orderPlacedQuantity` stays."""

    id: str
    quantity: int
    order_placed_quantity: int
    prorated_unit_price: int
    product_variant: VendureVariant


class VendureRefund(_Wire, kw_only=True):
    """Refund: Pending until the shop settles it."""

    id: str
    state: str
    total: int
    method: str | None = None
    transaction_id: str | None = None
    reason: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class VendurePayment(_Wire, kw_only=True):
    """Payment."""

    id: str
    state: str
    amount: int
    method: str | None = None
    transaction_id: str | None = None
    error_message: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    refunds: list[VendureRefund] = []


class VendureParcelLine(_Wire, kw_only=True):
    """FulfillmentLine."""

    order_line_id: str
    quantity: int


class VendureParcel(_Wire, kw_only=True):
    """Fulfillment. A cancelled one stays in the list."""

    id: str
    state: str
    method: str | None = None
    tracking_code: str | None = None
    created_at: str
    updated_at: str
    lines: list[VendureParcelLine]


class VendureMethod(_Wire, kw_only=True):
    """ShippingMethod."""

    code: str


class VendureShippingLine(_Wire, kw_only=True):
    """ShippingLine: how the order, or a part of it, travels."""

    shipping_method: VendureMethod


class VendureMarks(_Wire, kw_only=True):
    """The shop's own fields of an order."""

    hub_request_id: str | None = None
    """Unique: what the hub, or whoever placed the order, calls it."""


class VendureOrder(_Wire, kw_only=True):
    """Order. Carts and drafts are orders too: only those with `orderPlacedAt` have been placed."""

    id: str
    code: str
    state: str
    active: bool
    currency_code: str
    updated_at: str
    order_placed_at: str | None = None
    total: int
    total_with_tax: int
    custom_fields: VendureMarks | None = None
    customer: VendureCustomer | None = None
    shipping_lines: list[VendureShippingLine] = []
    shipping_address: VendureAddress | None = None
    billing_address: VendureAddress | None = None
    lines: list[VendureLine]
    payments: list[VendurePayment] | None = None
    fulfillments: list[VendureParcel] | None = None

    @property
    def shipping_service(self) -> str | None:
        """Code of the method that the customer chose."""
        return self.shipping_lines[0].shipping_method.code if self.shipping_lines else None


class VendureHook(_Wire, kw_only=True):
    """Body of a webhook: no version, so it is a hint only (Obs-2)."""

    id: str
    type: str
    at: str
    order_id: str | int | None = None
    order_ids: list[str | int] = []
    state: str | None = None


class Listed(_Wire, kw_only=True):
    """Just enough of an order to page on, and to say which one is broken."""

    id: str
    updated_at: str
    order_placed_at: str | None = None
