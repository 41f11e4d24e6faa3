"""How a parcel at the shop says which shipment of the hub's it is: pure functions of its method and tracking code.

Vendure's parcel has two texts that the hub can write. The tracking code holds the carrier's numbers; the method holds
the carrier and, in brackets, the shipment's reference: `DHL [T4D7/317]`.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.effects import ShipGoods
from sources.vendure.wire import VendureOrder, VendureParcel

NUMBERS = ", "
"""Between the carrier's numbers of one parcel."""
CANCELLED = "Cancelled"
LEFT = ("Shipped", "Delivered")


def method_of(content: ShipGoods) -> str:
    """The method that a parcel of this shipment gets."""
    return f"{content.carrier or content.service or ''} [{content.reference}]".strip()


def carrier_of(method: str | None) -> str | None:
    """The carrier in a parcel's method."""
    return (method or "").rpartition("[")[0].strip() or None if mark_of(method) else method


def mark_of(method: str | None) -> str | None:
    """The reference in a parcel's method; None where the hub did not make the parcel."""
    before, bracket, mark = (method or "").rpartition("[")
    is_ours = bool(bracket) and mark.endswith("]") and (not before or before.endswith(" "))
    return mark[:-1] if is_ours and len(mark) > 1 else None


def numbers_of(tracking_code: str | None) -> tuple[str, ...]:
    """The carrier's numbers in a tracking code."""
    return tuple(one.strip() for one in (tracking_code or "").split(",") if one.strip())


def bearing(order: VendureOrder, content: ShipGoods) -> list[VendureParcel]:
    """The order's parcels that are this shipment, oldest first; a cancelled one is none.

    The reference decides; the tracking only where a person made the parcel.
    """
    found = [one for one in order.fulfillments or () if one.state != CANCELLED and _is_of(one, content)]
    return sorted(found, key=lambda one: (len(one.id), one.id))


def doubles(parcels: Sequence[VendureParcel], content: ShipGoods) -> list[VendureParcel]:
    """Those of `bearing` that the hub made beside the first: two calls at one moment both get through (systems.md 5.7).

    What a person made is never among them.
    """
    return [one for one in parcels[1:] if mark_of(one.method) == content.reference]


def _is_of(parcel: VendureParcel, content: ShipGoods) -> bool:
    mark = mark_of(parcel.method)
    if mark is not None:
        return mark == content.reference
    return bool(set(numbers_of(parcel.tracking_code)) & set(content.tracking))
