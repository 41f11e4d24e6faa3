"""What this adapter promises of a Tryton 6.0 warehouse (connectors.md 8.2)."""

from __future__ import annotations

from datetime import timedelta

from hub.model.effects import CANCEL_ORDER, CREATE_RETURN, INSPECT_RETURN, RECEIVE_RETURN, REQUEST_FULFILMENT
from hub.model.manifest import Delta, Idempotency, Manifest, Rate, Read, Sweep, Tells, Write
from hub.model.schemes import (
    FULFILMENT_REQUEST,
    FULFILMENT_SHIPMENT,
    ORDER_CODE,
    PARCEL,
    PRODUCT_SKU,
    RETURN_CODE,
    WAREHOUSE_CODE,
)
from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import FieldGroup, Kind

BATCH = 100
"""Objects in one request."""
LONGEST_CALL = timedelta(seconds=30)
"""Until a request has arrived and been worked on: the slowest step took 0.2 s of a loaded server.

Nothing is added for reads that lag: one database answers, and it shows what it has committed.
"""
CONFIRM = timedelta(minutes=15)
"""When a request that nobody has seen waiting is asked for."""
CHANGED, OPEN, ALL = "changed", "open", "all"
OVERLAP = timedelta(seconds=60)
"""`write_date` is the start of the writing transaction: a change may show that much later than its own date."""

STATES = {
    "draft": ShipmentMilestone.CREATED,
    "waiting": ShipmentMilestone.CREATED,
    "assigned": ShipmentMilestone.CREATED,
    "picked": ShipmentMilestone.PICKED,
    "packed": ShipmentMilestone.PACKED,
    "done": ShipmentMilestone.SHIPPED,
    "cancelled": ShipmentMilestone.CANCELLED,
}
"""States of a customer shipment. 6.0 has no `shipped`: `done` is what has left."""
OPEN_STATES = ("draft", "waiting", "assigned", "picked", "packed")

_NOT_TOLD = "Tryton deletes without a trace; what is gone shows as missing when it is read again."


def _changed(every: timedelta) -> Sweep:
    return Sweep(name=CHANGED, strategy=Delta.TIMESTAMP, every=every, overlap=OVERLAP)


MANIFEST = Manifest(
    adapter="tryton_wms",
    title="Tryton 6.0 (warehouse)",
    contract_version="6.0",
    tells=Tells.STATE,
    reads={
        Kind.SHIPMENT: Read(batch=BATCH),
        Kind.FULFILLMENT_ORDER: Read(batch=BATCH),
        Kind.RETURN: Read(batch=BATCH),
        Kind.TRANSFER: Read(batch=BATCH),
        Kind.PRODUCT: Read(batch=BATCH),
        Kind.WAREHOUSE: Read(batch=BATCH),
        Kind.INVENTORY: Read(batch=BATCH),
    },
    sweeps={
        Kind.WAREHOUSE: (Sweep(name=ALL, strategy=Delta.SNAPSHOT, every=timedelta(minutes=15), detects_deletes=True),),
        Kind.PRODUCT: (_changed(timedelta(minutes=5)),),
        Kind.SHIPMENT: (
            Sweep(
                name=OPEN,
                strategy=Delta.SNAPSHOT,
                every=timedelta(minutes=30),
                detects_deletes=True,
                covers=False,
                lists_open=True,
            ),
            _changed(timedelta(seconds=20)),
        ),
        Kind.RETURN: (_changed(timedelta(seconds=30)),),
        Kind.TRANSFER: (_changed(timedelta(minutes=1)),),
        Kind.INVENTORY: (Sweep(name=ALL, strategy=Delta.SNAPSHOT, every=timedelta(minutes=1)),),
    },
    writes={
        REQUEST_FULFILMENT: Write(
            # nothing at the source keeps a second one out: it is looked up by its reference, under the owner's lease
            idempotency=Idempotency.LOOKUP,
            longest_call=LONGEST_CALL,
            confirm=CONFIRM,
        ),
        CANCEL_ORDER: Write(
            # the state reached is the key: a shipment is cancelled or it is not
            idempotency=Idempotency.LOOKUP,
            longest_call=LONGEST_CALL,
        ),
        CREATE_RETURN: Write(idempotency=Idempotency.LOOKUP, longest_call=LONGEST_CALL),
        RECEIVE_RETURN: Write(
            # totals are the key: what has come on all returns of the reference is counted before and after
            idempotency=Idempotency.LOOKUP,
            longest_call=LONGEST_CALL,
        ),
        INSPECT_RETURN: Write(
            # totals again: what was moved off the shelf is found by the move that brought it in
            idempotency=Idempotency.LOOKUP,
            longest_call=LONGEST_CALL,
        ),
    },
    groups={
        Kind.SHIPMENT: (FieldGroup.FULFILLMENT,),
        Kind.FULFILLMENT_ORDER: (FieldGroup.FULFILLMENT,),
        Kind.RETURN: (FieldGroup.FULFILLMENT,),
        Kind.TRANSFER: (FieldGroup.COMMERCIAL, FieldGroup.FULFILLMENT),
        Kind.PRODUCT: (FieldGroup.COMMERCIAL,),
        Kind.WAREHOUSE: (FieldGroup.OTHER, FieldGroup.INVENTORY),
        Kind.INVENTORY: (FieldGroup.INVENTORY,),
    },
    carried={Kind.FULFILLMENT_ORDER: Kind.SHIPMENT},
    unique_schemes=(PARCEL, PRODUCT_SKU, WAREHOUSE_CODE),
    back_references=(FULFILMENT_REQUEST, FULFILMENT_SHIPMENT, ORDER_CODE, RETURN_CODE),
    rate=Rate(at_most=4),
    staleness={
        FieldGroup.FULFILLMENT: timedelta(minutes=5),
        FieldGroup.INVENTORY: timedelta(minutes=5),
        FieldGroup.COMMERCIAL: timedelta(hours=1),
        FieldGroup.OTHER: timedelta(hours=1),
    },
    statuses={state: milestone.value for state, milestone in STATES.items()},
    absent={
        "order.cancel.lines": "Tryton cancels a shipment whole: less units on a move leave no trace of what was asked.",
        "order.cancel.picked": "Tryton would cancel what is picked and leave the goods in the output zone: refused.",
        "order": "A warehouse holds shipments for orders, not orders.",
        "webhook": "Tryton has no webhooks: its `bus` tells people at their screens, and triggers need a module.",
        "shipment.version": "write_date does not move when moves or packages change.",
        "shipment.delivery": "The warehouse hears nothing of a parcel after it has left.",
        "shipment.short_pick": "Tryton lowers the quantity asked for to what was picked and forgets the rest.",
        "shipment.deletes": f"Of what is closed: {_NOT_TOLD}",
        "fulfillment_order.deletes": "They come and go with their shipments.",
        "return.deletes": _NOT_TOLD,
        "return.late": "A return that is received takes no more: what comes later comes on another of its reference.",
        "return.place": "Where goods lie that are not for sale is a move beside the return: its stock tells of it.",
        "transfer.deletes": _NOT_TOLD,
        "product.deletes": "An item that has moved cannot be deleted, only switched off, which is told.",
        "inventory.deletes": "Every item is told of in every warehouse, with zero where there is none.",
        "inventory.movements": "Figures are compared, not added up: stock has no date to ask by.",
    },
    grade="draft",
)
"""Tryton 6.0 with its stock modules, by JSON-RPC: shipments, returns, transfers, items, places and stock are read;
requests are made and, until they are picked, cancelled; returns are expected, received and judged.

Known limits (systems.md 5): header dates ignore children, so moves and packages are asked for as well; stock has no
date at all, so every figure is read each time; `reference` is not unique and only refers, it never decides sameness.
"""
