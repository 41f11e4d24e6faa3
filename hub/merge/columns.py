"""What of a document stands beside it in columns, for lists to filter and sort by: data, by kind. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import reduce
from typing import Any

from hub.merge.shelf import Entity
from hub.model.vocabulary import Kind
from hub.store.entities import EntityRow

STATUS: Mapping[Kind, str] = {
    Kind.FULFILLMENT_ORDER: "request_status",
    Kind.CUSTOMER: "groups.profile.status",
    Kind.PRODUCT: "groups.item.status",
    Kind.WAREHOUSE: "groups.profile.status",
}
"""Where a kind's status stands, if not in its own `status`."""
NAME: Mapping[Kind, str] = {Kind.PRODUCT: "sku", Kind.WAREHOUSE: "code", Kind.PRICE_REFERENCE: "sku"}
"""What people call an entity, if not by its `number`."""
MOMENT: Mapping[Kind, str] = {
    Kind.ORDER: "groups.commercial.placed_at",
    Kind.SHIPMENT: "groups.execution.shipped_at",
    Kind.RETURN: "groups.request.requested_at",
    Kind.INVOICE: "groups.facts.issue_date",
    Kind.CREDIT_MEMO: "groups.facts.issue_date",
    Kind.PAYMENT: "groups.facts.occurred_at",
    Kind.TRANSFER: "groups.request.requested_at",
}
"""When it happened for the business: the column `placed_at`."""
TOTAL: Mapping[Kind, str] = {
    Kind.ORDER: "groups.commercial.total.amount",
    Kind.INVOICE: "groups.facts.total.amount",
    Kind.CREDIT_MEMO: "groups.facts.total.amount",
    Kind.PAYMENT: "groups.facts.amount.amount",
}
"""What it comes to."""
PLACES = ("warehouse_id", "from_warehouse_id", "to_warehouse_id")
"""Fields that name a warehouse, of a document or of one of its lines."""


def row_of(entity: Entity, now: datetime) -> EntityRow:
    """The stored form of an entity, with the columns that queries filter and sort by."""
    doc: Any = entity.doc  # Any: a document of any kind
    total: Decimal | None = _at(doc, TOTAL.get(entity.kind))
    return EntityRow(
        kind=entity.kind,
        id=entity.id,
        root_id=entity.root_id,
        version=entity.version,
        root_version=entity.root_version,
        account=entity.account,
        doc=doc,
        number=_at(doc, NAME.get(entity.kind, "number")),
        status=_at(doc, STATUS.get(entity.kind, "status")),
        status_since=_at(doc, "status_since"),
        placed_at=_instant(_at(doc, MOMENT.get(entity.kind))),
        promised_ship_at=_at(doc, "groups.commercial.promised_ship_at"),
        updated_at=now,
        total=total,
        channel=_at(doc, "groups.commercial.channel"),
        customer_id=_at(doc, "customer_id"),
        is_partial=_at(doc, "is_partial") or False,
        missing_in=entity.missing_in,
        skus=_of_lines(doc, "sku"),
        warehouse_ids=tuple(sorted({*_own_places(doc), *_of_lines(doc, "warehouse_id")})),
    )


def _at(doc: Any, path: str | None) -> Any:  # Any: a field of a document of any kind
    """The value at a dotted path; None where a part of it is missing."""
    return None if path is None else reduce(lambda held, name: getattr(held, name, None), path.split("."), doc)


def _instant(value: date | None) -> datetime | None:
    """A day counts from its beginning, UTC."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), tzinfo=UTC)


def _of_lines(doc: Any, name: str) -> tuple[str, ...]:  # Any: as above
    return tuple(sorted({found for line in getattr(doc, "lines", ()) if (found := getattr(line, name, None))}))


def _own_places(doc: Any) -> set[str]:  # Any: as above
    return {found for name in PLACES if (found := getattr(doc, name, None))}
