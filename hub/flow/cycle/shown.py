"""Whether a record shows the whole effect of a delivery: then it is settled, whatever the call said (D7). Pure."""

from __future__ import annotations

from collections.abc import Iterator

from hub.flow.cycle.scene import LEFT
from hub.flow.facts import KeptDelivery, KeptRecord, RootFacts
from hub.flow.holders import record_for, units_cancelled
from hub.flow.returns.shown import is_shown_of_return
from hub.model.billing import InvoiceStatus
from hub.model.effects import (
    CancelOrder,
    CreateOrder,
    PostInvoice,
    RequestFulfilment,
    ShipGoods,
)
from hub.model.order import OrderStatus
from hub.model.shipment import FulfillmentRequestStatus, ShipmentMilestone
from hub.model.vocabulary import Kind

NOT_BINDING = frozenset({None, OrderStatus.PENDING_ACCEPTANCE.value, OrderStatus.UNKNOWN.value})
"""What a source says of an order that it has only begun to take on."""
NOT_ASKED = frozenset(
    {None, FulfillmentRequestStatus.UNSUBMITTED.value, FulfillmentRequestStatus.SUBMITTED.value}
    | {FulfillmentRequestStatus.UNKNOWN.value, ShipmentMilestone.UNKNOWN.value}
)
"""What a warehouse says of a request that it has not said yes to."""
BOOKED = frozenset(one.value for one in InvoiceStatus) - {InvoiceStatus.DRAFT.value, InvoiceStatus.UNKNOWN.value}
"""What an ERP says of an invoice that is a draft no more."""


def is_shown(row: KeptDelivery, facts: RootFacts) -> bool:
    """Whether what is kept of the source shows everything that the delivery wants.

    A create is shown by whatever names its reference, whenever it was seen; all else by a record asked for after the
    claim.
    """
    match row.content:
        case CancelOrder():
            return _cancelled(row, facts, row.content)
        case CreateOrder():
            return any(one.content.status not in NOT_BINDING for one in named(row, facts, row.content.reference))
        case RequestFulfilment():
            return is_asked(list(named(row, facts, row.content.reference)))
        case ShipGoods():
            return _left(row, facts, row.content)
        case PostInvoice():
            return _posted(row, facts)
    return is_shown_of_return(row, facts)


def _posted(row: KeptDelivery, facts: RootFacts) -> bool:
    record = record_for(row, facts)
    return _is_later(record, row) and record is not None and record.content.status in BOOKED


def named(row: KeptDelivery, facts: RootFacts, reference: str) -> Iterator[KeptRecord]:
    """What lives at the delivery's source under a reference: what it created."""
    kinds = (Kind.ORDER,) if isinstance(row.content, CreateOrder) else (Kind.FULFILLMENT_ORDER, Kind.SHIPMENT)
    for record in facts.records:
        keys = (*record.content.bears, *record.content.refers)
        is_its = record.source == row.source and record.kind in kinds and any(key.value == reference for key in keys)
        if is_its and record.lives and not record.in_doubt:
            yield record


def _cancelled(row: KeptDelivery, facts: RootFacts, wanted: CancelOrder) -> bool:
    if not _is_later(record_for(row, facts), row):
        return False
    return all(units_cancelled(row, (target.line,), facts) >= target.cancelled for target in wanted.lines)


def is_asked(records: list[KeptRecord]) -> bool:
    """Whether the warehouse has answered: by its request where it tells of requests, else by its shipment."""
    requests = [record for record in records if record.kind is Kind.FULFILLMENT_ORDER]
    return any(record.content.status not in NOT_ASKED for record in requests or records)


def _left(row: KeptDelivery, facts: RootFacts, wanted: ShipGoods) -> bool:
    if row.kind is Kind.SHIPMENT:
        record = record_for(row, facts)
        return record is not None and _is_later(record, row) and record.content.status in LEFT
    shown = {
        package.tracking_number
        for record in facts.records
        if (record.source, record.kind) == (row.source, Kind.SHIPMENT) and _is_later(record, row)
        if record.content.status in LEFT
        for package in record.content.packages
    }
    return bool(wanted.tracking) and shown.issuperset(wanted.tracking)


def _is_later(record: KeptRecord | None, row: KeptDelivery) -> bool:
    """Whether a record that lives, and is not in doubt, was asked for after the claim."""
    if record is None or row.claimed_at is None or record.started is None or record.in_doubt:
        return False
    return record.started > row.claimed_at
