"""Where each kind lies in Tryton: its model, what is asked of it, and what is made of the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from sources.tryton_erp.mapping.invoices import seen_of_invoice
from sources.tryton_erp.mapping.masters import seen_of_customer, seen_of_price, seen_of_product, seen_of_warehouse
from sources.tryton_erp.mapping.sales import seen_of_sale
from sources.tryton_erp.mapping.shipments import seen_of_shipment
from sources.tryton_erp.mapping.stock import seen_of_transfer
from sources.tryton_erp.mapping.words import Reading
from sources.tryton_erp.wire import (
    Stamped,
    TrytonCustomer,
    TrytonInvoice,
    TrytonProduct,
    TrytonSale,
    TrytonShipment,
    TrytonTransfer,
    TrytonWarehouse,
    paths,
)

Clause = Sequence[Any]  # Any: JSON of a domain
ARCHIVED_TOO: Clause = ["active", "in", [True, False]]
"""Otherwise Tryton leaves out what was archived, and nobody would hear of it."""
STAMPS = ("create_date", "write_date")
_WORKED_OUT = re.compile(r"(outgoing|inventory|incoming)_moves\.")
"""Lists that Tryton works out of a shipment's moves and cannot search by: their stamps are those of all its moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One kind of objects."""

    model: str
    wire: type[Stamped]
    seen: Callable[[Any, Reading], tuple[Seen, ...]]  # Any: a *wire*
    domain: tuple[Clause, ...] = ()
    """What of the model it is."""

    def stamps(self, without: frozenset[str]) -> tuple[str, ...]:
        """The times of a record and of its children, which its own does not follow (trap 3)."""
        found = (path for path in paths(self.wire, without) if path.split(".")[-1] in STAMPS)
        return tuple(dict.fromkeys(_WORKED_OUT.sub("moves.", path) for path in found))


_SALES = Shelf(model="sale.sale", wire=TrytonSale, seen=seen_of_sale)
_OUT = Shelf(model="stock.shipment.out", wire=TrytonShipment, seen=seen_of_shipment)

SHELVES: Mapping[Kind, Shelf] = {
    Kind.ORDER: _SALES,
    Kind.RETURN: Shelf(model="sale.sale", wire=TrytonSale, seen=seen_of_sale, domain=(["lines.quantity", "<", 0],)),
    Kind.SHIPMENT: _OUT,
    Kind.FULFILLMENT_ORDER: _OUT,
    Kind.INVOICE: Shelf(
        model="account.invoice", wire=TrytonInvoice, seen=seen_of_invoice, domain=(["type", "=", "out"],)
    ),
    Kind.CREDIT_MEMO: Shelf(
        model="account.invoice",
        wire=TrytonInvoice,
        seen=seen_of_invoice,
        domain=(["type", "=", "out"], ["lines.quantity", "<", 0]),
    ),
    Kind.CUSTOMER: Shelf(model="party.party", wire=TrytonCustomer, seen=seen_of_customer, domain=(ARCHIVED_TOO,)),
    Kind.PRODUCT: Shelf(model="product.product", wire=TrytonProduct, seen=seen_of_product, domain=(ARCHIVED_TOO,)),
    Kind.PRICE_REFERENCE: Shelf(
        model="product.product", wire=TrytonProduct, seen=seen_of_price, domain=(ARCHIVED_TOO,)
    ),
    Kind.WAREHOUSE: Shelf(
        model="stock.location",
        wire=TrytonWarehouse,
        seen=seen_of_warehouse,
        domain=(["type", "=", "warehouse"], ARCHIVED_TOO),
    ),
    Kind.TRANSFER: Shelf(model="stock.shipment.internal", wire=TrytonTransfer, seen=seen_of_transfer),
}
"""All kinds but stock figures, which are no records in Tryton."""

OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "stock.shipment.out": ("packages", "shipping_reference", "carrier"),
    "party.party": ("sale_price_list", "credit_limit_amount", "credit_amount"),
    "sale.sale": ("carrier", "shipment_cost_method"),
}
"""Fields that only some of Tryton's modules bring: each server is asked once which it has."""
