"""What filters and row scope look at, read off an entity as it stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from hub.merge.shelf import Entity
from hub.model.changes import Traits


def traits_of(entity: Entity, root: str, entities: Mapping[str, Entity]) -> Traits:
    """The traits of *entity* as the order *root*, among *entities*, is told of it: a parcel of several is told to each.

    What lies below an order belongs to the order's customer.
    """
    doc, head = entity.doc, entities.get(root)
    whose = getattr(doc, "customer_id", None) or getattr(None if head is None else head.doc, "customer_id", None)
    numbers = (package.tracking_number for package in getattr(doc, "packages", ()))
    return Traits(
        account=entity.account,
        status=getattr(doc, "status", None) or getattr(doc, "request_status", None),
        customer_id=whose,
        order_ids=getattr(doc, "order_ids", ()),
        tracking_numbers=tuple(dict.fromkeys(number for number in numbers if number)),
        warehouse=getattr(doc, "warehouse_id", None),
    )
