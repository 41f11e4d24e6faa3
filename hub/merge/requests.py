"""The document of one fulfilment order: what was asked of a warehouse and what it answered (domain.md 2.2.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from hub.flow.facts import KeptDelivery, KeptRecord
from hub.merge.ground import Ground
from hub.merge.groups import assembled_groups, identifiers_of, speakers_of
from hub.merge.heads import number_told, status_told, target_told, version_of
from hub.merge.loads import ACKNOWLEDGED, lines_told, units_in
from hub.model.effects import RequestFulfilment
from hub.model.intents import DeliveryState
from hub.model.observation import SourceLine
from hub.model.schemes import FULFILMENT_REQUEST
from hub.model.shipment import (
    FulfillmentOrder,
    FulfillmentOrderGroups,
    FulfillmentOrderLine,
    FulfillmentRequestStatus,
)
from hub.model.vocabulary import FieldGroup, Kind, SystemKind

ZERO = Decimal(0)
WAITING = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)
"""A warehouse may still say yes or no."""


def assembled_request(ground: Ground, entity: str, line_ids: Mapping[tuple[str, str], str]) -> FulfillmentOrder:
    """The document of one fulfilment order; the warehouse's answer speaks before what was asked of it."""
    records = ground.records[entity]
    groups = assembled_groups(ground, records, FulfillmentOrderGroups)
    status = status_told(ground, records, FieldGroup.FULFILLMENT, FulfillmentRequestStatus)
    asked = _asked(ground, records)
    if asked and all(row.state is DeliveryState.REFUSED for row in asked):
        status = FulfillmentRequestStatus.REJECTED
    due = [row.confirm_by for row in asked if row.state in WAITING and row.confirm_by is not None]
    if due and groups.handshake is not None:
        groups = replace(groups, handshake=replace(groups.handshake, ack_due_at=min(due)))
    return FulfillmentOrder(
        id=entity,
        version=version_of(ground, entity),
        request_status=status,
        number=number_told(ground, records, FieldGroup.FULFILLMENT),
        groups=groups,
        lines=tuple(_line(line, status, line_ids.get((entity, line.id))) for line in lines_told(ground, entity)),
        identifiers=identifiers_of(ground, records),
        order_ids=ground.orders_of(entity),
        shipment_ids=_shipments(ground, entity),
        warehouse_id=target_told(ground, records, FieldGroup.FULFILLMENT, Kind.WAREHOUSE),
        speakers=speakers_of(ground, records, FulfillmentOrderGroups),
    )


def _asked(ground: Ground, records: Sequence[KeptRecord]) -> list[KeptDelivery]:
    """What the hub asks of a warehouse for it, while no warehouse has it."""
    if any(record.lives and ground.system(record.source) is SystemKind.WMS for record in records):
        return []
    keys = (key for record in records for key in (*record.content.bears, *record.content.refers))
    names = {key.value for key in keys if key.scheme == FULFILMENT_REQUEST}
    return [
        row
        for row in ground.facts.deliveries
        if isinstance(row.content, RequestFulfilment) and row.content.reference in names
    ]


def _line(line: SourceLine, status: FulfillmentRequestStatus, order_line: str | None) -> FulfillmentOrderLine:
    """What is not told line by line follows from the answer to the whole request."""
    told, requested = line.quantities, units_in(line)
    rejected = told.rejected
    if rejected is None:
        rejected = requested if status is FulfillmentRequestStatus.REJECTED else ZERO
    accepted = told.released
    if accepted is None:
        accepted = requested - rejected if status in ACKNOWLEDGED else ZERO
    return FulfillmentOrderLine(
        sku=line.sku,
        requested=requested,
        accepted=accepted,
        filled=told.shipped or ZERO,
        rejected=rejected,
        order_line_id=order_line,
    )


def _shipments(ground: Ground, entity: str) -> tuple[str, ...]:
    """Shipments that answer the request: those that refer to it, and those that are one object with it at a source."""
    objects = {(record.source, record.source_id) for record in ground.records[entity]}
    found = {
        record.entity_id
        for record in ground.facts.records
        if record.kind is Kind.SHIPMENT
        and ((record.source, record.source_id) in objects or entity in {link.entity_id for link in record.links})
    }
    return tuple(sorted(found))
