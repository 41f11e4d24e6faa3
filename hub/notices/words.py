"""Whom a notice is for, and the words that templates may name: from the documents as they stand now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hub.call import Call, worker_call
from hub.model.order import Order
from hub.model.returns import Return
from hub.model.shipment import Shipment
from hub.model.vocabulary import Kind
from hub.store.notices import Claimed, about

Key = tuple[Kind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom it is for, and what of."""

    order_id: str
    address: str | None
    """Where mail goes; None where nobody knows."""
    customer_id: str | None
    words: Mapping[str, str] = field(default_factory=dict)


class Documents(Protocol):
    """What reads documents for callers, as `hub.read.reader.Reader` does."""

    async def current(self, call: Call, keys: Sequence[Key]) -> Mapping[Key, str]:
        """The entity that stands for each key now."""
        ...

    async def documents(self, call: Call, keys: Sequence[Key]) -> Mapping[Key, Any]:  # Any: the document of the kind
        """Entities by kind and id."""
        ...


async def subject_of(reader: Documents, notice: Claimed) -> Subject | None:
    """What a notice is about; None where it is about no order that there is. Raises StoreBusy."""
    call, kind = worker_call(notice.tenant, correlation=notice.correlation_id), Kind(notice.kind)
    entity_id, order_id = about(notice.entity_id)
    entity = await _standing(reader, call, (kind, entity_id))
    order = entity if isinstance(entity, Order) else None
    if entity is not None and order is None and (order_id is not None or entity.order_ids):
        order = await _standing(reader, call, (Kind.ORDER, order_id or entity.order_ids[0]))
    if order is None:
        return None
    parties = order.groups.parties
    name = None if parties is None else parties.customer_name
    words = {
        "order": order.number,
        "customer": name or "customer",
        "carrier": "-",
        "tracking": "-",
        "expected": "-",
        "return_number": "-",
    }
    if isinstance(entity, Shipment):
        words |= _of_shipment(entity)
    if isinstance(entity, Return):
        words["return_number"] = entity.number or "-"
    return Subject(
        order_id=order.id,
        address=None if parties is None else parties.customer_email,
        customer_id=order.customer_id or notice.customer_id,
        words=words,
    )


async def _standing(reader: Documents, call: Call, key: Key) -> Any:  # Any: the document of the kind
    """What stands for a key now; None where nothing does."""
    kind, entity_id = key
    current = next(iter((await reader.current(call, [key])).values()), entity_id)
    return (await reader.documents(call, [(kind, current)])).get((kind, current))


def _of_shipment(shipment: Shipment) -> dict[str, str]:
    execution, tracking = shipment.groups.execution, shipment.groups.tracking
    due = None if tracking is None else tracking.estimated_delivery_at
    numbers = [one.tracking_number for one in shipment.packages if one.tracking_number]
    return {
        "carrier": (None if execution is None else execution.carrier) or "-",
        "tracking": ", ".join(numbers) or "-",
        "expected": "-" if due is None else due.date().isoformat(),
    }
