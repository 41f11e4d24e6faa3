"""Schemes of the keys that systems share: which decide sameness across sources, and of what kind (Id-1, Id-2)."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model.observation import NaturalKey
from hub.model.vocabulary import Kind

ORDER_CODE = "order.code"
"""A channel's own code of an order: borne by the channel's order, referred to by its mirrors."""
CHANNEL_ORDER = "channel.order"
"""`CHANNEL/ID`: what a channel calls an order that was submitted through the hub; borne by the hub's record."""
FULFILMENT_REQUEST = "fulfilment.request"
"""`CODE/NUMBER`: borne by whoever asked a warehouse, referred to by the warehouse."""
FULFILMENT_SHIPMENT = "fulfilment.shipment"
"""`CODE/NUMBER`: borne by whoever planned the shipment, referred to by the warehouse."""
PARCEL = "parcel"
"""`CODE/TRACKING`: borne by everybody who tells of the parcel."""
RETURN_CODE = "return.code"
"""Borne by whoever asked for the return and whoever authorised it, referred to by the warehouse that receives it."""
PRODUCT_SKU = "product.sku"
"""The item code that all systems share: borne by every system's product."""
WAREHOUSE_CODE = "warehouse.code"
"""The code that all systems share: borne by every system's warehouse."""
TRACKING = "tracking"
"""A carrier's number, without spaces: borne by the carrier's own parcel, referred to by whoever ships with it."""

KIND_OF: Mapping[str, Kind] = {
    ORDER_CODE: Kind.ORDER,
    CHANNEL_ORDER: Kind.ORDER,
    FULFILMENT_REQUEST: Kind.FULFILLMENT_ORDER,
    FULFILMENT_SHIPMENT: Kind.SHIPMENT,
    PARCEL: Kind.SHIPMENT,
    RETURN_CODE: Kind.RETURN,
    PRODUCT_SKU: Kind.PRODUCT,
    WAREHOUSE_CODE: Kind.WAREHOUSE,
    TRACKING: Kind.SHIPMENT,
}
"""Kind of the objects that bear keys of a scheme; others say nothing of a kind until somebody bears the key."""

SHARED = frozenset({PARCEL, RETURN_CODE, PRODUCT_SKU, WAREHOUSE_CODE})
"""Schemes that objects of several sources bear, equal keys being one thing. A key of any other scheme that objects of
two sources bear is no evidence: it does not say which one is meant."""

POINTING = frozenset({TRACKING})
"""Schemes of numbers that are used again: who bears one belongs to those who refer to it while these are all one thing,
and waits otherwise."""


def tracking_key(number: str) -> NaturalKey:
    """How a carrier's parcel is pointed at, however its number is spaced."""
    return NaturalKey(scheme=TRACKING, value="".join(number.split()).upper())
