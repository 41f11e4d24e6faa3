"""What this adapter promises of a Vendure shop (connectors.md 8.2)."""

from __future__ import annotations

from datetime import timedelta

from hub.model.effects import CANCEL_ORDER, CREATE_ORDER, PUBLISH_STOCK, REFUND, SHIP_GOODS, TAKE_BACK
from hub.model.manifest import (
    Delta,
    Idempotency,
    Manifest,
    Rate,
    Read,
    Sweep,
    Tells,
    WebhookTrust,
    Write,
)
from hub.model.order import OrderStatus
from hub.model.schemes import FULFILMENT_SHIPMENT, ORDER_CODE, PARCEL, RETURN_CODE
from hub.model.vocabulary import FieldGroup, Kind

BATCH = 100
"""Orders in one request: Vendure allows 1,000, but answers them in one breath."""

PLACED, CHANGED, OPEN, ALL = "placed", "changed", "open", "all"

STATUSES = {
    "Created": OrderStatus.PENDING_ACCEPTANCE,
    "Draft": OrderStatus.PENDING_ACCEPTANCE,
    "AddingItems": OrderStatus.PENDING_ACCEPTANCE,
    "ArrangingPayment": OrderStatus.PENDING_ACCEPTANCE,
    "PaymentAuthorized": OrderStatus.ALLOCATED,
    "PaymentSettled": OrderStatus.ALLOCATED,
    "PartiallyShipped": OrderStatus.ALLOCATED,
    "Shipped": OrderStatus.SHIPPED,
    "PartiallyDelivered": OrderStatus.ALLOCATED,
    "Delivered": OrderStatus.SHIPPED,
    "Modifying": OrderStatus.ACCEPTED,
    "ArrangingAdditionalPayment": OrderStatus.ACCEPTED,
    "Cancelled": OrderStatus.CANCELLED,
}
"""Vendure's default order process; partial shipping and delivery are told by the lines' quantities."""

OPEN_STATES = (
    "PaymentAuthorized",
    "PaymentSettled",
    "PartiallyShipped",
    "Shipped",
    "PartiallyDelivered",
    "Modifying",
    "ArrangingAdditionalPayment",
)
"""States that an order leaves without `updatedAt` moving."""

GOODS = {
    Kind.WAREHOUSE: timedelta(minutes=10),
    Kind.PRODUCT: timedelta(minutes=10),
    Kind.INVENTORY: timedelta(minutes=2),
}
"""How often all goods of a kind are listed: no timestamp of Vendure's moves with a stock level."""

WRITES = {
    CANCEL_ORDER: Write(
        # the state reached is the key: cancelled units are counted before and after, one write at a time per order
        idempotency=Idempotency.LOOKUP,
        longest_call=timedelta(seconds=30),
        settle=timedelta(seconds=2),
    ),
    CREATE_ORDER: Write(
        # the custom field `hubRequestId` is unique: the shop's database refuses a second order of one reference
        idempotency=Idempotency.UNIQUE,
        longest_call=timedelta(seconds=60),
    ),
    SHIP_GOODS: Write(
        # nothing at the shop refuses a second parcel: it is looked for by reference and tracking
        idempotency=Idempotency.LOOKUP,
        longest_call=timedelta(seconds=30),
    ),
    TAKE_BACK: Write(
        # the total reached is the key: what has come back is counted before and after
        idempotency=Idempotency.LOOKUP,
        longest_call=timedelta(seconds=30),
        settle=timedelta(seconds=2),
    ),
    REFUND: Write(
        # concurrent refunds all succeed: the reference in reason and transaction id is looked for before and after
        idempotency=Idempotency.LOOKUP,
        longest_call=timedelta(seconds=30),
        settle=timedelta(seconds=2),
    ),
    PUBLISH_STOCK: Write(
        idempotency=Idempotency.LOOKUP,
        longest_call=timedelta(seconds=15),
        reversible=True,
    ),
}
"""What is written. `longest_call` is a whole effect, requests and all; nothing has to settle, for the shop's one
database shows every write to the next read. A loaded real shop took 2.0 s at most to place an order of two lines, 0.9 s
to ship one, 0.2 s to take a level."""

MANIFEST = Manifest(
    adapter="vendure",
    title="Vendure",
    contract_version="3.7",
    tells=Tells.STATE,
    reads={kind: Read(batch=BATCH) for kind in (Kind.ORDER, *GOODS)},
    sweeps={
        Kind.ORDER: (
            Sweep(
                name=PLACED,
                strategy=Delta.TIMESTAMP,
                every=timedelta(seconds=15),
                overlap=timedelta(seconds=60),
                covers=False,
            ),
            Sweep(
                name=CHANGED,
                strategy=Delta.TIMESTAMP,
                every=timedelta(seconds=30),
                overlap=timedelta(seconds=60),
                covers=False,
            ),
            Sweep(name=OPEN, strategy=Delta.SNAPSHOT, every=timedelta(seconds=60), lists_open=True),
        ),
        **{
            kind: (Sweep(name=ALL, strategy=Delta.SNAPSHOT, every=every, detects_deletes=True),)
            for kind, every in GOODS.items()
        },
    },
    writes=WRITES,
    questions=("order.find",),
    groups={
        Kind.ORDER: (
            FieldGroup.COMMERCIAL,
            FieldGroup.CUSTOMER,
            FieldGroup.PAYMENT,
            FieldGroup.FULFILLMENT,
            FieldGroup.LIFECYCLE,
        ),
        Kind.SHIPMENT: (FieldGroup.FULFILLMENT, FieldGroup.TRACKING),
        Kind.CUSTOMER: (FieldGroup.CUSTOMER,),
        Kind.PAYMENT: (FieldGroup.PAYMENT,),
        Kind.PRODUCT: (FieldGroup.COMMERCIAL, FieldGroup.OTHER),
        Kind.WAREHOUSE: (FieldGroup.OTHER,),
        Kind.INVENTORY: (FieldGroup.INVENTORY,),
    },
    carried={Kind.SHIPMENT: Kind.ORDER, Kind.CUSTOMER: Kind.ORDER, Kind.PAYMENT: Kind.ORDER},
    unique_schemes=(ORDER_CODE, PARCEL),
    back_references=(ORDER_CODE, FULFILMENT_SHIPMENT, RETURN_CODE),
    webhook=WebhookTrust.HINT,
    pushes=frozenset({Kind.ORDER}),
    rate=Rate(at_most=4),
    staleness={
        FieldGroup.COMMERCIAL: timedelta(minutes=5),
        FieldGroup.LIFECYCLE: timedelta(minutes=5),
        FieldGroup.PAYMENT: timedelta(minutes=5),
        FieldGroup.FULFILLMENT: timedelta(minutes=5),
        FieldGroup.TRACKING: timedelta(minutes=5),
        FieldGroup.CUSTOMER: timedelta(hours=1),
        FieldGroup.INVENTORY: timedelta(minutes=10),
    },
    statuses={state: status.value for state, status in STATUSES.items()},
    absent={
        "order.version": "Vendure's updatedAt does not move on payment, fulfilment, delivery or refund.",
        "order.deletes": "Vendure deletes no placed order.",
        "order.refund": "A cancel in Vendure does not refund; what is owed shows as CREDIT_OWED.",
        "order.closed_refund": "A refund of a delivered or cancelled order is noticed by webhook only.",
        "order.create.prices": "Vendure prices a new order by its own catalogue; the hub's unit prices are not taken.",
        "order.create.authorised": "A manual payment in Vendure is settled at once; an authorised one cannot be made.",
        "order.create.notes": "Order number of the customer, note and wished delivery day have no place in a draft.",
        "order.create.long": "A draft takes 0.1 s a line and at most 999 units; what takes a minute never ends.",
        "order.return.open": "Of a line that is still to leave, Vendure would cancel what waits: refused until then.",
        "refund.void": "A refund that was made twice at one moment cannot be taken back: the second stays pending.",
        "shipment.deliver": "Delivery is told by whoever tracks the parcel; nothing is written when it arrives.",
    },
    grade="draft",
)
