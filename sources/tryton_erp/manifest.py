"""What this adapter promises of a Tryton 8.2 (connectors.md 8.2)."""

from __future__ import annotations

from datetime import timedelta

from hub.model.effects import (
    CANCEL_ORDER,
    CREATE_ORDER,
    CREATE_RETURN,
    INSPECT_RETURN,
    POST_INVOICE,
    RECEIVE_RETURN,
    SHIP_GOODS,
)
from hub.model.manifest import Delta, Idempotency, Manifest, Rate, Read, Sweep, Tells, WebhookTrust, Write
from hub.model.order import OrderStatus
from hub.model.schemes import (
    FULFILMENT_REQUEST,
    FULFILMENT_SHIPMENT,
    ORDER_CODE,
    PARCEL,
    PRODUCT_SKU,
    RETURN_CODE,
    WAREHOUSE_CODE,
)
from hub.model.vocabulary import FieldGroup, Kind

BATCH = 100
"""Records in one request: their ids still fit into its first line."""
OVERLAP = timedelta(seconds=60)
"""`write_date` is when a transaction began: one that took longer to commit is found late (trap 2)."""

LONGEST_CALL = timedelta(seconds=60)
"""No request reaches Tryton later than this after it was written; the slowest seen, a credit, took 5 s under load."""
SETTLES = {
    CANCEL_ORDER: timedelta(seconds=2),
    CREATE_ORDER: timedelta(),
    SHIP_GOODS: timedelta(),
    POST_INVOICE: timedelta(),
    CREATE_RETURN: timedelta(),
    RECEIVE_RETURN: timedelta(),
    INSPECT_RETURN: timedelta(),
}
"""A write is seen as soon as its call has answered; that a sale is done, where a worker must say so, 1.1 s later."""
CONFIRM = timedelta(minutes=5)
"""Whatever was only accepted shows by then: nothing there waits for people."""

CHANGED, OPEN, STOCK, MOVES = "changed", "open", "stock", "moves"

STATUSES = {
    "draft": OrderStatus.PENDING_ACCEPTANCE,
    "quotation": OrderStatus.PENDING_ACCEPTANCE,
    "confirmed": OrderStatus.VALIDATED,
    "processing": OrderStatus.VALIDATED,
    "done": OrderStatus.COMPLETED,
    "cancelled": OrderStatus.CANCELLED,
}
"""The axis `state` of a sale; how far its goods and its money are is told by shipments and invoices."""
OPEN_STATES = ("draft", "quotation", "confirmed", "processing")
"""States of a sale that is not finished."""

_NO_DELETES = "Tryton deletes drafts and cancelled documents only; one that is gone is noticed when it is read again."


def _changed(seconds: int) -> tuple[Sweep, ...]:
    return (Sweep(name=CHANGED, strategy=Delta.TIMESTAMP, every=timedelta(seconds=seconds), overlap=OVERLAP),)


MANIFEST = Manifest(
    adapter="tryton_erp",
    title="Tryton ERP",
    contract_version="8.2",
    tells=Tells.STATE,
    reads={
        kind: Read(batch=BATCH)
        for kind in (
            Kind.ORDER,
            Kind.FULFILLMENT_ORDER,
            Kind.SHIPMENT,
            Kind.RETURN,
            Kind.INVOICE,
            Kind.CREDIT_MEMO,
            Kind.CUSTOMER,
            Kind.PRODUCT,
            Kind.WAREHOUSE,
            Kind.INVENTORY,
            Kind.TRANSFER,
            Kind.PRICE_REFERENCE,
        )
    },
    sweeps={
        Kind.ORDER: (
            *_changed(15),
            Sweep(name=OPEN, strategy=Delta.SNAPSHOT, every=timedelta(minutes=15), covers=False, lists_open=True),
        ),
        Kind.SHIPMENT: _changed(15),
        Kind.FULFILLMENT_ORDER: _changed(30),
        Kind.INVOICE: _changed(30),
        Kind.CREDIT_MEMO: _changed(60),
        Kind.RETURN: _changed(30),
        Kind.CUSTOMER: _changed(120),
        Kind.PRODUCT: _changed(300),
        Kind.WAREHOUSE: _changed(600),
        Kind.PRICE_REFERENCE: _changed(300),
        Kind.TRANSFER: _changed(60),
        Kind.INVENTORY: (
            Sweep(name=STOCK, strategy=Delta.SNAPSHOT, every=timedelta(minutes=15)),
            Sweep(name=MOVES, strategy=Delta.TIMESTAMP, every=timedelta(seconds=30), overlap=OVERLAP, covers=False),
        ),
    },
    writes={
        # the state reached is the key: whoever looks first finds it, or finds how far it is
        action: Write(idempotency=Idempotency.LOOKUP, longest_call=LONGEST_CALL, settle=settle, confirm=CONFIRM)
        for action, settle in SETTLES.items()
    },
    questions=("order.find",),
    groups={
        Kind.ORDER: (FieldGroup.COMMERCIAL, FieldGroup.CUSTOMER, FieldGroup.PAYMENT, FieldGroup.LIFECYCLE),
        Kind.FULFILLMENT_ORDER: (FieldGroup.FULFILLMENT,),
        Kind.SHIPMENT: (FieldGroup.FULFILLMENT, FieldGroup.ALLOCATION),
        Kind.RETURN: (FieldGroup.COMMERCIAL, FieldGroup.RETURNS, FieldGroup.FULFILLMENT, FieldGroup.PAYMENT),
        Kind.INVOICE: (FieldGroup.INVOICING, FieldGroup.PAYMENT),
        Kind.CREDIT_MEMO: (FieldGroup.INVOICING,),
        Kind.CUSTOMER: (FieldGroup.CUSTOMER, FieldGroup.COMMERCIAL, FieldGroup.PAYMENT),
        Kind.PRODUCT: (FieldGroup.COMMERCIAL,),
        Kind.WAREHOUSE: (FieldGroup.OTHER,),
        Kind.INVENTORY: (FieldGroup.INVENTORY,),
        Kind.TRANSFER: (FieldGroup.COMMERCIAL, FieldGroup.FULFILLMENT),
        Kind.PRICE_REFERENCE: (FieldGroup.COMMERCIAL,),
    },
    unique_schemes=(FULFILMENT_REQUEST, FULFILMENT_SHIPMENT, PARCEL, PRODUCT_SKU, RETURN_CODE, WAREHOUSE_CODE),
    back_references=(ORDER_CODE,),
    webhook=WebhookTrust.NONE,
    rate=Rate(at_most=4),
    staleness={
        FieldGroup.COMMERCIAL: timedelta(minutes=5),
        FieldGroup.LIFECYCLE: timedelta(minutes=5),
        FieldGroup.PAYMENT: timedelta(minutes=5),
        FieldGroup.INVOICING: timedelta(minutes=5),
        FieldGroup.FULFILLMENT: timedelta(minutes=5),
        FieldGroup.ALLOCATION: timedelta(minutes=5),
        FieldGroup.RETURNS: timedelta(minutes=5),
        FieldGroup.INVENTORY: timedelta(minutes=30),
        FieldGroup.CUSTOMER: timedelta(hours=1),
        FieldGroup.OTHER: timedelta(hours=1),
    },
    statuses={state: status.value for state, status in STATUSES.items()},
    absent={
        "order.version": "write_date is the start of a transaction, and does not move with lines, moves or invoices.",
        "order.cancel.lines": "Tryton cancels a sale as a whole, and only while none of it has left.",
        "order.cancel.paid": "Once money came for its invoice, people there credit it.",
        "order.amend": "Once it is binding, a sale is changed by people there.",
        "order.split": "A sale has one warehouse: goods from two are two shipments that people there divide.",
        "order.price": "Where no price is named, the list price is asked; of who has a price list, none is made up.",
        "return.other": "Goods that were not sold with the order come in by people's hands, not on its return.",
        "return.scrap": "Scrap goes to the warehouse's first waste location while it is not put away, or is refused.",
        "refund": "It credits; the money goes back by the way it came.",
        "fulfillment.create": "It plans its own shipments; no warehouse is asked through it.",
        "stock.publish": "Its stock is its own: it is read.",
        "webhook": "Tryton sends none: changes are asked for.",
        "session": "Everything is read with an application key, which ends only when an operator takes it back.",
        "payment": "Money is told on the invoice it settles; Tryton's payments name no order.",
        "price_list": "Price lists are formulas: the list price is told, a customer's own is not.",
        "order.services": "Lines that are services, carrier costs among them, are in totals and invoices only.",
        **{
            f"{kind.value.lower()}.deletes": _NO_DELETES
            for kind in (
                Kind.ORDER,
                Kind.SHIPMENT,
                Kind.FULFILLMENT_ORDER,
                Kind.INVOICE,
                Kind.CREDIT_MEMO,
                Kind.RETURN,
                Kind.CUSTOMER,
                Kind.PRODUCT,
                Kind.WAREHOUSE,
                Kind.PRICE_REFERENCE,
                Kind.TRANSFER,
                Kind.INVENTORY,
            )
        },
    },
    grade="draft",
)
