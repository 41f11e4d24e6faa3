"""The shop's state as its GraphQL answers show it."""

from __future__ import annotations

from typing import Any

from sources.vendure.rehearsal.shop import Shop
from sources.vendure.rehearsal.state import (
    TAX_PERCENT,
    Customer,
    Line,
    Location,
    Order,
    Parcel,
    Payment,
    Refund,
    Refusal,
    Variant,
    gross,
)

View = dict[str, Any]  # Any: what GraphQL shows is JSON
CURRENCY = "EUR"


def refusal_view(refusal: Refusal) -> View:
    """An error result."""
    return {"__typename": refusal.typename, "errorCode": refusal.code, "message": refusal.message, **refusal.more}


def order_view(shop: Shop, order: Order) -> View:
    """An order with everything under it."""
    return {
        "__typename": "Order",
        "id": order.id,
        "code": order.code,
        "state": order.state,
        "active": order.active,
        "createdAt": order.created,
        "updatedAt": order.updated,
        "orderPlacedAt": order.placed_at,
        "customer": customer_view(shop, order.customer) if order.customer else None,
        "shippingLines": _shipping_lines(order),
        "shippingAddress": order.address or {},
        "billingAddress": order.billing_address or {},
        "lines": [line_view(shop, order, line) for line in shop.in_any_order(order.lines)],
        "payments": [payment_view(payment) for payment in order.payments],
        "fulfillments": [parcel_view(parcel) for parcel in order.parcels],
        "totalQuantity": sum(line.quantity for line in order.lines),
        "currencyCode": CURRENCY,
        "customFields": {"hubRequestId": order.request_id},
        **_totals(order),
    }


def customer_view(shop: Shop, customer: Customer) -> View:
    """A customer and its groups."""
    groups = [{"id": shop.groups[customer.group], "name": customer.group}] if customer.group else []
    return {
        "id": customer.id,
        "createdAt": customer.created,
        "updatedAt": customer.updated,
        "firstName": customer.first_name,
        "lastName": customer.last_name,
        "phoneNumber": customer.phone,
        "emailAddress": customer.email,
        "groups": groups,
    }


def location_view(location: Location) -> View:
    """A stock location."""
    return {
        "id": location.id,
        "createdAt": location.created,
        "name": location.name,
        "description": location.description,
    }


def variant_view(shop: Shop, variant: Variant) -> View:
    """A variant and its stock in each location."""
    first = next(iter(shop.locations))
    stock = {first: (variant.on_hand, variant.allocated), **{at: (units, 0) for at, units in variant.elsewhere.items()}}
    levels = [
        {
            "id": (variant.id - 1) * len(shop.locations) + at,
            "stockLocationId": at,
            "stockLocation": location_view(shop.locations[at]),
            "stockOnHand": on_hand,
            "stockAllocated": allocated,
        }
        for at, (on_hand, allocated) in stock.items()
        if at in shop.locations
    ]
    return {
        "__typename": "ProductVariant",
        "id": variant.id,
        "createdAt": variant.created,
        "sku": variant.sku,
        "name": variant.name,
        "price": variant.price,
        "priceWithTax": gross(variant.price),
        "currencyCode": CURRENCY,
        "stockLevels": levels,
    }


def line_view(shop: Shop, order: Order, line: Line) -> View:
    """An order line; units in cancelled parcels are not listed under it, though the parcel itself is."""
    parts = [
        {"orderLineId": line.id, "quantity": units, "fulfillmentId": parcel.id}
        for parcel in order.parcels
        if parcel.state != "Cancelled"
        for at, units in parcel.lines
        if at == line.id
    ]
    price = line.variant.price
    return {
        "id": line.id,
        "createdAt": line.created,
        "updatedAt": line.updated,
        "productVariant": variant_view(shop, line.variant),
        "unitPrice": price,
        "unitPriceWithTax": gross(price),
        "proratedUnitPrice": price,
        "proratedUnitPriceWithTax": gross(price),
        "quantity": line.quantity,
        "orderPlacedQuantity": line.placed,
        "taxRate": TAX_PERCENT,
        "linePrice": line.net,
        "linePriceWithTax": gross(line.net),
        "fulfillmentLines": parts,
    }


def payment_view(payment: Payment) -> View:
    """A payment with its refunds."""
    return {
        "__typename": "Payment",
        "id": payment.id,
        "createdAt": payment.created,
        "updatedAt": payment.updated,
        "method": payment.method,
        "amount": payment.amount,
        "state": payment.state,
        "transactionId": payment.transaction,
        "errorMessage": None,
        "refunds": [refund_view(payment, refund) for refund in payment.refunds],
    }


def refund_view(payment: Payment, refund: Refund) -> View:
    """A refund."""
    return {
        "__typename": "Refund",
        "id": refund.id,
        "createdAt": refund.created,
        "updatedAt": refund.updated,
        "items": 0,
        "shipping": 0,
        "adjustment": 0,
        "total": refund.total,
        "method": payment.method,
        "state": refund.state,
        "transactionId": refund.transaction,
        "reason": refund.reason,
        "paymentId": payment.id,
    }


def parcel_view(parcel: Parcel) -> View:
    """A fulfilment."""
    return {
        "__typename": "Fulfillment",
        "id": parcel.id,
        "createdAt": parcel.created,
        "updatedAt": parcel.updated,
        "state": parcel.state,
        "method": parcel.method,
        "trackingCode": parcel.tracking,
        "lines": [{"orderLineId": at, "quantity": units, "fulfillmentId": parcel.id} for at, units in parcel.lines],
    }


def _shipping_lines(order: Order) -> list[View]:
    """The only method there is, once it was chosen."""
    if not order.shipping_net:
        return []
    method = {"id": "1", "code": "standard", "name": "Standard"}
    return [
        {
            "id": order.id,
            "shippingMethod": method,
            "price": order.shipping_net,
            "priceWithTax": gross(order.shipping_net),
        }
    ]


def _totals(order: Order) -> View:
    return {
        "subTotal": order.sub_total,
        "subTotalWithTax": order.sub_total_gross,
        "shipping": order.shipping_net,
        "shippingWithTax": gross(order.shipping_net),
        "total": order.total,
        "totalWithTax": order.total_gross,
    }
