"""Vendure's words, made up."""

from typing import Any

import msgspec

from sources.vendure.wire import VendureOrder

Json = dict[str, Any]  # Any: the vendor's JSON


def line(number: str = "1", quantity: int = 5, placed: int = 5, sku: str = "MUG") -> Json:
    """An order line."""
    return {
        "id": number,
        "quantity": quantity,
        "orderPlacedQuantity": placed,
        "proratedUnitPrice": 750,
        "productVariant": {"sku": sku, "name": sku.title()},
    }


def parcel(number: str, state: str, *parts: tuple[str, int]) -> Json:
    """A fulfilment."""
    return {
        "id": number,
        "state": state,
        "method": "bpost",
        "trackingCode": f"T{number}",
        "createdAt": "2026-11-20T10:00:00.000Z",
        "updatedAt": "2026-11-20T12:00:00.000Z",
        "lines": [{"orderLineId": at, "quantity": units} for at, units in parts],
    }


def payment(amount: int, state: str = "Settled", *refunds: tuple[int, str]) -> Json:
    """A payment with (amount, state) refunds."""
    made = [{"id": str(place), "state": how, "total": total} for place, (total, how) in enumerate(refunds)]
    return {"id": "1", "state": state, "amount": amount, "transactionId": "tx1", "refunds": made}


def order_json(**changes: object) -> Json:
    """An order as Vendure tells it."""
    usual: Json = {
        "id": "7",
        "code": "REY1YLBSRBPE544Z",
        "state": "PaymentSettled",
        "active": False,
        "currencyCode": "EUR",
        "updatedAt": "2026-11-20T09:00:00.000Z",
        "orderPlacedAt": "2026-11-20T09:30:00.123Z",
        "total": 4250,
        "totalWithTax": 5143,
        "customer": {
            "id": "3",
            "emailAddress": "Jan.Peeters@acme.example",
            "firstName": "Jan",
            "lastName": "Peeters",
            "phoneNumber": None,
            "groups": [{"id": "2", "name": "ACME"}],
        },
        "shippingAddress": {
            "fullName": "Jan Peeters",
            "company": "Acme Industrial",
            "streetLine1": "Kerkstraat 12",
            "streetLine2": "",
            "city": "Gent",
            "province": None,
            "postalCode": "9000",
            "countryCode": "BE",
            "phoneNumber": "+32 9 000 00 00",
        },
        "billingAddress": {"fullName": None, "streetLine1": None, "countryCode": None},
        "lines": [line()],
        "payments": [payment(5143)],
        "fulfillments": [],
    }
    return usual | changes


def order(**changes: object) -> VendureOrder:
    """An order, read."""
    return msgspec.convert(order_json(**changes), VendureOrder)
