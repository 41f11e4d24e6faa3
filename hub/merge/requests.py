"""The document of one fulfilment order: what was asked of a warehouse and what it answered (domain.md 2.2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hub.merge.ground import Ground
from hub.merge.groups import assembled_groups, identifiers_of, speakers_of
from hub.merge.heads import number_told, status_told, target_told, version_of
from hub.merge.loads import ACKNOWLEDGED, lines_told, units_in
from hub.model.observation import SourceLine
from hub.model.shipment import (
    FulfillmentOrder,
    FulfillmentOrderGroups,
    FulfillmentOrderLine,
    FulfillmentRequestStatus,
)
from hub.model.vocabulary import FieldGroup, Kind

ZERO = Decimal(0)


def assembled_request(ground: Ground, entity: str, line_ids: Mapping[tuple[str, str], str]) -> FulfillmentOrder:
    """The document of one fulfilment order; the warehouse's answer speaks before what was asked of it."""
    records = ground.records[entity]
    status = status_told(ground, records, FieldGroup.FULFILLMENT, FulfillmentRequestStatus)
    return FulfillmentOrder(
        id=entity,
        version=version_of(ground, entity),
        request_status=status,
        number=number_told(ground, records, FieldGroup.FULFILLMENT),
        groups=assembled_groups(ground, records, FulfillmentOrderGroups),
        lines=tuple(_line(line, status, line_ids.get((entity, line.id))) for line in lines_told(ground, entity)),
        identifiers=identifiers_of(ground, records),
        order_ids=ground.orders_of(entity),
        shipment_ids=_shipments(ground, entity),
        warehouse_id=target_told(ground, records, FieldGroup.FULFILLMENT, Kind.WAREHOUSE),
        speakers=speakers_of(ground, records, FulfillmentOrderGroups),
    )


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
