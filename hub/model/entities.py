"""The table of entities: which class an entity of a kind is, and which field of `Content` holds its groups."""

from __future__ import annotations

from typing import Any

from hub.model.billing import CreditMemo, Invoice, Payment, PriceReference
from hub.model.inventory import InventoryPosition
from hub.model.order import Order
from hub.model.party import Customer
from hub.model.place import Warehouse
from hub.model.product import Product
from hub.model.returns import Return
from hub.model.shipment import FulfillmentOrder, Shipment
from hub.model.transfer import Transfer
from hub.model.vocabulary import Kind

ENTITIES: dict[Kind, type[Any]] = {
    Kind.ORDER: Order,
    Kind.FULFILLMENT_ORDER: FulfillmentOrder,
    Kind.SHIPMENT: Shipment,
    Kind.RETURN: Return,
    Kind.INVOICE: Invoice,
    Kind.CREDIT_MEMO: CreditMemo,
    Kind.PAYMENT: Payment,
    Kind.CUSTOMER: Customer,
    Kind.PRODUCT: Product,
    Kind.WAREHOUSE: Warehouse,
    Kind.INVENTORY: InventoryPosition,
    Kind.TRANSFER: Transfer,
    Kind.PRICE_REFERENCE: PriceReference,
}
"""Class of the canonical document, by kind. Neither a source nor an operation is a document: they have no entry."""


def content_field(kind: Kind) -> str:
    """Field of `Content` that holds the groups of *kind*: `return_` for RETURN, else the kind in lower case."""
    return "return_" if kind is Kind.RETURN else kind.value.lower()
